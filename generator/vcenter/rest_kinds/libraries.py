"""Content libraries."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from generator.vcenter.failures import Unreadable
from generator.vcenter.rest import RestSession
from generator.vcenter.rest_kinds.answers import each_of, known, listed, mapping, part
from generator.vcenter.snapshot import Seen, Value
from generator.vcenter.world import World

_API, _REST = "/api/content/library", "/rest/com/vmware/content/library"


def read(rest: RestSession) -> list[Any]:
    """All libraries as REST has them."""
    try:
        return _read(rest, f"{_API}/", _API)
    except Unreadable as error:
        if error.reason != "endpoint":
            raise
    return _read(rest, f"{_REST}/id:", _REST)


def _read(rest: RestSession, start: str, base: str) -> list[Any]:
    paths = (f"{start}{part(each)}" for each in listed(rest.get(base)))
    return known(each_of(rest, paths), "id", "name")


def objects(found: list[Any], world: World) -> Iterator[Seen]:
    """Libraries with the names of their datastores."""
    for each in found:
        source = mapping(each.get("subscription_info"))
        stores = [one.get("datastore_id") for one in each.get("storage_backings") or ()]
        fields: dict[str, Value] = {
            "type": str(each.get("type", "")).lower(),
            "description": each.get("description") or "",
            "datastores": world.names(filter(None, stores)),
            "subscription_url": _without_account(source.get("subscription_url")),
            "automatic_sync": source.get("automatic_sync_enabled"),
            "on_demand": source.get("on_demand"),
        }
        yield Seen(kind="content-library", key=each["name"], ident=each["id"], fields=fields)


def _without_account(url: Any) -> str | None:
    """An address less the name and password that it may hold: no snapshot keeps those (F13)."""
    if not isinstance(url, str):
        return None
    start, mark, rest = url.partition("://")
    host, slash, path = rest.partition("/")
    return f"{start}{mark}{host.rpartition('@')[2]}{slash}{path}" if mark else url
