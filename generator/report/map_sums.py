"""The sums of a map in words, as both drawings print them."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator, Sequence

from generator.report.map import MapLeftOut, PlatformMap, idle

SHOWN_LEFT_OUT = 4
"""How many hosts are named that are left out for one reason."""


def summary(drawn: PlatformMap) -> list[tuple[str, str]]:
    """The sums in words, each under its heading."""
    t = drawn.totals
    allocated = f"{_gib(t.allocated_mib)} of {_gib(t.framebuffer_mib)} GiB allocated"
    memory = f"{t.planned_memory_bytes >> 30} of {t.memory_bytes >> 30} GiB"
    parts = [
        f"{allocated} ({share(t.allocated_mib, t.framebuffer_mib)})",
        f"{_gib(t.free_mib)} free",
        f"{_gib(t.stranded_mib)} stranded",
    ]
    rest = ((t.reserved_mib, "reserved"), (t.held_mib, "held by others"))
    parts += [f"{_gib(mib)} {word}" for mib, word in rest if mib]
    rows = [
        ("hosts", f"{t.hosts_used} of {t.hosts} used, {t.vms} VMs"),
        ("cores", f"{t.vcpus} vCPUs on {t.cores} cores"),
        ("memory", f"{memory} ({share(t.planned_memory_bytes, t.memory_bytes)})"),
    ]
    if t.gpus:
        part = share(t.allocated_mib, t.allocatable_mib)
        open_to = f"{_gib(t.allocatable_mib)} GiB for those that run or wait"
        rows[:0] = [
            ("GPUs", f"{t.gpus_used} of {t.gpus} used"),
            ("framebuffer", ", ".join(parts)),
            ("allocatable", f"{open_to}, {part} of it allocated"),
        ]
        rows += [("idle", _idle(drawn))] if t.idle_gpus else []
    return [*rows, *(("left out", one) for one in _left_out(drawn.left_out))]


def _idle(drawn: PlatformMap) -> str:
    """``514 GPUs carry nothing: 36 x h100, ...; 36 on hosts without cores or memory left``."""
    t = drawn.totals
    models = Counter(gpu.model for host in drawn.hosts for gpu in host.gpus if idle(gpu))
    named = ", ".join(f"{count} x {model}" for model, count in sorted(models.items()))
    parts = [f"{t.idle_gpus} GPU(s) carry nothing: {named}"]
    if t.idle_shut_gpus:
        parts.append(f"{t.idle_shut_gpus} on hosts without cores or memory left")
    if t.idle_reserved_gpus:
        parts.append(f"{t.idle_reserved_gpus} kept for a failure")
    return "; ".join(parts)


def _left_out(hosts: Sequence[MapLeftOut]) -> Iterator[str]:
    """A line for each reason: its hosts and their GPUs."""
    reasons: dict[tuple[str, str], list[MapLeftOut]] = {}
    for one in hosts:
        reasons.setdefault((one.site, one.why), []).append(one)
    for (site, why), some in sorted(reasons.items()):
        shown = ", ".join(one.name for one in some[:SHOWN_LEFT_OUT])
        more = len(some) - SHOWN_LEFT_OUT
        named = f"{shown} and {more} more" if more > 0 else shown
        gpus = sum(one.gpus for one in some)
        yield f"{named} at {site}, {gpus} GPU(s): {why}"


def _gib(mib: int) -> str:
    return f"{mib / 1024:.1f}".removesuffix(".0")


def share(part: int, whole: int) -> str:
    """``87.5 %``."""
    return f"{100 * part / whole:.1f} %" if whole else "-"
