"""The CreateSpec of a DirectPath profile, and what the script makes of it (F30)."""

from __future__ import annotations

from typing import Any

import pytest
from pyVmomi import VmomiSupport, vim

from generator.platform.objects import DirectPathProfile, PciDevice
from generator.render.supervisor.direct_path import profile_body, profile_request
from generator.vcenter.soap_kinds.direct_path import device
from tests.render.supervisor.apply_modules import part
from tests.render.supervisor.test_bodies import objects

script = part("direct_path")

MARK = "mlgen:p/direct-path-profile/n"
PROFILES: dict[str, dict[str, Any]] = {
    "vgpu": {"vgpu": "nvidia_h100-20c"},
    "group": {"device_group": "Nvidia:2@nvidia_h100-80c%NVLink"},
    "dynamic": {"pci_device": PciDevice(allowed=((0x10DE, 0x2331), (0x10DE, 0x2330)), label="l")},
}


def profile(kind: str) -> DirectPathProfile:
    named: Any = {"name": "n", "description": f"{MARK} One", **PROFILES[kind]}
    return DirectPathProfile(**named)


@pytest.mark.parametrize("kind", PROFILES)
def test_every_type_and_property_exists_in_the_vim_api(kind: str) -> None:
    """By pyvmomi's own type tables, with everything that is not optional."""
    for thing in objects(profile_body(profile(kind))["spec"]):
        known = VmomiSupport.GetWsdlType("urn:vim25", thing["_typeName"])._GetPropertyList()
        needed = {each.name for each in known if not each.flags & VmomiSupport.F_OPTIONAL}
        assert needed <= set(thing)
        assert set(thing) - {"_typeName"} <= {each.name for each in known}


@pytest.mark.parametrize("kind", PROFILES)
def test_f30_plan_script_and_reading_know_a_device_by_one_text(kind: str) -> None:
    config = script._config(profile_body(profile(kind))["spec"]["deviceConfig"])
    assert device(config) == script._device(config) == profile(kind).device


def test_the_body_carries_the_mark_alone() -> None:
    assert profile_body(profile("vgpu"))["stamp"] == MARK


def test_the_request_names_its_body() -> None:
    entry, _ = profile_request(profile("vgpu"))
    assert (entry["kind"], entry["body"]) == (
        "direct-path-profile",
        "direct-path-profiles/n.json",
    )


def test_a_configuration_of_another_kind_is_no_device_of_ours() -> None:
    with pytest.raises(script.Surprise):
        script._config({"_typeName": "DirectPathProfileManagerDvxDirectPathConfig"})
    dvx = vim.vm.device.VirtualPCIPassthrough.DvxBackingInfo(deviceClass="x")
    assert device(vim.DirectPathProfileManager.DvxDirectPathConfig(dvxBacking=dvx)) == "dvx:x"


def operation(kind: str = "vgpu") -> Any:
    entry, body = profile_request(profile(kind))
    return script.DirectPathProfile(entry, body)


OURS = {"name": "n", "description": f"{MARK} One"}


@pytest.mark.parametrize(
    ("before", "changes"),
    [
        (None, True),
        (OURS, False),
        ({"name": "n", "description": "edited"}, True),
        ({"name": "other", "description": f"{MARK} One"}, True),
        ({"name": "other", "description": "mlgen:p/direct-path-profile/older"}, True),
        ({"name": "other", "description": "mlgen:another/direct-path-profile/n One"}, False),
        ({"name": "H100 20 GB", "description": ""}, False),
    ],
)
def test_f1_what_bears_our_mark_or_name_is_ours(
    before: dict[str, str] | None, changes: bool
) -> None:
    wanted = operation().wanted(before)
    assert wanted == (OURS if changes or before == OURS else before)
