"""Builds the desired state from a blueprint, the facts of its sites and its plan."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import replace
from typing import TypeVar

from generator.blueprint.model.blueprint import Blueprint
from generator.catalog import Catalog
from generator.placement.plan import Plan
from generator.platform import (
    adoption,
    enablement,
    gpu_addresses,
    infrastructure,
    machines,
    operations,
    questions,
    shares,
    site_questions,
    workloads,
)
from generator.platform.coverage import coverage
from generator.platform.objects import DesiredState, OpenQuestion, Vcenter
from generator.platform.scope import Scope, scope_of
from generator.platform.vcenters import vcenter
from generator.sizing.clusters import plain_fabrics
from generator.supply.model import SiteInventory

T = TypeVar("T")


def desired_state(
    blueprint: Blueprint, inventories: Mapping[str, SiteInventory], plan: Plan, catalog: Catalog
) -> DesiredState:
    """The desired state; what depends on an unknown fact is left out and asked for.

    ``inventories`` is keyed by the blueprint's site names. Pure and deterministic.
    """
    scope = scope_of(blueprint, inventories, plan, catalog)
    asked = list(_site_questions(scope))
    namespaces = {
        environment: _kept(workloads.namespaces(scope, environment), asked)
        for environment in scope.homes
    }
    fabrics = {
        environment: _kept(machines.fabric(scope, environment), asked)
        for environment in scope.homes
    }
    bound = {namespace.name for some in namespaces.values() for namespace in some}
    accesses = _kept(operations.accesses(scope, namespaces), asked)
    kept = _kept(shares.shares(scope, namespaces), asked)
    clusters = _kept(workloads.clusters(scope, bound), asked)
    names = sorted({home.vcenter for home in scope.homes.values() if home.vcenter})
    made: dict[str, list[infrastructure.Thing]] = {
        name: _kept(infrastructure.of_vcenter(scope, name), asked) for name in names
    }
    enabled = {name: _kept(enablement.supervisors(scope, name), asked) for name in names}
    for home in scope.homes.values():
        asked += questions.folder_questions(home)
    asked += gpu_addresses.address_questions(scope)
    asked += site_questions.fact_questions(scope, tuple(clusters))
    state = DesiredState(
        platform=scope.platform,
        release=scope.release,
        as_of=blueprint.release.as_of,
        vcenters=tuple(
            _adopting(
                scope,
                replace(
                    vcenter(scope, name, namespaces, accesses, kept, fabrics),
                    infrastructure=infrastructure.gathered(scope, name, made[name]),
                    supervisors=tuple(enabled[name]),
                ),
            )
            for name in names
        ),
        clusters=tuple(clusters),
        questions=questions.merged(asked),
        coverage=(),
        calendar=operations.calendar(blueprint.governance),
    )
    return replace(state, coverage=coverage(state, scope))


def _adopting(scope: Scope, vcenter: Vcenter) -> Vcenter:
    """The vCenter with what is there of it already and is taken over."""
    return replace(
        vcenter,
        adoptions=tuple(adoption.adoptions(scope, vcenter)),
        unadopted=tuple(adoption.unwanted(scope, vcenter)),
    )


def _kept(found: Iterable[T | OpenQuestion], asked: list[OpenQuestion]) -> list[T]:
    """What was built; the questions among it join ``asked``."""
    kept: list[T] = []
    for thing in found:
        if isinstance(thing, OpenQuestion):
            asked.append(thing)
        else:
            kept.append(thing)
    return kept


def _site_questions(scope: Scope) -> Iterator[OpenQuestion]:
    """What the homes of work and the tiers of storage lack."""
    tiers, plain = scope.blueprint.storage_compute.storage.tiers, plain_fabrics(scope.blueprint)
    for name, home in scope.homes.items():
        demands = [c.demand for c in scope.plan.chosen if c.demand.environment == name]
        yield from questions.home_questions(home, list(dict.fromkeys(d.group for d in demands)))
        yield from questions.storage_questions(home, tiers)
        cached = [d.name for d in demands if d.nvme_bytes and d.orchestrator not in plain]
        if cached and not any(scope.classes[name, each].instance_storage for each in cached):
            yield questions.local_disk_question(home, cached)
