"""Supervisors and zones."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator, Mapping
from typing import Any

from generator.vcenter.failures import Unreadable
from generator.vcenter.rest import RestSession
from generator.vcenter.rest_kinds.answers import known, listed, mapping, part
from generator.vcenter.snapshot import Seen, Value
from generator.vcenter.world import World

_MANAGED = "/api/vcenter/namespace-management"
_ZONES = "/api/vcenter/consumption-domains/zones"
_ASSOCIATED = "/api/vcenter/consumption-domains/zone-associations/cluster"
_NAMESPACES = "/api/vcenter/namespaces/instances/v2"

OLDER = Unreadable("endpoint", "this version lists enabled clusters, not Supervisors")
BEYOND = Unreadable("role", "no role of mlgen has Namespaces.Manage, which vCenter asks for")
"""Why Supervisors themselves are not read. ``Namespaces.Manage`` is the right to disable them (F8);
the clusters that they run on are shown to anybody who may look."""


class Supervisors:
    """Supervisors with their zones, versions and sizes, or the clusters that they run on.

    ``unread`` says why only the clusters are known: an older vCenter, or a right that no account
    that only looks has.
    """

    def __init__(self, rest: RestSession) -> None:
        self.unread: Unreadable | None = None
        try:
            self.found = listed(rest.get(f"{_MANAGED}/supervisors/summaries"))
        except Unreadable as error:
            if error.reason not in ("endpoint", "permission"):
                raise
            self.found = listed(rest.get(f"{_MANAGED}/clusters"))
            self.unread = OLDER if error.reason == "endpoint" else BEYOND
        self.zones = {} if self.by_cluster else self._topologies(rest)
        self.bindings = self._bindings(rest)
        self.versions = self._versions(rest)
        self.settings = self._settings(rest)
        self.found = known(self.found, "cluster" if self.by_cluster else "supervisor")
        self.names()  # others name by it: what cannot be named is not known

    def _topologies(self, rest: RestSession) -> dict[str, list[Any] | Unreadable]:
        ids = [str(each["supervisor"]) for each in self.found]
        answers = rest.get_all(f"{_MANAGED}/supervisors/{part(each)}/topology" for each in ids)
        return {
            each: answer if isinstance(answer, Unreadable) else known(listed(answer), "zone")
            for each, answer in zip(ids, answers, strict=True)
        }

    @property
    def by_cluster(self) -> bool:
        """Whether the clusters alone are known."""
        return self.unread is not None

    def _ids(self, rest: RestSession) -> list[str]:
        """Those of the Supervisors; where they are not shown, of those that have namespaces."""
        if self.unread is OLDER:
            return []
        found = self.found if self.unread is None else listed(rest.get(_NAMESPACES))
        return sorted({str(each["supervisor"]) for each in found if each.get("supervisor")})

    def _bindings(self, rest: RestSession) -> dict[str, list[Any] | Unreadable]:
        """What each zone keeps, from version 9, by Supervisor."""
        ids = self._ids(rest)
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

    def _settings(self, rest: RestSession) -> dict[str, dict[str, Value] | Unreadable]:
        """What it was enabled with, by cluster id."""
        clusters = sorted({each for one in self.found for each in self.clusters(one)})
        answers = rest.get_all(f"{_MANAGED}/clusters/{part(each)}" for each in clusters)
        return {
            cluster: answer if isinstance(answer, Unreadable) else _enabled_with(mapping(answer))
            for cluster, answer in zip(clusters, answers, strict=True)
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
            version = self.versions.get(first, _UNTOLD)
            told = self.settings.get(first, _UNTOLD)
            settings = dict.fromkeys(SETTINGS, told) if isinstance(told, Unreadable) else told
            for field in ("version", *SETTINGS):
                answer = version if field == "version" else settings.get(field, _UNTOLD)
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
_SERVERS = {
    "dns": "master_DNS",
    "ntp": "master_NTP_servers",
    "search_domains": "master_DNS_search_domains",
    "workload_dns": "worker_DNS",
}
SETTINGS = ("control_plane_size", *_SERVERS, "workload_ntp", "service_cidr")
"""The fields that a Supervisor is enabled with."""


def _enabled_with(told: Mapping[str, Any]) -> dict[str, Value]:
    """The settings in an answer; without a size it is of a version that tells none of them.

    A list that is unset is empty, and workloads without time servers of their own take those of
    the control plane. Source: vCenter API reference, ``namespace_management.Clusters.Info``.
    """
    if not told.get("size_hint"):
        return {}
    found: dict[str, Value] = {
        field: tuple(map(str, told.get(key) or ())) for field, key in _SERVERS.items()
    }
    block = mapping(told.get("service_cidr"))
    if block:
        found["service_cidr"] = f"{block['address']}/{block['prefix']}"
    times = tuple(map(str, told.get("workload_ntp_servers") or ())) or found["ntp"]
    return {**found, "control_plane_size": str(told["size_hint"]), "workload_ntp": times}


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
