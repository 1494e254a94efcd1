"""Whether each storage policy finds the datastores that it is meant for (F15).

A policy by a tag that nothing carries is made without a word, and every volume of it then waits for
ever. The policy service itself is asked, by what it would check for a new disk.
"""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any

from session import Vcenter
from wishes import Wish


class PolicyMatch(Wish):
    """A policy and its datastores: nothing is changed, and all is looked at once all is done."""

    def check(self, vcenter: Vcenter) -> list[str]:
        """The policy exists, or this run makes it."""
        name = self.body["policy"]
        if self.body["made_here"] or name in vcenter.policies():
            return []
        return [f"no storage policy {name}: its Terraform root or its owner makes it first"]

    def verify(self, vcenter: Vcenter) -> list[str]:
        """No datastore at all, or not the one that the plan counts on."""
        name, wanted = self.body["policy"], self.body["datastores"]
        unique = vcenter.policies().get(name)
        found = compatible(vcenter, unique) if unique is not None else []
        if not found:
            return [f"no datastore is compatible with storage policy {name}"]
        missing = [each for each in wanted if each not in found]
        there = ", ".join(found)
        return [f"storage policy {name} does not match {each}, only {there}" for each in missing]


def compatible(vcenter: Vcenter, unique: str) -> list[str]:
    """The names of the datastores that a policy may use, by its id."""
    from pyVmomi import pbm

    with vcenter.policy_service() as service:
        answer = service.placementSolver.PbmCheckCompatibility(
            hubsToSearch=None, profile=pbm.profile.ProfileId(uniqueId=unique)
        )
        fitting = {each.hub.hubId for each in answer or [] if not each.error}
    return sorted(name for own, name in vcenter.names("Datastore").items() if own in fitting)


def faults(wishes: Iterable[Wish], vcenter: Vcenter) -> list[dict[str, Any]]:
    """What is not as it must be once all is written, by wish."""
    found = ((each, each.verify(vcenter)) for each in wishes)
    return [{"label": each.label, "faults": wrong} for each, wrong in found if wrong]
