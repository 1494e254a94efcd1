"""Networks and switches."""

from __future__ import annotations

import pytest

from generator.vcenter.soap_kinds import networks
from generator.vcenter.world import World
from tests.vcenter.answers import fields, named, prop, ref, refs, refused, world

TEAMING = (
    "<uplinkTeamingPolicy><policy><value>loadbalance_loadbased</value></policy><uplinkPortOrder>"
    "<activeUplinkPort>u1</activeUplinkPort><activeUplinkPort>u2</activeUplinkPort>"
    "<standbyUplinkPort>u3</standbyUplinkPort></uplinkPortOrder></uplinkTeamingPolicy>"
)
SWITCH = named("VmwareDistributedVirtualSwitch", "dvs-1", "dvs", "group-n1")
ID = '<vlan xsi:type="VmwareDistributedVirtualSwitchVlanIdSpec"><vlanId>1204</vlanId></vlan>'
TRUNK = '<vlan xsi:type="T"><vlanId><start>0</start><end>4094</end></vlanId></vlan>'
PRIVATE = '<vlan xsi:type="P"><pvlanId>7</pvlanId></vlan>'


def group(inner: str, *more: str) -> World:
    return world(
        SWITCH,
        named(
            "DistributedVirtualPortgroup", "dvportgroup-1", "pg-wl-01", "group-n1",
            ref("config.distributedVirtualSwitch", "DistributedVirtualSwitch", "dvs-1"),
            prop("config.defaultPortConfig", "VMwareDVSPortSetting", inner), *more,
        ),
    )  # fmt: skip


def test_a_port_group_states_its_uplinks_in_their_order() -> None:
    found = fields(networks.networks(group(ID + TEAMING)))
    assert found == {
        "type": "distributed", "switch": "dvs", "vlan": 1204, "teaming": "loadbalance_loadbased",
        "active_uplinks": ("u1", "u2"), "standby_uplinks": ("u3",),
    }  # fmt: skip


@pytest.mark.parametrize(("inner", "vlan"), [(ID, 1204), (TRUNK, None), (PRIVATE, 7), ("", None)])
def test_a_vlan_is_one_number_or_none(inner: str, vlan: int | None) -> None:
    assert fields(networks.networks(group(inner + TEAMING)))["vlan"] == vlan


def test_a_port_group_that_may_not_be_read_is_unread() -> None:
    known = world(
        named("DistributedVirtualPortgroup", "g-1", "pg", "", refused("config.defaultPortConfig"))
    )
    assert fields(networks.networks(known)) == {"type": "distributed", "switch": None}
    assert {each.field for each in known.unread} == {
        "vlan", "teaming", "active_uplinks", "standby_uplinks",
    }  # fmt: skip


def test_a_switch_states_its_shares_by_kind_of_traffic() -> None:
    shares = "".join(
        f"<DvsHostInfrastructureTrafficResource><key>{key}</key><allocationInfo><shares>"
        f"<shares>{count}</shares><level>custom</level></shares></allocationInfo>"
        "</DvsHostInfrastructureTrafficResource>"
        for key, count in (("vmotion", 50), ("faultTolerance", 25))
    )
    path = "config.infrastructureTrafficResourceConfig"
    kind = "ArrayOfDvsHostInfrastructureTrafficResource"
    switch = named(
        "VmwareDistributedVirtualSwitch", "dvs-1", "dvs", "group-n1", prop(path, kind, shares)
    )
    found = fields(networks.switches(world(switch)))
    assert (found["share.vmotion"], found["share.faulttolerance"]) == (50, 25)


def test_shares_that_may_not_be_read_are_unread() -> None:
    path = "config.infrastructureTrafficResourceConfig"
    known = world(named("VmwareDistributedVirtualSwitch", "dvs-1", "dvs", "", refused(path)))
    assert not any(name.startswith("share") for name in fields(networks.switches(known)))
    assert [each.field for each in known.unread] == ["share"]


STAMPED = (
    "<CustomFieldValue><key>3</key><value>theirs</value></CustomFieldValue>"
    "<CustomFieldValue><key>7</key><value>mlgen:acme-ml/switch/dvs</value></CustomFieldValue>"
)


@pytest.mark.parametrize(
    ("attributes", "stamp"),
    [({7: "mlgen", 3: "owner"}, "mlgen:acme-ml/switch/dvs"), ({3: "owner"}, None)],
)
def test_the_stamp_is_in_the_attribute_of_its_name(
    attributes: dict[int, str], stamp: str | None
) -> None:
    notes = prop("customValue", "ArrayOfCustomFieldValue", STAMPED)
    known = world(named("VmwareDistributedVirtualSwitch", "dvs-1", "dvs", "group-n1", notes))
    known.attributes, known.attributes_read = attributes, True
    assert fields(networks.switches(known))["stamp"] == stamp


def test_without_the_names_of_attributes_no_stamp_is_told() -> None:
    notes = prop("customValue", "ArrayOfCustomFieldValue", STAMPED)
    known = world(named("VmwareDistributedVirtualSwitch", "dvs-1", "dvs", "group-n1", notes))
    assert "stamp" not in fields(networks.switches(known))
    refusing = world(
        named("VmwareDistributedVirtualSwitch", "s", "dvs", "", refused("customValue"))
    )
    refusing.attributes_read = True
    assert "stamp" not in fields(networks.switches(refusing))
    assert [each.field for each in refusing.unread] == ["stamp"]


def test_uplinks_of_a_switch_are_no_network() -> None:
    known = group("", prop("config.uplink", "xsd:boolean", "true"))
    assert list(networks.networks(known)) == []


def test_other_networks_have_their_type() -> None:
    known = world(named("Network", "n-1", "VM Network"), named("OpaqueNetwork", "n-2", "seg"))
    assert [one.fields["type"] for one in networks.networks(known)] == ["standard", "opaque"]


def test_a_switch_names_its_hosts() -> None:
    known = world(
        named("HostSystem", "host-1", "esx-01", "domain-c9"),
        named(
            "DistributedVirtualSwitch", "dvs-1", "dvs", "group-n1",
            refs("summary.hostMember", "HostSystem", "host-1"),
            prop("config.maxMtu", "xsd:int", "9000"),
            prop("config.uplinkPortPolicy", "DVSNameArrayUplinkPortPolicy",
                 "<uplinkPortName>u2</uplinkPortName><uplinkPortName>u1</uplinkPortName>"),
        ),
    )  # fmt: skip
    found = fields(networks.switches(known))
    assert (found["hosts"], found["mtu"], found["uplinks"]) == (("esx-01",), 9000, ("u2", "u1"))
    assert found["datacenter"] == "ams1"
