"""The ledger of what follows from other figures, so that every number of an answer has its line.

Keys are the names of the answer in JSON (``memory.total_bytes``). The formulas note what they
compute; what is left, sums, quotients and counts, is noted here from one table.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator, Sequence
from math import isclose

from generator.ledger import Entry
from generator.record import Record, record
from generator.sizing.estimate.answer import Estimate
from generator.sizing.figures import Figures

Read = Callable[[Estimate], float | None]


@record
class Line(Record):
    """How a figure of the answer is called in the ledger, and what it follows from."""

    key: str
    name: str
    unit: str
    read: Read
    rule: str
    source: str = "arithmetic"


def _memory(key: str, name: str, rule: str, source: str = "sum of the parts") -> Line:
    unit = "B"
    return Line(
        key=f"memory.{key}",
        name=name,
        unit=unit,
        read=lambda answer: getattr(answer.memory, key),
        rule=rule,
        source=source,
    )


def _serving(
    key: str, name: str, unit: str, rule: str, source: str = "arithmetic", field: str = ""
) -> Line:
    return Line(
        key=f"serving.{key}",
        name=name,
        unit=unit,
        read=lambda answer: getattr(answer.serving, field or key, None),
        rule=rule,
        source=source,
    )


def _training(key: str, name: str, unit: str, rule: str, source: str = "arithmetic") -> Line:
    return Line(
        key=f"training.{key}",
        name=name,
        unit=unit,
        read=lambda answer: getattr(answer.training, key, None),
        rule=rule,
        source=source,
    )


_NONE = "this kind of work has none"
_BLOCKS = "Kwon et al., PagedAttention, section 4"
_FITTED = "fitted: aiconfigurator, silicon_sample.csv"

LINES: tuple[Line, ...] = (
    _memory("weights_bytes", "weights", "as the workload states it", "blueprint"),
    _memory("gradients_bytes", "gradients", _NONE, "arithmetic"),
    _memory("optimizer_bytes", "optimizer", _NONE, "arithmetic"),
    _memory("activations_bytes", "activations", _NONE, "arithmetic"),
    _memory("kv_cache_bytes", "kv_cache", _NONE, "arithmetic"),
    _memory("kv_bytes_per_token", "kv_bytes_per_token", "cache of one token", _BLOCKS),
    _memory("kv_room_bytes", "kv_room", "what is left for the cache", _BLOCKS),
    _memory("runtime_bytes", "runtime", _NONE, "arithmetic"),
    _memory("static_bytes", "static", "weights, gradients and optimizer that stay between steps"),
    _memory(
        "total_bytes",
        "total",
        "weights + gradients + optimizer + activations + KV cache + runtime",
    ),
    _memory("allocated_bytes", "allocated", "total less runtime"),
    _memory("all_gpus_bytes", "all_gpus", "total x gpus", "arithmetic"),
    _memory("host_bytes", "host", "optimizer and weights that offload keeps there", "DeepSpeed"),
    _serving(
        "kv_capacity_tokens", "kv_capacity", "tokens", "kv_room / kv_bytes_per_token", _BLOCKS
    ),
    _serving(
        "sessions_guaranteed",
        "sessions_guaranteed",
        "sessions",
        "kv_room / cache of one session at full context, up to max_num_seqs",
        _BLOCKS,
    ),
    _serving(
        "sessions_practical",
        "sessions_practical",
        "sessions",
        "kv_room / cache of input_tokens and output_tokens, up to max_num_seqs",
        _BLOCKS,
    ),
    _serving("concurrency", "concurrency", "sessions", "kv_capacity / context", _BLOCKS),
    _serving("ttft_s", "first_token", "s", "prefill and waiting", _FITTED, field="first_token_s"),
    _serving("prefill_s", "prefill", "s", "a prompt of input_tokens alone on the GPU", _FITTED),
    _serving("tpot_s", "per_token", "s", "one step", _FITTED, field="per_token_s"),
    _serving("tokens_per_s", "tokens_per_s", "tokens/s", "sequences / per_token"),
    _serving("items_per_s", "items_per_s", "items/s", "batch / latency"),
    _serving("latency_s", "latency", "s", "one pass of the batch", "roofline"),
    _serving(
        "replicas",
        "replicas",
        "",
        "sessions or rate / what one replica carries within the service level, rounded up",
    ),
    _training("step_s", "step", "s", "one optimizer step"),
    _training("hours", "hours", "h", "work / rate"),
    _training("programme_hours", "programme_hours", "h", "hours with what failed"),
    _training("flops", "flops", "operations", "flops_per_token x tokens", "PaLM, appendix B"),
    _training(
        "flops_per_token",
        "flops_per_token",
        "operations",
        "6 x active parameters + attention",
        "PaLM, appendix B",
    ),
    _training("gpu_hours", "gpu_hours", "h", "hours x gpus"),
    _training("programme_gpu_hours", "programme_gpu_hours", "h", "programme_hours x gpus"),
    _training("mfu", "mfu", "ratio", "rate x flops_per_token / peak", "PaLM, appendix B"),
    _training(
        "hfu",
        "hfu",
        "ratio",
        "mfu with what recompute repeats",
        "Korthikanti et al., Reducing Activation Recomputation, section 6",
    ),
    _training(
        "tokens_per_s_per_gpu", "tokens_per_s_per_gpu", "tokens/s", "tokens of a step / step / gpus"
    ),
    _training("items_per_s_per_gpu", "items_per_s_per_gpu", "items/s", "as measured", "blueprint"),
    _training("tflops_per_gpu", "tflops_per_gpu", "TFLOP/s", "hfu x peak"),
    _training("model_tflops_per_gpu", "model_tflops_per_gpu", "TFLOP/s", "mfu x peak"),
    _training("slots", "slots", "", "trials at once"),
    Line(
        key="checkpoint.bytes",
        name="checkpoint",
        unit="B",
        read=lambda answer: answer.checkpoint.bytes if answer.checkpoint else None,
        rule="weights and optimizer states",
        source="ZeRO, section 3.1",
    ),
    Line(
        key="checkpoint.interval_s",
        name="checkpoint interval",
        unit="s",
        read=lambda answer: answer.checkpoint.interval_s if answer.checkpoint else None,
        rule="sqrt(2 x write time x time between failures)",
        source="Young (1974)",
    ),
    Line(
        key="io.read_bytes_per_s",
        name="read_bytes_per_s",
        unit="B/s",
        read=lambda answer: answer.read_bytes_per_s,
        rule="items of a step x bytes of one (4 B per token unless stated) / step",
    ),
    Line(
        key="gpus",
        name="gpus",
        unit="",
        read=lambda answer: answer.gpus,
        rule="the stated gpus or layout, else the fewest that hold the work",
        source="arithmetic",
    ),
)
"""Every figure of an answer, in the order in which it is printed."""


def note_answer(answer: Estimate, figures: Figures) -> None:
    """Notes each figure of the answer that has no line of its value yet."""
    noted = {entry.name: entry.value for entry in figures.entries}
    for line in LINES:
        value = line.read(answer)
        if value is None or _same(noted.get(line.name), value, line.unit):
            continue
        name, rule, source = line.name, line.rule, line.source
        if name in noted:
            # The line of a part, or of what was computed before something was measured.
            name, rule, source = f"{name} in all", *_whole(name, noted)
        figures.note(name, value, line.unit, rule=rule, source=source)


def _whole(name: str, noted: dict[str, float | str]) -> tuple[str, str]:
    if name == "activations" and "logits" in noted:
        return "activations + logits + buffers", "sum of the parts"
    return "computed, and scaled with what was measured", "blueprint, assume"


def explained(answer: Estimate, figure: str) -> Iterator[Entry]:
    """The lines of a figure, by its key in JSON, by the end of such a key, or by its ledger name.

    The line of a key's value comes first. Nothing where there is no such figure.
    """
    line = next((one for one in LINES if figure in _spellings(one)), None)
    names = {figure, line.name, f"{line.name} in all"} if line else {figure}
    value = line.read(answer) if line else None
    found = [entry for entry in answer.ledger if entry.name in names]
    if value is not None and figure != (line.name if line else ""):
        found.sort(key=lambda entry: not _same(entry.value, value, entry.unit))
    yield from found


_JUDGED = {
    "framebuffer": "total",
    "RAM": "total",
    "time per token": "per_token",
    "latency": "items_per_s",
    "hours": "hours",
}
"""What the effect of an assumption begins with, and the figure that it is an effect on."""


def behind(answer: Estimate, found: Sequence[Entry]) -> Iterator[Entry]:
    """The lines that figures rest on, down to those that rest on a source alone.

    These are the lines whose names their rules use, and the assumptions that were judged by them.
    """
    waiting, seen = list(found), {id(entry) for entry in found}
    while waiting:
        entry = waiting.pop(0)
        words = f" {_plain(entry.rule)} "
        for other in answer.ledger:
            named = f" {_plain(other.name)} " in words or _judges(other, entry)
            if named and id(other) not in seen:
                seen.add(id(other))
                waiting.append(other)
                yield other


def _judges(assumption: Entry, entry: Entry) -> bool:
    return any(
        assumption.effect.startswith(f"{start} ") and entry.name == figure
        for start, figure in _JUDGED.items()
    )


def _plain(text: str) -> str:
    """Words alone, so that ``KV cache`` is ``kv_cache``."""
    return " ".join(re.findall("[a-z0-9]+", text.lower()))


def _spellings(line: Line) -> tuple[str, ...]:
    """``memory.total_bytes``, ``total_bytes`` and ``total``; ``tpot`` for ``serving.tpot_s``."""
    last = line.key.rpartition(".")[2]
    return line.key, last, last.removesuffix("_s").removesuffix("_bytes"), line.name


def _same(noted: float | str | None, value: float, unit: str) -> bool:
    # The ledger notes whole bytes.
    near = 1.0 if unit == "B" else 0.0
    return isinstance(noted, int | float) and isclose(noted, value, rel_tol=1e-9, abs_tol=near)
