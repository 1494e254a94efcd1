"""The share of a namespace: limits of cores, memory and volumes, and what its zones keep (F30).

What a zone keeps cannot be read back for one namespace: the service shows the counts of a whole
zone only, and since version 9. The description of the namespace therefore carries a mark: our
stamp, and a hash of what was written. Where the zone shows less than that, it is written again.
"""

from __future__ import annotations

import hashlib
import json
import re
import time
from typing import Any

from access import SUPERVISORS
from operations import ATTEMPTS, NAMESPACES, namespace_missing
from session import Surprise, Vcenter, quoted
from wishes import Operation, State

SETTLE_READS = 60
SETTLE_S = 5
QUOTA = ("cpu_limit", "memory_limit")


class NamespaceShare(Operation):
    """Limits and reservations of a namespace; limits and zones of others stay (F10)."""

    _policies: dict[str, str]

    def _path(self) -> str:
        return f"{NAMESPACES}/{quoted(self.body['namespace'])}"

    def check(self, vcenter: Vcenter) -> list[str]:
        """The namespace, its zones, its policies and its reserved classes are there."""
        found = self._found(vcenter)
        if found is None:
            return namespace_missing(vcenter, self.body["namespace"])
        self._resolve(vcenter)
        faults = self._zones_missing(vcenter, found)
        if self.body["adopted"]:
            return faults  # what it lacks, the merge of its lists adds right before
        there = {each["policy"] for each in found.get("storage_specs") or []}
        lacking = [
            f"namespace {self.body['namespace']} may not use storage policy {name}"
            for name, unique in self._policies.items()
            if unique not in there
        ]
        return [*faults, *lacking, *self._classes_missing(found)]

    def read(self, vcenter: Vcenter) -> State:
        """What of it is there: limits, the counts that the zones keep, and the mark."""
        found = self._found(vcenter)
        if found is None:
            return None
        self._resolve(vcenter)
        limits = {each["policy"]: each.get("limit") for each in found.get("storage_specs") or []}
        quota = found.get("resource_spec") or {}
        kept = self._kept(vcenter)
        return {
            "resource_spec": {key: quota.get(key) for key in self._stated("resource_spec", {})},
            "storage_limits": {p: limits.get(p) for p in self._policies.values()},
            "kept": {
                zone: {name: min(count, kept.get((zone, name), 0)) for name, count in own.items()}
                for zone, own in self._counts().items()
            },
            "mark": _mark_in(found.get("description") or ""),
        }

    def wanted(self, before: State) -> State:
        """The share as rendered."""
        del before
        specs = self._stated("storage_specs", [])
        return {
            "resource_spec": dict(self._stated("resource_spec", {})),
            "storage_limits": {self._policies[s["policy"]]: s["limit"] for s in specs},
            "kept": self._counts(),
            "mark": self._mark() if self._stated("zones", []) else "",
        }

    def write(self, vcenter: Vcenter, before: State) -> None:
        """Merges our limits into what is there right now, in one change."""
        del before
        for _ in range(ATTEMPTS):
            found = self._found(vcenter)
            update = self._update(found or {})
            if self._found(vcenter) != found:
                continue  # somebody writes at this moment: merge with what they wrote
            vcenter.call("PATCH", self._path(), update)
            self._settle(vcenter)
            return
        raise Surprise(f"{self.label} kept changing under {ATTEMPTS} attempts to merge")

    def undo(self, vcenter: Vcenter, before: State, after: State) -> None:
        """Puts the former limits back; reservations go where there were none before."""
        del after
        found = self._found(vcenter) or {}
        had = before["storage_limits"]
        update: dict[str, Any] = {"storage_specs": _limited(found, had)} if had else {}
        if before["resource_spec"]:
            update["resource_spec"] = _quota(before["resource_spec"])
        if self._stated("zones", []):
            if before["mark"]:
                raise Surprise(f"{self.label}: apply the former release, which has what zones kept")
            update["zones"] = [{"name": each["name"]} for each in self._stated("zones", [])]
            update["description"] = _without_mark(found.get("description") or "")
        vcenter.call("PATCH", self._path(), update)

    def _settle(self, vcenter: Vcenter) -> None:
        """Waits until vCenter has done what it accepted; a reservation without room fails late."""
        for _ in range(SETTLE_READS):
            found = self._found(vcenter) or {}
            status = found.get("config_status")
            if status == "ERROR":
                raise Surprise(f"{self.label}: {json.dumps(found.get('messages'))[:500]}")
            if status == "RUNNING" and self.read(vcenter) == self.wanted(None):
                return
            time.sleep(SETTLE_S)
        raise Surprise(f"{self.label} is not done after {SETTLE_READS * SETTLE_S} seconds")

    def _stated(self, key: str, nothing: Any) -> Any:
        return self.body["update"].get(key, nothing)

    def _found(self, vcenter: Vcenter) -> Any:
        """The namespace by the second version of the service, which a Supervisor of zones has."""
        found = vcenter.read(f"{NAMESPACES}/v2/{quoted(self.body['namespace'])}")
        return found if found is not None else vcenter.read(self._path())

    def _resolve(self, vcenter: Vcenter) -> None:
        names = [each["policy"] for each in self._stated("storage_specs", [])]
        known = vcenter.policies() if names else {}
        unknown = [name for name in names if name not in known]
        if unknown:
            raise Surprise(f"this vCenter has no {', '.join(unknown)}")
        self._policies = {name: known[name] for name in names}

    def _update(self, found: dict[str, Any]) -> dict[str, Any]:
        update: dict[str, Any] = {}
        if self._stated("resource_spec", {}):
            update["resource_spec"] = _quota(self._stated("resource_spec", {}))
        if self._policies:
            update["storage_specs"] = _limited(found, self.wanted(None)["storage_limits"])
        if self._stated("zones", []):
            ours = {each["name"]: each for each in self._stated("zones", [])}
            others = [n for n in _zone_names(found) if n not in ours]
            update["zones"] = [*ours.values(), *({"name": name} for name in others)]
            bare = _without_mark(found.get("description") or "")
            update["description"] = f"{bare} {self._mark()}".strip()
        return update

    def _mark(self) -> str:
        text = json.dumps(self._stated("zones", []), sort_keys=True, separators=(",", ":"))
        return f"{self.body['stamp']}#{hashlib.sha256(text.encode()).hexdigest()[:12]}"

    def _counts(self) -> dict[str, dict[str, int]]:
        return {
            zone["name"]: {
                each["reserved_vm_class"]: each["count"] for each in zone.get("vm_reservations", [])
            }
            for zone in self._stated("zones", [])
        }

    def _bindings(self, vcenter: Vcenter) -> list[Any]:
        path = f"{SUPERVISORS}/{quoted(self.body['supervisor'])}/zones/bindings"
        found = vcenter.read(path)
        if found is None:
            raise Surprise(f"{self.label}: this Supervisor cannot reserve: it needs VCF 9")
        return list(found["zones"])

    def _kept(self, vcenter: Vcenter) -> dict[tuple[str, str], int]:
        """How many VMs of a class a zone keeps, for all namespaces together."""
        if not self._stated("zones", []):
            return {}
        return {
            (zone["zone"], each["reserved_vm_class"]): each["count"]
            for zone in self._bindings(vcenter)
            for each in (zone.get("resource_allocation") or {}).get("vm_reservations") or []
        }

    def _zones_missing(self, vcenter: Vcenter, found: dict[str, Any]) -> list[str]:
        """Zones that the Supervisor lacks; and, in a namespace of others, what is not ours."""
        ours = self._counts()
        if not ours:
            return []
        bound = {zone["zone"] for zone in self._bindings(vcenter)}
        faults = [f"no zone {zone} on this Supervisor" for zone in ours if zone not in bound]
        if not self.body["adopted"]:
            return faults
        others = [name for name in _zone_names(found) if name not in ours]
        theirs = [n for (zone, n) in self._kept(vcenter) if zone in ours and n not in ours[zone]]
        what = [*(f"zone {name}" for name in others), *(f"VM class {name}" for name in theirs)]
        return [
            *faults,
            *(f"{self.label} is of others, who may reserve {each}: ask them" for each in what),
        ]

    def _classes_missing(self, found: dict[str, Any]) -> list[str]:
        bound = (found.get("vm_service_spec") or {}).get("vm_classes") or []
        wanted = {name for own in self._counts().values() for name in own}
        return [
            f"VM class {name} is not bound to {self.body['namespace']}: apply its root first"
            for name in sorted(wanted - set(bound))
        ]


def _quota(limits: dict[str, Any]) -> dict[str, Any]:
    """The update of a quota: a limit that is to go needs a key of its own."""
    return {
        key if limits[key] is not None else f"{key}_unset": limits[key] or True
        for key in QUOTA
        if key in limits
    }


def _limited(found: dict[str, Any], limits: dict[str, Any]) -> list[dict[str, Any]]:
    """The policies of a namespace with some limits replaced; the list is always sent whole."""
    specs = []
    for each in found.get("storage_specs") or []:
        limit = limits[each["policy"]] if each["policy"] in limits else each.get("limit")
        spec = {key: value for key, value in each.items() if key != "limit"}
        specs.append(spec if limit is None else spec | {"limit": limit})
    return specs


def _zone_names(found: dict[str, Any]) -> list[str]:
    return [each["zone"] for each in found.get("zones") or [] if not each.get("marked_for_removal")]


MARK = re.compile(r" ?mlgen:\S+/namespace/\S+#[0-9a-f]{12}$")


def _mark_in(description: str) -> str:
    found = MARK.search(description)
    return found[0].strip() if found else ""


def _without_mark(description: str) -> str:
    return MARK.sub("", description)
