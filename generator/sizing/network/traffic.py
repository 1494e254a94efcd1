"""What one training step sends, per rank and dimension of parallelism, before any time is known."""

from __future__ import annotations

from enum import StrEnum

from generator.sizing.network.collectives import Collective, collective_factor
from generator.sizing.nonsense import Nonsense, not_negative, positive

BLOCK_ALL_REDUCES = 4
"""All-reduces of one transformer block under tensor parallelism: two forward, two backward.
Published: Shoeybi et al., Megatron-LM, section 3."""

RECOMPUTED_ALL_REDUCES = 2
"""Further ones where the forward pass of a block is done again. Published: Rajbhandari et al.,
ZeRO, section 8: 12 x s x b x h elements per block with recomputation, 8 without."""

RING_ATTENTION_PASSES = 3
"""Times that keys and values travel around a ring: once forward; backward they and their gradients
do. Published: Liu et al., Ring Attention with Blockwise Transformers, section 3."""


class Scheme(StrEnum):
    """How the states of data-parallel replicas are kept. FSDP's full shard is ZeRO-3."""

    DDP = "ddp"
    ZERO_1 = "zero1"
    ZERO_2 = "zero2"
    ZERO_3 = "zero3"


_NAMES = {
    "ddp": Scheme.DDP,
    "dp": Scheme.DDP,
    "zero0": Scheme.DDP,
    "zero1": Scheme.ZERO_1,
    "zero2": Scheme.ZERO_2,
    "zero3": Scheme.ZERO_3,
    "fsdp": Scheme.ZERO_3,
    "shardgradop": Scheme.ZERO_2,
}


def scheme_named(name: str) -> Scheme:
    """The scheme of that name (``ddp``, ``zero-3``, ``FSDP``); ``Nonsense`` for none."""
    plain = "".join(letter for letter in name.lower() if letter.isalnum())
    if plain not in _NAMES:
        raise Nonsense("train.parallelism", f"{name!r} is none", "name ddp, zero1, zero2 or zero3")
    return _NAMES[plain]


def data_parallel_factor(scheme: Scheme) -> int:
    """Elements that a rank sends per step and parameter: 2, with ZeRO-3 3.

    DDP all-reduces gradients (2); ZeRO-1 and 2 reduce-scatter them and gather parameters (1 + 1);
    ZeRO-3 gathers parameters twice (1 + 2). For many ranks, ``(n-1)/n`` taken as 1. Source:
    Rajbhandari et al., ZeRO, section 7.
    """
    return 3 if scheme is Scheme.ZERO_3 else 2


def data_parallel_bytes(
    parameters: float,
    scheme: Scheme,
    *,
    ranks: int,
    gradient_bytes: float,
    parameter_bytes: float,
    micro_batches: int = 1,
) -> float:
    """Bytes that each rank sends per optimiser step, for exactly ``ranks`` replicas.

    ``parameters`` are those of one rank after tensor and pipeline parallelism; ``gradient_bytes``
    and ``parameter_bytes`` are what one element takes on the wire. Where gradients are sharded
    (ZeRO-2 and 3) each micro-batch reduces its own, and ZeRO-3 gathers the parameters twice for
    each: accumulating over micro-batches saves such runs nothing. Sources: Rajbhandari et al.,
    ZeRO, section 7; PyTorch, FullyShardedDataParallel, no_sync.
    """
    not_negative("parameters", parameters)
    share = collective_factor(Collective.ALL_GATHER, ranks)
    rounds = positive("train.micro_batches", micro_batches)
    gradients = parameters * positive("train.gradient_bytes", gradient_bytes) * share
    weights = parameters * positive("model.parameter_bytes", parameter_bytes) * share
    if scheme is Scheme.DDP:
        return 2 * gradients
    if scheme is Scheme.ZERO_1:
        return gradients + weights
    if scheme is Scheme.ZERO_2:
        return rounds * gradients + weights
    return rounds * (gradients + 2 * weights)


def tensor_parallel_elements(
    sequence: int, micro_batch: int, hidden: int, *, recompute: bool, ranks: int | None = None
) -> float:
    """Elements that a rank moves per transformer block and micro-batch.

    ``12 s b h`` with full recomputation, ``8 s b h`` without (ZeRO, section 8), for many ranks;
    with ``ranks`` stated, exactly: 6 or 4 all-reduces of ``s b h``. Sequence parallelism replaces
    each all-reduce by a reduce-scatter and an all-gather of the same volume (Korthikanti et al.,
    Reducing Activation Recomputation, section 4.2.2).
    """
    tokens = positive("train.sequence", sequence) * positive("train.micro_batch", micro_batch)
    calls = BLOCK_ALL_REDUCES + (RECOMPUTED_ALL_REDUCES if recompute else 0)
    factor = 2.0 if ranks is None else collective_factor(Collective.ALL_REDUCE, ranks)
    return calls * factor * tokens * positive("model.hidden", hidden)


def pipeline_elements(
    sequence: int, micro_batch: int, hidden: int, *, tensor_parallel: int = 1
) -> float:
    """Elements over one stage boundary per micro-batch: activations forward, gradients back.

    ``2 s b h``; with tensor and sequence parallelism each rank sends its own share. Source:
    Narayanan et al., Efficient Large-Scale Language Model Training, section 3.2 and 4.1.
    """
    tokens = positive("train.sequence", sequence) * positive("train.micro_batch", micro_batch)
    return 2 * tokens * positive("model.hidden", hidden) / positive("tensor", tensor_parallel)


def context_parallel_elements(
    sequence: int, micro_batch: int, kv_width: int, *, ranks: int, backward: bool = True
) -> float:
    """Elements that a rank sends per layer and micro-batch around a ring of key and value blocks.

    Each of the ``n-1`` steps passes on the keys and values of ``s/n`` tokens; backward their
    gradients travel too. ``kv_width`` is KV heads x head size, divided by tensor parallelism.
    """
    tokens = positive("train.sequence", sequence) * positive("train.micro_batch", micro_batch)
    block = 2 * tokens / positive("context", ranks) * positive("model.kv_width", kv_width)
    return (ranks - 1) * block * (RING_ATTENTION_PASSES if backward else 1)


def expert_parallel_elements(
    tokens: int, top_k: int, hidden: int, *, ranks: int, backward: bool = True
) -> float:
    """Elements that a rank sends per MoE layer for its ``tokens``: to the experts and back again.

    ``2 tokens top_k h`` per layer and direction of the pass, less the share ``1/n`` whose experts
    are at home. Source: Lepikhin et al., GShard, section 3; the balance of experts is even.
    """
    routed = positive("tokens", tokens) * positive("model.active_experts", top_k)
    share = collective_factor(Collective.ALL_TO_ALL, ranks)
    passes = 2 if backward else 1
    return 2 * routed * positive("model.hidden", hidden) * share * passes


def payload_bytes(elements: float, element_bytes: float, passes: float = 1) -> float:
    """Bytes of ``elements`` that are sent ``passes`` times."""
    not_negative("elements", elements)
    return elements * positive("element_bytes", element_bytes) * positive("passes", passes)
