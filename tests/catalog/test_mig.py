"""generator.catalog.mig: the geometry gives the known number of layouts."""

from __future__ import annotations

from collections import Counter
from itertools import combinations

import pytest

from generator.catalog import Catalog
from generator.catalog.accelerator import Accelerator
from generator.catalog.mig import MigProfile

CATALOG = Catalog.builtin()
GPUS = [CATALOG.accelerator(row_id) for row_id in CATALOG.ids("accelerators")]
CUT = [gpu for gpu in GPUS if gpu.mig]
H100 = CATALOG.accelerator("nvidia-h100-pcie-80")
assert H100.mig is not None
PLAIN = [
    H100.mig.profile(f"{g}.{gb}gb")
    for g, gb in zip(("1g", "2g", "3g", "4g", "7g"), (10, 20, 40, 40, 80), strict=True)
]

Placed = tuple[str, int, int, int]
"""Name, first unit, units, compute slices."""


def placed(profiles: list[MigProfile]) -> list[Placed]:
    """Each profile at each of its starts."""
    return [
        (profile.name, start, profile.size, profile.compute_slices)
        for profile in profiles
        for start in profile.starts
    ]


def fits(layout: tuple[Placed, ...], compute_slices: int) -> bool:
    """Whether the instances neither overlap nor exceed the compute slices."""
    units = [unit for _, start, size, _ in layout for unit in range(start, start + size)]
    return len(units) == len(set(units)) and sum(item[3] for item in layout) <= compute_slices


def layouts(candidates: list[Placed], compute_slices: int) -> set[frozenset[Placed]]:
    """All layouts that fit, by trying every subset."""
    return {
        frozenset(layout)
        for count in range(1, compute_slices + 1)
        for layout in combinations(candidates, count)
        if fits(layout, compute_slices)
    }


def multiset(layout: frozenset[Placed]) -> frozenset[tuple[str, int]]:
    """A layout without its places."""
    return frozenset(Counter(item[0] for item in layout).items())


CANDIDATES = placed(PLAIN)
ALL = layouts(CANDIDATES, 7)


def test_seven_slices_have_19_maximal_layouts() -> None:
    """A layout is maximal when no instance can be added."""
    maximal = {
        layout
        for layout in ALL
        if not any(fits((*layout, more), 7) for more in CANDIDATES if more not in layout)
    }

    assert len(maximal) == 19


def test_seven_slices_have_37_feasible_and_12_maximal_multisets() -> None:
    """Multisets of profiles, whatever their places."""
    feasible = {multiset(layout) for layout in ALL}
    counters = [Counter(dict(items)) for items in feasible]
    maximal = [
        one for one in counters if not any(one < other for other in counters if one != other)
    ]

    assert len(feasible) == 37
    assert len(maximal) == 12


@pytest.mark.parametrize("gpu", CUT, ids=lambda gpu: gpu.id)
def test_instance_counts_follow_from_the_placements(gpu: Accelerator) -> None:
    """Except for media engines, of which a GPU has one set."""
    assert gpu.mig is not None
    plain = [profile for profile in gpu.mig.profiles if "+me" not in profile.name]
    most = {
        profile.name: max(map(len, layouts(placed([profile]), gpu.mig.compute_slices)))
        for profile in plain
    }

    assert most == {profile.name: profile.max_instances for profile in plain}


@pytest.mark.parametrize("gpu", CUT, ids=lambda gpu: gpu.id)
def test_media_instances_come_once_per_gpu(gpu: Accelerator) -> None:
    """They are otherwise like the profile without the suffix."""
    assert gpu.mig is not None
    media = [profile for profile in gpu.mig.profiles if profile.name.endswith("+me")]
    twins = [gpu.mig.profile(profile.name.removesuffix("+me")) for profile in media]

    assert [profile.max_instances for profile in media] == [1] * len(media)
    assert [(p.starts, p.size, p.memory_mib) for p in media] == [
        (p.starts, p.size, p.memory_mib) for p in twins
    ]


@pytest.mark.parametrize("gpu", CUT, ids=lambda gpu: gpu.id)
def test_instances_stay_on_the_grid_and_below_their_name(gpu: Accelerator) -> None:
    """The driver gives less than the name says: the first figure after the dot, in GB."""
    mig = gpu.mig
    assert mig is not None
    ends = [start + p.size for p in mig.profiles for start in p.starts]
    read = [(p.memory_mib, p.name) for p in mig.profiles if p.memory_mib]
    named = [int(name.partition(".")[2].removesuffix("+me").removesuffix("gb")) for _, name in read]

    assert max(ends) <= mig.placement_units
    assert all(memory <= (gb + 1) * 1024 for (memory, _), gb in zip(read, named, strict=True))


def test_an_unknown_instance_is_a_key_error() -> None:
    """Boards have few instances, so no hint is needed."""
    assert H100.mig is not None
    with pytest.raises(KeyError, match="9g"):
        H100.mig.profile("9g.90gb")


def test_an_rtx_pro_6000_is_cut_into_four_on_a_grid_of_twelve() -> None:
    """Its starts step by three."""
    mig = CATALOG.accelerator("nvidia-rtx-pro-6000-blackwell-se").mig

    assert mig is not None
    assert (mig.compute_slices, mig.placement_units) == (4, 12)
    assert mig.profile("1g.24gb").starts == (0, 3, 6, 9)
