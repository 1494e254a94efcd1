"""The rules of one GPU over a week: its mode, the places on it, who may join whom."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass

from tests.placement.legality.facts import WEEK_S, Gpu, Windows
from tests.placement.legality.tables import (
    BOARDS,
    MIXED_SIZE_IDS,
    MIXED_SIZE_SINCE,
    MOST_COMPUTE_SLICES,
    MOST_MEMORY_UNITS,
    Board,
)


@dataclass(frozen=True)
class Seat:
    """A vGPU on a GPU: whose, of which type, where, and when."""

    who: str
    code: str
    start: int
    windows: Windows
    planned: bool


def runs_at(windows: Windows, at_s: int) -> bool:
    """Whether something with these windows runs at a time of the week."""
    return not windows or any((at_s - start) % WEEK_S < lasts for start, lasts in windows)


def instants(all_windows: Sequence[Windows]) -> list[int]:
    """Times among which every set of things that meet is found: Monday 00:00 and each start."""
    return sorted({0, *(start % WEEK_S for windows in all_windows for start, _ in windows)})


def version(text: str) -> tuple[int, ...]:
    """``8.0U3`` as (8, 0, 3)."""
    plain = text.upper().replace("U", ".")
    return tuple(int(part) for part in plain.split(".") if part.isdigit())


def code_of(profile: str, board: Board) -> str:
    """The type without its board; empty where it is another board's or unknown."""
    prefix, _, code = profile.partition("-")
    known = prefix == board.prefix and (code in board.mig or size_of(code) in board.counts)
    return code if known else ""


def size_of(code: str) -> int:
    """The size in GB of a time-sliced type, 0 for any other."""
    number = code.removesuffix("c")
    return int(number) if number.isdigit() else 0


def gpu_violations(
    gpu: Gpu, planned: Sequence[tuple[str, str, int, Windows]], versions: Mapping[str, str]
) -> Iterator[str]:
    """What is wrong on one GPU; ``planned`` are VM, profile, place and windows of the plan's."""
    if not planned:
        return
    board = BOARDS.get(gpu.model)
    if board is None:
        yield f"board: {gpu.name} is a {gpu.model}, which has no vGPU"
        return
    if gpu.held_by:
        yield f"held: {gpu.name} belongs to {gpu.held_by}"
    seats = [Seat(who, code_of(p, board), at, when, True) for who, p, at, when in planned]
    others = [
        Seat(v.vm, code_of(v.profile, board), -1 if v.start is None else v.start, (), False)
        for v in gpu.running
    ]
    if not all(seat.code for seat in seats):
        return  # named by the rule of profiles
    if not all(seat.code for seat in others):
        yield f"tenant: {gpu.name} runs a type of which nothing is known"
        return
    yield from _modes(gpu, board, [*seats, *others], versions)


def _modes(
    gpu: Gpu, board: Board, seats: Sequence[Seat], versions: Mapping[str, str]
) -> Iterator[str]:
    """One mode for all the week, as an administrator sets it by hand."""
    cut = {seat.code in board.mig for seat in seats}
    if len(cut) > 1:
        yield f"mode: {gpu.name} would be cut by MIG and time-sliced"
        return
    if cut == {True}:
        yield from _each_time(gpu, board, seats, _instances)
        return
    parts = [seat for seat in seats if size_of(seat.code) != board.gb]
    mixed = {seat.start >= 0 for seat in parts if seat.planned}
    if len(mixed) > 1:
        yield f"mode: {gpu.name} would be same-size and mixed-size"
        return
    stands = [seat for seat in seats if not seat.planned]
    is_mixed = gpu.mixed_size or (gpu.mixed_size is None and len({s.code for s in stands}) > 1)
    if stands and mixed and mixed != {bool(is_mixed)}:
        yield f"tenant: {gpu.name} keeps the mode of the vGPUs that run there"
        return
    if mixed == {True}:
        if not board.mixed or not _has_mixed_size(versions):
            yield f"mode: {gpu.name} has no mixed-size mode here"
            return
        yield from _each_time(gpu, board, seats, _mixed)
    else:
        yield from _each_time(gpu, board, seats, _same_size)


def _has_mixed_size(versions: Mapping[str, str]) -> bool:
    """Whether the stated versions have it; one that nobody states is not relied on."""
    return all(
        name in versions and version(versions[name]) >= least
        for name, least in MIXED_SIZE_SINCE.items()
    )


def _each_time(gpu: Gpu, board: Board, seats: Sequence[Seat], rule: object) -> Iterator[str]:
    """The first time of the week at which a rule is broken."""
    for at_s in instants([seat.windows for seat in seats]):
        here = [seat for seat in seats if runs_at(seat.windows, at_s)]
        found = list(rule(gpu, board, here)) if any(s.planned for s in here) else []  # type: ignore[operator]
        if found:
            yield from found
            return


def _same_size(gpu: Gpu, board: Board, here: Sequence[Seat]) -> Iterator[str]:
    sizes = {size_of(seat.code) for seat in here}
    if len(sizes) > 1:
        yield f"size: {gpu.name} would carry {sorted(sizes)} GB at once in same-size mode"
        return
    most = board.counts[sizes.pop()]
    if len(here) > most:
        yield f"count: {gpu.name} would carry {len(here)} vGPUs of at most {most}"


def _mixed(gpu: Gpu, board: Board, here: Sequence[Seat]) -> Iterator[str]:
    ids = MIXED_SIZE_IDS[board.mixed]
    taken: dict[int, str] = {}
    for seat in here:
        size = size_of(seat.code)
        start = 0 if size == board.gb else seat.start
        if not seat.planned and start < 0:
            yield f"unknown: nobody knows where {seat.who} is on {gpu.name}"
            continue
        if seat.planned and start not in ids[size]:
            yield f"place: {start} is no placement id of {size}C on {gpu.name}"
        yield from _take(gpu, taken, seat, range(start, start + size))


def _instances(gpu: Gpu, board: Board, here: Sequence[Seat]) -> Iterator[str]:
    for seat in here:
        if seat.start < 0 and not seat.planned:
            yield f"unknown: nobody knows where {seat.who} is on {gpu.name}"
            return
        if seat.planned and seat.start not in board.mig[seat.code].instance.starts:
            yield f"place: {seat.code} cannot start at slice {seat.start} of {gpu.name}"
            return
    standing = Counter((seat.code, seat.start) for seat in here)
    kinds = Counter(code for code, _ in standing)
    taken: dict[int, str] = {}
    for (code, start), vgpus in standing.items():
        mig = board.mig[code]
        if vgpus > mig.share:
            yield f"share: {vgpus} vGPUs on one {code} of {gpu.name}"
        seat = Seat(code, code, start, (), planned=True)
        yield from _take(gpu, taken, seat, range(start, start + mig.instance.size))
    if any(at >= MOST_MEMORY_UNITS[board.geometry] for at in taken):
        yield f"place: beyond the last memory slice of {gpu.name}"
    compute = sum(board.mig[code].instance.compute for code, _ in standing)
    if compute > MOST_COMPUTE_SLICES[board.geometry]:
        yield f"compute: {compute} compute slices on {gpu.name}"
    if any(n > board.mig[code].instance.most for code, n in kinds.items()):
        yield f"count: too many instances of a kind on {gpu.name}"
    if sum(n for code, n in kinds.items() if board.mig[code].media) > 1:
        yield f"media: the engines of {gpu.name} are given twice"


def _take(gpu: Gpu, taken: dict[int, str], seat: Seat, units: range) -> Iterator[str]:
    clash = next((taken[at] for at in units if at in taken), "")
    if clash:
        yield f"overlap: {seat.who} and {clash} on {gpu.name}"
    taken.update(dict.fromkeys(units, seat.who))
