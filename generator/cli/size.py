"""``mlgen size``: what a blueprint needs, and where it fits."""

from __future__ import annotations

import sys
from pathlib import Path
from typing import TYPE_CHECKING

import click

from generator.cli.console import colour, format_option, keep_option, print_json, site_option
from generator.cli.observations import observations_option, revision_body, revision_text

if TYPE_CHECKING:
    from generator.api import Assessed

EXIT_DOES_NOT_FIT = 4


@click.command(
    name="size",
    epilog="Example: mlgen size blueprints/acme-ml.yaml --ledger. "
    "Exit codes: 0 fits, 4 does not fit, 1 could not run.",
)
@click.argument("blueprint", type=click.Path(path_type=Path))
@click.option("--ledger", is_flag=True, help="Also print every figure with its rule and source.")
@observations_option
@site_option
@keep_option
@format_option
def command(
    blueprint: Path,
    ledger: bool,
    observations: tuple[Path, ...],
    sites: tuple[Path, ...],
    kept: tuple[Path, ...],
    form: str,
) -> int:
    """Say what BLUEPRINT needs, which device and host carries it, and how sure that is."""
    from generator.api import load, observe, read_kept

    project, *more = load([blueprint], sites=sites, keep=read_kept(kept))
    if more:
        raise click.UsageError(f"{blueprint} holds several blueprints; size takes one")
    project, revision = observe(project, observations) if observations else (project, None)
    assessed = project.assessed
    if form == "json":
        print_json(
            "size",
            {
                "platform": project.blueprint.metadata.name,
                "fits": assessed.plan.fits,
                "demands": [choice.demand for choice in assessed.plan.chosen],
                "placements": assessed.plan.placed,
                "shortfalls": assessed.plan.shortfalls,
                "volumes": assessed.sized.data.volumes,
                "tiers": assessed.sized.data.tiers,
                "flows": assessed.sized.network.flows,
                "links": assessed.sized.network.links,
                "addresses": assessed.sized.network.addresses,
                "ledger": assessed.ledger,
                **(revision_body(revision) if revision else {}),
            },
        )
    else:
        click.echo(_text(assessed, with_ledger=ledger), nl=False)
        if revision:
            click.echo("\n" + revision_text(revision, colour=colour(sys.stdout)), nl=False)
    return 0 if assessed.plan.fits else EXIT_DOES_NOT_FIT


def _text(assessed: Assessed, *, with_ledger: bool) -> str:
    from generator.report.text import table

    demands = table(
        ("environment", "demand", "VMs", "vCPU", "GiB", "GPU", "profile"),
        [
            (
                choice.demand.environment,
                choice.demand.name,
                str(choice.demand.count),
                str(choice.demand.vcpus),
                str(choice.demand.memory_bytes >> 30),
                choice.model or "-",
                _profile(choice.profile, choice.demand.gpu.gpus if choice.demand.gpu else 0),
            )
            for choice in assessed.plan.chosen
        ],
    )
    placements = table(
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
    parts = [demands, placements, *(f"waits: {s.sentence}\n" for s in assessed.plan.shortfalls)]
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


def _profile(profile: str, gpus: int) -> str:
    return f"{gpus} x {profile}" if gpus > 1 else profile or "-"
