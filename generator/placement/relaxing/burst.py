"""What a burst would have to take of a demand that does not fit, and whether it may.

On-premises is filled first; data leaves only where its classification says so; an unknown price is
unknown and never zero. Sources: requirements S2-16, S1-2, S3-6 and 3.3 (report lines 2 and 3).
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import replace

from generator.blueprint.model.blueprint import Blueprint
from generator.blueprint.model.resource_management import Burst
from generator.blueprint.model.workloads import Workload
from generator.blueprint.rules.data import barred_from_burst
from generator.catalog import Catalog
from generator.placement.directpath import profile_named
from generator.placement.plan import Chosen, Plan, Shortfall
from generator.placement.relaxing.overflow import MINUTE_S, Check, Idle, Overflow
from generator.sizing.connectivity.sized import FlowKind, SizedFlow
from generator.sizing.demand import Demand, Sharing, Sized
from generator.sizing.estimate.search import wish_of
from generator.sizing.queueing.trials import Search, search, slots_for
from generator.sizing.queueing.whole import rounded_down
from generator.sizing.queueing.windows import bursts

HOUR_S = 3600


def overflows(
    plan: Plan, sized: Sized, blueprint: Blueprint, catalog: Catalog
) -> tuple[Overflow, ...]:
    """The overflow of each demand that falls short and is of a phase that may burst.

    The budget of a month is spent in the order of priority and name. Empty without
    ``resource_management.burst``.
    """
    leaving = blueprint.resource_management.burst
    if leaving is None:
        return ()
    workloads = {workload.name: workload for workload in blueprint.workloads}
    demands = {(d.environment, d.name): d for d in sized.demands}
    short = [(demands[s.environment, s.demand], s) for s in plan.shortfalls]
    short.sort(key=lambda pair: (pair[0].priority, pair[0].environment, pair[0].name))
    found: list[Overflow] = []
    spent = 0.0
    for demand, shortfall in short:
        workload = workloads.get(demand.name)
        if demand.burstable and workload is not None:
            case = _Case(plan, sized, blueprint, catalog, leaving, demand, workload, shortfall)
            found.append(case.overflow(spent))
            spent += found[-1].cost or 0.0
    return tuple(found)


class _Case:
    """One demand that would leave."""

    def __init__(
        self,
        plan: Plan,
        sized: Sized,
        blueprint: Blueprint,
        catalog: Catalog,
        leaving: Burst,
        demand: Demand,
        workload: Workload,
        shortfall: Shortfall,
    ) -> None:
        self.plan, self.sized, self.blueprint, self.leaving = plan, sized, blueprint, leaving
        self.demand, self.workload, self.shortfall = demand, workload, shortfall
        self.choice = _choice(plan, demand)
        self.profile = None
        if self.choice is not None and self.choice.model:
            board = catalog.accelerator(self.choice.model)
            self.profile = profile_named(board, self.choice.profile)
        names = {name for name in (workload.data, *workload.uses) if name}
        datasets = blueprint.storage_compute.datasets
        self.datasets = [dataset for dataset in datasets if dataset.name in names]

    def overflow(self, spent: float) -> Overflow:
        """Its work, its cost and its checks; ``spent`` of the budget is gone already."""
        work = self._search()
        volume, transfer_s, egress = self._moved()
        hours = work.slot_hours_left if work else None
        price = self.leaving.price
        rate = None
        if price is not None:
            rate = price.gpu_hour if price.gpu_slice_hour is None else price.gpu_slice_hour
        cost = None if rate is None or hours is None else rate * hours
        slots = self._slots(work, transfer_s)
        return Overflow(
            environment=self.demand.environment,
            demand=self.demand.name,
            target=self.leaving.target,
            slots=slots,
            slot_hours=hours,
            cost=cost,
            egress_cost=egress,
            currency=price.currency if price else "",
            volume_bytes=volume,
            transfer_s=transfer_s,
            checks=(
                self._full(),
                *self._classified(),
                self._in_time(work, transfer_s, slots),
                self._in_budget(cost, egress, spent),
            ),
            instead=tuple(self._idle(work)),
        )

    def _search(self) -> Search | None:
        """The search in the slots that the plan has; None for what is none, or has no deadline."""
        hpo, placed = self.workload.hpo, self.shortfall.placed
        if hpo is None or hpo.deadline_s is None or hpo.trial_time_s is None:
            return None
        if not placed:
            whole = search(wish_of(hpo, 1))
            hours = hpo.trials * float(hpo.trial_time_s.value) / HOUR_S
            return replace(whole, trials_done=0, trials_left=hpo.trials, slot_hours_left=hours)
        return search(replace(wish_of(hpo, 1), max_parallel=placed))

    def _flows(self) -> list[SizedFlow]:
        wanted = {f"{dataset.name} to {self.leaving.target}" for dataset in self.datasets}
        flows = self.sized.network.flows
        return [flow for flow in flows if flow.kind is FlowKind.BURST and flow.name in wanted]

    def _moved(self) -> tuple[float | None, float | None, float | None]:
        """Bytes, seconds and egress cost of its datasets, one after the other over one line."""
        flows = self._flows()
        volume = _sum([flow.volume_bytes for flow in flows])
        egress = _sum([flow.egress_cost for flow in flows])
        return volume, _sum([flow.transfer_s for flow in flows]), egress

    def _slots(self, work: Search | None, transfer_s: float | None) -> int | None:
        """Slots there at once that end what is left once its data has come."""
        hpo = self.workload.hpo
        if work is None or hpo is None or hpo.deadline_s is None or hpo.trial_time_s is None:
            return None
        left_s = float(hpo.deadline_s.value) - (transfer_s or 0.0)
        waves = rounded_down(left_s / float(hpo.trial_time_s.value))
        if not work.trials_left:
            return 0
        return slots_for(work.trials_left, waves) if waves > 0 else None

    def _full(self) -> Check:
        """Whether all that may carry the demand is allocated, and of all GPUs how much is.

        It waits because the plan found no place for one more VM of it, so what is free is closed
        to it: by mode, size, isolation, or a host without cores or memory.
        """
        gpus = [gpu for gpu in self.plan.gpus if self.demand.site in ("", gpu.site)]
        total = sum(gpu.framebuffer_mib for gpu in gpus)
        taken = sum(gpu.framebuffer_mib - gpu.free_mib for gpu in gpus)
        ratio = self.leaving.threshold_ratio
        threshold = 1.0 if ratio is None else float(ratio.value)
        of_all = f"{taken >> 10} of {total >> 10} GiB are allocated"
        of_those = f"{taken >> 10} of {taken >> 10} GiB that may carry it"
        full = not taken or bursts(
            allocated=taken,
            capacity_amount=taken,
            pending=self.shortfall.wanted - self.shortfall.placed,
            threshold_ratio=threshold,
        )
        return Check(
            name="threshold",
            passes=full,
            figures=f"{of_all}, {of_those}; threshold {threshold:.0%} of what may carry it",
        )

    def _classified(self) -> Iterator[Check]:
        """One check per dataset: data leaves only where its classification says so."""
        for dataset in self.datasets:
            reason = barred_from_burst(dataset, self.leaving, self.blueprint)
            stated = dataset.classification or "not classified"
            allowed = ", ".join(self.leaving.allowed_classifications) or "none"
            yield Check(
                name=f"classification of {dataset.name}",
                passes=not reason,
                figures=f"it {reason}" if reason else f"{stated}; allowed: {allowed}",
            )

    def _in_time(self, work: Search | None, transfer_s: float | None, slots: int | None) -> Check:
        """Whether its data comes over and its work ends before the deadline."""
        name, line = "time", "unknown transfer"
        if transfer_s is not None:
            line = f"{transfer_s / MINUTE_S:.0f} min to move its data"
        if work is None:
            return Check(name=name, passes=None, figures=f"{line}; state its hours and deadline")
        if not self._flows() and self.datasets:
            return Check(name=name, passes=None, figures="state the uplink of the site")
        if slots is None:
            return Check(name=name, passes=False, figures=f"{line}; no trial ends in time after it")
        most = self.leaving.max_slots
        return Check(
            name=name,
            passes=None if transfer_s is None and self.datasets else most is None or slots <= most,
            figures=f"{line}; {slots} slot(s) there end {work.trials_left} trials in time"
            + (f"; at most {most} allowed" if most is not None else ""),
        )

    def _in_budget(self, cost: float | None, egress: float | None, spent: float) -> Check:
        budget = self.leaving.budget_per_month
        currency = self.leaving.price.currency if self.leaving.price else ""
        if cost is None or budget is None:
            missing = "a price and its hours" if cost is None else "burst.budget_per_month"
            return Check(name="budget", passes=None, figures=f"state {missing}")
        total = spent + cost + (egress or 0.0)
        paid = (
            "egress unknown: state resource_management.price.egress_gb"
            if egress is None
            else f"egress {egress:.2f}"
        )
        return Check(
            name="budget",
            passes=False if total > budget else None if egress is None else True,
            figures=f"{currency} {total:.2f} of {budget:.2f} a month ({paid})",
        )

    def _idle(self, work: Search | None) -> Iterator[Idle]:
        """Whole GPUs of training that has to end long before the search must."""
        hpo, profile = self.workload.hpo, self.profile
        if work is None or hpo is None or hpo.deadline_s is None or profile is None:
            return
        trial_s = float(hpo.trial_time_s.value) if hpo.trial_time_s else 0.0
        workloads = {workload.name: workload for workload in self.blueprint.workloads}
        for other in self.plan.chosen:
            name = other.demand.name
            train = workloads[name].train if name in workloads else None
            gpus = self._whole_gpus(other)
            if train is None or train.deadline_s is None or not gpus:
                continue
            idle_s = float(hpo.deadline_s.value) - float(train.deadline_s.value)
            waves = rounded_down(idle_s / trial_s)
            if waves > 0:
                slots = profile.max_per_gpu * len(gpus)
                yield Idle(
                    demand=name,
                    gpus=gpus,
                    hours=idle_s / HOUR_S,
                    slots=slots,
                    trials=slots * waves,
                )

    def _whole_gpus(self, other: Chosen) -> tuple[str, ...]:
        """The GPUs that another demand of the same environment has to itself."""
        demand, whole = other.demand, other.demand.gpu
        if whole is None or whole.sharing is not Sharing.NONE or self.choice is None:
            return ()
        if other.model != self.choice.model or demand.environment != self.demand.environment:
            return ()
        found = {
            gpu: None
            for vm in self.plan.placed
            if (vm.environment, vm.demand) == (demand.environment, demand.name)
            and self.demand.site in ("", vm.site)
            for gpu in vm.gpus
        }
        return tuple(found)


def _sum(values: Sequence[float | None]) -> float | None:
    """The sum; None where one of them is unknown."""
    known = [value for value in values if value is not None]
    return sum(known) if len(known) == len(values) else None


def _choice(plan: Plan, demand: Demand) -> Chosen | None:
    key = (demand.environment, demand.name)
    return next((c for c in plan.chosen if (c.demand.environment, c.demand.name) == key), None)
