"""Where things stand: which environments a workload runs in, what prod is, who is managed."""

from __future__ import annotations

from generator.blueprint.model.blueprint import Blueprint
from generator.blueprint.model.resource_management import Orchestrator
from generator.blueprint.model.workloads import Workload

PROD = "prod"
"""The environment with production rules."""

_MADE_BY_MLGEN = ("vks", "tkg", "vm")
_RUN_IN_PROD = ("serving", "validation")


def homes(blueprint: Blueprint) -> tuple[tuple[str, ...], ...]:
    """For each workload, in order, the environments that it runs in.

    As it says; else prod for serving, validation and what a scheduled pipeline runs, dev for the
    rest; the only environment where there is but one.
    """
    scheduled = {
        step.workload
        for pipeline in blueprint.resource_management.pipelines
        if pipeline.schedule
        for step in pipeline.steps
    }
    return tuple(_home(workload, scheduled, blueprint) for workload in blueprint.workloads)


def _home(workload: Workload, scheduled: set[str | None], blueprint: Blueprint) -> tuple[str, ...]:
    if workload.environments:
        return workload.environments
    prod = workload.phase in _RUN_IN_PROD or workload.name in scheduled
    wanted = PROD if prod else "dev"
    if wanted in blueprint.environments:
        return (wanted,)
    return tuple(blueprint.environments) if len(blueprint.environments) == 1 else ()


def in_prod(blueprint: Blueprint) -> tuple[bool, ...]:
    """For each workload, in order, whether it runs in prod."""
    return tuple(PROD in home for home in homes(blueprint))


def is_managed(orchestrator: Orchestrator) -> bool:
    """Whether mlgen makes the orchestrator; unmanaged ones are somebody else's."""
    if orchestrator.managed is not None:
        return orchestrator.managed
    return orchestrator.kind in _MADE_BY_MLGEN
