"""What can stand in the way of a VM, by name."""

from __future__ import annotations

from enum import StrEnum


class Constraint(StrEnum):
    """The one thing without which a VM would have a place; the value is its name in reports."""

    SITE = "site"
    PROFILE = "profile missing"
    PRECISION = "precision"
    VERSION = "version without mixed-size mode"
    FRAMEBUFFER = "framebuffer"
    SLICES = "MIG slices at a start"
    PLACEMENT = "placement ids"
    MODE = "mode of the GPU"
    WHOLE = "whole GPUs"
    NVLINK = "NVLink groups"
    HELD = "held GPUs"
    MAINTENANCE = "hosts in maintenance"
    CORES = "cores"
    MEMORY = "memory"
    CORES_AND_MEMORY = "cores and memory of one host"
    NUMA = "NUMA node"
    ISOLATION = "isolation boundary"
    WINDOWS = "window overlap"
    CLUSTER = "hosts of the cluster"
    TURN = "places that others take before it"
    HA_OFF = "vSphere HA is off"
    SEVERAL = "several at once"
