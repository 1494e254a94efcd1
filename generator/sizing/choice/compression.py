"""What compressing a model saves in serving: file, GPU memory, arithmetic, or nothing.

Sources: F. Denneman, Training vs Inference: Network Compression (2022); NVIDIA, A100 Tensor Core
GPU Architecture (2020), section on fine-grained structured sparsity; requirements S1-8d.
"""

from __future__ import annotations

from generator.catalog.accelerator import Accelerator
from generator.record import Record, record
from generator.sizing.choice.precision import computed_in
from generator.sizing.choice.verdict import Verdict
from generator.sizing.nonsense import Nonsense
from generator.sizing.precision import bytes_per_value, sparse_bytes_per_value, stored

STRUCTURED = "2:4"
"""Two of four neighbouring weights are zero: the only pattern that tensor cores skip."""

SPARSE_PEAK_MOST = 2.0
"""By how much 2:4 sparsity raises the peak, at most. Published (A100 int8: 624 to 1,248 TOPS);
what is reached is less, so nothing is planned with it."""

QUANTISED_FORMATS = ("int8", "int4", "fp8", "fp4")
"""What ``model.compression.quantise`` may say."""

SOURCE = "F. Denneman, Network Compression (2022); requirements S1-8d"


@record
class Effect(Record):
    """What a compression does to a model in serving, as ratios of what it was before.

    ``weights_ratio`` scales the weights in GPU memory, ``file_ratio`` the file, ``kv_ratio`` the KV
    cache. ``peak_ratio_high`` is the most by which the arithmetic peak may rise.
    """

    weights_ratio: float
    file_ratio: float
    kv_ratio: float
    peak_ratio_high: float
    reason: str
    source: str = SOURCE


def quantised(precision: str, target: str, *, accelerator: Accelerator | None = None) -> Effect:
    """Weights stored in fewer bits. The KV cache keeps its precision: that is the runtime's choice.

    ``accelerator`` tells whether the arithmetic gets faster too; without it no gain is claimed.
    Raises ``Nonsense`` for a target that is no quantisation or not narrower.
    """
    if target not in QUANTISED_FORMATS:
        raise Nonsense(
            "model.compression.quantise",
            f"{target!r} is no format to quantise to",
            f"state one of {', '.join(QUANTISED_FORMATS)}",
        )
    scale = bytes_per_value(target) / bytes_per_value(precision)
    if scale >= 1.0:
        raise Nonsense(
            "model.compression.quantise",
            f"{target} is not narrower than {precision}",
            "leave it out, or state the precision before quantising",
        )
    native = accelerator is not None and computed_in(accelerator, target) == target
    peak = _peak_gain(accelerator, precision, target) if accelerator and native else 1.0
    return Effect(
        weights_ratio=scale,
        file_ratio=scale,
        kv_ratio=1.0,
        peak_ratio_high=peak,
        reason=f"weights from {precision} to {target}; the KV cache stays as it is"
        + ("" if native else "; the arithmetic stays as it was"),
    )


def pruned(percent_ratio: float, *, iterations: int = 1, structured: bool = False) -> Effect:
    """Weights set to zero wherever they are small: the file packs better, and nothing else.

    The matrices keep their shape, so memory and time stay. ``structured`` here means whole
    channels: then the matrices shrink with them. Raises ``Nonsense`` for shares outside 0 to 1.
    """
    field = "model.compression.prune"
    if not 0.0 < percent_ratio < 1.0:
        raise Nonsense(f"{field}.percent", f"{percent_ratio:g} per pass", "state 0 % to 100 %")
    if iterations < 1:
        raise Nonsense(f"{field}.iterations", f"{iterations} passes", "state one at least")
    left: float = (1.0 - percent_ratio) ** iterations
    return Effect(
        weights_ratio=left if structured else 1.0,
        file_ratio=left,
        kv_ratio=1.0,
        peak_ratio_high=1.0,
        reason="whole channels go: the matrices shrink"
        if structured
        else "single weights go: zeros are stored and multiplied like any number",
    )


def sparse(precision: str) -> Effect:
    """2:4 sparsity: half of the values and two bits of index for each that is kept.

    At 16 bits the weights take 0.5625 of what they took. Raises ``Nonsense`` for unknown formats.
    """
    scale = sparse_bytes_per_value(precision) / bytes_per_value(precision)
    return Effect(
        weights_ratio=scale,
        file_ratio=scale,
        kv_ratio=1.0,
        peak_ratio_high=SPARSE_PEAK_MOST,
        reason="half of the values and their index are stored; the doubled peak is never reached",
    )


def judge_sparsity(dev: Accelerator, serving: Accelerator, *, excepted: bool = False) -> Verdict:
    """Whether a model pruned to 2:4 on one GPU may be served on another.

    Both must have units for it (Ampere or newer), and be of one architecture unless the difference
    is ``excepted`` (a parity exception of the blueprint).
    """
    for role, gpu in (("development", dev), ("serving", serving)):
        if not gpu.structured_sparsity:
            return Verdict(
                allowed=False,
                reason=f"{gpu.id} in {role} has no units for 2:4 sparsity: the zeros are "
                "multiplied and accuracy is lost for nothing",
                mend="choose Ampere or newer on both sides, or leave sparsity out",
                source=SOURCE,
            )
    if dev.architecture != serving.architecture and not excepted:
        return Verdict(
            allowed=False,
            reason=f"pruned on {dev.architecture}, served on {serving.architecture}: what was "
            "validated is not what runs",
            mend="prune and serve on one architecture, or list the difference in "
            "development_environment.parity.exceptions",
            source="field rule F40; requirements S4-9",
        )
    return Verdict(
        allowed=True,
        reason=f"both GPUs have units for 2:4 sparsity ({dev.architecture}, "
        f"{serving.architecture})",
        source=SOURCE,
    )


def _peak_gain(accelerator: Accelerator, before: str, after: str) -> float:
    """How many times the dense peak rises; 1 where a peak is not known."""
    old = accelerator.peak_dense_tflops.get(computed_in(accelerator, before) or stored(before))
    new = accelerator.peak_dense_tflops.get(after)
    return max(1.0, new / old) if new and old else 1.0
