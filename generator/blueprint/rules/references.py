"""References to people, data, stores and images resolve."""

from __future__ import annotations

from collections.abc import Iterator

from generator.blueprint.model.blueprint import Blueprint
from generator.blueprint.rules.resolves import Resolves, Use, each, keys, maybe

_MANAGED = "resource_management"
_SUPPLY = "storage_compute"


class KnownTeam(Resolves):
    """A team is named that the organisation does not have."""

    id = "MLG-B010"
    title = "Teams that are named exist"
    reason = "rights, quota and sign-off would belong to nobody"
    noun = "team"
    declared_in = ("organisation.teams",)

    @classmethod
    def uses(cls, blueprint: Blueprint) -> Iterator[Use]:
        """Owners, queues, projects and the approver."""
        for index, workload in enumerate(blueprint.workloads):
            yield Use(("workloads", index, "owner"), workload.owner)
        for index, project in enumerate(blueprint.organisation.projects):
            yield from each(("organisation", "projects", index, "teams"), project.teams)
        for index, queue in enumerate(blueprint.resource_management.queues):
            yield from maybe((_MANAGED, "queues", index, "team"), queue.team)
        for index, pipeline in enumerate(blueprint.resource_management.pipelines):
            yield from maybe((_MANAGED, "pipelines", index, "owner"), pipeline.owner)
        validation = blueprint.governance.validation
        if validation is not None:
            yield from maybe(("governance", "validation", "approver"), validation.approver)


class KnownDataset(Resolves):
    """A dataset is named that is not described."""

    id = "MLG-B011"
    title = "Datasets that are named exist"
    reason = "its size, classification and place are needed to plan the work that reads it"
    noun = "dataset"
    declared_in = ("storage_compute.datasets",)

    @classmethod
    def uses(cls, blueprint: Blueprint) -> Iterator[Use]:
        """What workloads and steps read, and what datasets are made from."""
        for index, workload in enumerate(blueprint.workloads):
            yield from maybe(("workloads", index, "data"), workload.data)
            yield from each(("workloads", index, "uses"), workload.uses)
        for index, pipeline in enumerate(blueprint.resource_management.pipelines):
            for place, step in enumerate(pipeline.steps):
                yield from maybe((_MANAGED, "pipelines", index, "steps", place, "uses"), step.uses)
        for index, dataset in enumerate(blueprint.storage_compute.datasets):
            at = (_SUPPLY, "datasets", index, "derived_from")
            yield from each(at, dataset.derived_from)


class KnownTier(Resolves):
    """A storage tier is named that does not exist."""

    id = "MLG-B012"
    title = "Storage tiers that are named exist"
    reason = "data and checkpoints need somewhere to lie"
    noun = "storage tier"
    declared_in = ("storage_compute.storage.tiers",)

    @classmethod
    def known(cls, blueprint: Blueprint) -> Iterator[str]:
        """The tiers, and ``node-local`` for caches on the nodes' own disks."""
        yield "node-local"
        yield from super().known(blueprint)

    @classmethod
    def uses(cls, blueprint: Blueprint) -> Iterator[Use]:
        """Tiers and caches of datasets, the stores of checkpoints, and limits of environments."""
        for index, dataset in enumerate(blueprint.storage_compute.datasets):
            yield from maybe((_SUPPLY, "datasets", index, "tier"), dataset.tier)
            yield from maybe((_SUPPLY, "datasets", index, "cache"), dataset.cache)
        for index, workload in enumerate(blueprint.workloads):
            if workload.checkpoint is not None:
                yield Use(("workloads", index, "checkpoint", "store"), workload.checkpoint.store)
        for name, environment in blueprint.environments.items():
            if environment.limits is not None:
                at = ("environments", name, "limits", "storage")
                yield from keys(at, environment.limits.storage_bytes)


class KnownStore(Resolves):
    """A store of results or lineage is named that does not exist."""

    id = "MLG-B013"
    title = "Stores of results and lineage exist"
    reason = "what a run leaves behind would have nowhere to go"
    noun = "storage tier or component"
    declared_in = ("storage_compute.storage.tiers", "ml_platform.components")

    @classmethod
    def uses(cls, blueprint: Blueprint) -> Iterator[Use]:
        """Where results and the lineage record go."""
        for index, workload in enumerate(blueprint.workloads):
            if workload.artefacts is not None:
                yield Use(("workloads", index, "artefacts", "store"), workload.artefacts.store)
        if blueprint.governance.lineage is not None:
            at = ("governance", "lineage", "store")
            yield from maybe(at, blueprint.governance.lineage.store)


def image_names(blueprint: Blueprint) -> Iterator[str]:
    """Images, and those of the curated catalogue."""
    developing = blueprint.development_environment
    yield from (item.name for item in (*developing.images, *developing.catalogue))


class KnownImage(Resolves):
    """An image is named that the development environment does not have."""

    id = "MLG-B020"
    title = "Images that are named exist"
    reason = "nobody could say which image starts, or whether it is pinned"
    noun = "image"
    declared_in = ("development_environment.images",)

    @classmethod
    def known(cls, blueprint: Blueprint) -> Iterator[str]:
        """Images and the curated catalogue."""
        yield from image_names(blueprint)

    @classmethod
    def uses(cls, blueprint: Blueprint) -> Iterator[Use]:
        """Images of workloads and notebooks."""
        for index, workload in enumerate(blueprint.workloads):
            yield from maybe(("workloads", index, "image"), workload.image)
        for index, team in enumerate(blueprint.organisation.teams):
            if team.notebooks is not None:
                at = ("organisation", "teams", index, "notebooks", "image")
                yield from maybe(at, team.notebooks.image)


class KnownClassification(Resolves):
    """A classification is used that governance does not declare."""

    id = "MLG-B021"
    title = "Classifications that are used are declared"
    reason = "a misspelt classification is compared with nothing, and data leaves by it"
    noun = "classification"
    declared_in = ("governance.classifications",)

    @classmethod
    def uses(cls, blueprint: Blueprint) -> Iterator[Use]:
        """Classifications of data, and those that places and policies name."""
        supply, managed = blueprint.storage_compute, blueprint.resource_management
        words = "allowed_classifications"
        for index, dataset in enumerate(supply.datasets):
            yield from maybe((_SUPPLY, "datasets", index, "classification"), dataset.classification)
        for index, site in enumerate(supply.sites):
            yield from each((_SUPPLY, "sites", index, words), site.allowed_classifications)
        for index, item in enumerate(managed.orchestrators):
            at = (_MANAGED, "orchestrators", index, words)
            yield from each(at, item.allowed_classifications)
        if managed.burst is not None:
            yield from each((_MANAGED, "burst", words), managed.burst.allowed_classifications)
        for index, policy in enumerate(blueprint.governance.policies):
            at = ("governance", "policies", index, "classifications")
            yield from each(at, policy.classifications)


RULES: tuple[type[Resolves], ...] = (
    KnownTeam,
    KnownDataset,
    KnownTier,
    KnownStore,
    KnownImage,
    KnownClassification,
)
