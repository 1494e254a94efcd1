"""Places demands on hosts: choose a profile, then the best spot for each VM, the largest first."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import replace

from generator.catalog import Catalog
from generator.finding import Finding
from generator.ledger import Entry
from generator.placement import rules
from generator.placement.directpath import given_up
from generator.placement.hosts.local import without_room
from generator.placement.hosts.numa import remote
from generator.placement.hosts.overhead import overhead_entry
from generator.placement.hosts.shape import shape_entries
from generator.placement.hosts.stock import Host
from generator.placement.levers.holding import Holding
from generator.placement.obstacles import obstacles
from generator.placement.packing.asks import Models
from generator.placement.packing.attempt import Attempt, Filled, key_of
from generator.placement.packing.best import Options, best_attempt, with_most
from generator.placement.packing.drawn import best_drawn, origins, shapes_of
from generator.placement.packing.kept_sizes import kept_options, with_kept
from generator.placement.packing.packing import Packing
from generator.placement.packing.seats import gpu_plans, starts
from generator.placement.packing.spreading import spread
from generator.placement.plan import Drawn, Placed, Plan, Shortfall
from generator.placement.terms import Terms
from generator.sizing.demand import Demand, Sized

ANY_TERMS = Terms()


def place(
    sized: Sized,
    hosts: Sequence[Host],
    catalog: Catalog,
    terms: Terms = ANY_TERMS,
    *,
    keep: Sequence[Placed] = (),
    exact_s: float | None = None,
) -> Plan:
    """Puts every demand on hosts as far as it fits. Pure and deterministic.

    The order of demands and of hosts means nothing.

    What ``keep`` has placed stays where it is, as far as today's hosts and demands still allow;
    only where that leaves something without a place is all placed anew. ``exact_s`` is how long an
    integer program may look for a plan with fewer GPUs (None: it is not asked), once for each
    catalogue of vGPU sizes that is tried; it keeps nothing.

    Raises:
        NoSolver: with ``exact_s``, where the extra ``mlgen[exact]`` is not installed.
    """
    hosts = sorted(hosts, key=lambda h: (h.site, h.name))
    models = Models(hosts, catalog, terms)
    options = {key_of(demand): models.options(demand) for demand in sized.demands}
    homeless = [d for d in sized.demands if d.gpu is not None and not options[key_of(d)]]
    rest = [d for d in sized.demands if d.gpu is None or options[key_of(d)]]
    keep = () if exact_s is not None else keep
    kept = kept_options(rest, keep, hosts, models, terms) if keep else {}

    def settled(options: Options, keep: Sequence[Placed] = ()) -> Attempt:
        found = best_attempt(rest, options, hosts, models, terms, keep)
        if exact_s is not None:
            found = with_most(found, options, exact_s)
            spread(found)
            found.solve(exact_s)
        elif not keep:
            spread(found)
            found.consolidate()
        return found

    def anew(models: Models, freed: str) -> Attempt:
        others = {key: option for key, option in kept.items() if option[0].id != freed}
        return settled(with_kept({key_of(d): models.options(d) for d in rest}, others))

    best, notes = settled(with_kept(options, kept), keep), tuple[Drawn, ...]()
    if not keep or any(f.missing for f in best.filled):
        best, notes = best_drawn(best, models, terms, anew)
    plan = _plan(best.packing, best.filled, homeless, models, terms)
    drawn = tuple(origins(best.filled, notes, kept, terms))
    return replace(plan, obstacles=obstacles(sized), drawn=drawn)


def _plan(
    packing: Packing,
    filled: Sequence[Filled],
    homeless: Sequence[Demand],
    models: Models,
    terms: Terms,
) -> Plan:
    ordered = sorted(filled, key=lambda f: key_of(f.choice.demand))
    holding = Holding(packing, ordered, models, terms)
    placed = tuple(_placed(packing, ordered, holding))
    chosen = tuple(f.choice for f in ordered)
    return Plan(
        chosen=chosen,
        placed=placed,
        gpus=tuple(gpu_plans(packing, placed, shapes_of(filled))),
        shortfalls=(
            *(_shortfall(d, 0, "no GPU of the site has a profile for it") for d in homeless),
            *_short(packing, ordered),
        ),
        ledger=tuple(entry for f in ordered for entry in _entries(f)),
        findings=(
            *_no_profile(homeless, models),
            *rules.no_hope(chosen, placed, holding.mend),
            *given_up(chosen, [board.accelerator for board in models.boards.values()]),
            *remote(chosen, placed, [room.host for room in packing.rooms]),
        ),
    )


def _entries(f: Filled) -> Iterator[Entry]:
    accelerator, profile = f.option or (None, None)
    yield from shape_entries(f.demand, f.choice.demand, profile)
    yield overhead_entry(f.choice.demand, accelerator)


def _placed(packing: Packing, filled: Sequence[Filled], holding: Holding) -> Iterator[Placed]:
    """The VMs with their levers, which depend on what else comes to their GPUs."""
    moved = [
        (f.ask, spot)
        for f in filled
        for number, spot in zip(f.numbers, f.spots, strict=True)
        if packing.slots > 1 or number not in f.held
    ]
    places = iter(starts(packing, moved))
    for f in filled:
        demand = f.choice.demand
        for number, spot in sorted(zip(f.numbers, f.spots, strict=True)):
            host = packing.rooms[spot.order].host
            held = holding.of(demand, host)
            yield Placed(
                demand=demand.name,
                environment=demand.environment,
                index=number,
                site=host.site,
                host=host.name,
                cluster=host.cluster,
                profile=f.choice.profile,
                gpus=tuple(host.gpus[gpu].name for gpu in spot.gpus),
                start=f.held[number] if packing.slots == 1 and number in f.held else next(places),
                numa=spot.node,
                lever=held.lever,
                grade=held.grade,
                reserved=held.reserved,
            )


def _short(packing: Packing, filled: Sequence[Filled]) -> Iterator[Shortfall]:
    for f in filled:
        demand = f.choice.demand
        if f.missing:
            yield _shortfall(demand, len(f.spots), _missing(packing, f))


def _missing(packing: Packing, f: Filled) -> str:
    """What stops the next VM of the demand, in words."""
    here = [room for room in packing.rooms if f.ask.site in ("", room.host.site)]
    if not any(room.has(f.ask) for room in here):
        if any(room.has(f.ask._replace(nvme_bytes=0, ports=())) for room in here):
            return without_room(f.ask)
        memory_gib = f.choice.demand.memory_bytes >> 30
        return f"no host has {f.choice.demand.vcpus} cores and {memory_gib} GiB of memory left"
    if f.choice.passthrough:
        return f"no host has {f.ask.gpus} whole GPU(s) of {f.choice.model} free"
    if not f.choice.profile:
        return f"no host of {f.choice.demand.environment} has room left"
    return f"every GPU that may take {f.choice.profile} is full or holds something else"


def _no_profile(homeless: Sequence[Demand], models: Models) -> Iterator[Finding]:
    for demand in homeless:
        most, released = models.gpus_per_vm(demand), models.released(demand)
        yield rules.NoProfile.of(demand, models.names, most, released)


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
