"""What GPUs themselves say: framebuffer of no use, unknown devices, VMs that would wait."""

from __future__ import annotations

from collections.abc import Iterator

from generator.asbuilt.facts import Facts
from generator.asbuilt.fits import FIXED, NO_HA, NO_PROFILE
from generator.asbuilt.model import OFF, UNKNOWN, ClusterSeen, GpuSeen
from generator.asbuilt.rules import Known, Survives, Usable
from generator.finding import Finding
from generator.placement.devices.shapes import Mode

SHOWN = 6
"""VMs and GPUs that one finding names."""
_MIB_PER_GIB = 1024
_SERIES = (
    "the GPU counts as taken: the catalogue has the C series and MIG; look at it in the vSphere "
    "Client, host by host, under Configure, Graphics"
)
_RESERVED = "zone-vm-reservations"


def capacity_findings(facts: Facts) -> Iterator[Finding]:
    """Findings about GPUs, cluster by cluster."""
    for cluster in facts.clusters:
        yield from _stranded(cluster)
        yield from _strange(cluster)
        yield from _waiting(facts, cluster)
    for host, name in facts.unknown_devices:
        yield Known.breach(
            f"{host} has {name}, which the catalogue does not know",
            path=f"host/{host}",
            mend="mlgen catalog lists the boards that it knows",
        )


def _stranded(cluster: ClusterSeen) -> Iterator[Finding]:
    """One finding for each reason, with its GPUs."""
    why: dict[tuple[str, str], list[GpuSeen]] = {}
    for host in cluster.hosts:
        for gpu in host.gpus:
            if gpu.framebuffer.stranded_mib:
                why.setdefault((gpu.why.partition("; ")[0], gpu.mode), []).append(gpu)
    for (reason, mode), gpus in sorted(why.items()):
        gib = sum(gpu.framebuffer.stranded_mib for gpu in gpus) / _MIB_PER_GIB
        yield Usable.breach(
            f"{gib:.1f} GiB stranded on {_named([gpu.name for gpu in gpus])}: {reason}",
            path=f"cluster/{cluster.name}",
            mend=_freed(mode),
        )


def _freed(mode: str) -> str:
    """What makes stranded framebuffer usable again."""
    if mode in (OFF, UNKNOWN):
        return "esxcli graphics host set --default-type SharedPassthru on an empty host, and reboot"
    if mode == Mode.SAME_SIZE.value:
        return (
            "empty the GPU and start a size that divides it, or set it to mixed-size mode "
            "(8.0U3 or later) while it is empty"
        )
    return "move or restart the smallest vGPU there: the next one starts where there is room"


def _strange(cluster: ClusterSeen) -> Iterator[Finding]:
    """GPUs on which something runs that nobody can place."""
    for host in cluster.hosts:
        for gpu in host.gpus:
            if gpu.framebuffer.held_mib and not gpu.held_by:
                yield Known.breach(
                    f"{gpu.name}: {gpu.why}",
                    path=f"gpu/{host.name}/{gpu.pci}",
                    mend=_SERIES,
                )


def _waiting(facts: Facts, cluster: ClusterSeen) -> Iterator[Finding]:
    """VMs that a loss of their host would leave without a place, by reason."""
    why: dict[str, list[str]] = {}
    for wait in cluster.waits:
        why.setdefault(wait.why, []).append(f"{wait.vm} ({wait.host})")
    for vm in why.pop(NO_PROFILE, ()):
        yield Known.breach(
            f"whether {vm} starts again after the loss of its host is not known: {NO_PROFILE}",
            path=f"cluster/{cluster.name}",
            mend=_SERIES,
        )
    for reason, vms in sorted(why.items()):
        yield Survives.breach(
            f"{len(vms)} of {cluster.restarts} VM(s) with GPUs in {cluster.name or 'no cluster'} "
            f"would not start again after the loss of their host: {_named(vms)}: {reason}",
            path=f"cluster/{cluster.name}",
            mend=_kept_free(facts, reason),
        )


def _kept_free(facts: Facts, reason: str) -> str:
    """What lets VMs start again that would wait for a reason."""
    if reason == FIXED:
        return "give it the device by dynamic DirectPath I/O: HA then looks for another of its kind"
    if reason == NO_HA:
        return "switch HA on"
    needs = facts.catalog.versions.feature(_RESERVED).requires["vcenter"]["min"]
    return (
        "keep GPUs of one host free, in the modes of what would start there; from vCenter "
        f"{needs} on, reservations of a VM class in a zone keep places for VKS nodes"
    )


def _named(names: list[str]) -> str:
    more = len(names) - SHOWN
    return ", ".join(names[:SHOWN]) + (f" and {more} more" if more > 0 else "")
