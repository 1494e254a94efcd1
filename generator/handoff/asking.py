"""Steps that somebody takes at what nothing rendered may touch: VCF's hosts, and Supervisors."""

from __future__ import annotations

from collections.abc import Iterator, Mapping

from generator.handoff.enabling import to_be_enabled
from generator.handoff.orders import asked_keepers
from generator.handoff.steps import ADDRESSES, QUESTIONS, VI_TEAM, Step
from generator.supply.model import SiteInventory


def asked_steps(inventories: Mapping[str, SiteInventory]) -> Iterator[Step]:
    """Hosts first: a Supervisor stands on them."""
    for vcenter, keeper in sorted(asked_keepers(inventories).items()):
        yield _ordered(vcenter, keeper)
    for item in to_be_enabled(inventories):
        yield _enabled(item.ref)


def _ordered(vcenter: str, keeper: str) -> Step:
    """Hosts that VCF commissions: nothing stands on them before they are there (F25)."""
    return Step(
        title=f"Order the hosts of {vcenter}",
        owner=VI_TEAM,
        after=(QUESTIONS,),
        command=f"hand the request sheet below to {keeper}, with handoff/vcf where it takes that",
        check="SDDC Manager, Hosts: each one is assigned to its cluster; mlgen diff",
        expected="nothing of the order is missing; then set manage: reference on it",
        power_off="",
        rollback="its keeper takes a host out while nothing runs on it",
    )


def _enabled(supervisor: str) -> Step:
    """A Supervisor that its owner enables (F19); its namespaces wait for its id."""
    return Step(
        title=f"Enable Supervisor {supervisor}",
        owner=VI_TEAM,
        after=(ADDRESSES,),
        command="vSphere Client, Workload Management: as the sheet below says",
        check="its config status is Running; state its id in the SiteInventory, and render again",
        expected="no question about it is open, and its namespaces are rendered",
        power_off="",
        rollback="nothing runs in it yet: deactivate it in Workload Management",
    )
