"""Single changes that need the API itself: tags, libraries, zones, permissions, whole objects.

Each is done as another administrator would do it and taken back the same way.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Any

from pyVmomi import vim

from tests.acceptance import vcenter
from tests.acceptance.furnished import CLUSTER, Ids, named
from tests.acceptance.mutation import Value

TAGGING = "/api/cis/tagging"
ZONES = "/api/vcenter/consumption-domains/zones"
LIBRARY = "/api/content/local-library"
OPERATORS = "CORP\\ml-ops"


@dataclass(frozen=True)
class World:
    """The sessions by which deeds are done, and the ids of objects."""

    rest: vcenter.Rest
    soap: Any
    ids: Ids

    def tag(self, name: str) -> str:
        """The id of a tag."""
        return self._of("tag", name)

    def category(self, name: str) -> str:
        """The id of a tag category."""
        return self._of("category", name)

    def _of(self, what: str, name: str) -> str:
        base = f"{TAGGING}/{what}"
        found: list[str] = self.rest.call("GET", base)
        return next(
            each for each in found if self.rest.call("GET", f"{base}/{each}")["name"] == name
        )

    def library(self, name: str) -> str:
        """The id of a content library."""
        found: list[str] = self.rest.call("GET", LIBRARY)
        return next(
            each for each in found if self.rest.call("GET", f"{LIBRARY}/{each}")["name"] == name
        )

    def attach(self, tag: str, kind: str, name: str, action: str = "attach") -> None:
        """Puts a tag on an object, or takes it off."""
        path = f"{TAGGING}/tag-association/{self.tag(tag)}?action={action}"
        self.rest.call("POST", path, {"object_id": {"type": kind, "id": self.ids[kind][name]}})

    def permit(self, role: str, *, propagate: bool = True, group: bool = True) -> None:
        """Sets the one permission on the platform's folder."""
        manager = self.soap.content.authorizationManager
        number = next(each.roleId for each in manager.roleList if each.name == role)
        entry = vim.AuthorizationManager.Permission(
            principal=OPERATORS, group=group, propagate=propagate, roleId=number
        )
        folder = named(self.soap, vim.Folder, "acme-ml")
        manager.SetEntityPermissions(entity=folder, permission=[entry])


@dataclass(frozen=True)
class Deed:
    """What is done and undone, and the one difference that it makes."""

    kind: str
    key: str
    leaf: str
    before: Value
    after: Value
    do: Callable[[World], Any] = field(hash=False)
    undo: Callable[[World], Any] = field(hash=False)

    @property
    def what(self) -> str:
        """What a difference calls it."""
        if not self.leaf:
            return "missing"
        return "renamed" if self.leaf == "name" else "changed"

    def __str__(self) -> str:
        return f"{self.kind} {self.key} {self.leaf or 'gone'}"


def _category(leaf: str, before: Value, after: Value, there: Any, back: Any) -> Deed:
    def change(value: Any) -> Callable[[World], Any]:
        return lambda world: world.rest.call(
            "PATCH", f"{TAGGING}/category/{world.category('site')}", {leaf: value}
        )

    return Deed("tag-category", "site", leaf, before, after, change(there), change(back))


def _tagged(
    kind: str, key: str, managed: str, name: str, before: Value, after: Value, tag: str = "ams"
) -> Deed:
    return Deed(
        kind, key, "tags", before, after,
        lambda world: world.attach(tag, managed, name),
        lambda world: world.attach(tag, managed, name, "detach"),
    )  # fmt: skip


def _untagged(kind: str, key: str, managed: str, name: str) -> Deed:
    return Deed(
        kind, key, "tags", ("site/ams",), (),
        lambda world: world.attach("ams", managed, name, "detach"),
        lambda world: world.attach("ams", managed, name),
    )  # fmt: skip


def _library(leaf: str, before: Value, after: Value) -> Deed:
    def change(value: Value) -> Callable[[World], Any]:
        return lambda world: world.rest.call(
            "PATCH", f"{LIBRARY}/{world.library('images')}", {leaf: value}
        )

    return Deed("content-library", "images", leaf, before, after, change(after), change(before))


def _associate(action: str) -> Callable[[World], Any]:
    return lambda world: world.rest.call(
        "POST",
        f"{ZONES}/cluster/z1/associations?action={action}",
        [world.ids["ClusterComputeResource"][CLUSTER]],
    )


def _described(text: str) -> Callable[[World], Any]:
    return lambda world: world.rest.call(
        "PATCH", f"{TAGGING}/tag/{world.tag('ams')}", {"description": text}
    )


def _scratch(world: World) -> None:
    body = {"name": "scratch", "description": "", "cardinality": "SINGLE", "associable_types": []}
    world.rest.call("POST", f"{TAGGING}/category", body)


def _tag_renamed(old: str, new: str) -> Callable[[World], Any]:
    return lambda world: world.rest.call("PATCH", f"{TAGGING}/tag/{world.tag(old)}", {"name": new})


def _library_renamed(old: str, new: str) -> Callable[[World], Any]:
    return lambda world: world.rest.call("PATCH", f"{LIBRARY}/{world.library(old)}", {"name": new})


def _without_tag(world: World) -> None:
    world.rest.call("DELETE", f"{TAGGING}/tag/{world.tag('ams-spare')}")


def _with_tag(world: World) -> None:
    body = {"name": "ams-spare", "description": "", "category_id": world.category("site")}
    world.rest.call("POST", f"{TAGGING}/tag", body)


def _without_library(world: World) -> None:
    world.rest.call("DELETE", f"{LIBRARY}/{world.library('old-images')}")


def _with_library(world: World) -> None:
    backing = {"datastore_id": world.ids["Datastore"]["fc-gold-01"], "type": "DATASTORE"}
    body = {"name": "old-images", "description": "of the site", "type": "LOCAL"}
    world.rest.call("POST", LIBRARY, {**body, "storage_backings": [backing]})


def _remade_zone(world: World, description: str) -> None:
    world.rest.call("DELETE", f"{ZONES}/z1")
    _made_zone(world, description)


def _made_zone(world: World, description: str) -> None:
    world.rest.call("POST", ZONES, {"zone": "z1", "description": description})
    _associate("add")(world)


FOLDER = "ams1/vm/acme-ml"
PERMISSION = f"{FOLDER}|{OPERATORS}"
RELEASED = ("mlgen-release/acme-ml-7", "mlgen/acme-ml/folder/acme-ml")

ALL = [
    Deed("tag-category", "scratch", "", "scratch", None,
         lambda world: world.rest.call("DELETE", f"{TAGGING}/category/{world.category('scratch')}"),
         _scratch),
    Deed("tag", "site/Amsterdam", "name", "site/ams-spare", "site/Amsterdam",
         _tag_renamed("ams-spare", "Amsterdam"), _tag_renamed("Amsterdam", "ams-spare")),
    Deed("content-library", "archive", "name", "old-images", "archive",
         _library_renamed("old-images", "archive"), _library_renamed("archive", "old-images")),
    _category("description", "by site", "where it is", "where it is", "by site"),
    _category("cardinality", "MULTIPLE", "SINGLE", "SINGLE", "MULTIPLE"),
    Deed("tag", "site/ams", "description", "Amsterdam", "Rotterdam",
         _described("Rotterdam"), _described("Amsterdam")),
    _tagged("datacenter", "ams1", "Datacenter", "ams1", (), ("site/ams",)),
    _tagged("datacenter", "ams1", "Datacenter", "ams1", (), ("site/ams-spare",), "ams-spare"),
    _tagged("datacenter", "ams1", "Datacenter", "ams1", (), (RELEASED[0],), "acme-ml-7"),
    _tagged("folder", f"{FOLDER}/dev", "Folder", "dev",
            ("mlgen/acme-ml/folder/acme-ml/dev",),
            ("mlgen/acme-ml/folder/acme-ml/dev", "site/ams")),
    _tagged("cluster", CLUSTER, "ClusterComputeResource", CLUSTER, (), ("site/ams",)),
    _tagged("resource-pool", f"{CLUSTER}/crowd", "ResourcePool", "crowd", (), ("site/ams",)),
    _tagged("datastore", "vsan-gpu-a", "Datastore", "vsan-gpu-a", (), ("site/ams",)),
    _tagged("network", "pg-wl-01", "DistributedVirtualPortgroup", "pg-wl-01", (), ("site/ams",)),
    _tagged("switch", "dvs-ams1", "DistributedVirtualSwitch", "dvs-ams1", (), ("site/ams",)),
    _untagged("host", "esx-01", "HostSystem", "esx-01"),
    _untagged("vm", "ams1/vm/crowd/room-02/vm-00002", "VirtualMachine", "vm-00002"),
    _library("description", "of the site", "golden images"),
    Deed("tag", "site/ams-spare", "", "site/ams-spare", None, _without_tag, _with_tag),
    Deed("content-library", "old-images", "", "old-images", None,
         _without_library, _with_library),
    Deed("zone", "z1", "description", "", "rack 1",
         lambda world: _remade_zone(world, "rack 1"), lambda world: _remade_zone(world, "")),
    Deed("zone", "z1", "", "z1", None,
         lambda world: world.rest.call("DELETE", f"{ZONES}/z1"),
         lambda world: _made_zone(world, "")),
    Deed("zone", "z1", "clusters", (CLUSTER,), (), _associate("remove"), _associate("add")),
    Deed("permission", PERMISSION, "role", "ml-operator", "No access",
         lambda world: world.permit("NoAccess"), lambda world: world.permit("ml-operator")),
    Deed("permission", PERMISSION, "propagate", True, False,
         lambda world: world.permit("ml-operator", propagate=False),
         lambda world: world.permit("ml-operator")),
    Deed("permission", PERMISSION, "is_group", True, False,
         lambda world: world.permit("ml-operator", group=False),
         lambda world: world.permit("ml-operator")),
]  # fmt: skip
