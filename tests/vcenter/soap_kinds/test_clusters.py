"""Clusters and what stands in their configuration."""

from __future__ import annotations

import pytest

from generator.vcenter.soap_kinds import clusters
from generator.vcenter.world import World
from tests.vcenter.answers import fields, named, prop, refused, world

DRS, HA = "configurationEx.drsConfig", "configurationEx.dasConfig"
PERCENT = (
    "<cpuFailoverResourcesPercent>25</cpuFailoverResourcesPercent>"
    "<memoryFailoverResourcesPercent>30</memoryFailoverResourcesPercent>"
    "<failoverLevel>2</failoverLevel>"
)
VMS = (
    named("VirtualMachine", "vm-1", "one", "group-v1"),
    named("VirtualMachine", "vm-2", "two", "group-v1"),
    named("HostSystem", "host-1", "esx-01", "domain-c9"),
)


def cluster(*properties: str) -> World:
    return world(
        *VMS, named("ClusterComputeResource", "domain-c9", "gpu-a", "group-h1", *properties)
    )


def policy(kind: str, inner: str) -> str:
    return prop(f"{HA}.admissionControlPolicy", f"Cluster{kind}AdmissionControlPolicy", inner)


def test_options_are_read_one_by_one_as_text() -> None:
    inner = "".join(
        f'<OptionValue xsi:type="OptionValue"><key>{key}</key>'
        f'<value xsi:type="xsd:{kind}">{value}</value></OptionValue>'
        for key, kind, value in (("A", "string", "1"), ("B", "int", "-1"), ("C", "boolean", "true"))
    )
    found = fields(clusters.clusters(cluster(prop(f"{DRS}.option", "ArrayOfOptionValue", inner))))
    assert (found["drs_option.A"], found["drs_option.B"], found["drs_option.C"]) == (
        "1",
        "-1",
        "true",
    )
    assert found["hosts"] == ("esx-01",)
    assert found["datacenter"] == "ams1"


@pytest.mark.parametrize(
    ("kind", "inner", "expected"),
    [
        ("FailoverResources", PERCENT, ("resourcePercentage", 2, 25, 30)),
        ("FailoverLevel", "<failoverLevel>1</failoverLevel>", ("slotPolicy", 1, None, None)),
        ("FailoverHost", "<failoverHosts type='HostSystem'>host-1</failoverHosts>",
         ("failoverHosts", 3, None, None)),
    ],
)  # fmt: skip
def test_what_ha_keeps_free_is_read_from_its_policy(
    kind: str, inner: str, expected: tuple[object, ...]
) -> None:
    level = prop(f"{HA}.failoverLevel", "xsd:int", "3")
    found = fields(clusters.clusters(cluster(level, policy(kind, inner))))
    names = ("ha_policy", "ha_host_failures", "ha_cpu_reserve_percent", "ha_memory_reserve_percent")
    assert tuple(found[name] for name in names) == expected


def test_an_image_is_stated_where_it_was_asked_for() -> None:
    known = cluster()
    assert "image" not in fields(clusters.clusters(known))
    known.images = {"domain-c9": None}
    assert fields(clusters.clusters(known))["image"] is None


def test_options_that_may_not_be_read_are_unread() -> None:
    known = cluster(refused(f"{DRS}.option"))
    fields(clusters.clusters(known))
    assert [(one.field, one.reason) for one in known.unread] == [("drs_option", "permission")]


RULES = (
    '<ClusterRuleInfo xsi:type="ClusterAntiAffinityRuleSpec"><enabled>true</enabled>'
    "<name>apart</name><mandatory>false</mandatory><ruleUuid>u-1</ruleUuid>"
    '<vm type="VirtualMachine">vm-2</vm><vm type="VirtualMachine">vm-1</vm></ClusterRuleInfo>'
    '<ClusterRuleInfo xsi:type="ClusterVmHostRuleInfo"><enabled>true</enabled><name>left</name>'
    "<mandatory>true</mandatory><vmGroupName>g</vmGroupName>"
    "<affineHostGroupName>h</affineHostGroupName></ClusterRuleInfo>"
    '<ClusterRuleInfo xsi:type="ClusterVmHostRuleInfo"><name>off</name><vmGroupName>g</vmGroupName>'
    "<antiAffineHostGroupName>h</antiAffineHostGroupName></ClusterRuleInfo>"
    '<ClusterRuleInfo xsi:type="ClusterAffinityRuleSpec"><name>near</name></ClusterRuleInfo>'
)


def test_rules_of_every_type_are_read() -> None:
    known = cluster(prop("configurationEx.rule", "ArrayOfClusterRuleInfo", RULES))
    apart, left, off, near = clusters.rules(known)
    assert (apart.key, apart.ident) == ("gpu-a/apart", "domain-c9:u-1")
    assert apart.fields == {
        "type": "vm-anti-affinity", "enabled": True, "mandatory": False, "vms": ("one", "two"),
        "vm_group": None, "host_group": None,
    }  # fmt: skip
    assert [each.fields["type"] for each in (left, off, near)] == [
        "vm-host-affinity", "vm-host-anti-affinity", "vm-affinity",
    ]  # fmt: skip
    assert (left.fields["vm_group"], left.fields["host_group"]) == ("g", "h")


def test_groups_are_of_vms_or_of_hosts() -> None:
    inner = (
        '<ClusterGroupInfo xsi:type="ClusterVmGroup"><name>g</name>'
        '<vm type="VirtualMachine">vm-1</vm></ClusterGroupInfo>'
        '<ClusterGroupInfo xsi:type="ClusterHostGroup"><name>h</name>'
        '<host type="HostSystem">host-1</host></ClusterGroupInfo>'
    )
    of_vms, of_hosts = clusters.groups(
        cluster(prop("configurationEx.group", "ArrayOfClusterGroupInfo", inner))
    )
    assert (of_vms.kind, of_vms.key, of_vms.fields) == ("vm-group", "gpu-a/g", {"vms": ("one",)})
    assert (of_hosts.kind, of_hosts.fields) == ("host-group", {"hosts": ("esx-01",)})


def test_overrides_of_drs_and_ha_are_one_object() -> None:
    drs = "<ClusterDrsVmConfigInfo><key>vm-1</key><enabled>false</enabled></ClusterDrsVmConfigInfo>"
    ha = (
        "<ClusterDasVmConfigInfo><key>vm-1</key><dasSettings><restartPriority>high"
        "</restartPriority></dasSettings></ClusterDasVmConfigInfo>"
    )
    (one,) = clusters.overrides(
        cluster(
            prop("configurationEx.drsVmConfig", "ArrayOfClusterDrsVmConfigInfo", drs),
            prop("configurationEx.dasVmConfig", "ArrayOfClusterDasVmConfigInfo", ha),
        )
    )
    assert one.key == "gpu-a/one"
    assert one.fields == {
        "drs_enabled": False, "drs_automation": None, "ha_restart_priority": "high",
    }  # fmt: skip
