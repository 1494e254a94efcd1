"""The tables of the as-built report."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Iterator
from typing import TYPE_CHECKING

from generator.asbuilt.versions import WORDS as TARGETS
from generator.cli.section import Section

if TYPE_CHECKING:
    from generator.asbuilt.model import AsBuilt, ClusterSeen, Fit, GpuSeen, HostSeen, VersionSeen

_MIB_PER_GIB = 1024
_NONE = "-"
_SHOWN = 3
"""Objects of a version that its row names."""
_STATES = {"ended": "over since {}", "supported": "until {}", "undated": "no end known",
           "unmatched": "not in the version matrix"}  # fmt: skip


def sections(found: AsBuilt) -> tuple[Section, ...]:
    """Every table that has something to say."""
    every = (
        Section(
            "Clusters",
            ("vCenter", "cluster", "DRS", "HA", "hosts with GPUs", "without"),
            tuple(_clusters(found)),
        ),
        Section(
            "Hosts",
            ("host", "GPUs", "modes", "used", "held", "free", "uncertain", "stranded", "memory",
             "note"),
            tuple(_hosts(found)),
        ),
        Section(
            "What fits",
            ("cluster", "GPU", "profile", "running", "more now", "reserved", "after a loss"),
            tuple(_fits(found)),
        ),
        Section(
            "Reserved for VM classes",
            ("zone", "VM class", "vGPUs", "reserved", "running"),
            tuple(_reserved(found)),
        ),
        Section(
            "VMs that would not start again after the loss of their host",
            ("VM", "host", "why"),
            tuple((w.vm, w.host, w.why) for c in _every(found) for w in c.waits),
        ),
        Section("Stranded, held, uncertain", ("GPU", "board", "GiB", "why"), tuple(_lost(found))),
        Section("VMs on GPUs", ("VM", "GPU", "profile"), tuple(_tenants(found))),
        Section(
            "Versions",
            ("what", "version", "release", "support", "of"),
            tuple(_version(each) for one in found.vcenters for each in one.versions),
        ),
        Section(
            "Serves nobody",
            ("what", "name", "why"),
            tuple((i.kind, i.name, i.what) for one in found.vcenters for i in one.idle),
        ),
        Section(
            "Not read",
            ("what", "why", "who can grant it"),
            tuple(_unread(found)),
        ),
    )  # fmt: skip
    return tuple(section for section in every if section.rows)


def _every(found: AsBuilt) -> Iterator[ClusterSeen]:
    for one in found.vcenters:
        yield from one.clusters


def _clusters(found: AsBuilt) -> Iterator[tuple[str, ...]]:
    for one in found.vcenters:
        for cluster in one.clusters:
            name = cluster.name or "no cluster"
            counts = str(len(cluster.hosts)), str(cluster.plain_hosts)
            yield (one.name, name, cluster.drs or "not read", _ha(cluster), *counts)


def _ha(cluster: ClusterSeen) -> str:
    if cluster.ha is None:
        return "not read"
    if not cluster.ha:
        return "off"
    return "on, without admission control" if cluster.admission is False else "on"


def _hosts(found: AsBuilt) -> Iterator[tuple[str, ...]]:
    for cluster in _every(found):
        for host in cluster.hosts:
            parts = [gpu.framebuffer for gpu in host.gpus]
            figures = [
                sum(getattr(part, name) for part in parts)
                for name in ("used_mib", "held_mib", "free_mib", "uncertain_mib", "stranded_mib")
            ]
            yield (
                host.name,
                _many(gpu.model for gpu in host.gpus),
                _many(gpu.mode for gpu in host.gpus),
                *(_gib(mib) for mib in figures),
                _NONE if host.unreserved_bytes is None else str(host.unreserved_bytes >> 30),
                host.why or _NONE,
            )


def _fits(found: AsBuilt) -> Iterator[tuple[str, ...]]:
    for cluster in _every(found):
        for fit in cluster.fits:
            if fit.running or fit.most or fit.reserved:
                yield (
                    cluster.name or "no cluster",
                    fit.model,
                    fit.profile,
                    str(fit.running),
                    _range(fit),
                    str(fit.reserved),
                    str(fit.after_loss),
                )


def _reserved(found: AsBuilt) -> Iterator[tuple[str, ...]]:
    for one in (each for vcenter in found.vcenters for each in vcenter.reserved):
        counts = str(one.reserved), str(one.running)
        yield one.zone, one.vm_class, _many(one.vgpus) or _NONE, *counts


def _range(fit: Fit) -> str:
    return str(fit.least) if fit.least == fit.most else f"{fit.least} to {fit.most}"


def _lost(found: AsBuilt) -> Iterator[tuple[str, ...]]:
    """GPUs of which something is of no use, or only perhaps, with the reason."""
    for gpu in _gpus(found):
        parts = gpu.framebuffer
        mib = parts.stranded_mib + parts.uncertain_mib + parts.held_mib
        if mib and gpu.why:
            yield gpu.name, gpu.model, _gib(mib), gpu.why


def _tenants(found: AsBuilt) -> Iterator[tuple[str, ...]]:
    for gpu in _gpus(found):
        for one in gpu.tenants:
            yield one.vm, gpu.name, one.profile or "the whole GPU"


def _version(one: VersionSeen) -> tuple[str, ...]:
    shown = one.names[:_SHOWN]
    more = one.count - len(shown)
    names = ", ".join(shown) + (f" and {more} more" if more > 0 else "")
    said = _STATES[one.state].format(one.until)
    return TARGETS[one.target], one.version, one.release or _NONE, said, names


def _unread(found: AsBuilt) -> Iterator[tuple[str, ...]]:
    """What is hidden by design is told once for all kinds."""
    for one in found.vcenters:
        hidden = [each for each in one.unread if each.reason == "hidden"]
        for each in one.unread:
            if each.reason != "hidden":
                what = " ".join(filter(None, (each.kind, each.key, each.field)))
                why = each.detail if each.reason == "role" else f"{each.reason}: {each.detail}"
                yield what, why, each.mend
        if hidden:
            kinds = ", ".join(sorted({each.kind for each in hidden}))
            yield f"perhaps some of: {kinds}", hidden[0].detail, hidden[0].mend


def _gpus(found: AsBuilt) -> Iterator[GpuSeen]:
    hosts: Iterable[HostSeen] = (host for one in found.vcenters for host in one.hosts)
    for host in hosts:
        yield from host.gpus


def _many(names: Iterable[str]) -> str:
    counts = Counter(names)
    return ", ".join(f"{n} x {name}" if n > 1 else name for name, n in sorted(counts.items()))


def _gib(mib: int) -> str:
    return f"{mib / _MIB_PER_GIB:.1f}".removesuffix(".0")
