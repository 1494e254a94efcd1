"""What a published checkpoint stores its linear weights in, from the key ``quantization_config``.

Source: the quantisation configurations of Hugging Face Transformers 5.23, of NVIDIA ModelOpt and
of compressed-tensors.
"""

from __future__ import annotations

from generator.catalog.row import Row

_BY_METHOD = {"fp8": "fp8", "fbgemm_fp8": "fp8", "mxfp4": "mxfp4"}
_BY_ALGORITHM = {"FP8": "fp8", "NVFP4": "nvfp4", "MXFP4": "mxfp4"}
_INTEGERS = {4: "int4", 8: "int8"}
_FLOATS = {4: "nvfp4", 8: "fp8"}


def stored_precision(how: Row) -> str | None:
    """The format by ``quant_method`` and what belongs to it; None for one that is not known."""
    method = how.text_or_none("quant_method") or ""
    if method in ("awq", "gptq"):
        return _INTEGERS.get(how.whole_or_none("bits") or 0)
    if method == "modelopt":
        return _BY_ALGORITHM.get(how.text_or_none("quant_algo") or "")
    if method == "compressed-tensors":
        return _of_groups(how)
    return _BY_METHOD.get(method)


def _of_groups(how: Row) -> str | None:
    """The format of the weights where all groups agree."""
    found = set()
    for group in how.table("config_groups").values():
        weights = group.child("weights")
        bits = weights.whole_or_none("num_bits") or 0
        kind = weights.text_or_none("type") or "int"
        found.add((_FLOATS if kind == "float" else _INTEGERS).get(bits))
    return found.pop() if len(found) == 1 else None
