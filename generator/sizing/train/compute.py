"""Seconds of one micro-batch on one rank: products, attention, element-wise work, the update."""

from __future__ import annotations

from generator.sizing.train.flops import (
    FORWARD_FLOP,
    FROZEN_PASSES,
    TRAINING_PASSES,
    TokenFlops,
    flops_per_token,
)
from generator.sizing.train.states import RunStates
from generator.sizing.train.tensors import layer_tensors, logit_bytes, stored_score_bytes
from generator.sizing.train.work import RankWork

CAUSAL_SHARE = 0.5
"""Share of the square of scores that a causal flash kernel computes. Published: Dao,
FlashAttention-2, section 3.1."""

FLASH_PASSES = 3.5
"""Passes of flash attention over its products in training: one forward and 2.5 backward, which
computes the scores again. Published: Dao, FlashAttention-2, section 4.1."""

BEFORE_HOPPER = frozenset({"volta", "turing", "ampere", "ada"})
"""Architectures that flash attention was first written for, in the catalogue's words."""

HOPPER_MATMUL_FLOPS_PER_S = 794e12
"""Rate of the largest 16-bit products on H100 (S. Bekman, as in ``device``). Attention kernels
written for Ampere gain nothing from what comes after: FlashAttention-2 makes 259 to 346 TFLOP/s
forward and backward on a B200, no more than on an H100. Measured: Dao-AILab/flash-attention, issue
1589; Shah et al., FlashAttention-3, section 4.1."""


def matmul_s(one: RankWork, done: TokenFlops) -> float:
    """Products with weights; the head's, and everything frozen in few bits, runs in 16 bits."""
    device, calibration = one.device, one.calibration
    wide = calibration.matmul_ratio * device.wide_matmul_flops_per_s
    body = wide
    if device.narrow:
        vendor = one.recipe.vendor_kernels
        share = calibration.matmul_fp8_vendor_ratio if vendor else calibration.matmul_fp8_ratio
        body = share * device.matmul_flops_per_s
    passes = FROZEN_PASSES if one.run.adapts else TRAINING_PASSES
    needed = FORWARD_FLOP * one.model.active_body_parameters * (passes + one.again)
    work = needed / body * one.stage_share + done.head / wide * one.head_share
    return work * one.run.rank_tokens / one.run.parallel.tensor


def attention_s(one: RankWork, done: TokenFlops) -> float:
    """Attention itself: a flash kernel's own rate, or plain products over the full square."""
    run, device, calibration = one.run, one.device, one.calibration
    tokens = run.rank_tokens * one.stage_share / run.parallel.tensor
    if run.attention != "flash":
        rate = calibration.matmul_ratio * device.wide_matmul_flops_per_s
        return done.attention * tokens / rate
    whole = flops_per_token(one.model, run.sequence).attention / TRAINING_PASSES
    again = 1 if one.repeats_layers else 0
    work = whole * CAUSAL_SHARE * (FLASH_PASSES + again)
    slow = calibration.deterministic_attention_ratio if one.recipe.deterministic else 1.0
    return work * tokens * slow / _attention_flops_per_s(one)


def _attention_flops_per_s(one: RankWork) -> float:
    """By architecture, and from Hopper on by who wrote the kernel.

    The vendor's is not repeatable in its backward pass after Hopper (before cuDNN 9.18.1), so that
    a deterministic run falls back to FlashAttention-2 there. Source: NVIDIA, Transformer Engine,
    fused_attn.cpp, determinism on Blackwell.
    """
    calibration, device = one.calibration, one.device
    rate = device.wide_matmul_flops_per_s
    if device.architecture in BEFORE_HOPPER:
        return calibration.attention_ampere_ratio * rate
    after = device.architecture != "hopper"
    if one.recipe.vendor_kernels and not (after and one.recipe.deterministic):
        return calibration.attention_hopper_vendor_ratio * rate
    return calibration.attention_hopper_ratio * min(rate, HOPPER_MATMUL_FLOPS_PER_S)


def elementwise_s(one: RankWork) -> float:
    """Norms, activations, dropout, residuals, stored scores and the loss, at memory speed."""
    run, calibration = one.run, one.calibration
    parallel = run.parallel
    kept = layer_tensors(one.model, run, one.recipe).kept
    scores = stored_score_bytes(one.model, run, one.recipe)
    each = kept.on_rank_bytes(tensor=parallel.tensor, sequence_parallel=parallel.sequence)
    scores /= parallel.tensor
    moved = calibration.elementwise_passes * (each - scores) + calibration.score_passes * scores
    moved *= (TRAINING_PASSES + one.again) / TRAINING_PASSES
    each_s = run.rank_tokens / one.device.bandwidth_bytes_per_s
    return (moved * one.stage_layers + _loss_bytes(one)) * each_s


def _loss_bytes(one: RankWork) -> float:
    """Bytes moved per token for the loss, whose logits cross the bus as a layer's tensors do.

    Nothing of it is computed again. Beside a narrow model it is as much as all layers together.
    Source: Ivanov et al., Data Movement Is All You Need: softmax and its like are bound by memory.
    """
    logits = one.model.vocabulary * logit_bytes(one.run, one.recipe)
    moved = one.calibration.elementwise_passes * logits / one.run.parallel.tensor
    return moved * one.head_share


def optimizer_s(one: RankWork, states: RunStates) -> float:
    """The update reads gradients and reads and writes weights and states, at memory speed."""
    moved = states.gradient_bytes + 2 * (states.optimizer_bytes + states.weight_bytes)
    if one.run.adapts:
        moved = states.gradient_bytes + 2 * states.optimizer_bytes
    return moved / one.device.bandwidth_bytes_per_s
