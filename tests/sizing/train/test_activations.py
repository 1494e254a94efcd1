"""Activations, by Korthikanti's formulas and tensor by tensor."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from generator.quantity import GIB
from generator.sizing.nonsense import Nonsense
from generator.sizing.train import activations
from generator.sizing.train.activations import Layer, in_flight_layers, layer_bytes, model_bytes
from generator.sizing.train.frameworks import framework_named
from generator.sizing.train.run import Adapter, Method, Recompute
from generator.sizing.train.tensors import kept_tensors, layer_tensors
from tests.sizing.train.cases import GPT, LLAMA_7B, LLAMA_8B, QWEN_MOE, run

LAYER = Layer(sequence=4096, micro_batch=1, hidden=4096, heads=32)
MEGATRON = framework_named("megatron")


@pytest.mark.parametrize(("heads", "hidden", "ratio"), [(96, 12288, 80), (128, 20480, 64)])
def test_scores_outweigh_the_rest_of_a_layer(heads: int, hidden: int, ratio: float) -> None:
    assert activations.score_ratio(heads=heads, sequence=2048, hidden=hidden) == ratio


@pytest.mark.parametrize(
    ("recompute", "gb"), [("none", 104), ("flash/selective", 18), ("full (inputs)", 1.07)]
)
def test_llama_2_7b_keeps_by_recompute(recompute: str, gb: float) -> None:
    assert model_bytes(LAYER, 32, recompute=recompute) / 1e9 == pytest.approx(gb, rel=0.06)


def test_sequence_parallelism_splits_what_tensor_parallelism_leaves_whole() -> None:
    alone = layer_bytes(LAYER, recompute="selective")
    tensor = layer_bytes(LAYER, recompute="selective", tensor=8)
    both = layer_bytes(LAYER, recompute="selective", tensor=8, sequence_parallel=True)
    assert tensor == alone * (10 + 24 / 8) / 34
    assert both == alone / 8


def test_an_unknown_recompute_is_refused() -> None:
    with pytest.raises(Nonsense, match="selective"):
        layer_bytes(LAYER, recompute="some")


def test_an_eager_llama_takes_31_gib_with_checkpointing_and_240_without() -> None:
    layer = Layer(sequence=32768, micro_batch=1, hidden=4096, heads=32)
    assert activations.hidden_state_bytes(layer) == GIB / 4
    assert activations.eager_layer_bytes(layer) == 7 * GIB
    with_it = activations.eager_model_bytes(layer, 32, 128_256, checkpointing=True)
    without = activations.eager_model_bytes(layer, 32, 128_256, checkpointing=False)
    assert with_it / GIB == pytest.approx(31, rel=0.02)
    assert without / GIB == pytest.approx(240, rel=0.02)


def test_the_logits_of_a_long_sequence_take_16_gib() -> None:
    assert activations.logits_bytes(32768, 1, 128_256) / GIB == pytest.approx(15.7, rel=0.005)


def test_the_first_stage_holds_all_layers_and_interleaving_adds_some() -> None:
    assert in_flight_layers(32, pipeline=4, micro_batches=16) == 32
    assert in_flight_layers(32, pipeline=4, micro_batches=2) == 16
    assert in_flight_layers(32, pipeline=4, virtual_stages=8) == 35


def per_hidden(model: object, recipe: str, **stated: object) -> float:
    named = framework_named(recipe)
    kept = layer_tensors(model, run(framework=recipe, **stated), named).kept  # type: ignore[arg-type]
    return kept.on_rank_bytes() / model.hidden  # type: ignore[attr-defined]


def test_a_gpt_layer_counted_tensor_by_tensor_is_korthikantis() -> None:
    assert per_hidden(GPT, "megatron") == 34
    assert per_hidden(GPT, "megatron", attention="eager") == 34 + 5 * 32 * 2048 / 4096


def test_tensor_ranks_leave_ten_bytes_whole() -> None:
    kept = layer_tensors(GPT, run(framework="megatron"), MEGATRON).kept
    assert kept.on_rank_bytes(tensor=4) / 4096 == 10 + 24 / 4
    assert kept.on_rank_bytes(tensor=4, sequence_parallel=True) / 4096 == 34 / 4


def test_a_llama_layer_takes_34_with_fused_and_41_with_plain_gates() -> None:
    masks = 2
    assert per_hidden(LLAMA_8B, "megatron") - masks == 34
    fused_norms = per_hidden(LLAMA_8B, "fsdp", compiled=True)
    repeated_kv = 2 * 2 * (1 - 1 / 4)
    assert fused_norms == 34 + repeated_kv


def test_an_eager_llama_layer_stays_below_the_published_upper_bound() -> None:
    upper = 2 * activations.EAGER_MULTIPLE
    assert 0.85 * upper < per_hidden(LLAMA_8B, "huggingface") < upper


def test_frozen_matrices_keep_no_input() -> None:
    # All three: a joint adapter with a gap keeps what it pads.
    adapter = Adapter(rank=8, targets=("q", "k", "v"))
    full = per_hidden(LLAMA_7B, "litgpt")
    adapted = per_hidden(LLAMA_7B, "litgpt", method=Method.LORA, adapter=adapter)
    quantised = per_hidden(LLAMA_7B, "litgpt", method=Method.QLORA, adapter=adapter)
    assert adapted < quantised
    assert adapted < 0.8 * full
    product = 2 * LLAMA_7B.ffn / LLAMA_7B.hidden
    assert quantised - adapted == pytest.approx(product + 4)


def test_full_recompute_keeps_inputs_and_one_live_layer() -> None:
    recipe = framework_named("huggingface")
    whole = kept_tensors(LLAMA_8B, run(), recipe)
    inputs = kept_tensors(LLAMA_8B, run(recompute=Recompute.FULL), recipe)
    assert inputs.kept.on_rank_bytes() == 2 * 4096
    assert inputs.live.on_rank_bytes() > whole.kept.on_rank_bytes()


def test_selective_recompute_drops_the_scores() -> None:
    plain = run(framework="megatron", attention="eager", recompute=Recompute.SELECTIVE)
    kept = kept_tensors(GPT, plain, MEGATRON).kept
    assert kept.on_rank_bytes() / 4096 == 34


def test_recompute_by_operation_keeps_every_second_product() -> None:
    recipe = framework_named("torchtitan")
    kept = kept_tensors(LLAMA_8B, run(recompute=None), recipe).kept
    assert kept.on_rank_bytes() == 2 * (2 * 4096 + 4096 + 1024 + 14336 + 4096)


def test_a_mixture_keeps_the_tensors_of_the_experts_that_work() -> None:
    assert per_hidden(QWEN_MOE, "megatron") > 4 * 2 * 8 * 768 / 2048


@given(st.integers(1, 64), st.integers(1, 1 << 17))
def test_more_tokens_never_keep_less(batch: int, sequence: int) -> None:
    layer = Layer(sequence=sequence, micro_batch=batch, hidden=1024, heads=16)
    longer = Layer(sequence=sequence + 1, micro_batch=batch, hidden=1024, heads=16)
    assert 0 < layer_bytes(layer) < layer_bytes(longer)
