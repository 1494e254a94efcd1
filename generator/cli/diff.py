"""``mlgen diff``: where the live vCenter differs from what was applied and what is wanted."""

from __future__ import annotations

import re
import sys
from pathlib import Path
from typing import TYPE_CHECKING

import click

from generator.cli.console import (
    colour,
    day_option,
    formats_option,
    out_option,
    print_json,
    role_option,
    site_option,
)

if TYPE_CHECKING:
    from generator.diff.differences import Comparison

FORMATS = ("text", "json", "markdown", "sarif", "junit", "html", "github", "gitlab")
FAIL_ON = ("drift", "pending", "unmanaged", "capacity", "never")
_UNITS = {"s": 1, "m": 60, "h": 3600, "d": 86400}


@click.command(
    name="diff",
    epilog="Examples: mlgen diff blueprints/acme-ml.yaml; mlgen diff out/acme-ml --inventory "
    "ams1.snapshot; mlgen diff --against monday.snapshot --inventory today.snapshot. "
    "Exit codes: 0 in sync or only pending, 2 drift or conflict (or what --fail-on says), 3 could "
    "not read all that the role should see, 1 could not run; 1 before 2 before 3.",
)
@click.argument("target", required=False, type=click.Path(path_type=Path))
@click.option(
    "--inventory",
    type=click.Path(path_type=Path, dir_okay=False),
    help="A snapshot of mlgen inventory export to read instead of the live vCenters.",
)
@click.option(
    "--against",
    type=click.Path(path_type=Path, dir_okay=False),
    help="An earlier snapshot: say what changed from it to --inventory.",
)
@out_option(
    "The folder with one rendered folder per platform: its plan.json is the applied release."
)
@click.option(
    "--applied",
    type=click.Path(path_type=Path),
    help="The plan.json of the applied release, where it lies elsewhere.",
)
@role_option
@click.option("--only", multiple=True, metavar="KIND[/KEY]", help="Only these; * is any text.")
@click.option(
    "--fail-on",
    type=click.Choice(FAIL_ON),
    multiple=True,
    default=("drift",),
    envvar="MLGEN_DIFF_FAIL_ON",
    help="What ends with exit code 2 beside drift and conflicts; never: nothing does.",
)
@click.option("--max-age", metavar="AGE", help="Refuse an older snapshot, as 24h or 7d.")
@click.option("--show-unasserted", is_flag=True, help="Also list fields that nobody states.")
@day_option("ignore rules", "today, in UTC")
@site_option
@formats_option(FORMATS)
def command(  # noqa: PLR0913, PLR0917 - one for each option
    target: Path | None,
    inventory: Path | None,
    against: Path | None,
    out: Path,
    applied: Path | None,
    role: str,
    only: tuple[str, ...],
    fail_on: tuple[str, ...],
    max_age: str | None,
    show_unasserted: bool,
    as_of: str | None,
    sites: tuple[Path, ...],
    form: str,
) -> int:
    """Compare TARGET, a blueprint or a rendered folder, with its vCenters. Nothing is changed.

    The vCenters and the account come from the environment: VSPHERE_SERVER, VSPHERE_USER,
    VSPHERE_PASSWORD.
    """
    from generator.api import Asked, diff
    from generator.cli.progress import ProgressLine
    from generator.cli.signals import ended_in_order
    from generator.diff.verdict import exit_status
    from generator.diff.verdict import only as asked_for
    from generator.diff.words import unanswered
    from generator.report.text import visible

    _check_kinds(only)
    asked = Asked(
        out=out,
        sites=sites,
        applied=applied,
        as_of=as_of or "",
        role="diff-host" if role == "diff-host" else "diff",
        max_age_s=_seconds(max_age),
        show_unasserted=show_unasserted,
    )
    line = ProgressLine()
    try:
        with ended_in_order():
            found = diff(target, inventory=inventory, against=against, asked=asked, progress=line)
    finally:
        line.end()
    for lost in found.failed:
        click.echo(visible(unanswered(lost, found.readings)), err=True)
    comparison = asked_for(found, only)
    status = exit_status(comparison, fail_on)
    _print(comparison, form, status, str(_judged(target) or inventory))
    return status


def _judged(target: Path | None) -> Path | None:
    """The file in which pipelines show what has no place of its own."""
    return target / "plan.json" if target is not None and target.is_dir() else target


def _print(comparison: Comparison, form: str, status: int, file: str) -> None:
    if form == "json":
        from generator.cli.difference_answer import body

        print_json("diff", body(comparison, status))
    elif form == "text":
        from generator.cli.difference_view import text

        click.echo(text(comparison, colour=colour(sys.stdout)), nl=False)
    elif form in ("markdown", "html"):
        from generator.cli.difference_view import page
        from generator.render.engine import fill

        suffix = "md" if form == "markdown" else "html"
        click.echo(fill(f"report/diff.{suffix}.j2", **page(comparison)._asdict()), nl=False)
    else:
        click.echo(_for_pipelines(comparison, form, file), nl=False)


def _for_pipelines(comparison: Comparison, form: str, file: str) -> str:
    from generator import __version__
    from generator.diff.rules import RULES
    from generator.diff.verdict import findings
    from generator.report.annotations import github, gitlab
    from generator.report.junit import junit
    from generator.report.sarif import sarif

    found = findings(comparison)
    if form == "sarif":
        return sarif(found, RULES, __version__, complete=comparison.complete, file=file)
    if form == "junit":
        read = [f"{one.vcenter}: {one.objects} objects read" for one in comparison.readings]
        return junit(f"mlgen diff {comparison.platform}".strip(), found, read)
    return github(found) if form == "github" else gitlab(found, file)


def _check_kinds(only: tuple[str, ...]) -> None:
    from generator.blueprint.near import did_you_mean
    from generator.diff.fields import ORDER

    for word in only:
        kind = word.partition("/")[0]
        if kind not in ORDER:
            near = did_you_mean(kind, ORDER)
            hint = f"; did you mean {near}?" if near else ""
            raise click.BadParameter(f"there is no kind {kind}{hint}", param_hint="--only")


def _seconds(age: str | None) -> int | None:
    if age is None:
        return None
    match = re.fullmatch(r"([0-9]+)([smhd])", age)
    if match is None:
        raise click.BadParameter("write it as 90m, 24h or 7d", param_hint="--max-age")
    return int(match[1]) * _UNITS[match[2]]
