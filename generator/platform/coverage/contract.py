"""Kind by kind: who does it, where, and what a comparison can see of it."""

from __future__ import annotations

from collections.abc import Iterator

from generator.platform.classes import by_terraform
from generator.platform.coverage.row import BY_HAND, Row
from generator.platform.objects import DesiredState, Manage
from generator.platform.scope import Scope


def tags_and_storage(state: DesiredState, scope: Scope) -> Iterator[Row]:  # noqa: ARG001 - one shape
    """Tags, policies and folders."""
    vcenters = state.vcenters
    root = "10-foundation"
    policies = [p for v in vcenters for p in v.storage_policies if p.by_terraform]
    categories = sum(len(v.tag_categories) for v in vcenters)
    folders = sum(len(v.folders) + len(v.environment_folders) for v in vcenters)
    yield "tag-category", "all", "terraform", root, "import", "all", categories
    yield "tag", "all", "terraform", root, "import", "all", sum(len(v.tags) for v in vcenters)
    where, untagged = "supervisor/tag-attachments", sum(len(v.attachments) for v in vcenters)
    yield "tag-attachment", "on datastores", "rest", where, "manifest", "all", untagged
    yield "storage-policy", "tag rules", "terraform", root, "manifest", "all", len(policies)
    where = f"{root}, 40-<environment>-vms"
    yield "folder", "all", "terraform", where, "import", "all", folders


def supervisor(state: DesiredState, scope: Scope) -> Iterator[Row]:  # noqa: ARG001 - one shape
    """Classes, namespaces, clusters, and what exists already."""
    vcenters, clusters = state.vcenters, state.clusters
    classes = [vm_class for vcenter in vcenters for vm_class in vcenter.vm_classes]
    small = sum(by_terraform(vm_class) for vm_class in classes)
    namespaces = [n for v in vcenters for n in v.namespaces]
    ours = sum(n.manage is Manage.CREATE for n in namespaces)
    policies = [p for v in vcenters for p in v.storage_policies]
    owners = [
        *(n.manage for n in namespaces),
        *(p.manage for p in policies),
        *(c.manage for c in clusters),
    ]  # fmt: skip
    theirs = sum(owner is not Manage.CREATE for owner in owners)
    seen = "by REST; a plan sees nothing"
    yield "vm-class", "at most one vGPU", "terraform", "20-classes", "manifest", seen, small
    fields, where = "several vGPUs, a large MMIO window or disks", "supervisor/vm-classes"
    yield "vm-class", fields, "rest", where, "manifest", "by REST", len(classes) - small
    fields, where = "policies, libraries, classes", "30-<environment>-namespaces"
    yield "namespace", fields, "terraform", where, "manifest", "all by REST", ours
    made = sum(cluster.manage is Manage.CREATE for cluster in clusters)
    seen = "all but what the resolver writes"
    yield "vks-cluster", "all", "kubernetes", "<environment>/tanzu", "kubectl", seen, made
    yield "existing object", "looked up", "person", "their owner", BY_HAND, "all", theirs


def by_people(state: DesiredState, scope: Scope) -> Iterator[Row]:
    """What nobody but a person does."""
    clusters, blueprint = state.clusters, scope.blueprint
    yield from _imported(scope)
    with_gpus = sum(any(pool.gpu for pool in cluster.pools) for cluster in clusters)
    elastic = sum(any(p.minimum != p.maximum for p in cluster.pools) for cluster in clusters)
    trusting = sum(bool(cluster.trusted_cas) for cluster in clusters)
    scheduler = blueprint.resource_management.scheduler
    queues = int(scheduler not in (None, "default", "none"))
    components = len(blueprint.ml_platform.components)
    for kind, where, count in (
        ("GPU operator and licence", "each cluster with GPU pools", with_gpus),
        ("cluster autoscaler", "each cluster with elastic pools", elastic),
        ("Secret of trusted CAs", "each cluster's namespace", trusting),
        ("queues", f"scheduler: {scheduler}", queues),
        ("platform component", "ml_platform.components", components),
    ):
        yield kind, "all", "person", where, BY_HAND, "nothing", count


def _imported(scope: Scope) -> Iterator[Row]:
    """What comes by file, not by itself: node images, and all of an air-gapped site (F28)."""
    homes = {home.site: home for home in scope.homes.values() if home.inventory is not None}
    local = sorted(
        {
            library.name
            for home in homes.values()
            if home.inventory is not None
            for library in home.inventory.libraries
            if library.name in home.libraries and library.subscribed is False
        }
    )
    where = f"content library {', '.join(local)}"
    yield "node image", "of the Kubernetes release", "person", where, BY_HAND, "nothing", len(local)
    closed = [
        h.inventory.services
        for h in homes.values()
        if h.inventory and h.inventory.services.air_gapped
    ]
    where = ", ".join(sorted({s.registry or "the site's registry" for s in closed}))
    fields = "images, charts, guest driver for the nodes' kernel"
    yield "mirror", fields, "person", where, BY_HAND, "nothing", len(closed)
