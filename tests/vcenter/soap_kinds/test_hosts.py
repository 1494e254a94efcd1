"""Hosts and their devices."""

from __future__ import annotations

import pytest

from generator.vcenter.leaves import Row
from generator.vcenter.soap_kinds import hosts
from generator.vcenter.world import World
from tests.vcenter.answers import named, prop, refused, world

GPU, CONSOLE, NIC, BRIDGE = "0000:17:00.0", "0000:03:00.0", "0000:0b:00.0", "0000:00:01.0"


def device(address: str, kind: int, vendor: int, model: int, name: str = "x") -> str:
    return (
        f"<HostPciDevice><id>{address}</id><classId>{kind}</classId><vendorId>{vendor}</vendorId>"
        f"<deviceId>{model}</deviceId><deviceName>{name}</deviceName></HostPciDevice>"
    )


DEVICES = (
    device(GPU, 0x0302, 0x10DE, 0x2331, "GH100"),
    device(CONSOLE, 0x0300, 0x102B, 0x0536, "Matrox"),
    device(NIC, 0x0200, -32634, 0x1572, "X710"),  # 0x8086 as the API carries it
    device(BRIDGE, 0x0604, -32634, 0x2020),
)
GRAPHICS = (
    f"<HostGraphicsInfo><deviceName>NVIDIA H100</deviceName><pciId>{GPU}</pciId>"
    "<graphicsType>sharedDirect</graphicsType><vgpuMode>mixedSize</vgpuMode>"
    "<memorySizeInKB>83516416</memorySizeInKB>"
    '<vm type="VirtualMachine">vm-1</vm><vm type="VirtualMachine">vm-2</vm></HostGraphicsInfo>'
    f"<HostGraphicsInfo><pciId>{CONSOLE}</pciId><graphicsType>basic</graphicsType></HostGraphicsInfo>"
)
CONFIG = (
    "<hostDefaultGraphicsType>sharedDirect</hostDefaultGraphicsType>"
    "<sharedPassthruAssignmentPolicy>consolidation</sharedPassthruAssignmentPolicy>"
    f"<deviceType><deviceId>{GPU}</deviceId><graphicsType>shared</graphicsType>"
    "<vgpuMode>sameSize</vgpuMode></deviceType>"
)
PASSTHRU = (
    f"<HostPciPassthruInfo><id>{GPU}</id><passthruEnabled>false</passthruEnabled>"
    "<hardwareLabel>left</hardwareLabel></HostPciPassthruInfo>"
)
NODES = "".join(f"<HostNumaNode><pciId>{each}</pciId></HostNumaNode>" for each in (NIC, GPU))


def host(*properties: str, state: str = "connected") -> World:
    return world(
        named("VirtualMachine", "vm-1", "one", "group-v1"),
        named("VirtualMachine", "vm-2", "two", "group-v1"),
        named(
            "HostSystem", "host-1", "esx-01", "domain-c9",
            prop("runtime.connectionState", "HostSystemConnectionState", state), *properties,
        ),
    )  # fmt: skip


EQUIPPED = (
    prop("hardware.pciDevice", "ArrayOfHostPciDevice", "".join(DEVICES)),
    prop("config.graphicsInfo", "ArrayOfHostGraphicsInfo", GRAPHICS),
    prop("config.graphicsConfig", "HostGraphicsConfig", CONFIG),
    prop("config.pciPassthruInfo", "ArrayOfHostPciPassthruInfo", PASSTHRU),
    prop("hardware.numaInfo.numaNode", "ArrayOfHostNumaNode", NODES),
)


def test_a_gpu_joins_what_five_properties_say_of_it() -> None:
    (gpu,) = (one for one in hosts.devices(host(*EQUIPPED)) if one.kind == "gpu")
    assert (gpu.key, gpu.ident, gpu.within) == (f"esx-01/{GPU}", f"host-1:{GPU}", "esx-01")
    assert gpu.fields == {
        "host": "esx-01", "model": "NVIDIA H100", "vendor_id": "10de", "device_id": "2331",
        "memory_mib": 81559, "graphics_type": "sharedDirect", "configured_type": "shared",
        "vgpu_mode": "mixedSize", "configured_vgpu_mode": "sameSize", "numa_node": 1,
        "passthrough": False, "hardware_label": "left", "vms": ("one", "two"),
    }  # fmt: skip


def test_a_negative_id_is_the_same_16_bits() -> None:
    """0x8086 comes as -32634."""
    (nic,) = (one for one in hosts.devices(host(*EQUIPPED)) if one.kind == "pci-device")
    assert (nic.fields["vendor_id"], nic.fields["device_id"]) == ("8086", "1572")
    assert nic.fields["class_id"] == "0200"


def test_the_console_is_no_gpu_and_a_bridge_no_device() -> None:
    keys = {one.key for one in hosts.devices(host(*EQUIPPED))}
    assert keys == {f"esx-01/{GPU}", f"esx-01/{NIC}"}


@pytest.mark.parametrize(
    ("kind", "vendor", "graphics", "expected"),
    [
        (0x0302, 0x10DE, "", True),
        (0x1200, 0x1002, "", True),
        (0x0300, 0x10DE, "", True),
        (0x0300, 0x1002, "", True),
        (0x0300, 0x102B, "basic", False),
        (0x0300, 0x8086, "shared", True),
        (0x0200, 0x15B3, "", False),
    ],
)
def test_what_counts_as_a_gpu(kind: int, vendor: int, graphics: str, expected: bool) -> None:
    found = {"classId": str(kind), "vendorId": str(vendor)}
    assert hosts.is_gpu(found, {"graphicsType": graphics}) is expected


def test_the_vms_on_gpus_are_known_by_their_ids() -> None:
    assert hosts.gpu_vms(host(*EQUIPPED)) == {"vm-1", "vm-2"}


def test_a_host_has_gpus_or_not() -> None:
    assert [hosts.has_gpus(row) for row in row_of(host(*EQUIPPED))] == [True]
    assert [hosts.has_gpus(row) for row in row_of(host())] == [False]


def row_of(known: World) -> list[Row]:
    return known.of("HostSystem")


def test_a_host_states_its_graphics() -> None:
    types = prop("config.sharedPassthruGpuTypes", "ArrayOfString",
                 "<string>b</string><string>a</string><string>b</string>")  # fmt: skip
    (one,) = hosts.hosts(host(*EQUIPPED, types))
    assert one.fields["graphics_default_type"] == "sharedDirect"
    assert one.fields["assignment_policy"] == "consolidation"
    assert one.fields["vgpu_types"] == ("a", "b")
    assert one.fields["cluster"] == one.within == "gpu-a"


def test_of_a_host_out_of_reach_nothing_is_called_unset() -> None:
    known = host(state="notResponding")
    (one,) = hosts.hosts(known)
    assert one.fields == {"cluster": "gpu-a", "connection": "notResponding"}
    assert {(each.field, each.reason) for each in known.unread} >= {("version", "failed")}
    assert list(hosts.devices(known)) == []
    assert {each.kind for each in known.unread if not each.field} == {"gpu", "pci-device"}


@pytest.mark.parametrize("path", ["hardware.pciDevice", "config.graphicsInfo"])
def test_devices_that_may_not_be_read_are_unread(path: str) -> None:
    known = host(refused(path))
    assert list(hosts.devices(known)) == []
    assert [(each.kind, each.key, each.reason) for each in known.unread] == [
        ("gpu", "esx-01", "permission"), ("pci-device", "esx-01", "permission"),
    ]  # fmt: skip


def test_a_network_port_without_a_link_has_no_speed() -> None:
    inner = (
        "<PhysicalNic><device>vmnic0</device><pci>0000:0b:00.0</pci><driver>i40en</driver>"
        "<linkSpeed><speedMb>25000</speedMb><duplex>true</duplex></linkSpeed></PhysicalNic>"
        "<PhysicalNic><device>vmnic1</device></PhysicalNic>"
    )
    up, down = hosts.nics(host(prop("config.network.pnic", "ArrayOfPhysicalNic", inner)))
    assert (up.key, up.fields["speed_mbit"], up.fields["driver"]) == (
        "esx-01/vmnic0",
        25000,
        "i40en",
    )
    assert down.fields["speed_mbit"] is None
