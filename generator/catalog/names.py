"""Free names: what papers, benchmarks and model hubs call a model or a GPU, as catalogue ids.

``Catalog.model`` and ``Catalog.accelerator`` take ids only, as a blueprint must. These functions
are for figures from elsewhere, whose authors write ``meta-llama/Llama-3.1-8B-Instruct`` or
``A100-SXM4-40GB``.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from functools import cache
from typing import NamedTuple

from generator.catalog.catalog import Catalog, UnknownRow

ALIASES = {
    "bert-base-uncased": "bert-base",
    "bloom": "bloom-176b",
    "bloom-7b1": "bloomz-7b1",
    "bloomz": "bloom-176b",
    "deepseek-r1": "deepseek-v3",
    "deepseek-r1-distill-llama-70b": "llama-3.3-70b",
    "deepseek-r1-distill-llama-8b": "llama-3.1-8b",
    "deepseek-r1-distill-qwen-14b": "qwen2.5-14b",
    "deepseek-r1-distill-qwen-32b": "qwen2.5-32b",
    "deepseek-r1-distill-qwen-7b": "qwen2.5-7b",
    "deepseek-v3.1": "deepseek-v3",
    "flan-t5-xl": "t0-3b",
    "gpt-2-1.5b": "gpt2-xl",
    "gpt-3": "gpt-3-175b",
    "gpt-j": "gpt-j-6b",
    "llama-3-405b": "llama-3.1-405b",
    "llama-3.1-405b-instruct-fp8": "llama-3.1-405b-fp8",
    "llama-30b": "llama-33b",
    "llama-405b": "llama-3.1-405b",
    "llama-70b": "llama-3.1-70b",
    "llama-8b": "llama-3.1-8b",
    "llama-v2-13b": "llama-2-13b",
    "llama-v2-70b": "llama-2-70b",
    "llama-v2-7b": "llama-2-7b",
    "meta-llama-3.1-405b-fp8": "llama-3.1-405b-fp8",
    "meta-llama-3.1-405b-instruct-fp8": "llama-3.1-405b-fp8",
    "minilm-l6-v2": "all-minilm-l6-v2",
    "mistral-7b": "mistral-7b-v0.3",
    "mistral-7b-v0.2": "mistral-7b-v0.3",
    "mistral-small-3-24b": "mistral-small-24b-2501",
    "mistral-small-3.1-24b": "mistral-small-24b",
    "mistral-small-3.2-24b": "mistral-small-24b",
    "mixtral": "mixtral-8x7b",
    "mt5-xxl": "mt0-xxl",
    "qwen3-235b": "qwen3-235b-a22b",
    "qwen3-30b": "qwen3-30b-a3b",
    "qwq-32b": "qwen2.5-32b",
    "resnet50-a1-in1k": "resnet50",
    "sd-1.4": "stable-diffusion-1.4",
    "sd-1.5": "stable-diffusion-1.5",
    "stable-diffusion-v1-4": "stable-diffusion-1.4",
    "stable-diffusion-v1-5": "stable-diffusion-1.5",
    "stable-diffusion-xl": "sdxl",
    "stable-diffusion-xl-base-1.0": "sdxl",
    "t5-v1.1-xl": "t0-3b",
    "t5-v1.1-xxl": "flan-t5-xxl",
    "vicuna-13b": "llama-2-13b",
    "vicuna-7b": "llama-2-7b",
    "whisper-large": "whisper-large-v3",
}
"""Names without a row of their own: short forms, and models of another row's shape."""

_QUALIFIER = re.compile(
    r"instruct|base|chat|it|hf|tuned|sft|dpo|deduped|preview|thinking|reasoning|coder|math|python"
    r"|dynamic|static|quanti[sz]ed|awq|gptq|gguf|bnb|[0-9]+bit|(mx|nv)?fp[0-9]+|bf16|nf4|int[0-9]+"
    r"|w[0-9]+a[0-9]+|g[0-9]{2,3}|en|english|meta|pertensor|per|tensor"
)
"""Words that say how a model was tuned, stored or published, and nothing of its shape."""

_VERSION = re.compile(r"v[0-9]+(\.[0-9]+)*|[0-9]{4}")
"""Releases of one shape: ``v0.1``, or a month such as ``2407``."""

_GGUF_TYPE = re.compile(r"[-_. ]i?q[0-9]_[a-z0-9_]+$")

_SEPARATORS = re.compile(r"[^a-z0-9.]+|\.(?=[a-z])")

_MAKERS = frozenset(
    ("nvidia", "amd", "intel", "tesla", "instinct", "hgx", "dgx", "gpu", "gb", "gib", "data",
     "center")
)  # fmt: skip

_COUNT = re.compile(r"^\s*[0-9]+\s*[x×]\s*")  # noqa: RUF001 - people write the sign too

_WORDS = re.compile(r"[a-z]+[0-9]*[a-z]*|[0-9]+(?:\.[0-9]+)?")

_FORM = re.compile(r"(sxm|pcie|nvl)[0-9]?")

FORM_ORDER = ("sxm", "", "pcie", "nvl")
"""Which board a bare chip name means: papers and benchmarks mean the module in the NVLink system,
and of several sizes the largest."""

SIZE_RATIO = 0.15
"""How far a stated memory may lie from the row's: tools print what is left, in GB or in GiB."""


class _Board(NamedTuple):
    """The parts of an accelerator's id."""

    chip: str
    form: str
    size: float
    row_id: str


def find_model(name: str, catalog: Catalog | None = None) -> str:
    """The id of the row with the shape of the model called ``name``.

    The organisation before a slash, tuning (``Instruct``, ``chat``), stored format (``FP8``,
    ``AWQ``) and, where nothing else fits, the release (``v0.1``, ``2407``) do not count. Raises
    ``UnknownRow``, a ``KeyError`` with near ids, where no row has that shape.
    """
    catalog = catalog or Catalog.builtin()
    ids = catalog.ids("models")
    known = _known_models(ids)
    words = _words(name)
    for wording in _shortened(words):
        if (compact := "".join(wording).replace(".", "")) in known:
            return known[compact]
    raise UnknownRow("models", "-".join(words), ids)


def find_accelerator(name: str, catalog: Catalog | None = None) -> str:
    """The id of the GPU called ``name``: ``A100-SXM4-40GB``, ``h100_sxm``, ``8xB200``, ``L40S``.

    A name without a form factor means the SXM module where there is one, then PCIe, and a name
    without a size the largest memory. Raises ``UnknownRow``, a ``KeyError`` with near ids, where
    no row fits what is stated.
    """
    catalog = catalog or Catalog.builtin()
    ids = catalog.ids("accelerators")
    stated = [w for w in _WORDS.findall(_COUNT.sub("", name.lower())) if w not in _MAKERS]
    compact = "".join(stated)
    known = {_compact_board(row_id): row_id for row_id in ids}
    if compact and compact in known:
        return known[compact]
    fitting = sorted(_fitting(stated, ids), key=_preference)
    if fitting:
        return fitting[0].row_id
    longer = [row_id for key, row_id in known.items() if compact and key.startswith(compact)]
    if len(longer) == 1:
        return longer[0]
    raise UnknownRow("accelerators", f"nvidia-{'-'.join(stated)}", ids)


def _words(name: str) -> list[str]:
    plain = _GGUF_TYPE.sub("", name.lower().rpartition("/")[2].strip())
    return [word for word in _SEPARATORS.split(plain) if word]


def _shortened(words: list[str]) -> Iterator[list[str]]:
    """The name as it is, then without qualifiers, from its end first, then without releases."""
    yield words
    ended = words
    while ended and _QUALIFIER.fullmatch(ended[-1]):
        # One at a time: the base in ``bert-base`` is a size and no qualifier.
        ended = ended[:-1]
        yield ended
    shape = [word for word in words if not _QUALIFIER.fullmatch(word)]
    yield shape
    yield [word for word in shape if not _VERSION.fullmatch(word)]


@cache
def _known_models(ids: tuple[str, ...]) -> dict[str, str]:
    """Ids and aliases without separators, each with the id that it stands for."""
    named = {alias: row_id for alias, row_id in ALIASES.items() if row_id in ids}
    named.update({row_id: row_id for row_id in ids})
    return {"".join(_words(key)).replace(".", ""): row_id for key, row_id in named.items()}


def _compact_board(row_id: str) -> str:
    return "".join(_parts(row_id))


def _parts(row_id: str) -> list[str]:
    """An id without its vendor, part by part."""
    vendor, _, board = row_id.partition("-")
    return (board or vendor).split("-")


def _board(row_id: str) -> _Board:
    chip, *rest = _parts(row_id)
    form = next((match[1] for part in rest if (match := _FORM.fullmatch(part))), "")
    size = float(rest[-1]) if rest and rest[-1].isdecimal() else 0.0
    return _Board(chip, form, size, row_id)


def _fitting(stated: list[str], ids: tuple[str, ...]) -> Iterator[_Board]:
    """Boards of the stated chip that contradict neither its form factor nor its memory."""
    form = next((match[1] for word in stated if (match := _FORM.fullmatch(word))), None)
    sizes = [float(word) for word in stated if word[0].isdecimal()]
    for board in map(_board, ids):
        if board.chip not in stated or (form is not None and board.form not in ("", form)):
            continue
        # A line of products such as RTX is no chip: its number says which.
        numbers = {part for part in _parts(board.row_id) if part.isdecimal()}
        if board.chip.isalpha() and not numbers <= set(stated):
            continue
        if all(abs(board.size - size) <= SIZE_RATIO * size for size in sizes if board.size):
            yield board


def _preference(board: _Board) -> tuple[int, float]:
    return FORM_ORDER.index(board.form), -board.size
