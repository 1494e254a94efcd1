"""generator.sizing.network.fabric: NICs between hosts, and when RDMA pays."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from generator.sizing.network.fabric import (
    EXPOSED_SHARE,
    MULTI_NODE_GBPS,
    Fabric,
    flow_nic_gbps,
    host_staged,
    rdma_hindrance,
    training_fabric,
)
from generator.sizing.network.links import Medium
from generator.sizing.nonsense import Nonsense


def fabric(between_bytes: float, compute_s: float, *, hosts: int = 4, **more: object) -> Fabric:
    return training_fabric(
        between_bytes=between_bytes,
        compute_s=compute_s,
        accelerators_per_host=8,
        hosts=hosts,
        **more,  # type: ignore[arg-type]
    )


def test_a_small_exchange_gets_one_nic_of_the_least_class_for_several_hosts() -> None:
    chosen = fabric(10e6, 1.0)

    assert (chosen.nic_gbps, chosen.nics_per_host) == (MULTI_NODE_GBPS, 1)
    assert not chosen.rdma
    assert chosen.link.medium is Medium.TCP


def test_one_host_needs_no_fabric_for_its_steps() -> None:
    chosen = fabric(0.0, 1.0, hosts=1)

    assert (chosen.nic_gbps, chosen.nics_per_host, chosen.exposed_share) == (10, 1, 0.0)


def test_large_models_get_a_rail_per_accelerator_with_rdma() -> None:
    chosen = fabric(20e9, 0.6)

    assert (chosen.nic_gbps, chosen.nics_per_host, chosen.rdma) == (400, 8, True)
    assert chosen.rail_bytes_per_s == 50e9
    assert chosen.host_bytes_per_s * 8 == 3.2e12


def test_what_no_fabric_can_hide_is_said() -> None:
    chosen = fabric(1e12, 0.1)

    assert not chosen.sufficient
    assert "no choice" in chosen.rule
    assert (chosen.nic_gbps, chosen.nics_per_host) == (400, 8)


def test_without_rdma_the_same_exchange_needs_more_wire() -> None:
    with_rdma = fabric(2e9, 0.3)
    without = fabric(2e9, 0.3, rdma_possible=False)

    assert not without.rdma
    assert without.host_bytes_per_s > with_rdma.host_bytes_per_s


def test_a_tighter_limit_on_waiting_never_buys_less() -> None:
    loose, tight = (fabric(5e9, 0.5, wanted_share=share) for share in (0.2, 0.01))

    assert tight.host_bytes_per_s >= loose.host_bytes_per_s


def test_hosts_below_one_are_nonsense() -> None:
    with pytest.raises(Nonsense, match="hosts"):
        fabric(1e9, 1.0, hosts=0)


@pytest.mark.parametrize(
    ("rate", "expected"),
    [(0, (10, 1)), (0.9e9, (10, 1)), (1.1e9, (25, 1)), (9e9, (100, 1)), (90e9, (400, 3))],
)
def test_flows_fill_a_nic_to_four_fifths(rate: float, expected: tuple[int, int]) -> None:
    assert flow_nic_gbps(rate) == expected


def test_room_that_is_no_share_is_nonsense() -> None:
    with pytest.raises(Nonsense, match="no share"):
        flow_nic_gbps(1e9, room=0)


@pytest.mark.parametrize(
    ("vgpu", "group", "staged"), [(True, False, True), (True, True, False), (False, False, False)]
)
def test_vgpus_exchange_through_host_memory_unless_nvlink_joins_them(
    vgpu: bool, group: bool, staged: bool
) -> None:
    assert (host_staged(vgpu=vgpu, nvlink_group=group) is not None) is staged


@pytest.mark.parametrize(
    ("switch", "vgpu", "sr_iov", "says"),
    [
        (None, False, None, "not known"),
        (True, True, None, "SR-IOV of the GPU is not known"),
        (False, False, None, "not on one PCIe switch"),
        (True, True, False, "only on a GPU with SR-IOV"),
    ],
)
def test_what_hinders_rdma_is_named(
    switch: bool | None, vgpu: bool, sr_iov: bool | None, says: str
) -> None:
    hindrance = rdma_hindrance(same_pcie_switch=switch, vgpu=vgpu, sr_iov=sr_iov)

    assert hindrance is not None
    assert says in hindrance


def test_rdma_reaches_a_gpu_beside_its_nic() -> None:
    assert rdma_hindrance(same_pcie_switch=True, vgpu=False, sr_iov=None) is None
    assert rdma_hindrance(same_pcie_switch=True, vgpu=True, sr_iov=True) is None


@given(st.floats(0, 1e12), st.floats(0.01, 100), st.integers(1, 16), st.integers(2, 64))
def test_several_hosts_always_get_at_least_25_gigabit_and_one_nic(
    between: float, compute: float, gpus: int, hosts: int
) -> None:
    chosen = training_fabric(
        between_bytes=between, compute_s=compute, accelerators_per_host=gpus, hosts=hosts
    )

    assert chosen.nic_gbps >= MULTI_NODE_GBPS
    assert 1 <= chosen.nics_per_host <= gpus
    assert chosen.sufficient == (chosen.exposed_share <= EXPOSED_SHARE.value)


@given(st.floats(0, 1e11), st.floats(1, 10))
def test_more_traffic_never_gets_a_slower_fabric(between: float, more: float) -> None:
    less, larger = fabric(between, 1.0), fabric(between * more, 1.0)

    assert larger.link.rate_bytes_per_s >= less.link.rate_bytes_per_s * (1 - 1e-9)
