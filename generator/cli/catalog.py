"""``mlgen catalog``: what the catalogue knows."""

from __future__ import annotations

import click

from generator.cli.console import print_json

FLAVOURS = "supervisor_flavours"
KINDS = ("accelerators", "cpus", "models", "cluster_classes", FLAVOURS)


@click.command(
    name="catalog", epilog="Examples: mlgen catalog cpus; mlgen catalog supervisor_flavours"
)
@click.argument("kind", type=click.Choice(KINDS), default="accelerators", metavar="[KIND]")
@click.option(
    "--format",
    "form",
    type=click.Choice(["text", "json", "markdown"]),
    default="text",
    show_default=True,
    envvar="MLGEN_FORMAT",
    help="How the list is printed; markdown is for supervisor_flavours.",
)
def command(kind: str, form: str) -> None:
    """List the ids of KIND: accelerators (the default), cpus, models or cluster_classes.

    Of the KIND supervisor_flavours it is the table of what each can do, and from which release on.
    """
    from generator.catalog import Catalog

    catalog = Catalog.builtin()
    ids = catalog.ids(kind)
    if kind == FLAVOURS:
        _flavours(form)
    elif form == "json":
        print_json("catalog", {"kind": kind, "ids": ids})
    elif form == "markdown":
        raise click.UsageError(f"{kind} is a list of ids: --format text or json")
    else:
        click.echo("\n".join(ids))


def _flavours(form: str) -> None:
    """The table of Supervisors (F19)."""
    from generator.catalog import Catalog
    from generator.report.flavours import flavour_rows, flavours_page
    from generator.report.text import table

    catalog = Catalog.builtin()
    flavours = [flavour.as_body() for flavour in catalog.flavours]
    if form == "json":
        ids = catalog.ids(FLAVOURS)
        print_json("catalog", {"kind": FLAVOURS, "ids": ids, "flavours": flavours})
    elif form == "markdown":
        click.echo(flavours_page(flavours, catalog.citation), nl=False)
    else:
        click.echo(
            table(("network-load balancer", "what", "from"), flavour_rows(flavours)), nl=False
        )
