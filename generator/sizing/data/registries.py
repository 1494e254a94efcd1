"""Model and experiment registries: runs x artefact x retention, and the versions in production.

A version in production and the one to fall back to are kept whatever their age.
"""

from __future__ import annotations

from collections.abc import Iterable

from generator.blueprint.model.ml_platform import Component
from generator.ledger import Basis
from generator.quantity import GIB
from generator.record import Record, record
from generator.sizing.assumption import Assumption, judge
from generator.sizing.data.course import Addition, Course
from generator.sizing.data.extremes import extremes
from generator.sizing.data.feeders import Feeder
from generator.sizing.data.runs import MONTH_S, UNSCHEDULED_RUNS, UNSCHEDULED_RUNS_RANGE
from generator.sizing.figures import Figures
from generator.sizing.storage.images import model_registry_bytes
from generator.sizing.storage.stores import experiment_registry_bytes

VERSIONS_IN_PRODUCTION = 2
"""Versions of a served model that are always there: the one that serves, and the one before it to
go back to. Requirements: rollback must work."""

_RULE = "requirements S2-20"


@record
class _Kept(Record):
    """What a registry takes in.

    ``trial_state_ratio`` 1 keeps a trial's whole checkpoint, 0 its model alone. ``runs_per_month``
    and ``artefact_bytes`` are the component's own, 0 for none.
    """

    feeders: tuple[Feeder, ...]
    runs_per_month: float = 0.0
    artefact_bytes: float = 0.0
    unscheduled: float = UNSCHEDULED_RUNS
    trial_state_ratio: float = 1.0

    def artefact_of(self, feeder: Feeder) -> float:
        """Bytes of one artefact of a workload."""
        if self.artefact_bytes:
            return self.artefact_bytes
        model, state = feeder.model_bytes or 0.0, feeder.state_bytes or 0.0
        return model + (state - model) * self.trial_state_ratio if feeder.searches else model

    def per_month(self, feeders: Iterable[Feeder]) -> float:
        """Bytes that these workloads add in a month."""
        return sum(
            experiment_registry_bytes(
                runs_per_month=feeder.artefacts_per_month(self.unscheduled),
                artefact_bytes=self.artefact_of(feeder),
                retention_months=1,
            )
            for feeder in feeders
        )

    @property
    def all_per_month(self) -> float:
        """Bytes that a month adds: the component's own runs where it states them."""
        added = self.per_month(self.feeders)
        if not self.runs_per_month:
            return added
        if self.artefact_bytes:
            return self.runs_per_month * self.artefact_bytes
        runs = sum(feeder.artefacts_per_month(self.unscheduled) for feeder in self.feeders)
        return added * self.runs_per_month / runs if runs else 0.0


def registry(
    component: Component, fed: tuple[Feeder, ...], figures: Figures, *, models: bool
) -> Course | str:
    """The course of a registry, or in words what would have to be stated.

    ``models`` says that it keeps the models in production as well. Results whose workload says how
    long they stay are kept that long, all others as the component says.
    """
    at = f"ml_platform.components[{component.name}]"
    artefact = float(component.artefact_bytes.value) if component.artefact_bytes else 0.0
    known = tuple(feeder for feeder in fed if artefact or not feeder.missing)
    kept = _Kept(
        feeders=known,
        runs_per_month=float(component.runs_per_month or 0),
        artefact_bytes=artefact,
    )
    _note_unknown([] if artefact else [feeder for feeder in fed if feeder.missing], figures)
    start = _in_production(known, figures) if models else 0.0
    added = kept.all_per_month
    if not added:
        runs = component.runs_per_month is not None and not artefact
        return Course(start_bytes=start) if start else f"{at}.{'artefact' if runs else 'storage'}"
    _note_month(kept, figures)
    own = () if kept.runs_per_month else tuple(f for f in known if f.store is not None)
    shared = added - kept.per_month(own)
    additions = [
        Addition(bytes_per_month=kept.per_month([f]), kept_months=f.kept_months) for f in own
    ]
    if shared > 0 and component.retention_s is None:
        return f"{at}.retention"
    if shared > 0 and component.retention_s is not None:
        months = figures.stated("retention", component.retention_s, "s") / MONTH_S
        additions.append(Addition(bytes_per_month=shared, kept_months=months))
    course = Course(start_bytes=start, additions=tuple(additions))
    if course.full_bytes is not None:
        figures.gib(
            "logical volume once the oldest expire",
            course.full_bytes,
            rule="in production + runs x artefact x retention",
            source=_RULE,
            basis=Basis.ANALYTIC,
        )
    return course


def _in_production(fed: Iterable[Feeder], figures: Figures) -> float:
    served = [feeder for feeder in fed if feeder.serves and feeder.model_bytes]
    size = sum(
        model_registry_bytes(
            models=1, versions_kept=VERSIONS_IN_PRODUCTION, version_bytes=feeder.model_bytes or 0.0
        )
        for feeder in served
    )
    if served:
        names = ", ".join(feeder.name for feeder in served)
        figures.gib(
            "models in production",
            size,
            rule=f"{VERSIONS_IN_PRODUCTION} versions of {names}",
            source="default",
            basis=Basis.ANALYTIC,
        )
    return size


def _note_month(kept: _Kept, figures: Figures) -> None:
    """What a month adds, with its assumptions run at both ends."""
    for feeder in kept.feeders:
        if feeder.artefacts_per_month():
            figures.gib(
                f"added a month by {feeder.name}",
                kept.per_month([feeder]),
                rule=f"{feeder.artefacts_per_month():.4g} runs x {kept.artefact_of(feeder):,.0f} B",
                source=_RULE,
                basis=Basis.ANALYTIC,
            )
    assumed = tuple(_assumed(kept))
    judge(
        assumed,
        kept,
        lambda other: other.all_per_month,
        figures,
        what="added a month",
        show=lambda size: f"{size / GIB:,.1f} GiB",
    )
    low, high = extremes(assumed, kept, lambda other: other.all_per_month)
    figures.note(
        "added a month",
        round(kept.all_per_month / GIB, 2),
        "GiB",
        rule="runs x artefact",
        source=_RULE,
        low=round(low / GIB, 2),
        high=round(high / GIB, 2),
    )


def _assumed(kept: _Kept) -> Iterable[Assumption]:
    unscheduled = [f for f in kept.feeders if f.runs_per_month is None and not f.serves]
    if unscheduled and not kept.runs_per_month:
        low, high = UNSCHEDULED_RUNS_RANGE
        yield Assumption(
            name="runs a month that nothing schedules",
            value=UNSCHEDULED_RUNS,
            unit="",
            rule=f"for {', '.join(feeder.name for feeder in unscheduled)}",
            source="default",
            low=low,
            high=high,
            changes=(("unscheduled", low, high),),
        )
    if any(feeder.searches for feeder in kept.feeders) and not kept.artefact_bytes:
        yield Assumption(
            name="share of its optimizer state that a trial keeps",
            value=1.0,
            unit="",
            rule="each trial keeps a checkpoint; 0 keeps its model alone",
            source=_RULE,
            low=0.0,
            high=1.0,
            changes=(("trial_state_ratio", 0.0, 1.0),),
        )


def _note_unknown(unknown: Iterable[Feeder], figures: Figures) -> None:
    for feeder in unknown:
        figures.note(
            f"kept of {feeder.name}",
            "unknown",
            "",
            rule=f"state {feeder.missing}",
            source="open: nobody states what it follows from",
            effect="it is not counted",
        )
