"""generator.sizing.network.layout: the chattiest dimension on the fastest link."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from generator.sizing.network.layout import ORDER, Degrees, Domain, seats
from generator.sizing.network.links import Link, Medium, network_link
from generator.sizing.nonsense import Nonsense

NVLINK = Domain(
    name="NVLink domain",
    accelerators=8,
    link=Link(medium=Medium.SWITCH, bandwidth_bytes_per_s=450e9),
)
HOSTS = Domain(name="all hosts", accelerators=512, link=network_link(50e9, rdma=True))
BOTH = (NVLINK, HOSTS)


def test_tensor_parallelism_stays_inside_the_host_and_data_goes_between() -> None:
    found = seats(Degrees(tensor=8, pipeline=4, data=16), BOTH)

    assert [(seat.dimension, seat.domain.name) for seat in found] == [
        ("tensor", "NVLink domain"),
        ("pipeline", "all hosts"),
        ("data", "all hosts"),
    ]


def test_what_is_left_of_a_host_goes_to_the_next_dimension() -> None:
    found = {s.dimension: s.domain.name for s in seats(Degrees(tensor=4, context=2, data=4), BOTH)}

    assert found == {
        "tensor": "NVLink domain",
        "context": "NVLink domain",
        "data": "all hosts",
    }


def test_a_job_of_one_accelerator_needs_no_seat() -> None:
    assert seats(Degrees(), BOTH) == ()


def test_tensor_parallelism_over_hosts_is_refused_without_a_declared_fabric() -> None:
    with pytest.raises(Nonsense, match="leaves the host") as refused:
        seats(Degrees(tensor=16), BOTH)

    assert refused.value.field == "train.parallelism.tensor"
    assert "pipeline" in refused.value.mend


def test_a_declared_fabric_may_carry_tensor_parallelism() -> None:
    declared = Domain(name="rack", accelerators=72, link=HOSTS.link, declared=True)

    assert seats(Degrees(tensor=16), (NVLINK, declared))[0].domain is declared


def test_a_job_larger_than_its_hosts_is_refused() -> None:
    with pytest.raises(Nonsense, match="1024 ranks do not fit on 512"):
        seats(Degrees(tensor=8, data=128), BOTH)
    with pytest.raises(Nonsense, match="on 0 accelerators"):
        seats(Degrees(), ())


def test_a_degree_of_zero_is_nonsense() -> None:
    with pytest.raises(Nonsense, match="pipeline"):
        seats(Degrees(pipeline=0), BOTH)


@given(st.sampled_from([1, 2, 4, 8]), st.integers(1, 4), st.integers(1, 4), st.integers(1, 4))
def test_no_dimension_sits_on_a_faster_link_than_one_before_it(
    tensor: int, context: int, pipeline: int, data: int
) -> None:
    found = seats(Degrees(tensor=tensor, context=context, pipeline=pipeline, data=data), BOTH)
    sizes = [seat.domain.accelerators for seat in found]

    assert sizes == sorted(sizes)
    assert [ORDER.index(seat.dimension) for seat in found] == sorted(
        ORDER.index(seat.dimension) for seat in found
    )
