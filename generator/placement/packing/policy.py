"""Which of the places that a VM could take is the best: the rank by which packing chooses.

``Tightest`` is for demands that come large before small, as a plan has them: it fills what is in
use and keeps whole what is whole. ``ExpectedUse`` is for demands that come in an order that nobody
chose, by priority or by time: it gives away what those still to come can use least.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import NamedTuple, Protocol

from generator.placement.devices.shapes import Geometry
from generator.placement.hosts.ask import Ask
from generator.placement.hosts.room import Room

Rank = tuple[float, ...]
"""Less is better."""


class Policy(Protocol):
    """Ranks one place of one host for one VM of an ask.

    ``by_gpus_alone`` says that the cores and memory of the ask play no part in the rank.
    """

    by_gpus_alone: bool

    def single(self, room: Room, ask: Ask, gpu: int, after: tuple[int, ...]) -> Rank:
        """The rank of a GPU whose layouts would then be ``after``."""

    def several(self, room: Room, ask: Ask, gpus: tuple[int, ...], *, astride: bool) -> Rank:
        """The rank of whole GPUs; ``astride`` if they are of more than one NUMA node."""

    def none(self, room: Room, ask: Ask) -> Rank:
        """The rank of a host for a VM without a GPU."""


class Tightest:
    """GPUs in use before empty ones, then whose NVLink group is broken already, then the fullest.

    Whole GPUs are taken where they break the fewest larger groups and hosts are in use. VMs
    without a GPU keep off the hosts that have some; where there are no others they go to the one
    with most cores left, so that no GPU lacks cores, today or after a failure.
    """

    by_gpus_alone = True

    def single(
        self,
        room: Room,
        ask: Ask,  # noqa: ARG002 - what matters of it is in ``after``
        gpu: int,
        after: tuple[int, ...],
    ) -> Rank:
        """The rank of a GPU whose layouts would then be ``after``."""
        board = room.boards[gpu]
        assert board is not None
        opens = not any(room.layouts[gpu])
        broken = room.intact(gpu) if opens and room.groups else 0
        left = board.free_mib(after[0]) if len(after) == 1 else _least(board, after)
        return opens, broken, left, gpu

    def several(
        self,
        room: Room,
        ask: Ask,  # noqa: ARG002 - whole GPUs rank alike for all
        gpus: tuple[int, ...],
        *,
        astride: bool,
    ) -> Rank:
        """The rank of whole GPUs; ``astride`` if they are of more than one NUMA node."""
        return astride, room.whole_groups(gpus), not room.vms, gpus[0]

    def none(self, room: Room, ask: Ask) -> Rank:  # noqa: ARG002 - any such VM ranks alike
        """The rank of a host for a VM without a GPU."""
        if not room.models:
            return False, not room.vms
        return True, -min(room.millicores)


def _least(board: Geometry, layouts: tuple[int, ...]) -> int:
    return min(board.free_mib(layout) for layout in layouts)


OFFERS = 50
"""How many further VMs a GPU is judged by.

Chosen on seeds 0 to 9 of Alibaba's trace (``benchmarks/placement/openb.py``), where 20 to 100
differ by less than 0.1 points; it says how rare a demand may be for a gap of its size to count.
"""


class _Kind(NamedTuple):
    """A kind of GPU demand: its share of all, and how much framebuffer a core or byte feeds."""

    millicores: int
    memory_bytes: int
    gpus: int
    share: float
    per_millicore: float
    per_byte: float


class ExpectedUse:
    """The place that costs its host least of what the demands to come can be expected to use.

    A GPU's expected use is the chance that one of the next ``OFFERS`` one-GPU demands fits on it,
    times what a demand that fits would fill, by the mix of demands. Of the sum over a host, a kind
    of demand uses no more than the host's cores and memory can feed, and nothing if the host
    cannot take one of it; the host's use is the mean over the kinds by their number. Equal ranks
    take the GPU with least left.
    """

    by_gpus_alone = False

    def __init__(
        self, mix: Mapping[Ask, int], boards: Mapping[str, Geometry], offers: int = OFFERS
    ) -> None:
        counts = {ask: n for ask, n in sorted(mix.items(), key=_by_need) if ask.gpus}
        total = sum(counts.values())
        self._kinds = [_kind(ask, n / total, boards) for ask, n in counts.items()]
        self._singles: dict[str, dict[int, int]] = {}
        for ask, n in counts.items():
            if ask.gpus == 1:
                of_model = self._singles.setdefault(ask.model, {})
                of_model[ask.shape] = of_model.get(ask.shape, 0) + n
        self._offers = offers
        self._boards = boards
        self._uses: dict[tuple[str, int], float] = {}
        self._known: dict[tuple[object, ...], float] = {}

    def single(self, room: Room, ask: Ask, gpu: int, after: tuple[int, ...]) -> Rank:
        """The rank of a GPU whose layouts would then be ``after``."""
        board = room.boards[gpu]
        assert board is not None
        slot = ask.slots[0]
        return self._cost(room, ask, {gpu: after[slot]}), board.free_mib(after[slot]), gpu

    def several(self, room: Room, ask: Ask, gpus: tuple[int, ...], *, astride: bool) -> Rank:
        """The rank of whole GPUs; ``astride`` if they are of more than one NUMA node."""
        slot = ask.slots[0]
        after = {gpu: layouts[slot] for gpu in gpus if (layouts := room.joined(gpu, ask))}
        return astride, room.whole_groups(gpus), self._cost(room, ask, after), gpus[0]

    def none(self, room: Room, ask: Ask) -> Rank:
        """The rank of a host for a VM without a GPU."""
        return (self._cost(room, ask, {}),)

    def _cost(self, room: Room, ask: Ask, after: Mapping[int, int]) -> float:
        """The expected use that a VM takes from its host, in MiB of framebuffer."""
        slot = ask.slots[0]
        layouts = [found[slot] for found in room.layouts]
        cores, memory = room.millicores[slot], room.memory_bytes[slot]
        before = self._use(room, cores, memory, layouts)
        for gpu, layout in after.items():
            layouts[gpu] = layout
        return before - self._use(room, cores - ask.millicores, memory - ask.memory_bytes, layouts)

    def _use(self, room: Room, cores: int, memory: int, layouts: list[int]) -> float:
        models = room.models
        key = (cores, memory, *sorted(zip(models, layouts, strict=True)))
        known = self._known.get(key)
        if known is None:
            known = self._known[key] = self._expected(room, cores, memory, layouts)
        return known

    def _expected(self, room: Room, cores: int, memory: int, layouts: list[int]) -> float:
        use = 0.0
        for model, layout in zip(room.models, layouts, strict=True):
            use += self._on_gpu(model, layout)
        if not use:
            return 0.0
        whole = layouts.count(0)
        mean = 0.0
        for least_cores, least_memory, gpus, share, per_millicore, per_byte in self._kinds:
            if least_cores > cores:
                break  # the kinds ascend by cores
            if least_memory <= memory and (gpus == 1 or gpus <= whole):
                mean += share * min(use, cores * per_millicore, memory * per_byte)
        return mean

    def _on_gpu(self, model: str, layout: int) -> float:
        at = (model, layout)
        if at not in self._uses:
            self._uses[at] = self._of_layout(model, layout)
        return self._uses[at]

    def _of_layout(self, model: str, layout: int) -> float:
        board, mix = self._boards.get(model), self._singles.get(model)
        if board is None or not mix:
            return 0.0
        empty_mib = board.total_mib
        filled = fitting = 0.0
        for shape, n in mix.items():
            room = board.room(layout, shape)
            if room:
                after = board.join(layout, shape)
                size = board.free_mib(layout) - board.free_mib(after)
                fitting += n
                filled += n * min(room * size, empty_mib)
        if not fitting:
            return 0.0
        chance = fitting / sum(mix.values())
        return (1 - (1 - chance) ** self._offers) * filled / fitting


def _by_need(item: tuple[Ask, int]) -> tuple[object, ...]:
    ask, _ = item
    return ask.millicores, ask


def _kind(ask: Ask, share: float, boards: Mapping[str, Geometry]) -> _Kind:
    board = boards[ask.model]
    size = board.total_mib - board.free_mib(board.join(0, ask.shape))
    return _Kind(
        millicores=ask.millicores,
        memory_bytes=ask.memory_bytes,
        gpus=ask.gpus,
        share=share,
        per_millicore=size * ask.gpus / max(ask.millicores, 1),
        per_byte=size * ask.gpus / max(ask.memory_bytes, 1),
    )


def mix_of(asks: Sequence[tuple[Ask, int]]) -> dict[Ask, int]:
    """How many VMs of each kind are asked for; copies that keep apart are one kind here."""
    mix: dict[Ask, int] = {}
    for ask, count in asks:
        plain = ask._replace(apart=None, environment="", site="")
        mix[plain] = mix.get(plain, 0) + count
    return mix
