"""What was measured takes the place of what is assumed, and what that changes is shown.

Precedence is explicit, observed, catalogue, default: a figure that the blueprint itself states in
``assume`` stays, an observation fills what it leaves open.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import replace

from generator.blueprint.model.observations import DIMENSIONS, FIELDS, Observation
from generator.blueprint.model.workloads import Assumptions, Workload
from generator.quantity import Dimension
from generator.record import Record, record
from generator.sizing.estimate.answer import Estimate

TOLERANCE_RATIO = 0.3
"""How far a measured figure may lie from the estimate without a warning, as a share of the
estimate. Assumed: about what published engines miss on configurations they were not fitted to (18
to 26 % on average for a step of decoding, aiconfigurator's rows)."""

_ROUNDING = 1e-9
"""How far two figures lie apart by arithmetic alone."""

_UNITS: Mapping[Dimension, str] = {
    Dimension.DATA: "B",
    Dimension.DURATION: "s",
    Dimension.FREQUENCY: "/s",
}


@record
class Change(Record):
    """One figure of a workload, without and with its observations, in base units.

    ``analytic`` is what the estimate says without observations, ``measured`` the observation and
    ``ratio`` the second over the first; ``result`` is what the estimate says with all observations.
    A figure that follows from others has no ``measured``; what nobody knows is None. ``source``
    says who measured. ``used`` is False where the blueprint states the figure itself, or where the
    workload has no such figure.
    """

    workload: str
    figure: str
    unit: str = ""
    analytic: float | str | None = None
    measured: float | None = None
    ratio: float | None = None
    result: float | str | None = None
    source: str = ""
    used: bool = True

    @property
    def is_far_off(self) -> bool:
        """Whether measurement and estimate differ by more than 30 %."""
        return self.ratio is not None and abs(self.ratio - 1) > TOLERANCE_RATIO + _ROUNDING


def observed(workload: Workload, observations: Sequence[Observation]) -> Workload:
    """The workload with its observations as assumptions; what it states itself stays.

    Raises ``ValueError`` for an observation in a unit that its figure does not have.
    """
    stated = workload.assume or Assumptions()
    open_to = {
        FIELDS[one.figure]: one.quantity
        for one in observations
        if one.workload == workload.name and getattr(stated, FIELDS[one.figure]) is None
    }
    return replace(workload, assume=replace(stated, **open_to)) if open_to else workload


def compare(
    before: Estimate | None, after: Estimate | None, observations: Sequence[Observation]
) -> tuple[Change, ...]:
    """What each observation of one workload measured against the estimate, and what followed.

    ``before`` is the estimate without the observations and ``after`` the one with them; None where
    there is none, so that nothing is known to compare with.
    """
    direct = [_direct(before, after, one) for one in observations]
    if before is None or after is None or not observations:
        return tuple(direct)
    told: set[str] = {one.figure for one in observations}
    name = observations[0].workload
    return (*direct, *_consequences(before, after, name, told))


def _direct(before: Estimate | None, after: Estimate | None, one: Observation) -> Change:
    measured = float(one.quantity.value)
    analytic, result = figure_of(before, one.figure), figure_of(after, one.figure)
    return Change(
        workload=one.workload,
        figure=one.figure,
        unit=_UNITS[DIMENSIONS[one.figure]],
        analytic=analytic,
        measured=measured,
        ratio=None if analytic is None else measured / analytic,
        result=result,
        source=one.quantity.source,
        used=result is not None and abs(result - measured) <= _ROUNDING * measured,
    )


_VISIBLE = 1e-3
"""How far an answer moves before the change is shown."""


def _consequences(before: Estimate, after: Estimate, name: str, told: set[str]) -> list[Change]:
    """The answers that nobody measured and that are others now."""
    found = []
    for figure, (unit, read) in _ANSWERS.items():
        was, now = read(before), read(after)
        if figure not in told and _differ(was, now):
            found.append(Change(workload=name, figure=figure, unit=unit, analytic=was, result=now))
    return found


def _differ(was: float | str | None, now: float | str | None) -> bool:
    """Whether two answers differ by more than people see."""
    if isinstance(was, float) and isinstance(now, float):
        return abs(now - was) > _VISIBLE * abs(was)
    return was != now


def figure_of(answer: Estimate | None, figure: str) -> float | None:
    """An estimate's value of a figure that can be observed, per GPU; None where it has none.

    Parts that an estimate leaves at zero are not known to it.
    """
    return None if answer is None else _OBSERVABLE[figure](answer) or None


def _serving(answer: Estimate, name: str) -> float | None:
    return None if answer.serving is None else getattr(answer.serving, name)


def _training(answer: Estimate, name: str) -> float | None:
    return None if answer.training is None else getattr(answer.training, name)


def _throughput(answer: Estimate) -> float | None:
    """Items or tokens per second and GPU."""
    rates = [_serving(answer, name) for name in ("items_per_s", "tokens_per_s")]
    served = next((rate for rate in rates if rate is not None), None)
    if served is not None:
        return served / max(1, answer.gpus)
    tokens = _training(answer, "tokens_per_s_per_gpu")
    return _training(answer, "items_per_s_per_gpu") if tokens is None else tokens


_OBSERVABLE: Mapping[str, Callable[[Estimate], float | None]] = {
    "weights": lambda answer: answer.memory.weights_bytes,
    "activations": lambda answer: answer.memory.activations_bytes,
    "runtime": lambda answer: answer.memory.runtime_bytes,
    "kv_room": lambda answer: answer.memory.kv_room_bytes,
    "total": lambda answer: answer.memory.total_bytes,
    "step": lambda answer: _training(answer, "step_s"),
    "per_token": lambda answer: _serving(answer, "per_token_s"),
    "first_token": lambda answer: _serving(answer, "first_token_s"),
    "throughput": _throughput,
}

_ANSWERS: Mapping[str, tuple[str, Callable[[Estimate], float | str | None]]] = {
    "total": ("B", lambda answer: answer.memory.total_bytes),
    "kv_room": ("B", lambda answer: answer.memory.kv_room_bytes),
    "sessions": ("", lambda answer: _serving(answer, "sessions_guaranteed")),
    "per_token": ("s", lambda answer: _serving(answer, "per_token_s")),
    "first_token": ("s", lambda answer: _serving(answer, "first_token_s")),
    "step": ("s", lambda answer: _training(answer, "step_s")),
    "throughput": ("/s", _throughput),
    "replicas": ("", lambda answer: _serving(answer, "replicas")),
    "hours": ("h", lambda answer: _training(answer, "hours")),
    "gpus": ("", lambda answer: answer.gpus),
    "profile": ("", lambda answer: answer.profile or None),
    "feasible": ("", lambda answer: "yes" if answer.feasible else "no"),
}
"""Answers that observations can change without being of them."""
