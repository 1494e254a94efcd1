"""Seconds that ranks wait for each other: tensor, expert, sharding and data exchanges."""

from __future__ import annotations

from generator.sizing.network.step import HIDING_SHARE, exposed_s
from generator.sizing.train.run import Method, Sharding
from generator.sizing.train.states import RunStates
from generator.sizing.train.tensors import WIDE_BYTES
from generator.sizing.train.work import VALUE_BYTES, RankWork

ALL_REDUCES_PER_LAYER = 4
"""All-reduces of hidden states per layer among tensor ranks, forward and backward. Published:
Shoeybi et al., Megatron-LM, section 3. Full recompute repeats the two of the forward pass."""

EXPERT_EXCHANGES = 4
"""All-to-alls per layer of experts: out and back, forward and backward. Published: Lepikhin et al.,
GShard, section 3."""

GATHERS = 2
"""Times that sharded weights are gathered per pass of a micro-batch: forward and backward.
Gradients are scattered once; frozen weights have none. Published: Rajbhandari et al., ZeRO, section
7.2.2."""


def _group_rate(one: RankWork, ranks: int) -> float:
    """Bytes per second among ``ranks`` neighbours: inside a host as far as they fit there."""
    inside = ranks <= one.device.host_gpus
    return one.device.link_bytes_per_s if inside else one.device.network_bytes_per_s


def tensor_exchange_s(one: RankWork) -> float:
    """All-reduces of hidden states; sequence parallelism moves the same in two halves.

    Layers wait for all of it (Korthikanti et al., section 4.2.2) unless the recipe lets products
    overlap with it, which needs sequence parallelism. Source: Megatron-LM, arguments.py,
    ``--tp-comm-overlap``.
    """
    ranks = one.run.parallel.tensor
    if ranks == 1:
        return 0.0
    count = ALL_REDUCES_PER_LAYER + (2 if one.repeats_layers else 0)
    size = VALUE_BYTES * one.model.hidden * one.run.rank_tokens
    moved = count * one.stage_layers * 2 * (ranks - 1) / ranks * size
    hides = one.recipe.overlaps_tensor and one.run.parallel.sequence
    exposed = one.calibration.exposed_tensor_ratio if hides else 1.0
    return exposed * moved / _group_rate(one, ranks)


def expert_exchange_s(one: RankWork) -> float:
    """All-to-alls of tokens to their experts and back.

    Inside a host a token goes to each of its experts; it crosses to another host once, however many
    of its experts are there, and is spread from its peer. Source: DeepSeek-AI, DeepSeek-V3,
    section 3.2.2.
    """
    run, model, device = one.run, one.model, one.device
    ranks = run.parallel.expert
    if ranks == 1 or not model.experts:
        return 0.0
    layers = model.moe_layers / model.layers * one.stage_layers
    exchanges = EXPERT_EXCHANGES + (2 if one.repeats_layers else 0)
    size = exchanges * layers * VALUE_BYTES * model.hidden * run.rank_tokens / run.parallel.tensor
    inner = min(ranks, max(1, device.host_gpus // run.parallel.tensor))
    hosts = ranks / inner
    inside = size * model.active_experts * (inner - 1) / inner / device.link_bytes_per_s
    met = hosts * (1 - (1 - 1 / hosts) ** model.active_experts)
    between = size * met * (hosts - 1) / hosts / device.network_bytes_per_s
    return inside + between


def sharding_exchange_s(one: RankWork) -> float:
    """Sharded weights gathered and gradients scattered in each pass, where it is not hidden.

    Inside a host each GPU receives what the others hold, between hosts all NICs work together.
    Mixed precision gathers in 16 bits and reduces gradients in 32. Source: MosaicML, Composer,
    FSDP mixed precision ``DEFAULT``; ``PURE`` reduces in 16.
    """
    run, device = one.run, one.device
    if run.sharding not in (Sharding.ZERO3, Sharding.FSDP) or run.sharing_ranks == 1:
        return 0.0
    reduced = WIDE_BYTES if run.precision.endswith("-mixed") else VALUE_BYTES
    moved = GATHERS * VALUE_BYTES + (reduced if run.method is Method.FULL else 0)
    size = moved * one.model.parameters / run.model_ranks
    inner = min(run.gpus, device.host_gpus)
    hosts = run.gpus / inner
    inside = size * (inner - 1) / inner / device.link_bytes_per_s
    between = size * (hosts - 1) / hosts / (device.network_bytes_per_s * inner)
    return one.calibration.exposed_sharding_ratio * (inside + between)


def data_exchange_s(one: RankWork, states: RunStates, busy_s: float) -> float:
    """Gradients reduced over data-parallel ranks, beyond what the backward passes hide.

    Plain data parallelism reduces and gathers gradients; where states are shared out, gradients are
    scattered and weights gathered. Source: Rajbhandari et al., ZeRO, section 7.2.1. Recipes from
    before gradient buckets reduce after the last pass where there are pipeline stages, see
    ``Framework.overlaps_gradients``.
    """
    run = one.run
    ranks = run.sharing_ranks
    if ranks == 1 or run.sharding in (Sharding.ZERO3, Sharding.FSDP):
        return 0.0
    gradients = states.gradient_bytes * (ranks if run.sharding is Sharding.ZERO2 else 1)
    shared = run.distributed_optimizer or run.sharding.stage
    gathered = states.weight_bytes if shared and not run.adapts else gradients
    traffic = (ranks - 1) / ranks * (gradients + gathered) / _group_rate(one, run.gpus)
    overlaps = one.recipe.overlaps_gradients or run.parallel.pipeline == 1
    return exposed_s(traffic, busy_s, HIDING_SHARE["data"].value if overlaps else 0.0)
