"""What is true of one answer by itself: its numbers, its ledger, its layout, its units."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import fields, replace
from math import isfinite
from typing import Any

from hypothesis import assume

from generator.blueprint.model.workloads import Workload
from generator.quantity import Dimension, parse
from generator.record import Record
from tests.sizing.estimate.asked import ask, training_with
from tests.sizing.estimate.claims import tried


def numbers(value: Any) -> Iterator[tuple[str, float]]:
    """Every number of an answer but those of its ledger, by its name."""
    for field in fields(value):
        found = getattr(value, field.name)
        if isinstance(found, bool) or field.name in ("ledger", "reasons"):
            continue
        if isinstance(found, int | float):
            yield field.name, found
        elif isinstance(found, Record):
            yield from numbers(found)
    if hasattr(value, "total_bytes"):
        derived = ("total_bytes", "static_bytes", "allocated_bytes", "all_gpus_bytes")
        yield from ((name, getattr(value, name) or 0.0) for name in derived)


def nothing_is_negative(case: Workload) -> None:
    found = tried(case)
    noted = ((entry.name, entry.value) for entry in found.ledger)
    sized = ((name, value) for name, value in noted if isinstance(value, int | float))
    for name, value in (*numbers(found), *sized):
        assert isfinite(value), (name, value)
        assert value >= 0, (name, value)


def ranges_hold_their_value(case: Workload) -> None:
    for entry in tried(case).ledger:
        if entry.low is None or entry.high is None or isinstance(entry.value, str):
            continue
        slack = 1.0 if entry.unit == "B" else 1e-9 * abs(entry.value)
        assert 0 <= entry.low <= entry.value + slack, entry
        assert entry.value - slack <= entry.high, entry
        assert isfinite(entry.high), entry


def totals_are_sums(case: Workload) -> None:
    memory = tried(case).memory
    states = memory.weights_bytes + memory.gradients_bytes + memory.optimizer_bytes
    rest = memory.activations_bytes, memory.kv_cache_bytes, memory.runtime_bytes
    assert memory.total_bytes == states + rest[0] + rest[1] + rest[2]
    assert memory.allocated_bytes == memory.total_bytes - memory.runtime_bytes
    assert (memory.all_gpus_bytes or 0.0) == memory.total_bytes * memory.gpus


LEDGER_PARTS = (
    "weights",
    "gradients",
    "optimizer",
    "activations",
    "logits",
    "buffers",
    "kv_cache",
    "runtime",
)


def the_ledger_adds_up(case: Workload) -> None:
    """The lines of the parts come to the line of the total, in whole bytes."""
    found = tried(case)
    lines = {e.name: e.value for e in found.ledger if isinstance(e.value, int | float)}
    parts = [lines[name] for name in LEDGER_PARTS if name in lines]
    assert abs(sum(parts) - lines["total"]) <= len(parts)
    assert abs(lines["total"] - found.memory.total_bytes) <= 1


def an_answer_is_repeated(case: Workload) -> None:
    assert tried(case) == tried(case)


def a_chosen_layout_holds(case: Workload) -> None:
    """Where the engine chose the GPUs of a service, one session fits, or it says that none does."""
    found = tried(case)
    assert found.feasible or found.reasons
    if found.feasible and found.serving and found.serving.sessions_guaranteed is not None:
        assert found.serving.sessions_guaranteed >= 1


def a_chosen_layout_trains(case: Workload) -> None:
    """Where the engine chose the GPUs of a run they hold it, or there are none that do."""
    assert case.train is not None
    assume(case.accelerator is not None and case.accelerator.model is not None)
    alone = replace(case, accelerator=replace(case.accelerator, gpus=None))
    found = tried(training_with(alone, parallel=None))
    assert found.feasible or (found.gpus == 1 and found.reasons)


DATA_UNITS = (("GiB", "MiB", 1024), ("TB", "GB", 1000), ("MiB", "KiB", 1024))
TIME_UNITS = (("h", "m", 60), ("m", "s", 60), ("s", "ms", 1000), ("d", "h", 24))


def units(case: tuple[int, tuple[str, str, int], tuple[str, str, int]]) -> None:
    """The same amounts in other units give the same answer, to the last bit."""
    amount, (large, small, per), (long, short, parts) = case
    documents = [
        {
            "hpo": {
                "trials": 40,
                "trial_time": f"{time}",
                "deadline": f"{amount * 30}{long}",
                "memory": size,
            }
        }
        for size, time in (
            (f"{amount}{large}", f"{amount}{long}"),
            (f"{amount * per}{small}", f"{amount * parts}{short}"),
        )
    ]
    first, second = map(ask, documents)
    assert first == second


def decimals(case: tuple[int, tuple[str, str, int]]) -> None:
    """``1.5h`` is ``90m``: a decimal is no approximation."""
    halves, (large, small, per) = case
    dimension = Dimension.DATA if small.endswith("B") else Dimension.DURATION
    written = f"{halves / 2:.1f}{large}"
    assert parse(written, dimension) == parse(f"{halves * per // 2}{small}", dimension)


def parameters(case: int) -> None:
    """Billions with decimals and millions of parameters are the same count."""
    documents = [
        {"model": {"family": "llama-3.1-8b", "params": params}, "serving": {"context": 4096}}
        for params in (f"{case // 1000}.{case % 1000:03}B", f"{case}M")
    ]
    first, second = map(ask, documents)
    assert first == second
