"""References: every name that a blueprint uses is declared somewhere in it."""

from __future__ import annotations

from abc import abstractmethod
from collections.abc import Iterable, Iterator, Mapping, Sequence
from typing import ClassVar

from generator.blueprint.model.blueprint import Blueprint
from generator.blueprint.rules.subject import Judged, mend_name
from generator.finding import Check, Finding, Path

Use = tuple[Path, str]
"""A name that is used, and where."""

_MANAGED = "resource_management"
_SUPPLY = "storage_compute"
_DEVELOPING = "development_environment"


class Resolves(Check[Judged]):
    """The common part of all rules about references."""

    noun: ClassVar[str]
    declared_in: ClassVar[str]
    source = "requirements C-1: cross-references are judged after the schema"

    @classmethod
    @abstractmethod
    def known(cls, blueprint: Blueprint) -> Iterable[str]:
        """The names that exist."""

    @classmethod
    @abstractmethod
    def uses(cls, blueprint: Blueprint) -> Iterator[Use]:
        """The names that are used."""

    @classmethod
    def check(cls, subject: Judged) -> Iterator[Finding]:
        """Judges every use."""
        known = frozenset(cls.known(subject.blueprint))
        for path, name in cls.uses(subject.blueprint):
            if name not in known:
                yield cls.breach(
                    f"there is no {cls.noun} called {name}",
                    **subject.at(path),
                    mend=mend_name(name, known, f"declare it under {cls.declared_in}"),
                )


class KnownTeam(Resolves):
    """A team is named that the organisation does not have."""

    id = "MLG-B010"
    title = "Teams that are named exist"
    reason = "rights, quota and sign-off would belong to nobody"
    noun = "team"
    declared_in = "organisation.teams"

    @classmethod
    def known(cls, blueprint: Blueprint) -> Iterable[str]:
        """The organisation's teams."""
        return (team.name for team in blueprint.organisation.teams)

    @classmethod
    def uses(cls, blueprint: Blueprint) -> Iterator[Use]:
        """Owners, queues, projects and the approver."""
        for index, workload in enumerate(blueprint.workloads):
            yield ("workloads", index, "owner"), workload.owner
        for index, project in enumerate(blueprint.organisation.projects):
            yield from _each(("organisation", "projects", index, "teams"), project.teams)
        for index, queue in enumerate(blueprint.resource_management.queues):
            yield from _maybe((_MANAGED, "queues", index, "team"), queue.team)
        for index, pipeline in enumerate(blueprint.resource_management.pipelines):
            yield from _maybe((_MANAGED, "pipelines", index, "owner"), pipeline.owner)
        validation = blueprint.governance.validation
        if validation is not None:
            yield from _maybe(("governance", "validation", "approver"), validation.approver)


class KnownDataset(Resolves):
    """A dataset is named that is not described."""

    id = "MLG-B011"
    title = "Datasets that are named exist"
    reason = "its size, classification and place are needed to plan the work that reads it"
    noun = "dataset"
    declared_in = "storage_compute.datasets"

    @classmethod
    def known(cls, blueprint: Blueprint) -> Iterable[str]:
        """The datasets."""
        return (dataset.name for dataset in blueprint.storage_compute.datasets)

    @classmethod
    def uses(cls, blueprint: Blueprint) -> Iterator[Use]:
        """What workloads and steps read, and what datasets are made from."""
        for index, workload in enumerate(blueprint.workloads):
            yield from _maybe(("workloads", index, "data"), workload.data)
            yield from _each(("workloads", index, "uses"), workload.uses)
        for index, pipeline in enumerate(blueprint.resource_management.pipelines):
            for place, step in enumerate(pipeline.steps):
                yield from _maybe((_MANAGED, "pipelines", index, "steps", place, "uses"), step.uses)
        for index, dataset in enumerate(blueprint.storage_compute.datasets):
            at = (_SUPPLY, "datasets", index, "derived_from")
            yield from _each(at, dataset.derived_from)


class KnownTier(Resolves):
    """A storage tier is named that does not exist."""

    id = "MLG-B012"
    title = "Storage tiers that are named exist"
    reason = "data and checkpoints need somewhere to lie"
    noun = "storage tier"
    declared_in = "storage_compute.storage.tiers"

    @classmethod
    def known(cls, blueprint: Blueprint) -> Iterable[str]:
        """The tiers, and ``node-local`` for caches on the nodes' own disks."""
        return ("node-local", *(tier.name for tier in blueprint.storage_compute.storage.tiers))

    @classmethod
    def uses(cls, blueprint: Blueprint) -> Iterator[Use]:
        """Tiers and caches of datasets, and the stores of checkpoints."""
        for index, dataset in enumerate(blueprint.storage_compute.datasets):
            yield from _maybe((_SUPPLY, "datasets", index, "tier"), dataset.tier)
            yield from _maybe((_SUPPLY, "datasets", index, "cache"), dataset.cache)
        for index, workload in enumerate(blueprint.workloads):
            if workload.checkpoint is not None:
                yield ("workloads", index, "checkpoint", "store"), workload.checkpoint.store


class KnownStore(Resolves):
    """A store of results or lineage is named that does not exist."""

    id = "MLG-B013"
    title = "Stores of results and lineage exist"
    reason = "what a run leaves behind would have nowhere to go"
    noun = "storage tier or component"
    declared_in = "storage_compute.storage.tiers or ml_platform.components"

    @classmethod
    def known(cls, blueprint: Blueprint) -> Iterable[str]:
        """Tiers and components."""
        yield from (tier.name for tier in blueprint.storage_compute.storage.tiers)
        yield from (component.name for component in blueprint.ml_platform.components)

    @classmethod
    def uses(cls, blueprint: Blueprint) -> Iterator[Use]:
        """Where results and the lineage record go."""
        for index, workload in enumerate(blueprint.workloads):
            if workload.artefacts is not None:
                yield ("workloads", index, "artefacts", "store"), workload.artefacts.store
        if blueprint.governance.lineage is not None:
            at = ("governance", "lineage", "store")
            yield from _maybe(at, blueprint.governance.lineage.store)


class KnownOrchestrator(Resolves):
    """An orchestrator is named that does not exist."""

    id = "MLG-B014"
    title = "Orchestrators that are named exist"
    reason = "work would be sent to a cluster that nobody makes or has"
    noun = "orchestrator"
    declared_in = "resource_management.orchestrators"

    @classmethod
    def known(cls, blueprint: Blueprint) -> Iterable[str]:
        """The orchestrators."""
        return (item.name for item in blueprint.resource_management.orchestrators)

    @classmethod
    def uses(cls, blueprint: Blueprint) -> Iterator[Use]:
        """Where environments, steps, components, services and overflow run."""
        managed = blueprint.resource_management
        for name, environment in blueprint.environments.items():
            yield from _each(("environments", name, "runs_on"), environment.runs_on)
        for index, pipeline in enumerate(managed.pipelines):
            for place, step in enumerate(pipeline.steps):
                at = (_MANAGED, "pipelines", index, "steps", place, "target")
                yield from _maybe(at, step.target)
        for index, component in enumerate(blueprint.ml_platform.components):
            yield from _each(("ml_platform", "components", index, "runs_on"), component.runs_on)
        for index, workload in enumerate(blueprint.workloads):
            if workload.serving is not None:
                yield from _each(
                    ("workloads", index, "serving", "targets"), workload.serving.targets
                )
        if managed.burst is not None:
            yield (_MANAGED, "burst", "target"), managed.burst.target


class KnownFarEnd(Resolves):
    """An uplink leads to something that does not exist."""

    id = "MLG-B015"
    title = "The far end of an uplink exists"
    reason = "transfer times are computed over the line to that very place"
    noun = "orchestrator or site"
    declared_in = "resource_management.orchestrators or storage_compute.sites"

    @classmethod
    def known(cls, blueprint: Blueprint) -> Iterable[str]:
        """Orchestrators and sites."""
        yield from (item.name for item in blueprint.resource_management.orchestrators)
        yield from (site.name for site in blueprint.storage_compute.sites)

    @classmethod
    def uses(cls, blueprint: Blueprint) -> Iterator[Use]:
        """The far ends of all uplinks."""
        for index, site in enumerate(blueprint.storage_compute.sites):
            if site.uplink is not None:
                yield from _maybe((_SUPPLY, "sites", index, "uplink", "to"), site.uplink.to)


class KnownSite(Resolves):
    """A site is named that does not exist."""

    id = "MLG-B016"
    title = "Sites that are named exist"
    reason = "hosts, networks and vCenter of the work would be unknown"
    noun = "site"
    declared_in = "storage_compute.sites"

    @classmethod
    def known(cls, blueprint: Blueprint) -> Iterable[str]:
        """The sites."""
        return (site.name for site in blueprint.storage_compute.sites)

    @classmethod
    def uses(cls, blueprint: Blueprint) -> Iterator[Use]:
        """Sites of environments, orchestrators and datasets, and the line that burst uses."""
        managed = blueprint.resource_management
        for name, environment in blueprint.environments.items():
            yield from _each(("environments", name, "sites"), environment.sites)
        for index, orchestrator in enumerate(managed.orchestrators):
            yield from _maybe((_MANAGED, "orchestrators", index, "site"), orchestrator.site)
        for index, dataset in enumerate(blueprint.storage_compute.datasets):
            yield from _each((_SUPPLY, "datasets", index, "sites"), dataset.sites)
        if managed.burst is not None and managed.burst.data is not None:
            yield from _maybe((_MANAGED, "burst", "data", "link"), managed.burst.data.link)


class KnownWorkload(Resolves):
    """A step runs a workload that does not exist."""

    id = "MLG-B017"
    title = "Workloads that steps run exist"
    reason = "the step would start nothing"
    noun = "workload"
    declared_in = "workloads"

    @classmethod
    def known(cls, blueprint: Blueprint) -> Iterable[str]:
        """The workloads."""
        return (workload.name for workload in blueprint.workloads)

    @classmethod
    def uses(cls, blueprint: Blueprint) -> Iterator[Use]:
        """The workloads of all steps."""
        for index, pipeline in enumerate(blueprint.resource_management.pipelines):
            for place, step in enumerate(pipeline.steps):
                at = (_MANAGED, "pipelines", index, "steps", place, "workload")
                yield from _maybe(at, step.workload)


class KnownPriority(Resolves):
    """A priority is named that is not in the list."""

    id = "MLG-B018"
    title = "Priorities that are named are in the list"
    reason = "its rank among the others would be unknown"
    noun = "priority"
    declared_in = "resource_management.priorities"

    @classmethod
    def known(cls, blueprint: Blueprint) -> Iterable[str]:
        """The list of priorities."""
        return blueprint.resource_management.priorities

    @classmethod
    def uses(cls, blueprint: Blueprint) -> Iterator[Use]:
        """What gives way, and what workloads ask for."""
        preempt = blueprint.resource_management.failover.preempt
        yield from _each((_MANAGED, "failover", "preempt"), preempt)
        for index, workload in enumerate(blueprint.workloads):
            yield from _maybe(("workloads", index, "priority"), workload.priority)


class KnownEnvironment(Resolves):
    """An environment is named that does not exist."""

    id = "MLG-B019"
    title = "Environments that are named exist"
    reason = "what is said about it would be read by nobody"
    noun = "environment"
    declared_in = "environments"

    @classmethod
    def known(cls, blueprint: Blueprint) -> Iterable[str]:
        """The environments."""
        return blueprint.environments

    @classmethod
    def uses(cls, blueprint: Blueprint) -> Iterator[Use]:
        """Environments of workloads, images and GPU policy."""
        for index, workload in enumerate(blueprint.workloads):
            yield from _each(("workloads", index, "environments"), workload.environments)
        gpu, developing = blueprint.resource_management.gpu, blueprint.development_environment
        yield from _keys((_MANAGED, "gpu", "sharing"), gpu.sharing)
        yield from _keys((_MANAGED, "gpu", "scheduling"), gpu.scheduling)
        for part, artefacts in (("images", developing.images), ("catalogue", developing.catalogue)):
            for index, artefact in enumerate(artefacts):
                at = (_DEVELOPING, part, index, "environments")
                yield from _each(at, artefact.environments)


class KnownImage(Resolves):
    """An image is named that the development environment does not have."""

    id = "MLG-B020"
    title = "Images that are named exist"
    reason = "nobody could say which image starts, or whether it is pinned"
    noun = "image"
    declared_in = "development_environment.images"

    @classmethod
    def known(cls, blueprint: Blueprint) -> Iterable[str]:
        """Images and the curated catalogue."""
        developing = blueprint.development_environment
        return (item.name for item in (*developing.images, *developing.catalogue))

    @classmethod
    def uses(cls, blueprint: Blueprint) -> Iterator[Use]:
        """Images of workloads and notebooks."""
        for index, workload in enumerate(blueprint.workloads):
            yield from _maybe(("workloads", index, "image"), workload.image)
        for index, team in enumerate(blueprint.organisation.teams):
            if team.notebooks is not None:
                at = ("organisation", "teams", index, "notebooks", "image")
                yield from _maybe(at, team.notebooks.image)


class KnownClassification(Resolves):
    """A classification is used that governance does not declare."""

    id = "MLG-B021"
    title = "Classifications that are used are declared"
    reason = "a misspelt classification is compared with nothing, and data leaves by it"
    noun = "classification"
    declared_in = "governance.classifications"

    @classmethod
    def known(cls, blueprint: Blueprint) -> Iterable[str]:
        """The site's own words."""
        return blueprint.governance.classifications

    @classmethod
    def uses(cls, blueprint: Blueprint) -> Iterator[Use]:
        """Classifications of data, and those that places and policies name."""
        supply, managed = blueprint.storage_compute, blueprint.resource_management
        words = "allowed_classifications"
        for index, dataset in enumerate(supply.datasets):
            yield from _maybe((_SUPPLY, "datasets", index, "classification"), dataset.classification)
        for index, site in enumerate(supply.sites):
            yield from _each((_SUPPLY, "sites", index, words), site.allowed_classifications)
        for index, item in enumerate(managed.orchestrators):
            at = (_MANAGED, "orchestrators", index, words)
            yield from _each(at, item.allowed_classifications)
        if managed.burst is not None:
            yield from _each((_MANAGED, "burst", words), managed.burst.allowed_classifications)
        for index, policy in enumerate(blueprint.governance.policies):
            at = ("governance", "policies", index, "classifications")
            yield from _each(at, policy.classifications)


def _maybe(path: Path, name: str | None) -> Iterator[Use]:
    if name is not None:
        yield path, name


def _each(path: Path, names: Sequence[str]) -> Iterator[Use]:
    for index, name in enumerate(names):
        yield (*path, index), name


def _keys(path: Path, mapping: Mapping[str, object]) -> Iterator[Use]:
    for name in mapping:
        yield (*path, name), name


RULES: tuple[type[Resolves], ...] = (
    KnownTeam,
    KnownDataset,
    KnownTier,
    KnownStore,
    KnownOrchestrator,
    KnownFarEnd,
    KnownSite,
    KnownWorkload,
    KnownPriority,
    KnownEnvironment,
    KnownImage,
    KnownClassification,
)
