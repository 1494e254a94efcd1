"""Which number format a GPU multiplies in, and what a narrow one really saves there.

A format can save memory, arithmetic, both or nothing: TF32 is stored in 32 bits and only speeds up
the multiplication; FP8 on an A100 halves the weights and is multiplied in 16 bits all the same.
Sources: the precision column of the catalogue's GPUs (CUDA programming guide); F. Denneman,
Training vs Inference: Numerical Precision (2022); requirements 2.4 and S3-9.
"""

from __future__ import annotations

from generator.catalog.accelerator import Accelerator
from generator.record import Record, record
from generator.sizing.choice.verdict import Verdict
from generator.sizing.nonsense import Nonsense
from generator.sizing.precision import WEIGHT_ONLY, bytes_per_value, is_quantised, stored

TRAINING_FORMATS = ("bf16", "fp16", "fp32")
"""Formats of training, best first: equal range comes before equal width, because FP16 needs its
loss scaled and BF16 does not. Source: Denneman, Numerical Precision (2022)."""

INFERENCE_FORMATS = ("fp4", "fp8", "int8", "bf16", "fp16", "fp32")
"""Formats of inference, narrowest first. Source: the same, with FP8 and FP4 of newer devices."""

INFERENCE_FLOOR_BITS = 8
"""Fewest bits that inference goes down to unasked: quality below is a decision of the model's
owner. Published: 4-bit weights cost 0.7 to 1.0 points of MMLU (Qwen README). The floor itself is
chosen."""

LEARNING_PHASES = ("training", "retraining", "hpo", "concept")
"""Phases in which gradients are computed."""

_ARITHMETIC_OF = {"mxfp8": "fp8", "mxfp6": "fp8", "mxfp4": "fp4", "nvfp4": "fp4"}
"""Block formats and the units that multiply them."""


@record
class PrecisionSaving(Record):
    """What a format saves on a GPU against another one.

    ``memory_ratio`` is the memory of a value in it, 0.5 for half. ``arithmetic_ratio`` is how many
    times the dense peak rises, None where a peak is not known. ``computed_in`` is the format that
    is multiplied in the end.
    """

    memory_ratio: float
    arithmetic_ratio: float | None
    saves_memory: bool
    saves_arithmetic: bool | None
    computed_in: str
    reason: str


@record
class PrecisionChoice(Record):
    """The lowest format that phase and GPU permit.

    ``loss_scaling`` says that training in it needs scaled losses, ``master_copies`` that the
    optimizer keeps FP32 copies of its weights. ``rejected`` has each lower format and why.
    """

    precision: str
    loss_scaling: bool
    master_copies: bool
    reason: str
    rejected: tuple[tuple[str, str], ...]


def units_of(precision: str, precisions: frozenset[str]) -> str | None:
    """The format of the units that work on values of ``precision`` as a workload asks for it.

    Formats that only store weights are unpacked to 16 bits first, any other needs units of its own.
    None where there are none. Raises ``Nonsense`` for a format that nobody knows.
    """
    name = stored(precision)
    bytes_per_value(name)
    if name in WEIGHT_ONLY:
        return next((wide for wide in ("bf16", "fp16") if wide in precisions), None)
    wanted = _ARITHMETIC_OF.get(name, name)
    return wanted if wanted in precisions else None


def computed_in(accelerator: Accelerator, precision: str) -> str | None:
    """The format that the GPU multiplies in where values are stored in ``precision``.

    Any narrow format without units is unpacked to 16 bits. None where the GPU has no units at all
    for a wide format (BF16 on Turing). Raises ``Nonsense`` for a format that nobody knows.
    """
    own = units_of(precision, accelerator.precisions)
    if own is not None or not is_quantised(precision):
        return own
    return units_of("nf4", accelerator.precisions)


def judge_precision(
    accelerator: Accelerator, precision: str, *, weights_only: bool = False
) -> Verdict:
    """Whether a GPU can work in a format.

    ``weights_only`` asks for its memory saving alone: then a narrow format is allowed that the GPU
    unpacks before it multiplies. Raises ``Nonsense`` for a format that nobody knows.
    """
    name = computed_in(accelerator, precision)
    source = "catalogue: precisions; requirements 2.4"
    if name is None:
        return _refused(accelerator, precision, source)
    native = name == _ARITHMETIC_OF.get(stored(precision), stored(precision))
    if native:
        return Verdict(allowed=True, reason=f"{accelerator.id} computes in {name}", source=source)
    if weights_only or stored(precision) in WEIGHT_ONLY:
        return Verdict(
            allowed=True,
            reason=f"{accelerator.id} stores {precision} and computes in {name}: it saves memory, "
            "not arithmetic",
            source=source,
        )
    return _refused(accelerator, precision, source)


def precision_saving(
    accelerator: Accelerator, precision: str, *, than: str = "fp32"
) -> PrecisionSaving:
    """What storing and computing in a format saves on a GPU, against ``than``.

    Raises ``Nonsense`` for unknown formats and where the GPU computes in neither.
    """
    into, before = computed_in(accelerator, precision), computed_in(accelerator, than)
    for name, found in ((precision, into), (than, before)):
        if found is None:
            verdict = _refused(accelerator, name, "")
            raise Nonsense("model.precision", verdict.reason, verdict.mend)
    assert into is not None
    assert before is not None
    memory = bytes_per_value(precision) / bytes_per_value(than)
    new = accelerator.peak_dense_tflops.get(into)
    old = accelerator.peak_dense_tflops.get(before)
    faster = new / old if new and old else None
    if into == before:
        faster = 1.0
    gain = "peak not known" if faster is None else f"peak x {faster:.3g}"
    return PrecisionSaving(
        memory_ratio=memory,
        arithmetic_ratio=faster,
        saves_memory=memory < 1.0,
        saves_arithmetic=None if faster is None else faster > 1.0,
        computed_in=into,
        reason=f"memory x {memory:.3g}, {gain}: stored in {stored(precision)}, computed in {into}",
    )


def lowest_precision(
    phase: str, accelerator: Accelerator, *, floor_bits: int = INFERENCE_FLOOR_BITS
) -> PrecisionChoice:
    """The lowest format that the phase permits and the GPU computes in.

    Inference goes down to ``floor_bits``, learning to 16. Raises ``Nonsense`` where the GPU knows
    none of the formats.
    """
    learns = phase in LEARNING_PHASES
    rejected: list[tuple[str, str]] = []
    for name in TRAINING_FORMATS if learns else INFERENCE_FORMATS:
        bits = bytes_per_value(name) * 8
        if not learns and bits < floor_bits:
            rejected.append((name, f"below {floor_bits} bits quality is the owner's decision"))
        elif name not in accelerator.precisions:
            rejected.append((name, f"{accelerator.id} does not compute in it"))
        else:
            return PrecisionChoice(
                precision=name,
                loss_scaling=learns and name == "fp16",
                master_copies=learns and name != "fp32",
                reason=f"the lowest format that {phase} permits and {accelerator.id} computes in",
                rejected=tuple(rejected),
            )
    raise Nonsense(
        "model.precision",
        f"{accelerator.id} computes in none of the formats of {phase}",
        "choose another GPU",
    )


def _refused(accelerator: Accelerator, precision: str, source: str) -> Verdict:
    known = ", ".join(sorted(accelerator.precisions))
    return Verdict(
        allowed=False,
        reason=f"{accelerator.id} does not compute in {precision}",
        mend=f"state one of {known}, or choose another GPU",
        source=source,
    )
