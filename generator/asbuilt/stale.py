"""Versions of a snapshot that the version matrix does not know, or whose support is over."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator

from generator.asbuilt.model import VersionSeen
from generator.catalog import Catalog
from generator.record import Record, record
from generator.vcenter.snapshot import Seen, Snapshot, VcenterSeen

_PRODUCT = re.compile(r"([78])\.(\d+)\.([1-9]\d*)")
"""What vCenter and ESX 7 and 8 call update 3 of 8.0: ``8.0.3``."""
_DRIVER = re.compile(r"(\d{3})\.\d+")
"""An NVIDIA driver; the branch R580 has versions 580.x."""
_PACKAGES = ("PACKAGE.NVD-", "PACKAGE.NVIDIA-")
"""Host drivers. The daemon that manages GPUs has no hyphen there, and versions of its own."""
_SHOWN = 4
HARDWARE = "hardware_version"
"""Virtual hardware of VMs, which is in the matrix and no target of a blueprint."""


@record
class Stale(Record):
    """``what`` has a version of a target of the matrix, and ``why`` it is stale."""

    what: str
    target: str
    version: str
    why: str


def release(version: str) -> str:
    """The release as the matrix names it: ``8.0.3`` is ``8.0U3``, all else names itself."""
    found = _PRODUCT.fullmatch(version)
    return f"{found[1]}.{found[2]}U{found[3]}" if found else version


def vgpu_branches(snapshot: Snapshot, catalog: Catalog) -> dict[str, str]:
    """The vGPU release of each host whose packages were read, by host.

    A driver's branch is the number before the first dot of its version (catalogue, driver_branch);
    a branch that the matrix does not know is given as ``R`` and that number.
    """
    rows = catalog.versions
    releases = {
        str(row.facts.get("driver_branch")): name
        for name in rows.known("vgpu_host")
        if (row := rows.find("vgpu_host", name)) is not None
    }
    found: dict[str, str] = {}
    for seen in snapshot.vcenters:
        for one in seen.objects:
            branch = _branch(one) if one.kind == "host" else None
            if branch:
                found[one.key] = releases.get(branch, branch)
    return found


def _branch(host: Seen) -> str | None:
    for name, version in sorted(host.fields.items()):
        driver = _DRIVER.match(str(version))
        if driver and name.upper().startswith(_PACKAGES):
            return f"R{driver[1]}"
    return None


def versions_seen(seen: VcenterSeen, catalog: Catalog, day: str) -> tuple[VersionSeen, ...]:
    """Every version of a vCenter's snapshot with its support as of the ISO day ``day``."""
    found: dict[tuple[str, str], list[str]] = {}
    for target, version, what in _stated(seen):
        found.setdefault((target, version), []).append(what)
    alone = Snapshot(vcenters=(seen,))
    for host, version in vgpu_branches(alone, catalog).items():
        found.setdefault(("vgpu_host", version), []).append(host)
    return tuple(
        _judged(catalog, target, version, names, day)
        for (target, version), names in sorted(found.items())
    )


def _judged(catalog: Catalog, target: str, version: str, names: list[str], day: str) -> VersionSeen:
    known, until, over = _support(catalog, target, version, day)
    state = "supported" if until else "undated"
    if known is None or over:
        state = "unmatched" if known is None else "ended"
    return VersionSeen(
        target=target,
        version=version,
        release=known,
        state=state,
        until=until,
        count=len(names),
        names=tuple(sorted(names)[:_SHOWN]),
    )


def _support(
    catalog: Catalog, target: str, version: str, day: str
) -> tuple[str | None, str | None, bool]:
    """The row of a version, its last day of support, and whether that is over."""
    if target == HARDWARE:
        try:
            until = catalog.versions.hardware_until(version)
        except KeyError:
            return None, None, False
        return version, until, until is not None and until < day
    row = catalog.versions.find(target, release(version))
    if row is None:
        return None, None, False
    return row.version, row.supported_until or row.ended_by, row.expired(day)


def stale(versions: Iterable[VersionSeen], snapshot: Snapshot) -> tuple[Stale, ...]:
    """Which of the versions of a snapshot are unknown to the matrix or out of support."""
    answers = (
        Stale(what=_listed(one), target=one.target, version=one.version, why=_why(one))
        for one in versions
        if one.state in ("unmatched", "ended") and one.target != HARDWARE
    )
    ordered = sorted(answers, key=lambda one: (one.target, one.version))
    return (*ordered, *_split(snapshot))


def _stated(seen: VcenterSeen) -> Iterator[tuple[str, str, str]]:
    if seen.version:
        yield "vcenter", seen.version, seen.name
    for one in seen.objects:
        if one.kind == "host" and one.fields.get("version"):
            yield "esx", str(one.fields["version"]), one.key
        elif one.kind == "supervisor" and one.fields.get("version"):
            version = str(one.fields["version"]).removeprefix("v")
            yield "supervisor", version, one.key
        elif one.kind == "vks-cluster":
            for target in ("kubernetes", "cluster_class"):
                version = str(one.fields.get(f"{target}_version") or one.fields.get(target) or "")
                if version:
                    yield target, version, one.key
        elif one.kind == "vm" and not one.fields.get("template"):
            version = str(one.fields.get("hardware_version") or "")
            if version:
                yield HARDWARE, f"vmx-{version}", one.key


def _why(one: VersionSeen) -> str:
    if one.state == "unmatched":
        return "not in the version matrix"
    return f"out of support since {one.until}"


def _split(snapshot: Snapshot) -> Iterator[Stale]:
    """Clusters whose hosts do not have one version of ESX."""
    versions: dict[str, set[str]] = {}
    for seen in snapshot.vcenters:
        for one in seen.objects:
            if one.kind == "host" and one.fields.get("cluster") and one.fields.get("version"):
                cluster = str(one.fields["cluster"])
                versions.setdefault(cluster, set()).add(str(one.fields["version"]))
    for cluster in sorted(versions):
        if len(versions[cluster]) > 1:
            several = ", ".join(sorted(versions[cluster]))
            yield Stale(
                what=f"cluster {cluster}", target="esx", version=several,
                why="its hosts have different versions",
            )  # fmt: skip


_NAMED = {
    "vcenter": "vCenter",
    "esx": "ESX of",
    "supervisor": "Supervisor",
    "kubernetes": "kubernetes of",
    "cluster_class": "cluster class of",
    "vgpu_host": "vGPU manager of",
}


def _listed(one: VersionSeen) -> str:
    more = one.count - len(one.names)
    named = ", ".join(f"{_NAMED[one.target]} {name}" for name in one.names)
    return named + (f" and {more} more" if more > 0 else "")
