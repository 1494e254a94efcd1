"""``mlgen guard``: stops a Terraform plan before anybody applies it."""

from __future__ import annotations

from pathlib import Path

import click

from generator.cli.console import day_option, format_option, print_json, today

EXIT_STOPPED = 2


@click.command(
    name="guard",
    epilog="Example: terraform show -json plan.bin | mlgen guard - --plan out/acme-ml. "
    "Exit codes: 0 nothing stops it, 2 stopped, 1 could not run.",
)
@click.argument("plan", type=click.Path(path_type=Path, allow_dash=True))
@click.option(
    "--blueprint",
    "blueprints",
    type=click.Path(path_type=Path),
    multiple=True,
    help="A blueprint whose waivers count.",
)
@click.option(
    "--waivers",
    type=click.Path(path_type=Path),
    multiple=True,
    help="A YAML or JSON file with waivers, written as in a blueprint.",
)
@click.option(
    "--change",
    "change_id",
    help="The change that the plan belongs to; only its waivers count. "
    "Without it those of any change do.",
)
@click.option(
    "--plan",
    "platforms",
    type=click.Path(path_type=Path),
    multiple=True,
    help="A plan.json of mlgen, or the rendered folder that holds it: it says which VMs, nodes and "
    "GPUs are in reach.",
)
@day_option("expiries", "today, in UTC")
@format_option
def command(
    plan: Path,
    blueprints: tuple[Path, ...],
    waivers: tuple[Path, ...],
    change_id: str | None,
    platforms: tuple[Path, ...],
    as_of: str | None,
    form: str,
) -> int:
    """Stop a Terraform plan that takes away what others use.

    PLAN is what terraform show -json printed for a saved plan; - is standard input.
    """
    from generator.api import guard

    verdict = guard(
        plan,
        as_of=as_of or today(),
        blueprints=blueprints,
        waivers=waivers,
        platforms=platforms,
        change_id=change_id,
    )
    if form == "json":
        print_json("guard", {"stopped": bool(verdict.stops), **_body(verdict)})
    else:
        from generator.cli.stops import text

        click.echo(text(verdict), nl=False)
    return EXIT_STOPPED if verdict.stops else 0


def _body(verdict: object) -> dict[str, object]:
    from generator.report.machine import plain

    body: dict[str, object] = plain(verdict)
    return body
