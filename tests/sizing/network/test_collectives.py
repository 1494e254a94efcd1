"""generator.sizing.network.collectives: factors, times and the bandwidth that is reached."""

from __future__ import annotations

from dataclasses import replace

import pytest
from hypothesis import given
from hypothesis import strategies as st

from generator.catalog import Catalog
from generator.quantity import GIB, KIB, MIB
from generator.sizing.network.collectives import (
    Collective,
    achieved_bus_bandwidth_bytes_per_s,
    achieved_hierarchical_bytes_per_s,
    bus_bandwidth_bytes_per_s,
    collective_factor,
    collective_named,
    collective_s,
    hierarchical_phases,
    hierarchical_s,
    ring_s,
    tree_s,
)
from generator.sizing.network.links import Link, Medium, gpu_link, network_link
from generator.sizing.nonsense import Nonsense

CATALOG = Catalog.builtin()
GB = 1e9
REDUCE = Collective.ALL_REDUCE


def nodes_of(gpu: str, gpus: int = 8) -> Link:
    link = gpu_link(CATALOG.accelerator(gpu), gpus, vgpu=False)
    assert link is not None
    return link


A100, H200, B200 = map(
    nodes_of, ("nvidia-a100-sxm4-80", "nvidia-h200-sxm-141", "nvidia-b200-sxm-180")
)
RAIL = network_link(50 * GB, rdma=True)
LINKS = st.sampled_from([A100, H200, B200, RAIL, network_link(3 * GB, rdma=False)])
PAYLOADS = st.floats(1, 1e12)


@pytest.mark.parametrize(
    ("name", "ranks", "expected"),
    [
        ("all_reduce", 1, 0.0),
        ("all_reduce", 2, 1.0),
        ("all-reduce", 8, 1.75),
        ("all_reduce", 64, 1.96875),
        ("all_gather", 8, 0.875),
        ("reduce-scatter", 8, 0.875),
        ("all_to_all", 4, 0.75),
        ("broadcast", 8, 1.0),
        ("broadcast", 1, 0.0),
    ],
)
def test_factors_are_those_of_nccl_tests(name: str, ranks: int, expected: float) -> None:
    assert collective_factor(collective_named(name), ranks) == pytest.approx(expected)


def test_an_unknown_collective_is_refused_with_the_known_ones() -> None:
    with pytest.raises(Nonsense, match="all_to_all"):
        collective_named("gossip")


@pytest.mark.parametrize("ranks", [0, -1])
def test_a_group_of_no_ranks_is_nonsense(ranks: int) -> None:
    with pytest.raises(Nonsense, match="ranks"):
        collective_factor(REDUCE, ranks)


def test_most_bytes_of_a_reduction_over_hosts_never_leave_them() -> None:
    phases = hierarchical_phases(4 * GIB, per_host=8, hosts=4)

    assert phases.inside_bytes == 7 * GIB
    assert phases.between_bytes == 0.75 * GIB
    share = phases.between_bytes / (phases.inside_bytes + phases.between_bytes)
    assert share == pytest.approx(3 / 31)


@pytest.mark.parametrize(
    ("link", "payload", "measured", "within"),
    [
        # One node of eight, all-reduce; S. Bekman, Machine Learning Engineering, network chapter.
        (A100, 16 * GIB, 234.89, 0.05),
        (A100, GIB, 229.04, 0.05),
        (A100, 64 * MIB, 171.54, 0.15),
        (A100, 16 * MIB, 106.16, 0.15),
        (H200, 16 * GIB, 482.26, 0.10),
        (H200, 256 * MIB, 436.15, 0.10),
        (H200, MIB, 39.93, 0.25),
        (B200, 16 * GIB, 845.67, 0.10),
        (B200, GIB, 723.34, 0.20),
        (B200, MIB, 36.06, 0.10),
        (nodes_of("nvidia-h200-sxm-141", 4), 8 * GIB, 363.3, 0.05),
        (nodes_of("amd-mi300x"), 4 * GIB, 312.912, 0.15),
    ],
)
def test_one_node_reaches_what_was_measured(
    link: Link, payload: int, measured: float, within: float
) -> None:
    ranks = 4 if link == nodes_of("nvidia-h200-sxm-141", 4) else 8
    reached = achieved_bus_bandwidth_bytes_per_s(REDUCE, payload, ranks, link)

    assert reached == pytest.approx(measured * GB, rel=within)


@pytest.mark.parametrize(
    ("payload", "measured", "within"),
    [(MIB, 5.37, 0.20), (64 * MIB, 156.74, 0.20), (GIB, 361.99, 0.10), (16 * GIB, 381.80, 0.05)],
)
def test_four_nodes_reach_what_was_measured(payload: int, measured: float, within: float) -> None:
    reached = achieved_hierarchical_bytes_per_s(
        payload, per_host=8, hosts=4, inside=B200, between=RAIL
    )

    assert reached == pytest.approx(measured * GB, rel=within)


def test_two_gpus_of_a_mesh_are_six_times_slower_than_eight() -> None:
    pair = nodes_of("amd-mi300x", 2)
    two = achieved_bus_bandwidth_bytes_per_s(REDUCE, 4 * GIB, 2, pair)
    eight = achieved_bus_bandwidth_bytes_per_s(REDUCE, 4 * GIB, 8, nodes_of("amd-mi300x"))

    assert two == pytest.approx(47.671 * GB, rel=0.1)
    assert eight / two == pytest.approx(6.5, rel=0.1)


def test_a_reduction_over_hosts_is_neither_one_nic_nor_a_plain_sum() -> None:
    measured = 22.05e-3
    duration = hierarchical_s(4 * GIB, per_host=8, hosts=4, inside=B200, between=RAIL)

    assert duration == pytest.approx(measured, rel=0.05)
    assert 0.75 * GIB / 50e9 < duration < 4 * GIB / 50e9


def test_a_switch_that_reduces_beats_the_wire_and_only_for_all_reduce() -> None:
    ring = replace(H200, reduces=False)
    by_switch = achieved_bus_bandwidth_bytes_per_s(REDUCE, 16 * GIB, 8, H200)
    by_ring = achieved_bus_bandwidth_bytes_per_s(REDUCE, 16 * GIB, 8, ring)
    gathered = achieved_bus_bandwidth_bytes_per_s(Collective.ALL_GATHER, 16 * GIB, 8, H200)

    assert by_switch / by_ring == pytest.approx(1.30, abs=0.06)
    assert gathered == pytest.approx(361.4 * GB, rel=0.05)


def test_a_thousand_small_reductions_cost_several_times_one_large_one() -> None:
    large = collective_s(REDUCE, 4e9, 8, H200)
    small = 1000 * collective_s(REDUCE, 4e6, 8, H200)

    assert 3 < small / large < 6


def test_trees_win_between_many_hosts_while_payloads_are_small() -> None:
    assert tree_s(REDUCE, 64 * KIB, 128, RAIL) < ring_s(REDUCE, 64 * KIB, 128, RAIL)
    assert tree_s(REDUCE, 64 * GIB, 8, RAIL) > ring_s(REDUCE, 64 * GIB, 8, RAIL)


def test_one_rank_alone_waits_for_nobody() -> None:
    assert collective_s(REDUCE, GIB, 1, H200) == 0.0
    assert ring_s(REDUCE, GIB, 1, H200) == tree_s(REDUCE, GIB, 1, H200) == 0.0
    assert hierarchical_s(GIB, per_host=1, hosts=1, inside=None, between=RAIL) == 0.0


def test_one_host_of_several_gpus_is_a_plain_collective() -> None:
    over_hosts = hierarchical_s(GIB, per_host=8, hosts=1, inside=H200, between=RAIL)

    assert over_hosts == pytest.approx(collective_s(REDUCE, GIB, 8, H200))


def test_one_gpu_per_host_needs_no_link_inside() -> None:
    over_hosts = hierarchical_s(GIB, per_host=1, hosts=4, inside=None, between=RAIL)

    assert over_hosts == pytest.approx(collective_s(REDUCE, GIB, 4, RAIL))


def test_several_gpus_per_host_without_a_link_are_refused() -> None:
    with pytest.raises(Nonsense, match="no link joins"):
        hierarchical_s(GIB, per_host=8, hosts=2, inside=None, between=RAIL)


def test_a_bus_bandwidth_of_one_rank_is_refused() -> None:
    with pytest.raises(Nonsense, match="no group"):
        achieved_bus_bandwidth_bytes_per_s(REDUCE, GIB, 1, H200)


def test_bus_bandwidth_undoes_the_factor() -> None:
    assert bus_bandwidth_bytes_per_s(REDUCE, 8 * GB, 8, 0.04) == pytest.approx(350 * GB)


@given(st.sampled_from(list(Collective)), PAYLOADS, st.integers(2, 1024), LINKS)
def test_collectives_take_longer_than_their_bytes_over_the_wire(
    collective: Collective, payload: float, ranks: int, link: Link
) -> None:
    duration = collective_s(collective, payload, ranks, replace(link, reduces=False))
    moved = collective_factor(collective, ranks) * payload

    assert duration > moved / link.bandwidth_bytes_per_s


@given(st.sampled_from(list(Collective)), PAYLOADS, st.floats(1, 100), st.integers(1, 512), LINKS)
def test_more_bytes_never_take_less_time(
    collective: Collective, payload: float, more: float, ranks: int, link: Link
) -> None:
    less = collective_s(collective, payload, ranks, link)

    assert collective_s(collective, payload * more, ranks, link) >= less * (1 - 1e-9)


@given(PAYLOADS, st.integers(1, 8), st.integers(1, 256), st.floats(1, 16))
def test_a_faster_network_never_slows_a_reduction_down(
    payload: float, per_host: int, hosts: int, faster: float
) -> None:
    def duration(rate: float) -> float:
        between = network_link(rate, rdma=True)
        return hierarchical_s(payload, per_host=per_host, hosts=hosts, inside=H200, between=between)

    assert duration(faster * GB) <= duration(GB) * (1 + 1e-9)


@given(PAYLOADS, st.integers(2, 64))
def test_rdma_is_faster_than_tcp_on_the_same_wire(payload: float, hosts: int) -> None:
    fast, slow = (network_link(12.5 * GB, rdma=rdma) for rdma in (True, False))

    assert fast.medium is Medium.RDMA
    assert collective_s(REDUCE, payload, hosts, fast) < collective_s(REDUCE, payload, hosts, slow)
