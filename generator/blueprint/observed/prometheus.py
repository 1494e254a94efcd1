"""Reads observations from answers of Prometheus to instant and range queries.

A series names its workload by the label ``workload`` and its figure by the label ``figure`` or by
its name, ``mlgen_<figure>_<unit>`` (``mlgen_total_bytes``, ``mlgen_per_token_seconds``). All
samples of a workload's figure, of all its series, become one observation: the largest where it is
memory, the slow end where it is a time, the low end where it is a throughput.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from math import ceil, isfinite
from typing import Any, NamedTuple

from generator.blueprint.model.observations import DIMENSIONS
from generator.blueprint.near import did_you_mean, short, shown
from generator.blueprint.observed.made import document, mapping
from generator.blueprint.observed.rules import BadAnswer, MeasuredTwice, NotMeasured
from generator.blueprint.observed.values import (
    BASE_UNITS,
    LEAVE_OUT,
    UNIT_WORDS,
    Unusable,
    number_of,
    quantity_text,
)
from generator.finding import Finding, Path, Place
from generator.quantity import Dimension
from generator.source import Document

PREFIX = "mlgen_"
SLOW_SHARE = 0.95
"""Share of the samples that a time is not exceeded by: the 95th percentile, as service levels are
stated (``p95_first_token``, ``p95_per_token``)."""
LOW_SHARE = 0.05
"""Share of the samples below which a throughput falls: the 5th percentile."""

_SPANS = (("d", 86_400), ("h", 3600), ("m", 60))


class Sample(NamedTuple):
    """One reading: when (seconds), its number as Prometheus wrote it, and where that stands."""

    at_s: float
    number: str
    place: Place


class Series(NamedTuple):
    """One series: what it measures, its unit, its samples, and where it stands."""

    workload: str
    figure: str
    unit: str
    metric: str
    samples: tuple[Sample, ...]
    place: Place


def is_answer(root: Any) -> bool:
    """Whether a document is an answer of Prometheus."""
    return "kind" not in root and bool({"status", "data", "resultType"} & root.keys())


def read_answer(answer: Document) -> tuple[Document, tuple[Finding, ...]]:
    """The figures of an answer as a document, and what is wrong with the others."""
    findings: list[Finding] = []
    together: dict[tuple[str, str, str], list[Series]] = {}
    for series in _series(answer, findings):
        together.setdefault((series.workload, series.figure, series.unit), []).append(series)
    rows = []
    for group in together.values():
        stated = _observation(group, findings)
        if stated is not None:
            rows.append(mapping(stated, group[0].place))
    return document(rows, name="prometheus", file=answer.file), tuple(findings)


def _series(answer: Document, findings: list[Finding]) -> Iterator[Series]:
    path: Path = ("data", "result") if "data" in answer.root else ("result",)
    results = _at(answer.root, path)
    if answer.root.get("status", "success") != "success":
        why = shown(answer.root.get("error", answer.root.get("status")))
        findings.append(_fault(answer, (), f"the query failed: {why}", "ask again"))
    elif not isinstance(results, list) or not results:
        findings.append(
            _fault(answer, path, "there is no series in it", "ask for one that has samples")
        )
    else:
        seen: dict[str, Place] = {}
        for index, result in enumerate(results):
            try:
                series = _one(result, answer, (*path, index))
            except Unusable as unusable:
                findings.append(_told(unusable, answer, (*path, index)))
                continue
            findings += _repeated(result, series, seen)
            yield series


def _repeated(result: Any, series: Series, seen: dict[str, Place]) -> Iterator[Finding]:
    """A finding where two series have the same labels, which no server answers."""
    labels = repr(sorted(result["metric"].items()))
    if labels in seen:
        yield MeasuredTwice.breach(
            f"two series of {shown(series.workload)} have the same labels",
            mend="remove one of the two",
            places=(series.place, seen[labels]),
            path=f"{series.workload}.{series.figure}",
        )
    seen.setdefault(labels, series.place)


def _one(result: Any, answer: Document, path: Path) -> Series:
    """One series; raises ``Unusable`` where it does not say what it measures."""
    labels = _at(result, ("metric",))
    if not isinstance(labels, dict):
        raise Unusable(BadAnswer, "this series has no metric", "paste the answer as it came")
    workload = labels.get("workload")
    if not isinstance(workload, str) or not workload:
        mend = "label it, or join it in the query: label_replace(…, 'workload', 'NAME', '', '')"
        raise Unusable(BadAnswer, "this series has no label workload", mend)
    metric = labels.get("__name__", "")
    figure, unit = _measures(str(metric), labels)
    return Series(
        workload=workload,
        figure=figure,
        unit=unit,
        metric=str(metric),
        samples=tuple(_samples(result, answer, path)),
        place=answer.place(path),
    )


def _measures(metric: str, labels: dict[str, Any]) -> tuple[str, str]:
    """The figure and the unit of a series by its labels, else by its name."""
    named = _by_name(metric)
    figure = labels.get("figure", named[0] if named else "")
    if figure not in DIMENSIONS:
        near = did_you_mean(str(figure), DIMENSIONS) if figure else None
        mend = f"did you mean {near}?" if near else f"label it figure: {', '.join(DIMENSIONS)}"
        raise Unusable(BadAnswer, f"{shown(figure or metric)} is no figure", mend)
    by_name = named[1] if named and named[0] == figure else BASE_UNITS[DIMENSIONS[figure]]
    return figure, str(labels.get("unit", by_name))


def _by_name(metric: str) -> tuple[str, str] | None:
    """What ``mlgen_<figure>_<unit>`` says."""
    for figure in DIMENSIONS:
        start = f"{PREFIX}{figure}_"
        if metric.startswith(start) and metric.removeprefix(start) in UNIT_WORDS:
            return figure, UNIT_WORDS[metric.removeprefix(start)]
    return None


def _samples(result: Any, answer: Document, path: Path) -> Iterator[Sample]:
    """The samples of a series; raises ``Unusable`` for what is none."""
    several = isinstance(result.get("values"), list)
    stated = result["values"] if several else [result.get("value")]
    for index, sample in enumerate(stated):
        place = answer.place((*path, "values", index) if several else (*path, "value"))
        if not isinstance(sample, list) or [type(part) for part in sample[1:]] != [str]:
            raise Unusable(BadAnswer, "a sample is no pair of time and text", "paste it as it came")
        time = sample[0]
        if isinstance(time, bool) or not isinstance(time, int | float) or not isfinite(time):
            raise Unusable(BadAnswer, f"{shown(time)} is no time", "paste it as it came")
        yield Sample(float(time), sample[1], place)


def _observation(group: Sequence[Series], findings: list[Finding]) -> dict[str, str] | None:
    """All samples of one figure as one observation; None where they say nothing."""
    first = group[0]
    samples = [sample for series in group for sample in series.samples]
    told = [sample for sample in samples if sample.number.strip().lower() != "nan"]
    path = f"{first.workload}.{first.figure}"
    if not told:
        why = "no sample has a value"
        findings.append(NotMeasured.breach(why, mend=LEAVE_OUT, places=(first.place,), path=path))
        return None
    for sample in told:
        try:
            number_of(sample.number)
        except Unusable as unusable:
            findings.append(unusable.at(sample.place, path))
            return None
    words, chosen = _chosen(told, DIMENSIONS[first.figure])
    try:
        value = quantity_text(chosen.number, first.unit, DIMENSIONS[first.figure])
    except Unusable as unusable:
        findings.append(unusable.at(first.place, path))
        return None
    stated = {"workload": first.workload, "figure": first.figure, "value": value}
    if span := _span(told):
        stated["window"] = span
    missing = len(samples) - len(told)
    source = f"Prometheus, {short(first.metric) or 'query'}: {words} of {_count(told, 'sample')}"
    source += f" in {len(group)} series" if len(group) > 1 else ""
    source += f", {missing} without a value left out" if missing else ""
    return {**stated, "source": source}


def _chosen(samples: Sequence[Sample], dimension: Dimension) -> tuple[str, Sample]:
    """The sample to size by, and what it is; percentiles are samples, by nearest rank."""
    ordered = sorted(samples, key=lambda sample: number_of(sample.number))
    if dimension is Dimension.DATA:
        return "largest", ordered[-1]
    slow = dimension is Dimension.DURATION
    rank = ceil((SLOW_SHARE if slow else LOW_SHARE) * len(ordered))
    return "95th percentile" if slow else "5th percentile", ordered[max(1, rank) - 1]


def _span(samples: Sequence[Sample]) -> str:
    """From the first sample to the last, in the largest unit that divides it; empty for one."""
    times = [sample.at_s for sample in samples]
    seconds = round(max(times) - min(times))
    unit, size = next((u for u in _SPANS if seconds % u[1] == 0), ("s", 1))
    return f"{seconds // size}{unit}" if seconds else ""


def _count(samples: Sequence[Sample], what: str) -> str:
    return f"{len(samples)} {what}{'' if len(samples) == 1 else 's'}"


def _at(node: Any, path: Path) -> Any:
    for step in path:
        node = node.get(step) if isinstance(node, dict) else None
    return node


def _fault(answer: Document, path: Path, message: str, mend: str) -> Finding:
    return _told(Unusable(BadAnswer, message, mend), answer, path)


def _told(unusable: Unusable, answer: Document, path: Path) -> Finding:
    return unusable.at(answer.place(path), answer.dotted(path))
