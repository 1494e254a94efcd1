"""What random platforms have tried: boards, modes, links, occupancy, and how full they end."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from generator.blueprint.model.hosts import GpuDevice
from generator.blueprint.model.hosts import Host as HostPart
from generator.supply.model import RunningVm
from tests.placement.legality.checker import covered
from tests.placement.legality.devices import code_of, instants, runs_at, size_of
from tests.placement.legality.facts import Facts, Gpu, Placement, Windows
from tests.placement.legality.occupied import KINDS
from tests.placement.legality.platforms import Platform
from tests.placement.legality.tables import BOARDS

MODES = ("whole", "same-size", "mixed-size", "MIG", "MIG time-sliced", "passthrough")
LINKS = ("none", "bridge-pair", "bridge-quad", "nvswitch", "stated")
ISOLATION = ("none", "gpu", "host", "cluster")

EVERY = (
    *(f"board {name}" for name in sorted(BOARDS)),
    *(f"mode {name}" for name in MODES),
    *(f"NVLink {name}" for name in LINKS),
    *(f"group over {name}" for name in LINKS[1:]),
    *(f"occupancy {name}" for name in KINDS),
    *(f"isolation {name}" for name in ISOLATION),
    "windows",
)
"""What must have occurred, by the names under which ``tried`` counts it."""


def tried(platform: Platform, facts: Facts, placements: Sequence[Placement]) -> set[str]:
    """What a platform has of ``EVERY``; boards and modes count where the plan uses them."""
    return {
        f"isolation {platform.isolation}",
        *("windows" for work in facts.works if work.windows),
        *("mode passthrough" for kind in _occupancy(platform) if kind == "passthrough"),
        *_used(facts, placements),
        *_links(facts, placements),
        *(f"occupancy {kind}" for kind in _occupancy(platform)),
    }


def _used(facts: Facts, placements: Sequence[Placement]) -> Iterator[str]:
    on = {name: gpu for gpu, name in _gpus(facts)}
    for placed in placements:
        for name in placed.gpus:
            gpu = on[placed.site, name]
            board = BOARDS[gpu.model]
            code = code_of(placed.profile, board)
            yield f"board {gpu.model}"
            if code in board.mig:
                yield "mode MIG time-sliced" if board.mig[code].share > 1 else "mode MIG"
            elif size_of(code) == board.gb:
                yield "mode whole"
            else:
                yield "mode mixed-size" if placed.start >= 0 else "mode same-size"


def _gpus(facts: Facts) -> Iterator[tuple[Gpu, tuple[str, str]]]:
    for host in facts.hosts:
        for gpu in host.gpus:
            yield gpu, (host.site, gpu.name)


def _links(facts: Facts, placements: Sequence[Placement]) -> Iterator[str]:
    kinds: dict[tuple[str, str], str] = {}
    for host in facts.hosts:
        stated = any(gpu.linked for gpu in host.gpus)
        kinds[host.site, host.name] = "stated" if stated else host.nvlink
        if host.gpus:
            yield f"NVLink {kinds[host.site, host.name]}"
    linked = {(w.environment, w.name) for w in facts.works if w.gpu and w.gpu.nvlink}
    for placed in placements:
        if (placed.environment, placed.work) in linked:
            yield f"group over {kinds[placed.site, placed.host]}"


def _occupancy(platform: Platform) -> Iterator[str]:
    for site in platform.sites.values():
        for host in site.hosts:
            here = [vm for vm in site.occupancy if vm.host == host.name]
            yield from _of_host(host, here)


def _of_host(host: HostPart, here: Sequence[RunningVm]) -> Iterator[str]:
    if host.maintenance:
        yield "maintenance"
    if host.reserved_for_others:
        yield "reserved for others"
    if any(not vgpu.pci for vm in here for vgpu in vm.vgpus):
        yield "vGPU on no known device"
    for gpu in host.gpus:
        on = [vm for vm in here for vgpu in vm.vgpus if vgpu.pci == gpu.pci]
        if gpu.model in BOARDS:
            yield _of_gpu(gpu, on, any(gpu.pci in vm.passthrough for vm in here))


def _of_gpu(gpu: GpuDevice, on: Sequence[RunningVm], passed_through: bool) -> str:
    """The kind of one GPU's occupancy."""
    if passed_through:
        return "passthrough"
    if gpu.held_by or not on:
        return "held" if gpu.held_by else "none"
    if on[0].power == "off":
        return "powered off"
    if on[0].foreign is False:
        return "ours"
    vgpus = [vgpu for vm in on for vgpu in vm.vgpus]
    code = code_of(vgpus[0].profile, BOARDS[gpu.model])
    if not code:
        return "tenant of another series"
    unknown = " without place" if vgpus[0].placement is None else ""
    if code in BOARDS[gpu.model].mig:
        return f"MIG tenant{unknown}"
    is_mixed = gpu.mixed_size or len({vgpu.profile for vgpu in vgpus}) > 1
    return f"mixed-size tenant{unknown}" if is_mixed else "same-size tenant"


def filled_ratio(facts: Facts, placements: Sequence[Placement]) -> float | None:
    """Framebuffer that is held at the fullest moment of the week, of all that may be used.

    What others run on a GPU counts as held. Left out are GPUs that belong wholly to others, those
    without vGPU, and hosts out of service or without a Supervisor. None where no GPU is left.
    """
    usable = {
        (host.site, gpu.name): gpu
        for host in facts.hosts
        if not host.maintenance and covered(facts, host)
        for gpu in host.gpus
        if gpu.model in BOARDS and not gpu.held_by
    }
    whole = sum(BOARDS[gpu.model].total_mib for gpu in usable.values())
    if not whole:
        return None
    always = sum(_mib(gpu.model, vgpu.profile) for gpu in usable.values() for vgpu in gpu.running)
    windows = {(work.environment, work.name): work.windows for work in facts.works}
    held: list[tuple[int, Windows]] = [
        (_mib(usable[p.site, name].model, p.profile), windows[p.environment, p.work])
        for p in placements
        for name in p.gpus
        if (p.site, name) in usable
    ]
    fullest = max(
        sum(mib for mib, when in held if runs_at(when, at_s))
        for at_s in instants([when for _, when in held])
    )
    return (always + fullest) / whole


def _mib(model: str, profile: str) -> int:
    board = BOARDS[model]
    code = code_of(profile, board)
    return board.mig[code].mib if code in board.mig else board.time_sliced_mib(size_of(code))
