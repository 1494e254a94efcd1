"""Content libraries."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from generator.vcenter.failures import Unreadable
from generator.vcenter.rest import RestSession
from generator.vcenter.rest_kinds.answers import each_of, listed, mapping, part
from generator.vcenter.snapshot import Seen, Value
from generator.vcenter.world import World

_API, _REST = "/api/content/library", "/rest/com/vmware/content/library"


def read(rest: RestSession) -> list[Any]:
    """All libraries as REST has them."""
    try:
        return each_of(rest, (f"{_API}/{part(each)}" for each in listed(rest.get(_API))))
    except Unreadable as error:
        if error.reason != "endpoint":
            raise
    return each_of(rest, (f"{_REST}/id:{part(each)}" for each in listed(rest.get(_REST))))


def objects(found: list[Any], world: World) -> Iterator[Seen]:
    """Libraries with the names of their datastores."""
    for each in found:
        source = mapping(each.get("subscription_info"))
        stores = [one.get("datastore_id") for one in each.get("storage_backings") or ()]
        fields: dict[str, Value] = {
            "type": str(each.get("type", "")).lower(),
            "description": each.get("description") or "",
            "datastores": world.names(filter(None, stores)),
            "subscription_url": source.get("subscription_url"),
            "automatic_sync": source.get("automatic_sync_enabled"),
            "on_demand": source.get("on_demand"),
        }
        yield Seen(kind="content-library", key=each["name"], ident=each["id"], fields=fields)
