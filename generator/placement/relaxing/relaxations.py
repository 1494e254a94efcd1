"""No is an answer: what binds a demand that does not fit, and the least that would make it fit.

Every relaxation has been placed again, with all that runs beside it. What costs nothing comes
first, what gives something up next, and what has to be bought last.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import replace

from generator.blueprint.model.blueprint import Blueprint
from generator.blueprint.model.workloads import Workload
from generator.catalog import Catalog
from generator.placement.constraint import Constraint
from generator.placement.hosts.stock import Host
from generator.placement.plan import Plan, Shortfall
from generator.placement.relaxing.deadlines import left_by
from generator.placement.relaxing.lifting import lifted
from generator.placement.relaxing.loosening import guards, returning, settings, times
from generator.placement.relaxing.part import Part
from generator.placement.relaxing.purchases import purchases
from generator.placement.relaxing.relaxation import Cost, Relaxation, proved
from generator.placement.relaxing.resized import Resized, resized
from generator.placement.terms import Terms
from generator.record import Record, record
from generator.sizing.demand import Demand
from generator.supply.model import SiteInventory


@record
class Refusal(Record):
    """Why a demand does not fit, and what would make it fit.

    ``binding`` are the constraints each of which, lifted alone, is enough. ``whole`` is False
    where only the clusters that matter were placed again; ``trials`` counts how often.
    """

    environment: str
    demand: str
    placed: int
    wanted: int
    binding: tuple[Constraint, ...]
    relaxations: tuple[Relaxation, ...]
    whole: bool
    trials: int

    @property
    def sentence(self) -> str:
        """The refusal in words, with its cheapest remedy."""
        names = " or ".join(constraint.value for constraint in self.binding)
        remedy = (
            self.relaxations[0].sentence if self.relaxations else "nothing that was tried helps"
        )
        return (
            f"{self.demand} in {self.environment}: {self.placed} of {self.wanted} fit; "
            f"{names} binds; {remedy}"
        )


def refusal(
    plan: Plan,
    demands: Sequence[Demand],
    hosts: Sequence[Host],
    catalog: Catalog,
    terms: Terms,
    shortfall: Shortfall,
    *,
    blueprint: Blueprint | None = None,
    inventories: Mapping[str, SiteInventory] | None = None,
) -> Refusal:
    """What binds a demand that falls short of a plan, and the relaxations that were proved.

    ``demands``, ``hosts`` and ``terms`` are those of the plan. With ``blueprint`` and
    ``inventories`` changes are tried that need sizing again: precision and deadline.
    """
    part = Part(plan, demands, hosts, catalog, terms, shortfall)
    binding = lifted(part, plan)
    again = Resized(blueprint=blueprint, catalog=catalog, inventories=inventories)
    workload = again.workload_of(part.demand)
    found = [
        *settings(part),
        *returning(part, inventories or {}),
        *times(part, workload),
        *_smaller(part, again),
        *_fewer(part, workload),
        *_elsewhere(part),
        *guards(part),
        *purchases(part),
    ]
    return Refusal(
        environment=shortfall.environment,
        demand=shortfall.demand,
        placed=shortfall.placed,
        wanted=shortfall.wanted,
        binding=binding,
        relaxations=tuple(sorted(found, key=lambda r: (r.cost, r.path, r.after))),
        whole=part.whole,
        trials=part.trials,
    )


def _smaller(part: Part, again: Resized) -> Iterator[Relaxation]:
    """More and smaller replicas, more GPUs for each, a later deadline and the like.

    Of several changes of one setting the first that fits is taken.
    """
    narrowed: set[str] = set()
    for change in resized(again, part.demand, part.placed_of(part.demand)):
        steps = change.path.endswith(("replicas", "tensor_parallel"))
        if steps and change.path in narrowed:
            continue
        trial = part.tried(change.demand)
        if trial.fits:
            narrowed.add(change.path)
            yield Relaxation(
                lifts=change.lifts,
                cost=Cost.TIME if change.lifts is Constraint.WINDOWS else Cost.LESS,
                path=change.path,
                before=change.before,
                after=change.after,
                sentence=change.sentence,
                placed=trial.placed,
                wanted=trial.wanted,
            )


def _fewer(part: Part, workload: Workload | None) -> Iterator[Relaxation]:
    """As many copies as have a place."""
    demand = part.demand
    placed = part.placed_of(demand)
    at = f"workloads[{demand.name}]"
    if placed:
        yield from proved(
            part.tried(replace(demand, count=placed, minimum=min(demand.minimum, placed))),
            lambda t: Relaxation(
                lifts=Constraint.FRAMEBUFFER if demand.gpu else Constraint.CORES,
                cost=Cost.LESS,
                path=f"{at}.hpo.max_parallel"
                if demand.phase == "hpo"
                else f"{at}.serving.replicas",
                before=f"{demand.count} VMs",
                after=f"{placed} VMs",
                sentence=f"run {placed} of its {demand.count} VMs{_undone(workload, placed)}",
                placed=t.placed,
                wanted=t.wanted,
            ),
        )


def _elsewhere(part: Part) -> Iterator[Relaxation]:
    """Any GPU that suffices instead of the one that is stated."""
    demand, need = part.demand, part.demand.gpu
    if need is not None and (need.model or need.profile):
        stated = need.profile or need.model
        free = replace(demand, gpu=replace(need, model="", profile=""))
        yield from proved(
            part.tried(free),
            lambda t: Relaxation(
                lifts=Constraint.PROFILE,
                cost=Cost.LESS,
                path=f"workloads[{demand.name}].accelerator",
                before=stated,
                after="any that suffices",
                sentence=f"let it run on something else than {stated}",
                placed=t.placed,
                wanted=t.wanted,
            ),
        )


def _undone(workload: Workload | None, slots: int) -> str:
    """What a search loses in fewer slots; empty for what loses nothing."""
    hpo = workload.hpo if workload else None
    left = left_by(hpo, slots) if hpo is not None else 0
    return f", which leaves {left} of its {hpo.trials} trials undone" if hpo and left else ""
