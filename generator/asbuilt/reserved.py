"""What zones keep for VM classes of their namespaces, from VCF 9 on (F30).

VCF's own figure of what a reservation could hold is computed for an empty target, so what is left
of it is held against what fits beside the VMs that run.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Iterator

from generator.asbuilt.facts import Facts
from generator.asbuilt.model import Reserved
from generator.asbuilt.rules import ReservedThere
from generator.finding import Finding
from generator.vcenter.snapshot import VcenterSeen, is_off, texts

_KEPT = "reserved."


def reservations(seen: VcenterSeen) -> Iterator[Reserved]:
    """The reservations of VM classes, by zone and class, for all namespaces together.

    vSphere tells of no VM whether it runs on a reservation: those of any namespace count as if.
    """
    objects = {(one.kind, one.key): one for one in seen.objects}
    running = Counter(
        (one.fields.get("vm_class"), one.fields.get("cluster"))
        for one in seen.objects
        if one.kind == "vm" and not is_off(one)
        if one.fields.get("namespace")
    )
    for kind, key in sorted(objects):
        fields = objects[kind, key].fields if kind == "zone" else {}
        for name in sorted(fields):
            count, vm_class = fields[name], name.removeprefix(_KEPT)
            if name.startswith(_KEPT) and isinstance(count, int) and count >= 0:
                of_class = objects.get(("vm-class", vm_class))
                clusters = texts(fields.get("clusters"))
                yield Reserved(
                    zone=key,
                    clusters=clusters,
                    vm_class=vm_class,
                    vgpus=texts(of_class.fields.get("vgpus")) if of_class else (),
                    reserved=count,
                    running=sum(running[vm_class, cluster] for cluster in clusters),
                )


def kept_by_profile(reserved: Iterable[Reserved], cluster: str) -> Counter[str]:
    """The vGPUs of a cluster that are reserved and not taken yet.

    Of a zone with several clusters nobody knows which one they come to: they count in none.
    """
    found: Counter[str] = Counter()
    for one in reserved:
        if one.clusters == (cluster,):
            for profile in one.vgpus:
                found[profile] += max(0, one.reserved - one.running)
    return found


def reserved_findings(facts: Facts) -> Iterator[Finding]:
    """Reservations that could not be filled today."""
    for cluster in facts.clusters:
        for fit in cluster.fits:
            if fit.reserved > fit.least:
                yield ReservedThere.breach(
                    f"{fit.reserved} more {fit.profile} are reserved in {cluster.name}, and "
                    f"{fit.least} would start",
                    path=f"cluster/{cluster.name}",
                    mend="free GPUs in the mode of the profile, or lower vm_reservations of the "
                    "namespaces",
                )
