"""Open questions: facts that nobody stated and the objects that wait for them."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Iterator, Sequence
from dataclasses import replace

from generator.blueprint.model.blueprint import Blueprint
from generator.blueprint.model.storage_compute import Tier
from generator.catalog import Catalog
from generator.platform.clusters import Group, orchestrator_of
from generator.platform.objects import OpenQuestion
from generator.platform.sites import Home
from generator.platform.storage import missing_facts

VI_TEAM = "virtualisation"
"""Who is asked where the inventory names no owner."""


def home_questions(home: Home, groups: Sequence[str]) -> Iterator[OpenQuestion]:
    """Asks for the site of an environment that has work and no known home."""
    if home.inventory is None and groups:
        subject = f"environments.{home.environment}.sites" if not home.site else home.site
        yield _question(
            home,
            subject,
            f"Which site carries environment {home.environment}, and what are its facts?",
            "a Supervisor belongs to one site",
            tuple(f"{home.environment}/{name}" for name in groups),
        )


def storage_questions(home: Home, tiers: tuple[Tier, ...]) -> Iterator[OpenQuestion]:
    """What keeps tiers from having a policy in an environment."""
    if home.inventory is not None:
        for subject, why in missing_facts(tiers, home.inventory):
            yield _question(home, subject, f"What is {subject}?", why, ("its StorageClass",))


def local_disk_question(home: Home, demands: Sequence[str]) -> OpenQuestion:
    """Asks for the storage that caches on the nodes lie on."""
    return _question(
        home,
        "storage_compute.storage.tiers with backing vmfs-local",
        f"Which storage policy is of the hosts' own NVMe in {home.environment}?",
        "a VM class takes the disk of a node-local cache from it",
        tuple(f"instance storage of {home.environment}/{name}" for name in demands),
    )


def namespace_questions(home: Home, namespaces: Sequence[str]) -> Iterator[OpenQuestion]:
    """What the namespaces of an environment lack; none where they can be made."""
    blocks = tuple(f"namespace/{name}" for name in namespaces)
    at = f"SiteInventory {home.site or '?'}"
    if not home.vcenter:
        yield _question(
            home,
            f"{at}: vcenters",
            f"Which vCenter carries environment {home.environment}?",
            "names and ids are those of one vCenter",
            blocks,
        )
    elif home.supervisor is None:
        yield _question(
            home,
            f"{at}: supervisors",
            f"Which Supervisor carries environment {home.environment}?",
            "a namespace is made on a Supervisor",
            blocks,
        )
    elif not home.supervisor.id:
        yield _question(
            home,
            f"{at}: supervisors[{home.supervisor.ref}].id",
            f"What is the id of Supervisor {home.supervisor.ref}?",
            "Terraform has no data source for a Supervisor",
            blocks,
        )


def folder_questions(home: Home) -> Iterator[OpenQuestion]:
    """What the VM folders of an environment lack."""
    if home.vcenter and not home.datacenter:
        yield _question(
            home,
            f"SiteInventory {home.site}: datacenters",
            f"Which datacenter of {home.vcenter} holds the VM folders?",
            "a folder is made in a datacenter",
            (f"folder/{home.environment}",),
        )


def cluster_questions(
    group: Group,
    *,
    home: Home,
    name: str,
    blueprint: Blueprint,
    catalog: Catalog,
    storage_classes: Sequence[str],
    gpu_clusters: Collection[str],
) -> Iterator[OpenQuestion]:
    """What the VKS cluster of a group lacks; ``gpu_clusters`` are those that its GPUs lie in."""
    orchestrator = orchestrator_of(blueprint, group)
    targets = blueprint.platform.targets
    stated_class = orchestrator.cluster_class or targets.cluster_class
    here = f"resource_management.orchestrators[{orchestrator.name}]"
    known = set(catalog.ids("cluster_classes"))
    missing: tuple[tuple[bool, str, str], ...] = (
        (not orchestrator.pod_cidr, f"{here}.pod_cidr", "its pods need a range of their own"),
        (not orchestrator.service_cidr, f"{here}.service_cidr", "VKS requires a service range"),
        (
            not (orchestrator.kubernetes or targets.kubernetes),
            "platform.targets.kubernetes",
            "the nodes' image follows from it",
        ),
        (
            stated_class not in known,
            "platform.targets.cluster_class",
            "variables differ between the versions of a ClusterClass",
        ),
        (not storage_classes, "storage_compute.storage.tiers", "nodes need a storage policy"),
        (
            _proxy_unknown(home),
            f"SiteInventory {home.site}: services.proxy_url",
            "nodes reach no registry without the address of the proxy that the site names",
        ),
        (
            not home.libraries,
            f"SiteInventory {home.site}: libraries with holds: vkr",
            "node images come from a content library",
        ),
    )
    zones = home.supervisor.zones if home.supervisor else ()
    unzoned = sorted(
        cluster for cluster in gpu_clusters if len(zones) > 1 and not home.zone(cluster)
    )
    missing += tuple(
        (True, f"SiteInventory {home.site}: clusters[{cluster}].zone", "GPU nodes must stay there")
        for cluster in unzoned
    )
    for absent, subject, why in missing:
        if absent:
            yield _question(
                home,
                subject,
                f"What is {subject}?",
                why,
                (f"vks-cluster/{name}",),
            )


def _proxy_unknown(home: Home) -> bool:
    services = home.inventory.services if home.inventory else None
    return services is not None and bool(services.proxy) and not services.proxy_url


def of_home(
    home: Home, subject: str, question: str, why: str, blocks: tuple[str, ...]
) -> OpenQuestion:
    """A question to whoever owns the site of an environment."""
    return _question(home, subject, question, why, blocks)


def merged(questions: Iterable[OpenQuestion]) -> tuple[OpenQuestion, ...]:
    """One question per missing fact, with all that waits for it."""
    found: dict[str, OpenQuestion] = {}
    for question in questions:
        first = found.setdefault(question.subject, question)
        blocks = tuple(dict.fromkeys((*first.blocks, *question.blocks)))
        found[question.subject] = replace(first, blocks=blocks)
    return tuple(found.values())


def _question(
    home: Home, subject: str, question: str, why: str, blocks: tuple[str, ...]
) -> OpenQuestion:
    owners = home.inventory.owners if home.inventory else {}
    metadata = home.inventory.metadata if home.inventory else None
    owner = owners.get("virtualisation") or (metadata.owner if metadata else None) or VI_TEAM
    return OpenQuestion(subject=subject, question=question, owner=owner, why=why, blocks=blocks)
