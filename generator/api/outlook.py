"""What makes a plan true and what breaks it: its bound, its failures, its refusals, its way."""

from __future__ import annotations

from generator.api.assessing import Project
from generator.finding import Finding
from generator.placement.bound.proof import Bound, bound
from generator.placement.failures.failing import Failing
from generator.placement.failures.promises import promised_by, promises_of
from generator.placement.failures.reserve import Reserve, findings, reserves
from generator.placement.failures.table import Failures, table
from generator.placement.hosts.stock import stock
from generator.placement.packing.replay import by_demand
from generator.placement.relaxing.burst import overflows
from generator.placement.relaxing.overflow import Overflow
from generator.placement.relaxing.relaxations import Refusal, refusal
from generator.placement.relaxing.surviving import Surviving
from generator.placement.steps.way import Step, steps
from generator.placement.terms import terms_of
from generator.record import Record, record

MOST_REFUSALS = 3
"""Shortfalls that are asked for what would mend them, the gravest first; each takes many tries."""


@record
class Outlook(Record):
    """How good a plan is, and what may become of it.

    ``refusals`` answer the gravest shortfalls, ``overflows`` those that may burst, and ``steps``
    lead from what runs today to the plan.
    """

    bound: Bound
    failures: Failures
    reserves: tuple[Reserve, ...]
    refusals: tuple[Refusal, ...]
    overflows: tuple[Overflow, ...]
    steps: tuple[Step, ...]
    findings: tuple[Finding, ...]


def outlook(project: Project) -> Outlook:
    """The outlook of a project's plan. Pure, and slower than the plan itself."""
    plan, blueprint, catalog = project.assessed.plan, project.blueprint, project.catalog
    inventories = project.sites.inventories
    hosts, terms = stock(inventories), terms_of(blueprint, catalog)
    promised = promised_by(inventories)
    spare = max((ha.host_failures or 0 for ha in promised.values()), default=0)
    failing = Failing(
        plan,
        hosts,
        catalog,
        terms,
        promises=promises_of(blueprint, tuple(choice.demand for choice in plan.chosen)),
        ha=promised,
    )
    by_kind = by_demand(failing.replayed).values()
    placed = [(vms[0].ask, [vm.spot for vm in vms]) for vms in by_kind]
    kept = reserves(failing, promised)
    surviving = Surviving(
        plan, project.assessed.sized.demands, hosts, catalog, terms, blueprint, promised
    )
    gravest = sorted(plan.shortfalls, key=lambda s: (not s.fatal, s.environment, s.demand))
    owners = {vm.name: vm.owner for i in inventories.values() for vm in i.occupancy if vm.owner}
    return Outlook(
        bound=bound(hosts, failing.boards, placed, isolation=terms.isolation, spare=spare),
        failures=table(failing),
        reserves=kept,
        refusals=tuple(
            refusal(
                plan,
                project.assessed.sized.demands,
                hosts,
                catalog,
                terms,
                shortfall,
                blueprint=blueprint,
                inventories=inventories,
            )
            for shortfall in gravest[:MOST_REFUSALS]
        ),
        overflows=overflows(plan, project.assessed.sized, blueprint, catalog),
        steps=steps(plan, hosts, failing.boards, owners=owners, hosts_at_once=max(1, spare)),
        findings=tuple(findings(kept, surviving.mends)),
    )
