"""On which terms demands are placed: versions, boundaries, and what gives way."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import field

from generator.blueprint.model.blueprint import Blueprint
from generator.catalog import Catalog
from generator.catalog.store import TARGETS
from generator.catalog.versions import meets, unmet
from generator.catalog.vgpu import VgpuProfile
from generator.record import Record, record

MIXED_SIZE = "mixed-size-vgpu"
"""The feature of the version matrix that a GPU with several time-sliced sizes needs."""

RESERVATIONS = "zone-vm-reservations"
"""The feature that keeps capacity of a zone for so many VMs of a class (F30)."""


@record
class Terms(Record):
    """What the blueprint decides about placement.

    ``isolation`` is the boundary between environments (``none``, ``gpu``, ``host``, ``cluster``),
    ``targets`` the stated versions by the matrix's names. ``mixed_size`` says that those versions
    are known to have mixed-size mode, ``reservations`` that they can reserve VMs of a class in a
    zone; a version that nobody states is not relied on. ``sizes_bytes`` are the vGPU sizes that the
    blueprint lists, none where they are chosen. ``vgpus_per_vm`` and ``devices_per_vm`` are what
    the virtual hardware of those versions takes, None where no version is stated.
    """

    isolation: str = "gpu"
    targets: Mapping[str, str] = field(default_factory=dict)
    mixed_size: bool = True
    reservations: bool = False
    sizes_bytes: tuple[int, ...] = ()
    vgpus_per_vm: int | None = None
    devices_per_vm: int | None = None

    def allows(self, profile: VgpuProfile) -> bool:
        """Whether the stated ESX has the profile; unstated versions forbid nothing."""
        esx = self.targets.get("esx", "")
        return not profile.min_vsphere or not esx or meets(esx, {"min": profile.min_vsphere})


def terms_of(blueprint: Blueprint, catalog: Catalog) -> Terms:
    """The terms of a blueprint, by the versions that it states."""
    isolation = blueprint.governance.isolation
    stated = {n: getattr(blueprint.platform.targets, n) for n in TARGETS}
    targets = {name: version for name, version in stated.items() if version}
    vgpus, devices = _per_vm(targets, catalog)
    return Terms(
        isolation=(isolation.prod_vs_dev if isolation else None) or "gpu",
        targets=targets,
        mixed_size=served(MIXED_SIZE, catalog, targets),
        reservations=served(RESERVATIONS, catalog, targets),
        sizes_bytes=tuple(int(q.value) for q in blueprint.resource_management.gpu.catalogue_bytes),
        vgpus_per_vm=vgpus,
        devices_per_vm=devices,
    )


def served(feature: str, catalog: Catalog, targets: Mapping[str, str]) -> bool:
    """Whether the stated versions are known to have a feature."""
    requires = catalog.versions.feature(feature).requires
    return all(target in targets for target in requires) and not unmet(requires, targets)


def _per_vm(targets: Mapping[str, str], catalog: Catalog) -> tuple[int | None, int | None]:
    """The most vGPUs and passthrough devices of one VM, by the release of ESX, or of vCenter."""
    release = targets.get("esx") or targets.get("vcenter")
    try:
        hardware = catalog.versions.hardware_version(release) if release else None
    except KeyError:
        return None, None
    if hardware is None:
        return None, None
    versions = catalog.versions
    return versions.vgpus_per_vm(hardware), versions.passthrough_devices_per_vm(hardware)
