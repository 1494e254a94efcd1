"""Lineage: a row for every step on the way from data to model, for as long as it is kept."""

from __future__ import annotations

from generator.blueprint.model.blueprint import Blueprint
from generator.blueprint.model.ml_platform import Component
from generator.quantity import GIB
from generator.record import Record, record
from generator.sizing.assumption import Assumption, judge
from generator.sizing.data.course import Addition, Course
from generator.sizing.data.feeders import Feeder
from generator.sizing.data.runs import MONTH_S, UNSCHEDULED_RUNS, UNSCHEDULED_RUNS_RANGE
from generator.sizing.figures import Figures
from generator.sizing.storage.stores import (
    METADATA_BASE_BYTES,
    METADATA_BASE_RANGE,
    METADATA_ROW_BYTES,
    METADATA_ROW_RANGE,
    metadata_bytes,
)

ROWS_PER_RUN = 100
"""Edges, parameters and tags that a run leaves at the level of datasets. Assumed."""

ROWS_PER_RUN_RANGE = (20, 2000)
"""Assumed range of ``ROWS_PER_RUN``: a bare record, or a metric that is logged often."""

COLUMNS_PER_DATASET = 10
"""How many times the rows are where each column has its own lineage. Assumed."""


@record
class _Lineage(Record):
    feeders: tuple[Feeder, ...]
    rows_per_run: float
    row_bytes: float = METADATA_ROW_BYTES
    base_bytes: float = METADATA_BASE_BYTES
    unscheduled: float = UNSCHEDULED_RUNS

    @property
    def per_month_bytes(self) -> float:
        runs = sum(feeder.artefacts_per_month(self.unscheduled) for feeder in self.feeders)
        return metadata_bytes(
            runs=runs, rows_per_run=self.rows_per_run, row_bytes=self.row_bytes, base_bytes=0.0
        )


def keeps_lineage(component: Component, blueprint: Blueprint) -> bool:
    """Whether a component holds the lineage: the one that is named, else the data-versioning."""
    kept = blueprint.governance.lineage
    if kept is None or kept.level == "none":
        return False
    if kept.store is not None:
        return kept.store == component.name
    return component.implements == "data-versioning"


def lineage(
    component: Component, blueprint: Blueprint, fed: tuple[Feeder, ...], figures: Figures
) -> Course | str:
    """The course of a lineage store, or in words what would have to be stated."""
    kept = blueprint.governance.lineage
    if kept is None or (kept.retention_s is None and component.retention_s is None):
        return "governance.lineage.retention"
    retention = component.retention_s or kept.retention_s
    assert retention is not None
    months = figures.stated("retention", retention, "s") / MONTH_S
    finer = COLUMNS_PER_DATASET if kept.level == "column" else 1
    wanted = _Lineage(feeders=fed, rows_per_run=float(ROWS_PER_RUN * finer))
    judge(
        _assumed(finer),
        wanted,
        lambda other: other.base_bytes + months * other.per_month_bytes,
        figures,
        what=f"lineage of {months:.3g} months",
        show=lambda size: f"{size / GIB:.2f} GiB",
    )
    return Course(
        start_bytes=wanted.base_bytes,
        additions=(Addition(bytes_per_month=wanted.per_month_bytes, kept_months=months),),
    )


def _assumed(finer: int) -> tuple[Assumption, ...]:
    fewest, most = (float(end * finer) for end in ROWS_PER_RUN_RANGE)
    return (
        Assumption(
            name="metadata of a run",
            value=ROWS_PER_RUN * finer * METADATA_ROW_BYTES,
            unit="B",
            rule="edges, parameters and tags that a run leaves, as rows with their indexes",
            source="default",
            low=fewest * METADATA_ROW_RANGE[0],
            high=most * METADATA_ROW_RANGE[1],
            changes=(("rows_per_run", fewest, most), ("row_bytes", *METADATA_ROW_RANGE)),
        ),
        Assumption(
            name="empty database",
            value=METADATA_BASE_BYTES,
            unit="B",
            rule="with its write-ahead log",
            source="default",
            low=METADATA_BASE_RANGE[0],
            high=METADATA_BASE_RANGE[1],
            changes=(("base_bytes", *METADATA_BASE_RANGE),),
        ),
        Assumption(
            name="runs a month that nothing schedules",
            value=UNSCHEDULED_RUNS,
            unit="",
            rule="training and searches that are started by hand",
            source="default",
            low=UNSCHEDULED_RUNS_RANGE[0],
            high=UNSCHEDULED_RUNS_RANGE[1],
            changes=(("unscheduled", *UNSCHEDULED_RUNS_RANGE),),
        ),
    )
