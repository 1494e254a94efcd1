"""generator.sizing.train.run: what a run says, what follows, and what cannot be."""

from __future__ import annotations

from typing import Any

import pytest

from generator.sizing.nonsense import Nonsense
from generator.sizing.train.run import (
    Adapter,
    Method,
    Parallel,
    Sharding,
    checked,
    model_parallel,
    step_samples,
    virtual_stages,
)
from tests.sizing.train.cases import run


def test_data_parallel_ranks_are_what_the_other_dimensions_leave() -> None:
    laid_out = run(gpus=64, parallel=Parallel(tensor=4, pipeline=2, context=2))
    assert laid_out.data_parallel == 4
    assert laid_out.model_ranks == 8
    assert laid_out.sharing_ranks == 8


def test_a_batch_takes_as_many_passes_as_ranks_leave_of_it() -> None:
    assert run(gpus=4, micro_batch=2, batch=24).micro_batches == 3
    assert run(gpus=4, micro_batch=2, batch=25).micro_batches == 4
    assert run(gpus=4, micro_batch=2).micro_batches == 1
    assert run(gpus=4, micro_batch=2).samples_per_step == 8


def test_context_parallelism_splits_each_sequence() -> None:
    assert run(sequence=8192, gpus=4, parallel=Parallel(context=4)).rank_tokens == 2048


def test_sharding_names_its_stage() -> None:
    stages = [Sharding(name).stage for name in ("none", "ddp", "zero-1", "zero-2", "zero-3")]
    assert [*stages, Sharding.FSDP.stage] == [0, 0, 1, 2, 3, 3]


def test_tables_are_no_matrices() -> None:
    adapter = Adapter(rank=8, targets=("q", "embedding", "v", "head"))
    assert adapter.matrices == ("q", "v")
    assert adapter.tables == ("embedding", "head")


@pytest.mark.parametrize(
    ("stated", "field"),
    [
        ({"sequence": 0}, "train.sequence"),
        ({"micro_batch": -1}, "train.micro_batch"),
        ({"gpus": 0}, "train.gpus"),
        ({"batch": 0}, "train.batch"),
        ({"tokens": -1.0}, "train.tokens"),
        ({"epochs": 0.0}, "train.epochs"),
        ({"deadline_s": 0.0}, "train.deadline"),
        ({"utilisation_ratio": 1.2}, "train.utilisation"),
        ({"utilisation_ratio": 0.0}, "train.utilisation"),
        ({"parallel": Parallel(tensor=0)}, "train.parallel.tensor"),
        ({"gpus": 8, "parallel": Parallel(tensor=3)}, "train.parallel"),
        ({"gpus": 8, "parallel": Parallel(tensor=2, data=3)}, "train.parallel.data"),
        ({"parallel": Parallel(virtual_stages=2)}, "train.parallel.virtual_stages"),
        ({"gpus": 8, "batch": 4}, "train.batch"),
        ({"method": Method.LORA, "adapter": Adapter(rank=0)}, "model.method.rank"),
    ],
)
def test_a_run_that_cannot_be_names_its_field(stated: dict[str, Any], field: str) -> None:
    with pytest.raises(Nonsense) as raised:
        checked(run(**stated))
    assert raised.value.field == field
    assert raised.value.mend


def test_tensor_ranks_fill_a_host_before_stages_begin() -> None:
    assert model_parallel(4) == Parallel(tensor=4)
    assert model_parallel(64, layers=80) == Parallel(tensor=8, pipeline=8, virtual_stages=2)
    assert model_parallel(280, layers=105).virtual_stages == 1


def test_ranks_that_leave_a_host_half_full_are_refused() -> None:
    with pytest.raises(Nonsense, match="hosts of 8"):
        model_parallel(12)


def test_chunks_per_rank_follow_from_their_layers() -> None:
    assert virtual_stages(32, 4, 1) == 8
    with pytest.raises(Nonsense, match="no whole number"):
        virtual_stages(30, 4, 1)


def test_samples_of_a_step_are_those_of_all_ranks() -> None:
    assert step_samples(32, 64) == 2048
