"""What the script can do: read, compare, change and take back, one class per kind of operation.

No operation changes a VM class (F3) or deletes a namespace (F10). What others put into a set stays
in it.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any

from session import Surprise, Vcenter, quoted
from tagging import Tagging
from wishes import Operation, State

NAMESPACES = "/api/vcenter/namespaces/instances"
CLASSES = "/api/vcenter/namespace-management/virtual-machine-classes"
ZONES = "/api/vcenter/consumption-domains/zones"
ATTEMPTS = 3


class VmClass(Operation):
    """A VM class: made once, and never changed (F3)."""

    _spec: dict[str, Any]

    def _path(self) -> str:
        return f"{self.request['path']}/{quoted(self.request['name'])}"

    def check(self, vcenter: Vcenter) -> list[str]:
        """The service answers, and the policy of its disks is there."""
        if vcenter.read(self.request["path"]) is None:
            return ["no VM class service"]
        policy = self.body.get("instance_storage", {}).get("policy")
        missing = policy is not None and policy not in vcenter.policies()
        return [f"no storage policy {policy} for {self.label}"] if missing else []

    def _resolve(self, vcenter: Vcenter) -> None:
        """The policy of its disks by the id of this vCenter."""
        self._spec = self.body
        if "instance_storage" in self.body:
            disks = self.body["instance_storage"]
            unique = vcenter.policies().get(disks["policy"], "")
            self._spec = self.body | {"instance_storage": disks | {"policy": unique}}

    def read(self, vcenter: Vcenter) -> State:
        """The class without what vCenter reports about its use."""
        self._resolve(vcenter)
        found = vcenter.read(self._path())
        if found is None:
            return None
        if "memory_mb" in found:
            found["memory_MB"] = found.pop("memory_mb")
        return {key: found[key] for key in self.body if key in found} | {"id": self.body["id"]}

    def wanted(self, before: State) -> State:
        """The class as rendered. One of its name with other content is nobody's to change."""
        if before is None:
            return self._spec
        if not _within(self._spec, before):
            raise Surprise(f"{self.label} is there with other content; a class is never changed")
        return before

    def write(self, vcenter: Vcenter, before: State) -> None:
        """Posts the class."""
        del before
        vcenter.call("POST", self.request["path"], self._spec)

    def undo(self, vcenter: Vcenter, before: State, after: State) -> None:
        """Retires the class that the run made, if nothing uses it yet."""
        del before, after
        found = vcenter.read(self._path())
        if found["namespaces"] or found["vms"]:
            raise Surprise(f"{self.label} is in use: {found['namespaces']} {found['vms']}")
        vcenter.call("DELETE", self._path())


class Zone(Operation):
    """A vSphere Zone and its clusters. A zone of others is never made again or described anew."""

    def _associations(self) -> str:
        return f"{ZONES}/cluster/{quoted(self.body['zone'])}/associations"

    def _clusters(self, vcenter: Vcenter) -> list[str]:
        return [vcenter.managed("ClusterComputeResource", name) for name in self.body["clusters"]]

    def check(self, vcenter: Vcenter) -> list[str]:
        """The clusters exist."""
        self._clusters(vcenter)
        return []

    def read(self, vcenter: Vcenter) -> State:
        """The zone's name, where it is there."""
        found = vcenter.read(f"{ZONES}/{quoted(self.body['zone'])}")
        return None if found is None else {"zone": self.body["zone"]}

    def wanted(self, before: State) -> State:
        """The zone."""
        del before
        return {"zone": self.body["zone"]}

    def write(self, vcenter: Vcenter, before: State) -> None:
        """Makes the zone and puts the clusters into it."""
        del before
        clusters = self._clusters(vcenter)
        spec = {"zone": self.body["zone"], "description": self.body["description"]}
        vcenter.call("POST", ZONES, spec)
        vcenter.call("POST", f"{self._associations()}?action=add", clusters)

    def undo(self, vcenter: Vcenter, before: State, after: State) -> None:
        """Takes the clusters out and the zone away; vCenter refuses while it is in use."""
        del before, after
        clusters = self._clusters(vcenter)
        vcenter.call("POST", f"{self._associations()}?action=remove", clusters)
        vcenter.call("DELETE", f"{ZONES}/{quoted(self.body['zone'])}")


class TagAttachment(Operation):
    """A tag on a datastore, which the Terraform provider has no resource for (F15)."""

    def check(self, vcenter: Vcenter) -> list[str]:
        """Tag and datastore exist."""
        self._tag(vcenter)
        vcenter.managed("Datastore", self.body["datastore"])
        return []

    def read(self, vcenter: Vcenter) -> State:
        """Whether the datastore carries it."""
        objects = self._do(vcenter, "list-attached-objects") or []
        own = vcenter.managed("Datastore", self.body["datastore"])
        return {"attached": True} if own in [each["id"] for each in objects] else None

    def wanted(self, before: State) -> State:
        """Attached."""
        del before
        return {"attached": True}

    def write(self, vcenter: Vcenter, before: State) -> None:
        """Attaches it."""
        del before
        self._do(vcenter, "attach", self._target(vcenter))

    def undo(self, vcenter: Vcenter, before: State, after: State) -> None:
        """Detaches it."""
        del before, after
        self._do(vcenter, "detach", self._target(vcenter))

    def _target(self, vcenter: Vcenter) -> dict[str, Any]:
        own = vcenter.managed("Datastore", self.body["datastore"])
        return {"object_id": {"type": "Datastore", "id": own}}

    def _do(self, vcenter: Vcenter, action: str, body: Any = None) -> Any:
        tagging, tag = self._tag(vcenter)
        return tagging.on(tag, action, body)

    def _tag(self, vcenter: Vcenter) -> tuple[Tagging, str]:
        tagging = Tagging(vcenter)
        category = tagging.category(self.body["category"])
        found = tagging.tag(category, self.body["tag"]) if category else None
        if found is None:
            tag = f"{self.body['category']}:{self.body['tag']}"
            raise Surprise(f"no tag {tag}: apply 10-foundation first")
        return tagging, found["id"]


class Namespace(Operation):
    """A namespace that Terraform does not own: made where asked for, its lists merged (F10)."""

    _ids: dict[str, list[Any]]

    def _path(self) -> str:
        return f"{NAMESPACES}/{quoted(self.body['namespace'])}"

    def check(self, vcenter: Vcenter) -> list[str]:
        """What it refers to exists, and itself where it is not to be made."""
        own = [] if self.body["create"] else namespace_missing(vcenter, self.body["namespace"])
        missing = [
            f"no VM class {name}"
            for name in self.body["vm_classes"]
            if name not in self.body["made_here"]
            and vcenter.read(f"{CLASSES}/{quoted(name)}") is None
        ]
        self._lists(vcenter)
        return own + missing

    def read(self, vcenter: Vcenter) -> State:
        """Its lists, whoever put what into them."""
        found = vcenter.read(self._path())
        if found is None:
            return None
        service = found.get("vm_service_spec") or {}
        self._ids = self._lists(vcenter)
        return {
            "storage_specs": found.get("storage_specs") or [],
            "content_libraries": service.get("content_libraries") or [],
            "vm_classes": service.get("vm_classes") or [],
        }

    def wanted(self, before: State) -> State:
        """What is there, and what is missing of ours behind it."""
        if before is None:
            return {"namespace": self.body["namespace"]}
        return {
            key: [*there, *(own for own in self._ids[key] if not _listed(own, there))]
            for key, there in before.items()
        }

    def write(self, vcenter: Vcenter, before: State) -> None:
        """Makes the namespace, or merges our entries into what is there right now."""
        if before is None:
            cluster = vcenter.managed("ClusterComputeResource", self.body["cluster"])
            spec = {"namespace": self.body["namespace"], "cluster": cluster}
            vcenter.call("POST", NAMESPACES, spec | _update(self._lists(vcenter)))
            return
        for _ in range(ATTEMPTS):
            now = self.read(vcenter)
            merged = self.wanted(now)
            if self.read(vcenter) != now:
                continue  # somebody writes at this moment: merge with what they wrote
            vcenter.call("PATCH", self._path(), _update(merged))
            if self.read(vcenter) == merged:
                return
        raise Surprise(f"{self.label} kept changing under {ATTEMPTS} attempts to merge")

    def undo(self, vcenter: Vcenter, before: State, after: State) -> None:
        """Takes out what the run put in and leaves all else; a namespace is never deleted."""
        now = self.read(vcenter)
        ours = {key: [e for e in after[key] if e not in before[key]] for key in after}
        left = {key: [each for each in now[key] if each not in ours[key]] for key in now}
        vcenter.call("PATCH", self._path(), _update(left))

    def keeps(self, before: State) -> bool:
        """A namespace is never deleted (F10)."""
        return before is None

    def _lists(self, vcenter: Vcenter) -> dict[str, list[Any]]:
        """Our entries by the ids of this vCenter."""
        policies, libraries = vcenter.policies(), _libraries(vcenter)
        wanted = self.body["storage_policies"]
        unknown = [p for p in wanted if p not in policies]
        unknown += [name for name in self.body["content_libraries"] if name not in libraries]
        if unknown:
            raise Surprise(f"this vCenter has no {', '.join(unknown)}")
        return {
            "storage_specs": [{"policy": policies[name]} for name in wanted],
            "content_libraries": [libraries[name] for name in self.body["content_libraries"]],
            "vm_classes": list(self.body["vm_classes"]),
        }


KINDS: dict[str, Callable[[Mapping[str, Any], dict[str, Any]], Operation]] = {
    "vm-class": VmClass,
    "zone": Zone,
    "tag-attachment": TagAttachment,
    "namespace": Namespace,
}


def namespace_missing(vcenter: Vcenter, name: str) -> list[str]:
    """Says that a namespace is not there, where it is not."""
    found = vcenter.read(f"{NAMESPACES}/{quoted(name)}")
    return [] if found is not None else [f"no namespace {name}: apply its Terraform root first"]


def _update(lists: Mapping[str, list[Any]]) -> dict[str, Any]:
    service = {key: lists[key] for key in ("content_libraries", "vm_classes")}
    return {"storage_specs": lists["storage_specs"], "vm_service_spec": service}


def _listed(own: Any, there: list[Any]) -> bool:
    if isinstance(own, dict):
        return any(own["policy"] == each["policy"] for each in there)
    return own in there


def _libraries(vcenter: Vcenter) -> dict[str, str]:
    root, between = "/api/content/library", "/"
    listed = vcenter.read(root)
    if listed is None:
        root, between = "/rest/com/vmware/content/library", "/id:"
        listed = vcenter.read(root) or []
    return {vcenter.call("GET", f"{root}{between}{quoted(each)}")["name"]: each for each in listed}


def _within(wanted: Any, found: Any) -> bool:
    """Whether all that is wanted is found; vCenter may add defaults of its own."""
    if isinstance(wanted, dict):
        return isinstance(found, dict) and all(
            key in found and _within(value, found[key]) for key, value in wanted.items()
        )
    if isinstance(wanted, list):
        return (
            isinstance(found, list)
            and len(wanted) == len(found)
            and all(map(_within, wanted, found))
        )
    return bool(wanted == found)
