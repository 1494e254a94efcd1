"""What more a GPU can carry beside what runs on it today, in the mode that it is set to.

vSphere tells which VMs are on a GPU and which profiles they have, but neither the placement ids of
mixed-size mode nor the slices of MIG. So every legal way in which they may sit is looked at, and
the answer is what fits in all of them (``least``) and what fits in the luckiest (``most``).

Sources: NVIDIA AI Enterprise vGPU user guide (same-size and mixed-size mode, placement ids), MIG
user guide (placements).
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence

from generator.placement.devices.geometry import Board
from generator.placement.devices.shapes import CLOSED, NO_START, PASSTHROUGH, Fixed, Mode
from generator.placement.hosts.standing import MODE_OF_FACTS
from generator.placement.hosts.stock import Gpu
from generator.record import Record, record

MOST_STATES = 2000
"""Ways to sit that are looked at; chosen, for the time that they take. Beyond them nothing is
promised, and framebuffer alone bounds what may fit."""


@record
class More(Record):
    """So many more vGPUs of a profile start for certain, and so many at most.

    ``PASSTHROUGH`` is the whole GPU by DirectPath.
    """

    profile: str
    least: int
    most: int


@record
class Beside(Record):
    """A GPU as it stands (framebuffer in MiB).

    The four figures add up to the GPU: ``free_mib`` can still be given to VMs for certain,
    ``uncertain_mib`` where the places are the luckiest that they may be, and ``stranded_mib`` in no
    case: no vGPU holds it, and no profile that starts in the GPU's mode fits in it. ``starts`` are
    the places of the tenants in the worst case, in their order; None where the mode has none, or
    where they may sit in too many ways.
    """

    mode: Mode
    used_mib: int
    free_mib: int
    uncertain_mib: int
    stranded_mib: int
    more: tuple[More, ...]
    starts: tuple[int | None, ...]


def mode_of(gpu: Gpu, board: Board) -> Mode:
    """The mode that a GPU is in: as the facts say, else as what runs on it needs.

    A time-sliced GPU of which nobody says more has the mode that vSphere gives it: same-size.
    """
    stated = MODE_OF_FACTS.get(gpu.mode)
    if stated is not None:
        return stated
    shapes = [board.find(tenant.profile) for tenant in gpu.tenants]
    if any(shape is not None and shape.is_mig for shape in shapes):
        return Mode.MIG
    several = len({tenant.profile for tenant in gpu.tenants}) > 1
    mixed = gpu.mixed_size or (gpu.mixed_size is None and several)
    return Mode.MIXED_SIZE if mixed else Mode.SAME_SIZE


def beside(gpu: Gpu, board: Board) -> Beside | None:
    """What a GPU has left; None where somebody has all of it, or runs what nobody can place.

    ``gpu`` is a device of the board's model. None is also the answer where its tenants are no legal
    state of the mode that it is said to be in.
    """
    shapes = [board.find(tenant.profile) for tenant in gpu.tenants]
    if gpu.held_by or None in shapes:
        return None
    mode = mode_of(gpu, board)
    seats = tuple(
        (board.shape(tenant.profile), tenant.start if _placed(mode) else NO_START)
        for tenant in gpu.tenants
    )
    states = ways(board, mode, seats)
    if states is not None and not states:
        return None
    used = sum(board.shapes[shape].framebuffer_mib for shape, _ in seats)
    left = max(0, board.total_mib - used)
    if states is None:
        return _unknown(board, mode, left, len(seats))
    layouts = [board.occupied(state, mode) for state in states]
    able = startable(board, mode)
    usable = [min(left, board.usable_mib(layout, able)) for layout in layouts]
    worst = min(range(len(layouts)), key=lambda n: (usable[n], n))
    return Beside(
        mode=mode,
        used_mib=board.total_mib - left,
        free_mib=usable[worst],
        uncertain_mib=max(usable) - usable[worst],
        stranded_mib=left - max(usable),
        more=tuple(_more(board, shape, layouts) for shape in able),
        starts=_starts(seats, states[worst]),
    )


def startable(board: Board, mode: Mode) -> tuple[int, ...]:
    """The shapes that start on a GPU in a mode, in the order of the catalogue."""
    if mode is Mode.PASSTHROUGH:
        return (board.shape(PASSTHROUGH),)
    return tuple(
        number
        for number, shape in enumerate(board.shapes)
        if shape.name != PASSTHROUGH and shape.is_mig == mode.is_mig
    )


_Seats = tuple[tuple[int, int | None], ...]
"""Shapes with their places; None where nobody says it."""
_State = tuple[Fixed, ...]


def ways(board: Board, mode: Mode, seats: _Seats) -> tuple[_State, ...] | None:
    """Every legal state of some vGPUs, sorted; None for more than ``MOST_STATES``.

    A place that is stated is kept. () where there is no legal state.
    """
    found: set[_State] = {()}
    # What is known first, then large before small: the fewest states on the way.
    turns = sorted(seats, key=lambda s: (s[1] is None, -board.shapes[s[0]].framebuffer_mib, s[0]))
    for shape, start in turns:
        after: set[_State] = set()
        for state in found:
            legal = board.legal_starts(state, mode, shape)
            starts = legal if start is None else [one for one in legal if one == start]
            after.update(tuple(sorted((*state, Fixed(shape, one)))) for one in starts)
            if len(after) > MOST_STATES:
                return None
        found = after
    return tuple(sorted(found))


def _placed(mode: Mode) -> bool:
    """Whether vGPUs have places in a mode."""
    return mode.is_mig or mode is Mode.MIXED_SIZE


def _more(board: Board, shape: int, layouts: Iterable[int]) -> More:
    rooms = [board.room(layout, shape) for layout in layouts if layout != CLOSED]
    return More(profile=board.shapes[shape].name, least=min(rooms), most=max(rooms))


def _unknown(board: Board, mode: Mode, left_mib: int, tenants: int) -> Beside:
    """A GPU whose tenants may sit in too many ways: framebuffer alone bounds what may fit."""
    able = [board.shapes[shape] for shape in startable(board, mode)]
    return Beside(
        mode=mode,
        used_mib=board.total_mib - left_mib,
        free_mib=0,
        uncertain_mib=left_mib,
        stranded_mib=0,
        more=tuple(
            More(
                profile=shape.name,
                least=0,
                most=min(shape.alone, left_mib // shape.framebuffer_mib),
            )
            for shape in able
        ),
        starts=(None,) * tenants,
    )


def _starts(seats: _Seats, state: Sequence[Fixed]) -> tuple[int | None, ...]:
    """The place of each vGPU in a state; those that are stated first take theirs."""
    free = list(state)
    found: dict[int, int | None] = {}
    for number in sorted(range(len(seats)), key=lambda n: (seats[n][1] is None, n)):
        shape, start = seats[number]
        at = next(one for one in free if one.shape == shape and start in (None, one.start))
        free.remove(at)
        found[number] = None if at.start == NO_START else at.start
    return tuple(found[number] for number in range(len(seats)))
