"""MIG geometry: how a GPU can be cut into instances."""

from __future__ import annotations

from typing import NamedTuple

from generator.catalog.row import Row


class MigProfile(NamedTuple):
    """One kind of GPU instance. It takes ``size`` placement units from one of ``starts`` on.

    ``memory_mib`` is what the driver really gives (the lowest reading), None where not read.
    """

    name: str
    compute_slices: int
    memory_slices: int
    starts: tuple[int, ...]
    size: int
    max_instances: int
    memory_mib: int | None
    sm: int | None


class Mig(NamedTuple):
    """How one board can be cut.

    Instances must not overlap on its ``placement_units``, nor take more than ``compute_slices``.
    """

    geometry: str
    compute_slices: int
    memory_slices: int
    placement_units: int
    max_instances: int
    profiles: tuple[MigProfile, ...]

    def profile(self, name: str) -> MigProfile:
        """The profile of that name; KeyError where the board has none."""
        for profile in self.profiles:
            if profile.name == name:
                return profile
        raise KeyError(name)


def read_mig(row: Row, geometry: Row) -> Mig:
    """A board's MIG part on top of the geometry that it names."""
    places = {
        name: (place.wholes("starts"), place.whole("size", 1))
        for name, place in geometry.table("placements").items()
    }
    mig = Mig(
        geometry=row.text("geometry"),
        compute_slices=geometry.whole("compute_slices", 1),
        memory_slices=geometry.whole("memory_slices", 1),
        placement_units=geometry.whole("placement_units", 1),
        max_instances=geometry.whole("max_instances", 1),
        profiles=tuple(_profile(profile, places) for profile in row.children("profiles")),
    )
    row.done()
    return mig


def _profile(row: Row, places: dict[str, tuple[tuple[int, ...], int]]) -> MigProfile:
    starts, size = places[row.one_of("placement", tuple(places))]
    profile = MigProfile(
        name=row.text("name"),
        compute_slices=row.whole("compute_slices", 1),
        memory_slices=row.whole("memory_slices", 1),
        starts=starts,
        size=size,
        max_instances=row.whole("max_instances", 1),
        memory_mib=row.whole_or_none("memory_mib"),
        sm=row.whole_or_none("sm"),
    )
    row.done()
    return profile
