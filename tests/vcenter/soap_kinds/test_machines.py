"""VMs: which are looked at closely, and what of them is kept."""

from __future__ import annotations

import pytest

from generator.vcenter.soap_kinds import machines
from generator.vcenter.wanted import NOTHING_OURS, Wanted
from generator.vcenter.world import World
from tests.vcenter.answers import entity, named, prop, ref, refused, rows, world

POOLS = (
    named("Folder", "group-v2", "ml", "group-v1"),
    named("ResourcePool", "resgroup-2", "Namespaces", "resgroup-1"),
    named("ResourcePool", "resgroup-3", "ml-dev", "resgroup-2"),
    named("HostSystem", "host-1", "esx-01", "domain-c9"),
)
MEMORY = prop("config.hardware.memoryMB", "xsd:int", "65536")
DEVICE = (
    '<VirtualDevice xsi:type="VirtualPCIPassthrough"><key>{}</key>'
    '<backing xsi:type="{}">{}</backing></VirtualDevice>'
)


def vm(*properties: str, folder: str = "group-v2", pool: str = "resgroup-1") -> World:
    place = ref("resourcePool", "ResourcePool", pool)
    return world(*POOLS, named("VirtualMachine", "vm-1", "one", folder, place, *properties))


def devices(*inner: str) -> str:
    return prop("config.hardware.device", "ArrayOfVirtualDevice", "".join(inner))


def backing(key: int, kind: str, inner: str) -> str:
    return DEVICE.format(key, f"VirtualPCIPassthrough{kind}BackingInfo", inner)


def only(known: World) -> dict[str, object]:
    (one,) = machines.machines(known)
    return dict(one.fields)


@pytest.mark.parametrize(
    "properties",
    [
        (prop("config.memoryReservationLockedToMax", "xsd:boolean", "true"),),
        (MEMORY, prop("config.memoryAllocation.reservation", "xsd:long", "65536")),
    ],
)
def test_a_vm_with_all_memory_reserved_is_looked_at(properties: tuple[str, ...]) -> None:
    assert machines.detailed(vm(*properties), NOTHING_OURS) == ["vm-1"]


def test_a_vm_that_a_host_names_on_its_gpu_is_looked_at() -> None:
    known = vm()
    info = '<HostGraphicsInfo><vm type="VirtualMachine">vm-1</vm></HostGraphicsInfo>'
    known.take(
        rows(
            entity(
                "HostSystem", "host-1", prop("config.graphicsInfo", "ArrayOfHostGraphicsInfo", info)
            )
        )
    )
    assert machines.detailed(known, NOTHING_OURS) == ["vm-1"]


@pytest.mark.parametrize(
    "wanted",
    [
        Wanted(vms=frozenset(["one"])),
        Wanted(folders=frozenset(["ml"])),
        Wanted(folders=frozenset(["ams1/vm/ml"])),
        Wanted(pools=frozenset(["gpu-a/Namespaces"])),
        Wanted(namespaces=frozenset(["ml-dev"])),
    ],
)
def test_ours_are_looked_at(wanted: Wanted) -> None:
    assert machines.detailed(vm(pool="resgroup-3"), wanted) == ["vm-1"]


@pytest.mark.parametrize(
    "wanted",
    [
        NOTHING_OURS,
        Wanted(folders=frozenset(["m", "ams1/vm/other", "vm/ml"])),
        Wanted(pools=frozenset(["gpu-b/Namespaces"]), namespaces=frozenset(["ml-prod"])),
    ],
)
def test_others_are_not(wanted: Wanted) -> None:
    half = prop("config.memoryAllocation.reservation", "xsd:long", "32768")
    assert machines.detailed(vm(MEMORY, half, pool="resgroup-3"), wanted) == []


def test_a_vm_has_its_place() -> None:
    found = only(vm(ref("runtime.host", "HostSystem", "host-1"), pool="resgroup-3"))
    assert (found["host"], found["cluster"], found["folder"]) == ("esx-01", "gpu-a", "ams1/vm/ml")
    assert (found["pool"], found["namespace"]) == ("gpu-a/Namespaces/ml-dev", "ml-dev")


def test_what_the_second_pass_did_not_read_is_not_stated() -> None:
    assert not {"vgpus", "passthrough", "mmio_gib", "device_group"} & set(only(vm()))


def test_devices_are_in_the_order_of_their_keys() -> None:
    found = only(
        vm(
            devices(
                backing(13001, "Vmiop", "<vgpu>b</vgpu>"),
                '<VirtualDevice xsi:type="VirtualDisk"><key>2000</key></VirtualDevice>',
                backing(13000, "Vmiop", "<vgpu>a</vgpu>"),
                backing(13002, "Device", "<id>0000:65:00.0</id>"),
                backing(
                    13003, "Dynamic",
                    "<allowedDevice><vendorId>4318</vendorId><deviceId>9009</deviceId></allowedDevice>"
                    "<customLabel>left</customLabel>",
                ),
            )
        )
    )  # fmt: skip
    assert found["vgpus"] == ("a", "b")
    assert found["passthrough"] == ("0000:65:00.0", "10de:2331@left")
    assert (found["device_group"], found["mmio_gib"]) == (None, None)


def test_a_device_group_and_its_window_are_read() -> None:
    groups = (
        '<deviceGroup xsi:type="VirtualMachineVirtualDeviceGroupsVendorDeviceGroup">'
        "<deviceGroupName>Nvidia:2@nvlink</deviceGroupName></deviceGroup>"
    )
    found = only(
        vm(
            devices(),
            prop("config.deviceGroups", "VirtualMachineVirtualDeviceGroups", groups),
            prop('config.extraConfig["pciPassthru.64bitMMIOSizeGB"]', "OptionValue",
                 '<key>k</key><value xsi:type="xsd:string">512</value>'),
        )
    )  # fmt: skip
    assert (found["device_group"], found["mmio_gib"]) == ("Nvidia:2@nvlink", 512)


@pytest.mark.parametrize(
    ("notes", "stamp"),
    [("mlgen:acme-ml/virtual-machine/a", "mlgen:acme-ml/virtual-machine/a"), ("pw: x", None)],
)
def test_notes_of_others_are_not_kept(notes: str, stamp: str | None) -> None:
    """F13: people write all kinds of things there."""
    assert only(vm(devices(), prop("config.annotation", "xsd:string", notes)))["stamp"] == stamp


def test_devices_that_may_not_be_read_are_unread() -> None:
    known = vm(refused("config.hardware.device"))
    assert "vgpus" not in only(known)
    assert {each.field for each in known.unread} == {
        "vgpus", "passthrough", "device_group", "mmio_gib", "stamp",
    }  # fmt: skip


def test_custom_attributes_have_their_names() -> None:
    known = vm(
        prop("customValue", "ArrayOfCustomFieldValue",
             '<CustomFieldValue xsi:type="CustomFieldStringValue"><key>7</key><value>team</value>'
             "</CustomFieldValue>")
    )  # fmt: skip
    known.attributes = {7: "owner"}
    assert only(known)["attribute.owner"] == "team"


def test_the_class_is_stated_where_rest_told_of_it() -> None:
    known = vm()
    assert "vm_class" not in only(known)
    known.classes_by_vm = {"vm-1": "gpu-1x80"}
    assert only(known)["vm_class"] == "gpu-1x80"


@pytest.mark.parametrize(("text", "number"), [("vmx-21", 21), ("vmx-9", 9), ("strange", None)])
def test_the_hardware_version_is_a_number(text: str, number: int | None) -> None:
    assert only(vm(prop("config.version", "xsd:string", text)))["hardware_version"] == number


def test_nothing_but_one_entry_of_the_extra_configuration_is_asked_for() -> None:
    """F13: the rest may hold tokens."""
    asked = [*machines.PATHS["VirtualMachine"], *machines.DETAIL]
    assert [path for path in asked if "extraConfig" in path] == [
        'config.extraConfig["pciPassthru.64bitMMIOSizeGB"]'
    ]
