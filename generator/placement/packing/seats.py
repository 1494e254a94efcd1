"""Which VM sits where on a GPU, and what each GPU becomes.

Packing decides which vGPUs share a GPU; their places follow from the layout as a whole.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from typing import NamedTuple

from generator.placement.devices.geometry import Board
from generator.placement.devices.shapes import CLOSED, NO_START, Geometry, Mode
from generator.placement.hosts.ask import Ask, Spot
from generator.placement.hosts.stock import Gpu
from generator.placement.packing.packing import Packing
from generator.placement.plan import GpuPlan, Placed, Standing

Place = tuple[int, int]
"""A GPU: its host's order and its index."""


def starts(packing: Packing, vms: Sequence[tuple[Ask, Spot]]) -> list[int]:
    """The place of each VM's vGPU on its GPU, in the order of ``vms``; -1 where it has none."""
    free: dict[Place, dict[tuple[int, tuple[int, ...]], list[int]]] = {}
    found = list[int]()
    for ask, spot in vms:
        if len(spot.gpus) != 1:
            found.append(NO_START)
            continue
        place = spot.order, spot.gpus[0]
        if place not in free:
            free[place] = packing.rooms[spot.order].starts(spot.gpus[0])
        found.append(free[place][ask.shape, ask.slots].pop(0))
    return found


class _Outlook(NamedTuple):
    """What becomes of a GPU, whichever of its model it is."""

    mode: Mode
    free_mib: int
    stranded_mib: int


def gpu_plans(
    packing: Packing, placed: Sequence[Placed], catalogue: Mapping[str, tuple[int, ...]]
) -> Iterator[GpuPlan]:
    """Every GPU with its contents; ``catalogue`` are the shapes that the plan uses, by model."""
    by_gpu: dict[tuple[str, str], list[Placed]] = {}
    for spot in placed:
        for name in spot.gpus:
            by_gpu.setdefault((spot.site, name), []).append(spot)
    known: dict[tuple[str, tuple[int, ...]], _Outlook] = {}
    for room in packing.rooms:
        for index, gpu in enumerate(room.host.gpus):
            board, layouts = room.boards[index], room.layouts[index]
            outlook = known.get((gpu.model, layouts))
            if outlook is None:
                outlook = _outlook(board, layouts, catalogue.get(gpu.model, ()))
                known[gpu.model, layouts] = outlook
            yield GpuPlan(
                site=room.host.site,
                host=room.host.name,
                name=gpu.name,
                model=gpu.model,
                today=gpu.mode,
                mode=outlook.mode,
                held_by=gpu.held_by or ("unknown" if CLOSED in layouts else ""),
                framebuffer_mib=board.total_mib if board else 0,
                free_mib=outlook.free_mib,
                stranded_mib=outlook.stranded_mib,
                standing=(
                    *_tenants(gpu),
                    *(_standing(spot) for spot in by_gpu.get((room.host.site, gpu.name), ())),
                ),
            )


def _outlook(
    board: Geometry | None, layouts: tuple[int, ...], catalogue: tuple[int, ...]
) -> _Outlook:
    """Mode, free and stranded framebuffer, in the worst slot of the week."""
    if board is None:
        return _Outlook(Mode.EMPTY, 0, 0)
    free = min(board.free_mib(layout) for layout in layouts)
    if not isinstance(board, Board):
        return _Outlook(Mode.EMPTY, free, 0)
    modes = sorted({board.mode(layout) for layout in layouts} - {Mode.EMPTY})
    if not modes:
        return _Outlook(Mode.EMPTY, free, 0)
    usable = 0
    if catalogue:
        running = [board.standing(layout) for layout in layouts]
        usable = min(board.usable_mib(layout, catalogue) for layout in running)
    return _Outlook(modes[0], free, free - usable if catalogue else 0)


def _tenants(gpu: Gpu) -> Iterator[Standing]:
    for tenant in gpu.tenants:
        if not tenant.ours:
            yield Standing(
                demand="",
                environment="",
                vm=tenant.vm,
                profile=tenant.profile,
                start=NO_START if tenant.start is None else tenant.start,
                runs=True,
            )


def _standing(spot: Placed) -> Standing:
    return Standing(
        demand=spot.demand,
        environment=spot.environment,
        vm=f"{spot.demand}-{spot.index}",
        profile=spot.profile,
        start=spot.start,
        runs=False,
    )
