"""What is there and is taken over: each has an importer, and the plan after it is empty (F14).

The wish for it is ``manage: adopt`` in the SiteInventory. Words and labels that others gave stay
as they are; in all else the object must be as the platform wants it, or the guard refuses it.
"""

from __future__ import annotations

from collections.abc import Iterator

from generator.platform.infrastructure import datacenter_of, sites
from generator.platform.objects import Adoption, Vcenter
from generator.platform.scope import IMPORTED, Scope
from generator.platform.sites import Home
from generator.platform.stamps import STAMP_CATEGORY
from generator.supply.model import OutsideObject, SiteInventory


def adoptions(scope: Scope, vcenter: Vcenter) -> Iterator[Adoption]:
    """The objects of a vCenter that are to be adopted and that the platform wants."""
    wanted = wants(vcenter)
    found = {(a.of, a.within, a.name): a for a in _asked(scope, vcenter.name)}
    yield from (found[key] for key in sorted(found) if key in wanted)


def unwanted(scope: Scope, vcenter: Vcenter) -> Iterator[Adoption]:
    """Those that are to be adopted and that nothing in the platform stands for."""
    wanted = wants(vcenter)
    for adoption in _asked(scope, vcenter.name):
        if (adoption.of, adoption.within, adoption.name) not in wanted:
            yield adoption


def wants(vcenter: Vcenter) -> set[tuple[str, str, str]]:
    """(kind, within, name) of what the platform makes on a vCenter and could find there."""
    paths = [
        *(folder.path for folder in vcenter.folders),
        *(folder.path for _, folder in vcenter.environment_folders),
        *(folder.path for fabric in vcenter.fabrics for folder in fabric.folders),
    ]
    attribute = vcenter.infrastructure.stamped and not vcenter.infrastructure.stamp_exists
    return (
        ({("custom-attribute", "", STAMP_CATEGORY)} if attribute else set())
        | {("tag-category", "", category.name) for category in vcenter.tag_categories}
        | {("tag", tag.category, tag.name) for tag in vcenter.tags}
        | {("folder", "", path) for path in paths}
        | {("role", "", role.name) for role in vcenter.roles if role.privileges}
        | {("content-library", "", library.name) for library in vcenter.infrastructure.libraries}
        | {
            ("resource-pool", pool.cluster, pool.name)
            for fabric in vcenter.fabrics
            for pool in fabric.pools
        }
    )


def _asked(scope: Scope, vcenter: str) -> Iterator[Adoption]:
    for home, inventory in sites(scope, vcenter):
        for thing in inventory.objects:
            here = (thing.vcenter or vcenter) == vcenter
            if here and thing.manage == "adopt" and thing.kind in IMPORTED:
                yield _adoption(home, inventory, thing, vcenter)
        for library in inventory.libraries:
            if library.manage == "adopt" and (library.vcenter or vcenter) == vcenter:
                yield Adoption(
                    of="content-library",
                    name=library.name,
                    within="",
                    datacenter="",
                    id=library.id or "",
                )


def _adoption(home: Home, inventory: SiteInventory, thing: OutsideObject, vcenter: str) -> Adoption:
    """A folder lies in a datacenter, a pool in a cluster of one, a tag in its category."""
    inside = {
        cluster.name: cluster.datacenter
        for cluster in inventory.clusters
        if (cluster.vcenter or vcenter) == vcenter
    }
    within, datacenter = thing.within or "", ""
    if thing.kind == "folder":
        within, datacenter = "", within or home.datacenter
    elif thing.kind == "resource-pool":
        within = within or (min(inside) if len(inside) == 1 else "")
        datacenter = datacenter_of(inventory, vcenter, inside.get(within))
    return Adoption(
        of=thing.kind, name=thing.name, within=within, datacenter=datacenter, id=thing.id or ""
    )
