"""What a site inventory states, and that an unknown fact states nothing."""

from __future__ import annotations

from dataclasses import replace

import pytest

from generator.catalog import Catalog
from generator.diff.asserted import Asserted
from generator.diff.asserted.site import site_objects
from generator.quantity import Quantity
from generator.supply import model as site
from generator.supply.model import SiteInventory
from tests import example


def stated(**sections: object) -> dict[tuple[str, str], Asserted]:
    """What the example's site states with some sections otherwise, by kind and key."""
    facts: SiteInventory = replace(example.site(), **sections)  # type: ignore[arg-type]
    found = site_objects("vc-ams1", [facts], Catalog.builtin())
    return {(one.kind, one.key): one for one in found}


def test_an_unknown_fact_is_no_assertion() -> None:
    """None is unknown, never a default."""
    (cluster,) = example.site().clusters
    bare = replace(cluster, ha=None, drs=None, zone=None)
    found = stated(clusters=(bare,), zones=())
    assert found["cluster", "gpu-a"].fields == {}
    assert ("zone", "z1") not in found


@pytest.mark.parametrize(
    ("drs", "expected"),
    [
        ("off", {"drs_enabled": False}),
        ("manual", {"drs_enabled": True, "drs_automation": "manual"}),
        ("partially-automated", {"drs_enabled": True, "drs_automation": "partiallyAutomated"}),
    ],
)
def test_drs_in_the_words_of_the_api(drs: str, expected: dict[str, object]) -> None:
    """vSphere Web Services API, DrsBehavior."""
    (cluster,) = example.site().clusters
    changed = replace(cluster, drs=drs, ha=None)  # type: ignore[arg-type]
    assert stated(clusters=(changed,))["cluster", "gpu-a"].fields == expected


def test_reserves_are_percentages() -> None:
    """HA's own figures; stating one says that HA is on."""
    (cluster,) = example.site().clusters
    quarter = Quantity(value=0.25)
    ha = site.HighAvailability(cpu_reserve_ratio=quarter, memory_reserve_ratio=quarter)
    fields = stated(clusters=(replace(cluster, ha=ha),))["cluster", "gpu-a"].fields
    assert fields["ha_cpu_reserve_percent"] == fields["ha_memory_reserve_percent"] == 25
    assert fields["ha_enabled"] is True


def test_what_is_of_another_vcenter_is_not_of_this_one() -> None:
    """Each fact to its own."""
    other = site.VCenter(ref="vc-other")
    both = (*example.site().vcenters, other)
    switch = site.Switch(name="dvs", vcenter="vc-other", mtu=9000)
    network = site.Network(role="vmotion", port_group="pg-x", vcenter="vc-other", vlan=7)
    found = stated(vcenters=both, switches=(switch,), networks=(network,))
    assert ("switch", "dvs") not in found
    assert ("network", "pg-x") not in found
    assert ("host", "esx-01") in found
    assert ("datastore", "vsan-gpu-a") in found


def test_what_is_to_be_made_is_no_fact_yet() -> None:
    """F1: ``manage: create`` is the plan's business."""
    zone = site.Zone(name="z9", clusters=("gpu-a",), manage="create")
    library = site.Library(name="new", manage="create")
    found = stated(zones=(zone,), libraries=(library,))
    assert ("zone", "z9") not in found
    assert ("content-library", "new") not in found


def test_switches_networks_and_ports() -> None:
    """MTU, VLAN, and speed in the unit of the API."""
    (host, *rest) = example.site().hosts
    nic = replace(host.nics[0], name="vmnic0")
    switch = site.Switch(name="dvs", vcenter="vc-ams1", mtu=9000)
    found = stated(hosts=(replace(host, nics=(nic,)), *rest), switches=(switch,))
    assert found["nic", "esx-01/vmnic0"].fields == {"speed_mbit": 25_000}
    assert found["switch", "dvs"].fields == {"mtu": 9000}


@pytest.mark.parametrize(
    ("mode", "mixed", "expected"),
    [
        ("passthrough", None, {"passthrough": True}),
        ("mig", None, {"vgpu_mode": "multiInstanceGpu"}),
        ("mig-time-sliced", None, {"vgpu_mode": "multiInstanceGpu"}),
        ("time-sliced", True, {"vgpu_mode": "mixedSize"}),
        ("time-sliced", None, {"vgpu_mode": "sameSize"}),
        ("none", None, {}),
    ],
)
def test_the_mode_of_a_gpu_in_the_words_of_the_api(
    mode: str, mixed: bool | None, expected: dict[str, object]
) -> None:
    """HostGraphicsInfo.vgpuMode."""
    (host, *_) = example.site().hosts
    gpu = replace(host.gpus[0], mode=mode, mixed_size=mixed)  # type: ignore[arg-type]
    fields = stated(hosts=(replace(host, gpus=(gpu,)),))["gpu", "esx-01/0000:17:00.0"].fields
    assert {k: v for k, v in fields.items() if k in ("passthrough", "vgpu_mode")} == expected


def test_other_objects_have_to_be_there() -> None:
    """F1: looked up, with the parent in the key where there is one."""
    others = (
        site.OutsideObject(kind="tag-category", name="c", manage="reference"),
        site.OutsideObject(kind="tag", name="t", within="c", manage="reference"),
        site.OutsideObject(kind="resource-pool", name="p", within="gpu-a", manage="reference"),
        site.OutsideObject(kind="role", name="adopted", manage="adopt"),
    )
    found = stated(objects=others)
    assert {("tag-category", "c"), ("tag", "c/t"), ("resource-pool", "gpu-a/p")} <= set(found)
    assert ("role", "adopted") not in found
