"""An independent judge of plans: what is illegal in them, by the vendors' rules.

It shares nothing with the product but the vendors' guides: its tables are typed by hand
(``tables.py``), its records are its own (``facts.py``).
"""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Iterator, Sequence
from fractions import Fraction

from tests.placement.legality.devices import (
    code_of,
    gpu_violations,
    instants,
    runs_at,
    size_of,
    version,
)
from tests.placement.legality.facts import Facts, Gpu, Host, Placement, Work, WorkGpu
from tests.placement.legality.tables import (
    BLACKWELL_SWITCH_NVAIE,
    BOARDS,
    DOMAIN_SIZES,
    EVERYWHERE,
    FRACTIONS_TWICE_SINCE,
    GPU_VM_OVERHEAD_BYTES,
    GROUPS_SINCE,
    MEDIA_AND_DOUBLE_SINCE,
    PRECISIONS,
    SWITCHED_SINCE,
    VGPUS_PER_VM,
    Board,
)

MIB = 1 << 20


def violations(facts: Facts, placements: Sequence[Placement]) -> list[str]:
    """What is illegal in a plan, each as ``rule: what``; none for a legal one."""
    return list(_violations(facts, placements))


def _violations(facts: Facts, placements: Sequence[Placement]) -> Iterator[str]:
    works = {(work.environment, work.name): work for work in facts.works}
    hosts = {(host.site, host.name): host for host in facts.hosts}
    on_host: dict[tuple[str, str], list[tuple[Placement, Work]]] = defaultdict(list)
    for placed in placements:
        work = works.get((placed.environment, placed.work))
        host = hosts.get((placed.site, placed.host))
        if work is None or host is None:
            yield f"unknown name: {placed.work} in {placed.environment} on {placed.host}"
            continue
        on_host[host.site, host.name].append((placed, work))
        yield from _of_vm(facts, host, placed, work)
    yield from _counts(facts, placements)
    for key, here in on_host.items():
        yield from _of_host(facts, hosts[key], here)
    yield from _isolation(facts, placements, hosts)
    yield from _one_supervisor(facts, placements, hosts)


def _counts(facts: Facts, placements: Sequence[Placement]) -> Iterator[str]:
    """No VM twice, and no more than are wanted."""
    seen = Counter((p.environment, p.work, p.index) for p in placements)
    for (environment, name, index), times in seen.items():
        if times > 1:
            yield f"twice: {name}-{index} of {environment}"
    placed = Counter((p.environment, p.work) for p in placements)
    for work in facts.works:
        if placed[work.environment, work.name] > work.count:
            yield f"wanted: more than {work.count} of {work.name}"


def _of_vm(facts: Facts, host: Host, placed: Placement, work: Work) -> Iterator[str]:
    """A VM by itself: is its host in service, is it what was asked for?"""
    if host.maintenance:
        yield f"maintenance: {placed.work} on {host.name}"
    if not covered(facts, host):
        yield f"supervisor: none covers {host.cluster}, where {placed.work} is"
    if work.site and work.site != host.site:
        yield f"site: {placed.work} belongs to {work.site}"
    if placed.cluster != host.cluster:
        yield f"cluster: {host.name} is not in {placed.cluster}"
    if placed.vcpus < work.vcpus or placed.memory_bytes < work.memory_bytes:
        yield f"shape: {placed.work} got less than it asked for"
    need = work.gpu
    if need is None:
        if placed.gpus or placed.profile:
            yield f"gpus: {placed.work} asked for none"
        return
    by_name = {gpu.name: gpu for gpu in host.gpus}
    given = [by_name[name] for name in placed.gpus if name in by_name]
    if len(given) != need.gpus or len(set(placed.gpus)) != need.gpus:
        yield f"gpus: {placed.work} needs {need.gpus} of {host.name}, has {placed.gpus}"
        return
    yield from _of_gpus(facts, host, given, placed, need)


def covered(facts: Facts, host: Host) -> bool:
    """Whether a Supervisor runs on the host's cluster, as far as every one says where it is."""
    covered = _under_supervisors(facts, host.site)
    return (
        not host.cluster or not all(covered) or not covered or host.cluster in set().union(*covered)
    )


def _under_supervisors(facts: Facts, site: str) -> list[set[str]]:
    """The clusters of each Supervisor of a site, by name and by zone."""
    return [
        {*s.clusters, *(c for zone in s.zones for c in facts.zones.get((s.site, zone), ()))}
        for s in facts.supervisors
        if s.site == site
    ]


def _one_supervisor(
    facts: Facts, placements: Sequence[Placement], hosts: dict[tuple[str, str], Host]
) -> Iterator[str]:
    """The VMs of a site are in namespaces of one Supervisor, as far as every one says where it is.

    A platform makes the namespaces of a site on one of its Supervisors.
    """
    for site in sorted({placed.site for placed in placements}):
        used = {
            host.cluster for placed in placements
            if placed.site == site and (host := hosts.get((site, placed.host))) and host.cluster
        }  # fmt: skip
        covered = _under_supervisors(facts, site)
        if covered and all(covered) and not any(used <= one for one in covered):
            yield f"supervisor: none covers all of {sorted(used)} at {site}"


def _of_gpus(
    facts: Facts, host: Host, given: Sequence[Gpu], placed: Placement, need: WorkGpu
) -> Iterator[str]:
    models = {gpu.model for gpu in given}
    board = BOARDS.get(given[0].model)
    if len(models) > 1:
        yield f"model: {placed.work} has GPUs of {sorted(models)}"
        return
    if need.model and models != {need.model}:
        yield f"model: {placed.work} wants {need.model}"
    if board is None:
        return  # named by the rule of its GPU
    precision = need.precision.removesuffix("-mixed")
    if precision not in EVERYWHERE | PRECISIONS[board.architecture]:
        yield f"precision: {placed.work} wants {precision}, {given[0].model} has none"
    code = code_of(placed.profile, board)
    if not code:
        yield f"profile: {given[0].model} has no {placed.profile}"
        return
    yield from _of_profile(facts, board, code, placed, need)
    yield from _limits(facts, board, code, placed, need)
    if need.nvlink:
        yield from _of_group(facts, host, board, given, placed)


def _of_profile(
    facts: Facts, board: Board, code: str, placed: Placement, need: WorkGpu
) -> Iterator[str]:
    """The kind of sharing, the stated type, and what the guest can use of it."""
    is_whole = size_of(code) == board.gb
    fits = {"mig": code in board.mig, "full": is_whole, "time-sliced": code not in board.mig}
    if not fits[need.sharing]:
        yield f"sharing: {placed.work} wants {need.sharing}, has {placed.profile}"
    if need.profile and need.profile != placed.profile:
        yield f"stated: {placed.work} wants {need.profile}"
    if usable_mib(board, code) * MIB < need.usable_bytes:
        yield f"framebuffer: {placed.profile} leaves too little for {placed.work}"
    framebuffer = board.mig[code].mib if code in board.mig else board.time_sliced_mib(size_of(code))
    if placed.memory_bytes < framebuffer * MIB * need.gpus and not _stated_memory(facts, placed):
        yield f"shape: {placed.work} has less memory than framebuffer"
    esx = facts.versions.get("esx", "")
    late = code in board.mig and board.mig[code].needs_8_0_u3
    if late and esx and version(esx) < MEDIA_AND_DOUBLE_SINCE:
        yield f"version: ESX {esx} has no {placed.profile}"


def _stated_memory(facts: Facts, placed: Placement) -> bool:
    return any(
        work.memory_bytes
        for work in facts.works
        if (work.environment, work.name) == (placed.environment, placed.work)
    )


def usable_mib(board: Board, code: str) -> int:
    """What a guest can use of a type, in MiB.

    The framebuffer less ``framebuffer / 16 + 16 + 128 / most per GPU``, another sixteenth where ECC
    costs memory, and what compression takes on Turing (vGPU guide, reserved framebuffer), rounded
    down; no more than the MIG instance really has.
    """
    if code in board.mig:
        mig = board.mig[code]
        whole, most, compression = mig.mib, mig.instance.most * mig.share, 0
    else:
        size = size_of(code)
        whole, most = board.time_sliced_mib(size), board.counts[size]
        compression = board.compression_mib.get(size, 0)
    reserved = (
        Fraction(whole * (1 if board.hbm else 2), 16) + 16 + Fraction(128, most) + compression
    )
    left = int(whole - reserved)
    real = board.mig[code].memory_mib if code in board.mig else None
    return left if real is None else min(left, real)


def _limits(
    facts: Facts, board: Board, code: str, placed: Placement, need: WorkGpu
) -> Iterator[str]:
    """How many vGPUs one VM of this release may have."""
    esx = facts.versions.get("esx", "")
    if not esx:
        return
    most = next(count for since, count in VGPUS_PER_VM if version(esx) >= since)
    if need.gpus > most:
        yield f"per VM: {placed.work} has {need.gpus} vGPUs, ESX {esx} takes {most}"
    part = size_of(code) != board.gb
    if need.gpus > 1 and part and version(esx) < FRACTIONS_TWICE_SINCE:
        yield f"per VM: ESX {esx} gives {placed.profile} once"


def _of_group(
    facts: Facts, host: Host, board: Board, given: Sequence[Gpu], placed: Placement
) -> Iterator[str]:
    """GPUs of one NVLink domain, in one of its fixed partitions, whole and time-sliced."""
    names = {gpu.name for gpu in given}
    if size_of(code_of(placed.profile, board)) != board.gb:
        yield f"nvlink: {placed.work} needs full time-sliced types"
    if len(given) not in board.groups:
        yield f"nvlink: {given[0].model} has no group of {len(given)}"
    if not any(names <= part for part in _partitions(host, len(given))):
        yield f"nvlink: {sorted(names)} are no group of {host.name}"
    esx, nvaie = facts.versions.get("esx", ""), facts.versions.get("nvaie_infra", "")
    switched = 8 in board.groups
    since = SWITCHED_SINCE.get(board.architecture, GROUPS_SINCE) if switched else GROUPS_SINCE
    if esx and version(esx) < since:
        yield f"nvlink: ESX {esx} offers no such group"
    on_blackwell = switched and board.architecture == "blackwell"
    if on_blackwell and nvaie and version(nvaie)[:2] != BLACKWELL_SWITCH_NVAIE:
        yield f"nvlink: NVAIE {nvaie} has no switch of this board"


def _partitions(host: Host, count: int) -> Iterator[set[str]]:
    """The sets within which a group of ``count`` must lie: a half of a switch for fewer than 8.

    Which GPUs are joined is what the facts say, else GPUs of one model in their order, as boards
    are fitted. Module ids are not among the facts: the halves are the first and the last four.
    """
    for domain in _domains(host):
        if count > len(domain):
            continue
        half = 4 if len(domain) == 8 and count <= 4 else len(domain)
        for start in range(0, len(domain), half):
            yield {gpu.name for gpu in domain[start : start + half]}


def _domains(host: Host) -> Iterator[list[Gpu]]:
    if any(gpu.linked for gpu in host.gpus):
        seen: set[str] = set()
        for gpu in host.gpus:
            if gpu.name not in seen:
                joined = _reached(host, gpu)
                seen |= {other.name for other in joined}
                yield joined
        return
    size = DOMAIN_SIZES.get(host.nvlink, 0)
    for model in dict.fromkeys(gpu.model for gpu in host.gpus) if size else ():
        alike = [gpu for gpu in host.gpus if gpu.model == model]
        for start in range(0, len(alike), size):
            yield alike[start : start + size]


def _reached(host: Host, first: Gpu) -> list[Gpu]:
    """Every GPU that links lead to from one, in the order of the host."""
    found = {first.pci}
    grown = True
    while grown:
        more = {
            gpu.pci
            for gpu in host.gpus
            if gpu.pci not in found
            and any(
                other.pci in found and (other.pci in gpu.linked or gpu.pci in other.linked)
                for other in host.gpus
            )
        }
        found |= more
        grown = bool(more)
    return [gpu for gpu in host.gpus if gpu.pci in found]


def _of_host(facts: Facts, host: Host, here: Sequence[tuple[Placement, Work]]) -> Iterator[str]:
    """Cores and memory at every moment of the week, and each GPU."""
    for at_s in instants([work.windows for _, work in here]):
        running = [(p, work) for p, work in here if runs_at(work.windows, at_s)]
        cores = sum(Fraction(p.vcpus) / Fraction(str(work.vcpus_per_core)) for p, work in running)
        memory = sum(p.memory_bytes + bool(p.gpus) * GPU_VM_OVERHEAD_BYTES for p, _ in running)
        if cores > host.cores:
            yield f"cores: {float(cores):.1f} of {host.cores} on {host.name}"
        if memory > host.memory_bytes:
            yield f"memory: {memory} of {host.memory_bytes} on {host.name}"
    on_gpu: dict[str, list[tuple[Placement, Work]]] = defaultdict(list)
    for placed, work in here:
        for name in dict.fromkeys(placed.gpus):
            on_gpu[name].append((placed, work))
    for gpu in host.gpus:
        seats = [
            (f"{p.work}-{p.index}", p.profile, p.start, work.windows)
            for p, work in on_gpu[gpu.name]
        ]
        yield from gpu_violations(gpu, seats, facts.versions)
    untouched = sum(not on_gpu[gpu.name] and not gpu.held_by for gpu in host.gpus)
    free = sum(not gpu.held_by for gpu in host.gpus)
    if untouched < min(free, host.gpus_of_others):
        yield f"others: {host.gpus_of_others} GPUs of {host.name} are somebody else's"


def _isolation(
    facts: Facts, placements: Sequence[Placement], hosts: dict[tuple[str, str], Host]
) -> Iterator[str]:
    """Environments never share what the boundary keeps apart, at whatever time."""
    if facts.isolation == "none":
        return
    sharing: dict[tuple[str, ...], set[str]] = defaultdict(set)
    for placed in placements:
        host = hosts.get((placed.site, placed.host))
        places: list[tuple[str, ...]] = []
        if facts.isolation == "gpu":
            places = [(placed.site, name) for name in placed.gpus]
        elif facts.isolation == "host":
            places = [(placed.site, placed.host)]
        elif host is not None:
            places = [(host.site, host.vcenter, host.cluster)]
        for place in places:
            sharing[place].add(placed.environment)
    for place, environments in sharing.items():
        if len(environments) > 1:
            yield f"isolation: {sorted(environments)} share {'/'.join(place)}"
