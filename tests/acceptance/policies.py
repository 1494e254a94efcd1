"""Storage policies by the rendered pbm bodies: made in the simulated vCenter and read back."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

from pyVmomi import pbm

from tests.acceptance import vcenter


def post_policies(folder: Path, endpoint: vcenter.Endpoint) -> list[tuple[str, str]]:
    """Creates the policies of ``storage/policies``; pairs of what was sent and what is there."""
    bodies = [json.loads(path.read_text("utf-8")) for path in sorted(folder.glob("*.json"))]
    with vcenter.soap(endpoint) as instance, vcenter.policy_manager(endpoint, instance) as manager:
        made = [manager.PbmCreate(_spec(body)) for body in bodies]
        found = manager.PbmRetrieveContent(made) if made else []
        return [(_said(body), _shown(each)) for body, each in zip(bodies, found, strict=True)]


def _spec(body: dict[str, Any]) -> Any:
    return pbm.profile.CapabilityBasedProfileCreateSpec(
        name=body["name"],
        description=body["description"],
        category=body["category"],
        resourceType=pbm.profile.ResourceType(**body["resourceType"]),
        constraints=pbm.profile.SubProfileCapabilityConstraints(
            subProfiles=[
                pbm.profile.SubProfileCapabilityConstraints.SubProfile(
                    name=each["name"], capability=[_capability(one) for one in each["capability"]]
                )
                for each in body["constraints"]["subProfiles"]
            ]
        ),
    )


def _capability(body: dict[str, Any]) -> Any:
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


def _said(body: dict[str, Any]) -> str:
    """A body in one line."""
    rules = [
        (each["id"]["namespace"], one["id"], one["value"])
        for sub in body["constraints"]["subProfiles"]
        for each in sub["capability"]
        for constraint in each["constraint"]
        for one in constraint["propertyInstance"]
    ]
    return f"{body['name']}: {body['description']}: {rules}"


def _shown(profile: Any) -> str:
    """A policy in one line, as the service shows it."""
    rules = [
        (each.id.namespace, one.id, one.value)
        for sub in profile.constraints.subProfiles
        for each in sub.capability
        for constraint in each.constraint
        for one in constraint.propertyInstance
    ]
    return f"{profile.name}: {profile.description}: {rules}"
