"""Sizes the data of a blueprint: every volume, its tier, and the month in which a tier is full."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from typing import TypeVar

from generator.blueprint.model.blueprint import Blueprint
from generator.catalog import Catalog
from generator.finding import Finding
from generator.ledger import Basis, Entry
from generator.quantity import GIB
from generator.sizing.data.artefacts import artefacts
from generator.sizing.data.components import component_volumes
from generator.sizing.data.datasets import datasets
from generator.sizing.data.offered import offers
from generator.sizing.data.rules import TierTooSlow
from generator.sizing.data.runs import runs
from generator.sizing.data.stored import ON_NODES, DataSized, StoredKind, Wanted
from generator.sizing.data.supply import DataSupply
from generator.sizing.data.tiering import tiered
from generator.sizing.data.totals import totals
from generator.sizing.data.workloads import workload_volumes
from generator.sizing.figures import Figures
from generator.sizing.nonsense import not_negative
from generator.sizing.storage.offers import HORIZON_MONTHS

SUBJECT = "data"
"""The ledger's subject of what concerns all volumes together."""

HORIZON_RANGE = (6, 24)
"""Assumed range of the horizon in months: half a budget year, or two."""

_KINDS = tuple(StoredKind)

FoundT = TypeVar("FoundT")


def size_data(
    blueprint: Blueprint,
    catalog: Catalog,
    supply: DataSupply | None = None,
    *,
    months: int = HORIZON_MONTHS,
) -> DataSized:
    """Sizes every dataset, store and registry of a blueprint. Pure; never raises for its content.

    ``supply`` is what the sites offer (``data_supply`` reads it from inventories); without it no
    datastore has a known capacity or rate. Volumes come by kind and name, tiers by name, whatever
    the order of the document. Raises ``Nonsense`` for a negative horizon only.
    """
    not_negative("months", months)
    findings: list[Finding] = []
    tiers = tuple(_sound(offers(blueprint, supply or DataSupply()), findings))
    wanted = list(_sound(_wanted(blueprint, catalog, supply, months), findings))
    wanted.sort(key=lambda each: (_KINDS.index(each.kind), each.name))
    placed = [tiered(each, tiers, months) for each in wanted]
    volumes = tuple(each.volume for each in placed)
    judged = [finding for each in placed for finding in each.findings]
    slow = frozenset(
        each.volume.name
        for each in placed
        if any(finding.rule == TierTooSlow.id for finding in each.findings)
    )
    used = totals(volumes, tiers, months, too_slow=slow)
    ledger = [entry for each in placed for entry in each.ledger]
    return DataSized(
        volumes=volumes,
        tiers=used.tiers,
        shortages=used.shortages,
        ledger=(*ledger, *used.ledger, *_together(wanted, months)),
        findings=(*findings, *judged, *used.findings),
    )


def _wanted(
    blueprint: Blueprint, catalog: Catalog, supply: DataSupply | None, months: int
) -> Iterator[Wanted | Finding]:
    nvme = supply.node_nvme_bytes if supply else None
    yield from datasets(blueprint, months=months, node_nvme_bytes=nvme)
    made, started = artefacts(blueprint, catalog), runs(blueprint)
    yield from workload_volumes(blueprint, made, started)
    yield from component_volumes(blueprint, made, started)


def _sound(found: Iterable[FoundT | Finding], findings: list[Finding]) -> Iterator[FoundT]:
    """What is no finding; the findings are put with the others."""
    for each in found:
        if isinstance(each, Finding):
            findings.append(each)
        else:
            yield each


def _together(wanted: Sequence[Wanted], months: int) -> list[Entry]:
    """The total, how far it depends on the horizon, and what is not in it."""
    if not wanted:
        return []
    courses = [each.course for each in wanted if each.course is not None and each.tier != ON_NODES]
    figures = Figures(SUBJECT)

    def total(month: int) -> float:
        return round(sum(course.at(month) for course in courses) / GIB, 2)

    low, high = HORIZON_RANGE
    figures.note(
        "horizon",
        months,
        "months",
        rule="a tier must have room for its growth until then, one budget year",
        source="default",
        basis=Basis.ASSUMED,
        low=low,
        high=high,
        effect=f"all volumes together from {total(low):,.0f} to {total(high):,.0f} GiB",
    )
    for name, month in (("logical volume", 0), (f"logical volume after {months} months", months)):
        figures.note(
            name,
            total(month),
            "GiB",
            rule="all volumes of known size together",
            source="requirements S0-3",
        )
    unknown = [each.name for each in wanted if each.course is None]
    if unknown:
        figures.note(
            "volumes of unknown size",
            ", ".join(unknown),
            "",
            rule="they are in no total; their own figures say what to state",
            source="open: nobody states what they follow from",
        )
    return figures.entries
