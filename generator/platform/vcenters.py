"""What belongs to one vCenter: its references, tags, folders, policies, classes, namespaces."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence

from generator.platform import direct_path, operations
from generator.platform.gpus import gpu_layer
from generator.platform.host_facts import host_facts
from generator.platform.infrastructure import sites
from generator.platform.objects import (
    Access,
    Fabric,
    Folder,
    Namespace,
    NamespaceShare,
    Reference,
    ResourcePool,
    Tag,
    TagCategory,
    TeamFolder,
    Vcenter,
)
from generator.platform.personas import roles
from generator.platform.scope import Scope, existing
from generator.platform.sites import Home
from generator.platform.stamps import RELEASE_CATEGORY, STAMP_CATEGORY, stamp, stamp_tag
from generator.platform.storage import TIER_CATEGORY, TierStorage
from generator.sizing.clusters import plain_fabrics

Existing = set[tuple[str, str, str]]

_MARKED = ("Folder", "ResourcePool", "VirtualMachine")
"""Kinds that may carry mlgen's tags. Types can be added to a category and never taken away."""


def vcenter(
    scope: Scope,
    name: str,
    namespaces: Mapping[str, Sequence[Namespace]],
    accesses: Sequence[Access],
    shares: Sequence[NamespaceShare],
    fabrics: Mapping[str, Sequence[Fabric]],
) -> Vcenter:
    """The desired state of one vCenter; ``namespaces`` and ``fabrics`` are by environment."""
    here = scope.homes_of(name)
    facts = next(
        (v for home in here.values() if home.inventory for v in home.inventory.vcenters
         if v.ref == name),
        None,
    )  # fmt: skip
    storage = _distinct(s for e in here for s in scope.storage.get(e, ()))
    datacenters = sorted({home.datacenter for home in here.values() if home.datacenter})
    folders = tuple(_platform_folder(scope, d) for d in datacenters)
    below = tuple(
        (e, _environment_folder(scope, e, home)) for e, home in here.items() if home.datacenter
    )
    machines = tuple(fabric for e in here for fabric in fabrics[e])
    held = [thing for fabric in machines for thing in fabric.marked]
    tags = _tags(scope, [*folders, *(folder for _, folder in below), *held], storage)
    there = existing(here)
    classes = {
        c.name: c for (e, _), c in scope.classes.items() if e in here and not _plain(scope, e)
    }
    return Vcenter(
        name=name,
        instance_uuid=(facts.instance_uuid if facts else None) or "",
        backend=(facts.backend.type, facts.backend.ref) if facts and facts.backend else None,
        references=tuple(_references(_places(scope, name, datacenters), storage, tags, there)),
        tag_categories=tuple(_categories(scope.platform, tags, there)),
        tags=tuple(t for t in tags if ("tag", t.category, t.name) not in there),
        folders=folders,
        environment_folders=below,
        storage_policies=tuple(s.policy for s in storage),
        vm_classes=tuple(classes[n] for n in sorted(classes) if ("vm-class", "", n) not in there),
        namespaces=tuple(n for e in here for n in namespaces[e]),
        host_settings=tuple(gpu_layer(scope, name)),
        host_facts=tuple(host_facts(scope, name)),
        accesses=tuple(access for access in accesses if access.environment in here),
        attachments=tuple(operations.attachments([s.policy for s in storage])),
        zones=tuple(operations.zones(scope, name)),
        shares=tuple(share for share in shares if share.environment in here),
        reach=operations.reach(scope, name),
        roles=tuple(roles(scope, here.values(), machines)),
        fabrics=machines,
        direct_path_profiles=tuple(direct_path.profiles(scope, name)),
    )


def _plain(scope: Scope, environment: str) -> bool:
    """Whether the work of an environment runs in plain VMs, which have no class."""
    plain = plain_fabrics(scope.blueprint)
    return any(group.orchestrator in plain for group in scope.groups_of(environment))


def platform_folder_path(scope: Scope) -> str:
    """The path of the platform's own VM folder: one name, whatever site the first namer is of."""
    return scope.namers[min(scope.namers)].name("folder") if scope.namers else ""


def environment_folder_path(scope: Scope, environment: str) -> str:
    """The path of an environment's folder below the platform's."""
    child = scope.namers[environment].name("environment_folder", env=environment)
    return f"{platform_folder_path(scope)}/{child}"


def _platform_folder(scope: Scope, datacenter: str) -> Folder:
    path = platform_folder_path(scope)
    return Folder(
        path=path,
        datacenter=datacenter,
        tags=(
            (RELEASE_CATEGORY, scope.release),
            (STAMP_CATEGORY, stamp_tag(scope.platform, f"folder/{path}")),
        ),
    )


def _environment_folder(scope: Scope, environment: str, home: Home) -> Folder:
    path = environment_folder_path(scope, environment)
    return Folder(
        path=path,
        datacenter=home.datacenter,
        tags=((STAMP_CATEGORY, stamp_tag(scope.platform, f"folder/{path}")),),
    )


def _tags(
    scope: Scope,
    marked: Iterable[Folder | TeamFolder | ResourcePool],
    storage: Iterable[TierStorage],
) -> list[Tag]:
    """The tags that folders and pools carry and the policies need, release first."""
    found: dict[tuple[str, str], Tag] = {}
    for thing in marked:
        for category, name in thing.tags:
            release = category == RELEASE_CATEGORY
            found[category, name] = Tag(
                category=category,
                name=name,
                description=stamp(scope.platform, "release")
                if release
                else f"{STAMP_CATEGORY}:{name}",
                renamed_by_release=release,
            )
    for tier in storage:
        if tier.new_tag is not None:
            found[tier.new_tag.category, tier.new_tag.name] = tier.new_tag
    return list(found.values())


def _categories(platform: str, tags: Iterable[Tag], there: Existing) -> Iterator[TagCategory]:
    kinds = {TIER_CATEGORY: ("Datastore",), RELEASE_CATEGORY: ("Folder",)}
    for name in dict.fromkeys(tag.category for tag in tags):
        if ("tag-category", "", name) not in there:
            yield TagCategory(
                name=name,
                description=stamp(platform, f"tag-category/{name}"),
                multiple=False,
                associable_types=kinds.get(name, _MARKED),
            )


def _distinct(storage: Iterable[TierStorage]) -> tuple[TierStorage, ...]:
    return tuple({s.policy.name: s for s in storage}.values())


def _places(scope: Scope, vcenter: str, datacenters: Iterable[str]) -> dict[str, str]:
    """The folder of each datacenter that work stands in or that lies in one; "" for none."""
    folders = {
        item.name: item.folder or ""
        for _, inventory in sites(scope, vcenter)
        for item in inventory.datacenters
        if (item.vcenter or vcenter) == vcenter
    }
    used = dict.fromkeys(datacenters, "")
    return used | {name: folder for name, folder in folders.items() if folder or name in used}


def _references(
    datacenters: Mapping[str, str],
    storage: Iterable[TierStorage],
    tags: Iterable[Tag],
    there: Existing,
) -> Iterator[Reference]:
    for name, folder in sorted(datacenters.items()):
        yield Reference(what="datacenter", name=name, parent=folder)
    theirs = [s.policy for s in storage if s.new_tag is None and s.policy.tag]
    categories = {p.tag_category for p in theirs} | {
        tag.category for tag in tags if ("tag-category", "", tag.category) in there
    }
    for name in sorted(categories):
        yield Reference(what="tag_category", name=name)
    looked_up = {(p.tag_category, p.tag) for p in theirs} | {
        (tag.category, tag.name) for tag in tags if ("tag", tag.category, tag.name) in there
    }
    for category, name in sorted(looked_up):
        yield Reference(what="tag", name=name, parent=category)
