"""REST bodies of VM classes: the field names of the API and the types of the vim API."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

import pytest
from pyVmomi import VmomiSupport

from generator.platform.classes import by_terraform
from generator.platform.objects import PciDevice, VmClass
from generator.render.supervisor import bodies as supervisor
from tests.example import desired


def pair() -> VmClass:
    """The class of the NVLink pair."""
    (only,) = [c for c in desired().vcenters[0].vm_classes if not by_terraform(c)]
    return only


def test_the_body_has_the_fields_of_the_api() -> None:
    """cpu_count, memory_MB in that case; all memory reserved."""
    body = supervisor.vm_class_body(pair())
    assert (body["cpu_count"], body["memory_MB"], body["memory_reservation"]) == (28, 458752, 100)
    assert body["id"] == pair().name
    assert "devices" not in body  # deprecated since 8.0.2


def objects(node: Any) -> list[dict[str, Any]]:
    """Every object with a type below a node."""
    if isinstance(node, list):
        return [found for item in node for found in objects(item)]
    if not isinstance(node, dict):
        return []
    own = [node] if "_typeName" in node else []
    return own + [found for item in node.values() for found in objects(item)]


def whole(gpus: int) -> VmClass:
    """The class of a VM with whole GPUs by DirectPath."""
    mi300x = PciDevice(allowed=((0x1002, 0x74A1), (0x1002, 0x74B5)))
    return replace(pair(), vgpus=(), device_group="", pci_devices=(mi300x,) * gpus)


BODY = supervisor.vm_class_body(pair())
WHOLE = supervisor.vm_class_body(whole(2))
TYPED = [
    thing
    for body in (BODY, WHOLE)
    for thing in objects(body["config_spec"])
    if thing["_typeName"] != "string"
]


@pytest.mark.parametrize("thing", TYPED, ids=lambda t: t["_typeName"])
def test_every_type_and_property_exists_in_the_vim_api(thing: dict[str, Any]) -> None:
    """By pyvmomi's own type tables."""
    vim_type = VmomiSupport.GetWsdlType("urn:vim25", thing["_typeName"])
    known = {found.name for found in vim_type._GetPropertyList()}
    assert set(thing) - {"_typeName"} <= known


def test_a_whole_gpu_is_any_device_with_one_of_its_ids() -> None:
    """Dynamic DirectPath I/O: no device is named, so DRS and HA may choose the host."""
    devices = [change["device"] for change in WHOLE["config_spec"]["deviceChange"]]
    assert len({device["key"] for device in devices}) == 2
    assert devices[0]["backing"] == {
        "_typeName": "VirtualPCIPassthroughDynamicBackingInfo",
        "deviceName": "",
        "customLabel": "",
        "allowedDevice": [
            {
                "_typeName": "VirtualPCIPassthroughAllowedDevice",
                "vendorId": 4098,
                "deviceId": number,
            }
            for number in (29857, 29877)
        ],
    }


def test_terraform_has_no_word_for_a_whole_gpu() -> None:
    assert not by_terraform(replace(whole(1), mmio_gib=128))
    assert by_terraform(replace(whole(0), mmio_gib=128))


def test_two_vgpus_stand_in_one_group_with_distinct_keys() -> None:
    """The profile cannot be listed twice in the class's own device list."""
    devices = [change["device"] for change in BODY["config_spec"]["deviceChange"]]
    assert [device["backing"]["vgpu"] for device in devices] == ["nvidia_h100-80c"] * 2
    assert len({device["key"] for device in devices}) == 2
    assert [device["deviceGroupInfo"]["sequenceId"] for device in devices] == [0, 1]
    (group,) = BODY["config_spec"]["deviceGroups"]["deviceGroup"]
    assert group["deviceGroupName"] == "Nvidia:2@nvidia_h100-80c%NVLink"


def test_the_mmio_window_is_stated() -> None:
    """Both keys, as text."""
    options = {o["key"]: o["value"]["_value"] for o in BODY["config_spec"]["extraConfig"]}
    assert options == {
        "pciPassthru.use64bitMMIO": "TRUE",
        "pciPassthru.64bitMMIOSizeGB": "512",
    }
