"""The plain VMs of a root ``40-<environment>-vms``, and the module that makes one."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from typing import Any

from generator.platform.objects import (
    DesiredState,
    Fabric,
    KeepOff,
    Machine,
    Manage,
    TeamFolder,
    Vcenter,
)
from generator.platform.stamps import stamp
from generator.render.engine import fill
from generator.render.escape import Escaped, hcl_label
from generator.render.target import RenderedFile
from generator.render.terraform.adopting import ignored
from generator.render.terraform.foundation import tag_reference
from generator.render.terraform.root import (
    PROVIDER_VERSION,
    address,
    output,
    references,
)

_PARTS = (
    "versions",
    "variables_placement",
    "variables_template",
    "variables_shape",
    "variables_devices",
    "cloud_init",
    "main",
    "outputs",
)
_ABSENT = "This vCenter shows no such object: the SiteInventory or the blueprint names it wrongly."
_EARLIER = "Apply root 10-foundation first: it creates this role."
_NO_GPU = "The SiteInventory names GPUs of this host, and vCenter shows none."

View = dict[str, Any]


def files(state: DesiredState) -> Iterator[RenderedFile]:
    """The module, once per vCenter that has plain VMs."""
    for vcenter in state.vcenters:
        if any(said_by_terraform(fabric) for fabric in vcenter.fabrics):
            for part in _PARTS:
                yield RenderedFile(
                    f"{vcenter.name}/modules/vm/{part}.tf",
                    fill(f"terraform/vm_module_{part}.tf.j2", provider_version=PROVIDER_VERSION),
                )


def said_by_terraform(fabric: Fabric) -> list[Machine]:
    """The VMs that the provider has arguments for: it has none for a vGPU."""
    return [machine for machine in fabric.machines if not machine.vgpus]


def parts(platform: str, vcenter: Vcenter, fabrics: Sequence[Fabric]) -> Iterator[tuple[str, View]]:
    """What plain VMs add to the root of their environment, by template."""
    machines = [m for fabric in fabrics for m in said_by_terraform(fabric)]
    fixed = [machine for machine in machines if machine.host]
    folders = [folder for fabric in fabrics for folder in fabric.folders]
    yield "role_references", {"roles": list(_roles(vcenter, folders))}
    keep_offs = [rule for fabric in fabrics for rule in fabric.keep_offs]
    yield "vm_references", {"things": list(_references(machines, keep_offs))}
    yield "pci_checks", {"hosts": list(_hosts(fixed))}
    yield "team_folders", {"folders": [_team_folder(vcenter, folder) for folder in folders]}
    yield "resource_pools", {"pools": list(_pools(vcenter, fabrics))}
    yield "machines", {"machines": [_machine(platform, machine) for machine in machines]}
    yield "anti_affinities", {"rules": list(_rules(fabrics))}
    yield "keep_offs", {"rules": list(_keep_offs(fabrics))}
    yield "fixed_machines", {"machines": [_overridden(machine) for machine in fixed]}
    restarted = [machine for machine in machines if machine.restart_priority]
    yield "restarts", {"machines": [_overridden(machine) for machine in restarted]}


def outputs(fabrics: Iterable[Fabric]) -> Iterator[View]:
    """Ids of the VMs by name."""
    machines = [m for fabric in fabrics for m in said_by_terraform(fabric)]
    ids = [(m.name, Escaped(f"module.{label(m)}.id")) for m in machines]
    if ids:
        yield output("machine_ids", "Ids of the plain VMs, by name.", ids)


def label(machine: Machine) -> Escaped:
    """The identifier of a VM's module call."""
    return hcl_label(f"vm-{machine.key}")


def _roles(vcenter: Vcenter, folders: Iterable[TeamFolder]) -> Iterator[View]:
    used = {permission.role for folder in folders for permission in folder.permissions}
    for role in vcenter.roles:
        if role.name in used:
            error = _EARLIER if role.manage is Manage.CREATE else _ABSENT
            yield {"label": hcl_label(role.label), "name": role.label, "error": error}


def _references(machines: Sequence[Machine], keep_offs: Sequence[KeepOff]) -> Iterator[View]:
    found = {
        ("vsphere_host", rule.datacenter, host) for rule in keep_offs for host in rule.hosts
    } | {
        (kind, machine.datacenter, name)
        for machine in machines
        for kind, name in (
            ("vsphere_compute_cluster", machine.cluster),
            ("vsphere_datastore", machine.datastore),
            ("vsphere_host", machine.host),
            ("vsphere_network", machine.network),
            ("vsphere_virtual_machine", machine.template),
        )
        if name
    }
    for kind, datacenter, name in sorted(found):
        yield {
            "kind": Escaped(kind),
            "label": hcl_label(name),
            "name": name,
            "datacenter_id": address("vsphere_datacenter", datacenter, "id", data=True),
            "error": _ABSENT,
        }


def _hosts(fixed: Iterable[Machine]) -> Iterator[View]:
    for host in sorted({machine.host for machine in fixed}):
        yield {
            "label": hcl_label(host),
            "id": address("vsphere_host", host, "id", data=True),
            "error": _NO_GPU,
        }


def _team_folder(vcenter: Vcenter, folder: TeamFolder) -> View:
    granted = [
        {
            "principal": permission.principal,
            "is_group": permission.is_group,
            "role_id": address("vsphere_role", permission.role, "id", data=True),
        }
        for permission in folder.permissions
    ]
    return {
        "label": hcl_label(folder.path),
        "path": folder.path,
        "datacenter_id": address("vsphere_datacenter", folder.datacenter, "id", data=True),
        "parent": Escaped(f"vsphere_folder.{hcl_label(folder.parent)}"),
        "tag_ids": references(tag_reference(*tag) for tag in folder.tags),
        "ignored": ignored(vcenter, "folder", folder.path),
        "entities": [{"permissions": granted}] if granted else [],
    }


def _pools(vcenter: Vcenter, fabrics: Iterable[Fabric]) -> Iterator[View]:
    for pool in (pool for fabric in fabrics for pool in fabric.pools):
        yield {
            "label": hcl_label(pool.name),
            "name": pool.name,
            "parent_id": _cluster(pool.cluster, "resource_pool_id"),
            "ignored": ignored(vcenter, "resource-pool", pool.name, pool.cluster),
            "shares": pool.shares,
            "memory_reservation_mib": pool.memory_reservation_mib,
            "scale_descendants_shares": pool.scale_descendants_shares,
            "tag_ids": references(tag_reference(*tag) for tag in pool.tags),
        }


def _machine(platform: str, machine: Machine) -> View:
    host = {
        "id": address("vsphere_host", machine.host, "id", data=True),
        "pci_devices": sorted(device.lower() for device in machine.pci_devices),
    }
    return {
        "label": label(machine),
        "name": machine.name,
        "annotation": stamp(platform, f"virtual-machine/{machine.key}"),
        "folder": address("vsphere_folder", machine.folder, "path"),
        "pool_id": address("vsphere_resource_pool", machine.pool, "id"),
        "datastore_id": address("vsphere_datastore", machine.datastore, "id", data=True),
        "network_id": address("vsphere_network", machine.network, "id", data=True),
        "template": Escaped(f"data.vsphere_virtual_machine.{hcl_label(machine.template)}"),
        "vcpus": machine.vcpus,
        "memory_mib": machine.memory_mib,
        "reserved": machine.reserved,
        "hardware_version": [machine.hardware_version] if machine.hardware_version else [],
        "mmio_gib": machine.mmio_gib,
        "hosts": [host] if machine.host else [],
    }


def _rules(fabrics: Iterable[Fabric]) -> Iterator[View]:
    for fabric in fabrics:
        labels = {machine.key: label(machine) for machine in fabric.machines}
        for rule in fabric.anti_affinities:
            yield {
                "label": hcl_label(rule.name),
                "name": rule.name,
                "cluster_id": _cluster(rule.cluster, "id"),
                "machine_ids": references(
                    Escaped(f"module.{labels[key]}.id") for key in rule.machines
                ),
            }


def _keep_offs(fabrics: Iterable[Fabric]) -> Iterator[View]:
    for fabric in fabrics:
        labels = {machine.key: label(machine) for machine in fabric.machines}
        for rule in fabric.keep_offs:
            yield {
                "label": hcl_label(rule.name),
                "name": rule.name,
                "cluster_id": _cluster(rule.cluster, "id"),
                "vm_group": rule.vm_group,
                "machine_ids": references(
                    Escaped(f"module.{labels[key]}.id") for key in rule.machines
                ),
                "host_group": rule.host_group,
                "host_ids": references(
                    address("vsphere_host", host, "id", data=True) for host in rule.hosts
                ),
            }


def _overridden(machine: Machine) -> View:
    return {
        "label": label(machine),
        "cluster_id": _cluster(machine.cluster, "id"),
        "priority": machine.restart_priority,
    }


def _cluster(name: str, attribute: str) -> Escaped:
    return address("vsphere_compute_cluster", name, attribute, data=True)
