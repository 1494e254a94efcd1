"""The settings that vGPUs stand on, each with the commands that set and check it.

Sources: Broadcom, vSphere Web Services API (HostGraphicsConfig); ESXCLI reference (graphics,
system module parameters, hardware pci pcipassthru); NVIDIA AI Enterprise and vGPU user guides
(RmPVMRL, MIG and ECC mode by nvidia-smi); Broadcom KB 313479 and KB 88271 (DRS options).
"""

from __future__ import annotations

import re
from typing import NamedTuple

REBOOT = "reboot"
EMPTY_GPU = "empty-gpu"
MAINTENANCE = "maintenance"

GRAPHICS_TYPE = "graphics.default-type"
ASSIGNMENT = "graphics.assignment-policy"
VGPU_MODE = "graphics.vgpu-mode"
SCHEDULER = "nvidia.RmPVMRL"
MIG_MODE = "nvidia.mig-mode"
MIG_LAYOUT = "nvidia.mig-layout"
ECC = "nvidia.ecc"
DRIVER = "nvidia.driver"
DEVICE_GROUP = "device-group"
PASSTHROUGH = "pci.passthrough"
HOT_MIGRATE = "vgpu.hotmigrate.enabled"
DRS_LEVEL = "drs-level"

SCRIPTED = (GRAPHICS_TYPE, ASSIGNMENT, VGPU_MODE, SCHEDULER, PASSTHROUGH)
"""Settings of a host that the vSphere API carries; the others take a shell on the host."""

_QUOTES = re.compile("['\u2018-\u201b]")
"""What ends a text between single quotes in PowerShell."""

_SCHEDULERS = {"best-effort": 0x00, "equal-share": 0x01, "fixed-share": 0x11}
_TIME_SLICE_SHIFT = 16


class Recipe(NamedTuple):
    """How a setting is made and seen; ``{device}``, ``{host}`` and ``{value}`` are filled in."""

    why: str
    how: str
    check: str
    needs: tuple[str, ...]


RECIPES: dict[str, Recipe] = {
    GRAPHICS_TYPE: Recipe(
        "a vGPU runs only on a device of type shared direct",
        "esxcli graphics host set --default-type SharedPassthru",
        "esxcli graphics host get",
        (MAINTENANCE, EMPTY_GPU, REBOOT),
    ),
    ASSIGNMENT: Recipe(
        "the plan counts on it; it is heeded in same-size mode only",
        "esxcli graphics host set --shared-passthru-assignment-policy {value}",
        "esxcli graphics host get",
        (MAINTENANCE, EMPTY_GPU),
    ),
    VGPU_MODE: Recipe(
        "sizes may share the GPU only in mixed-size mode, and places exist only there",
        "HostGraphicsManager.UpdateGraphicsConfig: deviceType {device}, vgpuMode {value}",
        "(Get-View (Get-VMHost {host}).ExtensionData.ConfigManager.GraphicsManager)"
        ".GraphicsConfig.DeviceType | Select-Object DeviceId, VgpuMode",
        (EMPTY_GPU,),
    ),
    SCHEDULER: Recipe(
        "what a vGPU gets of the GPU's time is the driver's default unless it is set",
        'esxcli system module parameters set -m nvidia -p "{value}"',
        "esxcli system module parameters list -m nvidia",
        (MAINTENANCE, REBOOT),
    ),
    MIG_MODE: Recipe(
        "MIG profiles start only on a GPU in MIG mode, all others only on one that is not",
        "nvidia-smi -i {device} -mig {value}",
        "nvidia-smi -i {device} --query-gpu=mig.mode.current --format=csv,noheader",
        (EMPTY_GPU,),
    ),
    MIG_LAYOUT: Recipe(
        "instances appear as VMs power on and are never rearranged: the order makes the layout",
        "power the VMs on in this order: {value}",
        "nvidia-smi mig -i {device} -lgi",
        (EMPTY_GPU,),
    ),
    ECC: Recipe(
        "a vGPU moves only between hosts whose ECC is equal",
        "nvidia-smi -e {value}",
        "nvidia-smi --query-gpu=pci.bus_id,ecc.mode.current --format=csv,noheader",
        (MAINTENANCE, EMPTY_GPU, REBOOT),
    ),
    DEVICE_GROUP: Recipe(
        "a VM with NVLink takes a group that the GPU manager of the host has found",
        "nothing: found at boot while no member runs a fraction or MIG",
        "nvidia-smi topo -m; QueryConfigTarget: vendorDeviceGroupInfo",
        (),
    ),
    PASSTHROUGH: Recipe(
        "a whole GPU by DirectPath is taken from the host's own driver",
        "esxcli hardware pci pcipassthru set -d {device} -e true",
        "esxcli hardware pci pcipassthru list",
        (MAINTENANCE, EMPTY_GPU, REBOOT),
    ),
}

DRS_WHY = {
    "PassthroughDrsAutomation": "from 8.0 Update 2 DRS moves vGPU VMs by itself only with it",
    "LBMaxVmotionPerHost": "vGPU moves fill the link: one at a time",
    "VmDevicesStunTimeTolerated": "seconds that a VM may stand still for a move; 100 by default",
    "VgpuMMAutomationTimeoutSecs": "maintenance mode then evacuates vGPU VMs, however long",
}


def quoted(name: str) -> str:
    """A name as a text of PowerShell: nothing is expanded in it, and blanks do not end it."""
    return "'" + _QUOTES.sub(lambda match: match[0] * 2, name) + "'"


def scheduler_value(scheduling: str, time_slice_ms: int | None) -> str:
    """The value of ``RmPVMRL``: the scheduler in the low byte, milliseconds two bytes above it.

    The best-effort scheduler takes no length of its own. Source: NVIDIA vGPU user guide, RmPVMRL.
    """
    low = _SCHEDULERS[scheduling]
    high = (time_slice_ms or 0) << _TIME_SLICE_SHIFT if low else 0
    return f"0x{high | low:08x}" if high else f"0x{low:02x}"
