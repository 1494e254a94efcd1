"""What every part of the desired state is built from: the blueprint, its plan and its homes."""

from __future__ import annotations

from collections.abc import Mapping

from generator.blueprint.model.blueprint import Blueprint
from generator.catalog import Catalog
from generator.placement.plan import Plan
from generator.platform.classes import vm_classes
from generator.platform.clusters import Group, groups
from generator.platform.naming import Namer
from generator.platform.objects import VmClass
from generator.platform.sites import Home, homes, namers
from generator.platform.storage import TierStorage, tier_storage
from generator.record import Record, record
from generator.supply.model import OutsideObject, SiteInventory


@record
class Scope(Record):
    """The inputs of a desired state, with what several parts of it need worked out once.

    ``homes``, ``namers`` and ``storage`` are keyed by environment (the latter two only where the
    home's facts are known), ``classes`` by environment and demand.
    """

    blueprint: Blueprint
    catalog: Catalog
    plan: Plan
    homes: Mapping[str, Home]
    namers: Mapping[str, Namer]
    groups: tuple[Group, ...]
    classes: Mapping[tuple[str, str], VmClass]
    storage: Mapping[str, tuple[TierStorage, ...]]

    @property
    def platform(self) -> str:
        """The platform's name, which stamps carry."""
        return self.blueprint.metadata.name

    @property
    def release(self) -> str:
        """``<name>-<revision>``."""
        return f"{self.platform}-{self.blueprint.metadata.revision}"

    def homes_of(self, vcenter: str) -> dict[str, Home]:
        """The homes that one vCenter carries, by environment."""
        return {name: home for name, home in self.homes.items() if home.vcenter == vcenter}

    def groups_of(self, environment: str) -> tuple[Group, ...]:
        """The groups of work of one environment."""
        return tuple(group for group in self.groups if group.environment == environment)


def scope_of(
    blueprint: Blueprint, inventories: Mapping[str, SiteInventory], plan: Plan, catalog: Catalog
) -> Scope:
    """The scope of a blueprint; ``inventories`` is keyed by the blueprint's site names."""
    found = {home.environment: home for home in homes(blueprint, inventories)}
    named = namers(blueprint, found.values())
    storage = storage_of(blueprint, found, named)
    return Scope(
        blueprint=blueprint,
        catalog=catalog,
        plan=plan,
        homes=found,
        namers=named,
        groups=groups(plan, named),
        classes=vm_classes(plan, catalog, named, local_policies(blueprint, storage)),
        storage=storage,
    )


def storage_of(
    blueprint: Blueprint, homes: Mapping[str, Home], named: Mapping[str, Namer]
) -> dict[str, tuple[TierStorage, ...]]:
    """The storage of each environment whose site is known; both mappings are by environment."""
    tiers = blueprint.storage_compute.storage.tiers
    return {
        name: tuple(tier_storage(tiers, home.inventory, named[name]))
        for name, home in homes.items()
        if home.inventory is not None
    }


def local_policies(
    blueprint: Blueprint, storage: Mapping[str, tuple[TierStorage, ...]]
) -> dict[str, str]:
    """The policy of the hosts' own NVMe by environment: of the first tier there by name."""
    tiers = blueprint.storage_compute.storage.tiers
    local = {tier.name for tier in tiers if tier.backing == "vmfs-local"}
    return {
        environment: next((each.policy.name for each in found if each.tier in local), "")
        for environment, found in storage.items()
    }


IMPORTED = frozenset(("tag-category", "tag", "folder", "resource-pool", "role", "custom-attribute"))
"""Kinds of the list ``objects`` for which the provider has an importer (F14). The others that are
adopted are only listed in the manifest, as ours, and never patched."""


def existing(homes: Mapping[str, Home]) -> set[tuple[str, str, str]]:
    """Objects that are only looked up: (kind, what they lie within, name)."""
    return {
        (thing.kind, thing.within or "", thing.name)
        for home in homes.values()
        if home.inventory is not None
        for thing in home.inventory.objects
        if looked_up(thing)
    }


def looked_up(thing: OutsideObject) -> bool:
    """Whether somebody else keeps an object; one with an importer can be taken over."""
    return thing.manage != "create" and not (thing.manage == "adopt" and thing.kind in IMPORTED)
