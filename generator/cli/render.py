"""``mlgen render``: writes the files, or says whether the committed ones are current."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Any

import click

from generator.cli.console import (
    as_of_option,
    format_option,
    keep_option,
    out_option,
    print_json,
    site_option,
)

if TYPE_CHECKING:
    from generator.api import Rendered
    from generator.render.output import Change

EXIT_STALE = 2
EXIT_DOES_NOT_FIT = 4

MOST_STALE = 20
"""Stale files that ``--check`` names."""

FIELDS_WIDTH = 48
"""Characters for the fields of one kind in the coverage that is printed."""


@click.command(
    name="render",
    epilog="Examples: mlgen render blueprints/acme-ml.yaml --out out; mlgen render --check ... "
    "Exit codes: 0 done or current, 2 stale (or questions with --fail-on question), "
    "4 does not fit, 1 could not run.",
)
@click.argument("blueprints", nargs=-1, required=True, type=click.Path(path_type=Path))
@out_option("The folder that gets one folder per platform.")
@click.option("--check", is_flag=True, help="Write nothing; exit 2 where files would change.")
@click.option("--diff", "show_diff", is_flag=True, help="Write nothing; show what would change.")
@click.option("--force", is_flag=True, help="Give up edits that were made to rendered files.")
@site_option
@keep_option
@as_of_option
@click.option(
    "--fail-on",
    type=click.Choice(["error", "question"]),
    default="error",
    show_default=True,
    envvar="MLGEN_RENDER_FAIL_ON",
    help="question: exit 2 while facts are missing.",
)
@format_option
def command(  # noqa: PLR0913, PLR0917 - one for each option
    blueprints: tuple[Path, ...],
    out: Path,
    check: bool,
    show_diff: bool,
    force: bool,
    sites: tuple[Path, ...],
    kept: tuple[Path, ...],
    as_of: str | None,
    fail_on: str,
    form: str,
) -> int:
    """Render BLUEPRINTS into Terraform, VKS specs, REST bodies and a plan."""
    from generator.api import load, read_kept, render
    from generator.render.output import compare, write

    results = render(load(blueprints, sites=sites, as_of=as_of, keep=read_kept(kept)), out=out)
    if any(not result.plan.fits for result in results):
        _print(results, [None] * len(results), out, form=form, show_diff=False)
        return EXIT_DOES_NOT_FIT
    changes = [
        # Only looking: a hand edit is then a difference like any other, not an obstacle.
        compare(out / result.state.platform, result.files, force=force or check or show_diff)
        for result in results
    ]
    if not (check or show_diff):
        for result in results:
            write(out / result.state.platform, result.files, force=force)
    _print(results, changes, out, form=form, show_diff=show_diff, check=check)
    if (check or show_diff) and any(change.any for change in changes):
        return EXIT_STALE
    asked = any(result.state.questions for result in results)
    return EXIT_STALE if asked and fail_on == "question" else 0


def _print(
    results: Sequence[Rendered],
    changes: Sequence[Change | None],
    out: Path,
    *,
    form: str,
    show_diff: bool,
    check: bool = False,
) -> None:
    """Prints what was done; a change of None says that nothing was written."""
    pairs = list(zip(results, changes, strict=True))
    if form == "json":
        print_json("render", {"platforms": [_entry(out, *pair) for pair in pairs]})
    elif show_diff:
        for result, change in pairs:
            _print_difference(out / result.state.platform, result, change)
    else:
        for result, change in pairs:
            click.echo("\n".join(_summary(str(out / result.state.platform), result, change)))
            if check and change is not None:
                click.echo("".join(f"{line}\n" for line in _stale(change)), nl=False)


def _stale(change: Change) -> Iterator[str]:
    """The files that a render would write or prune, so that nobody has to search for them."""
    from generator.report.text import visible

    named = [
        *((path, "missing") for path in change.created),
        *((path, "not as rendered") for path in change.changed),
        *((path, "no longer rendered") for path in change.removed),
    ]
    for path, what in sorted(named)[:MOST_STALE]:
        yield f"stale: {visible(path)}: {what}"
    if len(named) > MOST_STALE:
        yield f"stale: {len(named) - MOST_STALE} more; --diff shows all"


def _entry(out: Path, result: Rendered, change: Change | None) -> dict[str, Any]:
    return {
        "platform": result.state.platform,
        "release": result.state.release,
        "folder": str(out / result.state.platform),
        "fits": result.plan.fits,
        "changes": change,
        "coverage": result.state.coverage,
        "shortfalls": result.plan.shortfalls,
        "obstacles": result.plan.obstacles,
        "open_questions": result.state.questions,
    }


def _print_difference(folder: Path, result: Rendered, change: Change | None) -> None:
    from generator.render.difference import difference
    from generator.report.text import visible

    if change is not None:
        for line in difference(folder, result.files, change):
            click.echo(visible(line.rstrip("\n")))


def _brief(fields: str) -> str:
    """As many fields as a line of a terminal holds; all of them are in the hand-off."""
    names = fields.split(", ")
    while len(", ".join(names)) > FIELDS_WIDTH and len(names) > 1:
        names.pop()
    left = len(fields.split(", ")) - len(names)
    return ", ".join(names) + (f" and {left} more" if left else "")


def _summary(folder: str, result: Rendered, change: Change | None) -> Iterator[str]:
    """What was written, who does what, what waits, what is asked."""
    from generator.report.text import table, visible

    counts = "does not fit, nothing was written"
    if change is not None:
        counts = (
            f"{len(change.created)} created, {len(change.changed)} changed, "
            f"{len(change.removed)} removed, {change.unchanged} unchanged"
        )
    yield f"{visible(folder)}: release {result.state.release}, {counts}"
    rows = [
        (str(row.count), row.object_kind, _brief(row.fields), row.actor, row.where)
        for row in result.state.coverage
    ]
    yield "\n" + table(("", "what", "fields", "done by", "where"), rows)
    for shortfall in result.plan.shortfalls:
        yield f"waits: {visible(shortfall.sentence)}"
    for obstacle in result.plan.obstacles:
        yield f"short: {visible(obstacle.sentence)}"
    for question in result.state.questions:
        yield visible(
            f"open question for {question.owner}: {question.question} {question.why}; "
            f"left out: {', '.join(question.blocks)}"
        )
