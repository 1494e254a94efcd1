"""Accelerators: one GPU's figures, its vGPU types, its MIG geometry and its links."""

from __future__ import annotations

from collections.abc import Mapping
from types import MappingProxyType
from typing import NamedTuple

from generator.catalog.mig import Mig, read_mig
from generator.catalog.row import Row, near_to
from generator.catalog.vgpu import VgpuProfile, read_profile
from generator.quantity import MIB

PRECISIONS = ("fp64", "fp32", "tf32", "fp16", "bf16", "fp8", "fp4", "int8", "int4")
RATES = (*PRECISIONS, "fp64_tensor")
LINKS = ("none", "bridge", "mesh", "switch", "chip-to-chip")
PASSTHROUGH = ("yes", "no", "release-bound")
EVIDENCE = ("seen", "derived")
SMALLEST_MMIO_GIB = 64


class PciId(NamedTuple):
    """A PCI id in hexadecimal digits; ``subsystem`` is ``vendor:device`` or empty."""

    vendor: str
    device: str
    subsystem: str = ""


class Nvlink(NamedTuple):
    """GPU-to-GPU links. ``kind`` is one of ``LINKS``; bandwidth counts both directions.

    ``max_gpus`` is the largest domain; None where a figure was not found.
    """

    kind: str
    generation: str | None
    bidirectional_bytes_per_s: int | None
    max_gpus: int | None
    topology: str | None

    @property
    def per_direction_bytes_per_s(self) -> int | None:
        """Bytes per second one way, per GPU: what a transfer time is computed with."""
        both = self.bidirectional_bytes_per_s
        return None if both is None else both // 2


class Accelerator(NamedTuple):
    """One GPU; a board with several counts ``gpus_per_board`` of them.

    Peaks are dense, in 10^12 operations per second; ``measured_peak_tflops`` is what matrix
    products were seen to reach, and ``nvaie_bundled_years`` the subscription in the box.
    ``precisions`` are the formats that its units
    compute in; a model stored in a narrower one still runs. None means: not found. ``sources``
    holds source keys by field, ``unverified`` what could not be confirmed, as ``field: why``.
    """

    id: str
    vendor: str
    product: str
    short_name: str
    architecture: str
    chip: str | None
    compute_capability: str | None
    compute_units: int | None
    gpus_per_board: int
    form_factor: str | None
    tdp_w: float | None
    pcie_generation: int | None
    pcie_lanes: int | None
    pci_ids: tuple[PciId, ...]
    memory_type: str
    nominal_gib: float
    framebuffer_mib: int
    visible_mib: int | None
    cuda_total_mib: int | None
    memory_bandwidth_bytes_per_s: int
    peak_dense_tflops: Mapping[str, float]
    measured_peak_tflops: Mapping[str, float]
    precisions: frozenset[str]
    structured_sparsity: bool
    nvlink: Nvlink
    bar1_gib: float | None
    mmio_required_gib: int | None
    nvaie_bundled_years: int | None
    vgpu: bool
    passthrough: str
    vsphere_note: str | None
    board_type: str | None
    name_prefix: str | None
    name_evidence: str | None
    mixed_size: bool | None
    profiles: tuple[VgpuProfile, ...]
    mig: Mig | None
    device_group_sizes: tuple[int, ...]
    device_group_evidence: str | None
    sources: Mapping[str, tuple[str, ...]]
    unverified: tuple[str, ...]
    notes: tuple[str, ...]

    def __hash__(self) -> int:
        return hash(self.id)

    def profile(self, name: str) -> VgpuProfile:
        """The vGPU type of that vSphere name; KeyError with near names where there is none."""
        for profile in self.profiles:
            if profile.name == name:
                return profile
        near = near_to(name, [profile.name for profile in self.profiles])
        raise KeyError(f"{self.id} has no vGPU type {name!r}{near}")

    @property
    def whole_gpu_profile(self) -> VgpuProfile | None:
        """The time-sliced type that takes the whole GPU, or None without vGPU."""
        whole = (p for p in self.profiles if not p.is_mig and p.max_per_gpu == 1)
        return next(whole, None)

    @property
    def passthrough_memory_bytes(self) -> int:
        """What a process can allocate of a GPU that it has to itself; the least figure known."""
        return (self.cuda_total_mib or self.visible_mib or self.framebuffer_mib) * MIB

    def mmio_gib(self, count: int) -> int:
        """The 64-bit MMIO window of a VM with ``count`` of these GPUs, in GiB; 0 if none is needed.

        One GPU: the vendor's table, else twice the next power of two over the framebuffer, 64 at
        least. Several: the larger of that rule on their sum and of their single windows, rounded
        up to a power of two (sources NVAIE6-VGPU, FD).
        """
        if count < 1 or self.mmio_required_gib == 0:
            return 0
        by_rule = max(SMALLEST_MMIO_GIB, 2 * _power_of_two(self.framebuffer_mib * count, 1024))
        if self.mmio_required_gib is None:
            return by_rule
        if count == 1:
            return self.mmio_required_gib
        return max(by_rule, _power_of_two(self.mmio_required_gib * count))

    def device_group_name(self, count: int) -> str:
        """The name under which a host offers ``count`` linked GPUs; ValueError if it cannot."""
        whole = self.whole_gpu_profile
        if count not in self.device_group_sizes or whole is None:
            sizes = ", ".join(map(str, self.device_group_sizes)) or "none"
            raise ValueError(f"{self.id} offers no NVLink group of {count} (sizes: {sizes})")
        return f"Nvidia:{count}@{whole.name}%NVLink"


def read_accelerator(row: Row, geometry: Row | None, placement: Row | None) -> Accelerator:
    """An accelerator from its row and the shared tables that its MIG and vGPU parts name."""
    memory, vsphere = row.child("memory"), row.child("vsphere")
    pcie, mmio = row.child("pcie"), row.child("mmio")
    mig = read_mig(row.child("mig"), geometry) if geometry else None
    ecc = memory.flag("ecc_costs_framebuffer")
    board = row.child("vgpu") if row.has("vgpu") else Row(row.where, {})
    groups = row.child("device_groups") if row.has("device_groups") else Row(row.where, {})
    nominal = memory.number("nominal_gib")
    accelerator = Accelerator(
        id=row.text("id"),
        vendor=row.text("vendor"),
        product=row.text("product"),
        short_name=row.text("short_name"),
        architecture=row.text("architecture"),
        chip=row.text_or_none("chip"),
        compute_capability=row.text_or_none("compute_capability"),
        compute_units=row.whole_or_none("compute_units"),
        gpus_per_board=row.whole("gpus_per_board", 1),
        form_factor=row.text_or_none("form_factor"),
        tdp_w=row.number_or_none("tdp_w"),
        pcie_generation=pcie.whole_or_none("gen"),
        pcie_lanes=pcie.whole_or_none("lanes"),
        pci_ids=tuple(_pci_id(item) for item in row.children("pci_ids")),
        memory_type=memory.text("type"),
        nominal_gib=nominal,
        framebuffer_mib=memory.whole_or_none("framebuffer_mib") or int(nominal * 1024),
        visible_mib=memory.whole_or_none("visible_mib"),
        cuda_total_mib=memory.whole_or_none("cuda_total_mib"),
        memory_bandwidth_bytes_per_s=_bytes_per_s(memory.number("bandwidth_gb_per_s")),
        peak_dense_tflops=MappingProxyType(_rates(row, "peak_dense_tflops")),
        measured_peak_tflops=MappingProxyType(_rates(row, "measured_peak_tflops")),
        precisions=frozenset(_precisions(row)),
        structured_sparsity=row.flag("structured_sparsity"),
        nvlink=_nvlink(row.child("nvlink")),
        bar1_gib=mmio.number_or_none("bar1_gib"),
        mmio_required_gib=mmio.whole_or_none("required_gib"),
        nvaie_bundled_years=row.whole_or_none("nvaie_bundled_years"),
        vgpu=vsphere.flag("vgpu"),
        passthrough=vsphere.one_of("passthrough", PASSTHROUGH),
        vsphere_note=vsphere.text_or_none("note"),
        board_type=board.text_or_none("board_type"),
        name_prefix=board.text_or_none("name_prefix"),
        name_evidence=board.one_of("name_evidence", EVIDENCE) if row.has("vgpu") else None,
        mixed_size=board.flag("mixed_size") if board.has("mixed_size") else None,
        profiles=_profiles(board, ecc=ecc, placement=_placement(placement), mig=mig),
        mig=mig,
        device_group_sizes=groups.wholes("sizes"),
        device_group_evidence=groups.text_or_none("evidence"),
        sources=MappingProxyType(row.citations()),
        unverified=row.texts("unverified"),
        notes=row.texts("notes"),
    )
    board.text_or_none("nvidia_name_prefix")
    board.text_or_none("placement_class")
    for part in (row, memory, vsphere, pcie, mmio, board, groups):
        part.done()
    return accelerator


def _profiles(
    board: Row, *, ecc: bool, placement: Mapping[int, tuple[int, ...]], mig: Mig | None
) -> tuple[VgpuProfile, ...]:
    return tuple(
        read_profile(profile, ecc=ecc, placement=placement, mig=mig)
        for profile in board.children("profiles")
    )


def _placement(row: Row | None) -> dict[int, tuple[int, ...]]:
    if row is None:
        return {}
    sizes = row.child("ids")
    return {int(size): sizes.wholes(size) for size in sizes.names()}


def _nvlink(row: Row) -> Nvlink:
    both = row.number_or_none("bidirectional_gb_per_s")
    link = Nvlink(
        kind=row.one_of("kind", LINKS),
        generation=row.text_or_none("generation"),
        bidirectional_bytes_per_s=None if both is None else _bytes_per_s(both),
        max_gpus=row.whole_or_none("max_gpus"),
        topology=row.text_or_none("topology"),
    )
    row.done()
    return link


def _pci_id(row: Row) -> PciId:
    subsystem = row.text_or_none("subsystem") or ""
    pci_id = PciId(row.text("vendor"), row.text("device"), subsystem)
    row.text_or_none("note")
    row.done()
    return pci_id


def _rates(row: Row, field: str) -> dict[str, float]:
    rates = row.numbers(field)
    for name in rates:
        if name not in RATES:
            row.refuse(f"{field}.{name}", f"is no rate{near_to(name, RATES)}")
    return rates


def _precisions(row: Row) -> tuple[str, ...]:
    names = row.texts("precisions")
    for name in names:
        if name not in PRECISIONS:
            row.refuse("precisions", f"holds {name!r}{near_to(name, PRECISIONS)}")
    return names


def _bytes_per_s(gb_per_s: float) -> int:
    return round(gb_per_s * 10**9)


def _power_of_two(amount: int, unit: int = 1) -> int:
    """The least power of two that is ``amount / unit`` or more."""
    whole: int = -(-amount // unit)
    return 1 << (whole - 1).bit_length()
