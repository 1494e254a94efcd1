"""Storage policies, by the policy service and the cookie of the SOAP session."""

from __future__ import annotations

import re
from collections.abc import Iterator
from typing import Any

from pyVmomi import pbm

from generator.vcenter.snapshot import Seen, Value
from generator.vcenter.soap import SoapSession
from generator.vcenter.stub import Stub
from generator.vcenter.world import World

PATH = "/pbm"
_TAG = "http://www.vmware.com/storage/tag"
_STORAGE = "STORAGE"


class Policies:
    """All storage policies, and for each the ids of the datastores that satisfy it."""

    def __init__(self, stub: Stub) -> None:
        content = pbm.ServiceInstance("ServiceInstance", stub).RetrieveContent()
        manager = content.profileManager
        ids = manager.PbmQueryProfile(pbm.profile.ResourceType(resourceType=_STORAGE))
        found = manager.PbmRetrieveContent(ids) if ids else []
        self.found = sorted(found, key=lambda each: str(each.name))
        self.hubs = {
            str(each.profileId.uniqueId): self._compatible(content.placementSolver, each)
            for each in self.found
            if each.profileCategory == "REQUIREMENT"
        }

    @staticmethod
    def _compatible(solver: Any, policy: Any) -> list[str]:
        """Datastores without an error; a warning does not keep a disk off."""
        results = solver.PbmCheckCompatibility(None, policy.profileId) or ()
        fitting = (each.hub for each in results if not each.error)
        return sorted(str(hub.hubId) for hub in fitting if hub.hubType == "Datastore")

    def names(self) -> dict[str, str]:
        """Names by id."""
        return {str(each.profileId.uniqueId): str(each.name) for each in self.found}

    def objects(self, world: World) -> Iterator[Seen]:
        """Policies with their rules; before 9.1 none is told of its Kubernetes name."""
        for each in self.found:
            ident = str(each.profileId.uniqueId)
            fields: dict[str, Value] = {
                "description": each.description or "",
                "category": each.profileCategory,
                **_rules(each),
            }
            name = getattr(each, "k8sCompliantName", None)
            if name:
                fields["k8s_name"] = str(name)
            else:
                world.miss("storage-policy", str(each.name), "k8s_name", "MethodNotFound")
            if ident in self.hubs:
                fields["compatible_datastores"] = world.names(self.hubs[ident])
            yield Seen(kind="storage-policy", key=str(each.name), ident=ident, fields=fields)


def _rules(policy: Any) -> dict[str, Value]:
    """``rule.VSAN.hostFailuresToTolerate`` or ``rule.tag.<category>``; later sets are numbered."""
    found: dict[str, Value] = {}
    sets = getattr(policy.constraints, "subProfiles", None) or ()
    for number, one in enumerate(sets, 1):
        start = "rule." if number == 1 else f"rule.{number}."
        for capability in one.capability or ():
            space, name = str(capability.id.namespace), str(capability.id.id)
            for constraint in capability.constraint or ():
                for each in constraint.propertyInstance or ():
                    bare, own = _category(name), _category(str(each.id))
                    key = f"tag.{bare}" if space == _TAG else f"{space}.{name}"
                    if own != bare:
                        key += f".{own}"
                    key += f".{str(each.operator).lower()}" if each.operator else ""
                    found[start + key] = _plain(each.value)
    return found


def _category(rule: str) -> str:
    """Of ``com.vmware.storage.tag.<category>.property`` the category; all else as it is."""
    found = re.fullmatch(r"com\.vmware\.storage\.tag\.(.*)\.property", rule)
    return found[1] if found else rule


def _plain(value: Any) -> Value:
    """A number, a flag, text; a set of values sorted; a range as ``low..high``."""
    if isinstance(value, pbm.capability.types.DiscreteSet):
        return tuple(sorted(str(each) for each in value.values or ()))
    if isinstance(value, pbm.capability.types.Range):
        return f"{value.min}..{value.max}"
    return value if isinstance(value, bool | int) else str(value)


def stub_for(soap: SoapSession) -> Stub:
    """The policy service's stub beside a session; its cookie is the session's."""
    return soap.beside(PATH, "pbm")
