"""One GPU of a plan cut into what stands where, what is free, and what nothing can use any more."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Iterator, Sequence
from itertools import cycle, pairwise
from typing import NamedTuple

from generator.catalog.accelerator import Accelerator
from generator.catalog.mig import MigProfile
from generator.catalog.vgpu import VgpuProfile
from generator.placement.devices.shapes import Mode
from generator.placement.devices.stranding import board_gb
from generator.placement.plan import GpuPlan, Standing

FREE = "free"
STRANDED = "stranded"
RESERVED = "reserved"
HELD = "held"
PLANNED = "planned"
RUNNING = "running"

Span = tuple[int, int]
"""First unit and the unit after the last."""


class Slice(NamedTuple):
    """A part of a GPU in its units. ``kind`` is one of the words above.

    ``standing`` are the vGPUs there: several where they take turns, in the week or on a MIG
    instance.
    """

    kind: str
    start: int
    size: int
    standing: tuple[Standing, ...] = ()


class SlicedGpu(NamedTuple):
    """A GPU from its first unit to its last, without gaps.

    ``unit`` says what a unit is: ``GB`` as in profile names, or a ``placement unit`` of MIG.
    """

    units: int
    unit: str
    slices: tuple[Slice, ...]


def sliced(
    gpu: GpuPlan,
    accelerator: Accelerator | None,
    catalogue: Collection[str] = (),
    reserved: Iterable[Span] = (),
) -> SlicedGpu:
    """Cuts a GPU. ``catalogue`` are the profiles of the plan; what none of them fits is stranded.

    ``reserved`` are spans that are kept free for a failure, in the GPU's units.
    """
    units, unit = _units(gpu, accelerator)
    if gpu.held_by:
        return SlicedGpu(units, unit, (Slice(HELD, 0, units, gpu.standing),))
    spans = _spans(gpu, accelerator, units)
    taken = list(zip(spans, gpu.standing, strict=True))
    cells = _cells(units, taken, list(reserved))
    free = _usable(gpu, accelerator, catalogue, cells)
    kinds = [
        (kind, here) if kind != FREE or free[n] else (STRANDED, here)
        for n, (kind, here) in enumerate(cells)
    ]
    return SlicedGpu(units, unit, tuple(_merged(kinds)))


def kept_spans(
    gpu: GpuPlan, accelerator: Accelerator, places: Iterable[tuple[str, int]]
) -> tuple[Span, ...]:
    """The spans on which VMs would start after a failure, in the GPU's units.

    ``places`` are their profiles and places: -1 where the mode has none, then they stand behind
    what stands there, each size counted alone; "" is the whole GPU by DirectPath.
    """
    units, _ = _units(gpu, accelerator)
    taken = _spans(gpu, accelerator, units)
    behind: dict[int, Iterator[int]] = {}
    found: set[Span] = set()
    for name, start in places:
        profile = _profile(accelerator, name)
        mode = Mode.MIG if profile is not None and profile.is_mig else gpu.mode
        size = _size(profile, accelerator, mode, units)
        first = start
        if mode.is_mig and not gpu.mode.is_mig and accelerator.mig is not None:
            # An empty GPU that is set to MIG is drawn in GB.
            first = start * units // accelerator.mig.placement_units
            size = size * units // accelerator.mig.placement_units
        elif start < 0:
            first = next(behind.setdefault(size, cycle(_gaps(size, units, taken))))
        found.add((first, min(units, first + size)))
    return tuple(sorted(found))


def kept_mib(gpu: GpuPlan, accelerator: Accelerator, places: Collection[tuple[str, int]]) -> int:
    """The framebuffer in MiB that ``kept_spans`` cover together.

    A turn on a MIG instance that is there already keeps what the vGPU takes of it.
    """
    units, _ = _units(gpu, accelerator)
    taken = {n for start, end in _spans(gpu, accelerator, units) for n in range(start, end)}
    spans = kept_spans(gpu, accelerator, places)
    free = {n for start, end in spans for n in range(start, end)} - taken
    turns = sum(
        profile.framebuffer_mib
        for name, start in set(places)
        if (profile := _profile(accelerator, name)) and profile.is_mig and start in taken
    )
    return gpu.framebuffer_mib * len(free) // units + turns


def _units(gpu: GpuPlan, accelerator: Accelerator | None) -> tuple[int, str]:
    """How many units a GPU is cut into, and what one is."""
    mig = accelerator.mig if accelerator else None
    if accelerator is None or not board_gb(accelerator):
        return max(1, gpu.framebuffer_mib >> 10), "GB"
    if gpu.mode.is_mig and mig is not None:
        return mig.placement_units, "placement unit"
    return board_gb(accelerator), "GB"


_Cell = tuple[str, tuple[Standing, ...]]


def _cells(units: int, taken: Sequence[tuple[Span, Standing]], kept: Sequence[Span]) -> list[_Cell]:
    """What each unit is; between two edges it is the same."""
    edges = {0, units, *(edge for span, _ in taken for edge in span)}
    edges |= {min(units, edge) for span in kept for edge in span}
    cells: list[_Cell] = []
    for start, end in pairwise(sorted(edges)):
        cells += [_cell(start, taken, kept)] * (end - start)
    return cells


def _cell(n: int, taken: Sequence[tuple[Span, Standing]], kept: Sequence[Span]) -> _Cell:
    here = tuple(one for (start, end), one in taken if start <= n < end)
    if here:
        return (RUNNING if all(one.runs for one in here) else PLANNED), here
    return (RESERVED if any(start <= n < end for start, end in kept) else FREE), ()


def _merged(cells: Sequence[_Cell]) -> Iterable[Slice]:
    """Neighbouring units of the same kind and contents as one slice."""
    start = 0
    for n in range(1, len(cells) + 1):
        if n == len(cells) or cells[n] != cells[start]:
            kind, here = cells[start]
            yield Slice(kind, start, n - start, here)
            start = n


def _spans(gpu: GpuPlan, accelerator: Accelerator | None, units: int) -> list[Span]:
    """Where each vGPU of the GPU is; side by side in the order of the plan where it has no place.

    vGPUs that take turns in the week may be more than fit at once: they share places then.
    """
    sizes = [
        _size(_profile(accelerator, one.profile), accelerator, gpu.mode, units)
        for one in gpu.standing
    ]
    known = [
        (one.start, min(units, one.start + size))
        for one, size in zip(gpu.standing, sizes, strict=True)
        if one.start >= 0
    ]
    turns: dict[int, Iterator[int]] = {}
    found: list[Span] = []
    for one, size in zip(gpu.standing, sizes, strict=True):
        start = one.start
        if start < 0:
            start = next(turns.setdefault(size, cycle(_gaps(size, units, known))))
        found.append((start, min(units, start + size)))
    return found


def _gaps(size: int, units: int, known: Sequence[Span]) -> list[int]:
    """The starts of places side by side that nothing of known place is on; 0 if there is none."""
    starts = range(0, units - size + 1, size)
    return [s for s in starts if not any(a < s + size and s < b for a, b in known)] or [0]


def _profile(accelerator: Accelerator | None, name: str) -> VgpuProfile | None:
    profiles = accelerator.profiles if accelerator else ()
    return next((profile for profile in profiles if profile.name == name), None)


def _size(
    profile: VgpuProfile | None, accelerator: Accelerator | None, mode: Mode, units: int
) -> int:
    if profile is None or accelerator is None:
        return units
    if mode.is_mig and accelerator.mig is not None and profile.is_mig:
        return _instance(profile, accelerator).size
    return profile.size_gb


def _instance(profile: VgpuProfile, accelerator: Accelerator) -> MigProfile:
    assert accelerator.mig is not None
    return accelerator.mig.profile(str(profile.mig_profile))


def _usable(
    gpu: GpuPlan,
    accelerator: Accelerator | None,
    catalogue: Collection[str],
    cells: Sequence[_Cell],
) -> list[bool]:
    """Which units a further vGPU of the catalogue could take, as many of them as possible."""
    open_units = [kind in (FREE, RESERVED) for kind, _ in cells]
    if accelerator is None or gpu.mode in (Mode.EMPTY, Mode.PASSTHROUGH):
        return open_units
    known = [p for p in accelerator.profiles if p.name in catalogue]
    if gpu.mode.is_mig:
        members = [_instance(p, accelerator) for p in known if p.is_mig]
        budget = accelerator.mig.compute_slices if accelerator.mig else 0
        stand = {(s.profile, s.start) for s in gpu.standing}
        for name, _ in sorted(stand):
            profile = _profile(accelerator, name)
            budget -= (profile.compute_slices or 0) if profile else 0
        places = [(s, s + m.size, m.compute_slices) for m in members for s in m.starts]
    elif gpu.mode is Mode.MIXED_SIZE:
        budget = 0
        chosen = [p for p in known if not p.is_mig]
        places = [(s, s + p.size_gb, 0) for p in chosen for s in p.placement_ids]
    else:
        return _same_size(gpu, accelerator, open_units)
    fitting = sorted(p for p in set(places) if all(open_units[p[0] : p[1]]))
    covered = _cover(tuple(fitting), 0, budget)
    return [any(start <= n < end for start, end in covered) for n in range(len(cells))]


def _same_size(gpu: GpuPlan, accelerator: Accelerator, open_units: Sequence[bool]) -> list[bool]:
    """The first size locks the GPU: what is behind its last place is lost."""
    profile = _profile(accelerator, gpu.standing[0].profile) if gpu.standing else None
    if profile is None:
        return list(open_units)
    usable = profile.max_per_gpu * profile.size_gb
    return [free and n < usable for n, free in enumerate(open_units)]


def _cover(places: tuple[tuple[int, int, int], ...], end: int, budget: int) -> tuple[Span, ...]:
    """The places that take most units, without overlap and within the compute slices."""
    best: dict[tuple[int, int], tuple[int, tuple[Span, ...]]] = {}

    def most(end: int, budget: int) -> tuple[int, tuple[Span, ...]]:
        at = (end, budget)
        if at not in best:
            found: tuple[int, tuple[Span, ...]] = (0, ())
            for start, stop, compute in places:
                if start >= end and compute <= budget:
                    units, rest = most(stop, budget - compute)
                    if units + stop - start > found[0]:
                        found = (units + stop - start, ((start, stop), *rest))
            best[at] = found
        return best[at]

    return most(end, budget)[1]
