"""One try at placing demands, in one order and by one policy."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from typing import TYPE_CHECKING, NamedTuple

from generator.placement.devices.shapes import PASSTHROUGH
from generator.placement.hosts.ask import Ask, Spot
from generator.placement.hosts.shape import shaped
from generator.placement.hosts.stock import Host
from generator.placement.moments import Slots
from generator.placement.packing.asks import Models, Option, able, ask_for
from generator.placement.packing.kept import Kept
from generator.placement.packing.packing import Packing
from generator.placement.packing.policy import Policy
from generator.placement.plan import Chosen
from generator.placement.terms import Terms
from generator.sizing.demand import Demand

if TYPE_CHECKING:
    from generator.placement.packing.exact import Exact


class Filled(NamedTuple):
    """A demand with its choice and the spots of as many of its VMs as fit.

    ``numbers`` are the numbers of the VMs on the spots, ``held`` the places by number of those
    that an earlier plan placed and that stay.
    """

    demand: Demand
    option: Option | None
    choice: Chosen
    ask: Ask
    spots: tuple[Spot, ...]
    numbers: tuple[int, ...]
    held: Mapping[int, int]

    @property
    def missing(self) -> int:
        """How many VMs found no spot."""
        return self.choice.demand.count - len(self.spots)


_ALWAYS = (0,)


class Attempt:
    """One try at placing demands, in the order in which they are filled."""

    def __init__(
        self,
        hosts: Sequence[Host],
        models: Models,
        terms: Terms,
        week: Slots,
        *,
        policy: Policy | None = None,
        kept: Kept | None = None,
    ) -> None:
        self._hosts = hosts
        self._models = models
        self._terms = terms
        self._week = week
        self._kept = kept
        self.packing = Packing(hosts, models.boards, terms.isolation, week.count, policy)
        self.filled: list[Filled] = []

    def fill(self, demands: Iterable[Demand], options: Mapping[Key, Sequence[Option]]) -> None:
        """Places demands in their order; what an earlier plan placed comes before all that is new.

        A demand goes on the first board that takes all of it, else on that which takes most.
        """
        wanted = [(demand, options[key_of(demand)]) for demand in demands]
        held = {key_of(demand): self._hold(demand, some) for demand, some in wanted}
        for demand, some in wanted:
            self.filled.append(held[key_of(demand)] or self._fill(demand, some))
        for at, found in enumerate(self.filled):
            if found.held and found.missing:
                self.filled[at] = self._rest(found)

    def consolidate(self) -> None:
        """Opens fewer GPUs for the same VMs, where a quick bound says that this may be possible.

        Where something is short there is nothing to save GPUs for.
        """
        if any(found.missing for found in self.filled):
            return
        from generator.placement.packing.consolidate import consolidated

        placed = [(found.ask, found.spots) for found in self.filled]
        found = consolidated(
            self._hosts, self._models.boards, placed, self._fresh, self._terms.isolation
        )
        if found is not None:
            self._settle(found.packing, found.spots)

    def solve(self, seconds: float | None) -> Exact:
        """Opens as few GPUs as an integer program finds; raises ``NoSolver`` without HiGHS."""
        from generator.placement.packing.exact import exact

        placed = [(found.ask, found.spots) for found in self.filled]
        answer = exact(
            self._hosts,
            self._models.boards,
            placed,
            self._fresh,
            isolation=self._terms.isolation,
            seconds=seconds,
        )
        packing = self._fresh()
        for found, spots in zip(self.filled, answer.spots, strict=True):
            for spot in spots:
                packing.take(found.ask, spot)
        self._settle(packing, answer.spots)
        return answer

    def most(
        self, options: Mapping[Key, Sequence[Option]], seconds: float
    ) -> tuple[Attempt, bool] | None:
        """Another attempt with the most VMs that an integer program finds, and if it is proved.

        None where it finds none, or none that is legal to the last.

        Raises:
            NoSolver: without HiGHS.
        """
        from generator.placement.packing.exact import required
        from generator.placement.packing.most import most
        from generator.placement.packing.most_program import Wanted

        required()
        some = [
            [
                self._asked(found.demand, option)
                for option in options[key_of(found.demand)] or (None,)
            ]
            for found in self.filled
        ]
        wanted = [
            Wanted(tuple(f.ask for f in each), each[0].demand.count, d.minimum, d.priority)
            for each in some
            for d in (each[0].demand,)
        ]
        answer = most(self._fresh().rooms, wanted, self._terms.isolation, seconds)
        if answer is None:
            return None
        made = Attempt(self._hosts, self._models, self._terms, self._week)
        for each, (board, spots) in zip(some, answer.found, strict=True):
            seated = made.packing.seat(each[board].ask, spots)
            if seated is None:
                return None
            numbers = tuple(range(len(seated)))
            made.filled.append(each[board]._replace(spots=seated, numbers=numbers))
        return made, answer.proved

    def _fresh(self) -> Packing:
        return Packing(self._hosts, self._models.boards, self._terms.isolation, self._week.count)

    def _settle(self, packing: Packing, spots: Sequence[Sequence[Spot]]) -> None:
        self.packing = packing
        self.filled = [
            found._replace(spots=tuple(new)) for found, new in zip(self.filled, spots, strict=True)
        ]

    def _fill(self, demand: Demand, options: Sequence[Option]) -> Filled:
        best: Filled | None = None
        for option in options or (None,):
            tried = self._rest(self._asked(demand, option))
            if not tried.missing:
                return tried
            for spot in reversed(tried.spots):
                self.packing.release(tried.ask, spot)
            if best is None or len(tried.spots) > len(best.spots):
                best = tried
        assert best is not None
        return self._rest(best._replace(spots=(), numbers=()))

    def _hold(self, demand: Demand, options: Sequence[Option]) -> Filled | None:
        """The demand with the spots that it keeps, or None where it keeps none."""
        if self._kept is None:
            return None
        same = self._kept.option(demand, options)
        if options and same is None:
            return None
        found = self._asked(demand, same)
        spots, held = list[Spot](), dict[int, int]()
        for number, spot, start, mode in self._kept.seats(demand):
            if self.packing.hold(found.ask, spot, start, mode):
                spots.append(spot)
                held[number] = start
        return found._replace(spots=tuple(spots), numbers=tuple(held), held=held) if held else None

    def _asked(self, demand: Demand, option: Option | None) -> Filled:
        accelerator, profile = option or (None, None)
        fitting = able(self._hosts, demand, option) if demand.whole_numa_node else ()
        final = shaped(demand, profile, fitting)
        whole = profile is not None and profile.name == PASSTHROUGH
        group = ""
        if accelerator is not None and not whole and demand.gpu is not None and demand.gpu.nvlink:
            group = accelerator.device_group_name(demand.gpu.gpus)
        choice = Chosen(
            demand=final,
            model=accelerator.id if accelerator else "",
            profile=profile.name if profile and not whole else "",
            device_group=group,
            passthrough=whole,
        )
        ask = ask_for(final, option, self._models, self._terms, self._slots(demand))
        return Filled(demand, option, choice, ask, spots=(), numbers=(), held={})

    def _slots(self, demand: Demand) -> tuple[int, ...]:
        if self._week.count == 1:
            return _ALWAYS
        runs_in = self._week.mask(demand)
        return tuple(slot for slot in range(self._week.count) if runs_in >> slot & 1)

    def _rest(self, found: Filled) -> Filled:
        """The demand with as many of its missing VMs as fit."""
        free = [n for n in range(found.choice.demand.count) if n not in found.held]
        spots = tuple(self.packing.put(found.ask, found.missing))
        numbers = (*found.numbers, *free[: len(spots)])
        return found._replace(spots=(*found.spots, *spots), numbers=numbers)


Key = tuple[str, str]
"""A demand by its environment and name."""


def key_of(demand: Demand) -> Key:
    """How a demand is known."""
    return demand.environment, demand.name
