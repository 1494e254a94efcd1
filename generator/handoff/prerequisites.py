"""What a release stands on: who is asked, and what is backed up."""

from __future__ import annotations

from collections.abc import Iterator, Mapping

from generator.blueprint.model.blueprint import Blueprint
from generator.blueprint.model.governance import Protection
from generator.quantity import Quantity
from generator.record import Record, record
from generator.supply.model import SiteInventory

UNKNOWN = "unknown"
HOUR_S = 3600


@record
class Contact(Record):
    """Who answers for a field of work; ``place`` is the platform, or one site."""

    place: str
    office: str
    who: str


@record
class ProtectionRow(Record):
    """How something survives loss (F23); times are in hours."""

    what: str
    method: str
    rpo: str
    rto: str
    left_out: str


def contacts(blueprint: Blueprint, inventories: Mapping[str, SiteInventory]) -> Iterator[Contact]:
    """Owners and approvers of the platform, then the owners of each site."""
    name = blueprint.metadata.name
    if blueprint.metadata.owner:
        yield Contact(place=name, office="platform", who=blueprint.metadata.owner)
    for office, who in sorted(blueprint.handoff.owners.items()):
        yield Contact(place=name, office=office, who=who)
    for approver, who in sorted(blueprint.governance.approvers.items()):
        yield Contact(place=name, office=f"approves for {approver}", who=who)
    for site, inventory in sorted(inventories.items()):
        if inventory.metadata.owner:
            yield Contact(place=site, office="inventory", who=inventory.metadata.owner)
        for office, who in sorted(inventory.owners.items()):
            yield Contact(place=site, office=office, who=who)


def protected(
    blueprint: Blueprint, inventories: Mapping[str, SiteInventory]
) -> Iterator[ProtectionRow]:
    """What must be restorable before the first change, and what the platform protects later.

    The backups of vCenter and of its Supervisors are prerequisites: no step of ours makes them.
    """
    for _, inventory in sorted(inventories.items()):
        backup = inventory.services.backup or UNKNOWN
        for vcenter in inventory.vcenters:
            yield _prerequisite(f"vCenter {vcenter.ref}: file-based backup", backup)
        for supervisor in inventory.supervisors:
            yield _prerequisite(f"Supervisor {supervisor.ref}: backup of its control plane", backup)
    compute = blueprint.storage_compute
    for kind, items in (
        ("tier", compute.storage.tiers),
        ("dataset", compute.datasets),
        ("component", blueprint.ml_platform.components),
        ("workload", blueprint.workloads),
    ):
        for item in items:
            if item.protection is not None:
                yield _row(f"{kind} {item.name}", item.protection)


def _prerequisite(what: str, backup: str) -> ProtectionRow:
    return ProtectionRow(
        what=what, method=f"before the first change, by {backup}", rpo="-", rto="-", left_out="-"
    )


def _row(what: str, stated: Protection) -> ProtectionRow:
    return ProtectionRow(
        what=what,
        method=stated.method,
        rpo=_hours(stated.rpo_s),
        rto=_hours(stated.rto_s),
        left_out=stated.exclude or "-",
    )


def _hours(time_s: Quantity | None) -> str:
    return UNKNOWN if time_s is None else f"{time_s.value / HOUR_S:g}"
