"""Optimizers by name: the bytes of state that each keeps per parameter."""

from __future__ import annotations

from collections.abc import Mapping

from generator.record import Record, record
from generator.sizing.nonsense import Nonsense

BYTES_16_BIT, BYTES_32_BIT = 2, 4


@record
class Optimizer(Record):
    """An optimizer: how many values of state it keeps per parameter.

    ``moment_bytes`` fixes the size of one value where the optimizer chooses it itself (8-bit
    states); None means the precision of the master weights. ``factored`` keeps the second moment
    as a row and a column per matrix, next to nothing. ``by_matrix`` marks one that works on the
    matrices of the layers only and leaves tables and vectors to AdamW.
    """

    name: str
    moments: int
    moment_bytes: float | None = None
    factored: bool = False
    by_matrix: bool = False

    def state_bytes(self, value_bytes: float = BYTES_32_BIT) -> float:
        """Bytes of state per parameter where a value of state takes ``value_bytes``."""
        return self.moments * (self.moment_bytes or value_bytes)


OPTIMIZERS: Mapping[str, Optimizer] = {
    optimizer.name: optimizer
    for optimizer in (
        Optimizer(name="adamw", moments=2),
        Optimizer(name="adamw-8bit", moments=2, moment_bytes=1),
        Optimizer(name="sgd", moments=0),
        Optimizer(name="sgd-momentum", moments=1),
        Optimizer(name="lion", moments=1),
        Optimizer(name="adafactor", moments=1, factored=True),
        Optimizer(name="adafactor-factored", moments=0, factored=True),
        Optimizer(name="muon", moments=1, by_matrix=True),
    )
}
"""Published: S. Bekman, Machine Learning Engineering, Anatomy of Model's Memory Usage (AdamW 8,
SGD with momentum 4, Lion 4, 8-bit AdamW 2, Adafactor slightly above 4 with a first moment);
Shazeer and Stern, Adafactor, section 3, for factored states without one; DeepSpeed, blog on Muon,
for one momentum per matrix."""

_ALIASES: Mapping[str, tuple[str, ...]] = {
    "adamw-8bit": ("8bit", "8-bit", "bitsandbytes", "bnb"),
    "adafactor-factored": ("factored", "adafactor without"),
    "adafactor": ("adafactor",),
    "muon": ("muon",),
    "lion": ("lion",),
    "sgd-momentum": ("momentum", "nesterov"),
    "sgd": ("sgd",),
    "adamw": ("adam",),
}


def optimizer_named(name: str) -> Optimizer:
    """The optimizer that ``name`` speaks of, as sources write it; ``Nonsense`` for none."""
    written = name.strip().lower().replace("_", "-")
    if written in OPTIMIZERS:
        return OPTIMIZERS[written]
    for known, spellings in _ALIASES.items():
        if any(spelling in written for spelling in spellings):
            return OPTIMIZERS[known]
    names = ", ".join(OPTIMIZERS)
    raise Nonsense("train.optimizer", f"{name!r} is not known", f"state one of {names}")


def named_state_bytes(name: str) -> float:
    """Bytes of optimizer state per parameter for a name that may state its precision.

    ``adamw bf16 states`` keeps two 16-bit moments; without a precision they are 32-bit. Lion's one
    moment and Muon's are 32-bit, those of 8-bit AdamW 8-bit.
    """
    written = name.lower()
    halved = any(precision in written for precision in ("bf16", "fp16", "16-bit"))
    return optimizer_named(name).state_bytes(BYTES_16_BIT if halved else BYTES_32_BIT)
