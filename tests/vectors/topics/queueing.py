"""Published queueing figures, answered by the engine. Times stay in the row's own unit."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any

from generator.sizing.queueing import erlang, impatience

Inputs = Mapping[str, Any]


def _erlang_b(inputs: Inputs) -> float:
    return erlang.blocking_probability(inputs["offered_erlangs"], inputs["servers"])


def _erlang_b_sizing(inputs: Inputs) -> int:
    return erlang.servers_for_blocking(
        inputs["offered_erlangs"],
        inputs["max_blocking"],
        **_limits(inputs),
    )


def _erlang_c(inputs: Inputs) -> float:
    return erlang.waiting_probability(inputs["offered_erlangs"], inputs["servers"])


def _erlang_c_sizing(inputs: Inputs) -> int:
    return erlang.smallest_pool(
        inputs["offered_erlangs"],
        service_s=inputs["mean_service"],
        wait_s=inputs["target_wait"],
        served_within_ratio=inputs["service_level"],
        **_limits(inputs),
    ).staffed


def _limits(inputs: Inputs) -> dict[str, float]:
    """The bounds that a row states; the engine's own defaults hold for the others."""
    names = {"max_occupancy": "max_occupancy_ratio", "shrinkage": "shrinkage_ratio"}
    return {names[key]: value for key, value in inputs.items() if key in names}


def _erlang_a(inputs: Inputs) -> float:
    pool = impatience.impatient_pool(
        inputs["offered_erlangs"],
        inputs["servers"],
        service_s=inputs["mean_service"],
        patience_s=inputs["mean_patience"],
    )
    # One state has several figures; a row that wants another than the wait says which.
    asked = " ".join(str(value) for value in inputs.values() if isinstance(value, str)).lower()
    return pool.abandons_ratio if "abandon" in asked else pool.waits_ratio


def _service_level(inputs: Inputs) -> float:
    queue = {"service_s": inputs["mean_service"], "wait_s": inputs["target_wait"]}
    if "mean_patience" in inputs:
        return impatience.settled_within(
            inputs["offered_erlangs"],
            inputs["servers"],
            patience_s=inputs["mean_patience"],
            **queue,
        )
    return erlang.served_within(inputs["offered_erlangs"], inputs["servers"], **queue)


ANSWERS: dict[str, Callable[[Inputs], object]] = {
    "queueing.erlang_a": _erlang_a,
    "queueing.erlang_b": _erlang_b,
    "queueing.erlang_b_sizing": _erlang_b_sizing,
    "queueing.erlang_c": _erlang_c,
    "queueing.erlang_c_sizing": _erlang_c_sizing,
    "queueing.service_level": _service_level,
}
