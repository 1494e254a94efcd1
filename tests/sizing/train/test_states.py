"""Bytes per parameter, by optimizer, regime and sharding."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from generator.quantity import GIB, MIB
from generator.sizing.nonsense import Nonsense
from generator.sizing.train.estimators import zero2_estimate, zero3_estimate
from generator.sizing.train.frameworks import FRAMEWORKS, framework_named
from generator.sizing.train.optimizers import named_state_bytes, optimizer_named
from generator.sizing.train.regime import REGIMES, bytes_per_parameter, regime_named, regime_of
from generator.sizing.train.run import Adapter, Method, Offload, Parallel, Sharding
from generator.sizing.train.sharding import (
    largest_model_parameters,
    measured_largest_model_parameters,
    rank_parameters,
    sharded_states,
)
from generator.sizing.train.states import states_of
from tests.sizing.train.cases import LLAMA_7B, LLAMA_8B, QWEN_MOE, run


@pytest.mark.parametrize(
    ("name", "states"),
    [
        ("adamw fp32 states", 8),
        ("adamw bf16 states", 4),
        ("sgd momentum fp32", 4),
        ("sgd", 0),
        ("lion", 4),
        ("adafactor (about)", 4),
        ("adafactor, factored", 0),
        ("8-bit adamw (bitsandbytes)", 2),
        ("muon, 2-D hidden weights", 4),
    ],
)
def test_an_optimizer_keeps_its_states(name: str, states: float) -> None:
    assert named_state_bytes(name) == states


def test_an_unknown_optimizer_is_refused() -> None:
    with pytest.raises(Nonsense, match="adamw-8bit"):
        optimizer_named("gradient descent")


@pytest.mark.parametrize(
    ("regime", "total"),
    [
        ("zero", 16),
        ("megatron", 18),
        ("sharded", 16),
        ("autocast", 18),
        ("pure", 8),
        ("single", 16),
    ],
)
def test_a_regime_adds_up_with_adamw(regime: str, total: float) -> None:
    assert REGIMES[regime].bytes_per_parameter(optimizer_named("adamw")) == total
    assert REGIMES[regime].source


def test_wide_gradients_make_the_mixed_regime_eighteen_bytes() -> None:
    assert bytes_per_parameter("mixed bf16, fp32 grads") == 18
    assert bytes_per_parameter("mixed fp16") == 16


@pytest.mark.parametrize(("ranks", "each"), [(1, 18), (2, 12), (4, 9), (8, 7.5), (64, 6.1875)])
def test_a_distributed_optimizer_takes_6_and_12_over_its_ranks(ranks: int, each: float) -> None:
    assert bytes_per_parameter("megatron", stage=1, shared_over=ranks) == pytest.approx(each)


def test_an_unknown_regime_is_refused() -> None:
    with pytest.raises(Nonsense, match="pure"):
        regime_named("half and half")


def test_the_regime_is_the_frameworks_own() -> None:
    assert regime_of(run(framework="Megatron-LM")).name == "megatron"
    assert regime_of(run(framework="huggingface", precision="fp32")).name == "single"
    stated = regime_of(run(framework="deepspeed", gradient_precision="fp32"))
    assert stated.bytes_per_parameter(optimizer_named("adamw")) == 18


def test_an_unknown_framework_is_refused_with_the_known_ones() -> None:
    with pytest.raises(Nonsense, match="torchtune"):
        framework_named("theano")
    assert all(recipe.regime in REGIMES and recipe.source for recipe in FRAMEWORKS.values())


@pytest.mark.parametrize(
    ("stage", "ranks", "gb"), [(0, 64, 120), (1, 64, 31.4), (2, 64, 16.6), (3, 64, 1.88)]
)
def test_zero_shares_out_the_states_of_7_5_billion(stage: int, ranks: int, gb: float) -> None:
    states = sharded_states(
        7.5e9, weight_bytes=2, gradient_bytes=2, optimizer_bytes=12, stage=stage, ranks=ranks
    )
    assert states.total_bytes / 1e9 == pytest.approx(gb, rel=0.006)


def test_a_trillion_parameters_fit_on_1024_gpus() -> None:
    states = sharded_states(
        1e12, weight_bytes=2, gradient_bytes=2, optimizer_bytes=12, stage=3, ranks=1024
    )
    assert states.total_bytes / 1e9 == pytest.approx(15.6, rel=0.006)


def test_there_is_no_fourth_stage() -> None:
    with pytest.raises(Nonsense, match="no stage 4"):
        sharded_states(1e9, weight_bytes=2, gradient_bytes=2, optimizer_bytes=12, stage=4, ranks=1)


@given(st.integers(0, 3), st.integers(1, 4096))
def test_sharding_never_takes_more(stage: int, ranks: int) -> None:
    def total(of_stage: int, over: int) -> float:
        states = sharded_states(
            1e9, weight_bytes=2, gradient_bytes=2, optimizer_bytes=12, stage=of_stage, ranks=over
        )
        return states.total_bytes

    assert total(stage, ranks + 1) <= total(stage, ranks)
    assert total(min(3, stage + 1), ranks) <= total(stage, ranks)


def test_the_largest_model_is_the_inverse() -> None:
    largest = largest_model_parameters(32e9, stage=2, ranks=64, model_ranks=2)
    assert largest / 1e9 == pytest.approx(28.8, rel=0.02)


def test_measured_models_are_a_fifth_smaller() -> None:
    theory = largest_model_parameters(32e9, stage=1, ranks=64)
    measured = measured_largest_model_parameters(32e9, gpus=64, stage=1)
    assert measured / theory == pytest.approx(0.82)
    with pytest.raises(Nonsense, match="do not divide"):
        measured_largest_model_parameters(32e9, gpus=64, stage=1, model_ranks=3)


def test_the_first_stage_of_a_pipeline_carries_the_table() -> None:
    whole = rank_parameters(LLAMA_8B, run()).total
    stage = rank_parameters(LLAMA_8B, run(gpus=4, parallel=Parallel(pipeline=4))).total
    assert whole == pytest.approx(8.03e9, rel=0.001)
    layers = (whole - 2 * LLAMA_8B.head_parameters) / 4
    assert stage == pytest.approx(layers + LLAMA_8B.head_parameters)


def test_experts_are_shared_out_over_expert_ranks() -> None:
    alone = rank_parameters(QWEN_MOE, run())
    shared = rank_parameters(QWEN_MOE, run(gpus=8, parallel=Parallel(expert=8)))
    assert shared.experts == pytest.approx(alone.experts / 8)
    assert shared.dense == alone.dense


@pytest.mark.parametrize(
    ("optimizer", "parameters", "init", "gpu_gib", "host_gib"),
    [
        (True, True, True, 0.12, 71.69),
        (True, True, False, 0.12, 127.45),
        (True, False, True, 0.78, 63.72),
        (True, False, False, 0.78, 127.45),
        (False, False, True, 6.09, 1.43),
        (False, False, False, 6.09, 127.45),
    ],
)
def test_zero3_estimates_what_deepspeed_documents(
    optimizer: bool, parameters: bool, init: bool, gpu_gib: float, host_gib: float
) -> None:
    estimate = zero3_estimate(
        2851e6,
        32e6,
        gpus_per_node=8,
        offload_optimizer=optimizer,
        offload_parameters=parameters,
        zero_init=init,
    )
    assert estimate.gpu_bytes / GIB == pytest.approx(gpu_gib, abs=0.006)
    assert estimate.host_bytes / GIB == pytest.approx(host_gib, abs=0.006)


def test_zero3_estimates_t5_large() -> None:
    estimate = zero3_estimate(
        737.67e6, 32.9e6, gpus_per_node=4, offload_optimizer=False, offload_parameters=False
    )
    assert estimate.gpu_bytes / MIB == pytest.approx(3291, abs=2)


def test_zero2_is_documented_otherwise_than_it_computes() -> None:
    def gib(*, documented: bool) -> float:
        estimate = zero2_estimate(
            2851e6, total_gpus=8, offload_optimizer=False, documented=documented
        )
        return estimate.gpu_bytes / GIB

    assert gib(documented=True) == pytest.approx(15.93, abs=0.01)
    assert gib(documented=False) == pytest.approx(11.28, abs=0.01)
    offloaded = zero2_estimate(2851e6, total_gpus=8, offload_optimizer=True)
    assert offloaded.gpu_bytes == 2 * 2851e6
    assert offloaded.host_bytes == 2851e6 * 32 * 1.5


def test_offloaded_states_lie_in_host_memory() -> None:
    stated = run(framework="deepspeed", gpus=8, sharding=Sharding.ZERO2)
    recipe = framework_named("deepspeed")
    here = states_of(LLAMA_7B, stated, recipe)
    offloaded = run(
        framework="deepspeed", gpus=8, sharding=Sharding.ZERO2, offload=Offload(optimizer=True)
    )
    there = states_of(LLAMA_7B, offloaded, recipe)
    assert there.optimizer_bytes == there.gradient_bytes == 0
    assert there.host_bytes == pytest.approx(8 * (here.optimizer_bytes + here.gradient_bytes) * 1.5)
    assert here.host_bytes == 0


def test_adapters_beside_a_frozen_model_have_states_of_their_own() -> None:
    adapted = run(method=Method.LORA, adapter=Adapter(rank=8, targets=("q", "v")))
    states = states_of(LLAMA_7B, adapted, framework_named("huggingface"))
    assert states.optimizer_bytes == 8 * 4_194_304
    assert states.weight_bytes == pytest.approx(2 * LLAMA_7B.parameters + 4 * 4_194_304)


def test_trained_tables_stand_beside_the_frozen_ones() -> None:
    recipe = framework_named("huggingface")

    def weights(*tables: str) -> float:
        adapter = Adapter(rank=8, targets=("q", *tables))
        return states_of(LLAMA_7B, run(method=Method.LORA, adapter=adapter), recipe).weight_bytes

    assert weights("embedding", "head") - weights() == pytest.approx(2 * 2 * 32_000 * 4096)


def test_muon_leaves_the_tables_to_adamw() -> None:
    def optimizer_bytes(name: str) -> float:
        stated = run(framework="deepspeed", optimizer=name)
        return states_of(LLAMA_7B, stated, framework_named("deepspeed")).optimizer_bytes

    saved = optimizer_bytes("adamw") - optimizer_bytes("muon")
    assert saved == pytest.approx(4 * LLAMA_7B.body_parameters)
