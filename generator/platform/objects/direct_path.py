"""DirectPath profiles: by them vCenter 9 counts how many more devices of a kind would start."""

from __future__ import annotations

from dataclasses import replace
from typing import ClassVar

from generator.platform.objects.classes import PciDevice
from generator.record import Record, record


@record
class DirectPathProfile(Record):
    """One device that VMs take, as vCenter knows it by name (VCF 9, F30).

    Exactly one of ``vgpu`` (a vGPU profile), ``device_group`` (linked GPUs that go together, by
    vSphere's name) and ``pci_device`` (a whole GPU by dynamic DirectPath I/O) is given. A vCenter
    has one profile for a device, so it is shared by all classes that take it; ``per_vm`` says of
    each class how many units one of its VMs takes. The device of a profile can never be changed.
    """

    kind: ClassVar[str] = "direct-path-profile"
    name: str
    description: str
    vgpu: str = ""
    device_group: str = ""
    pci_device: PciDevice | None = None
    per_vm: tuple[tuple[str, int], ...] = ()

    @property
    def device(self) -> str:
        """The device as one text, by which a profile is known whatever it is called."""
        if self.pci_device is None:
            return self.vgpu or self.device_group
        # The order of ids says nothing, and vCenter may keep another.
        return replace(self.pci_device, allowed=tuple(sorted(self.pci_device.allowed))).text
