"""Checkpoints: how large one is, how fast it must be written, and what a run keeps.

A training checkpoint holds what the run needs to go on: 16-bit weights and the optimizer's state,
14 B per parameter under AdamW in mixed precision (2 + 4 master + 4 + 4 moments; Rajbhandari et al.,
ZeRO, section 3.1). Gradients are not kept. MLPerf Storage prints such sizes as "GB" that are GiB.
"""

from __future__ import annotations

from collections.abc import Mapping
from math import ceil, gcd
from types import MappingProxyType

from generator.record import Record, record
from generator.sizing.architecture import Transformer
from generator.sizing.nonsense import Nonsense, not_negative, positive
from generator.sizing.precision import bytes_per_value

WEIGHT_BYTES = 2
"""Bytes per 16-bit weight."""

ADAMW_STATE_BYTES = 12
"""Bytes per parameter of AdamW in mixed precision: master weight and two moments in 32 bits.
Published: ZeRO, section 3.1 (K = 12)."""

MASTER_BYTES = 4
"""Bytes per 32-bit master weight, kept beside weights of fewer bits."""

MOMENT_BYTES: Mapping[str, float] = MappingProxyType(
    {
        "adamw": 8,
        "adam": 8,
        "adamw-8bit": 2,
        "sgd": 0,
        "sgd-momentum": 4,
        "lion": 4,
        "adafactor": 4,
        "muon": 4,
    }
)
"""Bytes per parameter that an optimizer keeps beside the weights: two moments in 32 bits, two in 8,
or one. Published per optimizer (Adafactor with a first moment; without it nearly nothing)."""

TENSOR_HEADER_BYTES = 134
"""Bytes of a file header per stored tensor (name, shape, offsets). Measured: PEFT's LoRA adapters
of Llama 3.2 3B have 15,056 and 15,088 B over 112 tensors in the safetensors format."""


@record
class Checkpoint(Record):
    """One checkpoint's parts in bytes."""

    weights_bytes: float
    optimizer_bytes: float = 0.0
    header_bytes: float = 0.0

    @property
    def total_bytes(self) -> float:
        """All that is written."""
        return self.weights_bytes + self.optimizer_bytes + self.header_bytes


def training_state(
    parameters: float,
    *,
    weight_bytes: float = WEIGHT_BYTES,
    optimizer_bytes: float = ADAMW_STATE_BYTES,
) -> Checkpoint:
    """Weights and optimizer state, from which a run goes on; bytes are per parameter."""
    count = positive("model.params", parameters)
    return Checkpoint(
        weights_bytes=count * positive("model.precision", weight_bytes),
        optimizer_bytes=count * not_negative("train.optimizer", optimizer_bytes),
    )


def weights_only(parameters: float, precision: str) -> Checkpoint:
    """Weights as they are served: parameters x bytes of the precision."""
    return Checkpoint(
        weights_bytes=positive("model.params", parameters) * bytes_per_value(precision)
    )


def adapter(trainable: float, *, precision: str = "fp32", tensors: int = 0) -> Checkpoint:
    """A LoRA adapter: its trained parameters alone, in 32 bits as PEFT saves them, and a header."""
    count = positive("model.method.lora", trainable)
    header = TENSOR_HEADER_BYTES * not_negative("model.method.lora.targets", tensors)
    return Checkpoint(weights_bytes=count * bytes_per_value(precision), header_bytes=header)


def optimizer_state_bytes(optimizer: str, *, weight_bytes: float = WEIGHT_BYTES) -> float:
    """Bytes per parameter that a checkpoint keeps for an optimizer, its master weights included.

    Weights of 32 bits are their own master. Raises ``Nonsense`` for an unknown optimizer.
    """
    if optimizer not in MOMENT_BYTES:
        known = ", ".join(sorted(MOMENT_BYTES))
        raise Nonsense("train.optimizer", f"{optimizer} is not known", f"state one of {known}")
    master = MASTER_BYTES if positive("model.precision", weight_bytes) < MASTER_BYTES else 0
    return master + MOMENT_BYTES[optimizer]


def decoder_parameters(
    *, hidden: int, ffn: int, heads: int, kv_heads: int, layers: int, vocabulary: int
) -> int:
    """Parameters of a gated decoder without tied embeddings, counted from its figures.

    A head is ``hidden / heads`` wide. Where that is no whole number (published heads may split the
    hidden size unevenly) heads that share keys and values are counted as one, which leaves both
    widths as they are. Raises ``Nonsense`` where the key-value width is not whole.
    """
    named = (("hidden", hidden), ("ffn", ffn), ("heads", heads), ("kv_heads", kv_heads))
    for name, value in (*named, ("layers", layers), ("vocabulary", vocabulary)):
        positive(f"model.{name}", value)
    shared = gcd(heads, kv_heads)
    if hidden * shared % heads:
        raise Nonsense(
            "model.heads",
            f"{kv_heads} of {heads} heads of a hidden size of {hidden} have no whole width",
            "state heads that divide kv_heads x hidden",
        )
    return Transformer(
        name="counted",
        layers=layers,
        hidden=hidden,
        heads=heads // shared,
        kv_heads=kv_heads // shared,
        head_dim=hidden * shared // heads,
        ffn=ffn,
        vocabulary=vocabulary,
    ).counted_parameters


def write_bandwidth(size_bytes: float, *, stall_s: float) -> float:
    """Bytes per second at which all writers together must write, so that a run waits ``stall_s``.

    A checkpoint that is copied to host memory first and written behind the run may take as long
    as the interval: then that is the stall to pass here.
    """
    return positive("checkpoint.size", size_bytes) / positive("checkpoint.stall", stall_s)


def write_time(size_bytes: float, *, bandwidth_bytes_per_s: float) -> float:
    """Seconds that a checkpoint takes to write."""
    speed = positive("checkpoint.store.throughput", bandwidth_bytes_per_s)
    return positive("checkpoint.size", size_bytes) / speed


def count_in_run(*, duration_s: float, interval_s: float) -> int:
    """Checkpoints of a run: one per full interval, and the one at its end."""
    length = positive("train.duration", duration_s)
    return ceil(length / positive("checkpoint.interval", interval_s))


def total_stall(*, checkpoints: int, seconds_each: float) -> float:
    """Seconds that a run waits for all its checkpoints."""
    count = not_negative("checkpoint.count", checkpoints)
    return count * not_negative("checkpoint.stall", seconds_each)


def retained_bytes(
    size_bytes: float, *, keep_last: int, milestones: int = 0, milestone_bytes: float | None = None
) -> float:
    """Bytes that a run keeps: the last few to go on from, and milestones for good.

    A milestone is as large as a checkpoint unless ``milestone_bytes`` says otherwise (weights
    only). While one is written the oldest is still there, so one more than ``keep_last`` counts.
    """
    size = positive("checkpoint.size", size_bytes)
    kept = positive("checkpoint.keep", keep_last) + 1
    each = size if milestone_bytes is None else positive("checkpoint.milestone", milestone_bytes)
    return kept * size + not_negative("checkpoint.milestones", milestones) * each
