"""What fits beside what runs, where vSphere does not say where it sits."""

from __future__ import annotations

import pytest
from hypothesis import assume, given, settings
from hypothesis import strategies as st

from generator.catalog import Catalog
from generator.placement.devices.geometry import Board
from generator.placement.devices.shapes import CLOSED, NO_START, Fixed, Mode
from generator.placement.hosts.beside import Beside, beside, mode_of, ways
from generator.placement.hosts.stock import Gpu, Tenant

CATALOG = Catalog.builtin()
MODEL = "nvidia-h100-pcie-80"
H100 = Board(CATALOG.accelerator(MODEL))
NVL = Board(CATALOG.accelerator("nvidia-h100-nvl-94"))


def gpu(*codes: str, mode: str = "time-sliced", mixed: bool | None = None, held: str = "") -> Gpu:
    """An H100 with vGPUs of some types; ``20c@40`` sits at place 40."""
    words = [code.partition("@") for code in codes]
    return Gpu(
        host="h",
        index=0,
        pci="p",
        model=MODEL,
        numa=0,
        mode=mode,
        held_by=held,
        tenants=tuple(
            Tenant(vm=f"v{n}", profile=f"nvidia_h100-{code}", start=int(at) if at else None)
            for n, (code, _, at) in enumerate(words)
        ),
        mixed_size=mixed,
    )


def judged(one: Gpu, board: Board = H100) -> Beside:
    found = beside(one, board)
    assert found is not None
    return found


def rooms(found: Beside) -> dict[str, tuple[int, int]]:
    """How many more of each type, at least and at most, where any may."""
    return {
        more.profile.removeprefix("nvidia_h100-"): (more.least, more.most)
        for more in found.more
        if more.most
    }


@pytest.mark.parametrize(
    ("one", "mode"),
    [
        (gpu(), Mode.SAME_SIZE),
        (gpu(mixed=True), Mode.MIXED_SIZE),
        (gpu("20c", "10c"), Mode.MIXED_SIZE),
        (gpu("20c", "20c"), Mode.SAME_SIZE),
        (gpu("3-40c", mode=""), Mode.MIG),
        (gpu(mode="mig"), Mode.MIG),
        (gpu(mode="passthrough"), Mode.PASSTHROUGH),
    ],
)
def test_the_mode_is_the_one_that_is_set_or_needed(one: Gpu, mode: Mode) -> None:
    assert mode_of(one, H100) is mode


def test_a_first_size_locks_a_gpu_to_it() -> None:
    found = judged(gpu("16c", "16c"))
    assert rooms(found) == {"16c": (3, 3)}
    assert (found.used_mib, found.free_mib, found.stranded_mib) == (32768, 49152, 0)


def test_what_the_locked_size_leaves_over_is_stranded() -> None:
    """94 GB less one of 23 GB leave room for three more, and 2 GB and a bit for nobody."""
    tenant = Tenant(vm="v", profile="nvidia_h100l-23c")
    found = judged(
        Gpu(
            host="h", index=0, pci="p", model="nvidia-h100-nvl-94", numa=0, mode="time-sliced",
            held_by="", tenants=(tenant,),
        ),
        NVL,
    )  # fmt: skip
    assert (found.free_mib, found.stranded_mib) == (3 * 23552, 96246 - 4 * 23552)


def test_an_empty_gpu_carries_what_its_mode_starts_and_nothing_else() -> None:
    assert rooms(judged(gpu()))["20c"] == (4, 4)
    assert "3-40c" not in rooms(judged(gpu()))
    assert rooms(judged(gpu(mode="mig")))["3-40c"] == (2, 2)
    assert rooms(judged(gpu(mode="passthrough"))) == {"passthrough": (1, 1)}


def test_unknown_places_give_a_least_and_a_most() -> None:
    """F38. A 10C may sit so that a 40C still fits beside the 20C, or so that it does not."""
    found = judged(gpu("20c", "10c", mixed=True))
    assert rooms(found)["40c"] == (0, 1)
    assert rooms(found)["10c"] == (5, 5)


def test_known_places_give_one_answer() -> None:
    found = judged(gpu("20c@0", "10c@20", mixed=True))
    assert rooms(found)["40c"] == (1, 1)
    assert found.starts == (0, 20)
    assert found.uncertain_mib == 0


def test_places_that_are_stated_are_kept_whatever_their_order() -> None:
    found = judged(gpu("20c", "20c@40", mixed=True))
    assert found.starts[1] == 40
    assert found.starts[0] in (0, 20, 60)


def test_slices_of_mig_may_strand_memory() -> None:
    """Two 1g.10gb that sit apart leave room for fewer large instances than two side by side."""
    found = judged(gpu("1-10c", "1-10c", mode="mig"))
    assert rooms(found)["3-40c"] == (0, 1)
    assert (found.free_mib, found.uncertain_mib, found.stranded_mib) == (51200, 10240, 0)


def test_too_many_ways_to_sit_promise_nothing() -> None:
    found = judged(gpu(*["5c"] * 6, mixed=True))
    assert all(more.least == 0 for more in found.more)
    assert (found.free_mib, found.uncertain_mib) == (0, 81920 - 6 * 5120)
    assert rooms(found)["10c"] == (0, 5)


@pytest.mark.parametrize(
    "one",
    [
        gpu("16c", held="somebody"),
        gpu("8q"),
        gpu("20c", "10c", mixed=False),
        gpu("20c@5", mixed=True),
        gpu(*["20c"] * 5),
    ],
    ids=["held", "profile of another series", "two sizes", "no such place", "too many"],
)
def test_what_cannot_be_true_or_is_anothers_is_not_reckoned_with(one: Gpu) -> None:
    assert beside(one, H100) is None


TYPES = st.lists(
    st.sampled_from(["40c", "20c", "10c", "1-10c", "1-20c", "2-20c", "3-40c"]), max_size=3
)
LARGE = ("40c", "20c", "3-40c", "2-20c")
"""Types of which so few fit that every order of places can be tried."""


@given(TYPES, st.sampled_from([("time-sliced", False), ("time-sliced", True), ("mig", None)]))
@settings(max_examples=40, deadline=None)
def test_the_figures_of_a_gpu_add_up_and_the_promise_holds(
    codes: list[str], setting: tuple[str, bool | None]
) -> None:
    """What is promised starts in every legal state, what is not possible in none."""
    one = gpu(*codes, mode=setting[0], mixed=setting[1])
    found = beside(one, H100)
    assume(found is not None)
    assert found is not None
    parts = (found.used_mib, found.free_mib, found.uncertain_mib, found.stranded_mib)
    assert (sum(parts), min(parts) >= 0) == (81920, True)
    place = NO_START if found.mode is Mode.SAME_SIZE else None
    states = ways(H100, found.mode, tuple((H100.shape(t.profile), place) for t in one.tenants))
    for more in found.more:
        if more.profile.removeprefix("nvidia_h100-") in LARGE:
            shape = H100.shape(more.profile)
            counts = [most_of(state, found.mode, shape) for state in states or ()]
            assert (more.least, more.most) == (min(counts), max(counts))


def most_of(state: tuple[Fixed, ...], mode: Mode, shape: int) -> int:
    """How many more can be put, one after the other, in the best order of places."""
    legal = H100.legal_starts(state, mode, shape)
    after = (tuple(sorted((*state, Fixed(shape, start)))) for start in legal)
    return max((1 + most_of(each, mode, shape) for each in after), default=0)


def test_every_way_to_sit_is_looked_at() -> None:
    """Against all pairs of places, of which the legal ones are left."""
    seats = ((H100.shape("nvidia_h100-40c"), None), (H100.shape("nvidia_h100-20c"), None))
    pairs = {
        tuple(sorted((Fixed(seats[0][0], large), Fixed(seats[1][0], small))))
        for large in H100.shapes[seats[0][0]].starts
        for small in H100.shapes[seats[1][0]].starts
    }
    legal = {pair for pair in pairs if H100.occupied(pair, Mode.MIXED_SIZE) != CLOSED}
    assert set(ways(H100, Mode.MIXED_SIZE, seats) or ()) == legal
