"""Answers as vCenter writes them, for tests that need no vCenter."""

from __future__ import annotations

from typing import Any

from generator.vcenter.leaves import Row, page
from generator.vcenter.world import World

HEAD = (
    '<?xml version="1.0" encoding="UTF-8"?>\n'
    '<soapenv:Envelope xmlns:soapenv="http://schemas.xmlsoap.org/soap/envelope/" '
    'xmlns:xsd="http://www.w3.org/2001/XMLSchema" '
    'xmlns:xsi="http://www.w3.org/2001/XMLSchema-instance"><soapenv:Body>'
    '<RetrievePropertiesExResponse xmlns="urn:vim25"><returnval>'
)
TAIL = "</returnval></RetrievePropertiesExResponse></soapenv:Body></soapenv:Envelope>"


def prop(path: str, kind: str, inner: str) -> str:
    """One property with a typed value."""
    return f'<propSet><name>{path}</name><val xsi:type="{kind}">{inner}</val></propSet>'


def ref(path: str, kind: str, moid: str) -> str:
    """One reference."""
    return (
        f'<propSet><name>{path}</name><val type="{kind}" '
        f'xsi:type="ManagedObjectReference">{moid}</val></propSet>'
    )


def refs(path: str, kind: str, *moids: str) -> str:
    """Several references."""
    tag = "ManagedObjectReference"
    inner = "".join(f'<{tag} type="{kind}">{each}</{tag}>' for each in moids)
    return prop(path, f"ArrayOf{tag}", inner)


def refused(path: str, fault: str = "NoPermission") -> str:
    """One property that the account may not read."""
    return (
        f"<missingSet><path>{path}</path><fault>"
        f'<fault xsi:type="{fault}"><privilegeId>System.Read</privilegeId></fault>'
        "<localizedMessage>no</localizedMessage></fault></missingSet>"
    )


def entity(kind: str, moid: str, *properties: str) -> str:
    """One object."""
    return f'<objects><obj type="{kind}">{moid}</obj>{"".join(properties)}</objects>'


def named(kind: str, moid: str, name: str, parent: str = "", *properties: str) -> str:
    """One object with a name, below another."""
    above = (ref("parent", "Folder", parent),) if parent else ()
    return entity(kind, moid, prop("name", "xsd:string", name), *above, *properties)


def rows(*objects: str, token: str = "") -> list[Row]:
    """What the reader makes of them."""
    text = HEAD + (f"<token>{token}</token>" if token else "") + "".join(objects) + TAIL
    return page([text.encode()]).rows


def world(*objects: str) -> World:
    """A world of these objects below a datacenter with its folders."""
    made = World()
    made.take(rows(*PLACES, *objects))
    return made


PLACES = (
    named("Datacenter", "datacenter-1", "ams1", "group-d1"),
    named("Folder", "group-v1", "vm", "datacenter-1"),
    named("Folder", "group-h1", "host", "datacenter-1"),
    named("Folder", "group-n1", "network", "datacenter-1"),
    named("ClusterComputeResource", "domain-c9", "gpu-a", "group-h1"),
    named("ResourcePool", "resgroup-1", "Resources", "domain-c9"),
)


def fields(seen: Any) -> dict[str, Any]:
    """The only object's fields."""
    (one,) = seen
    return dict(one.fields)
