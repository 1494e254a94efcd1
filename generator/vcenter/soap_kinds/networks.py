"""Port groups, other networks and distributed switches."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from generator.vcenter.leaves import Row, many, text, whole
from generator.vcenter.snapshot import Seen, Value
from generator.vcenter.world import Table, World, all_named, as_is

_PORT, _UPLINKS = "config.defaultPortConfig", "config.uplinkPortPolicy"
_SHARES = "config.infrastructureTrafficResourceConfig"
PATHS: dict[str, tuple[str, ...]] = {
    "Network": ("name", "parent"),
    "OpaqueNetwork": ("name", "parent"),
    "DistributedVirtualPortgroup": (
        "name", "parent", "customValue", "config.distributedVirtualSwitch", "config.uplink", _PORT,
    ),
    "DistributedVirtualSwitch": (
        "name", "parent", "customValue", "summary.productInfo.version", "summary.hostMember",
        "config.maxMtu", "config.networkResourceManagementEnabled", _UPLINKS, _SHARES,
    ),
}  # fmt: skip
_GROUP = "DistributedVirtualPortgroup"
_SWITCHES = ("DistributedVirtualSwitch", "VmwareDistributedVirtualSwitch")
_TYPES = {"Network": "standard", "OpaqueNetwork": "opaque", _GROUP: "distributed"}
_UPLINK_NAME = "-DVUplinks-"


def networks(world: World) -> Iterator[Seen]:
    """What a VM can be connected to; the port group of a switch's uplinks is none."""
    for row in world.of(*_TYPES):
        key = world.name(row.moid)
        if row.values.get("config.uplink") is True or _UPLINK_NAME in key:
            continue
        more: dict[str, Value] = {"type": _TYPES[row.type]}
        if row.type == _GROUP:
            more |= _group(world, row, key) | world.stamp("network", row, key)
        yield world.seen("network", row, key, {}, more, world.path(row.values.get("parent", "")))


def _group(world: World, row: Row, key: str) -> dict[str, Value]:
    switch = row.values.get("config.distributedVirtualSwitch")
    found: dict[str, Value] = {"switch": world.name(switch) if switch else None}
    if _PORT in row.missing:
        for field in ("vlan", "teaming", "active_uplinks", "standby_uplinks"):
            world.miss("network", key, field, row.missing[_PORT])
        return found
    port = row.values.get(_PORT)
    teaming = port.get("uplinkTeamingPolicy") if isinstance(port, dict) else None
    order = teaming.get("uplinkPortOrder") if isinstance(teaming, dict) else None
    return {
        **found,
        "vlan": _vlan(port),
        "teaming": text(teaming, "policy", "value") or None,
        "active_uplinks": tuple(many(order, "activeUplinkPort")),
        "standby_uplinks": tuple(many(order, "standbyUplinkPort")),
    }


def _vlan(port: Any) -> int | None:
    """The VLAN id; a trunk has ranges instead, and a private VLAN its secondary id."""
    stated = port.get("vlan") if isinstance(port, dict) else None
    if not isinstance(stated, dict) or isinstance(stated.get("vlanId"), dict | list):
        return None
    number = whole(stated, "vlanId")
    return whole(stated, "pvlanId") if number is None else number


def switches(world: World) -> Iterator[Seen]:
    """Distributed switches."""
    for row in world.of(*_SWITCHES):
        within = world.path(row.values.get("parent", ""))
        key, datacenter = world.name(row.moid), world.datacenter(row.moid)
        more: dict[str, Value] = {
            "datacenter": datacenter, **world.stamp("switch", row, key), **_shares(world, row, key),
        }  # fmt: skip
        yield world.seen("switch", row, key, _SWITCH, more, within)


def _shares(world: World, row: Row, key: str) -> dict[str, Value]:
    """The shares of each kind of traffic, by the words that Terraform's provider has for them."""
    if _SHARES in row.missing:
        world.miss("switch", key, "share", row.missing[_SHARES])
        return {}
    return {
        f"share.{text(each, 'key').lower()}": whole(each, "allocationInfo", "shares", "shares")
        for each in row.values.get(_SHARES) or ()
    }


def _uplinks(world: World, value: Any) -> Value:
    del world
    return tuple(many(value, "uplinkPortName"))


_SWITCH: Table = {
    "version": ("summary.productInfo.version", as_is),
    "mtu": ("config.maxMtu", as_is),
    "nioc": ("config.networkResourceManagementEnabled", as_is),
    "uplinks": (_UPLINKS, _uplinks),
    "hosts": ("summary.hostMember", all_named),
}
