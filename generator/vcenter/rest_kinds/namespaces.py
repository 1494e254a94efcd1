"""Supervisors, zones and namespaces."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Iterator, Mapping
from typing import Any

from generator.vcenter.failures import Unreadable
from generator.vcenter.rest import RestSession
from generator.vcenter.rest_kinds.answers import known, listed, mapping, part
from generator.vcenter.snapshot import Seen, Value
from generator.vcenter.world import World

_MANAGED = "/api/vcenter/namespace-management"
_NAMESPACES = "/api/vcenter/namespaces/instances"
_ZONES = "/api/vcenter/consumption-domains/zones"
_ASSOCIATED = "/api/vcenter/consumption-domains/zone-associations/cluster"
_STEADY = ("RUNNING", "READY")
_MARK = re.compile(r"mlgen:\S+/namespace/\S+#[0-9a-f]{12}$")


class Supervisors:
    """Supervisors with their zones, versions and sizes; older vCenters know clusters only."""

    def __init__(self, rest: RestSession) -> None:
        try:
            self.found = listed(rest.get(f"{_MANAGED}/supervisors/summaries"))
            self.by_cluster = False
        except Unreadable as error:
            if error.reason != "endpoint":
                raise
            self.found = listed(rest.get(f"{_MANAGED}/clusters"))
            self.by_cluster = True
        self.zones = {} if self.by_cluster else self._topologies(rest)
        self.bindings = {} if self.by_cluster else self._bindings(rest)
        self.versions = self._versions(rest)
        self.sizes = self._sizes(rest)
        self.found = known(self.found, "cluster" if self.by_cluster else "supervisor")
        self.names()  # others name by it: what cannot be named is not known

    def _topologies(self, rest: RestSession) -> dict[str, list[Any] | Unreadable]:
        ids = [str(each["supervisor"]) for each in self.found]
        answers = rest.get_all(f"{_MANAGED}/supervisors/{part(each)}/topology" for each in ids)
        return {
            each: answer if isinstance(answer, Unreadable) else known(listed(answer), "zone")
            for each, answer in zip(ids, answers, strict=True)
        }

    def _bindings(self, rest: RestSession) -> dict[str, list[Any] | Unreadable]:
        """What each zone keeps, from version 9, by Supervisor."""
        ids = [str(each["supervisor"]) for each in self.found]
        answers = rest.get_all(
            f"{_MANAGED}/supervisors/{part(each)}/zones/bindings" for each in ids
        )
        return {
            each: answer if isinstance(answer, Unreadable) else mapping(answer).get("zones") or []
            for each, answer in zip(ids, answers, strict=True)
        }

    def reserved(self, world: World) -> dict[str, Counter[str]]:
        """VMs by class that zones keep, by zone, for all namespaces together (F30)."""
        found: dict[str, Counter[str]] = {}
        for rows in self.bindings.values():
            if isinstance(rows, Unreadable):
                if rows.reason != "endpoint":
                    world.lack("zone", "", "reserved", rows)
                continue
            for row in rows:
                kept = mapping(row.get("resource_allocation")).get("vm_reservations") or ()
                counts = {str(one["reserved_vm_class"]): int(one["count"]) for one in kept}
                found.setdefault(str(row["zone"]), Counter()).update(counts)
        return found

    def _versions(self, rest: RestSession) -> dict[str, str | Unreadable]:
        """The Kubernetes version by cluster id."""
        clusters = {each for one in self.found for each in self.clusters(one)}
        try:
            found = listed(rest.get(f"{_MANAGED}/software/clusters"))
        except Unreadable as error:
            return dict.fromkeys(clusters, error)
        return {str(each.get("cluster")): str(each.get("current_version", "")) for each in found}

    def _sizes(self, rest: RestSession) -> dict[str, str | Unreadable]:
        clusters = sorted({each for one in self.found for each in self.clusters(one)})
        answers = rest.get_all(f"{_MANAGED}/clusters/{part(each)}" for each in clusters)
        return {
            cluster: answer if isinstance(answer, Unreadable) else str(mapping(answer)["size_hint"])
            for cluster, answer in zip(clusters, answers, strict=True)
            if isinstance(answer, Unreadable) or mapping(answer).get("size_hint")
        }

    def clusters(self, one: Any) -> list[str]:
        """The ids of the clusters that a Supervisor runs on."""
        if self.by_cluster:
            return [str(one["cluster"])]
        rows = self.zones.get(str(one["supervisor"]), [])
        if isinstance(rows, Unreadable):
            return []
        return [str(each) for row in rows for each in row.get("clusters") or ()]

    def names(self) -> dict[str, str]:
        """Names by the id of the Supervisor and by the ids of its clusters."""
        found: dict[str, str] = {}
        for one in self.found:
            name = _name(one)
            found |= dict.fromkeys(self.clusters(one), name)
            if not self.by_cluster:
                found[str(one["supervisor"])] = name
        return found

    def objects(self, world: World) -> Iterator[Seen]:
        """Supervisors; what an older vCenter does not tell is not among the fields."""
        for one in self.found:
            state = mapping(one.get("info", one))
            ident = str(one.get("supervisor") or one.get("cluster"))
            fields: dict[str, Value] = {
                "id": ident,
                "config_status": state.get("config_status"),
                "kubernetes_status": state.get("kubernetes_status"),
            }
            self._place(fields, one, ident, world)
            first = next(iter(self.clusters(one)), "")
            for field, told in (("version", self.versions), ("control_plane_size", self.sizes)):
                answer = told.get(first, _UNTOLD)
                if isinstance(answer, Unreadable):
                    world.lack("supervisor", _name(one), field, answer)
                else:
                    fields[field] = answer
            yield Seen(kind="supervisor", key=_name(one), ident=ident, fields=fields)

    def _place(self, fields: dict[str, Value], one: Any, ident: str, world: World) -> None:
        zones = self.zones.get(ident, [])
        if isinstance(zones, Unreadable):
            for field in ("clusters", "zones"):
                world.lack("supervisor", _name(one), field, zones)
            return
        fields["clusters"] = world.names(self.clusters(one))
        if not self.by_cluster:
            fields["zones"] = tuple(sorted(str(each["zone"]) for each in zones))


_UNTOLD = Unreadable("endpoint", "not told by this version")


def _name(one: Any) -> str:
    found = one.get("cluster_name") or mapping(one.get("info")).get("name") or one["supervisor"]
    return str(found)


def read_zones(rest: RestSession) -> list[tuple[Any, list[str]]]:
    """Zones with the ids of their clusters."""
    found = known(listed(rest.get(_ZONES)), "zone")
    names = [str(each["zone"]) for each in found]
    members = _associations(rest, names)
    return [(each, members.get(name, [])) for name, each in zip(names, found, strict=True)]


def _associations(rest: RestSession, zones: list[str]) -> dict[str, list[str]]:
    """The clusters of zones, all at once, or by zone where that is not served."""
    try:
        found = mapping(rest.get(_ASSOCIATED)).get("associations") or ()
    except Unreadable as error:
        if error.reason != "endpoint":
            raise
    else:
        members: dict[str, list[str]] = {}
        for each in found:
            members.setdefault(str(each["zone"]), []).append(str(each["cluster"]))
        return members
    answers = rest.get_all(f"{_ZONES}/cluster/{part(zone)}/associations" for zone in zones)
    for answer in answers:
        if isinstance(answer, Unreadable) and answer.reason != "endpoint":
            raise answer
    return {
        zone: [] if isinstance(answer, Unreadable) else [str(each) for each in listed(answer)]
        for zone, answer in zip(zones, answers, strict=True)
    }


def zones(
    found: list[tuple[Any, list[str]]], world: World, supervisors: Supervisors | None
) -> Iterator[Seen]:
    """Zones with the names of their clusters, and what they keep."""
    reserved = supervisors.reserved(world) if supervisors else {}
    if supervisors is None:
        world.miss("zone", "", "reserved", "the Supervisors were not read")
    for each, ids in found:
        kept = reserved.get(str(each["zone"]), Counter())
        fields: dict[str, Value] = {
            "clusters": world.names(ids),
            "description": mapping(each.get("info")).get("description") or "",
            **{f"reserved.{name}": count for name, count in sorted(kept.items())},
        }
        yield Seen(kind="zone", key=each["zone"], ident=each["zone"], fields=fields)


def read_namespaces(rest: RestSession) -> list[tuple[str, Any]]:
    """Names and what version 2 says of each namespace, or version 1 where there is no other."""
    base = f"{_NAMESPACES}/v2"
    try:
        found = listed(rest.get(base))
    except Unreadable as error:
        if error.reason != "endpoint":
            raise
        base = _NAMESPACES
        found = listed(rest.get(base))
    names = sorted(str(each["namespace"]) for each in found)
    answers = rest.get_all(f"{base}/{part(name)}" for name in names)
    for answer in answers:
        if isinstance(answer, Unreadable) and answer.reason != "endpoint":
            raise answer
    return [
        (name, mapping(answer))
        for name, answer in zip(names, answers, strict=True)
        if not isinstance(answer, Unreadable)  # it went away meanwhile
    ]


class Names:
    """What the ids in a namespace are called."""

    def __init__(
        self, policies: Mapping[str, str], libraries: Mapping[str, str], homes: Mapping[str, str]
    ) -> None:
        self.policies, self.libraries, self.homes = policies, libraries, homes


def namespaces(found: list[tuple[str, Any]], names: Names) -> Iterator[Seen]:
    """Namespaces with quotas, access, classes, libraries and policies by name."""
    for name, each in found:
        service = mapping(each.get("vm_service_spec"))
        home = str(each.get("supervisor") or each.get("cluster") or "")
        quota = mapping(each.get("resource_spec"))
        libraries = set(service.get("content_libraries") or ()) | {
            one.get("content_library") for one in each.get("content_libraries") or ()
        }
        fields: dict[str, Value] = {
            "supervisor": names.homes.get(home, home),
            "description": each.get("description") or "",
            "status": each.get("config_status"),
            "vm_classes": tuple(sorted(service.get("vm_classes") or ())),
            "content_libraries": tuple(
                sorted(names.libraries.get(str(one), str(one)) for one in libraries if one)
            ),
            "cpu_limit_mhz": quota.get("cpu_limit"),
            "memory_limit_mib": quota.get("memory_limit"),
            **_storage(each, names),
            **_quota(quota),
            **_zones(each),
            **_access(each),
        }
        yield Seen(kind="namespace", key=name, ident=name, fields=fields, within=home)


def _storage(each: Any, names: Names) -> dict[str, Value]:
    found = [mapping(one) for one in each.get("storage_specs") or ()]
    by_name = {names.policies.get(str(one["policy"]), str(one["policy"])): one for one in found}
    limits: dict[str, Value] = {
        f"storage_limit_mib.{name}": one["limit"]
        for name, one in by_name.items()
        if one.get("limit") is not None
    }
    return {"storage_policies": tuple(sorted(by_name)), **limits}


def _quota(quota: Any) -> dict[str, Value]:
    """The other limits; their names have their units where they have one."""
    known = ("cpu_limit", "memory_limit")
    return {
        f"quota.{name}": value
        for name, value in quota.items()
        if name not in known and isinstance(value, str | int)
    }


def _zones(each: Any) -> dict[str, Value]:
    """Zones, and the mark of what they were told to keep: the service never shows it (F30).

    Source: vSphere Automation API 9.0, namespaces.instances.ZoneInfo.
    """
    found = (mapping(one) for one in each.get("zones") or ())
    names = (str(one["zone"]) for one in found if not one.get("marked_for_removal"))
    mark = _MARK.search(str(each.get("description") or ""))
    return {"zones": tuple(sorted(names)), "zone_mark": mark[0] if mark else None}


def _access(each: Any) -> dict[str, Value]:
    """Roles by ``group:name@domain``."""
    return {
        f"access.{str(one.get('subject_type', '')).lower()}:{one.get('subject')}"
        f"@{one.get('domain', '')}": one.get("role")
        for one in each.get("access_list") or ()
    }


def unsteady(found: list[Seen]) -> Iterator[tuple[str, str, str]]:
    """Namespaces and Supervisors whose configuration is under way (F9)."""
    for each in found:
        field = "status" if each.kind == "namespace" else "config_status"
        status = each.fields.get(field)
        if each.kind in ("namespace", "supervisor") and status and status not in _STEADY:
            yield each.kind, each.key, f"{field} {status}"
