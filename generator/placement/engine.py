"""Places demands on hosts: choose a profile, then the best spot for each VM, the largest first."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from typing import NamedTuple

from generator.catalog import Catalog
from generator.finding import Finding
from generator.ledger import Entry
from generator.placement import rules
from generator.placement.asks import Models, Option, able, ask_for
from generator.placement.levers import grade
from generator.placement.packing import Packing
from generator.placement.plan import Chosen, Placed, Plan, Shortfall
from generator.placement.room import Ask, Spot
from generator.placement.seats import gpu_plans, starts
from generator.placement.shape import shaped
from generator.placement.stock import Host
from generator.placement.terms import Terms
from generator.sizing.demand import Demand, Sized
from generator.sizing.figures import Figures

ANY_TERMS = Terms()


class Filled(NamedTuple):
    """A demand with its choice and the spots of as many of its VMs as fit."""

    choice: Chosen
    ask: Ask
    spots: tuple[Spot, ...]
    ledger: tuple[Entry, ...]


def place(sized: Sized, hosts: Sequence[Host], catalog: Catalog, terms: Terms = ANY_TERMS) -> Plan:
    """Puts every demand on hosts as far as it fits. Pure and deterministic."""
    models = Models(hosts, catalog, terms)
    options = {_key(demand): models.options(demand) for demand in sized.demands}
    homeless = [d for d in sized.demands if d.gpu is not None and not options[_key(d)]]
    rest = [d for d in sized.demands if d.gpu is None or options[_key(d)]]
    # The largest first packs best; who may go short matters only where not everything fits.
    by_size = sorted(rest, key=lambda d: _by_size(d, options[_key(d)]))
    packing, filled = _fill(by_size, options, hosts, models, terms)
    if any(len(f.spots) < f.choice.demand.count for f in filled):
        by_rank = sorted(rest, key=lambda d: (d.priority, *_by_size(d, options[_key(d)])))
        packing, filled = _fill(by_rank, options, hosts, models, terms)
    return _plan(packing, filled, homeless, models)


def _fill(
    demands: Sequence[Demand],
    options: Mapping[tuple[str, str], Sequence[Option]],
    hosts: Sequence[Host],
    models: Models,
    terms: Terms,
) -> tuple[Packing, list[Filled]]:
    packing = Packing(hosts, models.boards, terms.isolation)
    filled = [
        _best_option(demand, options[_key(demand)], packing, hosts, models, terms)
        for demand in demands
    ]
    return packing, filled


def _best_option(
    demand: Demand,
    options: Sequence[Option],
    packing: Packing,
    hosts: Sequence[Host],
    models: Models,
    terms: Terms,
) -> Filled:
    """The demand on the first board that takes all of it, else on the one that takes the most."""
    best: Filled | None = None
    for option in options or (None,):
        tried = _try(demand, option, packing, hosts, models, terms)
        if len(tried.spots) == tried.choice.demand.count:
            return tried
        for spot in reversed(tried.spots):
            packing.release(tried.ask, spot)
        if best is None or len(tried.spots) > len(best.spots):
            best = tried
    assert best is not None
    return best._replace(spots=tuple(packing.put(best.ask, len(best.spots))))


def _try(
    demand: Demand,
    option: Option | None,
    packing: Packing,
    hosts: Sequence[Host],
    models: Models,
    terms: Terms,
) -> Filled:
    figures = Figures(demand.name)
    accelerator, profile = option or (None, None)
    fitting = able(hosts, demand, option) if demand.whole_numa_node else ()
    final = shaped(demand, profile, fitting, figures)
    linked = accelerator is not None and demand.gpu is not None and demand.gpu.nvlink
    choice = Chosen(
        demand=final,
        model=accelerator.id if accelerator else "",
        profile=profile.name if profile else "",
        device_group=accelerator.device_group_name(demand.gpu.gpus)
        if linked and accelerator and demand.gpu
        else "",
    )
    ask = ask_for(final, option, models, terms)
    spots = tuple(packing.put(ask, final.count))
    return Filled(choice, ask, spots, tuple(figures.entries))


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
        ledger=tuple(entry for f in filled for entry in f.ledger),
        findings=(*_no_profile(homeless, models), *rules.no_hope(chosen, placed)),
    )


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
    size = options[0][1].framebuffer_mib * need.gpus if need and options else 0
    return (
        not (need and need.nvlink),
        -size,
        -demand.memory_bytes,
        -demand.vcpus,
        demand.environment,
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
