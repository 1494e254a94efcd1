"""Steps that somebody takes at what nothing rendered may touch: VCF's hosts, and Supervisors."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence

from generator.blueprint.model.blueprint import Blueprint
from generator.handoff.enabling import to_be_enabled
from generator.handoff.needs import supervisor_needs
from generator.handoff.orders import asked_keepers
from generator.handoff.step import VI_TEAM, Step
from generator.handoff.steps import ADDRESSES, ORDERING, QUESTIONS
from generator.supply.model import SiteInventory

NEEDS = "See to what the Supervisors must do"


def asked_steps(blueprint: Blueprint, inventories: Mapping[str, SiteInventory]) -> Iterator[Step]:
    """Hosts first: a Supervisor stands on them."""
    ordered = [_ordered(v, keeper) for v, keeper in sorted(asked_keepers(inventories).items())]
    after = (ADDRESSES, *(step.title for step in ordered))
    enabled = [_enabled(item.ref, after) for item in to_be_enabled(inventories)]
    yield from (*ordered, *enabled)
    owners = sorted({need.owner for need in supervisor_needs(blueprint, inventories)})
    if owners:
        yield _seen_to(owners, (ADDRESSES, *(step.title for step in enabled)))


def _ordered(vcenter: str, keeper: str) -> Step:
    """Hosts that VCF commissions: nothing stands on them before they are there (F25)."""
    return Step(
        title=f"{ORDERING}{vcenter}",
        owner=VI_TEAM,
        after=(QUESTIONS,),
        command=f"hand the request sheet below to {keeper}, with handoff/vcf where it takes that",
        check="SDDC Manager, Hosts: each one is assigned to its cluster; mlgen diff",
        expected="nothing of the order is missing; then set manage: reference on it",
        power_off="",
        rollback="its keeper takes a host out while nothing runs on it",
    )


def _enabled(supervisor: str, after: tuple[str, ...]) -> Step:
    """A Supervisor that its owner enables (F19); its namespaces wait for its id."""
    return Step(
        title=f"Enable Supervisor {supervisor}, or state its id",
        owner=VI_TEAM,
        after=after,
        command="if it does not run: vSphere Client, Workload Management, by the sheet below",
        check="its config status is Running; state its id in the SiteInventory, and render again",
        expected="no question about it is open, and its namespaces are rendered",
        power_off="",
        rollback="nothing runs in it yet: deactivate it in Workload Management",
    )


def _seen_to(owners: Sequence[str], after: tuple[str, ...]) -> Step:
    """What environments need of their Supervisors; nothing rendered switches it on (F19)."""
    return Step(
        title=NEEDS,
        owner=", ".join(owners),
        after=after,
        command="work through the sheet of that name below, line by line",
        check="each owner shows it once in a namespace of the Supervisor, and signs the line",
        expected="every line is signed",
        power_off="",
        rollback="nothing of the platform uses it yet",
    )
