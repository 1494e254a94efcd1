"""The layout of a GPU by what runs on it already and may not be moved."""

from __future__ import annotations

from generator.placement.devices.geometry import Board
from generator.placement.devices.shapes import CLOSED, EMPTY, Fixed, Geometry, Mode
from generator.placement.hosts.stock import Gpu

MODE_OF_FACTS = {
    "mig": Mode.MIG,
    "mig-time-sliced": Mode.MIG_TIME_SLICED,
    "passthrough": Mode.PASSTHROUGH,
}
"""The mode of a GPU on which nothing runs; vSphere shares all others by time."""


def standing_layout(gpu: Gpu, board: Geometry | None) -> int:
    """The layout of what runs on a GPU that the plan may not move."""
    if gpu.held_by or board is None:
        return CLOSED
    others = [tenant for tenant in gpu.tenants if not tenant.ours]
    if not others:
        return EMPTY
    if not isinstance(board, Board):
        return CLOSED
    fixed: list[Fixed] = []
    for tenant in others:
        try:
            shape = board.shape(tenant.profile)
        except KeyError:
            return CLOSED  # a profile of another series, or one that the catalogue lacks
        fixed.append(Fixed(shape, -1 if tenant.start is None else tenant.start))
    mode = MODE_OF_FACTS.get(gpu.mode)
    if board.shapes[fixed[0].shape].is_mig:
        mode = mode if mode is not None and mode.is_mig else Mode.MIG
    elif gpu.mixed_size or (gpu.mixed_size is None and len({f.shape for f in fixed}) > 1):
        mode = Mode.MIXED_SIZE
    else:
        mode = Mode.SAME_SIZE
        fixed = [f._replace(start=-1) for f in fixed]
    return board.occupied(fixed, mode)
