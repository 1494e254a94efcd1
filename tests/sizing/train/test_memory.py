"""generator.sizing.train.memory and layout: the peak of a step, and what fits."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from generator.quantity import GIB
from generator.sizing.nonsense import Nonsense
from generator.sizing.train.calibration import CALIBRATION
from generator.sizing.train.layout import fits, largest_micro_batch, smallest_layout
from generator.sizing.train.memory import TrainingMemory, training_memory
from generator.sizing.train.run import Adapter, Method, Parallel, Recompute, Sharding
from tests.sizing.train.cases import GPT, LLAMA_7B, LLAMA_8B, LLAMA_70B, QWEN_MOE, run

Q_AND_V = Adapter(rank=8, targets=("q", "v"))


def parts_of(memory: TrainingMemory) -> float:
    return (
        memory.weight_bytes
        + memory.gradient_bytes
        + memory.optimizer_bytes
        + memory.activation_bytes
        + memory.logits_bytes
        + memory.buffer_bytes
        + memory.runtime_bytes
    )


@given(
    st.sampled_from(["huggingface", "deepspeed", "megatron", "torchtitan", "litgpt", "torchtune"]),
    st.sampled_from(list(Method)),
    st.integers(1, 16),
    st.sampled_from(list(Recompute)),
)
def test_the_parts_add_up_and_none_is_negative(
    framework: str, method: Method, batch: int, recompute: Recompute
) -> None:
    stated = run(
        framework=framework,
        method=method,
        micro_batch=batch,
        recompute=recompute,
        precision="nf4" if method is Method.QLORA else "bf16",
        adapter=Q_AND_V,
    )
    memory = training_memory(LLAMA_8B, stated)
    assert memory.total_bytes == pytest.approx(parts_of(memory), rel=1e-12)
    assert all(
        getattr(memory, name) >= 0
        for name in ("weight_bytes", "gradient_bytes", "optimizer_bytes", "activation_bytes",
                     "logits_bytes", "buffer_bytes", "runtime_bytes", "host_bytes")
    )  # fmt: skip
    assert memory.tensor_bytes == pytest.approx(memory.total_bytes - memory.runtime_bytes)
    assert memory.all_gpus_bytes == memory.total_bytes


@given(st.integers(1, 32), st.sampled_from(list(Recompute)))
def test_more_samples_never_need_less(batch: int, recompute: Recompute) -> None:
    def total(samples: int) -> float:
        stated = run(micro_batch=samples, recompute=recompute)
        return training_memory(LLAMA_8B, stated).total_bytes

    assert total(batch) <= total(batch + 1)


def test_recompute_and_adapters_need_less() -> None:
    def total(**stated: Any) -> float:
        return training_memory(LLAMA_7B, run(sequence=16384, **stated)).total_bytes

    assert total(recompute=Recompute.FULL) < total()
    assert total(method=Method.LORA) < total()
    assert total(method=Method.QLORA, precision="nf4") < total(method=Method.LORA)
    assert total(fused_loss=True) < total()


def test_a_long_sequence_peaks_at_the_loss_and_a_short_one_at_the_step() -> None:
    assert training_memory(LLAMA_7B, run(sequence=8192)).moment == "loss"
    short = run(sequence=16, batch=8, recompute=Recompute.FULL)
    assert training_memory(LLAMA_7B, short).moment == "step"


def test_gradients_are_there_at_the_loss_only_where_passes_accumulate() -> None:
    once = training_memory(LLAMA_7B, run(sequence=8192))
    often = training_memory(LLAMA_7B, run(sequence=8192, batch=8))
    assert once.gradient_bytes == 0
    assert often.gradient_bytes == 4 * LLAMA_7B.parameters
    assert once.static_bytes == often.static_bytes


def test_a_megatron_step_peaks_where_its_tests_measured() -> None:
    shape = replace(GPT, kv_heads=8, vocabulary=131_073, tied=False)
    laid_out = run(
        framework="megatron",
        sequence=8192,
        batch=8,
        gpus=8,
        distributed_optimizer=True,
        parallel=Parallel(pipeline=4, virtual_stages=8),
    )
    memory = training_memory(shape, laid_out)
    assert memory.static_bytes == pytest.approx(24.6e9, rel=0.06)
    assert memory.tensor_bytes == pytest.approx(60.6e9, rel=0.02)


def test_a_lora_of_llama_2_7b_takes_21_gb_in_litgpt() -> None:
    stated = run(sequence=1304, framework="litgpt", method=Method.LORA, adapter=Q_AND_V)
    assert training_memory(LLAMA_7B, stated).tensor_bytes == pytest.approx(21.3e9, rel=0.06)


def test_sharding_over_more_gpus_leaves_each_with_less() -> None:
    def total(gpus: int) -> float:
        stated = run(sequence=8192, gpus=gpus, sharding=Sharding.FSDP, framework="torchtitan")
        return training_memory(LLAMA_8B, stated).total_bytes

    saved = (total(8) - total(128)) / GIB
    assert saved == pytest.approx(15.4, rel=0.1)


def test_context_parallelism_divides_activations() -> None:
    def activations(context: int) -> float:
        laid_out = run(
            sequence=131_072, framework="megatron", gpus=16, parallel=Parallel(context=context)
        )
        return training_memory(LLAMA_8B, laid_out).activation_bytes

    assert activations(16) == pytest.approx(activations(1) / 16)


def test_several_gpus_need_a_communicator_each() -> None:
    alone = training_memory(LLAMA_7B, run()).runtime_bytes
    together = training_memory(LLAMA_7B, run(gpus=2)).runtime_bytes
    assert together - alone == pytest.approx(CALIBRATION.communicator_bytes)


@pytest.mark.parametrize(
    ("stated", "field"),
    [
        ({"gpus": 64, "parallel": Parallel(tensor=64)}, "train.parallel.tensor"),
        ({"gpus": 64, "parallel": Parallel(pipeline=64)}, "train.parallel.pipeline"),
        ({"gpus": 8, "parallel": Parallel(expert=8)}, "train.parallel.expert"),
        ({"framework": "theano"}, "train.framework"),
        ({"precision": "int5"}, "model.precision"),
    ],
)
def test_what_the_model_cannot_be_split_into_is_refused(stated: dict[str, Any], field: str) -> None:
    with pytest.raises(Nonsense) as raised:
        training_memory(LLAMA_8B, run(**stated))
    assert raised.value.field == field


def test_the_largest_micro_batch_fits_and_the_next_does_not() -> None:
    stated = run(method=Method.LORA, adapter=Q_AND_V)
    most = largest_micro_batch(LLAMA_7B, stated, 80 * GIB)
    assert most > 1
    assert fits(LLAMA_7B, replace(stated, micro_batch=most), 80 * GIB)
    assert not fits(LLAMA_7B, replace(stated, micro_batch=most + 1), 80 * GIB)
    assert largest_micro_batch(LLAMA_70B, stated, 8 * GIB) == 0


def test_a_device_without_memory_is_refused() -> None:
    with pytest.raises(Nonsense, match="above zero"):
        fits(LLAMA_7B, run(), 0)


def test_the_smallest_layout_is_one_gpu_where_one_is_enough() -> None:
    stated = run(method=Method.QLORA, precision="nf4", recompute=Recompute.FULL)
    found = smallest_layout(LLAMA_7B, stated, 24 * GIB)
    assert found is not None
    assert found.gpus == 1


def test_the_smallest_layout_fits_and_half_of_it_does_not() -> None:
    stated = run(sequence=4096, framework="deepspeed", recompute=Recompute.FULL, batch=64)
    found = smallest_layout(LLAMA_70B, stated, 79 * GIB)
    assert found is not None
    assert fits(LLAMA_70B, found, 79 * GIB)
    assert found.gpus > 8
    assert smallest_layout(LLAMA_70B, stated, 79 * GIB, host_gpus=1) is not None


def test_a_stated_sharding_is_kept() -> None:
    stated = run(sequence=4096, framework="fsdp", sharding=Sharding.FSDP, recompute=Recompute.FULL)
    found = smallest_layout(LLAMA_8B, stated, 79 * GIB)
    assert found is not None
    assert found.sharding is Sharding.FSDP


def test_what_no_layout_holds_has_none() -> None:
    assert smallest_layout(LLAMA_70B, run(sequence=1 << 20), 1 * GIB) is None


def test_a_mixture_is_laid_out_too() -> None:
    stated = run(framework="megatron", recompute=Recompute.FULL)
    assert smallest_layout(QWEN_MOE, stated, 79 * GIB) is not None


def test_lists_of_tensors_step_with_a_copy_of_a_moment() -> None:
    """PyTorch from 2.0 on; before it AdamW took one tensor after the other."""

    def stepped(framework: str) -> TrainingMemory:
        return training_memory(LLAMA_7B, run(framework=framework, precision="fp32"))

    now, before = stepped("huggingface"), stepped("huggingface-legacy")
    assert now.moment == "step"
    assert now.buffer_bytes == pytest.approx(4 * LLAMA_7B.parameters)
    assert before.buffer_bytes == 0


def test_a_padded_joint_adapter_is_kept() -> None:
    """LitGPT cuts q, k and v from one tensor and pads their adapter where one of them has none."""

    def kept(*targets: str) -> float:
        adapter = Adapter(rank=8, targets=targets)
        stated = run(framework="litgpt", method=Method.LORA, adapter=adapter)
        return training_memory(LLAMA_7B, stated).activation_bytes

    padded = kept("q", "v") - kept("q", "k", "v")
    tokens = 2048 * LLAMA_7B.layers
    assert padded == pytest.approx(2 * 2 * LLAMA_7B.hidden * tokens)
