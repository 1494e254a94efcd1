"""Plain VMs and what holds them as they ought to be."""

from __future__ import annotations

import json
from collections.abc import Iterator
from typing import NamedTuple

from generator.diff.asserted.foundation import folder_object, stamp_tag_in
from generator.diff.asserted.ground import Ground, person, tags_of
from generator.diff.asserted.record import Asserted
from generator.platform.objects import (
    AntiAffinity,
    Fabric,
    KeepOff,
    Machine,
    ResourcePool,
    TeamFolder,
)
from generator.platform.stamps import stamp
from generator.render.terraform.machines import label
from generator.vcenter.snapshot import Value

OVERRIDE, PRIORITY = "vsphere_drs_vm_override", "vsphere_ha_vm_override"


class Place(NamedTuple):
    """A vCenter and the root of one environment's VMs."""

    ground: Ground
    root: str


def fabric(ground: Ground, it: Fabric) -> Iterator[Asserted]:
    """All plain VMs of an environment, with folders, rights, pools and rules."""
    place = Place(ground, f"40-{it.environment}-vms")
    for folder in it.folders:
        yield from team_folder(place, folder)
    for pool in it.pools:
        yield resource_pool(place, pool)
    for machine in it.machines:
        yield from virtual_machine(place, machine)
    names = {m.key: m.name for m in it.machines}
    for rule in it.anti_affinities:
        yield anti_affinity(place, rule, names)
    for off in it.keep_offs:
        yield from keep_off(place, off, names)


def team_folder(place: Place, it: TeamFolder) -> Iterator[Asserted]:
    """A team's folder and everybody with rights on it; further rights Terraform takes away."""
    ground, root = place
    yield folder_object(ground, it.datacenter, it.path, it.tags, root)
    key = ground.vm_path(it.datacenter, it.path)
    for permission in it.permissions:
        yield Asserted(
            kind="permission",
            key=f"{key}|{permission.principal}",
            vcenter=ground.vcenter.name,
            owner="create",
            fields={
                "role": permission.role,
                "propagate": True,
                "is_group": permission.is_group,
            },
            within=(("folder", key), *ground.folder_chain(it.datacenter, it.path)),
            mends={"": ground.terraform(root, "vsphere_entity_permissions", it.path)},
        )


def resource_pool(place: Place, it: ResourcePool) -> Asserted:
    """A pool at the root of a cluster."""
    ground, root = place
    key = f"{it.cluster}/{it.name}"
    datacenters = [folder.datacenter for folder in ground.vcenter.folders]
    path = (
        f"/{ground.place(datacenters[0])}/host/{it.cluster}/Resources/{it.name}"
        if datacenters
        else ""
    )
    fields: dict[str, Value] = {
        "cpu_shares": it.shares,
        "memory_shares": it.shares,
        "memory_reservation_mib": it.memory_reservation_mib,
        "memory_expandable": True,
        "scale_descendants_shares": it.scale_descendants_shares,
        "tags": tags_of(it.tags),
    }
    return Asserted(
        kind="resource-pool",
        key=key,
        vcenter=ground.vcenter.name,
        owner="create",
        fields=ground.said(it.kind, it.name, fields, it.cluster),
        stamp=stamp_tag_in(it.tags),
        within=(("cluster", it.cluster),),
        mends={"": ground.terraform(root, "vsphere_resource_pool", it.name, path)},
    )


def virtual_machine(place: Place, it: Machine) -> Iterator[Asserted]:
    """A plain VM; its host is asserted only where a passed-through GPU fixes it."""
    ground, root = place
    path = f"{it.folder}/{it.name}"
    key = ground.vm_path(it.datacenter, path)
    mark = stamp(ground.platform, f"{it.kind}/{it.key}")
    fields: dict[str, Value] = {
        "cluster": it.cluster,
        "pool": f"{it.cluster}/{it.pool}",
        "vcpus": it.vcpus,
        "memory_mib": it.memory_mib,
        "memory_reservation_mib": it.memory_mib if it.reserved else 0,
        "memory_locked": it.reserved,
        "firmware": "efi",
        "networks": (it.network,),
        "datastores": (it.datastore,),
        "vgpus": tuple(sorted(it.vgpus)),
        "passthrough": tuple(sorted(device.lower() for device in it.pci_devices)),
    }
    if it.hardware_version:
        fields["hardware_version"] = it.hardware_version
    if it.mmio_gib:
        fields["mmio_gib"] = it.mmio_gib
    if it.host:
        fields["host"] = it.host
    # Terraform has no argument for a vGPU: such a VM is made by hand from a template (MLG-D010).
    if not it.vgpus:
        fields["stamp"] = mark
    made = (
        person(f"clone {it.name} from the template {it.template} with its vGPUs")
        if it.vgpus
        else ground.terraform(root, f"module.{label(it)}", "", f"/{key}")
    )
    yield Asserted(
        kind="vm",
        key=key,
        vcenter=ground.vcenter.name,
        owner="create",
        fields=fields,
        stamp=mark,
        within=ground.folder_chain(it.datacenter, path),
        mends={"": made},
    )
    yield from _override(place, it)


def _override(place: Place, it: Machine) -> Iterator[Asserted]:
    """What the VM has otherwise than its cluster, of what Terraform makes by itself."""
    ground, root = place
    parts: tuple[tuple[object, str, dict[str, Value]], ...] = (
        (it.host, OVERRIDE, {"drs_enabled": False}),
        (
            it.restart_priority and not it.vgpus,
            PRIORITY,
            {"ha_restart_priority": it.restart_priority},
        ),
    )
    for wanted, kind, fields in parts:
        if wanted:
            yield Asserted(
                kind="override",
                key=f"{it.cluster}/{it.name}",
                vcenter=ground.vcenter.name,
                owner="create",
                fields=fields,
                within=(("cluster", it.cluster),),
                mends=dict.fromkeys(("", *fields), ground.terraform(root, kind, f"vm-{it.key}")),
            )


def anti_affinity(place: Place, it: AntiAffinity, names: dict[str, str]) -> Asserted:
    """A rule that keeps VMs apart while it can."""
    ground, root = place
    kind = "vsphere_compute_cluster_vm_anti_affinity_rule"
    datacenters = [folder.datacenter for folder in ground.vcenter.folders]
    path = f"/{ground.place(datacenters[0])}/host/{it.cluster}" if datacenters else ""
    import_id = json.dumps({"compute_cluster_path": path, "name": it.name}) if path else ""
    return Asserted(
        kind="rule",
        key=f"{it.cluster}/{it.name}",
        vcenter=ground.vcenter.name,
        owner="create",
        fields={
            "type": "vm-anti-affinity",
            "enabled": True,
            "mandatory": False,
            "vms": tuple(sorted(names[key] for key in it.machines if key in names)),
        },
        within=(("cluster", it.cluster),),
        mends={"": ground.terraform(root, kind, it.name, import_id)},
    )


def keep_off(place: Place, it: KeepOff, names: dict[str, str]) -> Iterator[Asserted]:
    """VMs that can move stay off hosts whose VMs cannot: a rule and its two groups (F16)."""
    ground, root = place
    cluster = "vsphere_compute_cluster"
    path = f"/{ground.place(it.datacenter)}/host/{it.cluster}"

    def entry(kind: str, name: str, word: str, fields: dict[str, Value]) -> Asserted:
        import_id = json.dumps({"compute_cluster_path": path, "name": name})
        return Asserted(
            kind=kind,
            key=f"{it.cluster}/{name}",
            vcenter=ground.vcenter.name,
            owner="create",
            fields=fields,
            within=(("cluster", it.cluster),),
            mends={"": ground.terraform(root, f"{cluster}_{word}", it.name, import_id)},
        )

    vms = tuple(sorted(names[key] for key in it.machines if key in names))
    yield entry("vm-group", it.vm_group, "vm_group", {"vms": vms})
    yield entry("host-group", it.host_group, "host_group", {"hosts": tuple(sorted(it.hosts))})
    rule: dict[str, Value] = {
        "type": "vm-host-anti-affinity",
        "enabled": True,
        "mandatory": False,
        "vm_group": it.vm_group,
        "host_group": it.host_group,
    }
    yield entry("rule", it.name, "vm_host_rule", rule)
