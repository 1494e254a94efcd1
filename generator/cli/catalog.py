"""``mlgen catalog``: what the catalogue knows."""

from __future__ import annotations

import click

from generator.cli.console import format_option, print_json

KINDS = ("accelerators", "cpus", "models", "cluster_classes")


@click.command(name="catalog", epilog="Example: mlgen catalog accelerators")
@click.argument("kind", type=click.Choice(KINDS), default="accelerators")
@format_option
def command(kind: str, form: str) -> None:
    """List the ids of KIND: accelerators, cpus, models or cluster_classes."""
    from generator.catalog import Catalog

    ids = Catalog.builtin().ids(kind)
    if form == "json":
        print_json("catalog", {"kind": kind, "ids": ids})
    else:
        click.echo("\n".join(ids))
