"""Licences: how many of each, by which count. Never a price.

Source of the rules: field rule F32. What is known from third parties only is marked so. ``AS_OF``
is when the terms were read: vendors change them.
"""

from __future__ import annotations

from collections.abc import Sequence
from enum import StrEnum
from math import ceil

from generator.catalog.accelerator import Accelerator
from generator.ledger import Basis
from generator.quantity import TIB
from generator.record import Record, record
from generator.sizing.machine.bill import Bill, Part
from generator.sizing.nonsense import Nonsense, not_negative, positive

AS_OF = "2026-11"

CORE_FLOOR = 16
"""Cores to license per CPU at least. Published: Broadcom, KB 313548."""

VSAN_TIB_PER_CORE = {"vcf": 1.0, "vvf": 0.25}
"""Raw vSAN TiB that each licensed core brings. VCF published: Broadcom, KB 313548; VVF third-party
(0.25 TiB since November 2024)."""

VGPUS_PER_LICENCE = 16
"""C-series vGPUs on one GPU that one NVIDIA AI Enterprise licence covers. Published: NVIDIA AI
Enterprise, licensing guide."""

_CORES = f"Broadcom, KB 313548, read {AS_OF}"
_NVAIE = f"NVIDIA AI Enterprise, packaging and licensing guide, read {AS_OF}"


class Edition(StrEnum):
    """What a vGPU series is licensed by."""

    COMPUTE = "NVIDIA AI Enterprise"
    WORKSTATION = "NVIDIA RTX Virtual Workstation"
    DESKTOP = "NVIDIA Virtual PC"
    APPLICATIONS = "NVIDIA Virtual Applications"


class Metric(StrEnum):
    """What is counted for an edition."""

    GPU = "physical GPU"
    USER = "concurrent user"


_SERIES = {
    "C": (Edition.COMPUTE, Metric.GPU),
    "Q": (Edition.WORKSTATION, Metric.USER),
    "B": (Edition.DESKTOP, Metric.USER),
    "A": (Edition.APPLICATIONS, Metric.USER),
}


class Foundation(StrEnum):
    """The bundle that hosts are licensed by."""

    VCF = "vcf"
    VVF = "vvf"


@record
class HostCpus(Record):
    """The processors of one host."""

    sockets: int
    cores_per_socket: int


@record
class Licences(Record):
    """The counts of one platform, each a bill of its own.

    ``gpus_unknown`` counts GPUs of boards for which it is not known whether a subscription is in
    the box; they are counted as if none were.
    """

    foundation_cores: Bill
    vsan_tib: Bill
    ai_enterprise: Bill
    gpus_unknown: int
    add_ons: tuple[Bill, ...]


def edition_of(series: str) -> tuple[Edition, Metric]:
    """The edition of a vGPU series letter (C, Q, B, A) and what is counted for it."""
    letter = series.strip().upper()
    if letter not in _SERIES:
        raise Nonsense("vgpu.series", f"{series!r} is no series", "state C, Q, B or A")
    return _SERIES[letter]


def core_licences(hosts: Sequence[HostCpus]) -> Bill:
    """Cores to license: those of every CPU, 16 at least for each."""
    cores = sum(
        positive("host.sockets", h.sockets) * positive("host.cores", h.cores_per_socket)
        for h in hosts
    )
    lifted = sum(h.sockets * max(0, CORE_FLOOR - h.cores_per_socket) for h in hosts)
    return Bill(name="core licences", unit="cores", parts=()).plus(
        Part(
            name="cores",
            value=int(cores),
            rule="sockets x cores of all hosts",
            source=_CORES,
            basis=Basis.PUBLISHED,
        ),
        Part(
            name="floor",
            value=lifted,
            rule=f"to {CORE_FLOOR} cores per CPU",
            source=_CORES,
            basis=Basis.PUBLISHED,
        ),
    )


def vsan_licences(raw_bytes: float, cores: int, foundation: Foundation) -> Bill:
    """Raw vSAN TiB to license beyond those that the licensed cores bring; 0 where they suffice."""
    raw = ceil(not_negative("vsan.raw", raw_bytes) / TIB)
    brought = int(not_negative("cores", cores) * VSAN_TIB_PER_CORE[foundation])
    return Bill(name="vSAN licences", unit="TiB", parts=()).plus(
        Part(
            name="raw capacity",
            value=raw,
            rule="TiB that vSAN claims, rounded up",
            source=_CORES,
            basis=Basis.PUBLISHED,
        ),
        Part(
            name="brought by cores",
            value=-min(raw, brought),
            rule=f"{VSAN_TIB_PER_CORE[foundation]:g} TiB per licensed core",
            source=_CORES if foundation is Foundation.VCF else f"third party, read {AS_OF}",
            basis=Basis.PUBLISHED if foundation is Foundation.VCF else Basis.ASSUMED,
        ),
    )


def ai_enterprise_licences(gpus: Sequence[tuple[Accelerator, int]], *, year: int = 1) -> Bill:
    """NVIDIA AI Enterprise subscriptions to buy for a year of use: one per physical GPU.

    Never per VM, and per GPU of a board with several. Subscriptions in the box (H100 PCIe and NVL,
    H200 NVL) count for the years that they last; ``year`` counts from the purchase of the boards.
    """
    positive("year", year)
    bill = Bill(name="NVIDIA AI Enterprise", unit="subscriptions", parts=())
    for gpu, count in gpus:
        physical = int(not_negative("gpus", count))
        bundled = physical if (gpu.nvaie_bundled_years or 0) >= year else 0
        bill = bill.plus(
            Part(
                name=gpu.short_name,
                value=physical,
                rule="1 per physical GPU",
                source=_NVAIE,
                basis=Basis.PUBLISHED,
            ),
            Part(
                name=f"{gpu.short_name}, in the box",
                value=-bundled,
                rule=f"{gpu.nvaie_bundled_years} years come with the board",
                source=_NVAIE,
                basis=Basis.PUBLISHED,
            ),
        )
    return bill


def checked_out(vgpus_per_gpu: int) -> int:
    """Licences that the C-series vGPUs of one GPU check out: one for up to 16 of them."""
    return ceil(not_negative("vgpus", vgpus_per_gpu) / VGPUS_PER_LICENCE)


def physical_gpus(gpu: Accelerator, boards: int) -> int:
    """GPUs on so many boards: an A16 carries four."""
    return int(not_negative("boards", boards)) * gpu.gpus_per_board


def licences(
    hosts: Sequence[HostCpus],
    gpus: Sequence[tuple[Accelerator, int]],
    *,
    foundation: Foundation,
    vsan_raw_bytes: float = 0.0,
    add_ons: Sequence[str] = (),
    year: int = 1,
) -> Licences:
    """All counts of a platform from its hosts and its physical GPUs.

    ``add_ons`` names what is licensed by the same cores on lines of its own (Private AI, Avi and
    the like: third-party knowledge, to be confirmed).
    """
    cores = core_licences(hosts)
    total = int(cores.total)
    return Licences(
        foundation_cores=cores,
        vsan_tib=vsan_licences(vsan_raw_bytes, total, foundation),
        ai_enterprise=ai_enterprise_licences(gpus, year=year),
        gpus_unknown=sum(count for gpu, count in gpus if gpu.nvaie_bundled_years is None),
        add_ons=tuple(_add_on(name, total) for name in add_ons),
    )


def _add_on(name: str, cores: int) -> Bill:
    part = Part(
        name="cores",
        value=cores,
        rule="the same cores as the foundation's",
        source=f"third party, read {AS_OF}: confirm with the vendor",
        basis=Basis.ASSUMED,
    )
    return Bill(name=name, unit="cores", parts=(part,))
