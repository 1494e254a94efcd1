"""What vCenter shows of tags, folders and the rights in them."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from tests.diff.live import World


def tags(world: World) -> None:
    """Categories and tags, and those that zones and datastores carry."""
    for block in world.resources("vsphere_tag_category"):
        it = block.arguments
        world.put(
            "tag-category", it["name"], cardinality=it["cardinality"],
            associable_types=tuple(it["associable_types"]), description=it["description"],
        )  # fmt: skip
    for block in world.resources("vsphere_tag"):
        it = block.arguments
        key = f"{world.named_by(it['category_id'])}/{it['name']}"
        world.put("tag", key, description=it["description"])
    for path, text in world.files.items():
        if path.startswith("supervisor/zones/"):
            body = json.loads(text)
            clusters = tuple(body["clusters"])
            world.put("zone", body["zone"], clusters=clusters, description=body["description"])
        if path.startswith("supervisor/tag-attachments/"):
            body = json.loads(text)
            tag = f"{body['category']}/{body['tag']}"
            world.join("datastore", body["datastore"], "tags", tag)


def folders(world: World) -> None:
    """Folders, and the release that their tags tell."""
    for block in world.resources("vsphere_folder"):
        it = block.arguments
        carried = tuple(sorted(map(world.tag_by, it["tags"])))
        world.put("folder", f"{world.place}/vm/{it['path']}", type="vm", tags=carried)
        for tag in carried:
            if tag.startswith("mlgen-release/"):
                world.join("datacenter", world.datacenter, "release", tag.partition("/")[2])


def rights(world: World) -> None:
    """Roles, and the permissions of groups on folders."""
    for block in world.resources("vsphere_role"):
        it = block.arguments
        given = {*it["role_privileges"], "System.Anonymous", "System.Read", "System.View"}
        world.put("role", it["name"], privileges=tuple(sorted(given)), system=False)
    for (kind, _), block in world.named.items():
        if kind == "data.vsphere_role":
            label = block.arguments["label"]
            if ("role", label) not in world.found:
                world.put("role", label, privileges=("System.Read",), system=True)
    for block in world.resources("vsphere_entity_permissions"):
        path = world.named["vsphere_folder", block.labels[1]].arguments["path"]
        for one in block.blocks:
            if one.kind == "permissions":
                it = one.arguments
                label = it["role_id"].split(".")[2]
                principal = _printed(it["user_or_group"])
                world.put(
                    "permission", f"{world.place}/vm/{path}|{principal}",
                    role=world.named["data.vsphere_role", label].arguments["label"],
                    propagate=it["propagate"], is_group=it["is_group"],
                )  # fmt: skip


def _printed(principal: str) -> str:
    """A principal as vCenter prints it: the domain in capitals."""
    domain, slash, name = principal.rpartition("\\")
    return f"{domain.upper()}{slash}{name}"
