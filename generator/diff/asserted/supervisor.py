"""VM classes, namespaces, access and VKS clusters as they ought to be."""

from __future__ import annotations

from collections.abc import Iterator

from generator.diff.asserted.ground import CLASSES, Ground, owner, person
from generator.diff.asserted.record import Asserted, Mend
from generator.platform.classes import by_terraform
from generator.platform.objects import (
    Access,
    DirectPathProfile,
    Manage,
    Namespace,
    NamespaceShare,
    PciDevice,
    VmClass,
)
from generator.platform.stamps import stamp
from generator.render.supervisor.shares import zone_mark
from generator.vcenter.snapshot import Value


def vm_class(ground: Ground, it: VmClass) -> Iterator[Asserted]:
    """A class in either form: devices and reservations compare the same (F3).

    What the provider has no argument for (description, MMIO window, device group) is asserted
    only of a class that goes by REST.
    """
    disks = it.instance_storage
    fields: dict[str, Value] = {
        "vcpus": it.vcpus,
        "memory_mib": it.memory_mib,
        "cpu_reservation_percent": it.cpu_reservation_percent,
        "memory_reservation_percent": it.memory_reservation_percent,
        "vgpus": tuple(sorted(it.vgpus)),
        "pci_devices": tuple(sorted(map(pci_device, it.pci_devices))),
        "device_group": it.device_group or None,
        "instance_storage_policy": disks.policy if disks else None,
        "instance_storage_volumes_mib": tuple(map(str, disks.volumes_mib)) if disks else (),
    }
    if not by_terraform(it):
        fields |= {"description": it.description, "mmio_gib": it.mmio_gib or None}
    yield Asserted(
        kind="vm-class",
        key=it.name,
        vcenter=ground.vcenter.name,
        owner="create",
        fields=fields,
        mends={"": _class_mend(ground, it)},
    )


def pci_device(device: PciDevice) -> str:
    """A DirectPath device as a snapshot writes it."""
    return device.text


def _class_mend(ground: Ground, it: VmClass) -> Mend:
    if by_terraform(it):
        return ground.terraform(CLASSES, "vsphere_virtual_machine_class", it.name)
    return ground.rest("vm-class")


def direct_path_profile(ground: Ground, it: DirectPathProfile) -> Iterator[Asserted]:
    """The profile of a device, which is what it is known by: its name is only for people (F30).

    A vCenter has one profile for a device, so that one of others serves as well.
    """
    yield Asserted(
        kind=it.kind,
        key=it.device,
        vcenter=ground.vcenter.name,
        owner="create",
        fields={"name": it.name, "description": it.description},
        mark=stamp(ground.platform, ""),
        mends={"": ground.rest(it.kind)},
    )


def namespace(ground: Ground, it: Namespace) -> Iterator[Asserted]:
    """What a namespace may use: own entries must be in its lists (F10)."""
    ours = it.manage is not Manage.REFERENCE
    lists: dict[str, Value] = {
        "vm_classes": tuple(sorted(it.vm_classes)),
        "content_libraries": tuple(sorted(it.content_libraries)),
        "storage_policies": tuple(sorted(it.storage_policies)),
    }
    supervisor: dict[str, Value] = {"supervisor": it.supervisor} if it.supervisor_id else {}
    if it.supervisor_id:
        yield Asserted(
            kind="supervisor",
            key=it.supervisor,
            vcenter=ground.vcenter.name,
            owner="reference",
            fields={"id": it.supervisor_id},
            ident=it.supervisor_id,
            called=False,
            mends={"": person(f"ask the owner of the Supervisor {it.supervisor}")},
        )
    yield Asserted(
        kind="namespace",
        key=it.name,
        vcenter=ground.vcenter.name,
        owner=owner(it.manage),
        fields={**supervisor, **lists} if ours else supervisor,
        within=(("supervisor", it.supervisor),),
        mends={"": _namespace_mend(ground, it)},
    )
    yield Asserted(
        kind="k8s-namespace",
        key=it.name,
        vcenter=ground.vcenter.name,
        owner="reference",
        fields={"deleting": False} if ours else {},
        within=(("namespace", it.name),),
        mends={"": person(f"find out who deletes {it.name}, and whether that is meant")},
    )


def _namespace_mend(ground: Ground, it: Namespace) -> Mend:
    if it.manage is Manage.CREATE:
        return ground.terraform(f"30-{it.environment}-namespaces", "vsphere_namespace", it.name)
    if it.manage is Manage.ADOPT:
        return ground.rest("namespace")
    return person(f"ask the owner of the namespace {it.name}")


def access(ground: Ground, it: Access) -> Iterator[Asserted]:
    """The role of a directory group; the rights of others stay."""
    yield Asserted(
        kind="namespace",
        key=it.namespace,
        vcenter=ground.vcenter.name,
        owner="reference",
        fields={(field := f"access.group:{it.subject}@{it.domain}"): it.role},
        mends={field: ground.rest("access")},
    )


def share(ground: Ground, it: NamespaceShare) -> Iterator[Asserted]:
    """The limits of a namespace, and what each zone keeps for it (F30).

    Only what the plan states counts: limits that it leaves open are others' business. What a zone
    keeps for one namespace is never shown: its mark tells what was last written, and the zone how
    many VMs of a class it keeps for all.
    """
    fields: dict[str, Value] = {"zones": tuple(sorted(zone.name for zone in it.zones))}
    fields |= {f"storage_limit_mib.{one.policy}": one.limit_mib for one in it.storage_limits}
    limits = {"cpu_limit_mhz": it.cpu_limit_mhz, "memory_limit_mib": it.memory_limit_mib}
    fields |= {name: value for name, value in limits.items() if value is not None}
    if it.zones:
        fields["zone_mark"] = zone_mark(it)
    mend = ground.rest(it.kind)
    yield Asserted(
        kind="namespace",
        key=it.namespace,
        vcenter=ground.vcenter.name,
        owner="reference",
        fields=fields,
        mends=dict.fromkeys(fields, mend),
    )
    for zone in it.zones:
        kept = _kept(ground, zone.name)
        yield Asserted(
            kind="zone",
            key=zone.name,
            vcenter=ground.vcenter.name,
            owner="reference",
            fields=kept,
            mends=dict.fromkeys(kept, mend),
        )


def _kept(ground: Ground, zone: str) -> dict[str, Value]:
    """What a zone keeps for all our namespaces together; others may keep more in it."""
    counts: dict[str, int] = {}
    for share in ground.vcenter.shares:
        for one in (r for z in share.zones if z.name == zone for r in z.reservations):
            name = f"reserved.{one.vm_class}"
            counts[name] = counts.get(name, 0) + one.count
    return dict(counts)
