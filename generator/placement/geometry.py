"""What one GPU can carry: the modes and places of NVIDIA's boards as one small machine.

A *layout* is what stands on a GPU: vGPUs that run already at places that nobody may change, and
vGPUs that the plan puts there, whose places are still free to choose. Layouts are numbered, and
every question about one is answered once, so that a thousand equal GPUs cost what one does.

Sources: NVIDIA AI Enterprise vGPU user guide (same-size and mixed-size mode, placement ids), MIG
user guide (placements), accelerators reference sections 3 and 4.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from enum import StrEnum
from typing import NamedTuple, Protocol

from generator.catalog.accelerator import Accelerator
from generator.catalog.vgpu import VgpuProfile

NO_START = -1
"""The place of a vGPU in a mode that has none."""

EMPTY = 0
CLOSED = 1
NOWHERE = -1
"""The layouts of an empty GPU, of one that nothing may join, and the answer "cannot join"."""

PASSTHROUGH = "passthrough"


class Mode(StrEnum):
    """The state of a GPU. Leaving one for another needs the GPU empty."""

    EMPTY = "empty"
    PASSTHROUGH = "passthrough"
    SAME_SIZE = "same-size"
    MIXED_SIZE = "mixed-size"
    MIG = "mig"
    MIG_TIME_SLICED = "mig-time-sliced"

    @property
    def is_mig(self) -> bool:
        """Whether the host must have MIG enabled on the GPU."""
        return self in (Mode.MIG, Mode.MIG_TIME_SLICED)


class Geometry(Protocol):
    """What packing asks of a device, whatever it is."""

    total_mib: int

    def join(self, layout: int, shape: int) -> int:
        """The layout after one more vGPU of a shape, ``NOWHERE`` where it cannot join."""

    def leave(self, layout: int, shape: int) -> int:
        """The layout after a planned vGPU of a shape has gone."""

    def room(self, layout: int, shape: int) -> int:
        """How many more vGPUs of a shape can join."""

    def free_mib(self, layout: int) -> int:
        """The framebuffer that no vGPU holds, in MiB, usable or not."""

    def is_mig(self, layout: int) -> bool:
        """Whether the layout needs MIG enabled."""


class Shape(NamedTuple):
    """What a vGPU profile takes of its board.

    ``alone`` is the count of a GPU that carries nothing else. ``starts`` and ``size`` are places in
    the units of the board: placement ids of mixed-size mode, or memory slices of a MIG instance, on
    which ``per_instance`` vGPUs may share their time. ``at_most`` bounds instances of the kind.
    """

    name: str
    is_mig: bool
    framebuffer_mib: int
    alone: int
    starts: tuple[int, ...]
    size: int
    compute_slices: int = 0
    per_instance: int = 1
    at_most: int = 0


class Fixed(NamedTuple):
    """A vGPU that runs already: its shape and place."""

    shape: int
    start: int


class Seat(NamedTuple):
    """A vGPU of a layout: its shape, its place, and whether it runs there already."""

    shape: int
    start: int
    runs: bool


class _Key(NamedTuple):
    lock: Mode | None
    fixed: tuple[Fixed, ...]
    planned: tuple[int, ...]


class _Settled(NamedTuple):
    mode: Mode
    starts: tuple[int, ...]


_ITEMS = tuple[tuple[int, tuple[int, ...]], ...]


class Board:
    """The layouts of one GPU model. ``mixed_size`` says whether this vSphere has that mode.

    The last shape is the whole GPU by DirectPath; all others are the vGPU profiles in the order of
    the catalogue. ``kinds`` bounds the profiles by name (None: all).
    """

    def __init__(
        self,
        accelerator: Accelerator,
        *,
        mixed_size: bool = True,
        kinds: Iterable[str] | None = None,
    ) -> None:
        self.accelerator = accelerator
        self.total_mib = accelerator.framebuffer_mib
        self._mixed = mixed_size and bool(accelerator.mixed_size)
        wanted = None if kinds is None else frozenset(kinds)
        self.shapes = (
            *(_shape(p, accelerator) for p in accelerator.profiles if _wanted(p, wanted)),
            Shape(
                PASSTHROUGH,
                is_mig=False,
                framebuffer_mib=self.total_mib,
                alone=1,
                starts=(),
                size=0,
            ),
        )
        self._by_name = {shape.name: n for n, shape in enumerate(self.shapes)}
        nothing = _Key(None, (), ())
        self._keys: list[_Key] = [nothing, nothing]
        self._settled: list[_Settled] = [_Settled(Mode.EMPTY, ())] * 2
        self._ids = {nothing: EMPTY}
        self._joins: dict[int, int] = {}
        self._rooms: dict[int, int] = {}
        self._free: dict[int, int] = {}
        self._usable: dict[tuple[int, tuple[int, ...]], int] = {}
        self._solved: dict[tuple[int, _ITEMS], tuple[int, ...] | None] = {}

    def shape(self, name: str) -> int:
        """The number of a profile, or of ``PASSTHROUGH``; KeyError for another board's."""
        return self._by_name[name]

    def occupied(self, running: Sequence[Fixed], mode: Mode) -> int:
        """The layout of a GPU on which vGPUs run; ``CLOSED`` where the facts are no legal state.

        What cannot be true is not planned with: nothing joins such a GPU.
        """
        layout = self._known(_Key(mode, tuple(sorted(running)), ()))
        return CLOSED if layout == NOWHERE else layout

    def join(self, layout: int, shape: int) -> int:
        """The layout after one more vGPU of a shape, ``NOWHERE`` where it cannot join."""
        at = layout * len(self.shapes) + shape
        found = self._joins.get(at)
        if found is None:
            found = self._joins[at] = NOWHERE if layout == CLOSED else self._joined(layout, shape)
        return found

    def _joined(self, layout: int, shape: int) -> int:
        key = self._keys[layout]
        return self._known(key._replace(planned=tuple(sorted((*key.planned, shape)))))

    def leave(self, layout: int, shape: int) -> int:
        """The layout after a planned vGPU of a shape has gone; ValueError where there is none."""
        key = self._keys[layout]
        rest = list(key.planned)
        rest.remove(shape)
        return self._known(key._replace(planned=tuple(rest)))

    def room(self, layout: int, shape: int) -> int:
        """How many more vGPUs of a shape can join."""
        at = layout * len(self.shapes) + shape
        found = self._rooms.get(at)
        if found is None:
            after = self.join(layout, shape)
            found = self._rooms[at] = 0 if after == NOWHERE else 1 + self.room(after, shape)
        return found

    def free_mib(self, layout: int) -> int:
        """The framebuffer that no vGPU holds, in MiB, usable or not."""
        found = self._free.get(layout)
        if found is None:
            found = self._free[layout] = self._free_mib(layout)
        return found

    def _free_mib(self, layout: int) -> int:
        if layout == CLOSED:
            return 0
        key = self._keys[layout]
        taken = sum(self.shapes[f.shape].framebuffer_mib for f in key.fixed)
        return self.total_mib - taken - sum(self.shapes[s].framebuffer_mib for s in key.planned)

    def usable_mib(self, layout: int, catalogue: tuple[int, ...]) -> int:
        """The most framebuffer that vGPUs of some shapes can still take, in MiB."""
        at = (layout, catalogue)
        if at not in self._usable:
            self._usable[at] = max(
                (
                    self.shapes[shape].framebuffer_mib + self.usable_mib(after, catalogue)
                    for shape in catalogue
                    if (after := self.join(layout, shape)) != NOWHERE
                ),
                default=0,
            )
        return self._usable[at]

    def mode(self, layout: int) -> Mode:
        """The mode that the layout needs; the plainest where several would do."""
        return self._settled[layout].mode

    def is_mig(self, layout: int) -> bool:
        """Whether the layout needs MIG enabled."""
        return self._settled[layout].mode.is_mig

    def seats(self, layout: int) -> tuple[Seat, ...]:
        """Every vGPU of a layout with its place, what runs first and large before small."""
        key, settled = self._keys[layout], self._settled[layout]
        running = tuple(Seat(f.shape, f.start, runs=True) for f in key.fixed)
        planned = zip(self._by_size(key.planned), settled.starts, strict=True)
        return (*running, *(Seat(shape, start, runs=False) for shape, start in planned))

    def _by_size(self, planned: Sequence[int]) -> list[int]:
        return sorted(planned, key=lambda n: (-self.shapes[n].size, self.shapes[n].alone, n))

    def _known(self, key: _Key) -> int:
        found = self._ids.get(key)
        if found is None:
            settled = self._settle(key)
            found = NOWHERE
            if settled is not None:
                found = len(self._keys)
                self._keys.append(key)
                self._settled.append(settled)
            self._ids[key] = found
        return found

    def _settle(self, key: _Key) -> _Settled | None:
        """The mode of a layout and the places of what is planned, or None where it cannot be."""
        all_shapes = [self.shapes[n] for n in (*(f.shape for f in key.fixed), *key.planned)]
        if not all_shapes:
            return _Settled(key.lock or Mode.EMPTY, ())
        if any(shape.name == PASSTHROUGH for shape in all_shapes):
            single = len(all_shapes) == 1 and key.lock in (None, Mode.PASSTHROUGH)
            return _Settled(Mode.PASSTHROUGH, (NO_START,) * len(key.planned)) if single else None
        if all(shape.is_mig for shape in all_shapes):
            return self._settle_mig(key, all_shapes)
        if any(shape.is_mig for shape in all_shapes):
            return None
        sizes = {shape.framebuffer_mib for shape in all_shapes}
        alone = min(shape.alone for shape in all_shapes)
        if len(sizes) == 1 and key.lock in (None, Mode.SAME_SIZE) and len(all_shapes) <= alone:
            return _Settled(Mode.SAME_SIZE, (NO_START,) * len(key.planned))
        if not self._mixed or key.lock not in (None, Mode.MIXED_SIZE):
            return None
        starts = self._places(key.fixed, self._by_size(key.planned))
        return None if starts is None else _Settled(Mode.MIXED_SIZE, starts)

    def _settle_mig(self, key: _Key, all_shapes: Sequence[Shape]) -> _Settled | None:
        mig = self.accelerator.mig
        shared = any(shape.per_instance > 1 for shape in all_shapes)
        mode = Mode.MIG_TIME_SLICED if shared else Mode.MIG
        if mig is None or key.lock not in (None, Mode.MIG, Mode.MIG_TIME_SLICED):
            return None
        seated = _Seated(self.shapes, key.fixed, self._by_size(key.planned))
        kinds = seated.instances
        compute = sum(self.shapes[n].compute_slices * count for n, count in kinds.items())
        many = any(count > self.shapes[n].at_most for n, count in kinds.items())
        if many or compute > mig.compute_slices or sum(kinds.values()) > mig.max_instances:
            return None
        standing = tuple(Fixed(n, start) for n, start in seated.standing)
        starts = self._places(standing, seated.made)
        return None if starts is None else _Settled(mode, seated.starts(starts))

    def _places(self, fixed: Sequence[Fixed], wanted: Sequence[int]) -> tuple[int, ...] | None:
        """A place for each wanted shape beside the fixed ones, or None.

        High places are tried first: that is how Hopper puts a 3g at slice 4 and keeps 0 for a 4g.
        """
        mask = 0
        for running in fixed:
            span = ((1 << self.shapes[running.shape].size) - 1) << max(0, running.start)
            if running.start < 0 or mask & span:
                return None
            mask |= span
        items = tuple((self.shapes[n].size, self.shapes[n].starts) for n in wanted)
        return self._solve(mask, items)

    def _solve(self, mask: int, items: _ITEMS) -> tuple[int, ...] | None:
        if not items:
            return ()
        at = (mask, items)
        if at not in self._solved:
            self._solved[at] = self._search(mask, items)
        return self._solved[at]

    def _search(self, mask: int, items: _ITEMS) -> tuple[int, ...] | None:
        size, starts = items[0]
        for start in reversed(starts):
            span = ((1 << size) - 1) << start
            if not mask & span:
                rest = self._solve(mask | span, items[1:])
                if rest is not None:
                    return (start, *rest)
        return None


class _Seated:
    """MIG vGPUs on their instances: those that share one sit together before a new one is made.

    ``instances`` counts by shape all that stand and all that must be made, ``standing`` are the
    places of the former, ``made`` the shapes of the latter.
    """

    def __init__(self, shapes: Sequence[Shape], fixed: Sequence[Fixed], planned: list[int]) -> None:
        self._planned = planned
        self.standing = sorted(set(fixed))
        taken = {place: sum(1 for f in fixed if f == place) for place in self.standing}
        self._seats: list[int] = []  # per planned vGPU: an index into standing, then into made
        self.made: list[int] = []
        free: dict[int, list[int]] = {}
        for n, place in enumerate(self.standing):
            free.setdefault(place.shape, []).extend(
                [n] * (shapes[place.shape].per_instance - taken[place])
            )
        for shape in planned:
            if not free.get(shape):
                at = len(self.standing) + len(self.made)
                self.made.append(shape)
                free[shape] = [at] * shapes[shape].per_instance
            self._seats.append(free[shape].pop(0))
        self.instances: dict[int, int] = {}
        for shape in (*(place.shape for place in self.standing), *self.made):
            self.instances[shape] = self.instances.get(shape, 0) + 1

    def starts(self, made: Sequence[int]) -> tuple[int, ...]:
        """The start of each planned vGPU, once those of the new instances are known."""
        places = (*(place.start for place in self.standing), *made)
        return tuple(places[seat] for seat in self._seats)


class AnyStart:
    """A device whose capacity is one number of units, of which any piece fits anywhere.

    Schedulers that share a GPU in thousandths without geometry are such a device; the layout is the
    number of units taken, shifted past ``CLOSED``. ``sizes`` are the pieces by shape.
    """

    def __init__(self, total: int, sizes: Sequence[int]) -> None:
        self.total_mib = total
        self.sizes = tuple(sizes)

    def join(self, layout: int, shape: int) -> int:
        """The layout after one more piece, ``NOWHERE`` where it is too large."""
        taken = self.total_mib - self.free_mib(layout) + self.sizes[shape]
        return NOWHERE if taken > self.total_mib else (taken + 1 if taken else EMPTY)

    def leave(self, layout: int, shape: int) -> int:
        """The layout after a piece has gone."""
        taken = self.total_mib - self.free_mib(layout) - self.sizes[shape]
        return taken + 1 if taken else EMPTY

    def room(self, layout: int, shape: int) -> int:
        """How many more pieces of a shape fit."""
        return self.free_mib(layout) // self.sizes[shape] if self.sizes[shape] else 0

    def free_mib(self, layout: int) -> int:
        """The units that are free."""
        if layout == CLOSED:
            return 0
        return self.total_mib - (layout - 1 if layout else 0)

    def is_mig(self, layout: int) -> bool:  # noqa: ARG002 - the protocol's question
        """Never: there is no such mode here."""
        return False


def _wanted(profile: VgpuProfile, wanted: frozenset[str] | None) -> bool:
    return wanted is None or profile.name in wanted


def _shape(profile: VgpuProfile, accelerator: Accelerator) -> Shape:
    if profile.is_mig:
        assert accelerator.mig is not None
        instance = accelerator.mig.profile(str(profile.mig_profile))
        return Shape(
            name=profile.name,
            is_mig=True,
            framebuffer_mib=profile.framebuffer_mib,
            alone=profile.max_per_gpu,
            starts=instance.starts,
            size=instance.size,
            compute_slices=instance.compute_slices,
            per_instance=max(1, profile.max_per_gpu // instance.max_instances),
            at_most=instance.max_instances,
        )
    return Shape(
        name=profile.name,
        is_mig=False,
        framebuffer_mib=profile.framebuffer_mib,
        alone=profile.max_per_gpu,
        starts=profile.placement_ids,
        size=profile.size_gb,
    )
