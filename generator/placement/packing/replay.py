"""Takes a plan back into a packing, VM by VM, so that what-ifs go on from what was decided."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from typing import NamedTuple

from generator.placement.directpath import profile_named
from generator.placement.hosts.ask import Ask, Spot
from generator.placement.hosts.stock import Host
from generator.placement.moments import Slots, slots
from generator.placement.packing.asks import Models, Option, ask_for
from generator.placement.packing.packing import Packing
from generator.placement.plan import Chosen, Placed, Plan
from generator.placement.terms import Terms

Key = tuple[str, str]
"""The environment and the name of a demand."""


class Replayed(NamedTuple):
    """A placed VM with what packing was asked for it and where it went."""

    vm: Placed
    choice: Chosen
    ask: Ask
    spot: Spot


def packed(
    plan: Plan, hosts: Sequence[Host], models: Models, terms: Terms
) -> tuple[Packing, tuple[Replayed, ...]]:
    """A packing that holds every VM of a plan, and these VMs with their asks and spots.

    ``hosts``, ``models`` and ``terms`` are those that the plan was made with; hosts may have been
    added since.

    Raises:
        KeyError: for a plan with a host, a GPU or a profile that is not among them.
    """
    week = week_of(plan)
    packing = Packing(hosts, models.boards, terms.isolation, week.count)
    taken = tuple(replayed(plan, hosts, models, terms))
    for each in taken:
        packing.take(each.ask, each.spot)
    return packing, taken


def week_of(plan: Plan) -> Slots:
    """The slots of the week by which a plan was made."""
    return slots(choice.demand for choice in plan.chosen)


def replayed(plan: Plan, hosts: Sequence[Host], models: Models, terms: Terms) -> Iterator[Replayed]:
    """Every VM of a plan with its ask and its spot; raises as ``packed`` does."""
    asks = {key: (choice, ask) for key, choice, ask in _asks(plan, models, terms)}
    orders = {(host.site, host.name): order for order, host in enumerate(hosts)}
    indices: dict[int, dict[str, int]] = {}
    for vm in plan.placed:
        choice, ask = asks[vm.environment, vm.demand]
        order = orders[vm.site, vm.host]
        if vm.gpus and order not in indices:
            indices[order] = {gpu.name: n for n, gpu in enumerate(hosts[order].gpus)}
        gpus = tuple([indices[order][name] for name in vm.gpus])
        yield Replayed(vm, choice, ask, Spot(order, gpus, vm.numa))


def _asks(plan: Plan, models: Models, terms: Terms) -> Iterator[tuple[Key, Chosen, Ask]]:
    week = week_of(plan)
    for choice in plan.chosen:
        demand = choice.demand
        runs_in = week.mask(demand)
        when = tuple(slot for slot in range(week.count) if runs_in >> slot & 1)
        ask = ask_for(demand, _option(choice, models), models, terms, when)
        yield (demand.environment, demand.name), choice, ask


def _option(choice: Chosen, models: Models) -> Option | None:
    """The GPU model and the profile of a choice."""
    if not choice.model:
        return None
    accelerator = models.boards[choice.model].accelerator
    return accelerator, profile_named(accelerator, choice.profile)


def by_demand(taken: Sequence[Replayed]) -> Mapping[Key, tuple[Replayed, ...]]:
    """The VMs of each demand, in their order."""
    found: dict[Key, list[Replayed]] = {}
    for each in taken:
        found.setdefault((each.vm.environment, each.vm.demand), []).append(each)
    return {key: tuple(vms) for key, vms in found.items()}
