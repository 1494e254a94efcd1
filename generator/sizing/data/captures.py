"""Requests of production that are kept, so that a model can be retrained on them.

They come on top of the datasets (requirements S1-5), and nothing but their own retention makes
them stop growing.
"""

from __future__ import annotations

from dataclasses import replace

from generator.blueprint.model.workloads import Retraining, Workload
from generator.ledger import Basis
from generator.quantity import GIB
from generator.record import Record, record
from generator.sizing.assumption import Assumption, judge
from generator.sizing.data.course import Addition, Course
from generator.sizing.data.extremes import extremes
from generator.sizing.data.runs import MONTH_S
from generator.sizing.data.stored import StoredKind, Wanted
from generator.sizing.figures import Figures
from generator.sizing.storage.stores import capture_bytes, capture_rate

CAPTURE_KEPT_MONTHS = 12.0
"""How long captured requests stay. Assumed: a year, so that drift is seen against the season
before; the language has no word for it yet."""

CAPTURE_KEPT_RANGE = (1.0, 24.0)
"""Assumed range of ``CAPTURE_KEPT_MONTHS``: from one retraining to the next, or two years."""

MEAN_REQUESTS_RATIO = 1.0
"""Mean requests over a day as a share of the stated rate. Assumed: a rate that never ebbs."""

MEAN_REQUESTS_RANGE = (0.25, 1.0)
"""Assumed range of ``MEAN_REQUESTS_RATIO``: a quarter where only office hours are busy."""


@record
class _Captured(Record):
    requests_per_s: float
    captured_ratio: float
    record_bytes: float
    mean_ratio: float = MEAN_REQUESTS_RATIO
    kept_months: float = CAPTURE_KEPT_MONTHS

    @property
    def bytes_per_s(self) -> float:
        return capture_rate(
            requests_per_s=self.requests_per_s * self.mean_ratio,
            captured_ratio=self.captured_ratio,
            record_bytes=self.record_bytes,
        )

    @property
    def full_bytes(self) -> float:
        return capture_bytes(
            requests_per_s=self.requests_per_s * self.mean_ratio,
            captured_ratio=self.captured_ratio,
            record_bytes=self.record_bytes,
            retention_s=self.kept_months * MONTH_S,
        )


_CAPTURE_ASSUMED = (
    Assumption(
        name="retention of captured requests",
        value=CAPTURE_KEPT_MONTHS,
        unit="months",
        rule="a year, so that drift is seen against the season before",
        source="default: the language has no word for it",
        low=CAPTURE_KEPT_RANGE[0],
        high=CAPTURE_KEPT_RANGE[1],
        changes=(("kept_months", *CAPTURE_KEPT_RANGE),),
    ),
    Assumption(
        name="mean requests over the stated rate",
        value=MEAN_REQUESTS_RATIO,
        unit="",
        rule="as if the rate never ebbed",
        source="default",
        low=MEAN_REQUESTS_RANGE[0],
        high=MEAN_REQUESTS_RANGE[1],
        changes=(("mean_ratio", *MEAN_REQUESTS_RANGE),),
    ),
)


def capture(workload: Workload, retraining: Retraining) -> Wanted:
    """Requests that are kept to retrain on: rate x share x record x retention."""
    at, name = f"workloads[{workload.name}]", f"{workload.name}-capture"
    base = Wanted(
        name=name,
        kind=StoredKind.CAPTURE,
        path=f"{at}.retraining.capture_production_data",
        course=None,
    )
    rate = workload.serving.rate_per_s if workload.serving else None
    if rate is None:
        return replace(base, missing=f"{at}.serving.rate")
    if retraining.capture_record_bytes is None:
        return replace(base, missing=f"{at}.retraining.capture_record")
    assert retraining.capture_production_data_ratio is not None
    figures = Figures(name)
    captured = _Captured(
        requests_per_s=figures.stated("requests", rate, "/s"),
        captured_ratio=figures.stated(
            "captured share", retraining.capture_production_data_ratio, ""
        ),
        record_bytes=figures.stated("record", retraining.capture_record_bytes, "B"),
    )
    judge(
        _CAPTURE_ASSUMED,
        captured,
        lambda other: other.full_bytes,
        figures,
        what="captured requests",
        show=lambda size: f"{size / GIB:,.1f} GiB",
    )
    low, high = extremes(_CAPTURE_ASSUMED, captured, lambda other: other.full_bytes)
    course = Course(
        additions=(
            Addition(
                bytes_per_month=captured.bytes_per_s * MONTH_S, kept_months=captured.kept_months
            ),
        )
    )
    figures.gib(
        "logical volume",
        course.at(0),
        rule="requests x share x record x a month",
        source="requirements S1-5",
        basis=Basis.ANALYTIC,
    )
    figures.note(
        "logical volume once the oldest expire",
        round(captured.full_bytes / GIB, 2),
        "GiB",
        rule="requests x share x record x retention",
        source="requirements S1-5",
        low=round(low / GIB, 2),
        high=round(high / GIB, 2),
    )
    return replace(
        base,
        course=course,
        ledger=tuple(figures.entries),
        write_bytes_per_s=captured.bytes_per_s,
    )
