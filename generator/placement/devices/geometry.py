"""What one GPU can carry: the modes and places of NVIDIA's boards as one small machine.

A *layout* is what stands on a GPU: vGPUs that run already at places that nobody may change, and
vGPUs that the plan puts there, whose places are still free to choose. Layouts are numbered, and
every question about one is answered once, so that a thousand equal GPUs cost what one does.

Sources: NVIDIA AI Enterprise vGPU user guide (same-size and mixed-size mode, placement ids), MIG
user guide (placements), accelerators reference sections 3 and 4.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from typing import NamedTuple

from generator.catalog.accelerator import Accelerator
from generator.catalog.vgpu import VgpuProfile
from generator.placement.devices.instances import Seated
from generator.placement.devices.places import Places, span
from generator.placement.devices.shapes import (
    CLOSED,
    EMPTY,
    NO_START,
    NOWHERE,
    PASSTHROUGH,
    Fixed,
    Mode,
    Seat,
    Shape,
    shape_of,
)


class _Key(NamedTuple):
    lock: Mode | None
    fixed: tuple[Fixed, ...]
    planned: tuple[int, ...]


class _Settled(NamedTuple):
    mode: Mode
    starts: tuple[int, ...]


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
            *(shape_of(p, accelerator) for p in accelerator.profiles if _wanted(p, wanted)),
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
        self._seats: dict[int, tuple[Seat, ...]] = {}
        self._usable: dict[tuple[int, tuple[int, ...]], int] = {}
        self._free_places = Places()

    def shape(self, name: str) -> int:
        """The number of a profile, or of ``PASSTHROUGH``; KeyError for another board's."""
        return self._by_name[name]

    def find(self, name: str) -> Shape | None:
        """What a profile of that name takes, None for another board's."""
        return self.shapes[self._by_name[name]] if name in self._by_name else None

    def occupied(self, running: Sequence[Fixed], mode: Mode) -> int:
        """The layout of a GPU on which vGPUs run; ``CLOSED`` where the facts are no legal state.

        What cannot be true is not planned with: nothing joins such a GPU.
        """
        layout = self._known(_Key(mode, tuple(sorted(running)), ()))
        return CLOSED if layout == NOWHERE else layout

    def legal_starts(self, running: Sequence[Fixed], mode: Mode, shape: int) -> tuple[int, ...]:
        """Every place where the host's manager may put one vGPU more beside what runs in a mode.

        ``NO_START`` is the one place of a mode that has none; () where it cannot be put.
        """
        new = self.shapes[shape]
        if new.is_mig != mode.is_mig or (new.name == PASSTHROUGH) != (mode is Mode.PASSTHROUGH):
            return ()
        placed = mode.is_mig or mode is Mode.MIXED_SIZE
        return tuple(
            start
            for start in (new.starts if placed else (NO_START,))
            if sum(one == Fixed(shape, start) for one in running)
            < (new.per_instance if placed else new.alone)
            and self._known(_Key(mode, tuple(sorted((*running, Fixed(shape, start)))), ()))
            != NOWHERE
        )

    def pin(self, layout: int, shape: int, start: int, mode: Mode) -> int:
        """The layout after one more vGPU at a place that it keeps, ``NOWHERE`` where it cannot be.

        From then on the GPU stays in the mode, as one that something runs on does.
        """
        key = self._keys[layout]
        lock = key.lock or mode
        same = lock is mode or (lock.is_mig and mode.is_mig)
        if layout == CLOSED or key.planned or not same:
            return NOWHERE
        fixed = tuple(sorted((*key.fixed, Fixed(shape, start))))
        return self._known(_Key(mode, fixed, ()))

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
            most, free = 0, self.free_mib(layout)
            for shape in sorted(catalogue, key=lambda n: -self.shapes[n].framebuffer_mib):
                after = self.join(layout, shape) if most < free else NOWHERE
                if after != NOWHERE:
                    size = self.shapes[shape].framebuffer_mib
                    most = max(most, size + self.usable_mib(after, catalogue))
            self._usable[at] = most
        return self._usable[at]

    def standing(self, layout: int) -> int:
        """The layout once all that is planned runs at its place, from where nothing moves it."""
        if layout in (EMPTY, CLOSED):
            return layout
        seats = [Fixed(seat.shape, seat.start) for seat in self.seats(layout)]
        return self.occupied(seats, self.mode(layout))

    def mode(self, layout: int) -> Mode:
        """The mode that the layout needs; the plainest where several would do."""
        return self._settled[layout].mode

    def setting(self, layout: int) -> Mode:
        """What must be set by hand on the host for the layout: MIG, mixed-size or neither."""
        mode = self._settled[layout].mode
        by_hand = mode.is_mig or mode is Mode.MIXED_SIZE
        return (Mode.MIG if mode.is_mig else mode) if by_hand else Mode.SAME_SIZE

    def seats(self, layout: int) -> tuple[Seat, ...]:
        """Every vGPU of a layout with its place, what runs first and large before small."""
        found = self._seats.get(layout)
        if found is None:
            key, settled = self._keys[layout], self._settled[layout]
            running = [Seat(f.shape, f.start, runs=True) for f in key.fixed]
            planned = zip(self._by_size(key.planned), settled.starts, strict=True)
            running.extend(Seat(shape, start, runs=False) for shape, start in planned)
            found = self._seats[layout] = tuple(running)
        return found

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
        seated = Seated(self.shapes, key.fixed, self._by_size(key.planned))
        kinds = seated.instances
        compute = sum(self.shapes[n].compute_slices * count for n, count in kinds.items())
        many = any(count > self.shapes[n].at_most for n, count in kinds.items())
        if many or compute > mig.compute_slices or sum(kinds.values()) > mig.max_instances:
            return None
        standing = tuple(Fixed(n, start) for n, start in seated.standing)
        starts = self._places(standing, seated.made)
        return None if starts is None else _Settled(mode, seated.starts(starts))

    def _places(self, fixed: Sequence[Fixed], wanted: Sequence[int]) -> tuple[int, ...] | None:
        """A place for each wanted shape beside the fixed ones, or None."""
        taken = 0
        for running in fixed:
            units = span(self.shapes[running.shape].size, max(0, running.start))
            if running.start < 0 or taken & units:
                return None
            taken |= units
        pieces = ((self.shapes[n].size, self.shapes[n].starts) for n in wanted)
        return self._free_places.of(taken, pieces)


def _wanted(profile: VgpuProfile, wanted: frozenset[str] | None) -> bool:
    return wanted is None or profile.name in wanted
