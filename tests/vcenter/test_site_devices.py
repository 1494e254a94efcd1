"""The devices of hosts and VMs as a SiteInventory states them."""

from __future__ import annotations

from typing import Any

import pytest

from generator.vcenter.site_devices import (
    address_of,
    directpath_holders,
    gpu,
    profile_word,
    version,
)
from tests.vcenter.snapshots import seen

FACTS = {"vendor_id": "10de", "device_id": "2331", "model": "NVIDIA H100 PCIe", "passthrough": True}


def device(slot: int, **more: Any) -> Any:
    return seen("gpu", f"esx-01/0000:{slot}0:00.0", host="esx-01", **{**FACTS, **more})


def vm(name: str, *passthrough: str, power: str = "poweredOn") -> Any:
    return seen("vm", name, name=name, power=power, passthrough=passthrough)


@pytest.mark.parametrize(
    ("vms", "held"),
    [
        ((vm("a", "10de:2331"),), {1: "a"}),
        ((vm("b", "10de:2331"), vm("a", "10de:2331")), {1: "a", 2: "b"}),
        ((vm("a", "10de:2331", "10de:2331"),), {1: "a", 2: "a"}),
        ((vm("a", "0000:10:00.0"), vm("b", "10de:2331")), {2: "b"}),
        ((vm("a", "10de:2331", power="poweredOff"),), {}),
        ((vm("a", "10de:1111"),), {}),
        (tuple(vm(name, "10de:2331") for name in "abc"), {1: "a", 2: "b"}),
    ],
    ids=[
        "one",
        "two by name",
        "two devices",
        "beside an address",
        "off",
        "another kind",
        "too many",
    ],
)
def test_dynamic_directpath_takes_the_first_devices_that_match(
    vms: tuple[Any, ...], held: dict[int, str]
) -> None:
    found = directpath_holders([device(1), device(2)], vms)
    assert found == {f"esx-01/0000:{slot}0:00.0": name for slot, name in held.items()}


def test_a_device_that_is_not_passed_through_is_given_to_nobody() -> None:
    assert directpath_holders([device(1, passthrough=False)], [vm("a", "10de:2331")]) == {}


def test_a_label_chooses_among_devices() -> None:
    devices = [device(1, hardware_label="slow"), device(2, hardware_label="fast")]
    found = directpath_holders(devices, [vm("a", "10de:2331@fast")])
    assert list(found) == ["esx-01/0000:20:00.0"]


@pytest.mark.parametrize(
    ("now", "asked", "mixed"),
    [
        ("sameSize", "mixedSize", False),
        ("mixedSize", "sameSize", True),
        ("none", "mixedSize", True),
        (None, "sameSize", False),
        ("none", None, None),
    ],
)
def test_an_idle_gpu_is_as_it_is_set(now: str | None, asked: str | None, *, mixed: object) -> None:
    """A GPU without a VM reports no mode, whatever it is set to."""
    one = device(1, passthrough=False, vgpu_mode=now, configured_vgpu_mode=asked)
    assert gpu(one).get("mixed_size") is mixed


def test_the_address_stands_behind_any_name_of_a_host() -> None:
    assert address_of(seen("gpu", "a/b/0000:10:00.0")) == "0000:10:00.0"


@pytest.mark.parametrize(
    ("said", "kept"),
    [("8.0.3", "8.0.3"), ("8.0\x1b[2J", None), ("", None), (None, None), (8, None)],
)
def test_what_is_no_version_is_unknown(said: object, kept: str | None) -> None:
    assert version(said) == kept


@pytest.mark.parametrize(
    ("said", "kept"),
    [("nvidia_h100-20c", "nvidia_h100-20c"), ("<b>x", "b-x"), ("\x1b", "unknown")],
)
def test_a_profile_is_kept_for_the_gpu_that_it_stands_for(said: str, kept: str) -> None:
    assert profile_word(said) == kept
