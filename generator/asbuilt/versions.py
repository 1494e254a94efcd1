"""Versions against the matrix: out of support, unknown, several in a cluster, not made to meet."""

from __future__ import annotations

from collections.abc import Iterator

from generator.asbuilt.facts import Facts
from generator.asbuilt.model import VersionSeen
from generator.asbuilt.rules import Alike, Matched, Supported, Together
from generator.asbuilt.stale import HARDWARE, release
from generator.catalog.versions import Version
from generator.finding import Finding, Severity

WORDS = {
    "vcenter": "vCenter",
    "esx": "ESX",
    "vgpu_host": "vGPU manager",
    "supervisor": "Supervisor",
    "kubernetes": "Kubernetes",
    "cluster_class": "ClusterClass",
    HARDWARE: "virtual hardware",
}
"""The targets of the matrix as people call them."""


def version_findings(facts: Facts) -> Iterator[Finding]:
    """Findings about versions, target by target."""
    for one in facts.versions:
        yield from _support(one, facts)
    yield from _split(facts)
    yield from _together(facts)


def _support(one: VersionSeen, facts: Facts) -> Iterator[Finding]:
    more = one.count - len(one.names)
    where = ", ".join(one.names) + (f" and {more} more" if more > 0 else "")
    what = f"{WORDS[one.target]} {one.version} of {where}"
    if one.state == "ended":
        # Old virtual hardware runs on new hosts: it lacks features, it does not break.
        old = Severity.NOTICE if one.target == HARDWARE else None
        yield Supported.breach(
            f"{what}: support is over since {one.until}",
            path=f"versions/{one.target}/{one.version}",
            severity=old,
            mend=_upgrade(one.target, facts),
        )
    elif one.state == "unmatched":
        yield Matched.breach(
            f"{what} is not in the version matrix",
            path=f"versions/{one.target}/{one.version}",
            mend="look it up at its vendor; a newer mlgen may know it",
        )


def _upgrade(target: str, facts: Facts) -> str:
    """What to upgrade to: the releases that are in support as far as the matrix knows."""
    if target == HARDWARE:
        return (
            "Set-VM -HardwareVersion, with the VM off; old hardware takes fewer vGPUs for each VM"
        )
    rows = facts.catalog.versions
    found = [name for name in rows.known(target) if _lives(rows.find(target, name), facts.day)]
    return f"upgrade; in support are {', '.join(found)}" if found else "ask its vendor"


def _lives(row: Version | None, day: str) -> bool:
    return row is not None and not row.expired(day)


def _split(facts: Facts) -> Iterator[Finding]:
    """Clusters whose hosts with GPUs differ in ESX or in the vGPU manager."""
    for cluster in facts.clusters:
        for word, found in (
            ("ESX", {host.version for host in cluster.hosts}),
            ("vGPU managers", {host.driver for host in cluster.hosts}),
        ):
            stated = sorted(found - {""})
            if len(stated) > 1 and cluster.name:
                yield Alike.breach(
                    f"the GPU hosts of {cluster.name} have {word} {', '.join(stated)}",
                    path=f"cluster/{cluster.name}",
                    mend="finish the upgrade of the cluster by its image",
                )


def _together(facts: Facts) -> Iterator[Finding]:
    """Versions of a host that a source says do not go together."""
    center = release(facts.seen.version)
    combined: dict[tuple[str, str], list[str]] = {}
    for cluster in facts.clusters:
        for host in cluster.hosts:
            combined.setdefault((release(host.version), host.driver), []).append(host.name)
    for (esx, driver), hosts in sorted(combined.items()):
        stated = {"vcenter": center, "esx": esx, "vgpu_host": driver}
        targets = {target: version for target, version in stated.items() if version}
        for one in facts.catalog.versions.conflicts(targets):
            yield Together.breach(
                f"{WORDS[one.target]} {one.version} of {', '.join(hosts[:4])} needs "
                f"{WORDS[one.other]} {one.needs}, and there is {one.stated}",
                path=f"versions/{one.target}/{one.version}",
                mend="upgrade the one or the other",
            )
