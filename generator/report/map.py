"""The map of a platform as plain data: hosts, their GPUs, and what stands where on each.

Whoever knows the plan fills these records; ``map_text`` and ``map_svg`` draw them.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from itertools import groupby

from generator.record import Record, record

KINDS = {
    "planned": "in the plan",
    "running": "runs today",
    "reserved": "reserved for a failure",
    "held": "held by others",
    "free": "free",
    "stranded": "stranded: no profile of the plan fits",
}
"""The kinds of slices, in the order of legends."""


@record
class MapSlice(Record):
    """A part of a GPU, from unit ``start`` on. ``vms`` are there, of the purposes ``owners``.

    Several owners take turns. ``profile`` is the vGPU profile, ``""`` where nothing stands.
    """

    kind: str
    start: int
    size: int
    owners: tuple[str, ...]
    profile: str
    vms: tuple[str, ...]


@record
class MapGpu(Record):
    """A GPU of ``units`` units (``unit`` names them) that its slices fill without gaps.

    ``today`` is its mode in the facts, ``mode`` the one of the plan, ``held_by`` who has all of it.
    """

    name: str
    model: str
    today: str
    mode: str
    held_by: str
    framebuffer_mib: int
    units: int
    unit: str
    slices: tuple[MapSlice, ...]


@record
class MapHost(Record):
    """A host: the VMs that the plan puts there, and what they take of what is free for it.

    ``vcpus`` of ``cores`` and ``planned_memory_bytes`` of ``memory_bytes``, each at its worst
    moment of the week.
    """

    site: str
    cluster: str
    name: str
    vms: int
    vcpus: int
    cores: int
    planned_memory_bytes: int
    memory_bytes: int
    gpus: tuple[MapGpu, ...]


@record
class MapTotals(Record):
    """Sums of the map. Framebuffer in MiB.

    ``allocatable_mib`` is what those that run or wait could take: where VMs wait for a GPU, what is
    free is of no use to them and does not count. ``idle_gpus`` carry nothing of anybody:
    ``idle_shut_gpus`` of them on hosts that have no core or no memory left, and
    ``idle_reserved_gpus`` are kept, in part at least, for a failure.
    """

    hosts: int
    hosts_used: int
    gpus: int
    gpus_used: int
    vms: int
    vcpus: int
    cores: int
    planned_memory_bytes: int
    memory_bytes: int
    framebuffer_mib: int
    allocated_mib: int
    held_mib: int
    reserved_mib: int
    free_mib: int
    stranded_mib: int
    allocatable_mib: int
    idle_gpus: int = 0
    idle_shut_gpus: int = 0
    idle_reserved_gpus: int = 0


@record
class MapLeftOut(Record):
    """A host of the facts on which nothing is planned, with its GPUs, and why."""

    site: str
    cluster: str
    name: str
    gpus: int
    why: str


@record
class PlatformMap(Record):
    """All hosts of the plan, by site, cluster and name, with their sums, and those left out."""

    hosts: tuple[MapHost, ...]
    totals: MapTotals
    left_out: tuple[MapLeftOut, ...] = ()


def codes(hosts: Sequence[MapHost]) -> dict[tuple[str, ...], str]:
    """A short code for whatever stands on a GPU: ``A`` to ``Z``, ``a`` to ``z``, then ``A1`` ...

    By owners and in their order, so that the same purpose has one code on the whole map.
    """
    owners = sorted({s.owners for h in hosts for g in h.gpus for s in g.slices if s.owners})
    return {one: _code(n) for n, one in enumerate(owners)}


_LETTERS = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz"


def _code(n: int) -> str:
    lap, at = divmod(n, len(_LETTERS))
    return _LETTERS[at] + (str(lap) if lap else "")


def owned_profiles(hosts: Sequence[MapHost]) -> dict[tuple[str, ...], tuple[str, ...]]:
    """The vGPU profiles of each purpose."""
    found: dict[tuple[str, ...], set[str]] = {}
    for host in hosts:
        for gpu in host.gpus:
            for one in gpu.slices:
                if one.owners:
                    found.setdefault(one.owners, set()).add(one.profile)
    return {owners: tuple(sorted(names - {""})) for owners, names in found.items()}


def kinds(hosts: Sequence[MapHost]) -> list[str]:
    """The kinds of slices that occur, in the order of legends."""
    found = {one.kind for host in hosts for gpu in host.gpus for one in gpu.slices}
    return [kind for kind in KINDS if kind in found]


Group = tuple[str, tuple[MapHost, ...]]
"""A title and equal hosts."""


def clusters(hosts: Sequence[MapHost]) -> Iterator[tuple[str, list[Group]]]:
    """Clusters by name with their hosts, equal ones together in the place of the first."""
    ordered = sorted(hosts, key=lambda host: (host.site, host.cluster, host.name))
    for (site, cluster), members in groupby(ordered, key=lambda h: (h.site, h.cluster)):
        here = list(members)
        equal: dict[tuple[object, ...], list[int]] = {}
        for n, host in enumerate(here):
            equal.setdefault(_looks(host), []).append(n)
        yield (
            f"{cluster or 'no cluster'} ({site})",
            [(_title(here, group), tuple(here[n] for n in group)) for group in equal.values()],
        )


def _looks(host: MapHost) -> tuple[object, ...]:
    """What two hosts must share to be drawn as one."""
    return tuple(
        (
            gpu.model,
            gpu.mode,
            gpu.held_by,
            gpu.units,
            tuple((s.kind, s.start, s.size, s.owners, s.profile) for s in gpu.slices),
        )
        for gpu in host.gpus
    )


SHOWN_RUNS = 3
"""How many stretches of equal hosts a title names."""


def _title(hosts: Sequence[MapHost], group: Sequence[int]) -> str:
    """``esx-004 ... esx-120: 117 equal hosts``, with each stretch of neighbours by its ends."""
    if len(group) == 1:
        return hosts[group[0]].name
    runs: list[list[int]] = []
    for n in group:
        if runs and n == runs[-1][-1] + 1:
            runs[-1].append(n)
        else:
            runs.append([n])
    named = [_run(hosts, run) for run in runs[:SHOWN_RUNS]]
    more = sum(len(run) for run in runs[SHOWN_RUNS:])
    text = ", ".join([*named, f"{more} more"] if more else named)
    return f"{text}: {len(group)} equal hosts"


def _run(hosts: Sequence[MapHost], run: Sequence[int]) -> str:
    first, last = hosts[run[0]].name, hosts[run[-1]].name
    return {1: first}.get(len(run), f"{first} ... {last}")


def heading(title: str, hosts: Sequence[MapHost]) -> str:
    """A group of hosts with its GPUs; one that is alone also with what its VMs take."""
    models = sorted({gpu.model for gpu in hosts[0].gpus})
    gpus = f"{len(hosts[0].gpus)} x {', '.join(models)}" if models else "no GPU"
    if len(hosts) > 1:
        return f"{title}, each {gpus}"
    host = hosts[0]
    return (
        f"{title}  {gpus}  {host.vcpus} vCPUs on {host.cores} cores, "
        f"{host.planned_memory_bytes >> 30} of {host.memory_bytes >> 30} GiB"
    )


def idle(gpu: MapGpu) -> bool:
    """Whether nothing stands on a GPU, of the plan or of others."""
    return {one.kind for one in gpu.slices} <= {"free", "stranded", "reserved"}
