"""Observations laid over all workloads of a blueprint: what changes, and what is doubtful."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import replace
from typing import TYPE_CHECKING

from generator.blueprint.model.workloads import Workload
from generator.blueprint.near import did_you_mean, shown
from generator.blueprint.observed.rules import UnknownWorkload
from generator.catalog import Catalog
from generator.finding import Finding, Place
from generator.record import Record, record
from generator.sizing.estimate import Estimate, estimate
from generator.sizing.nonsense import Nonsense
from generator.sizing.observed import Change, compare, observed
from generator.sizing.rules import FarFromMeasured

if TYPE_CHECKING:
    from generator.blueprint.observed import Sighting


@record
class Revision(Record):
    """The workloads with their observations, every change, and warnings about them."""

    workloads: tuple[Workload, ...]
    changes: tuple[Change, ...] = ()
    findings: tuple[Finding, ...] = ()


def revise(
    workloads: Sequence[Workload],
    catalog: Catalog,
    seen: Sequence[Sighting],
    *,
    are_all: bool = True,
) -> Revision:
    """Lays observations over the workloads that they speak of. Pure.

    A workload that cannot be estimated takes its observations too; nothing is compared then.
    ``are_all`` says that there are no other workloads: an observation of one is then doubtful. Else
    it is only where not one speaks of these.
    """
    names = {workload.name for workload in workloads}
    stated = [sighting.observation for sighting in seen]
    changes: list[Change] = []
    revised = []
    for workload in workloads:
        mine = [one for one in stated if one.workload == workload.name]
        after = observed(workload, mine)
        revised.append(after)
        if mine:
            changes += compare(_estimate(workload, catalog), _estimate(after, catalog), mine)
    places: dict[tuple[str, str], Place] = {
        (s.observation.workload, s.observation.figure): s.place for s in seen
    }
    far = [
        FarFromMeasured.of(change, places=(places[change.workload, change.figure],))
        for change in changes
        if change.is_far_off
    ]
    return Revision(
        workloads=tuple(revised),
        changes=tuple(changes),
        findings=(*far, *(_strangers(seen, names) if are_all or not changes else ())),
    )


def named_by(workload: Workload, seen: Sequence[Sighting]) -> Workload:
    """A workload without a name of its own takes that of the only one that was observed."""
    names = {sighting.observation.workload for sighting in seen}
    return replace(workload, name=names.pop()) if len(names) == 1 else workload


def _estimate(workload: Workload, catalog: Catalog) -> Estimate | None:
    try:
        return estimate(workload, catalog)
    except Nonsense:
        return None


def _strangers(seen: Sequence[Sighting], names: set[str]) -> Iterator[Finding]:
    """A warning for each workload that was observed and is not there."""
    first = {s.observation.workload: s.place for s in reversed(seen)}
    for name in sorted(first.keys() - names):
        near = did_you_mean(name, names)
        yield UnknownWorkload.breach(
            f"no workload is called {shown(name)}; its observations change nothing",
            mend=f"did you mean {near}?" if near else "correct the name, or leave them out",
            places=(first[name],),
            path=name,
        )
