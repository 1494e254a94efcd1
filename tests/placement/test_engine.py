"""Placement obeys the geometry, keeps boundaries, and says why it stops."""

from __future__ import annotations

from collections import Counter

import pytest
from hypothesis import given
from hypothesis import strategies as st

from generator.catalog import Catalog
from generator.placement.engine import place
from generator.placement.hosts.stock import Host
from generator.placement.plan import Grade, Placed, Plan
from generator.placement.terms import Terms
from generator.quantity import GIB
from generator.sizing.demand import Demand, RunWindow, Sharing
from tests.placement.build import H100, L40S, demand, host, need, sized

CATALOG = Catalog.builtin()


def placed(
    *demands: Demand, hosts: list[Host], isolation: str = "gpu", mixed_size: bool = False
) -> Plan:
    """The plan for some demands."""
    terms = Terms(isolation=isolation, mixed_size=mixed_size)
    return place(sized(*demands), hosts, CATALOG, terms)


def gpus(plan: Plan) -> Counter[str]:
    """How many VMs each GPU carries."""
    return Counter(name for spot in plan.placed for name in spot.gpus)


def of(plan: Plan, name: str) -> list[Placed]:
    """The VMs of one demand."""
    return [spot for spot in plan.placed if spot.demand == name]


@pytest.mark.parametrize(
    ("gib", "profile", "per_gpu"),
    [(9.0, "nvidia_h100-10c", 8), (16.0, "nvidia_h100-20c", 4), (27.7, "nvidia_h100-40c", 2)],
)
def test_the_smallest_aligned_profile_whose_usable_part_suffices(
    gib: float, profile: str, per_gpu: int
) -> None:
    """16 GiB need 20C: a 16C would leave 14.96."""
    plan = placed(demand("d", need(gib), count=20), hosts=[host("a", gpus=1)])
    assert {spot.profile for spot in plan.placed} == {profile}
    assert gpus(plan) == {"a/gpu0": per_gpu}
    assert plan.shortfalls[0].placed == per_gpu
    assert not plan.fits


def test_a_gpu_carries_one_size() -> None:
    """Same-size mode: the first vGPU locks the profile."""
    small = need(9.0, profile="nvidia_h100-10c")
    plan = placed(demand("x", need(27.7)), demand("y", small), hosts=[host("a")])
    assert {spot.gpus for spot in plan.placed} == {("a/gpu0",), ("a/gpu1",)}


def test_a_gpu_in_mixed_size_mode_carries_several() -> None:
    """A 40C and a 10C at NVIDIA's placement ids."""
    plan = placed(
        demand("x", need(27.7)), demand("y", need(9.0)), hosts=[host("a")], mixed_size=True
    )
    assert {(spot.profile, spot.gpus, spot.start) for spot in plan.placed} == {
        ("nvidia_h100-40c", ("a/gpu0",), 40),
        ("nvidia_h100-10c", ("a/gpu0",), 30),
    }


def test_mig_instances_take_legal_slices() -> None:
    """A 4g at slice 0 and a 1g beside it; a second 4g goes elsewhere."""
    wanted = need(34, Sharing.MIG, compute_first=True)
    big = demand("big", wanted, count=2, phase="serving", permanent=True)
    small = demand("small", need(4, Sharing.MIG), count=2, phase="serving")
    plan = placed(big, small, hosts=[host("a", gpus=1), host("b", gpus=1)])
    assert [(s.host, s.profile, s.start) for s in of(plan, "big")] == [
        ("a", "nvidia_h100-4-40c", 0),
        ("b", "nvidia_h100-4-40c", 0),
    ]
    assert [(s.host, s.start) for s in of(plan, "small")] == [("a", 6), ("b", 6)]
    assert {spot.grade for spot in of(plan, "big")} == {Grade.BY_POWER_ON_ORDER}
    assert {spot.grade for spot in of(plan, "small")} == {Grade.ENFORCED}


def test_seven_small_instances_fill_a_gpu() -> None:
    """Seven compute slices, eight memory slices."""
    plan = placed(demand("d", need(4, Sharing.MIG), count=9), hosts=[host("a", gpus=1)])
    assert len(plan.placed) == 7
    assert {spot.grade for spot in plan.placed} == {Grade.ENFORCED}


def test_mig_and_time_slicing_exclude_each_other() -> None:
    """A device is in one mode."""
    plan = placed(
        demand("m", need(4, Sharing.MIG)), demand("t", need(4)), hosts=[host("a", gpus=1)]
    )
    assert len(plan.placed) == 1


def test_a_group_takes_a_whole_pair_and_its_numa_node() -> None:
    """28 vCPUs and 448 GiB beside two full GPUs, under vSphere's name for the group."""
    pair = need(0, Sharing.NONE, gpus=2, nvlink=True)
    plan = placed(
        demand("pair", pair, whole_numa_node=True, memory_bytes=0, permanent=True),
        demand("small", need(9), count=2),
        hosts=[host("a"), host("b")],
    )
    (spot,) = of(plan, "pair")
    chosen = next(c for c in plan.chosen if c.demand.name == "pair")
    assert spot.gpus == ("a/gpu0", "a/gpu1")
    assert spot.grade is Grade.BY_POWER_ON_ORDER
    assert (chosen.demand.vcpus, chosen.demand.memory_bytes) == (28, 448 * GIB)
    assert chosen.device_group == "Nvidia:2@nvidia_h100-80c%NVLink"
    assert of(plan, "small")[0].host == "b"


def test_an_elastic_group_is_left_to_hope_and_that_is_an_error() -> None:
    """Any fraction may take one GPU of the pair first (F4)."""
    pair = need(0, Sharing.NONE, gpus=2, nvlink=True)
    small = demand("small", need(9), count=2)
    plan = placed(demand("pair", pair), small, hosts=[host("a"), host("b")])
    assert [finding.rule for finding in plan.findings] == ["MLG-P002"]
    assert "persistence: permanent" in plan.findings[0].mend


def test_production_on_a_shared_gpu_is_left_to_hope_and_that_is_an_error() -> None:
    """Time-slicing keeps nobody's place."""
    others = demand("o", need(18), count=2)
    plan = placed(demand("d", need(9), environment="prod"), others, hosts=[host("a")])
    assert [finding.rule for finding in plan.findings] == ["MLG-P002"]


def test_production_alone_on_its_gpus_needs_no_more() -> None:
    """One time-sliced size in the pool: no order of arrival keeps it out."""
    small = demand("d", need(9), environment="prod", count=16, vcpus=2, memory_bytes=16 * GIB)
    plan = placed(small, hosts=[host("a")])
    assert {spot.grade for spot in plan.placed} == {Grade.ENFORCED}
    assert plan.findings == ()


def test_a_permanent_whole_gpu_holds_its_place_by_order() -> None:
    """Powered on first, it stays."""
    whole = demand("d", need(0, Sharing.NONE), environment="prod", permanent=True)
    plan = placed(whole, demand("o", need(9), count=8), hosts=[host("a")])
    assert [spot.grade for spot in of(plan, "d")] == [Grade.BY_POWER_ON_ORDER]


def test_without_a_link_no_group() -> None:
    """A host whose GPUs are not joined carries no NVLink demand."""
    pair = need(0, Sharing.NONE, gpus=2, nvlink=True)
    plan = placed(demand("pair", pair, whole_numa_node=True), hosts=[host("a", nvlink="")])
    assert plan.placed == ()
    assert not plan.fits


def test_gpus_of_two_numa_nodes_are_the_second_choice() -> None:
    """Several GPUs without a link may cross nodes where no node has enough."""
    a = host("a")
    split = host("a", gpus=2)
    gpus_apart = tuple(
        gpu if gpu.index == 0 else type(gpu)(**{**_fields(gpu), "numa": 1}) for gpu in split.gpus
    )
    two = demand("d", need(0, Sharing.NONE, gpus=2), permanent=True)
    apart = host("b", gpus=2)
    apart = type(apart)(**{**_fields(apart), "gpus": gpus_apart})
    assert [s.host for s in placed(two, hosts=[apart, a]).placed] == ["a"]
    assert [s.host for s in placed(two, hosts=[apart]).placed] == ["b"]


def _fields(thing: object) -> dict[str, object]:
    return {name: getattr(thing, name) for name in thing.__dataclass_fields__}  # type: ignore[attr-defined]


@pytest.mark.parametrize(
    ("isolation", "hosts_used"),
    [("none", {"a"}), ("gpu", {"a"}), ("host", {"a", "b"}), ("cluster", {"a"})],
)
def test_environments_keep_apart_as_far_as_asked(isolation: str, hosts_used: set[str]) -> None:
    """By GPU they may share a host, by host they may not; by cluster the second has no room."""
    plan = placed(
        demand("d", need(9)),
        demand("t", need(9), environment="test"),
        hosts=[host("a"), host("b")],
        isolation=isolation,
    )
    assert {spot.host for spot in plan.placed} == hosts_used
    shared = len({spot.gpus for spot in plan.placed}) == 1
    assert shared == (isolation in ("none", "cluster"))


def test_replicas_keep_apart() -> None:
    """The loss of a host takes one replica of a service."""
    plan = placed(demand("d", phase="serving", count=3), hosts=[host(n) for n in "abc"])
    assert {spot.host for spot in plan.placed} == {"a", "b", "c"}


def test_memory_and_cores_are_limits() -> None:
    """GPU VMs reserve all their memory, so it is what admits them."""
    small = host("a", free_memory_bytes=65 * GIB)
    plan = placed(demand("d", memory_bytes=32 * GIB, count=3), hosts=[small])
    assert len(plan.placed) == 2
    assert plan.shortfalls[0].because == "no host has 4 cores and 32 GiB of memory left"


def test_what_waits_is_no_failure_while_the_minimum_runs() -> None:
    """Trials may take longer."""
    plan = placed(demand("d", need(16), count=9, minimum=1), hosts=[host("a")])
    assert plan.fits
    assert plan.shortfalls[0].sentence.startswith("d in dev: 8 of 9 fit, 1 would wait")


def test_a_held_gpu_is_left_alone() -> None:
    """Somebody else's desktop pool is on it."""
    gpu = host("a", gpus=1).gpus[0]
    held = host("a", gpus=0)
    held = type(held)(
        **{**_fields(held), "gpus": (type(gpu)(**{**_fields(gpu), "held_by": "vdi"}),)}
    )
    assert placed(demand("d", need(9)), hosts=[held]).placed == ()


def test_a_precision_chooses_the_board() -> None:
    """FP8 is beyond an A100."""
    hosts = [host("a", model="nvidia-a100-pcie-80"), host("b", model=L40S)]
    plan = placed(demand("d", need(30, precision="fp8")), hosts=hosts)
    assert [spot.host for spot in plan.placed] == ["b"]


def test_a_need_beyond_every_board_is_an_error() -> None:
    """No profile leaves 90 GiB on an 80 GB board."""
    plan = placed(demand("d", need(90)), hosts=[host("a")])
    assert [finding.rule for finding in plan.findings] == ["MLG-P001"]
    assert not plan.fits


def test_what_only_a_later_version_gives_names_that_version() -> None:
    """Groups over the NVSwitch of Hopper came with 8.0U2: another profile would not help."""
    four = demand("d", need(0, Sharing.NONE, gpus=4, nvlink=True))
    switched = host("a", gpus=8, model="nvidia-h100-sxm5-80", nvlink="nvswitch")
    old = Terms(targets={"esx": "8.0U1", "vcenter": "8.0U1"})
    plan = place(sized(four), [switched], CATALOG, old)
    (finding,) = plan.findings
    assert finding.rule == "MLG-P001"
    assert "only with esx 8.0U2 or later" in finding.message
    assert finding.mend.startswith("go to esx 8.0U2 or later")


def test_a_stated_model_and_profile_are_taken() -> None:
    """The architect may choose."""
    hosts = [host("a", model=L40S), host("b")]
    stated = need(1, model=H100, profile="nvidia_h100-16c")
    plan = placed(demand("d", stated), hosts=hosts)
    assert [(s.host, s.profile) for s in plan.placed] == [("b", "nvidia_h100-16c")]


def test_a_site_bounds_the_hosts() -> None:
    """An environment lives at its own site."""
    plan = placed(demand("d", site="elsewhere"), hosts=[host("a")])
    assert plan.placed == ()


@pytest.mark.parametrize(
    ("phase", "gib"), [("serving", 20 + 32), ("training", 2 * 20)], ids=["inference", "training"]
)
def test_ram_follows_the_framebuffer_where_none_is_stated(phase: str, gib: int) -> None:
    """Inference its framebuffer and 32 GiB, training twice."""
    plan = placed(demand("d", need(16), phase=phase, memory_bytes=0), hosts=[host("a")])
    assert plan.chosen[0].demand.memory_bytes == gib * GIB


demands = st.builds(
    lambda number, gib, sharing, count: demand(
        f"d{number}", need(gib, sharing), count=count, minimum=0
    ),
    st.integers(0, 99),
    st.sampled_from([4.0, 9.0, 16.0, 27.7, 34.0, 70.0]),
    st.sampled_from([Sharing.MIG, Sharing.TIME_SLICED]),
    st.integers(1, 9),
)


@given(st.lists(demands, max_size=6, unique_by=lambda d: d.name), st.integers(1, 3))
def test_no_plan_ever_breaks_the_geometry(wanted: list[Demand], hosts: int) -> None:
    """One mode and one size per GPU, counts within the table, MIG instances without overlap."""
    plan = placed(*wanted, hosts=[host(f"h{n}") for n in range(hosts)])
    accelerator = CATALOG.accelerator(H100)
    for gpu in gpus(plan):
        spots = [spot for spot in plan.placed if gpu in spot.gpus]
        profiles = {accelerator.profile(spot.profile) for spot in spots}
        assert len({profile.is_mig for profile in profiles}) == 1
        slices = [n for spot in spots for n in occupied(spot)]
        assert len(slices) == len(set(slices))
        assert all(0 <= n < 8 for n in slices)
        assert sum(accelerator.profile(s.profile).compute_slices or 0 for s in spots) <= 7
        sizes = {profile.name for profile in profiles if not profile.is_mig}
        assert len(sizes) <= 1
        assert all(len(spots) <= accelerator.profile(name).max_per_gpu for name in sizes)


def occupied(spot: Placed) -> list[int]:
    """The memory slices of a MIG instance; none for anything else."""
    profile = CATALOG.accelerator(H100).profile(spot.profile)
    mig = CATALOG.accelerator(H100).mig
    assert mig is not None
    size = mig.profile(profile.mig_profile).size if profile.mig_profile else 0
    return list(range(spot.start, spot.start + size))


@given(
    st.permutations([demand(f"d{n}", need(g)) for n, g in enumerate((9, 16, 27.7, 70))]),
    st.permutations([host("a"), host("b", gpus=1), host("c", model=L40S)]),
)
def test_the_order_of_demands_and_hosts_changes_nothing(
    shuffled: list[Demand], hosts: list[Host]
) -> None:
    """Plans are deterministic in what they are given, not in its order."""
    expected = placed(
        *sorted(shuffled, key=lambda d: d.name), hosts=sorted(hosts, key=lambda h: h.name)
    )
    assert placed(*shuffled, hosts=hosts) == expected


def test_a_link_group_that_no_board_has_is_no_crash() -> None:
    """Four H100 PCIe are two pairs, never one group of four."""
    four = need(0, Sharing.NONE, gpus=4, nvlink=True)
    plan = placed(demand("d", four), hosts=[host("a", gpus=4)])
    assert [finding.rule for finding in plan.findings] == ["MLG-P001"]
    assert "4 GPU(s) joined by NVLink, full;" in plan.findings[0].message
    assert not plan.fits


def test_the_board_is_one_of_the_demands_own_site() -> None:
    """Another site's smaller board is no choice."""
    hosts = [host("a", model=L40S, site="here"), host("b", site="there")]
    plan = placed(demand("d", need(30), site="there"), hosts=hosts)
    assert [(spot.host, spot.profile) for spot in plan.placed] == [("b", "nvidia_h100-40c")]


def test_a_pair_is_two_gpus_that_are_joined() -> None:
    """With one GPU of the first pair held, the second pair is taken, not one of each."""
    four = host("a", gpus=4)
    gpus_held = tuple(
        type(gpu)(**{**_fields(gpu), "held_by": "vdi" if gpu.index == 0 else ""})
        for gpu in four.gpus
    )
    held = type(four)(**{**_fields(four), "gpus": gpus_held})
    pair = need(0, Sharing.NONE, gpus=2, nvlink=True)
    plan = placed(demand("d", pair, permanent=True), hosts=[held])
    assert [spot.gpus for spot in plan.placed] == [("a/gpu2", "a/gpu3")]


def at(start_h: int, lasts_h: int) -> tuple[RunWindow, ...]:
    """Monday from an hour on."""
    return (RunWindow(start_s=start_h * 3600, duration_s=lasts_h * 3600),)


def test_a_gpu_does_not_change_to_mixed_size_for_the_night() -> None:
    """That mode is set by hand on the host, as MIG is: five 16C fit in the other mode only."""
    by_name = [need(1, profile=f"nvidia_h100-{size}c") for size in (40, 10, 16)]
    plan = placed(
        demand("x", by_name[0], windows=at(0, 8)),
        demand("y", by_name[1], windows=at(0, 8)),
        demand("z", by_name[2], count=5, minimum=0, windows=at(8, 8)),
        hosts=[host("a", gpus=1)],
        mixed_size=True,
    )
    assert {spot.start >= 0 for spot in plan.placed} in ({True}, {False})
    assert len(of(plan, "z")) in (0, 5)


def test_sizes_take_turns_on_a_gpu_in_same_size_mode() -> None:
    """The GPU is empty between them."""
    plan = placed(
        demand("x", need(27.7), count=2, windows=at(0, 8)),
        demand("y", need(9.0), count=8, windows=at(8, 8)),
        hosts=[host("a", gpus=1)],
        mixed_size=True,
    )
    assert len(plan.placed) == 10
    assert {spot.start for spot in plan.placed} == {-1}
