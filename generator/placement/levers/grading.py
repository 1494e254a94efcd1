"""What makes a placement true (F4).

DRS picks the host and the host's manager the GPU, so a plan holds only where a lever leaves them no
choice that breaks it. The grade of a placement follows from the worst order of arrival
(``worst_order``); the lever is what brings that about on the stated versions.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from typing import NamedTuple

from generator.placement.devices.geometry import Board
from generator.placement.devices.shapes import EMPTY, PASSTHROUGH, Mode
from generator.placement.levers.reach import Kind, Pool, Station, likeness
from generator.placement.levers.worst_order import Promise, Worst
from generator.placement.plan import Grade
from generator.placement.terms import Terms

Key = tuple[str, str, Pool]
"""A kind: environment, demand, pool."""


class Held(NamedTuple):
    """What holds the VMs of a kind in place, and how many of them always start.

    ``reserved`` where vSphere itself keeps the capacity (F30).
    """

    lever: str
    grade: Grade
    assured: int
    reserved: bool = False


_LEFT = Grade.HOPE, 0
"""Left to chance, and none is sure to start as it should."""


class Situation(NamedTuple):
    """Who comes to which GPUs, and on which terms."""

    kinds: tuple[Kind, ...]
    stations: tuple[Station, ...]
    boards: Mapping[str, Board]
    terms: Terms


class Grading:
    """What holds each kind of a situation, and what else would."""

    def __init__(self, situation: Situation) -> None:
        self._situation = situation
        self._worst = Worst(situation.kinds, situation.stations, situation.boards)
        self._mixed: dict[tuple[Pool, str], Worst] = {}
        self._at_once: dict[Pool, bool] = {}
        self._by_name = {(s.pool, s.name): s for s in situation.stations}
        self._words = _Words(situation)
        self._alike: dict[object, Held] = {}
        self._mends: dict[object, str] = {}
        self.held = {key_of_kind(kind): self._hold(kind) for kind in situation.kinds}

    def _hold(self, kind: Kind) -> Held:
        alike = likeness(kind)
        if alike not in self._alike:
            words = self._words.of(kind)
            self._alike[alike] = (
                Held(f"nothing: any free devices may be taken, linked or not; {words}", *_LEFT)
                if self._any_devices(kind)
                else self._held(kind, words)
            )
        return self._alike[alike]

    def _held(self, kind: Kind, words: str) -> Held:
        promise = self._worst.promise(kind)
        if not kind.model:
            return _held_without_gpu(kind, promise)
        served = self._situation.terms.reservations
        if not served or _grade(kind, promise) is Grade.ENFORCED:
            return _held(kind, promise, words)
        if self._fit_at_once(kind.pool):
            return _held(kind, promise, words, reserved=True)
        return _held(kind, promise, f"{words}; {_WEEK_LONG}")

    def _fit_at_once(self, pool: Pool) -> bool:
        """Whether a zone can keep all of its GPU classes: a reservation holds all week.

        What runs at the same times fits, as the plan has it there. What takes turns on a GPU has to
        be shown to fit side by side, all powered on in their order.
        """
        if pool not in self._at_once:
            kinds = [kind for kind in self._situation.kinds if kind.pool == pool]
            at_once = [kind._replace(slots=(0,), permanent=True) for kind in kinds]
            self._at_once[pool] = len({kind.slots for kind in kinds if kind.model}) == 1 or all(
                promise.in_order == kind.most for kind, promise in self._promises(at_once)
            )
        return self._at_once[pool]

    def _promises(self, kinds: list[Kind]) -> Iterator[tuple[Kind, Promise]]:
        """The promises of kinds that have GPUs, instead of those of the situation."""
        worst = Worst(kinds, self._situation.stations, self._situation.boards)
        return ((kind, worst.promise(kind)) for kind in kinds if kind.model)

    def _any_devices(self, kind: Kind) -> bool:
        """Whether linked GPUs are asked for by ids alone, and a host has more than those."""
        if not kind.model or not kind.nvlink:
            return False
        whole = self._situation.boards[kind.model].shapes[kind.shape].name == PASSTHROUGH
        return whole and any(
            sum(device.model == kind.model for device in station.devices) > kind.gpus
            for station in self._situation.stations
            if station.pool == kind.pool
        )

    def mend(self, kind: Kind, hosts: Iterable[str]) -> str:
        """The cheapest lever that would hold a kind on these versions; "" where none does.

        ``hosts`` are those that the plan gives to the kind. Each lever is tried by asking for the
        worst order of arrival again.
        """
        alike = likeness(kind)
        if alike not in self._mends:
            by_ids = self._any_devices(kind)
            self._mends[alike] = self._mend_ids(kind) if by_ids else self._mend_in_place(kind)
        if self._mends[alike]:
            return self._mends[alike]
        names = sorted(set(hosts))
        if not self._any_devices(kind) and self._would_do_alone(kind, frozenset(names)):
            return f"give {', '.join(names)} a zone or cluster of its own, bound to its class only"
        return ""

    def _mend_ids(self, kind: Kind) -> str:
        """Full-size vGPUs instead of devices by id, if then the pool's links hold."""
        board = self._situation.boards[kind.model]
        profile = board.accelerator.whole_gpu_profile
        if profile is None or kind.gpus not in board.accelerator.device_group_sizes:
            return ""
        instead = kind._replace(shape=board.shape(profile.name))
        kinds = [instead if k == kind else k for k in self._situation.kinds]
        stations = [
            _set(s, kind, Mode.PASSTHROUGH, Mode.SAME_SIZE) for s in self._situation.stations
        ]
        promise = Worst(kinds, stations, self._situation.boards).promise(instead)
        if _grade(instead, promise) is Grade.HOPE:
            return ""
        return (
            f"take full-size vGPUs: the host hands out a device group of {kind.gpus} by its links"
        )

    def _mend_in_place(self, kind: Kind) -> str:
        if not kind.permanent and self._worst.if_permanent(kind) == kind.most:
            return "state persistence: permanent, which keeps its nodes powered on from the start"
        if self._would_do_in_mixed_size(kind):
            return f"set every time-sliced {kind.model} of {kind.pool[2]} to mixed-size mode"
        return ""

    def _would_do_in_mixed_size(self, kind: Kind) -> bool:
        board = self._situation.boards[kind.model]
        if not self._situation.terms.mixed_size or board.shapes[kind.shape].is_mig:
            return False
        at = kind.pool, kind.model
        if at not in self._mixed:
            self._mixed[at] = Worst(
                [k for k in self._situation.kinds if k.pool == kind.pool],
                [
                    _set(s, kind, Mode.SAME_SIZE, Mode.MIXED_SIZE)
                    for s in self._situation.stations
                    if s.pool == kind.pool
                ],
                self._situation.boards,
            )
        return _grade(kind, self._mixed[at].promise(kind)) is not Grade.HOPE

    def _would_do_alone(self, kind: Kind, hosts: frozenset[str]) -> bool:
        stations = [self._by_name[kind.pool, name] for name in sorted(hosts)]
        alone = Worst([kind], stations, self._situation.boards)
        return _grade(kind, alone.promise(kind)) is not Grade.HOPE


def key_of_kind(kind: Kind) -> Key:
    """How a kind is known."""
    return kind.environment, kind.demand, kind.pool


_WEEK_LONG = "no reservation, as it would hold all week and not all fit at once"


def _held(kind: Kind, promise: Promise, words: str, *, reserved: bool = False) -> Held:
    grade = _grade(kind, promise)
    if grade is Grade.ENFORCED:
        return Held(words, grade, kind.most)
    if reserved:
        lever = (
            f"zone vm_reservations: {kind.most} of the class, with "
            f"disallow_unreserved_direct_path_usage; {words}"
        )
        return Held(lever, Grade.ENFORCED, kind.most, reserved=True)
    if grade is Grade.BY_POWER_ON_ORDER:
        return Held(f"a fixed pool, {_turn(kind)}; {words}", grade, kind.most)
    always = f"{promise.any_order} of {kind.most} start in any order"
    return Held(f"nothing: {always}; {words}", Grade.HOPE, promise.any_order)


def _grade(kind: Kind, promise: Promise) -> Grade:
    if promise.any_order == kind.most:
        return Grade.ENFORCED
    return Grade.BY_POWER_ON_ORDER if promise.in_order == kind.most else Grade.HOPE


def _held_without_gpu(kind: Kind, promise: Promise) -> Held:
    if not (kind.millicores or kind.memory_bytes):
        return Held("VM class that reserves nothing: any host will do", Grade.ENFORCED, kind.most)
    if promise.any_order == kind.most:
        lever = "VM class without a GPU: a host of the pool always has its reservation free"
        return Held(lever, Grade.ENFORCED, kind.most)
    lever = "DRS fully automated: VMs without a GPU are moved to make room"
    return Held(lever, Grade.BY_POWER_ON_ORDER, kind.most)


def _turn(kind: Kind) -> str:
    if kind.nvlink:
        return "powered on before any fraction"
    return "powered on first, the large before the small"


class _Words:
    """Which settings keep others away from a kind's GPUs, or let them in without harm."""

    def __init__(self, situation: Situation) -> None:
        self._boards = situation.boards
        self._sizes: dict[tuple[Pool, str], set[int]] = {}
        for kind in situation.kinds:
            if kind.model and not self._boards[kind.model].shapes[kind.shape].is_mig:
                self._sizes.setdefault((kind.pool, kind.model), set()).add(kind.shape)
        self._modes: dict[tuple[Pool, str], set[Mode]] = {}
        for station in situation.stations:
            for device in station.devices:
                if not device.mode.is_mig:
                    at = station.pool, device.model
                    self._modes.setdefault(at, set()).add(device.mode)

    def of(self, kind: Kind) -> str:
        """The settings in words."""
        if not kind.model:
            return ""
        shape = self._boards[kind.model].shapes[kind.shape]
        where = f"in {kind.pool[2] or 'the cluster'}"
        if shape.name == PASSTHROUGH:
            return f"Dynamic DirectPath I/O by a hardware label of {kind.model} {where}"
        if shape.is_mig:
            return f"MIG mode on the GPU admits MIG classes only, bound {where}"
        if kind.nvlink:
            return f"device group of {kind.gpus} whole GPUs {where}"
        if len(self._sizes[kind.pool, kind.model]) == 1:
            return f"same-size mode, and one time-sliced size bound {where}"
        if self._modes.get((kind.pool, kind.model)) == {Mode.MIXED_SIZE}:
            return f"mixed-size mode on every time-sliced GPU {where}"
        return f"the time-sliced classes bound {where}"


def _set(station: Station, kind: Kind, was: Mode, mode: Mode) -> Station:
    """The host with a kind's idle GPUs of one mode set to another, if it is of the kind's pool."""
    if station.pool != kind.pool:
        return station
    return station._replace(
        devices=tuple(
            d._replace(mode=mode)
            if d.model == kind.model and d.mode is was and d.layout == EMPTY
            else d
            for d in station.devices
        )
    )
