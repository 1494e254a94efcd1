"""A property: a statement about every case of a strategy, and how one is tried."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

from hypothesis import assume
from hypothesis import strategies as st

from generator.blueprint.model.workloads import Workload
from generator.sizing.estimate import Estimate
from generator.sizing.nonsense import Nonsense
from tests.sizing.estimate.asked import answer

ROUNDING = 1e-9
"""What the order of floating-point sums may come to, as a share."""


@dataclass(frozen=True)
class Property:
    """A statement about every case of a strategy; ``holds`` raises where it does not hold."""

    name: str
    cases: st.SearchStrategy[Any]
    holds: Callable[[Any], None]


def tried(wanted: Workload) -> Estimate:
    """The answer; a workload that is refused is no case."""
    try:
        return answer(wanted)
    except Nonsense:
        assume(False)
        raise


def never_less(more: Estimate, less: Estimate, *names: str) -> None:
    """Each named part of the memory is at least what it was."""
    for name in names:
        before, after = getattr(less.memory, name), getattr(more.memory, name)
        assert (after or 0.0) >= (before or 0.0) * (1 - ROUNDING), (name, before, after)


SERVING_PARTS = (
    "weights_bytes",
    "kv_cache_bytes",
    "activations_bytes",
    "runtime_bytes",
    "total_bytes",
)
TRAINING_PARTS = ("total_bytes", "static_bytes", "host_bytes")
"""Parts at the peak of a step are those of its worst moment, which may be another one."""


def grown(strategy: st.SearchStrategy[Workload], most: int = 64) -> st.SearchStrategy[Any]:
    """A workload and by what something of it grows."""
    return st.tuples(strategy, st.integers(1, most))


MODEL_FIGURES = ("layers", "ffn", "vocabulary", "kv_heads", "experts", "active_experts")
