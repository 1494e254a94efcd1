"""``mlgen roles``: who must hold what in vCenter, and no more."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

import click

from generator.cli.console import as_of_option, keep_option, print_json, site_option

if TYPE_CHECKING:
    from collections.abc import Sequence

    from generator.roles.model import RoleSet

PURPOSES = ("apply", "diff", "diff-host")
ONE = ("terraform", "powercli")
"""Formats that are for one purpose in one vCenter."""

_SHARED = (
    "a group holds one role on one object, so give apply, diff and diff-host to different groups "
    "(--for, --group)"
)


@click.command(
    name="roles",
    epilog="Examples: mlgen roles blueprints/acme-ml.yaml; "
    "mlgen roles blueprints/acme-ml.yaml --for diff --format powercli > roles.ps1. "
    "Exit codes: 0 printed, 1 could not run.",
)
@click.argument("blueprints", nargs=-1, required=True, type=click.Path(path_type=Path))
@click.option(
    "--for",
    "purposes",
    type=click.Choice(PURPOSES),
    multiple=True,
    default=PURPOSES,
    help="What the account does; may be repeated. Default: all. diff-host also reads module "
    "options and packages of hosts.",
)
@click.option("--vcenter", "only", help="One vCenter by its name. Default: all.")
@click.option(
    "--group",
    default="",
    help="The group that gets the roles, such as corp.example\\vi-team. Default: the VI "
    "approvers of the blueprint.",
)
@click.option("--sessions", is_flag=True, help="Let diff and diff-host see who is logged in, too.")
@site_option
@keep_option
@as_of_option
@click.option(
    "--format",
    "form",
    type=click.Choice(("text", "json", "markdown", *ONE)),
    default="text",
    show_default=True,
    envvar="MLGEN_FORMAT",
    help="How the roles are printed; terraform and powercli take one --for and one vCenter.",
)
def command(
    blueprints: tuple[Path, ...],
    purposes: tuple[str, ...],
    only: str | None,
    group: str,
    *,
    sessions: bool,
    sites: tuple[Path, ...],
    kept: tuple[Path, ...],
    as_of: str | None,
    form: str,
) -> int:
    """Derive the least vCenter roles that apply, diff and diff-host need for BLUEPRINTS."""
    from generator.api import load, read_kept, roles
    from generator.roles.model import Purpose

    found = roles(
        load(blueprints, sites=sites, as_of=as_of, keep=read_kept(kept)),
        [purpose for purpose in Purpose if purpose.value in purposes],
        principal=group,
        sessions=sessions,
    )
    chosen = _of(found, only)
    _print(chosen, form)
    for name in sorted({each.vcenter for each in chosen}):
        groups = [each.principal for each in chosen if each.vcenter == name and each.principal]
        if len(groups) != len(set(groups)):
            click.echo(f"{name}: {_SHARED}", err=True)
    return 0


def _of(found: Sequence[RoleSet], only: str | None) -> tuple[RoleSet, ...]:
    chosen = tuple(each for each in found if only in (None, each.vcenter))
    if found and not chosen:
        names = ", ".join(sorted({each.vcenter for each in found}))
        raise click.BadParameter(f"no vCenter {only!r}; there are {names}", param_hint="--vcenter")
    return chosen


def _print(found: Sequence[RoleSet], form: str) -> None:
    from generator.roles.written import markdown, powercli, terraform

    if form in ONE:
        if len(found) != 1:
            raise click.UsageError(f"--format {form} takes one blueprint, one --for, one vCenter")
        click.echo((terraform if form == "terraform" else powercli)(found[0]), nl=False)
    elif form == "markdown":
        click.echo(markdown(found), nl=False)
    elif form == "json":
        print_json("roles", {"roles": found})
    else:
        click.echo("\n\n".join(_text(each) for each in found))


def _text(found: RoleSet) -> str:
    """One purpose in one vCenter: each role with its objects and its privileges."""
    from generator.report.text import table, visible
    from generator.roles.written import NOBODY, open_points, places, unreadable

    lines = [f"{found.purpose.value} in {found.vcenter}, for {found.principal or NOBODY}"]
    for role in found.roles:
        lines += ["", f"  {role.name}{'' if role.ours else ' (vCenter has it)'}"]
        lines += [f"    {'  ' if p.startswith(' ') else 'on '}{p}" for p in places(role)]
        rows = [(g.privilege, g.effect, "; ".join(g.operations)) for g in role.grants]
        if rows:
            shown = table(("privilege", "effect", "needed by"), rows)
            lines += [f"    {line}" for line in shown.splitlines()]
    beyond = [f"  {r['kind']}: {r['fields']} ({r['readable_with']})" for r in unreadable(found)]
    lines += ["", "unreadable by design:", *beyond] if beyond else []
    still = [f"  {line}" for line in open_points(found)]
    lines += ["", "open:", *still] if still else []
    return "\n".join(visible(line) for line in lines)
