"""generator.sizing.train.flops, device and time: operations, rates and seconds."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from generator.sizing.nonsense import Nonsense
from generator.sizing.train import flops
from generator.sizing.train.calibration import CALIBRATION
from generator.sizing.train.programme import programme_factor
from generator.sizing.train.run import Method, Parallel, Recompute, Sharding
from generator.sizing.train.time import StepTime, step_time
from tests.sizing.train.cases import (
    A100,
    CATALOG,
    GPT,
    H100,
    LLAMA_7B,
    LLAMA_8B,
    LLAMA_70B,
    QWEN_MOE,
    device,
    model,
    run,
)

TERA = 1e12


@pytest.mark.parametrize(("name", "gflop"), [("qwen3-235b-a22b", 147.8), ("qwen3-30b-a3b", 23.0)])
def test_a_mixture_counts_its_active_weights(name: str, gflop: float) -> None:
    counted = flops.flops_per_token(model(name), 4096, causal=True).total
    assert counted / 1e9 == pytest.approx(gflop, rel=0.01)


def test_adapters_take_two_thirds_of_the_operations_and_recompute_a_quarter_more() -> None:
    full = flops.flops_per_token(LLAMA_70B, 4096)
    frozen = flops.flops_per_token(LLAMA_70B, 4096, method=Method.LORA)
    again = flops.flops_per_token(LLAMA_70B, 4096, recompute=Recompute.FULL)
    assert frozen.body / full.body == pytest.approx(4 / 6)
    assert frozen.body + frozen.head == pytest.approx(278e9, rel=0.01)
    assert again.body / full.body == pytest.approx(8 / 6)
    assert again.head == full.head


@pytest.mark.parametrize(
    ("parameters", "gpus", "achieved", "days"),
    [(174.6e9, 384, 144, 90), (174.6e9, 1536, 141, 23), (529.6e9, 2240, 159, 42)],
)
def test_a_run_takes_the_published_days(
    parameters: float, gpus: int, achieved: float, days: float
) -> None:
    seconds = flops.run_seconds(parameters, 300e9, gpus=gpus, achieved_flops_per_s=achieved * TERA)
    assert seconds / flops.SECONDS_PER_DAY == pytest.approx(days, rel=0.06)


def test_a_step_of_2_billion_takes_65_teraflop_per_gpu() -> None:
    assert flops.step_flops(2e9, samples=16, sequence=2048, gpus=8) / TERA == 65.536


def test_mt_nlg_steps_take_what_was_measured() -> None:
    work = flops.step_flops(530e9, samples=1920, sequence=2048, gpus=2240, layers=105, hidden=20480)
    assert work / (126 * TERA) == pytest.approx(60.1, rel=0.01)


@pytest.mark.parametrize(
    ("mfu", "hidden", "layers", "hfu"),
    [(0.415, 6144, 48, 0.437), (0.514, 12288, 96, 0.528), (0.56, 20480, 105, 0.57)],
)
def test_selective_recompute_adds_attention_alone(
    mfu: float, hidden: int, layers: int, hfu: float
) -> None:
    counted = flops.hardware_utilisation_ratio(
        mfu, Recompute.SELECTIVE, hidden=hidden, layers=layers, sequence=2048, vocabulary=51_200
    )
    assert counted == pytest.approx(hfu, abs=0.001)


def test_full_recompute_adds_a_third() -> None:
    assert flops.hardware_utilisation_ratio(0.3168, Recompute.FULL) == pytest.approx(0.4224)
    assert flops.hardware_utilisation_ratio(0.4, Recompute.NONE) == 0.4


def test_a_utilisation_is_what_palm_counts() -> None:
    work = flops.palm_flops_per_token(64_862_437_376, layers=80, width=8192, sequence=2048)
    mfu = flops.utilisation_ratio(28_242, work, gpus=32, peak_flops_per_s=989.4 * TERA)
    assert mfu == pytest.approx(0.3615, rel=0.002)
    assert flops.achieved_ratio(408.8, 989.4) == pytest.approx(0.41, abs=0.01)


def test_a_bubble_is_a_share_of_the_ideal_or_of_the_whole() -> None:
    assert flops.pipeline_bubble_ratio(4, 8) == 3 / 8
    assert flops.pipeline_bubble_ratio(4, 8, virtual_stages=2) == 3 / 16
    assert flops.bubble_of_total_ratio(4, 8) == 3 / 11


def test_recompute_is_read_as_sources_write_it() -> None:
    assert flops.recompute_named("full (8TP/nX)") is Recompute.FULL
    assert flops.recompute_named("selective+SP") is Recompute.SELECTIVE
    with pytest.raises(Nonsense, match="state one of"):
        flops.recompute_named("partial")


def test_a_device_multiplies_at_the_measured_rate_of_its_format() -> None:
    wide, narrow = device(H100), device(H100, run(precision="fp8"))
    assert wide.matmul_flops_per_s == pytest.approx(794.5 * TERA, rel=0.001)
    assert narrow.matmul_flops_per_s == pytest.approx(1402.6 * TERA, rel=0.001)
    assert narrow.narrow
    assert not wide.narrow


def test_an_a100_trains_fp8_in_16_bits() -> None:
    assert device(A100, run(precision="fp8")).peak_flops_per_s == 312 * TERA


def test_a_device_without_measurement_takes_its_architectures_share() -> None:
    smaller = device("nvidia-a100-sxm4-40")
    assert smaller.matmul_flops_per_s == pytest.approx(0.87 * 312 * TERA)
    assert 0 < device("nvidia-l40s").link_bytes_per_s < device().link_bytes_per_s


def test_every_gpu_of_the_catalogue_that_multiplies_16_bits_trains() -> None:
    for name in CATALOG.ids("accelerators"):
        peaks = CATALOG.accelerator(name).peak_dense_tflops
        precision = "bf16" if "bf16" in peaks else "fp16"
        if precision not in peaks:
            continue
        stated = run(precision=precision)
        assert step_time(LLAMA_7B, stated, device(name, stated)).mfu_ratio < 0.85


def took(name: str = A100, of: Any = LLAMA_7B, **stated: Any) -> StepTime:
    wanted = run(**stated)
    return step_time(of, wanted, device(name, wanted))


def test_the_parts_of_a_step_add_up() -> None:
    step = took(
        name=H100,
        of=LLAMA_70B,
        gpus=64,
        batch=128,
        framework="megatron",
        distributed_optimizer=True,
        parallel=Parallel(tensor=8, pipeline=4, virtual_stages=2),
    )
    parts = (step.matmul_s, step.attention_s, step.elementwise_s, step.tensor_exchange_s,
             step.expert_exchange_s, step.sharding_exchange_s, step.data_exchange_s, step.idle_s,
             step.optimizer_s)  # fmt: skip
    assert step.step_s == pytest.approx(sum(parts))
    assert min(parts) >= 0
    assert step.tensor_exchange_s > 0
    assert step.idle_s > 0
    assert step.tokens_per_s_per_gpu == pytest.approx(128 * 2048 / step.step_s / 64)
    assert step.mfu_ratio <= step.hfu_ratio < 1


@given(st.integers(1, 64), st.sampled_from([512, 2048, 8192]))
def test_a_longer_step_never_takes_less(batch: int, sequence: int) -> None:
    def seconds(samples: int) -> float:
        return took(micro_batch=samples, sequence=sequence).step_s

    assert 0 < seconds(batch) < seconds(batch + 1)


def test_recompute_takes_longer_and_adapters_take_less() -> None:
    plain = took().step_s
    assert took(recompute=Recompute.FULL).step_s > 1.2 * plain
    assert took(method=Method.LORA).step_s < 0.75 * plain


def test_recompute_that_stops_early_costs_less() -> None:
    def share(framework: str) -> float:
        before = took(of=GPT, framework=framework).matmul_s
        return took(of=GPT, framework=framework, recompute=Recompute.FULL).matmul_s / before

    assert share("llm-foundry") < share("huggingface") < 4 / 3


def test_stored_scores_cost_time() -> None:
    assert took(attention="eager").step_s > took().step_s


def test_8_bits_are_faster_where_the_gpu_has_them() -> None:
    assert took(name=H100, precision="fp8").step_s < took(name=H100).step_s
    assert took(precision="fp8").step_s == took().step_s


def test_kernels_of_the_vendor_are_faster_from_hopper_on() -> None:
    def attention(name: str, framework: str) -> float:
        return took(name=name, sequence=8192, framework=framework).attention_s

    assert attention(H100, "megatron") < attention(H100, "huggingface")
    assert attention(A100, "megatron") == attention(A100, "huggingface")
    slower = attention(A100, "megatron-deterministic") / attention(A100, "megatron")
    assert slower == pytest.approx(CALIBRATION.deterministic_attention_ratio)


def test_a_repeatable_run_after_hopper_attends_with_kernels_of_ampere() -> None:
    """259 to 346 TFLOP/s on a B200, no more than on an H100: flash-attention, issue 1589."""

    def attention(name: str, framework: str) -> float:
        return took(name=name, sequence=8192, framework=framework).attention_s

    blackwell = "nvidia-b200-sxm-180"
    assert attention(blackwell, "megatron") < 0.5 * attention(H100, "megatron")
    assert attention(blackwell, "fsdp") == pytest.approx(attention(H100, "fsdp"), rel=0.01)
    slower = attention(blackwell, "megatron-deterministic") / attention(blackwell, "fsdp")
    assert slower == pytest.approx(CALIBRATION.deterministic_attention_ratio, rel=0.01)


def test_the_logits_cross_the_memory_bus_too() -> None:
    """A narrow model with a wide vocabulary reaches less of the peak."""
    narrow = replace(GPT, hidden=768, heads=12, kv_heads=12, head_dim=64, ffn=4 * 768, layers=12)

    def moved(**of: Any) -> float:
        return took(of=replace(narrow, **of), framework="llm-foundry").elementwise_s

    one, two, three = moved(vocabulary=8_000), moved(vocabulary=16_000), moved(vocabulary=24_000)
    assert three - two == pytest.approx(two - one)
    logits = CALIBRATION.elementwise_passes * 12 * 8_000 * 2048
    assert two - one == pytest.approx(logits / device().bandwidth_bytes_per_s)
    again = took(of=narrow, framework="llm-foundry", recompute=Recompute.FULL).elementwise_s
    assert again < 4 / 3 * moved()


def staged(layers: int, *, framework: str = "megatron", **model: Any) -> StepTime:
    """One pass of a GPT in four stages."""
    of = replace(GPT, layers=layers, **model)
    return took(of=of, gpus=4, batch=4, framework=framework, parallel=Parallel(pipeline=4))


def test_the_last_stage_computes_the_head_alone() -> None:
    """Layers that divide evenly leave it the slowest; with one layer fewer it keeps pace."""
    headless = staged(32, vocabulary=1).matmul_s
    head = staged(32).matmul_s - headless
    weights = GPT.vocabulary * GPT.hidden
    assert head / headless == pytest.approx(weights / (GPT.body_parameters / 4), rel=0.01)
    assert staged(31).matmul_s == pytest.approx(headless, rel=0.001)


def test_the_fullest_stage_sets_the_pace() -> None:
    assert staged(30).elementwise_s == staged(31).elementwise_s
    assert staged(30).attention_s == pytest.approx(staged(32).attention_s)


def test_products_hide_tensor_traffic_only_where_the_recipe_and_the_layout_let_them() -> None:
    def waits(framework: str, *, sequence: bool) -> float:
        layout = Parallel(tensor=8, sequence=sequence)
        return took(of=GPT, gpus=8, framework=framework, parallel=layout).tensor_exchange_s

    whole = waits("megatron", sequence=False)
    assert waits("megatron-legacy", sequence=True) == whole
    assert waits("fsdp", sequence=True) == whole
    hidden = waits("megatron", sequence=True)
    assert hidden == pytest.approx(CALIBRATION.exposed_tensor_ratio * whole)


def test_old_pipelines_reduce_gradients_when_the_backward_pass_is_over() -> None:
    def shown(framework: str, stages: int) -> float:
        layout = {"gpus": 16 * stages, "parallel": Parallel(pipeline=stages)}
        return took(of=GPT, framework=framework, batch=16 * 64, **layout).data_exchange_s

    assert shown("megatron", 2) == shown("megatron-legacy", 1) == 0
    assert shown("megatron-legacy", 2) > 0


def test_mixed_precision_reduces_gradients_in_32_bits() -> None:
    def exposed(precision: str) -> float:
        stated = {"gpus": 8, "sharding": Sharding.FSDP, "precision": precision}
        return took(framework="llm-foundry", **stated).sharding_exchange_s

    assert exposed("bf16-mixed") == pytest.approx(4 / 3 * exposed("bf16"))


def test_hosts_gather_slower_than_one_host() -> None:
    def exposed(gpus: int) -> float:
        return took(gpus=gpus, sharding=Sharding.FSDP, framework="fsdp").sharding_exchange_s

    assert exposed(1) == 0
    assert 0 < exposed(8) < exposed(64)


def test_tensor_ranks_across_hosts_wait_longer() -> None:
    def waits(ranks: int) -> float:
        laid_out = {"gpus": ranks, "parallel": Parallel(tensor=ranks)}
        return took(of=LLAMA_70B, **laid_out).tensor_exchange_s

    assert waits(16) > 5 * waits(8)


def test_experts_across_hosts_wait_longer() -> None:
    def waits(ranks: int) -> float:
        laid_out = {"gpus": ranks, "parallel": Parallel(expert=ranks), "framework": "megatron"}
        return took(of=QWEN_MOE, **laid_out).expert_exchange_s

    assert took(of=QWEN_MOE).expert_exchange_s == 0
    assert 0 < waits(8) < waits(32)


def test_gradients_hide_behind_the_backward_pass_unless_the_step_is_short() -> None:
    def shown(batch: int) -> float:
        return took(
            gpus=64, batch=64 * batch, micro_batch=batch, framework="megatron"
        ).data_exchange_s

    assert shown(64) == 0
    assert shown(1) > 0


def test_a_stated_utilisation_replaces_the_model() -> None:
    assert took(utilisation_ratio=0.4).mfu_ratio == pytest.approx(0.4)


def test_llama_8b_under_fsdp_reaches_what_torchtitan_published() -> None:
    stated = run(
        sequence=8192, gpus=8, framework="torchtitan", sharding=Sharding.FSDP, recompute=None
    )
    step = step_time(LLAMA_8B, stated, device(H100, stated))
    assert step.tokens_per_s_per_gpu == pytest.approx(5762, rel=0.2)


def test_a_run_that_cannot_be_has_no_time() -> None:
    with pytest.raises(Nonsense):
        took(micro_batch=0)


def test_a_programme_takes_longer_than_its_run_and_an_adapter_does_not() -> None:
    assert programme_factor(run()) == 1 / CALIBRATION.programme_ratio
    assert programme_factor(run(method=Method.LORA)) == 1
    halved = replace(CALIBRATION, programme_ratio=0.5)
    assert programme_factor(run(), calibration=halved) == 2
