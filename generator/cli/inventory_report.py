"""``mlgen inventory report``: what vCenters hold, judged without a blueprint (F38)."""

from __future__ import annotations

import sys
from pathlib import Path
from typing import TYPE_CHECKING

import click

from generator.cli.console import (
    colour,
    columns,
    day_option,
    formats_option,
    from_vcenter_option,
    print_json,
    role_option,
    today,
    unicode,
)

if TYPE_CHECKING:
    from generator.asbuilt.model import AsBuilt

FORMATS = ("text", "json", "markdown", "html")


@click.command(
    name="report",
    short_help="Report what is there: what fits, what is stranded, what is stale.",
    epilog="Examples: mlgen inventory report vc-ams1.snapshot; "
    "mlgen inventory report vc-ams1.snapshot --format html > vc-ams1.html; "
    "mlgen inventory report --from-vcenter --role diff-host. "
    "Exit codes: 0 printed, 3 not all that the role should see could be read, 1 could not run.",
)
@click.argument("snapshot", required=False, type=click.Path(path_type=Path))
@from_vcenter_option("a snapshot")
@role_option
@day_option("ends of support", "today")
@formats_option(FORMATS)
def report(
    snapshot: Path | None, vcenter: str | None, role: str, as_of: str | None, form: str
) -> int:
    """Report what the vCenters of SNAPSHOT hold: what fits, what is stranded, what is stale.

    SNAPSHOT is a file of mlgen inventory export; - is standard input. No blueprint is
    needed, and nothing is written anywhere.
    """
    if (snapshot is None) == (vcenter is None):
        raise click.UsageError(
            "name a snapshot (mlgen inventory export --out FILE writes one), or say --from-vcenter"
            if snapshot is None
            else "give a snapshot or --from-vcenter, not both"
        )
    from generator.api import as_built
    from generator.cli.inventory import snapshot_of, tell_unread

    day = as_of or today()
    read = snapshot_of((vcenter,) if vcenter else (), (), role, (), snapshot)
    status = tell_unread(read)
    if not read.vcenters:
        return 1
    _print(as_built(read, day), form, "" if str(snapshot) in ("None", "-") else str(snapshot))
    return status


def _print(found: AsBuilt, form: str, source: str) -> None:
    from generator.cli import as_built_view as view

    if form == "json":
        print_json("as-built", view.body(found))
    elif form == "text":
        shown = view.text(
            found,
            source,
            width=columns(),
            colour=colour(sys.stdout),
            unicode=unicode(sys.stdout),
        )
        click.echo(shown, nl=False)
    else:
        from generator.render.engine import fill

        suffix = "md" if form == "markdown" else "html"
        page = view.page(found, source)
        click.echo(fill(f"report/as-built.{suffix}.j2", **page._asdict()), nl=False)
