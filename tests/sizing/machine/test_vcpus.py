"""generator.sizing.machine.vcpus and bill: what feeds accelerators, as a sum of parts."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from generator.ledger import Basis
from generator.sizing.machine.bill import Bill, Part
from generator.sizing.machine.vcpus import (
    BUSY_RATIO,
    Loader,
    decode_cores,
    sustained_samples_per_s,
    vcpus,
)
from generator.sizing.nonsense import Nonsense


def test_sixteen_vcpus_feed_four_gpus() -> None:
    assert vcpus(4).total == 16
    assert vcpus(4).value("floor") == 16 - 4 - 2


def test_loader_workers_add_to_the_processes_of_their_gpus() -> None:
    bill = vcpus(2, Loader(workers_per_gpu=12))

    assert {part.name: part.value for part in bill.parts} == {
        "system": 2,
        "GPU processes": 2,
        "loader": 24,
    }
    assert bill.total == 28


def test_the_stated_cost_of_a_sample_asks_for_the_cores_that_keep_up() -> None:
    bill = vcpus(2, Loader(samples_per_s=5000, core_s_per_sample=0.004))

    assert bill.value("loader") == 25
    assert decode_cores(5000, 0.004) == 20
    assert sustained_samples_per_s(25, 0.004) == pytest.approx(5000)


def test_the_larger_of_workers_and_cores_counts() -> None:
    many_workers = Loader(workers_per_gpu=16, samples_per_s=100, core_s_per_sample=0.01)
    few_workers = Loader(workers_per_gpu=1, samples_per_s=4000, core_s_per_sample=0.01)

    assert vcpus(2, many_workers).value("loader") == 32
    assert vcpus(2, few_workers).value("loader") == 50


def test_a_vm_without_a_gpu_has_no_floor() -> None:
    assert vcpus(0).total == 2


def test_vcpus_are_even() -> None:
    assert vcpus(1, Loader(workers_per_gpu=4)).total == 8
    assert vcpus(1, Loader(workers_per_gpu=4)).value("rounding") == 1


def test_a_rate_without_the_cost_of_a_sample_is_nonsense() -> None:
    with pytest.raises(Nonsense, match="cost of one"):
        vcpus(2, Loader(samples_per_s=1000))


def test_negative_figures_are_nonsense() -> None:
    with pytest.raises(Nonsense, match="gpus"):
        vcpus(-1)
    with pytest.raises(Nonsense, match=r"loader\.workers"):
        vcpus(1, Loader(workers_per_gpu=-4))


def test_a_bill_goes_to_the_ledger_part_by_part_with_its_total_last() -> None:
    entries = list(vcpus(4).entries("vision-cnn"))

    assert [entry.value for entry in entries] == [2, 4, 10, 16]
    assert {entry.subject for entry in entries} == {"vision-cnn"}
    assert entries[2].basis is Basis.PUBLISHED
    assert entries[-1].name == "vCPUs"


def test_an_empty_bill_says_that_nothing_is_needed() -> None:
    empty = Bill(name="vSAN", unit="TiB", parts=())

    assert empty.total == 0
    assert next(empty.entries("site")).rule == "nothing is needed"
    assert empty.plus(Part(name="none", value=0, rule="", source="")) == empty


@given(
    st.integers(0, 16),
    st.integers(0, 64),
    st.floats(0, 1e5),
    st.floats(1e-5, 1e-1),
)
def test_vcpus_meet_the_floor_and_the_loader_and_are_the_sum_of_their_parts(
    gpus: int, workers: int, samples: float, cost: float
) -> None:
    bill = vcpus(
        gpus, Loader(workers_per_gpu=workers, samples_per_s=samples, core_s_per_sample=cost)
    )

    assert bill.total == sum(part.value for part in bill.parts)
    assert bill.total % 2 == 0
    assert bill.total >= 4 * gpus
    assert bill.value("loader") >= workers * gpus
    assert bill.value("loader") * BUSY_RATIO >= samples * cost * (1 - 1e-9)
