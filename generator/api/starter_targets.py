"""Target versions of a starter: those that were read, as far as a platform may be built on them."""

from __future__ import annotations

from collections.abc import Mapping

from generator.asbuilt.stale import release, vgpu_branches
from generator.catalog import Catalog
from generator.catalog.versions import order
from generator.supply.model import SiteInventory
from generator.vcenter.snapshot import Snapshot

_OF_VKS = ("vks", "kubernetes", "cluster_class")
_GIVEN_UP = (("vgpu_host",), _OF_VKS, ("esx",))
"""What is left open first where versions do not go together."""


def targets(catalog: Catalog, vcenter: str, esx: str, *, supervisor: bool) -> dict[str, str]:
    """Target versions for a release of vCenter and of ESX, as far as the matrix knows them.

    With a Supervisor also the newest VKS that a source names together with this vCenter; a version
    that the matrix does not know is left to an open question.
    """
    rows = catalog.versions
    stated = {"vcenter": vcenter, "esx": esx}
    found = {target: each for target, each in stated.items() if each and rows.find(target, each)}
    known = rows.find("vcenter", vcenter)
    if supervisor and known is not None:
        together = (one.targets for one in rows.combinations if "vks" in one.targets)
        fitting = [one for one in together if order(one["vcenter"]) == order(known.version)]
        newest = max(fitting, key=lambda one: order(one["vks"]), default={})
        found |= {target: newest[target] for target in _OF_VKS if target in newest}
    return found


def found_targets(
    catalog: Catalog, snapshot: Snapshot, inventory: SiteInventory, day: str
) -> tuple[dict[str, str], tuple[str, ...]]:
    """Targets out of what was read, the oldest of each, and in words what is left open and why.

    Of the oldest nothing is asked that it lacks. A release whose support is over on the ISO day
    ``day``, or that does not go with the others, is no target for anything new.
    """
    gpu_hosts = [host for host in inventory.hosts if host.gpus] or list(inventory.hosts)
    hosts = sorted({release(host.version) for host in gpu_hosts if host.version}, key=order)
    centers = sorted((release(one.version) for one in snapshot.vcenters if one.version), key=order)
    branches = sorted(set(vgpu_branches(snapshot, catalog).values()), key=order)
    read = {
        target: some[0]
        for target, some in (("vcenter", centers), ("esx", hosts), ("vgpu_host", branches))
        if some
    }
    found = targets(
        catalog,
        read.get("vcenter", ""),
        read.get("esx", ""),
        supervisor=bool(inventory.supervisors),
    )
    if "vgpu_host" in read and catalog.versions.find("vgpu_host", read["vgpu_host"]):
        found["vgpu_host"] = read["vgpu_host"]
    kept = _together(catalog, _supported(catalog, found, day))
    left = [f"{target} {version}" for target, version in read.items() if target not in kept]
    if not left:
        return kept, ()
    why = "out of support, unknown to the version matrix, or at odds with the others"
    return kept, (f"Read and left open, for it is {why}: {', '.join(left)}",)


def _supported(catalog: Catalog, stated: Mapping[str, str], day: str) -> dict[str, str]:
    over = {(row.target, row.version) for row in catalog.versions.expired(stated, day)}
    found: dict[str, str] = {}
    for target, version in stated.items():
        row = catalog.versions.find(target, version)
        if row is not None and (target, row.version) not in over:
            found[target] = version
    return found


def _together(catalog: Catalog, stated: Mapping[str, str]) -> dict[str, str]:
    """Targets without conflicts: what is given up first goes first, as long as there is one."""
    found = dict(stated)
    for some in _GIVEN_UP:
        if not catalog.versions.conflicts(found):
            break
        found = {target: version for target, version in found.items() if target not in some}
    return found
