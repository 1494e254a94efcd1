"""Updates of objects that no rule knows."""

from __future__ import annotations

from collections.abc import Iterator

from generator.finding import Finding
from generator.guard.planned import PlannedChange
from generator.guard.rules import fabric, machines, permissions, storage, tenancy
from generator.guard.rules.rule import Stopping
from generator.guard.values import listed

HARMLESS = frozenset({
    "vsphere_alarm", "vsphere_custom_attribute", "vsphere_guest_os_customization",
    "vsphere_virtual_machine_snapshot", "vsphere_vapp_entity",
})  # fmt: skip
"""Types whose update touches nothing but themselves."""

_JUDGED = frozenset(
    kind
    for room in (permissions, fabric, tenancy, storage, machines)
    for rule in room.RULES
    for kind in rule.kinds
)


class KnownUpdate(Stopping):
    """A vSphere object of a type that no rule knows is updated."""

    id = "MLG-G049"
    title = "Every update of a vSphere object is known"
    reason = "a later provider may have types whose updates reach further than their object"
    source = "field rule F2: what is not known to be harmless is stopped"

    @classmethod
    def judge(cls, change: PlannedChange) -> Iterator[Finding]:
        """Types of the vSphere and VCF providers outside of all other rules' and the harmless."""
        foreign = change.kind.startswith(("vsphere_", "vcf_", "nsxt_"))
        if foreign and change.kind not in _JUDGED | HARMLESS:
            yield cls.stop(
                change,
                f"{change.kind} {change.name} changes {listed(change.changed)}, and mlgen does "
                "not know what that does",
                mend="look up what the provider does with it",
            )


RULES: tuple[type[Stopping], ...] = (KnownUpdate,)
