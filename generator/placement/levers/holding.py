"""From packed VMs to what holds them: kinds, GPUs and hosts as orders of arrival see them."""

from __future__ import annotations

from collections.abc import Sequence

from generator.catalog import Catalog
from generator.placement.devices.shapes import Mode
from generator.placement.directpath import profile_named
from generator.placement.hosts.stock import Host
from generator.placement.levers.grading import Grading, Held, Situation, key_of_kind
from generator.placement.levers.grading import Key as KindKey
from generator.placement.levers.reach import kinds, modes_of, pool_of, stations
from generator.placement.levers.world import Place
from generator.placement.moments import slots
from generator.placement.packing.asks import Models, ask_for
from generator.placement.packing.attempt import Filled, Key, key_of
from generator.placement.packing.packing import Packing
from generator.placement.plan import Grade, Plan
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


def situation_of(plan: Plan, hosts: Sequence[Host], catalog: Catalog, terms: Terms) -> Situation:
    """Who comes to which GPUs under a plan for some hosts, for a simulation of it."""
    models = Models(hosts, catalog, terms)
    rooms = Packing(hosts, models.boards).rooms
    by_name = {(host.site, host.name): host for host in hosts}
    placed: dict[Key, list[Host]] = {}
    for spot in plan.placed:
        key = spot.environment, spot.demand
        placed.setdefault(key, []).append(by_name[spot.site, spot.host])
    week = slots([choice.demand for choice in plan.chosen])
    asked = []
    for choice in plan.chosen:
        option = None
        if choice.model:
            accelerator = catalog.accelerator(choice.model)
            option = accelerator, profile_named(accelerator, choice.profile)
        mask = week.mask(choice.demand)
        when = tuple(slot for slot in range(week.count) if mask >> slot & 1)
        ask = ask_for(choice.demand, option, models, terms, when)
        asked.append((choice, ask, placed.get(key_of(choice.demand), [])))
    modes = {(gpu.site, gpu.name): gpu.mode for gpu in plan.gpus if gpu.mode is not Mode.EMPTY}
    return Situation(
        kinds=tuple(kinds(asked)),
        stations=tuple(stations(rooms, models.boards, modes)),
        boards=models.boards,
        terms=terms,
    )


def seats_of(plan: Plan, situation: Situation) -> dict[KindKey, list[Place]]:
    """The plan's own places, by kind."""
    number = {(s.pool[0], s.name): n for n, s in enumerate(situation.stations)}
    pools = {(s.pool[0], s.name): s.pool for s in situation.stations}
    found: dict[KindKey, list[Place]] = {}
    for spot in plan.placed:
        at = spot.site, spot.host
        gpus = tuple(int(name.rpartition("/gpu")[2]) for name in spot.gpus)
        found.setdefault((spot.environment, spot.demand, pools[at]), []).append(
            Place(number[at], gpus, spot.start)
        )
    return found
