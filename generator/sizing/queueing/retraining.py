"""GPU-hours that are reserved: for retraining month by month, and for pruning a model once.

Models of human behaviour decay, so retraining is part of the demand and not what is left over.
Sources: requirements S1-5 and S1-8d; F. Denneman, Training vs Inference: Network Compression
(2022).
"""

from __future__ import annotations

from generator.record import Record, record
from generator.sizing.nonsense import Nonsense, not_negative, positive

DAYS_PER_MONTH = 365.25 / 12
"""A twelfth of a Julian year, as the language counts a month."""

RUNS_PER_MONTH: dict[str, float] = {
    "none": 0.0,
    "daily": DAYS_PER_MONTH,
    "weekly": DAYS_PER_MONTH / 7,
    "monthly": 1.0,
    "quarterly": 1.0 / 3,
    "yearly": 1.0 / 12,
}
"""How often a cadence of the language retrains."""

PRUNING_MOST = 3.0
"""GPU-hours of pruning in multiples of the first training, at most. Published: F. Denneman,
Network Compression (2022): finetuning after pruning can cost three times the original training."""

PRUNING_LEAST = 1.0
"""The least: one pass trains for as many epochs as the original training did. Same source."""

PRUNED_PER_PASS = 0.2
"""Share of the remaining weights that a pass takes away. Published as typical; same source."""


@record
class Reserve(Record):
    """GPU-hours a month that retraining takes. ``short_gpu_hours`` is what the budget lacks.

    ``short_gpu_hours`` is None where no budget is stated.
    """

    runs_per_month: float
    gpu_hours_per_month: float
    short_gpu_hours: float | None


@record
class PruningBudget(Record):
    """What pruning takes beside the training of the model.

    ``remaining_ratio`` of the weights is left after all passes. The GPU is idle between passes
    while results are judged, so the work is ``ephemeral``: a slot that comes and goes.
    """

    gpu_hours_low: float
    gpu_hours: float
    iterations: int
    remaining_ratio: float
    persistence: str = "ephemeral"


def retraining_reserve(
    cadence: str, training_gpu_hours: float, *, budget_gpu_hours: float | None = None
) -> Reserve:
    """GPU-hours a month: runs of the cadence x GPU-hours of one training.

    Raises ``Nonsense`` for an unknown cadence and for hours that are not above zero.
    """
    if cadence not in RUNS_PER_MONTH:
        raise Nonsense(
            "retraining.cadence",
            f"{cadence!r} is not known",
            f"state one of {', '.join(RUNS_PER_MONTH)}",
        )
    positive("training_gpu_hours", training_gpu_hours)
    runs = RUNS_PER_MONTH[cadence]
    hours = runs * training_gpu_hours
    short = None
    if budget_gpu_hours is not None:
        not_negative("retraining.budget_gpu_hours", budget_gpu_hours)
        short = max(0.0, hours - budget_gpu_hours)
    return Reserve(runs_per_month=runs, gpu_hours_per_month=hours, short_gpu_hours=short)


def pruning_budget(
    training_gpu_hours: float, *, percent_ratio: float = PRUNED_PER_PASS, iterations: int = 1
) -> PruningBudget:
    """GPU-hours of iterative pruning: planned at three times the training, at least once it.

    Raises ``Nonsense`` for hours not above zero, a share outside 0 to 1, and less than one pass.
    """
    positive("training_gpu_hours", training_gpu_hours)
    if not 0.0 < percent_ratio < 1.0:
        raise Nonsense(
            "model.compression.prune.percent",
            f"{percent_ratio:g} of the weights per pass",
            "state above 0 % and below 100 %",
        )
    if iterations < 1:
        raise Nonsense(
            "model.compression.prune.iterations", f"{iterations} passes", "state one at least"
        )
    remaining: float = (1.0 - percent_ratio) ** iterations
    return PruningBudget(
        gpu_hours_low=PRUNING_LEAST * training_gpu_hours,
        gpu_hours=PRUNING_MOST * training_gpu_hours,
        iterations=iterations,
        remaining_ratio=remaining,
    )
