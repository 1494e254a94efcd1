"""``mlgen size``: what a blueprint needs, and where it fits."""

from __future__ import annotations

import sys
from pathlib import Path
from typing import TYPE_CHECKING, Any

import click

from generator.cli.console import (
    colour,
    columns,
    format_option,
    keep_option,
    print_json,
    site_option,
    unicode,
)
from generator.cli.observations import observations_option, revision_body, revision_text

if TYPE_CHECKING:
    from generator.api import Assessed, Project
    from generator.api.outlook import Outlook
    from generator.report.map import PlatformMap
    from generator.sizing.revision import Revision

EXIT_DOES_NOT_FIT = 4

MOST_NAMED = 4
"""What does not fit is named in the first line up to so many; the rest is said below."""


@click.command(
    name="size",
    epilog="Examples: mlgen size blueprints/acme-ml.yaml --ledger; mlgen size ... --svg map.svg. "
    "Exit codes: 0 fits, 4 does not fit, 1 could not run.",
)
@click.argument("blueprint", type=click.Path(path_type=Path))
@click.option("--ledger", is_flag=True, help="Also print every figure with its rule and source.")
@click.option("--placements", is_flag=True, help="Also print a line for every VM.")
@click.option("--steps", is_flag=True, help="Also list the steps from what runs today to the plan.")
@click.option(
    "--plan-only", is_flag=True, help="Leave out failures, the bound, remedies and steps."
)
@click.option(
    "--exact",
    "exact_s",
    type=click.FloatRange(min=0),
    metavar="SECONDS",
    help="Let an integer program look so long for a plan with fewer GPUs; needs mlgen[exact].",
)
@click.option(
    "--svg",
    type=click.Path(path_type=Path),
    metavar="FILE",
    help="Also draw the map of hosts and GPUs into a file.",
)
@observations_option
@site_option
@keep_option
@format_option
def command(  # noqa: PLR0913, PLR0917 - one for each option
    blueprint: Path,
    ledger: bool,
    placements: bool,
    steps: bool,
    plan_only: bool,
    exact_s: float | None,
    svg: Path | None,
    observations: tuple[Path, ...],
    sites: tuple[Path, ...],
    kept: tuple[Path, ...],
    form: str,
) -> int:
    """Say what BLUEPRINT needs, which device and host carries it, and how sure that is."""
    from generator.api import load, observe, read_kept, solved
    from generator.api.mapping import map_of
    from generator.api.outlook import outlook
    from generator.cli.outlook import outlook_text
    from generator.report.map_text import map_text

    if kept and exact_s is not None:
        raise click.UsageError(
            "--exact places anew and cannot --keep a plan; leave one of them out"
        )
    project, *more = load([blueprint], sites=sites, keep=read_kept(kept))
    if more:
        raise click.UsageError(f"{blueprint} holds several blueprints; size takes one")
    project, revision = observe(project, observations) if observations else (project, None)
    project = project if exact_s is None else solved(project, exact_s)
    seen = None if plan_only else outlook(project)
    drawn = map_of(project, seen.reserves if seen else ())
    if svg is not None:
        _draw(drawn, project, svg)
    if form == "json":
        print_json("size", _body(project, drawn, revision, seen))
    else:
        shown = map_text(
            drawn, width=columns(), colour=colour(sys.stdout), unicode=unicode(sys.stdout)
        )
        text = _text(project.assessed, shown, with_ledger=ledger, with_placements=placements)
        click.echo(f"{_verdict(project)}\n\n{text}", nl=False)
        if seen is not None:
            click.echo("\n" + outlook_text(seen, with_steps=steps), nl=False)
        if revision:
            click.echo("\n" + revision_text(revision, colour=colour(sys.stdout)), nl=False)
    return 0 if project.assessed.plan.fits else EXIT_DOES_NOT_FIT


def _verdict(project: Project) -> str:
    """The answer in a line: what exit codes 0 and 4 say."""
    from generator.report.text import visible

    name, plan = project.blueprint.metadata.name, project.assessed.plan
    if plan.fits:
        return visible(f"{name} fits")
    lacking = [f"{s.demand} in {s.environment}" for s in plan.shortfalls if s.fatal]
    lacking += [f"{o.what} of {o.where}" for o in plan.obstacles if o.fatal]
    more = f" and {len(lacking) - MOST_NAMED} more" if len(lacking) > MOST_NAMED else ""
    return visible(f"{name} does not fit: {', '.join(lacking[:MOST_NAMED])}{more}")


def _draw(drawn: PlatformMap, project: Project, path: Path) -> None:
    from generator.render.one_file import write_one
    from generator.report.map_svg import map_svg

    write_one(path, map_svg(drawn, title=project.blueprint.metadata.name))


def _body(
    project: Project, drawn: PlatformMap, revision: Revision | None, seen: Outlook | None
) -> dict[str, Any]:
    from generator.cli.outlook import outlook_body

    assessed = project.assessed
    return {
        "platform": project.blueprint.metadata.name,
        "fits": assessed.plan.fits,
        "totals": drawn.totals,
        "map": drawn.hosts,
        "left_out": drawn.left_out,
        "demands": [choice.demand for choice in assessed.plan.chosen],
        "placements": assessed.plan.placed,
        "catalogues": assessed.plan.catalogues,
        "shortfalls": assessed.plan.shortfalls,
        "obstacles": assessed.plan.obstacles,
        "volumes": assessed.sized.data.volumes,
        "tiers": assessed.sized.data.tiers,
        "flows": assessed.sized.network.flows,
        "links": assessed.sized.network.links,
        "addresses": assessed.sized.network.addresses,
        "ledger": assessed.ledger,
        **(outlook_body(seen) if seen else {}),
        **(revision_body(revision) if revision else {}),
    }


def _text(assessed: Assessed, shown: str, *, with_ledger: bool, with_placements: bool) -> str:
    from generator.report.text import table, visible

    parts = [_demands(assessed), shown]
    if assessed.plan.catalogues:
        parts.append(_catalogues(assessed))
    parts += [f"waits: {visible(short.sentence)}\n" for short in assessed.plan.shortfalls]
    parts += [f"short: {visible(found.sentence)}\n" for found in assessed.plan.obstacles]
    parts += [
        f"{found.severity.value}[{found.rule}]: {visible(found.message)}\n"
        for found in assessed.plan.findings
    ]
    if with_placements:
        parts.append(_placements(assessed))
    if with_ledger:
        parts.append(
            table(
                ("subject", "figure", "value", "unit", "rule", "source", "basis"),
                [
                    (e.subject, e.name, str(e.value), e.unit, e.rule, e.source, e.basis.value)
                    for e in assessed.ledger
                ],
            )
        )
    return "\n".join(parts)


def _demands(assessed: Assessed) -> str:
    from generator.report.text import table

    return table(
        ("environment", "demand", "VMs", "vCPU", "GiB", "GPU", "profile"),
        [
            (
                choice.demand.environment,
                choice.demand.name,
                str(choice.demand.count),
                str(choice.demand.vcpus),
                str(choice.demand.memory_bytes >> 30),
                choice.model or "-",
                _profile(
                    "DirectPath" if choice.passthrough else choice.profile,
                    choice.demand.gpu.gpus if choice.demand.gpu else 0,
                ),
            )
            for choice in assessed.plan.chosen
        ],
    )


def _catalogues(assessed: Assessed) -> str:
    """Which vGPU sizes are used on which GPUs, and what they can strand."""
    from generator.report.text import table

    return table(
        ("GPU", "mode", "sizes", "GPUs", "stranded in the worst order", "chosen because"),
        [
            (
                each.model,
                each.mode,
                each.sizes,
                str(each.gpus),
                f"{each.stranded_gb:g} of {each.board_gb} GB"
                + (f", {each.idle_slices} compute slice(s)" if each.idle_slices else ""),
                each.why,
            )
            for each in assessed.plan.catalogues
        ],
    )


def _placements(assessed: Assessed) -> str:
    from generator.report.text import table

    return table(
        ("host", "GPU", "demand", "n", "profile", "slice", "held by"),
        [
            (
                spot.host,
                ", ".join(spot.gpus) or "-",
                spot.demand,
                str(spot.index),
                spot.profile or "-",
                str(spot.start) if spot.start >= 0 else "-",
                spot.grade.value,
            )
            for spot in sorted(assessed.plan.placed, key=lambda p: (p.host, p.gpus, p.start))
        ],
    )


def _profile(profile: str, gpus: int) -> str:
    return f"{gpus} x {profile}" if gpus > 1 else profile or "-"
