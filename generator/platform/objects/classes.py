"""VM classes and the devices in them."""

from __future__ import annotations

from typing import ClassVar

from generator.record import Record, record


@record
class PciDevice(Record):
    """A device that a VM takes whole by dynamic DirectPath I/O: any with one of the ids.

    ``allowed`` are (vendor, device) ids as numbers; ``label`` is the hardware label that the
    device must carry on its host, empty for any.
    """

    allowed: tuple[tuple[int, int], ...]
    label: str = ""

    @property
    def text(self) -> str:
        """``<vendor>:<device>``, several with bars between them, and ``@<label>``."""
        ids = "|".join(f"{vendor:04x}:{number:04x}" for vendor, number in self.allowed)
        return f"{ids}@{self.label}" if self.label else ids


@record
class InstanceStorage(Record):
    """Disks that live and die with a VM, on storage of its own host; sizes in MiB.

    ``policy`` is the storage policy by name; the namespaces of the class must have it too.
    """

    policy: str
    volumes_mib: tuple[int, ...]


@record
class VmClass(Record):
    """An immutable VM class; its name carries a hash of its content (F3).

    ``vgpus`` lists one vGPU profile per device; ``device_group`` is the NVLink group that holds
    them, ``mmio_gib`` the 64-bit MMIO window that they need (0 without a GPU). Reservations are
    percentages of vCPU and memory. ``pci_devices`` are GPUs by DirectPath I/O, ``instance_storage``
    is None without disks of the host's own.
    """

    kind: ClassVar[str] = "vm-class"
    name: str
    vcpus: int
    memory_mib: int
    cpu_reservation_percent: int
    memory_reservation_percent: int
    vgpus: tuple[str, ...]
    device_group: str
    mmio_gib: int
    description: str
    pci_devices: tuple[PciDevice, ...] = ()
    instance_storage: InstanceStorage | None = None
