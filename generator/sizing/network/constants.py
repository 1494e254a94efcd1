"""The few constants of the network model, each with its range, source and measurements.

The model is physical: a fixed cost per call, a latency per hop, one chunk per hop to fill the
pipeline, and bytes over the rate that a link really reaches. Over all payloads from 1 MiB to
16 GiB of the four sweeps that it was fitted on, its root-mean-square error is 16 %.
"""

from __future__ import annotations

from generator.record import Record, record

BEKMAN = "S. Bekman, Machine Learning Engineering, network chapter"


@record
class Constant(Record):
    """A figure that no formula gives: its value, the range that is plausible, and where it is from.

    ``fitted_on`` names the measurements that it was fitted on; empty where it is published or
    assumed as ``source`` says.
    """

    value: float
    low: float
    high: float
    source: str
    fitted_on: str = ""


CALL_S = Constant(
    value=20e-6,
    low=5e-6,
    high=30e-6,
    source=f"{BEKMAN}, benchmarks: 20 to 30 microseconds of host work per call from PyTorch",
    fitted_on="8 x H200 and 8 x B200, 1 MiB",
)
"""Seconds that one collective call costs before a byte moves."""

GPU_HOP_S = Constant(
    value=2.0e-6,
    low=0.3e-6,
    high=2.5e-6,
    source=f"{BEKMAN}, all-reduce sweeps of one node",
    fitted_on="8 x A100, 8 x H200 and 8 x B200, 1 to 8 MiB",
)
"""Seconds per hop between two GPUs of one host."""

NETWORK_HOP_S = Constant(
    value=75e-6,
    low=14e-6,
    high=92e-6,
    source=f"{BEKMAN}, all-reduce sweeps of four nodes, low: what NCCL itself reckons with",
    fitted_on="4 x 8 B200 over 400 Gb/s EFA, 1 to 16 MiB, each call waited for",
)
"""Seconds per hop between two hosts, with what ranks wait for each other."""

CHUNK_BYTES = Constant(
    value=1.5e6,
    low=0.5e6,
    high=4e6,
    source=f"{BEKMAN}, all-reduce sweeps of one node",
    fitted_on="8 x A100, 8 x H200 and 8 x B200, 8 to 256 MiB",
)
"""Bytes in flight per hop while the pipeline of a ring fills."""

RING_EFFICIENCY = Constant(
    value=0.78,
    low=0.69,
    high=0.82,
    source=f"{BEKMAN}, Real network throughput: about 80 % of the one-directional figure",
    fitted_on="A100, H200, B200 and MI300X nodes at 4 to 16 GiB without in-switch reduction",
)
"""Share of a GPU link's one-directional rate that a ring reaches with large payloads."""

IN_SWITCH_EFFICIENCY = Constant(
    value=0.635,
    low=0.59,
    high=0.69,
    source=f"{BEKMAN}, SHARP",
    fitted_on="8 x H200 and 8 x B200 at 8 and 16 GiB with NVLS",
)
"""The same share where the NVSwitch reduces and each GPU sends its payload only once."""

NETWORK_EFFICIENCY = Constant(
    value=0.757,
    low=0.70,
    high=0.90,
    source=f"{BEKMAN}, Inter-node speed depends on intra-node speed",
    fitted_on="4 x 8 B200 and 4 x 8 H200, 50 GB/s per accelerator, 4 GiB",
)
"""Share of an RDMA network's rate that collectives over several hosts reach."""

UNHIDDEN_SHARE = Constant(
    value=0.08,
    low=0.0,
    high=0.35,
    source=f"{BEKMAN}, Inter-node speed depends on intra-node speed",
    fitted_on="4 x 8 B200 and 4 x 8 H200, 4 GiB",
)
"""Share of the shorter of the two phases (inside hosts, between them) that the longer one does not
hide."""

COPY_EFFICIENCY = Constant(
    value=0.88,
    low=0.80,
    high=0.90,
    source=f"{BEKMAN}, PCIe: nvbandwidth reports 55.4 of 63 GB/s on each of eight H200",
)
"""Share of a PCIe slot's rate that one copy between host and GPU reaches. Published."""

PCIE_EFFICIENCY = Constant(
    value=0.65,
    low=0.55,
    high=0.88,
    source=f"{BEKMAN}, PCIe: 55.4 of 63 GB/s for one copy, less where GPUs share a root complex",
)
"""Share of a PCIe slot's rate that collectives reach with peer-to-peer; assumed below the copy."""

STAGED_EFFICIENCY = Constant(
    value=0.35,
    low=0.15,
    high=0.50,
    source="assumed: each byte crosses two slots and host memory, no peer-to-peer over PCIe",
)
"""Share of a PCIe slot's rate where GPUs exchange through host memory."""

TCP_EFFICIENCY = Constant(
    value=0.60,
    low=0.30,
    high=0.85,
    source="assumed: CPU copies and one stream's window keep TCP below the wire",
)
"""Share of a network's rate that collectives reach over TCP."""

TCP_HOP_S = Constant(
    value=150e-6,
    low=50e-6,
    high=300e-6,
    source="assumed: twice the hop over RDMA",
)
"""Seconds per hop between two hosts over TCP."""
