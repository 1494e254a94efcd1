"""Builds the desired state from a blueprint, the facts of its sites and its plan."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence

from generator.blueprint.model.blueprint import Blueprint
from generator.catalog import Catalog
from generator.placement.plan import Plan
from generator.platform import questions
from generator.platform.classes import vm_classes
from generator.platform.clusters import Group, groups, vks_cluster
from generator.platform.coverage import coverage
from generator.platform.objects import (
    DesiredState,
    Folder,
    Manage,
    Namespace,
    OpenQuestion,
    Reference,
    Tag,
    TagCategory,
    Vcenter,
    VksCluster,
)
from generator.platform.sites import Home, homes, namers
from generator.platform.stamps import RELEASE_CATEGORY, STAMP_CATEGORY, stamp, stamp_tag
from generator.platform.storage import TIER_CATEGORY, TierStorage, tier_storage
from generator.supply.model import SiteInventory

Existing = set[tuple[str, str, str]]

_MARKED = ("Folder", "ResourcePool", "VirtualMachine")
"""Kinds that may carry mlgen's tags. Types can be added to a category and never taken away."""


def desired_state(
    blueprint: Blueprint, inventories: Mapping[str, SiteInventory], plan: Plan, catalog: Catalog
) -> DesiredState:
    """The desired state; what depends on an unknown fact is left out and asked for.

    ``inventories`` is keyed by the blueprint's site names. Pure and deterministic.
    """
    return _Builder(blueprint, inventories, plan, catalog).state()


class _Builder:
    def __init__(
        self,
        blueprint: Blueprint,
        inventories: Mapping[str, SiteInventory],
        plan: Plan,
        catalog: Catalog,
    ) -> None:
        self._blueprint = blueprint
        self._plan = plan
        self._catalog = catalog
        self._questions: list[OpenQuestion] = []
        self._homes = {home.environment: home for home in homes(blueprint, inventories)}
        self._namers = namers(blueprint, self._homes.values())
        self._folder = self._namers[min(self._namers)].name("folder") if self._namers else ""
        self._groups = groups(plan, self._namers)
        self._classes = vm_classes(plan, catalog, self._namers)
        self._storage = {
            name: tuple(
                tier_storage(
                    blueprint.storage_compute.storage.tiers, home.inventory, self._namers[name]
                )
            )
            for name, home in self._homes.items()
            if home.inventory is not None
        }

    def state(self) -> DesiredState:
        for name, home in self._homes.items():
            demands = [c.demand for c in self._plan.chosen if c.demand.environment == name]
            lost = list(dict.fromkeys(demand.group for demand in demands))
            self._questions += questions.home_questions(home, lost)
            tiers = self._blueprint.storage_compute.storage.tiers
            self._questions += questions.storage_questions(home, tiers)
        namespaces = {home: tuple(self._namespaces(home)) for home in self._homes}
        vcenters = tuple(
            self._vcenter(name, namespaces)
            for name in sorted({home.vcenter for home in self._homes.values() if home.vcenter})
        )
        made = {n.name for some in namespaces.values() for n in some}
        clusters = tuple(self._clusters(made))
        return DesiredState(
            platform=self._blueprint.metadata.name,
            release=f"{self._blueprint.metadata.name}-{self._blueprint.metadata.revision}",
            as_of=self._blueprint.release.as_of,
            vcenters=vcenters,
            clusters=clusters,
            questions=questions.merged(self._questions),
            coverage=coverage(
                vcenters,
                clusters,
                blueprint=self._blueprint,
                gpu_hosts=len({(s.site, s.host) for s in self._plan.placed if s.gpus}),
            ),
        )

    def _namespaces(self, environment: str) -> Iterator[Namespace]:
        home = self._homes[environment]
        members = [group for group in self._groups if group.environment == environment]
        if not members:
            return
        asked = list(questions.namespace_questions(home, [g.namespace for g in members]))
        self._questions += asked
        if asked or home.supervisor is None:
            return
        for group in members:
            classes = {self._classes[environment, c.demand.name].name for c in group.chosen}
            yield Namespace(
                name=group.namespace,
                manage=self._owner_of(group.namespace, environment),
                environment=environment,
                team=group.name,
                supervisor=home.supervisor.ref,
                supervisor_id=home.supervisor.id or "",
                storage_policies=tuple(s.policy.name for s in self._storage[environment]),
                content_libraries=home.libraries,
                vm_classes=tuple(sorted(classes)),
            )

    def _owner_of(self, namespace: str, environment: str) -> Manage:
        """Whose a namespace is: the site's list of existing objects counts before the wish."""
        home = self._homes[environment]
        if ("namespace", "", namespace) in _existing([home.inventory]):
            return Manage.REFERENCE
        return Manage(self._blueprint.environments[environment].manage or Manage.CREATE)

    def _clusters(self, namespaces: set[str]) -> Iterator[VksCluster]:
        for group in self._groups:
            home = self._homes[group.environment]
            namer = self._namers[group.environment]
            storage = [s.policy.storage_class for s in self._storage[group.environment]]
            asked = list(
                questions.cluster_questions(
                    group,
                    home=home,
                    name=group.namespace,
                    blueprint=self._blueprint,
                    catalog=self._catalog,
                    storage_classes=storage,
                    gpu_clusters=self._gpu_clusters(group),
                )
            )
            self._questions += asked
            if asked or group.namespace not in namespaces:
                continue
            yield vks_cluster(
                group,
                home=home,
                blueprint=self._blueprint,
                plan=self._plan,
                catalog=self._catalog,
                namer=namer,
                classes=self._classes,
                storage_classes=storage,
            )

    def _gpu_clusters(self, group: Group) -> set[str]:
        """The vSphere clusters that carry the GPUs of a group."""
        names = {c.demand.name for c in group.chosen if c.demand.gpu is not None}
        return {
            spot.cluster
            for spot in self._plan.placed
            if spot.environment == group.environment and spot.demand in names
        }

    def _vcenter(self, name: str, namespaces: Mapping[str, Sequence[Namespace]]) -> Vcenter:
        here = {e: home for e, home in self._homes.items() if home.vcenter == name}
        facts = next(
            (v for home in here.values() if home.inventory for v in home.inventory.vcenters
             if v.ref == name),
            None,
        )  # fmt: skip
        storage = _distinct(s for e in here for s in self._storage.get(e, ()))
        datacenters = sorted({home.datacenter for home in here.values() if home.datacenter})
        for home in here.values():
            self._questions += questions.folder_questions(home)
        platform_folders = tuple(self._platform_folder(d) for d in datacenters)
        folders = tuple(
            (e, self._environment_folder(e, home)) for e, home in here.items() if home.datacenter
        )
        marked = [*platform_folders, *(folder for _, folder in folders)]
        tags = self._tags(marked, storage)
        existing = _existing(home.inventory for home in here.values())
        classes = {c.name: c for (e, _), c in self._classes.items() if e in here}
        return Vcenter(
            name=name,
            instance_uuid=(facts.instance_uuid if facts else None) or "",
            backend=(facts.backend.type, facts.backend.ref) if facts and facts.backend else None,
            references=tuple(_references(datacenters, storage, tags, existing)),
            tag_categories=tuple(self._categories(tags, existing)),
            tags=tuple(t for t in tags if ("tag", t.category, t.name) not in existing),
            folders=platform_folders,
            environment_folders=folders,
            storage_policies=tuple(s.policy for s in storage),
            vm_classes=tuple(
                classes[n] for n in sorted(classes) if ("vm-class", "", n) not in existing
            ),
            namespaces=tuple(n for e in here for n in namespaces[e]),
        )

    def _platform_folder(self, datacenter: str) -> Folder:
        path = self._folder
        release = f"{self._blueprint.metadata.name}-{self._blueprint.metadata.revision}"
        return Folder(
            path=path,
            datacenter=datacenter,
            tags=((RELEASE_CATEGORY, release), (STAMP_CATEGORY, self._folder_stamp(path))),
        )

    def _environment_folder(self, environment: str, home: Home) -> Folder:
        parent = self._folder
        child = self._namers[environment].name("environment_folder", env=environment)
        path = f"{parent}/{child}"
        return Folder(
            path=path,
            datacenter=home.datacenter,
            tags=((STAMP_CATEGORY, self._folder_stamp(path)),),
        )

    def _folder_stamp(self, path: str) -> str:
        return stamp_tag(self._blueprint.metadata.name, f"folder/{path}")

    def _tags(self, folders: Iterable[Folder], storage: Iterable[TierStorage]) -> list[Tag]:
        """The tags that the folders carry and the policies need, release first."""
        found: dict[tuple[str, str], Tag] = {}
        for folder in folders:
            for category, name in folder.tags:
                release = category == RELEASE_CATEGORY
                found[category, name] = Tag(
                    category=category,
                    name=name,
                    description=stamp(self._blueprint.metadata.name, "release")
                    if release
                    else f"{STAMP_CATEGORY}:{name}",
                    renamed_by_release=release,
                )
        for tier in storage:
            if tier.new_tag is not None:
                found[tier.new_tag.category, tier.new_tag.name] = tier.new_tag
        return list(found.values())

    def _categories(self, tags: Iterable[Tag], existing: Existing) -> Iterator[TagCategory]:
        kinds = {TIER_CATEGORY: ("Datastore",), RELEASE_CATEGORY: ("Folder",)}
        for name in dict.fromkeys(tag.category for tag in tags):
            if ("tag-category", "", name) not in existing:
                yield TagCategory(
                    name=name,
                    description=stamp(self._blueprint.metadata.name, f"tag-category/{name}"),
                    multiple=False,
                    associable_types=kinds.get(name, _MARKED),
                )


def _distinct(storage: Iterable[TierStorage]) -> tuple[TierStorage, ...]:
    return tuple({s.policy.name: s for s in storage}.values())


def _existing(inventories: Iterable[SiteInventory | None]) -> Existing:
    """Objects that the site says are there already: (kind, what they lie within, name)."""
    return {
        (thing.kind, thing.within or "", thing.name)
        for inventory in inventories
        if inventory is not None
        for thing in inventory.objects
        if thing.manage != "create"
    }


def _references(
    datacenters: Iterable[str],
    storage: Iterable[TierStorage],
    tags: Iterable[Tag],
    existing: Existing,
) -> Iterator[Reference]:
    for name in datacenters:
        yield Reference(what="datacenter", name=name)
    theirs = [s.policy for s in storage if s.new_tag is None and s.policy.tag]
    categories = {p.tag_category for p in theirs} | {
        tag.category for tag in tags if ("tag-category", "", tag.category) in existing
    }
    for name in sorted(categories):
        yield Reference(what="tag_category", name=name)
    looked_up = {(p.tag_category, p.tag) for p in theirs} | {
        (tag.category, tag.name) for tag in tags if ("tag", tag.category, tag.name) in existing
    }
    for category, name in sorted(looked_up):
        yield Reference(what="tag", name=name, parent=category)
