"""The simulator changes while it runs, hides what it is told to, and fails as it is told to."""

from __future__ import annotations

import http.client
import json
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any
from xml.parsers.expat import ExpatError

import pytest
from pyVmomi import pbm, vim, vmodl

from tests.acceptance import vcenter

HOST = "HostSystem:esx-01"
GPU = "config.graphicsInfo[pciId=0000:17:00.0]"
OPTION = {"_typeName": "OptionValue", "key": "k", "value": {"_typeName": "string", "_value": "v"}}


@pytest.fixture(scope="module")
def crowded(start_simulator: Callable[..., vcenter.Endpoint]) -> vcenter.Endpoint:
    """A simulator with machines in it."""
    return start_simulator("-vms", "20")


@pytest.fixture
def told(crowded: vcenter.Endpoint) -> Iterator[Callable[..., list[Any]]]:
    """The control of that simulator; what a test did is undone after it."""
    yield lambda *wishes: vcenter.command(crowded, *wishes)
    vcenter.command(crowded, {"do": "undo"})


@pytest.fixture
def soap(crowded: vcenter.Endpoint) -> Iterator[Any]:
    """A SOAP session."""
    with vcenter.soap(crowded) as instance:
        yield instance


def named(soap: Any, kind: Any, name: str) -> Any:
    """The object of a name."""
    return next(each for each in vcenter.inventory_objects(soap, kind) if each.name == name)


def test_the_population_is_spread_over_hosts_and_devices(soap: Any) -> None:
    machines = vcenter.inventory_objects(soap, vim.VirtualMachine)
    devices = [
        each.backing
        for machine in machines
        for each in machine.config.hardware.device
        if isinstance(each, vim.vm.device.VirtualPCIPassthrough)
    ]
    assert len(machines) == 20
    assert {machine.runtime.host.name for machine in machines} == {
        f"esx-0{number}" for number in range(1, 5)
    }
    assert {type(each).__name__.rpartition(".")[2] for each in devices} == {
        "VmiopBackingInfo",
        "DeviceBackingInfo",
    }
    assert {str(machine.runtime.powerState) for machine in machines} == {"poweredOn", "poweredOff"}


def test_a_machine_with_a_vgpu_has_all_its_memory_reserved(soap: Any) -> None:
    machine = named(soap, vim.VirtualMachine, "vm-00002")
    options = {each.key: each.value for each in machine.config.extraConfig}
    assert machine.resourceConfig.memoryAllocation.reservation == machine.config.hardware.memoryMB
    assert options["pciPassthru.64bitMMIOSizeGB"] == "128"


def test_a_host_shows_what_its_boards_are_set_to(soap: Any) -> None:
    config = named(soap, vim.HostSystem, "esx-01").config
    assert [each.deviceId for each in config.graphicsConfig.deviceType] == [
        each.pciId for each in config.graphicsInfo
    ]
    assert {each.vgpuMode for each in config.graphicsInfo} == {"sameSize"}
    assert [each.linkSpeed.speedMb for each in config.network.pnic] == [25000, 100000]


def test_a_host_shows_its_modules_and_packages(soap: Any) -> None:
    manager = named(soap, vim.HostSystem, "esx-01").configManager
    options = manager.kernelModuleSystem.QueryConfiguredModuleOptionString("nvidia")
    packages = [each.name for each in manager.imageConfigManager.FetchSoftwarePackages()]
    assert options.startswith("NVreg_")
    assert "NVD-AIE-800" in packages


def test_the_browser_of_a_cluster_knows_the_profiles_of_its_hosts(soap: Any) -> None:
    browser = named(soap, vim.ClusterComputeResource, "gpu-a").environmentBrowser
    target = browser.QueryConfigTarget()
    sharing = {each.profileName: each.profileSharing for each in target.vgpuProfileInfo}
    assert sharing["nvidia_h100-80c"] == "timeSliced"
    assert sharing["nvidia_h100-2-20c"] == "mig"
    assert [each.migCapable for each in target.vgpuDeviceInfo] == [True]


@pytest.mark.parametrize(
    ("thing", "path", "value", "read"),
    [
        (HOST, f"{GPU}.vgpuMode", "mixedSize", lambda h: h.config.graphicsInfo[0].vgpuMode),
        (HOST, "runtime.inMaintenanceMode", True, lambda h: h.runtime.inMaintenanceMode),
        (
            HOST,
            "config.sharedPassthruGpuTypes[0]",
            "x",
            lambda h: h.config.sharedPassthruGpuTypes[0],
        ),
        (HOST, "hardware.memorySize", 7, lambda h: h.hardware.memorySize),
    ],
)
def test_a_property_is_set_and_set_back(
    soap: Any,
    told: Callable[..., list[Any]],
    thing: str,
    path: str,
    value: Any,
    read: Callable[[Any], Any],
) -> None:
    host = named(soap, vim.HostSystem, "esx-01")
    before = read(host)
    told({"do": "set", "object": thing, "path": path, "value": value})
    changed = read(host)
    told({"do": "undo"})
    assert (changed, read(host)) == (value, before)


def test_an_entry_is_added_and_another_cut(soap: Any, told: Callable[..., list[Any]]) -> None:
    cluster = named(soap, vim.ClusterComputeResource, "gpu-a")
    path = "configurationEx.drsConfig.option"
    told(
        {
            "do": "set",
            "object": "ClusterComputeResource:gpu-a",
            "path": f"{path}[+]",
            "value": OPTION,
        },
        {"do": "cut", "object": HOST, "path": "config.graphicsInfo[pciId=0000:17:00.0]"},
    )
    host = named(soap, vim.HostSystem, "esx-01")
    assert [(each.key, each.value) for each in cluster.configurationEx.drsConfig.option] == [
        ("k", "v")
    ]
    assert [each.pciId for each in host.config.graphicsInfo] == ["0000:65:00.0"]


@pytest.mark.parametrize(
    ("wish", "message"),
    [
        ({"do": "dance"}, "unknown command"),
        ({"do": "set", "object": "HostSystem:none", "path": "x", "value": 1}, "no HostSystem"),
        ({"do": "set", "object": HOST, "path": "config.none", "value": 1}, "has no none"),
        ({"do": "set", "object": HOST, "path": "config.pnic[0]", "value": 1}, "has no pnic"),
        ({"do": "cut", "object": HOST, "path": "runtime"}, "only an entry"),
        ({"do": "trouble", "trouble": {"kind": "flood"}}, "a trouble has a kind"),
        ({"do": "rest", "store": "none"}, "no store"),
    ],
)
def test_a_wish_that_cannot_be_met_is_refused(
    told: Callable[..., list[Any]], wish: dict[str, Any], message: str
) -> None:
    with pytest.raises(vcenter.RestError, match=message):
        told(wish)


def test_the_control_needs_its_token(crowded: vcenter.Endpoint) -> None:
    stranger = vcenter.Endpoint(
        crowded.server, crowded.user, crowded.ca_file, crowded.instance_uuid, crowded.version, "x"
    )
    with pytest.raises(vcenter.RestError, match="403"):
        vcenter.command(stranger, {"do": "undo"})


def test_what_is_hidden_is_in_no_answer(soap: Any, told: Callable[..., list[Any]]) -> None:
    host = named(soap, vim.HostSystem, "esx-01")
    before = {machine.name for machine in host.vm}
    told({"do": "hide", "objects": ["VirtualMachine:vm-00001", "HostSystem:esx-02"]})
    cluster = named(soap, vim.ClusterComputeResource, "gpu-a")
    machines = {each.name for each in vcenter.inventory_objects(soap, vim.VirtualMachine)}
    assert before - {machine.name for machine in host.vm} == {"vm-00001"}
    assert "vm-00001" not in machines
    assert [each.name for each in cluster.host] == ["esx-01", "esx-03", "esx-04"]


def test_below_takes_the_whole_branch(soap: Any, told: Callable[..., list[Any]]) -> None:
    number = told({"do": "hide", "objects": ["Folder:crowd"], "below": True})[0]
    assert number == 1 + 16 + 20
    assert vcenter.inventory_objects(soap, vim.VirtualMachine) == []


def test_what_is_forbidden_is_named_and_refused(soap: Any, told: Callable[..., list[Any]]) -> None:
    machine = named(soap, vim.VirtualMachine, "vm-00003")
    told({"do": "forbid", "objects": ["VirtualMachine:vm-00003"]})
    collector = vmodl.query.PropertyCollector
    spec = collector.FilterSpec(
        objectSet=[collector.ObjectSpec(obj=machine)],
        propSet=[collector.PropertySpec(type=vim.VirtualMachine, pathSet=["name", "runtime.host"])],
    )
    found = soap.content.propertyCollector.RetrieveContents([spec])[0]
    assert found.propSet == []
    assert [each.path for each in found.missingSet] == ["name", "runtime.host"]
    assert all(isinstance(each.fault, vim.fault.NoPermission) for each in found.missingSet)


@pytest.mark.parametrize(
    ("trouble", "problem"),
    [
        ({"kind": "reset"}, (http.client.RemoteDisconnected, ConnectionResetError)),
        ({"kind": "cut"}, (ExpatError, http.client.IncompleteRead)),
        ({"kind": "malformed"}, ExpatError),
        ({"kind": "status", "status": 503}, http.client.HTTPException),
        ({"kind": "expire"}, vim.fault.NotAuthenticated),
    ],
    ids=lambda value: value.get("kind") if isinstance(value, dict) else "",
)
def test_a_trouble_comes_once_and_where_it_is_meant(
    soap: Any, told: Callable[..., list[Any]], trouble: dict[str, Any], problem: Any
) -> None:
    told({"do": "trouble", "trouble": {**trouble, "soap": "CreateContainerView", "times": 1}})
    with pytest.raises(problem):
        vcenter.inventory_objects(soap, vim.HostSystem)
    if trouble["kind"] != "expire":
        assert len(vcenter.inventory_objects(soap, vim.HostSystem)) == 4


def test_who_changed_what_is_in_the_events(soap: Any, told: Callable[..., list[Any]]) -> None:
    told(
        {
            "do": "event",
            "event": "VmReconfiguredEvent",
            "object": "VirtualMachine:vm-00001",
            "user": "eve",
        }
    )
    spec = vim.event.EventFilterSpec(eventTypeId=["VmReconfiguredEvent"])
    found = soap.content.eventManager.QueryEvents(spec)[-1]
    assert (found.userName, found.vm.name, found.host.name) == ("eve", "vm-00001", "esx-01")


def test_tags_and_libraries_are_under_the_newer_paths(crowded: vcenter.Endpoint) -> None:
    with vcenter.Rest(crowded) as rest:
        body = {"name": "c", "description": "", "cardinality": "SINGLE", "associable_types": []}
        category = rest.call("POST", "/api/cis/tagging/category", body)
        tag = {"name": "t", "description": "", "category_id": category}
        made = rest.call("POST", "/api/cis/tagging/tag", tag)
        inside = rest.call(
            "POST", "/api/cis/tagging/tag?action=list-tags-for-category", {"category_id": category}
        )
        rest.call("PATCH", f"/api/cis/tagging/tag/{made}", {"description": "changed"})
        changed = rest.call("GET", f"/api/cis/tagging/tag/{made}")
        rest.call("DELETE", f"/api/cis/tagging/category/{category}")
        library = rest.call("GET", "/api/content/library")
        subscribed = rest.call("GET", "/api/content/subscribed-library")
        shown = rest.call("GET", f"/api/content/library/{library[0]}")
    assert inside == [made]
    assert changed["description"] == "changed"
    assert (shown["name"], shown["type"], subscribed) == ("vkr-ams1", "LOCAL", [])


def test_a_supervisor_has_its_size_and_version(
    crowded: vcenter.Endpoint, told: Callable[..., list[Any]]
) -> None:
    base = "/api/vcenter/namespace-management"
    with vcenter.Rest(crowded) as rest:
        cluster = rest.call("GET", f"{base}/clusters")[0]["cluster"]
        supervisor = rest.call("GET", f"{base}/supervisors/summaries")["items"][0]["supervisor"]
        told(
            {
                "do": "rest",
                "store": "supervisors",
                "key": supervisor,
                "path": "size_hint",
                "value": "LARGE",
            }
        )
        size = rest.call("GET", f"{base}/clusters/{cluster}")["size_hint"]
        version = rest.call("GET", f"{base}/software/clusters")[0]["current_version"]
        zones = rest.call("GET", "/api/vcenter/consumption-domains/zone-associations/cluster")
    assert size == "LARGE"
    assert version.startswith("v1.")
    assert [each["cluster"] for each in zones["associations"]] == [cluster]


def test_a_policy_fits_the_datastores_that_satisfy_it(crowded: vcenter.Endpoint, soap: Any) -> None:
    vcenter.create_policies(crowded, ["on-vsan"])
    stores = {each._moId: each.name for each in vcenter.inventory_objects(soap, vim.Datastore)}
    with vcenter.policy_services(crowded, soap) as services:
        ids = services.profileManager.PbmQueryProfile(
            pbm.profile.ResourceType(resourceType="STORAGE")
        )
        found = next(
            each
            for each in services.profileManager.PbmRetrieveContent(ids)
            if each.name == "on-vsan"
        )
        results = services.placementSolver.PbmCheckCompatibility(profile=found.profileId)
    assert [stores[each.hub.hubId] for each in results if not each.error] == ["vsan-gpu-a"]


def test_the_log_names_the_method_of_each_call(crowded: vcenter.Endpoint, soap: Any) -> None:
    vcenter.inventory_objects(soap, vim.HostSystem)
    log = Path(crowded.ca_file).parent / "requests.jsonl"
    methods = {json.loads(line)["soap"] for line in log.read_text("utf-8").splitlines()}
    assert methods >= {"Login", "CreateContainerView", "DestroyView"}
