"""Places demands on hosts: choose a profile, then the best spot for each VM, the largest first."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from typing import NamedTuple

from generator.catalog import Catalog
from generator.finding import Finding
from generator.ledger import Entry
from generator.placement import rules
from generator.placement.asks import Models, Option, able, ask_for
from generator.placement.levers import grade
from generator.placement.moments import Slots, slots
from generator.placement.packing import Packing
from generator.placement.plan import Chosen, Placed, Plan, Shortfall
from generator.placement.room import Ask, Spot
from generator.placement.seats import gpu_plans, starts
from generator.placement.shape import shape_entries, shaped
from generator.placement.stock import Host
from generator.placement.terms import Terms
from generator.sizing.demand import Demand, Sized

ANY_TERMS = Terms()


class Filled(NamedTuple):
    """A demand with its choice and the spots of as many of its VMs as fit."""

    demand: Demand
    option: Option | None
    choice: Chosen
    ask: Ask
    spots: tuple[Spot, ...]


def place(sized: Sized, hosts: Sequence[Host], catalog: Catalog, terms: Terms = ANY_TERMS) -> Plan:
    """Puts every demand on hosts as far as it fits. Pure and deterministic."""
    models = Models(hosts, catalog, terms)
    options = {_key(demand): models.options(demand) for demand in sized.demands}
    homeless = [d for d in sized.demands if d.gpu is not None and not options[_key(d)]]
    rest = [d for d in sized.demands if d.gpu is None or options[_key(d)]]
    # The largest first packs best; who may go short matters only where not everything fits.
    by_size = sorted(rest, key=lambda d: _by_size(d, options[_key(d)]))
    attempt = Attempt(hosts, models, terms, slots(rest))
    filled = [attempt.fill(demand, options[_key(demand)]) for demand in by_size]
    if any(len(f.spots) < f.choice.demand.count for f in filled):
        by_rank = sorted(rest, key=lambda d: (d.priority, *_by_size(d, options[_key(d)])))
        attempt = Attempt(hosts, models, terms, slots(rest))
        filled = [attempt.fill(demand, options[_key(demand)]) for demand in by_rank]
    return _plan(attempt.packing, filled, homeless, models)


class Attempt:
    """One try at placing demands, in the order in which they are filled."""

    def __init__(self, hosts: Sequence[Host], models: Models, terms: Terms, week: Slots) -> None:
        self._hosts = hosts
        self._models = models
        self._terms = terms
        self._week = week
        self.packing = Packing(hosts, models.boards, terms.isolation, week.count)

    def fill(self, demand: Demand, options: Sequence[Option]) -> Filled:
        """The demand on the first board that takes all of it, else on that which takes most."""
        best: Filled | None = None
        for option in options or (None,):
            tried = self._try(demand, option)
            if len(tried.spots) == tried.choice.demand.count:
                return tried
            for spot in reversed(tried.spots):
                self.packing.release(tried.ask, spot)
            if best is None or len(tried.spots) > len(best.spots):
                best = tried
        assert best is not None
        return best._replace(spots=tuple(self.packing.put(best.ask, len(best.spots))))

    def _try(self, demand: Demand, option: Option | None) -> Filled:
        accelerator, profile = option or (None, None)
        fitting = able(self._hosts, demand, option) if demand.whole_numa_node else ()
        final = shaped(demand, profile, fitting)
        group = ""
        if accelerator is not None and demand.gpu is not None and demand.gpu.nvlink:
            group = accelerator.device_group_name(demand.gpu.gpus)
        choice = Chosen(
            demand=final,
            model=accelerator.id if accelerator else "",
            profile=profile.name if profile else "",
            device_group=group,
        )
        runs_in = self._week.mask(demand)
        when = tuple(slot for slot in range(self._week.count) if runs_in >> slot & 1)
        ask = ask_for(final, option, self._models, self._terms, when)
        spots = tuple(self.packing.put(ask, final.count))
        return Filled(demand, option, choice, ask, spots)


def _plan(
    packing: Packing, filled: Sequence[Filled], homeless: Sequence[Demand], models: Models
) -> Plan:
    ordered = sorted(filled, key=lambda f: _key(f.choice.demand))
    placed = tuple(_placed(packing, ordered))
    chosen = tuple(f.choice for f in ordered)
    catalogue: dict[str, set[int]] = {}
    for f in filled:
        if f.ask.model:
            catalogue.setdefault(f.ask.model, set()).add(f.ask.shape)
    shapes = {model: tuple(sorted(found)) for model, found in catalogue.items()}
    return Plan(
        chosen=chosen,
        placed=placed,
        gpus=tuple(gpu_plans(packing, placed, shapes)),
        shortfalls=(
            *(_shortfall(d, 0, "no GPU of the site has a profile for it") for d in homeless),
            *_short(packing, filled),
        ),
        ledger=tuple(entry for f in filled for entry in _entries(f)),
        findings=(*_no_profile(homeless, models), *rules.no_hope(chosen, placed)),
    )


def _entries(f: Filled) -> Sequence[Entry]:
    return shape_entries(f.demand, f.choice.demand, f.option[1] if f.option else None)


def _placed(packing: Packing, filled: Sequence[Filled]) -> Iterator[Placed]:
    """The VMs with their levers, which depend on what else came to their GPUs."""
    vms = [(f.ask, spot) for f in filled for spot in f.spots]
    places = iter(starts(packing, vms))
    profiles: dict[tuple[int, int], set[int]] = {}
    for ask, spot in vms:
        for gpu in spot.gpus:
            profiles.setdefault((spot.order, gpu), set()).add(ask.shape)
    for f in filled:
        demand = f.choice.demand
        several = any(len(profiles[s.order, gpu]) > 1 for s in f.spots for gpu in s.gpus)
        lever, how_sure = grade(demand, several_profiles=several)
        for index, spot in enumerate(f.spots):
            host = packing.rooms[spot.order].host
            yield Placed(
                demand=demand.name,
                environment=demand.environment,
                index=index,
                site=host.site,
                host=host.name,
                cluster=host.cluster,
                profile=f.choice.profile,
                gpus=tuple(host.gpus[gpu].name for gpu in spot.gpus),
                start=next(places),
                numa=spot.node,
                lever=lever,
                grade=how_sure,
            )


def _short(packing: Packing, filled: Sequence[Filled]) -> Iterator[Shortfall]:
    for f in filled:
        demand = f.choice.demand
        if len(f.spots) < demand.count:
            yield _shortfall(demand, len(f.spots), _missing(packing, f))


def _missing(packing: Packing, f: Filled) -> str:
    """What stops the next VM of the demand, in words."""
    here = [room for room in packing.rooms if f.ask.site in ("", room.host.site)]
    if not any(room.has(f.ask) for room in here):
        memory_gib = f.choice.demand.memory_bytes >> 30
        return f"no host has {f.choice.demand.vcpus} cores and {memory_gib} GiB of memory left"
    if not f.choice.profile:
        return f"no host of {f.choice.demand.environment} has room left"
    return f"every GPU that may take {f.choice.profile} is full or holds something else"


def _no_profile(homeless: Sequence[Demand], models: Models) -> Iterator[Finding]:
    for demand in homeless:
        yield rules.NoProfile.of(demand, models.names)


def _key(demand: Demand) -> tuple[str, str]:
    return demand.environment, demand.name


def _by_size(demand: Demand, options: Sequence[Option]) -> tuple[object, ...]:
    """NVLink groups need whole pairs and go first; then large before small."""
    need = demand.gpu
    profile = options[0][1] if need and options else None
    return (
        not (need and need.nvlink),
        -profile.framebuffer_mib * need.gpus if need and profile else 0,
        profile.name if profile else "",
        demand.environment,
        -demand.memory_bytes,
        -demand.vcpus,
        demand.name,
    )


def _shortfall(demand: Demand, placed: int, because: str) -> Shortfall:
    return Shortfall(
        demand=demand.name,
        environment=demand.environment,
        wanted=demand.count,
        placed=placed,
        minimum=demand.minimum,
        fatal=placed < demand.minimum,
        because=because,
    )
