"""The 64-bit MMIO window of a VM: where its GPUs' memory is mapped."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from generator.catalog.accelerator import Accelerator
from generator.ledger import Basis
from generator.record import Record, record
from generator.sizing.machine.bill import Bill, Part
from generator.sizing.nonsense import not_negative

USE_KEY = "pciPassthru.use64bitMMIO"
SIZE_KEY = "pciPassthru.64bitMMIOSizeGB"
"""The options of a VM; some articles print the first one wrong."""

VKS_WINDOW_GIB = 512
"""The window that a VM Service VM with a GPU gets unasked. Published: vm-operator, provider
constants."""

DEFAULT_WINDOW_GIB = 32
"""The window of a VM that sets nothing. Published: F. Denneman, BIOS, VM and vCenter Settings."""


@record
class MmioWindow(Record):
    """A VM's window: 0 GiB where its GPUs need none beyond the default one."""

    bill: Bill

    @property
    def gib(self) -> int:
        """The size to set, a power of two."""
        return int(self.bill.total)

    @property
    def over_vks_default(self) -> bool:
        """Whether a VKS node class must state it, because the 512 GiB given unasked are too few."""
        return self.gib > VKS_WINDOW_GIB

    @property
    def needs_efi(self) -> bool:
        """Whether the VM needs EFI firmware, which cannot be changed after its installation."""
        return self.must_be_set

    @property
    def must_be_set(self) -> bool:
        """Whether the window is more than what a VM has that sets nothing."""
        return self.gib > DEFAULT_WINDOW_GIB

    def settings(self) -> Mapping[str, str]:
        """The VM's options; none where none are needed."""
        if not self.must_be_set:
            return {}
        return {USE_KEY: "TRUE", SIZE_KEY: str(self.gib)}


def window(devices: Sequence[tuple[Accelerator, int]]) -> MmioWindow:
    """The window of a VM with so many GPUs of each board.

    One board type: its own table or rule (``Accelerator.mmio_gib``: the vendor's figure for one,
    for several twice the next power of two over all framebuffers). Several types: their windows
    added up and lifted to a power of two. A vGPU counts like its whole GPU, because the driver
    maps the board. Sources: NVIDIA AI Enterprise vGPU guide; F. Denneman, BIOS, VM and vCenter
    Settings.
    """
    parts = tuple(
        Part(
            name=f"{count} x {gpu.short_name}",
            value=gpu.mmio_gib(count),
            rule="the vendor's table for one, else twice the next power of two over the sum of "
            "framebuffers, 64 at least",
            source="NVIDIA AI Enterprise vGPU guide; F. Denneman, BIOS, VM and vCenter Settings",
            basis=Basis.PUBLISHED if gpu.mmio_required_gib is not None else Basis.ANALYTIC,
        )
        for gpu, count in devices
        if not_negative("gpus", count) and gpu.mmio_gib(count)
    )
    bill = Bill(name="MMIO window", unit="GiB", parts=parts)
    if not parts:
        return MmioWindow(bill=bill)
    power = 1 << (int(bill.total) - 1).bit_length()
    return MmioWindow(bill=bill.rounded_up(power, "the next power of two"))


def gpus_within(gpu: Accelerator, window_gib: int) -> int | None:
    """How many of these GPUs a VM may have in a window of that size; None: it does not bound them.

    With the 512 GiB of a VKS node: four A100 of 40 GB, or two GPUs of 80 GB.
    """
    if gpu.mmio_gib(1) == 0:
        return None
    count = 0
    while gpu.mmio_gib(count + 1) <= window_gib:
        count += 1
    return count
