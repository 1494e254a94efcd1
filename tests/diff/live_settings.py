"""What vCenter shows of the settings of GPUs."""

from __future__ import annotations

import json
from collections.abc import Mapping
from typing import TYPE_CHECKING

from generator.vcenter.snapshot import Value

if TYPE_CHECKING:
    from tests.diff.live import World


def gpu_settings(world: World) -> None:
    """What ``gpu/settings.json`` sets on vCenter, clusters, hosts and GPUs."""
    settings = json.loads(world.files.get("gpu/settings.json", '{"settings": []}'))["settings"]
    for it in settings:
        if it["actor"] != "proposed":
            _setting(world, it)


def _setting(world: World, it: Mapping[str, str]) -> None:
    name, value, host = it["setting"], it["value"], it["host"]
    gpu = f"{host}/{it['device']}"
    if name.startswith("drs."):
        world.put("cluster", it["cluster"], **{f"drs_option.{name[4:]}": value})
    elif name == "vgpu.hotmigrate.enabled":
        world.put("vcenter", "", **{f"setting.{name}": value})
    elif name == "graphics.default-type":
        world.put("host", host, graphics_default_type="sharedDirect")
        for kind, key in list(world.found):
            if kind == "gpu" and key.startswith(f"{host}/"):
                shared = "sharedDirect"
                world.put(kind, key, graphics_type=shared, configured_type=shared)
    elif name == "graphics.assignment-policy":
        world.put("host", host, assignment_policy=value.lower())
    elif name == "nvidia.RmPVMRL":
        world.put("host", host, **{"module_option.nvidia": value})
    else:
        of_gpus: dict[tuple[str, str], dict[str, Value]] = {
            ("graphics.vgpu-mode", value): {"configured_vgpu_mode": value},
            ("nvidia.mig-mode", "1"): {"vgpu_mode": "multiInstanceGpu"},
            ("pci.passthrough", "true"): {"passthrough": True},
        }
        if (name, value) in of_gpus:
            world.put("gpu", gpu, **of_gpus[name, value])
