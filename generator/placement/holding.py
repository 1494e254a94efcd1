"""From packed VMs to what holds them: kinds, GPUs and hosts as orders of arrival see them."""

from __future__ import annotations

from collections.abc import Sequence

from generator.placement.asks import Models
from generator.placement.attempt import Filled
from generator.placement.levers import Grading, Held, Situation, key_of_kind
from generator.placement.packing import Packing
from generator.placement.plan import Grade
from generator.placement.reach import kinds, modes_of, pool_of, stations
from generator.placement.stock import Host
from generator.placement.terms import Terms
from generator.sizing.demand import Demand


class Holding:
    """What holds each VM of a packing in place."""

    def __init__(
        self, packing: Packing, filled: Sequence[Filled], models: Models, terms: Terms
    ) -> None:
        self._hosts = {
            (f.choice.demand.environment, f.choice.demand.name): [
                packing.rooms[spot.order].host for spot in f.spots
            ]
            for f in filled
        }
        asked = (
            (f.choice, f.ask, self._hosts[f.choice.demand.environment, f.choice.demand.name])
            for f in filled
        )
        modes = modes_of(packing.rooms, models.boards)
        found = tuple(kinds(asked))
        self._kind = {key_of_kind(kind): kind for kind in found}
        situation = Situation(
            kinds=found,
            stations=tuple(stations(packing.rooms, models.boards, modes)),
            boards=models.boards,
            terms=terms,
        )
        self._grading = Grading(situation)

    def of(self, demand: Demand, host: Host) -> Held:
        """What holds the VMs of a demand in the pool of a host."""
        return self._grading.held[demand.environment, demand.name, pool_of(host)]

    def mend(self, demand: Demand) -> str:
        """The cheapest lever for a demand that only hope keeps; "" where there is none."""
        key = demand.environment, demand.name
        for pool in dict.fromkeys(pool_of(host) for host in self._hosts[key]):
            held = self._grading.held[(*key, pool)]
            if held.grade is Grade.HOPE:
                mine = [host.name for host in self._hosts[key] if pool_of(host) == pool]
                return self._grading.mend(self._kind[(*key, pool)], mine)
        return ""
