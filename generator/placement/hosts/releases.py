"""How GPUs may be joined on the releases that are stated; unstated ones forbid nothing."""

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
    """Whether GPUs of the accelerator may be joined on the releases as a need asks for it.

    How many vGPUs a VM may have at all is in the terms. Source: features of the version matrix.
    """
    return not lacking(need, accelerator, versions, targets)


def lacking(
    need: GpuNeed, accelerator: Accelerator, versions: Versions, targets: Mapping[str, str]
) -> dict[str, str]:
    """What the releases would have to be for it, by target; empty where they are enough."""
    return {
        target: bounds
        for feature in _features(need, accelerator)
        for target, bounds in versions.lacking(feature, targets)
    }


def _features(need: GpuNeed, accelerator: Accelerator) -> Iterator[str]:
    if need.nvlink:
        yield "device-groups"
        if accelerator.nvlink.kind == "switch" and accelerator.architecture in _SWITCHED:
            yield _SWITCHED[accelerator.architecture]
