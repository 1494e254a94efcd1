"""The as-built report from a snapshot alone: no blueprint, no Git (F38)."""

from __future__ import annotations

from generator.asbuilt.model import AsBuilt
from generator.catalog import Catalog
from generator.finding import CannotRun
from generator.source import parse
from generator.supply.model import SiteInventory
from generator.supply.read import read_site
from generator.vcenter.snapshot import Snapshot


def as_built(snapshot: Snapshot, as_of: str) -> AsBuilt:
    """What the vCenters of a snapshot hold, judged as of an ISO day.

    Raises:
        CannotRun: where the snapshot holds no vCenter.
        Refused: with every finding, where what was read makes no sound SiteInventory.
    """
    from generator.asbuilt.report import as_built as reported

    if not snapshot.vcenters:
        raise CannotRun("no vCenter could be read")
    inventories = [_inventory(Snapshot(vcenters=(seen,))) for seen in snapshot.vcenters]
    return reported(snapshot, inventories, Catalog.builtin(), as_of)


def _inventory(snapshot: Snapshot) -> SiteInventory:
    """The typed facts of one vCenter, by the way that its SiteInventory takes."""
    from generator.vcenter.site import site_text

    name = snapshot.vcenters[0].name
    (document,) = parse(site_text(snapshot).encode(), file=f"what was read from {name}")
    return read_site(document)
