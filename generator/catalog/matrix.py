"""Questions to the version matrix: what is known, what is over, what does not go together."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any, NamedTuple

from generator.catalog.row import Fields, Row, near_to
from generator.catalog.store import TARGETS, document
from generator.catalog.versions import (
    Conflict,
    Feature,
    Version,
    nearest,
    order,
    read_feature,
    read_version,
    unmet,
)


class Combination(NamedTuple):
    """Versions that a source names together."""

    name: str
    targets: Mapping[str, str]
    sources: tuple[str, ...]


class Versions:
    """The matrix of one catalogue. ``targets`` below maps targets to stated versions."""

    __slots__ = ("_rows",)

    def __init__(self, rows: Callable[[str], Mapping[str, Fields]]) -> None:
        self._rows = rows

    def known(self, target: str) -> tuple[str, ...]:
        """The known releases of a target, oldest first."""
        return tuple(sorted(self._rows(target), key=lambda version: (order(version), version)))

    def find(self, target: str, stated: str) -> Version | None:
        """The release that a stated version belongs to, or None where it is unknown."""
        rows = self._rows(target)
        version = nearest(stated, rows)
        if version is None:
            return None
        return read_version(target, version, Row(f"versions {target}/{version}", rows[version]))

    def unknown(self, targets: Mapping[str, str]) -> tuple[tuple[str, str], ...]:
        """The stated versions that the matrix does not know, as (target, version)."""
        return tuple(
            (target, stated)
            for target, stated in targets.items()
            if target in TARGETS and self.find(target, stated) is None
        )

    def expired(self, targets: Mapping[str, str], as_of: str) -> tuple[Version, ...]:
        """The stated versions whose support is over on the ISO day ``as_of``."""
        found = (self.find(target, stated) for target, stated in _known(targets))
        return tuple(version for version in found if version and version.expired(as_of))

    def conflicts(self, targets: Mapping[str, str]) -> tuple[Conflict, ...]:
        """The pairs of stated versions that do not go together, as far as is known."""
        found = [(self.find(target, stated), stated) for target, stated in _known(targets)]
        return tuple(
            Conflict(version.target, stated, other, targets[other], needs, version.sources)
            for version, stated in found
            if version is not None
            for other, needs in unmet(version.requires, targets)
        )

    def feature(self, name: str) -> Feature:
        """What a feature needs; KeyError with near names where there is none."""
        features = document("versions/features")
        if name not in features:
            raise KeyError(f"no feature {name!r}{near_to(name, list(features))}")
        return read_feature(name, Row(f"feature {name}", features[name]))

    def lacking(self, feature: str, targets: Mapping[str, str]) -> tuple[tuple[str, str], ...]:
        """What stands in a feature's way: (target, what it would have to be); empty if nothing."""
        return tuple(unmet(self.feature(feature).requires, targets))

    @property
    def combinations(self) -> tuple[Combination, ...]:
        """Combinations that sources name as working."""
        return tuple(
            Combination(item["name"], item["targets"], tuple(item["sources"]))
            for item in document("versions/combinations")
        )

    def hardware_version(self, vsphere: str) -> str:
        """The newest virtual hardware of a vSphere release (``8.0U3``: ``vmx-21``)."""
        fitting = [
            number
            for number, row in document("versions/hardware_versions").items()
            if order(vsphere) >= order(row["vsphere"])
        ]
        if not fitting:
            raise KeyError(f"no virtual hardware is known for vSphere {vsphere}")
        return f"vmx-{max(map(int, fitting))}"

    def hardware_until(self, hardware_version: str) -> str | None:
        """The last day of support of a virtual hardware (``vmx-19``): that of its vSphere.

        None where it is not known. KeyError for one that the matrix does not know.
        """
        until: str | None = _hardware(hardware_version)["supported_until"]
        return until

    def vgpus_per_vm(self, hardware_version: str) -> int:
        """How many vGPUs a VM of this virtual hardware may have (``vmx-21``: 16)."""
        vgpus: int = _hardware(hardware_version)["vgpus_per_vm"]
        return vgpus

    def passthrough_devices_per_vm(self, hardware_version: str) -> int:
        """How many passthrough devices a VM of this virtual hardware may have."""
        devices: int = _hardware(hardware_version)["passthrough_devices_per_vm"]
        return devices


def _known(targets: Mapping[str, str]) -> tuple[tuple[str, str], ...]:
    return tuple((target, stated) for target, stated in targets.items() if target in TARGETS)


def _hardware(version: str) -> dict[str, Any]:
    rows: dict[str, dict[str, Any]] = document("versions/hardware_versions")
    number = version.removeprefix("vmx-")
    if number not in rows:
        raise KeyError(f"no virtual hardware {version!r} is known")
    return rows[number]
