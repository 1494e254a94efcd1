"""Storage policies by the pbm bodies beside the requests: made once, and never changed.

Changing the rules of a policy would lay all its objects out again, so one of the name with other
rules stops the run.
"""

from __future__ import annotations

from typing import Any

from session import Surprise, Vcenter
from wishes import Operation, State


class StoragePolicy(Operation):
    """A storage policy by capability rules."""

    def check(self, vcenter: Vcenter) -> list[str]:
        """The policy service answers."""
        vcenter.policies()
        return []

    def read(self, vcenter: Vcenter) -> State:
        """Description and rules of the policy of the name."""
        own = vcenter.policies().get(self.body["name"])
        if own is None:
            return None
        with vcenter.policy_manager() as manager:
            (found,) = manager.PbmRetrieveContent([_id(own)])
        return {"description": found.description or "", "rules": sorted(_rules_of(found))}

    def wanted(self, before: State) -> State:
        """The policy as rendered."""
        stated = {
            "description": self.body["description"],
            "rules": sorted(_rules_in(self.body)),
        }
        if before is not None and before != stated:
            raise Surprise(f"{self.label} is there with other rules; a policy is never changed")
        return stated

    def write(self, vcenter: Vcenter, before: State) -> None:
        """Makes the policy."""
        del before
        with vcenter.policy_manager() as manager:
            manager.PbmCreate(_spec(self.body))

    def undo(self, vcenter: Vcenter, before: State, after: State) -> None:
        """Deletes the policy that the run made; vCenter refuses while something uses it."""
        del before, after
        own = vcenter.policies()[self.body["name"]]
        with vcenter.policy_manager() as manager:
            for outcome in manager.PbmDelete([_id(own)]) or []:
                if outcome.fault is not None:
                    raise Surprise(f"{self.label} stays: {outcome.fault.msg}")


def _id(unique: str) -> Any:
    from pyVmomi import pbm

    return pbm.profile.ProfileId(uniqueId=unique)


def _rules_in(body: dict[str, Any]) -> list[list[str]]:
    """Namespace, rule and value as the service tells them apart."""
    return [
        [each["id"]["namespace"], one["id"], str(one["value"])]
        for sub in body["constraints"]["subProfiles"]
        for each in sub["capability"]
        for constraint in each["constraint"]
        for one in constraint["propertyInstance"]
    ]


def _rules_of(profile: Any) -> list[list[str]]:
    return [
        [each.id.namespace, one.id, str(one.value)]
        for sub in profile.constraints.subProfiles
        for each in sub.capability
        for constraint in each.constraint
        for one in constraint.propertyInstance
    ]


def _spec(body: dict[str, Any]) -> Any:
    from pyVmomi import pbm

    constraints = pbm.profile.SubProfileCapabilityConstraints
    return pbm.profile.CapabilityBasedProfileCreateSpec(
        name=body["name"],
        description=body["description"],
        category=body["category"],
        resourceType=pbm.profile.ResourceType(**body["resourceType"]),
        constraints=constraints(
            subProfiles=[
                constraints.SubProfile(
                    name=each["name"], capability=[_capability(one) for one in each["capability"]]
                )
                for each in body["constraints"]["subProfiles"]
            ]
        ),
    )


def _capability(body: dict[str, Any]) -> Any:
    from pyVmomi import pbm

    return pbm.capability.CapabilityInstance(
        id=pbm.capability.CapabilityMetadata.UniqueId(**body["id"]),
        constraint=[
            pbm.capability.ConstraintInstance(
                propertyInstance=[
                    pbm.capability.PropertyInstance(**one) for one in each["propertyInstance"]
                ]
            )
            for each in body["constraint"]
        ],
    )
