"""Which GPUs one VM may have on the releases that are stated; unstated ones forbid nothing."""

from __future__ import annotations

from collections.abc import Iterator, Mapping

from generator.catalog.accelerator import Accelerator
from generator.catalog.matrix import Versions
from generator.sizing.demand import GpuNeed

_SWITCHED = {
    "ampere": "nvswitch-ampere",
    "hopper": "nvswitch-hopper",
    "blackwell": "hgx-blackwell",
}
"""What groups over an NVSwitch need, by architecture (VMware, NVSwitch support; NVAIE 8.2)."""


def can_give(
    need: GpuNeed, accelerator: Accelerator, versions: Versions, targets: Mapping[str, str]
) -> bool:
    """Whether a VM may have that many vGPUs of the accelerator, joined where it asks for it.

    Sources: KB 309986 and vm-operator's option data (vGPUs per VM), features of the version matrix.
    """
    if any(versions.lacking(feature, targets) for feature in _features(need, accelerator)):
        return False
    return need.gpus <= 1 or need.gpus <= _most(versions, targets.get("esx", ""), need.gpus)


def _features(need: GpuNeed, accelerator: Accelerator) -> Iterator[str]:
    if need.nvlink:
        yield "device-groups"
        if accelerator.nvlink.kind == "switch" and accelerator.architecture in _SWITCHED:
            yield _SWITCHED[accelerator.architecture]


def _most(versions: Versions, esx: str, otherwise: int) -> int:
    """VGPUs per VM by the newest virtual hardware of a release."""
    if not esx:
        return otherwise
    try:
        return versions.vgpus_per_vm(versions.hardware_version(esx))
    except KeyError:
        return otherwise
