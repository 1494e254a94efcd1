"""Links: what joins accelerators inside a host and hosts with each other, one way and per rank."""

from __future__ import annotations

from enum import StrEnum

from generator.catalog.accelerator import Accelerator
from generator.record import Record, record
from generator.sizing.network import constants
from generator.sizing.network.constants import Constant
from generator.sizing.nonsense import Nonsense, positive

PCIE_X16_BYTES_PER_S = {3: 15.75e9, 4: 31e9, 5: 63e9, 6: 121e9, 7: 242e9}
"""Bytes per second one way over 16 lanes, after encoding, by generation. Published: S. Bekman,
Machine Learning Engineering, network chapter, PCIe; generation 3 from 8 GT/s and 128b/130b."""

PCIE_LANES = 16

IN_SWITCH_GENERATION = 4
"""The first NVLink generation whose switch can reduce (NVLink SHARP, NVLS)."""

IN_SWITCH_ABOVE_GPUS = 4
"""NCCL reduces in the switch above this many GPUs. Published: NVIDIA, GB200 NVL Partition User
Guide, multicast; measured: from 5 GPUs on H200, from 6 on B200."""


class Medium(StrEnum):
    """What a link is made of; this decides its efficiency and its latency."""

    SWITCH = "NVSwitch"
    BRIDGE = "NVLink bridge"
    MESH = "point-to-point mesh"
    PCIE = "PCIe peer-to-peer"
    STAGED = "host memory"
    RDMA = "RDMA network"
    TCP = "TCP network"


_EFFICIENCY: dict[Medium, Constant] = {
    Medium.SWITCH: constants.RING_EFFICIENCY,
    Medium.BRIDGE: constants.RING_EFFICIENCY,
    Medium.MESH: constants.RING_EFFICIENCY,
    Medium.PCIE: constants.PCIE_EFFICIENCY,
    Medium.STAGED: constants.STAGED_EFFICIENCY,
    Medium.RDMA: constants.NETWORK_EFFICIENCY,
    Medium.TCP: constants.TCP_EFFICIENCY,
}

_HOP_S: dict[Medium, Constant] = {
    Medium.RDMA: constants.NETWORK_HOP_S,
    Medium.TCP: constants.TCP_HOP_S,
}

_FROM_KIND = {
    "switch": Medium.SWITCH,
    "bridge": Medium.BRIDGE,
    "mesh": Medium.MESH,
    "chip-to-chip": Medium.BRIDGE,
}


@record
class Link(Record):
    """A link as one rank sees it.

    ``bandwidth_bytes_per_s`` counts one direction: data sheets of GPUs print both added up.
    ``reduces`` says that a switch on the way adds up what passes, for all-reduce only.
    """

    medium: Medium
    bandwidth_bytes_per_s: float
    reduces: bool = False

    @property
    def efficiency(self) -> Constant:
        """The share of the bandwidth that a ring over this link reaches with large payloads."""
        return _EFFICIENCY[self.medium]

    @property
    def rate_bytes_per_s(self) -> float:
        """Bytes per second that a ring moves over the link with large payloads."""
        return self.bandwidth_bytes_per_s * self.efficiency.value

    @property
    def hop_s(self) -> float:
        """Seconds from one rank to the next before the first byte arrives."""
        return _HOP_S.get(self.medium, constants.GPU_HOP_S).value

    @property
    def between_hosts(self) -> bool:
        """Whether the link leaves the host."""
        return self.medium in (Medium.RDMA, Medium.TCP)


def pcie_bytes_per_s(generation: int, lanes: int = PCIE_LANES) -> float:
    """Bytes per second one way of a PCIe slot. Raises ``Nonsense`` for an unknown generation."""
    if generation not in PCIE_X16_BYTES_PER_S:
        known = ", ".join(map(str, PCIE_X16_BYTES_PER_S))
        raise Nonsense("pcie.generation", f"{generation} is not known", f"state one of {known}")
    return PCIE_X16_BYTES_PER_S[generation] * positive("pcie.lanes", lanes) / PCIE_LANES


def copy_bytes_per_s(gpu: Accelerator) -> float | None:
    """Bytes per second of one copy between host memory and a GPU; None where its slot is unknown.

    This is what loading weights and offloading states cost.
    """
    if gpu.pcie_generation is None:
        return None
    rate = pcie_bytes_per_s(gpu.pcie_generation, gpu.pcie_lanes or PCIE_LANES)
    return rate * constants.COPY_EFFICIENCY.value


def pcie_link(gpu: Accelerator, *, peer_to_peer: bool) -> Link | None:
    """The link of GPUs that have only their slots; None where the slot is not known.

    Without peer-to-peer every byte goes through host memory. That is so for every vGPU: P2P over
    PCIe is not supported there (NVIDIA AI Enterprise, release notes 8.1 and 9).
    """
    if gpu.pcie_generation is None:
        return None
    rate = pcie_bytes_per_s(gpu.pcie_generation, gpu.pcie_lanes or PCIE_LANES)
    return Link(medium=Medium.PCIE if peer_to_peer else Medium.STAGED, bandwidth_bytes_per_s=rate)


def gpu_link(gpu: Accelerator, gpus: int, *, vgpu: bool, joined: bool = True) -> Link | None:
    """What joins ``gpus`` of one board type in one VM; None where no figure is known.

    ``joined`` says that the VM was given one NVLink group. Fractions, MIG instances and single
    vGPUs of a group have none. On a point-to-point mesh each GPU reaches each peer over one link,
    so that a part of the mesh leaves the other links idle. Raises ``Nonsense`` for more GPUs than
    the domain has.
    """
    positive("gpus", gpus)
    one_way = gpu.nvlink.per_direction_bytes_per_s
    medium = _FROM_KIND.get(gpu.nvlink.kind)
    if gpus == 1 or not joined or medium is None or not one_way:
        return pcie_link(gpu, peer_to_peer=not vgpu)
    largest = gpu.nvlink.max_gpus
    if largest is not None and gpus > largest:
        raise Nonsense(
            "gpus",
            f"{gpu.short_name} joins {largest} GPUs at most, not {gpus}",
            f"ask for {largest} or fewer in one VM, or for several VMs",
        )
    if medium is Medium.MESH and largest is not None:
        return Link(medium=medium, bandwidth_bytes_per_s=one_way * (gpus - 1) / (largest - 1))
    return Link(
        medium=medium, bandwidth_bytes_per_s=one_way, reduces=_switch_reduces(gpu, medium, gpus)
    )


def _switch_reduces(gpu: Accelerator, medium: Medium, gpus: int) -> bool:
    generation = gpu.nvlink.generation or ""
    return (
        medium is Medium.SWITCH
        and generation.isdecimal()
        and int(generation) >= IN_SWITCH_GENERATION
        and gpus > IN_SWITCH_ABOVE_GPUS
    )


def network_link(nic_bytes_per_s: float, *, rdma: bool) -> Link:
    """The link between hosts as one accelerator sees it: its own rail or its share of the NICs."""
    return Link(
        medium=Medium.RDMA if rdma else Medium.TCP,
        bandwidth_bytes_per_s=positive("network.nic", nic_bytes_per_s),
    )
