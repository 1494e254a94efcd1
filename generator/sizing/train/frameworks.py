"""Frameworks: what their recipes decide about memory where the author of a run states nothing."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace

from generator.record import Record, record
from generator.sizing.nonsense import Nonsense
from generator.sizing.train.run import Recompute


@record
class Framework(Record):
    """A framework's recipe, read from its code and example configurations.

    ``regime`` names its bytes per parameter for 16-bit weights (see ``regime``). ``logit_bytes`` is
    what one logit takes at the peak of the loss, all copies and the gradient together.

    ``upcast_norms`` keeps a 32-bit copy of what each norm reads; ``repeats_kv`` stores keys and
    values once per query head; ``keeps_raw_qkv`` keeps queries and keys before their rotation alive
    beside the rotated ones; ``fused_gate`` does not store the activated gate; ``dropout`` stores
    two masks per layer. ``saves_quantised_inputs`` keeps the input of each frozen quantised matrix,
    as AutoGPTQ and bitsandbytes before 0.42 do.

    ``keeps_gradients`` holds gradient buffers between steps, or their blocks in the allocator.
    ``step_copies`` counts copies of a moment that the optimizer makes while it steps.
    ``wide_adapters`` keeps adapters in 32 bits, ``adapter_dropout`` drops some of their input.
    ``alternate_matrices`` makes selective recompute keep every second matrix product, instead of
    dropping the scores only; ``stops_early`` ends full recompute of a layer where nothing more is
    needed. ``bucket_elements`` are those of the buffers for communication, and
    ``live_parameters`` how many gathered parameters may be whole at a time where they are sharded.
    ``vendor_kernels`` takes attention and 8-bit products from the GPU's vendor; ``deterministic``
    takes kernels that are slower but repeatable. ``overlaps_tensor`` runs products beside what
    tensor ranks exchange, ``overlaps_gradients`` reduces gradients beside the backward pass also
    where there are pipeline stages.
    """

    name: str
    regime: str
    logit_bytes: float
    recompute: Recompute = Recompute.NONE
    upcast_norms: bool = True
    repeats_kv: bool = True
    keeps_raw_qkv: bool = False
    fused_gate: bool = False
    dropout: bool = False
    saves_quantised_inputs: bool = False
    keeps_gradients: bool = False
    step_copies: float = 1.0
    wide_adapters: bool = True
    adapter_dropout: bool = False
    alternate_matrices: bool = False
    stops_early: bool = False
    bucket_elements: float = 0.0
    live_parameters: float | None = None
    vendor_kernels: bool = False
    overlaps_tensor: bool = False
    overlaps_gradients: bool = True
    deterministic: bool = False
    source: str = ""


ZERO_BUCKET_ELEMENTS = 3 * 2e8
"""Elements of DeepSpeed's buffers: one bucket to gather and, communication being overlapped, two to
reduce. Published: example configurations of ZeRO-2 (``allgather_bucket_size`` and
``reduce_bucket_size`` of 2e8), DeepSpeed, stage_1_and_2.py."""

ZERO_LIVE_PARAMETERS = 1e9
"""``stage3_max_live_parameters`` and ``sub_group_size``. Published: DeepSpeed, ZeRO-3 options."""

_RECIPES: Mapping[str, Framework] = {
    framework.name: framework
    for framework in (
        Framework(
            name="huggingface",
            regime="autocast",
            logit_bytes=12,
            source="transformers, Trainer and modeling files: 16-bit logits, a shifted 32-bit copy "
            "and its log-softmax, RMSNorm computes in 32 bits, AdamW steps tensor lists",
        ),
        Framework(
            name="peft",
            regime="pure",
            logit_bytes=12,
            source="PEFT, LoRA layers: adapters are cast to 32 bits beside 16-bit weights",
        ),
        Framework(
            name="deepspeed",
            regime="zero",
            logit_bytes=8,
            saves_quantised_inputs=True,
            keeps_gradients=True,
            step_copies=0,
            wide_adapters=False,
            bucket_elements=ZERO_BUCKET_ELEMENTS,
            live_parameters=ZERO_LIVE_PARAMETERS,
            source="DeepSpeed, stage_1_and_2.py and stage3.py: 16-bit model, 32-bit partitions",
        ),
        Framework(
            name="fsdp",
            regime="sharded",
            stops_early=True,
            logit_bytes=12,
            keeps_gradients=True,
            step_copies=0,
            source="PyTorch FSDP: 32-bit shards, 16-bit gathered layers",
        ),
        Framework(
            name="torchtitan",
            regime="sharded",
            stops_early=True,
            logit_bytes=12,
            keeps_gradients=True,
            recompute=Recompute.SELECTIVE,
            alternate_matrices=True,
            step_copies=0,
            source="torchtitan, Llama 3 configurations: FSDP2, selective recompute by operation",
        ),
        Framework(
            name="llm-foundry",
            regime="sharded",
            stops_early=True,
            logit_bytes=12,
            keeps_gradients=True,
            repeats_kv=False,
            upcast_norms=False,
            step_copies=0,
            source="MosaicML llm-foundry: FSDP, low-precision LayerNorm, flash attention",
        ),
        Framework(
            name="megatron",
            regime="megatron",
            logit_bytes=6,
            upcast_norms=False,
            repeats_kv=False,
            fused_gate=True,
            dropout=True,
            keeps_gradients=True,
            step_copies=0,
            vendor_kernels=True,
            overlaps_tensor=True,
            source="Megatron-LM: fused norms and gates, hidden dropout 0.1 by default, "
            "vocabulary-parallel loss in 32 bits",
        ),
        Framework(
            name="litgpt",
            regime="pure",
            logit_bytes=8,
            keeps_raw_qkv=True,
            saves_quantised_inputs=True,
            wide_adapters=False,
            adapter_dropout=True,
            source="LitGPT, model.py and lora.py: chunked loss, q, k and v cut from one tensor",
        ),
        Framework(
            name="torchtune",
            regime="pure",
            stops_early=True,
            logit_bytes=10,
            recompute=Recompute.FULL,
            step_copies=0,
            repeats_kv=False,
            wide_adapters=False,
            source="torchtune, single-device configurations: bf16, activation checkpointing on",
        ),
    )
}

FRAMEWORKS: Mapping[str, Framework] = {
    **_RECIPES,
    "huggingface-legacy": replace(
        _RECIPES["huggingface"],
        name="huggingface-legacy",
        step_copies=0,
        source="PyTorch, optimizers: before release 2.0 AdamW steps one tensor after the other",
    ),
    "megatron-legacy": replace(
        _RECIPES["megatron"],
        name="megatron-legacy",
        vendor_kernels=False,
        overlaps_tensor=False,
        overlaps_gradients=False,
        source="Megatron-LM, examples/sc21/run_table_1.sh: DDP=torch for one stage, DDP=local for "
        "more, which reduces when the backward pass is over, and no --tp-comm-overlap yet",
    ),
    "megatron-deterministic": replace(
        _RECIPES["megatron"],
        name="megatron-deterministic",
        deterministic=True,
        source="Megatron-LM, functional tests: the same recipe with --deterministic-mode",
    ),
}
"""Recipes by the name of their framework."""

_ALIASES: Mapping[str, str] = {
    "hf": "huggingface",
    "transformers": "huggingface",
    "trainer": "huggingface",
    "accelerate": "huggingface",
    "zero": "deepspeed",
    "megatron-lm": "megatron",
    "megatron-core": "megatron",
    "megatron-bridge": "megatron",
    "nemo": "megatron",
    "fsdp2": "fsdp",
    "pytorch": "fsdp",
    "lit-gpt": "litgpt",
    "mosaicml": "llm-foundry",
    "composer": "llm-foundry",
}


def framework_named(name: str) -> Framework:
    """The recipe of the framework of that name; ``Nonsense`` with the known names for none."""
    written = name.strip().lower().replace("_", "-").replace(" ", "-")
    found = FRAMEWORKS.get(_ALIASES.get(written, written))
    if found is None:
        known = ", ".join(FRAMEWORKS)
        raise Nonsense("train.framework", f"{name!r} is not known", f"state one of {known}")
    return found
