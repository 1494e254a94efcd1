"""The sizes to offer: no tighter fit that strands what it saves."""

from __future__ import annotations

from fractions import Fraction
from itertools import combinations

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from generator.catalog import Catalog
from generator.catalog.accelerator import Accelerator
from generator.placement.devices.catalogue import Need, Recommendation, listed_profiles, recommend
from generator.placement.devices.profiles import offered
from generator.placement.devices.stranding import worst_stranded
from generator.placement.packing.asks import Models
from generator.placement.terms import Terms
from generator.quantity import GIB
from generator.sizing.demand import Sharing
from tests.placement.build import demand, host, need

CATALOG = Catalog.builtin()
H100 = CATALOG.accelerator("nvidia-h100-pcie-80")


def chosen(board: Accelerator, *gib: float, mixed_size: bool = True) -> Recommendation:
    """The recommendation for some needs of four VMs each."""
    needs = [Need(int(one * GIB), 4) for one in gib]
    found = recommend(board, needs, mixed_size=mixed_size)
    assert found is not None
    return found


@pytest.mark.parametrize(
    ("model", "gib", "title", "stranded"),
    [
        ("nvidia-h100-pcie-80", (9, 16, 27.7, 74), "{10,20,40,80}", 0),
        ("nvidia-h100-pcie-80", (7,), "{10}", 0),
        ("nvidia-h100-pcie-80", (7, 14), "{10,20}", 0),
        ("nvidia-h100-pcie-80", (4.5, 9, 16), "{5,10,20}", 0),
        ("nvidia-h100-nvl-94", (9, 20, 40), "{11,23,47}", 6),
        ("nvidia-h100-nvl-94", (13, 20), "{23}", 2),
    ],
    ids=str,
)
def test_the_sizes_that_need_fewest_gpus_in_the_worst_order(
    model: str, gib: tuple[float, ...], title: str, stranded: int
) -> None:
    """A bigger aligned size before a tighter one that leaves gaps."""
    best = chosen(CATALOG.accelerator(model), *gib).chosen
    assert (best.title, best.worst.gb) == (title, stranded)


def test_each_tighter_catalogue_is_named_with_its_worst_case() -> None:
    """8C for 7 GiB would leave gaps beside the 20C."""
    rejected = chosen(H100, 7, 16).rejected
    assert [(offer.title, offer.worst.gb) for offer in rejected] == [("{8,20}", 16)]


def test_where_each_gpu_carries_one_size_the_tightest_is_best() -> None:
    """Nothing meets it there: ten 8C fill the board."""
    assert chosen(H100, 7, 16, mixed_size=False).chosen.title == "{8,20}"


def test_the_density_is_the_sum_of_what_a_gpu_carries_of_each_size() -> None:
    """8 + 4 + 2 + 1."""
    assert chosen(H100, 9, 16, 27.7, 74).chosen.density == 15


def test_what_no_profile_carries_has_no_catalogue() -> None:
    """Nor has a board without vGPU, or nothing at all."""
    assert recommend(H100, [Need(90 * GIB)]) is None
    assert recommend(CATALOG.accelerator("amd-mi300x"), [Need(GIB)]) is None
    assert recommend(H100, []) is None


def test_a_bound_on_the_number_of_sizes_is_kept() -> None:
    """Three needs, two sizes."""
    found = recommend(H100, [Need(gib * GIB, 4) for gib in (9, 16, 30)], most=2)
    assert found is not None
    assert found.chosen.title == "{20,40}"


@given(
    st.lists(
        st.tuples(st.sampled_from((3, 4, 7, 9, 14, 18, 30, 70)), st.integers(1, 20)), min_size=1
    )
)
@settings(deadline=None)
def test_no_catalogue_does_with_fewer_gpus(needs: list[tuple[int, int]]) -> None:
    """Against every subset of the board's sizes, judged one by one."""
    profiles = sorted((p for p in H100.profiles if not p.is_mig), key=lambda p: p.size_gb)

    def gpus(subset: tuple[int, ...]) -> Fraction:
        members = [profiles[n] for n in subset]
        serving = [
            next(p.size_gb for p in members if p.usable_framebuffer_bytes >= gib * GIB) * vms
            for gib, vms in needs
        ]
        stranded = worst_stranded(H100, [p.name for p in members]).gb
        return Fraction(sum(serving), 80 - int(stranded))

    last = len(profiles) - 1
    subsets = [(*s, last) for n in range(last + 1) for s in combinations(range(last), n)]
    found = recommend(H100, [Need(gib * GIB, vms) for gib, vms in needs])
    assert found is not None
    assert found.chosen.gpus <= min(map(gpus, subsets))


@pytest.mark.parametrize("unit", [GIB, 10**9])
def test_listed_sizes_may_be_in_gb_or_gib(unit: int) -> None:
    """The figure in the profile's name is neither."""
    assert listed_profiles(H100, [8 * unit, 20 * unit]) == ("nvidia_h100-8c", "nvidia_h100-20c")


def profiles_of(*gib: float, terms: Terms) -> list[str]:
    """The profile of each need on an H100 that offers what is recommended for all of them."""
    asked = [demand(f"d{n}", need(one)) for n, one in enumerate(gib)]
    models = Models([host("a")], CATALOG, terms)
    recommended = models.offering({H100.id: offered(H100, asked, terms)})
    return [recommended.options(one)[0][1].name for one in asked]


def test_models_offer_what_is_recommended_for_demands() -> None:
    """5C where something small asks for it."""
    assert profiles_of(4, 9, terms=Terms()) == ["nvidia_h100-5c", "nvidia_h100-10c"]


def test_a_need_beyond_what_is_offered_is_drawn_from_the_halves() -> None:
    models = Models([host("a")], CATALOG, Terms()).offering({H100.id: ("nvidia_h100-5c",)})
    assert models.options(demand("d", need(16)))[0][1].name == "nvidia_h100-20c"


def test_models_offer_what_the_blueprint_lists() -> None:
    """Nothing else, whatever it strands."""
    listed = Terms(sizes_bytes=(8 * GIB, 40 * GIB))
    assert profiles_of(4, 9, terms=listed) == ["nvidia_h100-8c", "nvidia_h100-40c"]


def test_listed_sizes_say_nothing_about_mig() -> None:
    """Its instances have sizes of their own."""
    asked = demand("d", need(4, Sharing.MIG))
    models = Models([host("a")], CATALOG, Terms(sizes_bytes=(80 * GIB,)))
    assert models.options(asked)[0][1].name == "nvidia_h100-1-10c"
