"""Namespaces, and whether they and their Supervisors are at rest."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from typing import Any

from generator.vcenter.failures import Unreadable
from generator.vcenter.rest import RestSession
from generator.vcenter.rest_kinds.answers import listed, mapping, part
from generator.vcenter.snapshot import Seen, Value

_NAMESPACES = "/api/vcenter/namespaces/instances"
_STEADY = ("RUNNING", "READY")
_MARK = re.compile(r"mlgen:\S+/namespace/\S+#[0-9a-f]{12}$")


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
