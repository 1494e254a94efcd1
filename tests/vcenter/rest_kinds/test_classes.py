"""VM classes in both forms."""

from __future__ import annotations

from typing import Any

import pytest

from generator.vcenter.rest_kinds import classes
from generator.vcenter.world import World
from tests.vcenter.answers import fields
from tests.vcenter.rest_kinds.stand_in import answering

OLDER = {
    "id": "older", "cpu_count": 8, "memory_MB": 65536, "memory_reservation": 100,
    "devices": {
        "vgpu_devices": [{"profile_name": "nvidia_h100-40c"}, {"profile_name": "nvidia_h100-40c"}],
        "dynamic_direct_path_IO_devices": [
            {"vendor_id": 4318, "device_id": 9009, "custom_label": "left"},
            {"vendor_id": 4318, "device_id": 9009},
        ],
    },
    "instance_storage": {"policy": "p-1", "volumes": [{"size": 1024}]},
    "vms": ["vm-7"], "namespaces": ["b", "a"],
}  # fmt: skip


def device(kind: str, **backing: Any) -> dict[str, Any]:
    return {
        "_typeName": "VirtualDeviceConfigSpec",
        "operation": "add",
        "device": {
            "_typeName": "VirtualPCIPassthrough",
            "backing": {"_typeName": f"VirtualPCIPassthrough{kind}BackingInfo", **backing},
        },
    }


ALLOWED = [{"vendorId": 4318, "deviceId": 9009}, {"vendorId": -32634, "deviceId": 5490}]
SPEC = {
    "_typeName": "VirtualMachineConfigSpec",
    "memoryReservationLockedToMax": True,
    "deviceChange": [
        device("Vmiop", vgpu="nvidia_h100-80c"),
        device("Vmiop", vgpu="nvidia_h100-80c"),
        device("Dynamic", allowedDevice=ALLOWED, customLabel="rail"),
    ],
    "extraConfig": [
        {"key": "other", "value": {"_typeName": "string", "_value": "x"}},
        {"key": "pciPassthru.64bitMMIOSizeGB", "value": {"_typeName": "string", "_value": "1024"}},
    ],
    "deviceGroups": {"deviceGroup": [{"deviceGroupName": "Nvidia:4@nvlink"}]},
}


def read(*found: dict[str, Any]) -> dict[str, Any]:
    session = answering({classes.PATH: list(found)})
    return fields(classes.objects(classes.read(session), World()))


def test_the_older_form() -> None:
    found = read(OLDER)
    assert found["vgpus"] == ("nvidia_h100-40c", "nvidia_h100-40c")
    assert found["pci_devices"] == ("10de:2331@left", "10de:2331")
    assert (found["vcpus"], found["memory_mib"]) == (8, 65536)
    assert found["memory_reservation_percent"] == 100
    assert (found["instance_storage_policy"], found["instance_storage_volumes_mib"]) == (
        "p-1",
        ("1024",),
    )
    assert (found["vms"], found["namespaces"]) == (("vm-7",), ("a", "b"))
    assert (found["device_group"], found["mmio_gib"], found["description"]) == (None, None, "")


def test_the_form_since_8_0_2() -> None:
    found = read({"id": "spec", "cpu_count": 32, "memory_MB": 1, "config_spec": SPEC})
    assert found["vgpus"] == ("nvidia_h100-80c", "nvidia_h100-80c")
    assert found["pci_devices"] == ("10de:2331|8086:1572@rail",)
    assert (found["mmio_gib"], found["device_group"]) == (1024, "Nvidia:4@nvlink")
    assert found["memory_reservation_percent"] == 100


def test_a_spec_without_devices_leaves_those_of_the_older_form() -> None:
    found = read({**OLDER, "config_spec": {"extraConfig": SPEC["extraConfig"]}})
    assert (len(found["vgpus"]), found["mmio_gib"]) == (2, 1024)


@pytest.mark.parametrize("key", ["memory_MB", "memory_mb"])
def test_memory_is_spelt_in_two_ways(key: str) -> None:
    assert read({"id": "x", key: 4096})["memory_mib"] == 4096


def test_vms_know_their_class() -> None:
    assert classes.by_vm([OLDER]) == {"vm-7": "older"}
