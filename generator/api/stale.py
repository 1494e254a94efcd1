"""Versions of a snapshot that the version matrix does not know, or whose support is over."""

from __future__ import annotations

import re
from collections.abc import Iterator

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


def stale(snapshot: Snapshot, catalog: Catalog, day: str) -> tuple[Stale, ...]:
    """What of the snapshot is unknown to the matrix or out of support on the ISO day ``day``."""
    found: dict[tuple[str, str], list[str]] = {}
    for seen in snapshot.vcenters:
        for target, version, what in _stated(seen):
            found.setdefault((target, version), []).append(what)
    for host, version in vgpu_branches(snapshot, catalog).items():
        found.setdefault(("vgpu_host", version), []).append(f"vGPU manager of {host}")
    answers = (
        Stale(what=_listed(whats), target=target, version=version, why=why)
        for (target, version), whats in sorted(found.items())
        if (why := _why(catalog, target, version, day))
    )
    return (*answers, *_split(snapshot))


def _stated(seen: VcenterSeen) -> Iterator[tuple[str, str, str]]:
    if seen.version:
        yield "vcenter", seen.version, f"vCenter {seen.name}"
    for one in seen.objects:
        if one.kind == "host" and one.fields.get("version"):
            yield "esx", str(one.fields["version"]), f"ESX of {one.key}"
        elif one.kind == "supervisor" and one.fields.get("version"):
            version = str(one.fields["version"]).removeprefix("v")
            yield "supervisor", version, f"Supervisor {one.key}"
        elif one.kind == "vks-cluster":
            for target in ("kubernetes", "cluster_class"):
                version = str(one.fields.get(f"{target}_version") or one.fields.get(target) or "")
                if version:
                    yield target, version, f"{target.replace('_', ' ')} of {one.key}"


def _why(catalog: Catalog, target: str, version: str, day: str) -> str:
    row = catalog.versions.find(target, release(version))
    if row is None:
        return "not in the version matrix"
    if not row.expired(day):
        return ""
    end = row.supported_until or row.ended_by
    return f"out of support since {end}"


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


def _listed(whats: list[str]) -> str:
    more = len(whats) - _SHOWN
    return ", ".join(sorted(whats)[:_SHOWN]) + (f" and {more} more" if more > 0 else "")
