"""The licences of a whole platform, once it is known which GPUs it uses (field rule F32)."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import replace

from generator.catalog.accelerator import Accelerator
from generator.ledger import Basis, Entry
from generator.quantity import TIB
from generator.record import Record, record
from generator.sizing.machine.bill import Bill, Part
from generator.sizing.machine.licences import (
    AS_OF,
    Foundation,
    HostCpus,
    ai_enterprise_licences,
    checked_out,
    core_licences,
    vsan_licences,
)

NVIDIA = "nvidia"
"""The vendor whose boards need a subscription of NVIDIA AI Enterprise."""

SUBJECT = "licences"


@record
class LicensedHost(Record):
    """A host of a cluster that carries the platform.

    ``cpus`` is None where they are unknown. ``vsan_raw_bytes`` is what vSAN claims of its devices:
    0 without vSAN, None where it is unknown.
    """

    name: str
    cpus: HostCpus | None
    vsan_raw_bytes: float | None = 0.0


@record
class UsedGpu(Record):
    """A physical GPU that the platform uses, with how many vGPUs are on it."""

    accelerator: Accelerator
    vgpus: int = 1


@record
class PlatformLicences(Record):
    """The counts of a platform, each a bill, with their ledger. Never a price.

    ``vsan_tib`` holds the TiB to buy beyond those that the cores bring, for each bundle that the
    hosts may have; it is empty where the raw capacity or the cores of a host are unknown, as
    ``cores`` is None then. ``gpus_unknown`` counts GPUs of boards of which nobody knows whether a
    subscription is in the box.
    """

    cores: Bill | None
    vsan_tib: Mapping[Foundation, Bill]
    ai_enterprise: Bill
    gpus_unknown: int
    ledger: tuple[Entry, ...]


def size_licences(
    hosts: Sequence[LicensedHost],
    gpus: Iterable[UsedGpu],
    *,
    foundation: Foundation | None = None,
    year: int = 1,
) -> PlatformLicences:
    """Licences for the hosts of all clusters in use and for the physical GPUs in use.

    ``foundation`` None means that nobody states the bundle: both are counted. ``year`` counts from
    the purchase of the boards, for subscriptions that come with them. Pure.
    """
    used = [gpu for gpu in gpus if gpu.accelerator.vendor == NVIDIA]
    bundles = (foundation,) if foundation else tuple(Foundation)
    cores = _cores(hosts)
    raw = _raw_bytes(hosts)
    vsan = (
        {bundle: vsan_licences(raw, int(cores.total), bundle) for bundle in bundles}
        if cores is not None and raw
        else {}
    )
    enterprise = _ai_enterprise(used, year)
    unknown = sum(gpu.accelerator.nvaie_bundled_years is None for gpu in used)
    return PlatformLicences(
        cores=cores,
        vsan_tib=vsan,
        ai_enterprise=enterprise,
        gpus_unknown=unknown,
        ledger=(
            *_note_cores(cores, hosts),
            *_note_vsan(vsan, raw),
            *_note_enterprise(enterprise, used, unknown),
        ),
    )


def _cores(hosts: Sequence[LicensedHost]) -> Bill | None:
    known = [host.cpus for host in hosts if host.cpus is not None]
    return core_licences(known) if len(known) == len(hosts) else None


def _raw_bytes(hosts: Sequence[LicensedHost]) -> float | None:
    known = [host.vsan_raw_bytes for host in hosts if host.vsan_raw_bytes is not None]
    return sum(known) if len(known) == len(hosts) else None


def _ai_enterprise(used: Sequence[UsedGpu], year: int) -> Bill:
    """One per physical GPU, and one more for each further 16 vGPUs on it."""
    boards: dict[Accelerator, int] = {}
    for gpu in used:
        boards[gpu.accelerator] = boards.get(gpu.accelerator, 0) + 1
    bill = ai_enterprise_licences(sorted(boards.items(), key=lambda b: b[0].id), year=year)
    return bill.plus(
        Part(
            name="more than 16 vGPUs on one GPU",
            value=sum(max(0, checked_out(gpu.vgpus) - 1) for gpu in used),
            rule="one licence covers up to 16 C-series vGPUs of one GPU",
            source=f"NVIDIA AI Enterprise, licensing guide, read {AS_OF}",
            basis=Basis.PUBLISHED,
        )
    )


def _note_cores(cores: Bill | None, hosts: Sequence[LicensedHost]) -> Iterable[Entry]:
    if cores is not None:
        return cores.entries(SUBJECT)
    missing = ", ".join(host.name for host in hosts if host.cpus is None)
    return (_open("core licences", f"cpu.sockets and cpu.cores_per_socket of {missing}"),)


def _note_vsan(vsan: Mapping[Foundation, Bill], raw_bytes: float | None) -> Iterable[Entry]:
    """The entries of the only bundle, or of VCF with the other one as its range."""
    if raw_bytes is None:
        return (_open("vSAN licences", "nvme of every host whose cluster has vSAN"),)
    if not vsan:
        return ()
    first, *others = vsan
    entries = [*vsan[first].entries(SUBJECT)]
    if not others:
        return entries
    ends = sorted(bill.total for bill in vsan.values())
    entries[-1] = replace(
        entries[-1],
        rule=f"{entries[-1].rule}, with {first.upper()}; nobody states the bundle of the hosts",
        basis=Basis.ASSUMED,
        low=float(ends[0]),
        high=float(ends[-1]),
        effect=", ".join(f"{bill.total} TiB with {name.upper()}" for name, bill in vsan.items())
        + f" for {raw_bytes / TIB:.4g} TiB raw",
    )
    return entries


def _note_enterprise(bill: Bill, used: Sequence[UsedGpu], unknown: int) -> Iterable[Entry]:
    """Subscriptions that came with boards end, and of some boards nobody knows."""
    if not used:
        return ()
    entries = [*bill.entries(SUBJECT)]
    bundled = -sum(part.value for part in bill.parts if part.value < 0)
    effects = []
    if bundled:
        effects.append(f"{bill.total + bundled} once the subscriptions of the boards have ended")
    if unknown:
        effects.append(f"of {unknown} GPUs nobody knows whether a subscription is in the box")
    if effects:
        entries[-1] = replace(
            entries[-1],
            low=float(bill.total - unknown),
            high=float(bill.total + bundled),
            effect="; ".join(effects),
        )
    return entries


def _open(name: str, missing: str) -> Entry:
    return Entry(
        subject=SUBJECT,
        name=name,
        value="unknown",
        unit="",
        rule=f"state {missing}",
        source="open: nobody states it",
        basis=Basis.ANALYTIC,
        effect="it is not counted",
    )
