"""vCenter's privileges: which ones each call needs, and which calls each rendered thing makes.

A call is a SOAP method by its name on the wire (``CreateFolder``), a property behind its type
(``HostSystem.config``), or a REST request by verb and path with ``{…}`` for what varies.
"""

from __future__ import annotations

import re
from enum import StrEnum
from functools import cache
from typing import NamedTuple

from generator.catalog.row import Row
from generator.catalog.store import ids, row


class Effect(StrEnum):
    """What a privilege lets its holder do."""

    VIEW = "view"
    CHANGE = "change"
    POWER = "power"
    DELETE = "delete"
    RIGHTS = "rights"


class Privilege(NamedTuple):
    """A privilege by vCenter's id, with the name that the vSphere Client shows."""

    id: str
    label: str
    effect: Effect
    sources: tuple[str, ...]


class Call(NamedTuple):
    """What a call needs.

    ``type`` is pyvmomi's managed type, empty for REST. ``may`` says that the call needs each of
    the privileges only where it changes what the privilege is about.
    """

    name: str
    type: str
    privileges: tuple[str, ...]
    may: bool
    sources: tuple[str, ...]


class Need(NamedTuple):
    """A privilege that an operation needs: on which place, for which call."""

    privilege: str
    place: str
    call: str


class Operation(NamedTuple):
    """Something rendered that acts on vCenter, by what it is.

    ``key`` is ``resource <type>``, ``data <type>``, ``argument <name>``, ``request <kind>`` or
    ``script <path> <part>``.
    """

    key: str
    does: str
    needs: tuple[Need, ...]
    sources: tuple[str, ...]


EVERYWHERE = ("System.Anonymous", "System.Read", "System.View")
"""In each role that anybody makes: vCenter adds them (API reference, AddAuthorizationRole)."""

BASES = {
    "ClusterComputeResource": "ComputeResource",
    "ComputeResource": "ManagedEntity",
    "Datacenter": "ManagedEntity",
    "Datastore": "ManagedEntity",
    "DistributedVirtualPortgroup": "Network",
    "DistributedVirtualSwitch": "ManagedEntity",
    "Folder": "ManagedEntity",
    "HostSystem": "ManagedEntity",
    "Network": "ManagedEntity",
    "OpaqueNetwork": "Network",
    "ResourcePool": "ManagedEntity",
    "StoragePod": "Folder",
    "VirtualApp": "ResourcePool",
    "VirtualMachine": "ManagedEntity",
    "VmwareDistributedVirtualSwitch": "DistributedVirtualSwitch",
}
"""Managed types and what they inherit their properties from (vSphere API)."""


@cache
def privilege(privilege_id: str) -> Privilege:
    """A privilege. KeyError where the catalogue has none of the id."""
    fields = row("privileges", privilege_id)
    if fields is None:
        raise KeyError(f"the catalogue has no privilege {privilege_id!r}")
    read = Row(f"privileges {privilege_id}", fields)
    found = Privilege(
        privilege_id,
        read.text("label"),
        Effect(read.one_of("effect", tuple(Effect))),
        read.texts("sources"),
    )
    read.done()
    return found


@cache
def call(name: str) -> Call | None:
    """What is known of a call; None where the catalogue has none of the name."""
    fields = row("vcenter_calls", name)
    if fields is None:
        return None
    read = Row(f"vcenter_calls {name}", fields)
    found = Call(
        name,
        read.text_or_none("type") or "",
        read.texts("privileges"),
        read.flag("may") if read.has("may") else False,
        read.texts("sources"),
    )
    read.done()
    return found


def property_call(path: str) -> Call | None:
    """What reading a property needs: ``HostSystem.config.graphicsInfo`` is of ``config``.

    All properties of an object (``HostSystem.*``) are read with ``System.Read``: vCenter leaves
    out of the answer what that privilege does not show, and fails nothing.
    """
    kind, _, rest = path.partition(".")
    name = rest.partition(".")[0].partition("[")[0]
    if name == "*":
        return Call(path, "", ("System.Read",), may=False, sources=("VSPHERE-API",))
    while kind:
        found = call(f"{kind}.{name}")
        if found is not None:
            return found
        kind = BASES.get(kind, "")
    return None


@cache
def operation(key: str) -> Operation | None:
    """An operation; None where the catalogue has none of the key."""
    fields = row("vcenter_operations", key)
    if fields is None:
        return None
    read = Row(f"vcenter_operations {key}", fields)
    found = Operation(
        key,
        read.text("does"),
        tuple(
            Need(need.text("privilege"), need.text("on"), need.text("call"))
            for need in read.children("needs")
        ),
        read.texts("sources"),
    )
    read.done()
    return found


def all_calls() -> tuple[Call, ...]:
    """Every call that is known, sorted by name."""
    return tuple(found for name in ids("vcenter_calls") if (found := call(name)) is not None)


def all_operations() -> tuple[Operation, ...]:
    """Every operation that is known, sorted by key."""
    return tuple(o for key in ids("vcenter_operations") if (o := operation(key)) is not None)


def request_call(request: str) -> Call | None:
    """What a REST request needs: ``GET /api/…/namespaces/instances/x`` is that of its template.

    A request with nothing variable in it goes before a template that it would also fit.
    """
    return call(request) or next((c for shape, c in _templates() if shape.fullmatch(request)), None)


@cache
def _templates() -> tuple[tuple[re.Pattern[str], Call], ...]:
    return tuple(
        (re.compile(_VARIABLE.sub("[^/?]+", re.escape(known.name))), known)
        for known in all_calls()
        if "{" in known.name
    )


_VARIABLE = re.compile(r"\\\{[a-z_]+\\\}")
