"""``mlgen inventory``: what vCenters hold, as a file that ``diff`` and blueprints can use."""

from __future__ import annotations

import sys
from pathlib import Path
from typing import TYPE_CHECKING

import click

from generator.cli.console import role_option
from generator.cli.inventory_report import report

if TYPE_CHECKING:
    from generator.vcenter.snapshot import Snapshot

EXIT_INCOMPLETE = 3
_LINES = 20
"""Unread things that are shown one by one."""


@click.group(
    name="inventory",
    epilog="Examples: mlgen inventory export --out vc.snapshot; "
    "mlgen inventory report vc.snapshot.",
)
def command() -> None:
    """Keep what vCenters hold, as a snapshot or as a site, or report it."""


command.add_command(report)


@command.command(
    name="export",
    epilog="Example: mlgen inventory export --vcenter vc-ams1 --out vc-ams1.snapshot. "
    "Exit codes: 0 done, 3 not all that the role should see could be read, 1 could not run.",
)
@click.option(
    "--vcenter",
    "vcenters",
    multiple=True,
    metavar="REF",
    help="A vCenter, by the reference that inventories call it by. Several are read side by side, "
    "each from VSPHERE_SERVER__REF. Default: those of --site, else the only one.",
)
@click.option(
    "--site",
    "sites",
    type=click.Path(path_type=Path),
    multiple=True,
    help="A SiteInventory: its vCenters are read, and only those whose instance id it states.",
)
@role_option
@click.option(
    "--ours",
    multiple=True,
    metavar="NAME",
    help="A folder, resource pool or namespace whose VMs are read with all their devices. "
    "VMs with a GPU always are.",
)
@click.option(
    "--from",
    "source",
    type=click.Path(path_type=Path),
    help="An earlier snapshot, instead of a live vCenter.",
)
@click.option(
    "--format",
    "form",
    type=click.Choice(["snapshot", "site"]),
    default="snapshot",
    show_default=True,
    help="A snapshot for diff, or a SiteInventory for blueprints.",
)
@click.option("--name", help="The name of the site. Default: that of its first vCenter.")
@click.option("--pseudonyms", is_flag=True, help="Replace names by stable pseudonyms.")
@click.option(
    "--out",
    type=click.Path(path_type=Path),
    help="The file to write. Default: standard output, unless a snapshot would go to a terminal.",
)
def export(
    vcenters: tuple[str, ...],
    sites: tuple[Path, ...],
    role: str,
    ours: tuple[str, ...],
    source: Path | None,
    form: str,
    name: str | None,
    pseudonyms: bool,
    out: Path | None,
) -> int:
    """Read vCenters and write what they hold.

    Servers and accounts come from the environment: VSPHERE_SERVER, VSPHERE_USER and
    VSPHERE_PASSWORD, or GOVC_URL, GOVC_USERNAME and GOVC_PASSWORD. Nothing is ever changed.
    """
    if form == "snapshot" and out is None and sys.stdout.isatty():
        raise click.UsageError("name a file with --out: a snapshot is no text for a terminal")
    from generator.api import redact, site_of, write_snapshot

    snapshot = snapshot_of(vcenters, sites, role, ours, source)
    if not snapshot.vcenters:
        tell_unread(snapshot)
        return 1
    snapshot = redact(snapshot, names=pseudonyms)
    if form == "site":
        _put(site_of(snapshot, name=name).encode(), out)
    elif out is not None:
        write_snapshot(snapshot, out)
        _say_next(snapshot, out)
    else:
        from generator.vcenter.archive import packed

        _put(packed(snapshot), None)
    return tell_unread(snapshot)


def _say_next(snapshot: Snapshot, out: Path) -> None:
    """On a terminal: what was kept, and what can be done with it."""
    import shlex

    from generator.report.text import visible

    if sys.stderr.isatty():
        names = ", ".join(one.name for one in snapshot.vcenters)
        objects = sum(len(one.objects) for one in snapshot.vcenters)
        kept = visible(shlex.quote(str(out)))
        click.echo(f"wrote {kept}: {objects} objects of {visible(names)}", err=True)
        click.echo(f"next: mlgen inventory report {kept}", err=True)


def snapshot_of(
    vcenters: tuple[str, ...],
    sites: tuple[Path, ...],
    role: str,
    ours: tuple[str, ...],
    source: Path | None,
) -> Snapshot:
    """What vCenters hold, or what a file kept of them; their sessions are closed afterwards.

    Raises:
        CannotRun: where a setting is missing, or another vCenter answers than ``sites`` say.
    """
    from generator.api import observe_vcenters, read_snapshot, vcenter_settings, vcenters_of
    from generator.cli.progress import ProgressLine
    from generator.cli.signals import ended_in_order
    from generator.vcenter.wanted import Wanted

    if source is not None:
        return read_snapshot(source)
    known = vcenters_of(sites)
    names = frozenset(ours)
    wanted = Wanted(instance_uuids=known, folders=names, pools=names, namespaces=names)
    line = ProgressLine()
    settings = vcenter_settings(vcenters or tuple(known))
    try:
        with ended_in_order():
            return observe_vcenters(
                settings, wanted, "diff-host" if role == "diff-host" else "diff", line
            )
    finally:
        line.end()


def _put(content: bytes, out: Path | None) -> None:
    if out is not None:
        out.write_bytes(content)
    else:
        sys.stdout.buffer.write(content)
        sys.stdout.buffer.flush()


def tell_unread(snapshot: Snapshot) -> int:
    """Says on standard error what was not read; the exit code."""
    from generator.report.text import visible

    lines = [f"{one.name}: not read: {one.reason}; {one.mend}" for one in snapshot.failed]
    incomplete = bool(lines)
    for vcenter in snapshot.vcenters:
        for one in vcenter.unread:
            if one.reason in ("role", "hidden"):
                continue  # by design; or of weight only where something is not there
            incomplete |= one.reason != "endpoint"
            what = " ".join(filter(None, (one.kind, one.key, one.field)))
            lines.append(f"{vcenter.name}: {what}: {one.reason}: {one.detail}")
    for line in lines[:_LINES]:
        click.echo(visible(line), err=True)
    if len(lines) > _LINES:
        click.echo(f"and {len(lines) - _LINES} more, all in the snapshot", err=True)
    return EXIT_INCOMPLETE if incomplete else 0
