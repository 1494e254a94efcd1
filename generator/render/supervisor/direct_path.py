"""A DirectPath profile as the CreateSpec of vCenter's DirectPathProfileManager (VCF 9, F30).

Field and type names are those of the vim API 9.0; ``deviceConfig`` is a VmiopDirectPathConfig, a
VirtualDeviceGroupDirectPathConfig or a DynamicDirectPathConfig.
"""

from __future__ import annotations

from typing import Any

from generator.platform.objects import DirectPathProfile
from generator.render.supervisor.bodies import dynamic_backing

_TYPE = "DirectPathProfileManager{}DirectPathConfig"


def profile_request(profile: DirectPathProfile) -> tuple[dict[str, Any], dict[str, Any]]:
    """The entry of ``requests.json`` and its body."""
    entry = {
        "kind": profile.kind,
        "name": profile.name,
        "method": "DirectPathProfileManagerCreate",
        "path": "/sdk",
        "body": f"direct-path-profiles/{profile.name}.json",
        "exists": "DirectPathProfileManagerList /sdk",
    }
    return entry, profile_body(profile)


def profile_body(profile: DirectPathProfile) -> dict[str, Any]:
    """What the script needs: the mark by which it knows its own, and the CreateSpec."""
    return {
        "stamp": profile.description.partition(" ")[0],
        "spec": {
            "_typeName": "DirectPathProfileManagerCreateSpec",
            "name": profile.name,
            "description": profile.description,
            "deviceConfig": _config(profile),
        },
    }


def _config(profile: DirectPathProfile) -> dict[str, Any]:
    if profile.pci_device is not None:
        backing = dynamic_backing(profile.pci_device)
        return {"_typeName": _TYPE.format("Dynamic"), "dynamicDirectPathBacking": backing}
    if profile.device_group:
        kind = _TYPE.format("VirtualDeviceGroup")
        return {"_typeName": kind, "deviceGroupName": profile.device_group}
    return {"_typeName": _TYPE.format("Vmiop"), "vgpuProfile": profile.vgpu}
