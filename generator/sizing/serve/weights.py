"""Bytes of the weights of a model, which are never parameters x nominal bits."""

from __future__ import annotations

from math import ceil

from generator.record import Record, record
from generator.sizing.architecture import Transformer
from generator.sizing.precision import (
    GGUF_BITS_PER_VALUE,
    bytes_per_value,
    is_quantised,
    stored,
)

WIDE_BYTES = 2
"""Token table, head, norms, routers and towers stay in 16 bits unless a checkpoint says more."""

PACKED_WIDTH = {"mxfp4": 1024}
"""Kernels of packed experts pad the expert's width to whole tiles.

vLLM loads gpt-oss-20b in 13.47 GiB and gpt-oss-120b in 64.38 GiB where their files hold 12.8 and
60.8: an expert width of 2880 padded to 3072, the next multiple of 1024, gives 13.5 and 64.5.
"""

MARLIN_HIDDEN, MARLIN_WIDTH = 256, 128
"""Multiples to which the Marlin kernel pads what enters and what leaves a packed expert.

vLLM runs MXFP4 experts with it on GPUs without 8-bit units, such as A100
(``quantization/mxfp4.py``: ``n`` of each matrix a multiple of 256, ``k`` of 128).
"""


@record
class Weights(Record):
    """Bytes of one GPU's weights: ``linear_bytes`` in the stated format, the rest in 16 bits."""

    linear_bytes: float
    wide_bytes: float

    @property
    def total_bytes(self) -> float:
        """All weights of the GPU."""
        return self.linear_bytes + self.wide_bytes


def weights(
    model: Transformer,
    precision: str,
    tensor_parallel: int = 1,
    *,
    padded: bool = False,
    marlin: bool = False,
) -> Weights:
    """The weights that each of ``tensor_parallel`` GPUs holds.

    Quantisation covers the matrices of the layers, but for those that a checkpoint keeps wide;
    token table, head, norms, routers and towers keep 16 bits. MXFP4, as gpt-oss publishes it,
    covers the experts alone. ``padded`` adds what a serving engine's kernels pad, ``marlin`` what
    they do without 8-bit units. A token table is split over the GPUs as everything else is.
    """
    per_value = bytes_per_value(precision)
    # The bits of a GGUF type are those of whole files: tables of other precision are in them.
    if not is_quantised(precision) or stored(precision) in GGUF_BITS_PER_VALUE:
        return Weights(linear_bytes=model.parameters * per_value / tensor_parallel, wide_bytes=0.0)
    experts = float(model.moe_layers * model.experts * model.expert_parameters)
    if stored(precision) == "mxfp4" and experts:
        linear = experts
        if padded:
            linear *= _padding(model, tensor_parallel, precision, marlin=marlin)
        wide = model.parameters - experts
    else:
        linear = min(_matrices(model), model.body_parameters) - model.wide_parameters
        wide = model.parameters - linear
    return Weights(
        linear_bytes=linear * per_value / tensor_parallel,
        wide_bytes=wide * WIDE_BYTES / tensor_parallel,
    )


def _matrices(model: Transformer) -> float:
    """Parameters in matrices of the layers: all of the body but norms and routers."""
    routers = model.moe_layers * model.hidden * model.experts
    return model.body_parameters - model.norm_parameters - routers


def _padding(
    model: Transformer, tensor_parallel: int, precision: str, *, marlin: bool = False
) -> float:
    width = model.expert_ffn / tensor_parallel
    if marlin:
        entering = ceil(model.hidden / MARLIN_HIDDEN) * MARLIN_HIDDEN
        return entering / model.hidden * ceil(width / MARLIN_WIDTH) * MARLIN_WIDTH / width
    tile = PACKED_WIDTH.get(stored(precision), 1) // max(1, tensor_parallel)
    return ceil(width / tile) * tile / width


def vocabulary_staging_bytes(model: Transformer) -> float:
    """A 32-bit copy of the head: what quantising at load time holds for a moment.

    The published inference peaks of LitGPT with bitsandbytes are the quantised matrices, the
    16-bit token table, the quantised head and this copy, within 2 % for 1.3 to 40 billion.
    """
    return model.multiplied_head_parameters * 4.0


def file_bytes(parameters: float, bits_per_value: float) -> float:
    """Size of a file of ``parameters`` values at ``bits_per_value``, as GGUF tables print it."""
    return parameters * bits_per_value / 8


def nominal_bytes(parameters: float, precision: str) -> float:
    """``parameters`` values in one format, nothing kept wider: what cards print."""
    return parameters * bytes_per_value(precision)
