"""The simulator is the vCenter that the shipped inventory describes."""

from __future__ import annotations

import json
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest
import yaml
from pyVmomi import vim

from tests.acceptance import vcenter
from tests.acceptance.shipped import INVENTORY

pytestmark = pytest.mark.tools

SITE = yaml.safe_load(INVENTORY.read_text("utf-8"))
NAMED = ("datacenters", "clusters", "hosts", "datastores", "libraries")
SUPERVISOR = SITE["supervisors"][0]["id"]

DEVICE = {"_typeName": "VirtualPCIPassthrough", "key": -1}
CHANGE = {"_typeName": "VirtualDeviceConfigSpec", "operation": "add"}


@pytest.fixture
def rest(endpoint: vcenter.Endpoint) -> Iterator[vcenter.Rest]:
    with vcenter.Rest(endpoint) as session:
        yield session


@pytest.fixture
def soap(endpoint: vcenter.Endpoint) -> Iterator[Any]:
    with vcenter.soap(endpoint) as instance:
        yield instance


@pytest.fixture
def vm_class(rest: vcenter.Rest) -> Iterator[str]:
    rest.call("POST", vcenter.CLASSES, {"id": "small", "cpu_count": 2, "memory_MB": 4096})
    yield "small"
    rest.call("DELETE", f"{vcenter.CLASSES}/small")


def refused(rest: vcenter.Rest, method: str, path: str, body: Any = None) -> tuple[int, str]:
    with pytest.raises(vcenter.RestError) as caught:
        rest.call(method, path, body)
    return caught.value.status, str(caught.value)


def test_it_holds_exactly_the_names_of_the_inventory(endpoint: vcenter.Endpoint) -> None:
    found = vcenter.snapshot(endpoint)
    wanted = {kind: sorted(each["name"] for each in SITE[kind]) for kind in NAMED}
    assert {kind: found[kind] for kind in NAMED} == wanted
    assert found["tags"] == ["ml-tier:bulk"]
    assert found["machines"] == found["classes"] == found["namespaces"] == []


def test_its_port_groups_are_those_of_the_inventory(soap: Any) -> None:
    found = vcenter.inventory_objects(soap, vim.dvs.DistributedVirtualPortgroup)
    groups = {each.name: each for each in found if "DVUplinks" not in each.name}
    wanted = {each["port_group"]: each["vlan"] for each in SITE["networks"]}
    ports = {name: each.config.defaultPortConfig for name, each in groups.items()}
    assert {name: each.vlan.vlanId for name, each in ports.items()} == wanted
    assert len(vcenter.inventory_objects(soap, vim.Network)) == len(found)


def test_it_says_the_version_and_the_id_of_the_inventory(soap: Any) -> None:
    about = soap.content.about
    assert about.version == "8.0.3"
    assert about.apiVersion == "8.0.3.0"
    assert about.instanceUuid == SITE["vcenters"][0]["instance_uuid"]


def test_its_hosts_have_the_hardware_of_the_inventory(soap: Any) -> None:
    hosts = {each.name: each for each in vcenter.inventory_objects(soap, vim.HostSystem)}
    first = hosts["esx-01"]
    assert len(hosts) == 4
    assert first.hardware.cpuInfo.numCpuPackages == 2
    assert first.hardware.cpuInfo.numCpuCores == 64
    assert first.hardware.memorySize == 1024 << 30
    assert len(first.hardware.numaInfo.numaNode) == 2


def test_its_hosts_show_their_gpus(soap: Any) -> None:
    hosts = vcenter.inventory_objects(soap, vim.HostSystem)
    addresses = [gpu["pci"] for gpu in SITE["hosts"][0]["gpus"]]
    for host in hosts:
        devices = [each for each in host.hardware.pciDevice if each.id in addresses]
        assert [(each.vendorId, each.deviceId) for each in devices] == [(0x10DE, 0x2331)] * 2
        assert [each.pciId for each in host.config.graphicsInfo] == addresses
        assert "nvidia_h100-80c" in host.config.sharedPassthruGpuTypes
        assert list(host.hardware.numaInfo.numaNode[0].pciId) == addresses


def test_its_datastores_have_the_size_of_the_inventory(soap: Any) -> None:
    found = {each.name: each.summary for each in vcenter.inventory_objects(soap, vim.Datastore)}
    assert found["vsan-gpu-a"].type == "vsan"
    assert found["vsan-gpu-a"].capacity == 40 << 40
    assert found["fc-gold-01"].freeSpace == 11 << 40


def test_a_wrong_password_is_refused(endpoint: vcenter.Endpoint) -> None:
    stranger = vcenter.Endpoint(endpoint.server, "nobody@vsphere.local", endpoint.ca_file, "", "")
    with pytest.raises(vcenter.RestError) as caught, vcenter.Rest(stranger):
        pass
    assert caught.value.status == 401


def test_nothing_is_answered_without_a_session(endpoint: vcenter.Endpoint) -> None:
    assert refused(vcenter.Rest(endpoint), "GET", vcenter.CLASSES)[0] == 401


def test_a_session_ends_when_it_is_deleted(endpoint: vcenter.Endpoint) -> None:
    with vcenter.Rest(endpoint) as rest:
        assert rest.call("GET", "/api/session")["user"] == endpoint.user
    assert refused(rest, "GET", vcenter.CLASSES)[0] == 401


def test_the_supervisor_is_that_of_the_inventory(rest: vcenter.Rest) -> None:
    items = rest.call("GET", "/api/vcenter/namespace-management/supervisors/summaries")["items"]
    assert [each["supervisor"] for each in items] == [SUPERVISOR]
    path = f"/api/vcenter/namespace-management/supervisors/{SUPERVISOR}/topology"
    (zone,) = rest.call("GET", path)
    assert zone["zone"] == "z1"
    assert len(zone["clusters"]) == 1


def test_a_zone_that_is_there_is_not_made_twice(rest: vcenter.Rest) -> None:
    path = "/api/vcenter/consumption-domains/zones"
    assert "ALREADY_EXISTS" in refused(rest, "POST", path, {"zone": "z1", "description": ""})[1]


def test_a_class_keeps_all_that_was_sent(rest: vcenter.Rest) -> None:
    sent = {
        "id": "whole",
        "cpu_count": 4,
        "memory_MB": 8192,
        "memory_reservation": 100,
        "description": "d",
        "devices": {
            "vgpu_devices": [{"profile_name": "nvidia_h100-80c"}],
            "dynamic_direct_path_IO_devices": [
                {"vendor_id": 1, "device_id": 2, "custom_label": "l"}
            ],
        },
        "instance_storage": {"policy": "p", "volumes": [{"size": 1}]},
        "config_spec": {
            "_typeName": "VirtualMachineConfigSpec",
            "deviceChange": [{**CHANGE, "device": DEVICE}],
        },
    }
    rest.call("POST", vcenter.CLASSES, sent)
    read = rest.call("GET", f"{vcenter.CLASSES}/whole")
    rest.call("PATCH", f"{vcenter.CLASSES}/whole", {"description": "e"})
    changed = rest.call("GET", f"{vcenter.CLASSES}/whole")
    rest.call("DELETE", f"{vcenter.CLASSES}/whole")
    assert {key: read[key] for key in sent} == sent
    assert changed == {**read, "description": "e"}
    assert refused(rest, "GET", f"{vcenter.CLASSES}/whole")[0] == 404


@pytest.mark.parametrize(
    ("wrong", "message"),
    [
        ({"memory_mb": 1}, "unknown key memory_mb"),
        ({"devices": {"vgpus": []}}, "unknown key devices.vgpus"),
        ({"id": "Not A Label"}, "no DNS label"),
        ({"cpu_count": "four"}, "cpu_count is not whole"),
        ({"cpu_count": 0}, "cpu_count is less than 1"),
        ({"memory_MB": None}, "missing key memory_MB"),
        ({"devices": {"vgpu_devices": [{"profile_name": "x"}]}}, "memory_reservation must be 100"),
        ({"devices": {"vgpu_devices": [{"profile": "x"}]}}, "devices.vgpu_devices[0].profile"),
    ],
)
def test_a_wrong_class_is_refused(rest: vcenter.Rest, wrong: dict[str, Any], message: str) -> None:
    body = {"id": "wrong", "cpu_count": 1, "memory_MB": 1024, **wrong}
    status, text = refused(rest, "POST", vcenter.CLASSES, body)
    assert status == 400
    assert message in text


@pytest.mark.parametrize(
    ("spec", "message"),
    [
        ({"deviceChangge": [CHANGE]}, "config_spec.deviceChangge"),
        ({"numCPUs": "four"}, "cannot unmarshal"),
        ({"deviceChange": [{"_typeName": "NoSuchType"}]}, "NoSuchType"),
        ({"deviceChange": [{"_typeName": "OptionValue"}]}, "discriminator"),
        (
            {"deviceChange": [{**CHANGE, "device": {**DEVICE, "backingg": {"vgpu": "p"}}}]},
            "config_spec.deviceChange[0].device.backingg",
        ),
        (
            {"deviceGroups": {"_typeName": "DeviceGroups", "deviceGroup": []}},
            "config_spec.deviceGroups._typeName",
        ),
    ],
    ids=["key", "type", "no such type", "another type", "key of a device", "name of a type"],
)
def test_a_config_spec_that_the_vim_api_does_not_have_is_refused(
    rest: vcenter.Rest, spec: dict[str, Any], message: str
) -> None:
    whole = {"_typeName": "VirtualMachineConfigSpec", **spec}
    body = {"id": "wrong", "cpu_count": 1, "memory_MB": 1024, "config_spec": whole}
    status, text = refused(rest, "POST", vcenter.CLASSES, body)
    assert status == 400
    assert message in text


def test_a_namespace_keeps_all_that_was_sent(rest: vcenter.Rest, vm_class: str) -> None:
    policy = "aa6d5a82-1c88-45da-85d3-3d74b91a5bad"  # one that every vCenter has
    sent = {
        "namespace": "n",
        "supervisor": SUPERVISOR,
        "description": "d",
        "storage_specs": [{"policy": policy, "limit": 1024}],
        "vm_service_spec": {"content_libraries": [], "vm_classes": [vm_class]},
        "access_list": [
            {"subject_type": "GROUP", "subject": "g", "domain": "corp.example", "role": "EDIT"}
        ],
        "resource_spec": {"memory_limit": 4096},
    }
    rest.call("POST", f"{vcenter.NAMESPACES}/v2", sent)
    read = rest.call("GET", f"{vcenter.NAMESPACES}/v2/n")
    older = rest.call("GET", f"{vcenter.NAMESPACES}/n")
    users = rest.call("GET", f"{vcenter.CLASSES}/{vm_class}")["namespaces"]
    rest.call("PATCH", f"{vcenter.NAMESPACES}/n", {"description": "e"})
    changed = rest.call("GET", f"{vcenter.NAMESPACES}/v2/n")
    rest.call("DELETE", f"{vcenter.NAMESPACES}/n")
    assert {key: read[key] for key in sent if key != "namespace"} == {
        key: value for key, value in sent.items() if key != "namespace"
    }
    assert "cluster" in older
    assert "supervisor" not in older
    assert users == ["n"]
    assert changed == {**read, "description": "e"}
    assert refused(rest, "GET", f"{vcenter.NAMESPACES}/v2/n")[0] == 404


@pytest.mark.parametrize(
    ("wrong", "status", "message"),
    [
        ({"supervisor": "other"}, 404, "no Supervisor"),
        ({"vm_service_spec": {"vm_classes": ["none"]}}, 404, "no virtual machine class"),
        ({"vm_service_spec": {"content_libraries": ["none"]}}, 404, "no content library"),
        ({"storage_specs": [{"policy": "none"}]}, 404, "no storage policy"),
        ({"cluster": "domain-c1"}, 400, "unknown key cluster"),
        ({"namespace": "Not_A_Label"}, 400, "no DNS label"),
    ],
)
def test_a_wrong_namespace_is_refused(
    rest: vcenter.Rest, wrong: dict[str, Any], status: int, message: str
) -> None:
    body = {"namespace": "n", "supervisor": SUPERVISOR, **wrong}
    seen = refused(rest, "POST", f"{vcenter.NAMESPACES}/v2", body)
    assert seen[0] == status
    assert message in seen[1]


def test_access_to_a_namespace_is_kept_by_subject(rest: vcenter.Rest) -> None:
    rest.call("POST", f"{vcenter.NAMESPACES}/v2", {"namespace": "a", "supervisor": SUPERVISOR})
    path = f"{vcenter.NAMESPACES}/a/access/corp.example/team?type=GROUP"
    rest.call("POST", path, {"role": "VIEW"})
    first = rest.call("GET", path)
    rest.call("PUT", path, {"role": "EDIT"})
    second = rest.call("GET", path)
    rest.call("DELETE", path)
    gone = refused(rest, "GET", path)[0]
    rest.call("DELETE", f"{vcenter.NAMESPACES}/a")
    view, edit = ({"role": role, "inherited": False} for role in ("VIEW", "EDIT"))
    assert [first, second, gone] == [view, edit, 404]


ZONED = {
    "namespace": "n",
    "supervisor": SUPERVISOR,
    "zones": [{"name": "z1", "cpu_limit_MHz": 1000}],
}


def test_zones_of_a_namespace_are_unknown_to_version_8(
    start_simulator: Callable[..., vcenter.Endpoint],
) -> None:
    with vcenter.Rest(start_simulator()) as older:
        seen = refused(older, "POST", f"{vcenter.NAMESPACES}/v2", ZONED)
    assert seen[0] == 400
    assert "unknown key zones" in seen[1]


def test_zones_of_a_namespace_are_shown_by_name_from_version_9_on(
    start_simulator: Callable[..., vcenter.Endpoint],
) -> None:
    """Never what they keep for one namespace."""
    with vcenter.Rest(start_simulator("-version", "9.1.0")) as rest:
        rest.call("POST", f"{vcenter.NAMESPACES}/v2", ZONED)
        found = rest.call("GET", f"{vcenter.NAMESPACES}/v2/n")["zones"]
    assert found == [{"zone": "z1", "type": "WORKLOAD", "marked_for_removal": False}]


def test_a_quota_is_changed_limit_by_limit(rest: vcenter.Rest) -> None:
    """What is not named stays, and what is to go has a key of its own."""
    made = {"namespace": "q", "supervisor": SUPERVISOR, "resource_spec": {"cpu_limit": 10}}
    rest.call("POST", f"{vcenter.NAMESPACES}/v2", made)
    change = {"memory_limit": 5, "cpu_limit_unset": True}
    rest.call("PATCH", f"{vcenter.NAMESPACES}/q", {"resource_spec": change})
    found = rest.call("GET", f"{vcenter.NAMESPACES}/q")["resource_spec"]
    rest.call("DELETE", f"{vcenter.NAMESPACES}/q")
    assert found == {"memory_limit": 5}


def test_each_new_role_has_an_id_of_its_own(soap: Any) -> None:
    manager = soap.content.authorizationManager
    made = [manager.AddAuthorizationRole(name, ["System.View"]) for name in ("one", "two")]
    known = {role.roleId: role.name for role in manager.roleList}
    assert [known[each] for each in made] == ["one", "two"]


def test_requests_and_faults_can_be_watched_and_injected(
    start_simulator: Callable[..., vcenter.Endpoint],
) -> None:
    fault = ("-fault", "CreateContainerView::no-permission")
    endpoint = start_simulator(*fault, "-slow", "CurrentTime=200")
    with vcenter.soap(endpoint) as instance, pytest.raises(vim.fault.NoPermission):
        vcenter.inventory_objects(instance, vim.HostSystem)
    log = Path(endpoint.ca_file).parent / "requests.jsonl"
    lines = [json.loads(line) for line in log.read_text("utf-8").splitlines()]
    assert {line["path"] for line in lines} >= {"/sdk", "/sdk/vimServiceVersions.xml"}
    assert {line["status"] for line in lines} == {200, 500}
