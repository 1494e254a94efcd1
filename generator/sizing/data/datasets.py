"""Datasets as they are stored: forms, versions, copies and growth, and what caches them."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace

from generator.blueprint.model.blueprint import Blueprint
from generator.blueprint.model.storage_compute import Dataset
from generator.finding import Finding
from generator.ledger import Basis
from generator.quantity import GIB
from generator.sizing import rules
from generator.sizing.assumption import Assumption, judge
from generator.sizing.data.course import Course
from generator.sizing.data.extremes import extremes
from generator.sizing.data.rates import ReadRate, read_rates
from generator.sizing.data.stored import ON_NODES, StoredKind, Wanted
from generator.sizing.figures import Figures
from generator.sizing.machine.volumes import local_cache_bytes
from generator.sizing.nonsense import Nonsense
from generator.sizing.storage.datasets import (
    Form,
    StoredDataset,
    Versioning,
    Versions,
    Volume,
    volume,
)
from generator.sizing.storage.offers import Pattern
from generator.sizing.storage.reading import cached_ratio

_EXPLOSION = "F. Denneman, Machine Learning on VMware Platform, part 1"
_FIELD_RULE = "field rule F24"


def datasets(
    blueprint: Blueprint, *, months: int, node_nvme_bytes: float | None
) -> Iterator[Wanted | Finding]:
    """Every dataset of a blueprint, with its cache where it has one."""
    rates = read_rates(blueprint)
    on_nodes = bool(blueprint.storage_compute.storage.node_local_cache)
    for dataset in blueprint.storage_compute.datasets:
        cache = dataset.cache or (ON_NODES if on_nodes else None)
        try:
            yield from _stored(dataset, rates[dataset.name], cache, months, node_nvme_bytes)
        except Nonsense as nonsense:
            yield rules.CannotBe.of(nonsense, path="storage_compute")


def as_stored(dataset: Dataset) -> StoredDataset:
    """A dataset of the language as the formulas take it.

    A dataset that lies at several sites is there as often, whatever ``copies`` says. Where the
    churn of its versions is not stated full copies are counted.
    """
    kept = dataset.versions
    return StoredDataset(
        name=dataset.name,
        size_bytes=dataset.size_bytes.value,
        forms=tuple(
            Form(name=form.name, ratio=form.ratio, retained=form.retained is not False)
            for form in dataset.transforms
        ),
        versions=Versions(
            keep=kept.keep,
            churn_ratio=float(kept.churn_ratio.value) if kept.churn_ratio else 1.0,
            mode=Versioning(kept.mode or Versioning.COPY),
        )
        if kept
        else None,
        copies=max(dataset.copies or 1, len(dataset.sites)),
        growth_per_month_ratio=float(dataset.growth_per_month_ratio.value)
        if dataset.growth_per_month_ratio
        else 0.0,
    )


def _stored(
    dataset: Dataset, rate: ReadRate, cache: str | None, months: int, nvme_bytes: float | None
) -> Iterator[Wanted]:
    stored = as_stored(dataset)
    figures = Figures(dataset.name)
    now = volume(stored)
    course = Course(start_bytes=now.logical_bytes, growth_ratio=stored.growth_per_month_ratio)
    _note_volume(dataset, stored, now, figures)
    _note_course(dataset, stored, months, figures)
    together, largest = _note_rate(dataset, rate, figures)
    path = f"storage_compute.datasets[{dataset.name}]"
    pattern = Pattern(dataset.access or Pattern.SEQUENTIAL)
    if cache is not None:
        cached = _cache(dataset, stored, cache, together, nvme_bytes)
        yield cached
        held = cached.course.start_bytes if cached.course else stored.size_bytes
        answered = cached_ratio(
            dataset_bytes=stored.size_bytes, cache_bytes=held, random_order=True
        )
        together, largest = _left(together, answered), _left(largest, answered)
        # A cache that holds all of it is filled once, in order.
        pattern = Pattern.SEQUENTIAL if answered == 1 else pattern
    yield Wanted(
        name=dataset.name,
        kind=StoredKind.DATASET,
        path=path,
        course=course,
        ledger=tuple(figures.entries),
        tier=dataset.tier,
        scratch=Course(start_bytes=now.scratch_bytes, growth_ratio=stored.growth_per_month_ratio)
        if now.scratch_bytes
        else None,
        pattern=pattern,
        read_bytes_per_s=together,
        one_reader_bytes_per_s=largest,
        latency_s=float(dataset.latency_s.value) if dataset.latency_s else None,
        rwx=bool(dataset.rwx),
        sites=dataset.sites,
        lasting=dataset.protection is None or dataset.protection.method != "none",
    )


def _left(rate: float | None, answered: float) -> float | None:
    """The rate that a cache leaves to the store; None where it answers all."""
    return None if rate is None or answered == 1 else rate * (1 - answered)


def _note_volume(dataset: Dataset, stored: StoredDataset, now: Volume, figures: Figures) -> None:
    figures.stated("size", dataset.size_bytes, "B")
    terms = ["size"]
    if stored.forms:
        kept = [f"{form.name} {form.ratio:g}" for form in stored.forms if form.retained]
        rule = " + ".join(("1 for the original", *kept))
        figures.note("forms", now.form_ratio, "", rule=rule, source=_EXPLOSION)
        terms.append(f"{now.form_ratio:.6g} forms")
    if stored.versions is not None:
        copied = stored.versions.mode is Versioning.COPY
        rule = "a full copy per version" if copied else "1 + (versions - 1) x churn"
        figures.note("versions", now.version_factor, "", rule=rule, source=_EXPLOSION)
        terms.append(f"{now.version_factor:.6g} versions")
    if stored.copies > 1:
        rule = "copies, and one at least at each of its sites"
        figures.note("copies", stored.copies, "", rule=rule, source="blueprint")
        terms.append(f"{stored.copies} copies")
    figures.gib(
        "logical volume",
        now.logical_bytes,
        rule=" x ".join(terms),
        source=_EXPLOSION,
        basis=Basis.ANALYTIC,
    )
    if now.scratch_bytes:
        figures.gib(
            "scratch",
            now.scratch_bytes,
            rule="forms that are not retained, while a pipeline runs",
            source="arithmetic",
            basis=Basis.ANALYTIC,
        )


def _note_course(dataset: Dataset, stored: StoredDataset, months: int, figures: Figures) -> None:
    """The volume at the horizon, with what is assumed of growth and churn run at both ends."""
    assumed = [*_churn(dataset, stored), *_growth(stored)]
    if not assumed:
        return

    def at_the_end(other: StoredDataset) -> float:
        return volume(other, month=months).logical_bytes

    judge(
        assumed,
        stored,
        at_the_end,
        figures,
        what=f"volume after {months} months",
        show=lambda size: f"{size / GIB:,.0f} GiB",
    )
    low, high = extremes(assumed, stored, at_the_end)
    figures.note(
        f"logical volume after {months} months",
        round(at_the_end(stored) / GIB, 2),
        "GiB",
        rule="volume x (1 + growth) ^ months",
        source="requirements S0-3",
        low=round(low / GIB, 2),
        high=round(high / GIB, 2),
    )


def _growth(stored: StoredDataset) -> Iterator[Assumption]:
    growth = stored.growth_per_month_ratio
    if not growth:
        return
    yield Assumption(
        name="compounding share of the growth",
        value=1.0,
        unit="",
        rule="each month grows by its share of what is there; 0 is by the share of the first month",
        source="default; the blueprint states the share alone",
        low=0.0,
        high=1.0,
        changes=(
            ("growth_per_month_ratio", 0.0, growth),
            ("added_per_month_bytes", max(0.0, growth * stored.size_bytes), 0.0),
        ),
    )


def _churn(dataset: Dataset, stored: StoredDataset) -> Iterator[Assumption]:
    kept = stored.versions
    if kept is None or kept.keep == 1 or kept.mode is Versioning.COPY:
        return
    if dataset.versions is None or dataset.versions.churn_ratio is not None:
        return
    yield Assumption(
        name="churn",
        value=1.0,
        unit="",
        rule="full copies are counted, because nobody states how much of a version is new",
        source="default",
        low=0.0,
        high=1.0,
        changes=(("versions", replace(kept, churn_ratio=0.0), kept),),
    )


def _note_rate(
    dataset: Dataset, rate: ReadRate, figures: Figures
) -> tuple[float | None, float | None]:
    """The rate that is asked for, all readers at once and the most demanding one alone."""
    stated = dataset.read_rate_bytes_per_s
    if stated is not None:
        value = figures.stated("read rate", stated, "B/s") or None
        return value, value
    for reader in rate.known:
        figures.note(
            f"read by {reader.name}",
            round(reader.bytes_per_s or 0.0),
            "B/s",
            rule=reader.rule,
            source="requirements S0-6",
        )
    if rate.together is not None:
        left_out = ", ".join(reader.name for reader in rate.unknown)
        figures.note(
            "read rate",
            round(rate.together),
            "B/s",
            rule=f"all readers at once but {left_out}, whose rate is unknown"
            if left_out
            else "all readers at once",
            source="requirements S0-6",
        )
    elif rate.unknown:
        figures.note(
            "read rate",
            "unknown",
            "",
            rule=f"state {rate.unknown[0].rule}",
            source="open: nobody states what it follows from",
            effect="its tier is chosen without one",
        )
    return rate.together, rate.largest


def _cache(
    dataset: Dataset,
    stored: StoredDataset,
    cache: str,
    rate: float | None,
    nvme_bytes: float | None,
) -> Wanted:
    """One version of the original, on a tier or on each node; it needs no redundancy."""
    on_nodes = cache == ON_NODES
    name = f"{dataset.name}-cache"
    figures = Figures(name)
    held = local_cache_bytes(stored.size_bytes, nvme_bytes) if on_nodes else stored.size_bytes
    if held is not None:
        rule = "the smaller of the dataset and a host's own NVMe" if on_nodes else "one version"
        figures.gib("logical volume", held, rule=rule, source=_FIELD_RULE, basis=Basis.ANALYTIC)
    return Wanted(
        name=name,
        kind=StoredKind.CACHE,
        path=f"storage_compute.datasets[{dataset.name}].cache",
        course=Course(
            start_bytes=held, growth_ratio=0.0 if on_nodes else stored.growth_per_month_ratio
        )
        if held is not None
        else None,
        ledger=tuple(figures.entries),
        missing="" if held is not None else "NVMe of the hosts that no vSAN has claimed",
        tier=cache,
        pattern=Pattern(dataset.access or Pattern.SEQUENTIAL),
        read_bytes_per_s=rate,
        one_reader_bytes_per_s=rate,
        lasting=False,
    )
