"""``storage/``: policies by capability as pbm objects and as PowerCLI, and StorageClass names.

The JSON is the ``PbmCapabilityProfileCreateSpec`` by the pbm API's own field names; types that
stand for an abstract one carry ``_typeName``. Source: govmomi ``pbm/types``; PowerCLI reference,
New-SpbmStoragePolicy.
"""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from generator.platform.objects import CapabilityRule, DesiredState, StoragePolicy, Vcenter
from generator.platform.vsan import DATA_SERVICES
from generator.render.canonical import canonical_json
from generator.render.engine import fill
from generator.render.target import RenderedFile

LATE_BINDING = "-latebinding"
"""What vCenter appends for the twin that waits for its first consumer."""


def files(state: DesiredState) -> Iterator[RenderedFile]:
    """The policies of each vCenter that has any."""
    for vcenter in state.vcenters:
        folder = f"{vcenter.name}/storage"
        ours = [policy for policy in vcenter.storage_policies if policy.by_script]
        for policy in ours:
            path = f"{folder}/policies/{policy.storage_class}.json"
            yield RenderedFile(path, canonical_json(create_spec(policy)))
        if ours:
            yield RenderedFile(f"{folder}/policies.ps1", _script(state, vcenter, ours))
        if vcenter.storage_policies:
            path = f"{folder}/storage-classes.json"
            yield RenderedFile(path, canonical_json({"storage_classes": _classes(vcenter)}))


def create_spec(policy: StoragePolicy) -> dict[str, Any]:
    """The body that creates a policy.

    All rules are in one sub-profile: within one they all must hold, of several any is enough.
    """
    return {
        "name": policy.name,
        "description": policy.description,
        "category": "REQUIREMENT",
        "resourceType": {"resourceType": "STORAGE"},
        "constraints": {
            "_typeName": "PbmCapabilitySubProfileConstraints",
            "subProfiles": [
                {
                    "name": policy.rules[0].namespace,
                    "capability": [_capability(rule) for rule in policy.rules],
                }
            ],
        },
    }


def _capability(rule: CapabilityRule) -> dict[str, Any]:
    return {
        "id": {"namespace": rule.namespace, "id": rule.id},
        "constraint": [{"propertyInstance": [{"id": rule.id, "value": rule.value}]}],
    }


def _script(state: DesiredState, vcenter: Vcenter, policies: list[StoragePolicy]) -> str:
    return fill(
        "storage/policies.ps1.j2",
        platform=state.platform,
        release=state.release,
        instance_uuid=vcenter.instance_uuid,
        policies=[
            {
                "name": policy.name,
                "description": policy.description,
                "rules": [
                    {"capability": f"{rule.namespace}.{rule.id}", "value": rule.value}
                    for rule in policy.rules
                    if rule.namespace != DATA_SERVICES
                ],
                "services": [r.value for r in policy.rules if r.namespace == DATA_SERVICES],
            }
            for policy in policies
        ],
    )


def _classes(vcenter: Vcenter) -> list[dict[str, Any]]:
    """A policy's names in Kubernetes, and the namespaces that may use it."""
    return [
        {
            "policy": policy.name,
            "storage_class": policy.storage_class,
            "late_binding": f"{policy.storage_class}{LATE_BINDING}",
            "made_by": _maker(policy),
            "namespaces": [n.name for n in vcenter.namespaces if policy.name in n.storage_policies],
        }
        for policy in vcenter.storage_policies
    ]


def _maker(policy: StoragePolicy) -> str:
    if policy.by_script:
        return "storage/policies.ps1"
    return "10-foundation" if policy.by_terraform else "its owner"
