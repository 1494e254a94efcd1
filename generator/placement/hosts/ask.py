"""What packing is asked to place, and where it places it."""

from __future__ import annotations

from typing import NamedTuple

ANYWHERE = -1
"""The NUMA node of a VM that is spread over several."""


class Ask(NamedTuple):
    """Equal VMs as packing sees them.

    ``environment`` is whose place it shares ("" where environments may mix), ``model`` the GPU ("":
    none) and ``shape`` the vGPU profile by the number that its board gives it. ``memory_bytes``
    has the overhead in it. ``slots`` are the parts of the week in which it runs. Copies of one
    ``apart`` keep away from one another as far as they can. ``nvme_bytes`` and ``ports`` (bytes per
    second by traffic) are what it takes of its host's own NVMe and network ports.
    """

    site: str
    environment: str
    model: str
    shape: int
    gpus: int
    nvlink: bool
    millicores: int
    memory_bytes: int
    slots: tuple[int, ...] = (0,)
    apart: tuple[str, str] | None = None
    nvme_bytes: int = 0
    ports: tuple[tuple[str, int], ...] = ()


class Spot(NamedTuple):
    """Where one VM goes: a host by its order, its GPUs by index, and its NUMA node."""

    order: int
    gpus: tuple[int, ...] = ()
    node: int = ANYWHERE
