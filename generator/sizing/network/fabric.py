"""The fabric between hosts: which NICs, how many, and whether RDMA pays."""

from __future__ import annotations

from collections.abc import Iterator

from generator.record import Record, record
from generator.sizing.network.constants import Constant
from generator.sizing.network.links import Link, network_link
from generator.sizing.network.step import HIDING_SHARE, exposed_s
from generator.sizing.nonsense import Nonsense, not_negative, positive

NIC_BYTES_PER_S = {gbps: gbps * 10**9 / 8 for gbps in (10, 25, 100, 200, 400)}
"""The NIC classes that are planned with, in bytes per second one way, by their Gb/s."""

MULTI_NODE_GBPS = 25
"""The slowest NIC for training over several hosts. Published: F. Denneman, Multi-GPU for
Distributed Training; the 10 Gb/s of older texts is for a single host and its storage."""

RDMA_FROM_GBPS = 100
"""The NIC class from which a training fabric is planned with RDMA; below, TCP is accepted too.
Assumed: at 100 Gb/s and above, CPU copies and not the wire bound TCP."""

EXPOSED_SHARE = Constant(
    value=0.10,
    low=0.05,
    high=0.20,
    source="assumed: what a faster fabric could at most win back",
)
"""Share of a step that may be spent waiting for the network between hosts."""

ROOM = Constant(
    value=0.80,
    low=0.70,
    high=0.90,
    source="S. Bekman, Machine Learning Engineering: 80 % of the wire at application level",
)
"""Share of a NIC that flows may be planned to fill."""


@record
class Fabric(Record):
    """NICs per host for one kind of traffic.

    ``rail_bytes_per_s`` is what one accelerator gets of them. ``sufficient`` is False where even
    the largest choice leaves more than the wanted share exposed; then this is that choice.
    """

    nic_gbps: int
    nics_per_host: int
    rdma: bool
    rail_bytes_per_s: float
    exposed_share: float
    sufficient: bool
    rule: str

    @property
    def host_bytes_per_s(self) -> float:
        """What all these NICs of a host carry one way, in bytes per second."""
        return NIC_BYTES_PER_S[self.nic_gbps] * self.nics_per_host

    @property
    def link(self) -> Link:
        """The fabric as one accelerator sees it."""
        return network_link(self.rail_bytes_per_s, rdma=self.rdma)


def training_fabric(
    *,
    between_bytes: float,
    compute_s: float,
    accelerators_per_host: int,
    hosts: int,
    rdma_possible: bool = True,
    dimension: str = "data",
    wanted_share: float = EXPOSED_SHARE.value,
) -> Fabric:
    """The least fabric with which a step waits no longer than ``wanted_share`` for other hosts.

    ``between_bytes`` is what one accelerator sends to other hosts per step, ``compute_s`` what the
    step computes, ``dimension`` whose traffic it is (a key of ``HIDING_SHARE``). Choices run from
    one NIC per host to a rail for each accelerator, cheapest total rate first. One host needs no
    fabric for its steps and gets one NIC of the smallest class.
    """
    not_negative("between_bytes", between_bytes)
    positive("step.compute", compute_s)
    positive("gpus_per_host", accelerators_per_host)
    if hosts == 1:
        return _fabric(10, 1, accelerators_per_host, 0.0, rdma=False, rule="one host: no exchange")
    positive("hosts", hosts)
    hiding = HIDING_SHARE[dimension].value
    last: Fabric | None = None
    for gbps, nics in _choices(accelerators_per_host):
        rdma = rdma_possible and gbps >= RDMA_FROM_GBPS
        rail = NIC_BYTES_PER_S[gbps] * nics / accelerators_per_host
        traffic = between_bytes / network_link(rail, rdma=rdma).rate_bytes_per_s
        exposed = exposed_s(traffic, compute_s, hiding)
        share = exposed / (compute_s + exposed)
        last = _fabric(gbps, nics, accelerators_per_host, share, rdma=rdma, rule=_rule(traffic))
        if share <= wanted_share:
            return last
    assert last is not None
    return Fabric(
        nic_gbps=last.nic_gbps,
        nics_per_host=last.nics_per_host,
        rdma=last.rdma,
        rail_bytes_per_s=last.rail_bytes_per_s,
        exposed_share=last.exposed_share,
        sufficient=False,
        rule=f"{last.rule}; no choice keeps the wait below {wanted_share:.0%}",
    )


def _choices(accelerators: int) -> Iterator[tuple[int, int]]:
    """(Gb/s, NICs per host) by rising total rate; the slower and more numerous NIC comes later."""
    counts = sorted({1, 2, accelerators} & set(range(1, accelerators + 1)))
    found = [(g, n) for g in NIC_BYTES_PER_S if g >= MULTI_NODE_GBPS for n in counts]
    return iter(sorted(found, key=lambda choice: (choice[0] * choice[1], choice[1])))


def _fabric(
    gbps: int, nics: int, accelerators: int, share: float, *, rdma: bool, rule: str
) -> Fabric:
    return Fabric(
        nic_gbps=gbps,
        nics_per_host=nics,
        rdma=rdma,
        rail_bytes_per_s=NIC_BYTES_PER_S[gbps] * nics / accelerators,
        exposed_share=share,
        sufficient=True,
        rule=rule,
    )


def _rule(traffic_s: float) -> str:
    return (
        f"bytes per accelerator / its share of the NICs = {traffic_s:.3g} s per step, "
        "less what compute hides"
    )


def flow_nic_gbps(rate_bytes_per_s: float, *, room: float = ROOM.value) -> tuple[int, int]:
    """(Gb/s, NICs) for flows of that rate: one NIC of the smallest class that has room, else more.

    Raises ``Nonsense`` for a rate below zero or room that is none.
    """
    not_negative("dataflows.rate", rate_bytes_per_s)
    if not 0 < room <= 1:
        raise Nonsense("room", f"{room:g} is no share", "state more than 0 % and at most 100 %")
    for gbps, rate in NIC_BYTES_PER_S.items():
        if rate_bytes_per_s <= rate * room:
            return gbps, 1
    largest = max(NIC_BYTES_PER_S)
    return largest, int(-(-rate_bytes_per_s // (NIC_BYTES_PER_S[largest] * room)))


def host_staged(*, vgpu: bool, nvlink_group: bool) -> str | None:
    """Why GPUs of one VM exchange through host memory, or None where they need not.

    P2P over PCIe is not supported for vGPUs (NVIDIA AI Enterprise, release notes 8.1 and 9).
    """
    if not vgpu or nvlink_group:
        return None
    return (
        "vGPUs have no peer-to-peer over PCIe: without one NVLink group their data is staged "
        "through host memory"
    )


def rdma_hindrance(*, same_pcie_switch: bool | None, vgpu: bool, sr_iov: bool | None) -> str | None:
    """Why GPUs cannot be reached by RDMA directly, or None where they can. None is an unknown fact.

    Published: NVIDIA AI Enterprise vGPU guide, GPUDirect (Linux guests, C-series on SR-IOV GPUs);
    F. Denneman, Multi-GPU for Distributed Training (NIC and GPU on one PCIe switch).
    """
    if same_pcie_switch is None or (vgpu and sr_iov is None):
        missing = "the NIC's PCIe switch" if same_pcie_switch is None else "SR-IOV of the GPU"
        return f"{missing} is not known"
    if not same_pcie_switch:
        return "the NIC and the GPU are not on one PCIe switch or root complex"
    if vgpu and not sr_iov:
        return "a vGPU is reached directly only on a GPU with SR-IOV"
    return None
