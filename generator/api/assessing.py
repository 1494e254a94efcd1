"""What a blueprint needs and where it goes: the pure rooms joined."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace

from generator.blueprint.model.blueprint import Blueprint
from generator.catalog import Catalog
from generator.finding import CannotRun, Finding
from generator.ledger import Entry, assumed_once
from generator.placement.plan import Placed, Plan
from generator.platform.objects import DesiredState
from generator.record import Record, record
from generator.sizing.demand import Sized
from generator.source import Document
from generator.supply.read import Sites


@record
class Assessed(Record):
    """What a project needs and where it goes, with the whole ledger and all findings."""

    sized: Sized
    plan: Plan
    state: DesiredState
    ledger: tuple[Entry, ...]
    findings: tuple[Finding, ...]


@record
class Project(Record):
    """A blueprint with the facts of its sites and the catalogue that it sees.

    ``as_of`` is the day by which expiries are judged, ``keep`` what of an earlier plan should stay
    where it is, ``assessed`` what follows from all this.
    """

    blueprint: Blueprint
    document: Document
    sites: Sites
    catalog: Catalog
    as_of: str
    keep: Sequence[Placed] = ()
    assessed: Assessed


def size(blueprint: Blueprint, catalog: Catalog, sites: Sites | None = None) -> Sized:
    """The demands and volumes of a blueprint, with their ledger.

    With ``sites`` volumes and flows are judged by what their datastores and networks offer.
    """
    from generator.sizing.engine import size as size_workloads

    return size_workloads(blueprint, catalog, sites.inventories if sites else None)


def place(
    sized: Sized,
    blueprint: Blueprint,
    sites: Sites,
    catalog: Catalog,
    *,
    keep: Sequence[Placed] = (),
    exact_s: float | None = None,
) -> Plan:
    """Where the demands go on the hosts of the sites; ``keep`` are placements that should stay.

    ``exact_s`` is how long an integer program may look for a plan with fewer GPUs.
    """
    from generator.placement.engine import place as place_demands
    from generator.placement.hosts.stock import stock
    from generator.placement.licences import licensed
    from generator.placement.offers import catalogued
    from generator.placement.terms import terms_of

    terms = terms_of(blueprint, catalog)
    hosts = stock(sites.inventories)
    plan = place_demands(sized, hosts, catalog, terms, keep=keep, exact_s=exact_s)
    return licensed(catalogued(plan, catalog, terms), sites.inventories, catalog)


def assess(
    blueprint: Blueprint,
    sites: Sites,
    catalog: Catalog,
    *,
    keep: Sequence[Placed] = (),
    exact_s: float | None = None,
) -> Assessed:
    """Sizes, places and derives the desired state; findings are those of these rooms. Pure.

    ``keep`` are placements of an earlier plan that should stay where they are, ``exact_s`` is how
    long an integer program may look for a plan with fewer GPUs.
    """
    from generator.placement.rules import DoesNotFit
    from generator.platform.build import desired_state

    sized = size(blueprint, catalog, sites)
    plan = place(sized, blueprint, sites, catalog, keep=keep, exact_s=exact_s)
    return Assessed(
        sized=sized,
        plan=plan,
        state=desired_state(blueprint, sites.inventories, plan, catalog),
        ledger=tuple(assumed_once((*sized.ledger, *plan.ledger))),
        findings=(
            *sized.findings,
            *plan.findings,
            *(DoesNotFit.of(shortfall) for shortfall in plan.shortfalls),
        ),
    )


def solved(project: Project, seconds: float) -> Project:
    """The project on as few GPUs as an integer program finds in some seconds; all is placed anew.

    Raises:
        CannotRun: where the extra ``mlgen[exact]`` is not installed.
    """
    from generator.placement.packing.exact import NoSolver

    try:
        assessed = assess(project.blueprint, project.sites, project.catalog, exact_s=seconds)
    except NoSolver as missing:
        raise CannotRun(
            "an exact answer needs HiGHS: pip install '.[exact]' in the folder of mlgen's sources "
            "(by the name mlgen a public index has another project)"
        ) from missing
    return replace(project, assessed=assessed)
