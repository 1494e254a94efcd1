"""Capacity drift: planned vGPUs against those that would still start, GPU by GPU.

What is free follows from the geometry of each board and what runs on it now, and is never more than
vCenter itself still counts by the device's DirectPath profile, where it has one (F30).
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Iterator, Mapping, Sequence
from typing import NamedTuple

from generator.catalog import Catalog
from generator.catalog.accelerator import Accelerator
from generator.diff.asserted.settings import MIG
from generator.diff.capacity import Live, counted, offered, others, planned_profiles
from generator.diff.differences import Slots
from generator.diff.index import Index
from generator.placement.devices.geometry import Board
from generator.placement.devices.shapes import EMPTY, NOWHERE
from generator.platform.objects import DesiredState, Vcenter
from generator.supply.model import SiteInventory
from generator.vcenter.snapshot import Seen, Value, texts

MIXED = "mixedSize"


class Room(NamedTuple):
    """How many more of a profile start on a GPU as it is, and how many its lock keeps out."""

    free: int
    stranded: int


def slots(
    state: DesiredState,
    vcenter: Vcenter,
    inventories: Iterable[SiteInventory],
    index: Index,
    catalog: Catalog,
    ours: frozenset[str],
) -> Iterator[Slots]:
    """Per profile that the plan uses: planned, used, foreign, free and stranded slots.

    ``ours`` are the paths of the VMs that are the plan's own. GPUs that the site says others hold
    are no supply.
    """
    live = Live(state, vcenter, index, ours)
    stated = list(_supply(inventories, index, catalog))
    holding = _holders(index)
    loads = [(gpu, board, tuple(_on(gpu, holding))) for gpu, board in _by_vgpu(stated)]

    def rooms(profile: str) -> Iterator[tuple[Seen, Room]]:
        for gpu, board, load in loads:
            if board.find(profile):
                yield gpu, _room(gpu, board, load, profile)

    for profile, count in sorted(planned_profiles(state, vcenter).items()):
        there = list(rooms(profile))
        if there:
            yield _slots(live, profile, count, holding, there)
    yield from others(
        live,
        [gpu for gpu, _ in stated],
        lambda profile: [(gpu, room.free) for gpu, room in rooms(profile)],
    )


def _slots(
    live: Live,
    profile: str,
    planned: int,
    holding: Mapping[str, list[Seen]],
    rooms: Sequence[tuple[Seen, Room]],
) -> Slots:
    counts = Counter(
        one.key in live.ours for some in holding.values() for one in some
        for each in _profiles(one) if each == profile
    )  # fmt: skip
    gpus = [gpu for gpu, _ in rooms]
    return Slots(
        vcenter=live.vcenter.name,
        profile=profile,
        planned=planned,
        used=counts[True],
        foreign=counts[False],
        free=sum(room.free for _, room in rooms),
        stranded=sum(room.stranded for _, room in rooms),
        remaining=counted(live, gpus, profile, counts[True]),
        offered=offered(live, gpus, profile),
    )


class Pooled(NamedTuple):
    """Framebuffer of the GPUs that some profiles compete for, in MiB.

    ``needed_mib`` is what the plan still has to start, ``foreign`` the vGPUs that others run there.
    """

    profiles: tuple[str, ...]
    needed_mib: int
    free_mib: int
    foreign: int


def pooled(
    state: DesiredState,
    vcenter: Vcenter,
    inventories: Iterable[SiteInventory],
    index: Index,
    catalog: Catalog,
    ours: frozenset[str],
) -> Iterator[Pooled]:
    """The planned profiles that share GPUs, together: by boards, and by MIG or by time.

    What is needed beyond what is free cannot start, however it is placed; the reverse is no proof.
    """
    planned = planned_profiles(state, vcenter)
    supply = _by_vgpu(_supply(inventories, index, catalog))
    holding = _holders(index)
    running = Counter(
        (profile, one.key in ours)
        for some in holding.values() for one in some for profile in _profiles(one)
    )  # fmt: skip
    groups: dict[tuple[bool, tuple[str, ...]], dict[str, int]] = {}
    for profile in sorted({*planned, *(name for name, _ in running)}):
        fitting = {board.accelerator.id: board.find(profile) for _, board in supply}
        shapes = {name: shape for name, shape in sorted(fitting.items()) if shape is not None}
        for shape in list(shapes.values())[:1]:
            group = groups.setdefault((shape.is_mig, tuple(shapes)), {})
            group[profile] = shape.framebuffer_mib
    for (by_mig, boards), sizes in sorted(groups.items()):
        # More of ours than planned is a rollout, whose old nodes make room again (F9).
        left = {name: planned[name] - running[name, True] for name in sizes}
        yield Pooled(
            profiles=tuple(name for name in sizes if planned[name]),
            needed_mib=max(0, sum(count * sizes[name] for name, count in left.items())),
            free_mib=sum(
                _free_mib(board, tuple(_on(gpu, holding)))
                for gpu, board in supply
                if board.accelerator.id in boards and (_mode(gpu) == MIG) is by_mig
            ),
            foreign=sum(running[name, False] for name in sizes),
        )


def _free_mib(board: Board, load: tuple[str, ...]) -> int:
    """Framebuffer that nothing holds; of a load that cannot be true nothing is."""
    layout = _layout(board, load)
    return 0 if layout == NOWHERE else board.free_mib(layout)


def _supply(
    inventories: Iterable[SiteInventory], index: Index, catalog: Catalog
) -> Iterator[tuple[Seen, Board]]:
    """The live GPUs that the sites state and nobody else holds, each with its board."""
    boards: dict[str, Board] = {}
    for inventory in inventories:
        for host in inventory.hosts:
            for gpu in host.gpus:
                key = f"{index.full_name(host.name)}/{(gpu.pci or '').lower()}"
                seen = index.objects.get(("gpu", key))
                if seen is not None and not gpu.held_by:
                    accelerator: Accelerator = catalog.accelerator(gpu.model)
                    board = boards.setdefault(accelerator.id, Board(accelerator))
                    yield seen, board


def _by_vgpu(supply: Iterable[tuple[Seen, Board]]) -> list[tuple[Seen, Board]]:
    """The GPUs that are not handed over whole."""
    return [(gpu, board) for gpu, board in supply if not gpu.fields.get("passthrough")]


def _holders(index: Index) -> dict[str, list[Seen]]:
    """VMs with a vGPU by name, as GPUs list them."""
    found: dict[str, list[Seen]] = {}
    for one in index.running():
        if one.fields.get("vgpus"):
            found.setdefault(one.key.rpartition("/")[2], []).append(one)
    return found


def _profiles(vm: Seen) -> tuple[str, ...]:
    return texts(vm.fields.get("vgpus"))


def _on(gpu: Seen, holding: Mapping[str, list[Seen]]) -> Iterator[str]:
    """The profiles that run on a GPU; a VM with several vGPUs has one on each of its GPUs."""
    for name in texts(gpu.fields.get("vms")):
        for vm in holding.get(name, ()):
            yield from _profiles(vm)[:1]


def _room(gpu: Seen, board: Board, load: tuple[str, ...], profile: str) -> Room:
    shape = board.find(profile)
    if shape is None:
        return Room(0, 0)
    layout = _layout(board, load)
    if layout == NOWHERE:
        return Room(0, 0)  # what cannot be true is not counted with
    size = shape.framebuffer_mib
    by_memory = board.free_mib(layout) // size
    mode = _mode(gpu)
    if shape.is_mig != (mode == MIG):
        return Room(0, by_memory)
    if mode in (MIG, MIXED):
        free = board.room(layout, board.shape(profile))
    elif set(load) <= {profile}:
        free = shape.alone - len(load)
    else:
        free = 0
    return Room(max(0, free), max(0, by_memory - max(0, free)))


def _layout(board: Board, load: tuple[str, ...]) -> int:
    """How a GPU is laid out by what runs on it; ``NOWHERE`` where that cannot be true."""
    layout = EMPTY
    for one in load:
        layout = board.join(layout, board.shape(one)) if board.find(one) else NOWHERE
        if layout == NOWHERE:
            return NOWHERE
    return layout


def _mode(gpu: Seen) -> Value:
    """The mode that a GPU is in, or will be with its first vGPU."""
    mode = gpu.fields.get("vgpu_mode")
    return gpu.fields.get("configured_vgpu_mode") if mode in (None, "", "none") else mode
