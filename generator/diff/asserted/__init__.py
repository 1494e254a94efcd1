"""The desired state in the flat words of a snapshot, so that a difference is one field."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Mapping
from typing import Any

from generator.catalog import Catalog
from generator.diff.asserted import (
    clusters,
    foundation,
    infrastructure,
    machines,
    settings,
    supervisor,
)
from generator.diff.asserted.ground import Ground
from generator.diff.asserted.record import Asserted, Mend, merged
from generator.diff.asserted.site import site_objects
from generator.platform import objects as of
from generator.platform.objects import DesiredState
from generator.record import Record
from generator.supply.model import SiteInventory

__all__ = ["LEFT_OUT", "PROJECTORS", "WITHIN", "Asserted", "Mend", "asserted"]

Projector = Callable[[Ground, Any], Iterator[Asserted]]

PROJECTORS: Mapping[type[Record], Projector] = {
    of.Reference: foundation.reference,
    of.TagCategory: foundation.tag_category,
    of.Tag: foundation.tag,
    of.Folder: foundation.folder,
    of.StoragePolicy: foundation.storage_policy,
    of.VmClass: supervisor.vm_class,
    of.DirectPathProfile: supervisor.direct_path_profile,
    of.Namespace: supervisor.namespace,
    of.HostSetting: settings.host_setting,
    of.Access: supervisor.access,
    of.NamespaceShare: supervisor.share,
    of.TagAttachment: foundation.attachment,
    of.Zone: foundation.zone,
    of.Role: foundation.role,
    of.Fabric: machines.fabric,
    of.VksCluster: clusters.vks_cluster,
    of.Infrastructure: infrastructure.infrastructure,
    of.SupervisorWish: infrastructure.supervisor,
}
"""How each kind of record of the desired state is seen in a vCenter."""

WITHIN: Mapping[type[Record], type[Record]] = {
    of.CapabilityRule: of.StoragePolicy,
    of.PciDevice: of.VmClass,
    of.InstanceStorage: of.VmClass,
    of.ClassReservation: of.NamespaceShare,
    of.ZoneShare: of.NamespaceShare,
    of.StorageLimit: of.NamespaceShare,
    of.TeamFolder: of.Fabric,
    of.Permission: of.Fabric,
    of.ResourcePool: of.Fabric,
    of.Machine: of.Fabric,
    of.AntiAffinity: of.Fabric,
    of.KeepOff: of.Fabric,
    of.Datacenter: of.Infrastructure,
    of.ComputeCluster: of.Infrastructure,
    of.Admission: of.Infrastructure,
    of.DistributedSwitch: of.Infrastructure,
    of.PortGroup: of.Infrastructure,
    of.Library: of.Infrastructure,
    of.Attachment: of.SupervisorWish,
    of.Addresses: of.SupervisorWish,
    of.Publishing: of.SupervisorWish,
    of.NodePool: of.VksCluster,
    of.NodeVolume: of.VksCluster,
    of.NodeCare: of.VksCluster,
}
"""Records that are projected with what holds them."""

LEFT_OUT: Mapping[type[Record], str] = {
    of.Adoption: "how Terraform takes over what the state holds in its own section",
    of.HostFact: "says what to expect of a host, not what it is to be",
    of.Reach: "how far a change reaches, for its window",
    of.Calendar: "when changes may be made",
    of.ChangeWindow: "when changes may be made",
    of.Freeze: "when nothing is changed",
    of.OpenQuestion: "what depends on it is left out of the state",
    of.Coverage: "who does what, not an object",
}
"""Records that no vCenter shows, and why."""


def asserted(
    state: DesiredState,
    inventories: Mapping[str, SiteInventory],
    catalog: Catalog,
    out: str,
) -> tuple[Asserted, ...]:
    """What each vCenter of a platform ought to show, one object per identity.

    ``inventories`` are those of its sites, empty where only a plan is at hand; ``out`` is the
    folder of the rendered files, which the commands of mends name.
    """
    return tuple(merged(_all(state, inventories, catalog, out)))


def _all(
    state: DesiredState,
    inventories: Mapping[str, SiteInventory],
    catalog: Catalog,
    out: str,
) -> Iterator[Asserted]:
    by_namespace: dict[str, list[of.VksCluster]] = {}
    for cluster in state.clusters:
        by_namespace.setdefault(cluster.namespace, []).append(cluster)
    for vcenter in state.vcenters:
        ground = Ground(state.platform, vcenter, out)
        yield from _projected(ground, _records(vcenter))
        for environment, folder in vcenter.environment_folders:
            yield from foundation.folder(ground, folder, environment)
        for namespace in vcenter.namespaces:
            yield from _projected(ground, by_namespace.pop(namespace.name, ()))
        sites = [inventories[name] for name in sorted(inventories)]
        yield from site_objects(vcenter.name, sites, catalog)


def _projected(ground: Ground, records: Iterable[Record]) -> Iterator[Asserted]:
    for one in records:
        projector = PROJECTORS.get(type(one))
        if projector is not None:
            yield from projector(ground, one)


def _records(vcenter: of.Vcenter) -> Iterator[Record]:
    """The records that a vCenter's sections hold, in their order."""
    for name in of.Vcenter.__dataclass_fields__:
        section = getattr(vcenter, name)
        for one in section if isinstance(section, tuple) else (section,):
            if isinstance(one, Record):
                yield one
