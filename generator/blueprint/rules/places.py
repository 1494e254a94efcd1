"""References to where work runs, and in which order, resolve."""

from __future__ import annotations

from collections.abc import Iterator

from generator.blueprint.model.blueprint import Blueprint
from generator.blueprint.rules.resolves import Resolves, Use, each, keys, maybe

_MANAGED = "resource_management"
_SUPPLY = "storage_compute"
_DEVELOPING = "development_environment"


class KnownOrchestrator(Resolves):
    """An orchestrator is named that does not exist."""

    id = "MLG-B014"
    title = "Orchestrators that are named exist"
    reason = "work would be sent to a cluster that nobody makes or has"
    noun = "orchestrator"
    declared_in = ("resource_management.orchestrators",)

    @classmethod
    def uses(cls, blueprint: Blueprint) -> Iterator[Use]:
        """Where environments, steps, components, services and overflow run."""
        managed = blueprint.resource_management
        for name, environment in blueprint.environments.items():
            yield from each(("environments", name, "runs_on"), environment.runs_on)
        for index, pipeline in enumerate(managed.pipelines):
            for place, step in enumerate(pipeline.steps):
                at = (_MANAGED, "pipelines", index, "steps", place, "target")
                yield from maybe(at, step.target)
        for index, component in enumerate(blueprint.ml_platform.components):
            yield from each(("ml_platform", "components", index, "runs_on"), component.runs_on)
        for index, workload in enumerate(blueprint.workloads):
            if workload.serving is not None:
                yield from each(
                    ("workloads", index, "serving", "targets"), workload.serving.targets
                )
        if managed.burst is not None:
            yield Use((_MANAGED, "burst", "target"), managed.burst.target)


class KnownFarEnd(Resolves):
    """An uplink leads to something that does not exist."""

    id = "MLG-B015"
    title = "The far end of an uplink exists"
    reason = "transfer times are computed over the line to that very place"
    noun = "orchestrator or site"
    declared_in = ("resource_management.orchestrators", "storage_compute.sites")

    @classmethod
    def uses(cls, blueprint: Blueprint) -> Iterator[Use]:
        """The far ends of all uplinks."""
        for index, site in enumerate(blueprint.storage_compute.sites):
            if site.uplink is not None:
                yield from maybe((_SUPPLY, "sites", index, "uplink", "to"), site.uplink.to)


class KnownSite(Resolves):
    """A site is named that does not exist."""

    id = "MLG-B016"
    title = "Sites that are named exist"
    reason = "hosts, networks and vCenter of the work would be unknown"
    noun = "site"
    declared_in = ("storage_compute.sites",)

    @classmethod
    def uses(cls, blueprint: Blueprint) -> Iterator[Use]:
        """Sites of environments, orchestrators and datasets, and the line that burst uses."""
        managed = blueprint.resource_management
        for name, environment in blueprint.environments.items():
            yield from each(("environments", name, "sites"), environment.sites)
        for index, orchestrator in enumerate(managed.orchestrators):
            yield from maybe((_MANAGED, "orchestrators", index, "site"), orchestrator.site)
        for index, dataset in enumerate(blueprint.storage_compute.datasets):
            yield from each((_SUPPLY, "datasets", index, "sites"), dataset.sites)
        if managed.burst is not None and managed.burst.data is not None:
            yield from maybe((_MANAGED, "burst", "data", "link"), managed.burst.data.link)


class KnownWorkload(Resolves):
    """A step runs a workload that does not exist."""

    id = "MLG-B017"
    title = "Workloads that steps run exist"
    reason = "the step would start nothing"
    noun = "workload"
    declared_in = ("workloads",)

    @classmethod
    def uses(cls, blueprint: Blueprint) -> Iterator[Use]:
        """The workloads of all steps."""
        for index, pipeline in enumerate(blueprint.resource_management.pipelines):
            for place, step in enumerate(pipeline.steps):
                at = (_MANAGED, "pipelines", index, "steps", place, "workload")
                yield from maybe(at, step.workload)


class KnownPriority(Resolves):
    """A priority is named that is not in the list."""

    id = "MLG-B018"
    title = "Priorities that are named are in the list"
    reason = "its rank among the others would be unknown"
    noun = "priority"
    declared_in = ("resource_management.priorities",)

    @classmethod
    def uses(cls, blueprint: Blueprint) -> Iterator[Use]:
        """What gives way, and what workloads ask for."""
        preempt = blueprint.resource_management.failover.preempt
        yield from each((_MANAGED, "failover", "preempt"), preempt)
        for index, workload in enumerate(blueprint.workloads):
            yield from maybe(("workloads", index, "priority"), workload.priority)


class KnownEnvironment(Resolves):
    """An environment is named that does not exist."""

    id = "MLG-B019"
    title = "Environments that are named exist"
    reason = "what is said about it would be read by nobody"
    noun = "environment"
    declared_in = ("environments",)

    @classmethod
    def uses(cls, blueprint: Blueprint) -> Iterator[Use]:
        """Environments of workloads, images and the policies of GPUs and CPUs."""
        for index, workload in enumerate(blueprint.workloads):
            yield from each(("workloads", index, "environments"), workload.environments)
        managed, developing = blueprint.resource_management, blueprint.development_environment
        yield from keys((_MANAGED, "gpu", "sharing"), managed.gpu.sharing)
        yield from keys((_MANAGED, "gpu", "scheduling"), managed.gpu.scheduling)
        yield from keys((_MANAGED, "cpu", "overcommit"), managed.cpu.overcommit)
        for part, artefacts in (("images", developing.images), ("catalogue", developing.catalogue)):
            for index, artefact in enumerate(artefacts):
                at = (_DEVELOPING, part, index, "environments")
                yield from each(at, artefact.environments)


RULES: tuple[type[Resolves], ...] = (
    KnownOrchestrator,
    KnownFarEnd,
    KnownSite,
    KnownWorkload,
    KnownPriority,
    KnownEnvironment,
)
