"""Regimes: the bytes that each trained parameter takes as weight, gradient, master and moments."""

from __future__ import annotations

from collections.abc import Mapping

from generator.record import Record, record
from generator.sizing.nonsense import Nonsense
from generator.sizing.precision import bytes_per_value, stored
from generator.sizing.train.frameworks import framework_named
from generator.sizing.train.optimizers import BYTES_16_BIT, BYTES_32_BIT, Optimizer, optimizer_named
from generator.sizing.train.run import TrainingRun


@record
class Regime(Record):
    """Bytes per trained parameter, by purpose.

    ``moment_value_bytes`` is what one value of optimizer state takes. ``working_bytes`` is a 16-bit
    copy that autocast keeps of 32-bit weights. ``step_gradient_bytes`` is a copy of the gradient
    that exists only while the optimizer steps.
    """

    name: str
    weight_bytes: float
    gradient_bytes: float
    master_bytes: float = 0.0
    moment_value_bytes: float = BYTES_32_BIT
    working_bytes: float = 0.0
    step_gradient_bytes: float = 0.0
    source: str = ""

    def optimizer_bytes(self, optimizer: Optimizer) -> float:
        """Master weight and moments: what ZeRO-1 and a distributed optimizer share out."""
        return self.master_bytes + optimizer.state_bytes(self.moment_value_bytes)

    def bytes_per_parameter(self, optimizer: Optimizer) -> float:
        """All that lasts from step to step, on a rank that shares nothing."""
        lasting = self.weight_bytes + self.gradient_bytes + self.working_bytes
        return lasting + self.optimizer_bytes(optimizer)


REGIMES: Mapping[str, Regime] = {
    regime.name: regime
    for regime in (
        Regime(
            name="zero",
            weight_bytes=2,
            gradient_bytes=2,
            master_bytes=4,
            step_gradient_bytes=4,
            source="Rajbhandari et al., ZeRO, section 3.1: 2 + 2 + 12, the partition's gradient is "
            "turned to 32 bits for the step (DeepSpeed, stage_1_and_2.py and stage3.py)",
        ),
        Regime(
            name="megatron",
            weight_bytes=2,
            gradient_bytes=4,
            master_bytes=4,
            source="Megatron-LM, theoretical_memory_usage.py: 18, or 6 + 12/dp",
        ),
        Regime(
            name="sharded",
            weight_bytes=4,
            gradient_bytes=4,
            source="PyTorch FSDP, mixed precision: shards of weights, gradients and moments in 32 "
            "bits, 16-bit copies of gathered layers are counted as buffers",
        ),
        Regime(
            name="autocast",
            weight_bytes=4,
            gradient_bytes=4,
            working_bytes=2,
            source="S. Bekman, Machine Learning Engineering, Anatomy of Model's Memory Usage: 18 "
            "with 32-bit gradients",
        ),
        Regime(
            name="pure",
            weight_bytes=2,
            gradient_bytes=2,
            moment_value_bytes=BYTES_16_BIT,
            source="PEFT, developer guide on memory-efficient training: 2 + 2 + 4",
        ),
        Regime(
            name="single",
            weight_bytes=4,
            gradient_bytes=4,
            source="Accelerate, model size estimator: four times the weights",
        ),
    )
}
"""``zero`` adds up to 16 bytes with AdamW, ``megatron`` and ``autocast`` to 18, ``sharded`` and
``single`` to 16, ``pure`` to 8."""

_WIDE = 4
"""Bytes of a weight that is trained in 32 bits, so that no copy of another width is kept."""


def regime_of(run: TrainingRun) -> Regime:
    """The regime of a run: its framework's, or plain 32 bits; with the gradients it states."""
    wide = bytes_per_value(run.precision) >= _WIDE and not run.precision.endswith("-mixed")
    named = "single" if wide else framework_named(run.framework).regime
    regime = REGIMES[named]
    if run.gradient_precision is None:
        return regime
    return with_gradients(regime, run.gradient_precision)


def with_gradients(regime: Regime, precision: str) -> Regime:
    """``regime`` with gradients kept in ``precision``."""
    return Regime(
        name=f"{regime.name}, {stored(precision)} gradients",
        weight_bytes=regime.weight_bytes,
        gradient_bytes=bytes_per_value(precision),
        master_bytes=regime.master_bytes,
        moment_value_bytes=regime.moment_value_bytes,
        working_bytes=regime.working_bytes,
        step_gradient_bytes=regime.step_gradient_bytes,
        source=regime.source,
    )


def regime_named(name: str) -> Regime:
    """A regime by its name or by what sources call it, such as ``mixed bf16, fp32 grads``.

    ``mixed`` is the 16-byte regime, with 32-bit gradients the 18-byte one. Raises ``Nonsense`` for
    a name that says neither.
    """
    written = name.strip().lower()
    if written in REGIMES:
        return REGIMES[written]
    if "mixed" in written or "amp" in written:
        wide = "fp32 grad" in written or "32-bit grad" in written
        return with_gradients(REGIMES["zero"], "fp32") if wide else REGIMES["zero"]
    if "pure" in written:
        return REGIMES["pure"]
    if "fp32" in written or "full precision" in written:
        return REGIMES["single"]
    known = ", ".join(REGIMES)
    raise Nonsense("train.regime", f"{name!r} is not known", f"state one of {known}")


def bytes_per_parameter(
    regime: str, optimizer: str = "adamw", *, shared_over: int = 1, stage: int = 0
) -> float:
    """Bytes per parameter and rank with states shared out over ``shared_over`` ranks.

    ``stage`` 1 shares out master and moments (as Megatron's distributed optimizer does: 6 + 12/dp),
    2 the gradients too, 3 also the weights.
    """
    chosen, stepped = regime_named(regime), optimizer_named(optimizer)
    shares = [1 / shared_over if stage >= level else 1.0 for level in (3, 2, 1)]
    weight, gradient, states = shares
    return (
        (chosen.weight_bytes + chosen.working_bytes) * weight
        + chosen.gradient_bytes * gradient
        + chosen.optimizer_bytes(stepped) * states
    )
