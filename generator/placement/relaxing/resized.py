"""Changes of a workload that alter what it needs: sized again, so that the figures are true."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import replace

from generator.blueprint.model.blueprint import Blueprint
from generator.blueprint.model.workloads import Workload
from generator.catalog import Catalog
from generator.placement.constraint import Constraint
from generator.quantity import Quantity
from generator.record import Record, record
from generator.sizing.demand import Demand
from generator.sizing.engine import size
from generator.sizing.precision import bytes_per_value
from generator.supply.model import SiteInventory

NARROWER = ("bf16", "fp8", "int8", "int4")
"""Precisions that are tried in place of a wider one."""

MORE_REPLICAS = 4
"""Replicas more than asked for that are tried; chosen."""

TENSOR_PARALLEL = (2, 4, 8)
"""GPUs of one replica that are tried: what a node's GPUs divide into."""

MOST_WAVES = 4
"""Waves by which a search may last longer than asked, as a multiple."""


@record
class Change(Record):
    """A demand after one change of its workload; ``lifts`` says what the change makes room in."""

    lifts: Constraint
    path: str
    before: str
    after: str
    sentence: str
    demand: Demand


@record
class Resized(Record):
    """What it takes to size again; without a blueprint nothing can be."""

    blueprint: Blueprint | None
    catalog: Catalog
    inventories: Mapping[str, SiteInventory] | None

    def demand_with(self, workload: Workload, like: Demand) -> Demand | None:
        """The demand of a workload that was changed; None where it cannot be sized."""
        if self.blueprint is None:
            return None
        changed = [workload if w.name == workload.name else w for w in self.blueprint.workloads]
        blueprint = replace(self.blueprint, workloads=tuple(changed))
        found = size(blueprint, self.catalog, self.inventories).demands
        key = (like.environment, like.name)
        return next((d for d in found if (d.environment, d.name) == key), None)

    def workload_of(self, demand: Demand) -> Workload | None:
        """What the blueprint says of a demand; None for what is no workload's."""
        workloads = self.blueprint.workloads if self.blueprint else ()
        return next((w for w in workloads if w.name == demand.name), None)


def resized(again: Resized, demand: Demand, placed: int) -> Iterator[Change]:
    """The demand after each change that sizing can follow; ``placed`` of its VMs fit today."""
    workload = again.workload_of(demand)
    if workload is not None:
        yield from _later(again, workload, demand, placed)
        yield from _more_replicas(again, workload, demand)
        yield from _more_gpus(again, workload, demand)
        yield from _narrower(again, workload, demand)


def _more_replicas(again: Resized, workload: Workload, demand: Demand) -> Iterator[Change]:
    """The sessions over more and smaller replicas, the fewest more first."""
    serving = workload.serving
    if serving is None or not serving.sessions or demand.gpu is None:
        return
    now = serving.replicas or 1
    for replicas in range(now + 1, now + MORE_REPLICAS + 1):
        other = replace(serving, replicas=replicas)
        found = again.demand_with(replace(workload, serving=other), demand)
        if found is not None:
            yield Change(
                lifts=Constraint.FRAMEBUFFER,
                path=f"workloads[{workload.name}].serving.replicas",
                before=str(now),
                after=str(replicas),
                sentence=f"serve its {serving.sessions} sessions by {replicas} smaller replicas "
                f"instead of {now}",
                demand=found,
            )


def _more_gpus(again: Resized, workload: Workload, demand: Demand) -> Iterator[Change]:
    """A replica over more GPUs that are joined."""
    serving = workload.serving
    if serving is None or not serving.sessions or demand.gpu is None:
        return
    now = serving.tensor_parallel or 1
    for gpus in (number for number in TENSOR_PARALLEL if number > now):
        other = replace(serving, tensor_parallel=gpus)
        found = again.demand_with(replace(workload, serving=other), demand)
        if found is not None:
            yield Change(
                lifts=Constraint.PROFILE,
                path=f"workloads[{workload.name}].serving.tensor_parallel",
                before=str(now),
                after=str(gpus),
                sentence=f"spread each replica over {gpus} joined GPUs instead of {now}",
                demand=found,
            )


def _later(again: Resized, workload: Workload, demand: Demand, placed: int) -> Iterator[Change]:
    """The earliest deadline by which a search ends in the slots that fit."""
    hpo = workload.hpo
    if hpo is None or hpo.deadline_s is None or hpo.trial_time_s is None or not placed:
        return
    waves = -(-hpo.trials // placed)
    deadline_s = waves * hpo.trial_time_s.value
    before_s = hpo.deadline_s.value
    if deadline_s > MOST_WAVES * before_s:
        return
    later = replace(hpo, deadline_s=Quantity(deadline_s))
    found = again.demand_with(replace(workload, hpo=later), demand)
    if found is not None:
        yield Change(
            lifts=Constraint.WINDOWS,
            path=f"workloads[{workload.name}].hpo.deadline",
            before=f"{before_s / 3600:g} h",
            after=f"{deadline_s / 3600:g} h",
            sentence=f"give it {deadline_s / 3600:g} h instead of {before_s / 3600:g} h: "
            f"{found.count} slots do {hpo.trials} trials in {waves} waves",
            demand=found,
        )


def _narrower(again: Resized, workload: Workload, demand: Demand) -> Iterator[Change]:
    """The weights in fewer bits, as far as a GPU has the arithmetic."""
    model = workload.model
    stated = model.precision if model else None
    if model is None or stated is None or workload.phase != "serving" or demand.gpu is None:
        return
    width = bytes_per_value(stated.removesuffix("-mixed"))
    for precision in NARROWER:
        if bytes_per_value(precision) >= width:
            continue
        other = replace(model, precision=precision)  # type: ignore[arg-type]
        found = again.demand_with(replace(workload, model=other), demand)
        if found is not None:
            yield Change(
                lifts=Constraint.FRAMEBUFFER,
                path=f"workloads[{workload.name}].model.precision",
                before=stated,
                after=precision,
                sentence=f"serve it in {precision} instead of {stated}, once its answers are "
                "validated again",
                demand=found,
            )
