"""VM classes: their shape, their names and who can write them."""

from __future__ import annotations

import hashlib
from collections.abc import Mapping

from generator.catalog import Catalog
from generator.catalog.accelerator import Accelerator
from generator.placement.levers.reach import guaranteed
from generator.placement.plan import Chosen, Plan
from generator.platform.naming import Namer
from generator.platform.objects import InstanceStorage, PciDevice, VmClass
from generator.platform.stamps import stamp
from generator.quantity import GIB, MIB

VKS_DEFAULT_MMIO_GIB = 512
"""The MMIO window that vm-operator gives any VM with a PCI device when its class states none.

Source: vm-operator ``pkg/providers/vsphere/constants`` at 506dc5dc.
"""

DIRECTPATH = "dp"
"""The part of a class's name that stands for whole GPUs by DirectPath I/O."""


def by_terraform(vm_class: VmClass) -> bool:
    """Whether Terraform owns the class: at most one vGPU and no MMIO above the default.

    ``vgpu_devices`` cannot list a profile twice in the class's own API, and the provider has no
    argument for DirectPath devices, ``config_spec`` and instance storage; those classes go by REST,
    never by both.
    """
    return (
        len(vm_class.vgpus) <= 1
        and not vm_class.pci_devices
        and vm_class.instance_storage is None
        and vm_class.mmio_gib <= VKS_DEFAULT_MMIO_GIB
    )


def content_revision(*content: object) -> str:
    """A short hash of what a class is, which its name carries (F3).

    An edited class changes no running VM, so a change must be a new name; a hash keeps the name
    while nothing changes, which a release number would not.
    """
    return hashlib.sha256(repr(content).encode()).hexdigest()[:6]


def vm_class(chosen: Chosen, catalog: Catalog, namer: Namer, local_policy: str = "") -> VmClass:
    """The class of a demand. Equal content gives the equal name, so teams share classes.

    A GPU VM reserves all its memory, because vSphere powers it on in no other way; a VM that
    production relies on also reserves its CPU. ``local_policy`` is the storage policy of the hosts'
    own NVMe, which a cache on the node takes its disk from; "" where there is none.
    """
    demand = chosen.demand
    accelerator = catalog.accelerator(chosen.model) if chosen.model else None
    gpus = demand.gpu.gpus if demand.gpu else 0
    memory_mib = -(-demand.memory_bytes // MIB)
    reserved = (100 if guaranteed(demand) else 0, 100 if gpus or guaranteed(demand) else 0)
    vgpus = () if chosen.passthrough else (chosen.profile,) * gpus
    devices = (_device(accelerator),) * gpus if accelerator and chosen.passthrough else ()
    mmio_gib = (accelerator.mmio_gib(gpus) or 0) if accelerator else 0
    content = (demand.vcpus, memory_mib, reserved, vgpus, chosen.device_group, mmio_gib)
    # What no class had before is part of the name only where it is there: old names stay.
    disks = _disks(chosen, local_policy)
    later = *((devices,) if devices else ()), *((disks,) if disks else ())
    revision = content_revision(*content, *later)
    if accelerator is not None:
        code = DIRECTPATH if devices else accelerator.profile(chosen.profile).code
        gpu, profile = accelerator.short_name, f"{gpus}x{code}" if gpus > 1 else code
    else:
        gpu, profile = "cpu", f"{demand.vcpus}x{demand.memory_bytes // GIB}"
    name = namer.name("vm_class", gpu=gpu, profile=profile, rev=revision)
    return VmClass(
        name=name,
        vcpus=demand.vcpus,
        memory_mib=memory_mib,
        cpu_reservation_percent=reserved[0],
        memory_reservation_percent=reserved[1],
        vgpus=vgpus,
        device_group=chosen.device_group,
        mmio_gib=mmio_gib,
        description=stamp(namer.platform, f"vm-class/{name}"),
        pci_devices=devices,
        instance_storage=disks,
    )


def _disks(chosen: Chosen, policy: str) -> InstanceStorage | None:
    """One disk for all that the node caches (F24)."""
    needed = chosen.demand.nvme_bytes
    if not needed or not policy:
        return None
    return InstanceStorage(policy=policy, volumes_mib=(-(-needed // MIB),))


def _device(accelerator: Accelerator) -> PciDevice:
    """Any device of the board: dynamic DirectPath I/O looks for its ids."""
    ids = dict.fromkeys((int(p.vendor, 16), int(p.device, 16)) for p in accelerator.pci_ids)
    return PciDevice(allowed=tuple(ids))


def vm_classes(
    plan: Plan, catalog: Catalog, namers: Mapping[str, Namer], local: Mapping[str, str]
) -> dict[tuple[str, str], VmClass]:
    """The class of every demand, by environment and name; none where nothing can be named.

    ``local`` names the storage policy of the hosts' own NVMe by environment.
    """
    return {
        (c.demand.environment, c.demand.name): vm_class(
            c, catalog, namers[c.demand.environment], local.get(c.demand.environment, "")
        )
        for c in plan.chosen
        if c.demand.environment in namers
    }
