"""Reads files of observations, whatever they are, and judges what they say."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from itertools import islice
from pathlib import Path

from generator.blueprint import units
from generator.blueprint.breaches import TooManyBreaches
from generator.blueprint.model.observations import DIMENSIONS, Observation, Observations
from generator.blueprint.near import shown
from generator.blueprint.observed.prometheus import is_answer, read_answer
from generator.blueprint.observed.rules import MeasuredTwice, NotMeasured, WrongUnit
from generator.blueprint.observed.table import is_table, read_table
from generator.blueprint.observed.values import LEAVE_OUT
from generator.blueprint.read import read_part, require_kind
from generator.blueprint.schema import MAX_FINDINGS, check
from generator.finding import Finding, Place, Refused, in_order
from generator.quantity import parse as parse_quantity
from generator.record import Record, record
from generator.source import Document, contents, decoded, parse

Item = tuple[str, str, Place]
"""A workload, a figure of it, and where its value stands."""


@record
class Sighting(Record):
    """One observation and where it stands."""

    observation: Observation
    place: Place


def read_observations(paths: Iterable[Path | str]) -> tuple[Sighting, ...]:
    """All observations in some files: tables, answers of Prometheus, ``Observations`` documents.

    What a file is follows from its content; ``"-"`` reads standard input.

    Raises:
        Refused: with every finding about the files, two values of one figure among them.
    """
    findings: list[Finding] = []
    seen: list[Sighting] = []
    for path in paths:
        try:
            for document in _documents(path):
                seen += _sightings(document)
        except Refused as refused:
            findings += refused.findings
    items = ((s.observation.workload, s.observation.figure, s.place) for s in seen)
    findings += _repeats(items)
    if findings:
        raise Refused(_bounded(findings))
    return tuple(seen)


def faults(document: Document) -> tuple[Finding, ...]:
    """Every finding about an ``Observations`` document: its shape, else what it says."""
    return check(document) or _bounded((*_judged(document), *_repeats(_items(document))))


def _documents(path: Path | str) -> Iterator[Document]:
    content, file = contents(path), "<stdin>" if str(path) == "-" else str(path)
    text = decoded(content, file)
    if is_table(text, file=file):
        yield _sound(*read_table(text, file=file))
        return
    for document in parse(content, file=file):
        if is_answer(document.root):
            yield _sound(*read_answer(document))
        else:
            require_kind(document, "Observations")
            yield document


def _sound(document: Document, findings: tuple[Finding, ...]) -> Document:
    """The document that was made of a table or an answer; raises all that is wrong with it."""
    shape = check(document)
    judged = () if shape else tuple(_judged(document))
    everything = (*findings, *shape, *judged, *_repeats(_items(document)))
    if everything:
        raise Refused(_bounded(everything))
    return document


def _sightings(document: Document) -> Iterator[Sighting]:
    wrong = faults(document)
    if wrong:
        raise Refused(wrong)
    stated = read_part(document, "Observations", Observations)
    for index, observation in enumerate(stated.observations):
        place = document.place(("observations", index, "value"))
        yield Sighting(observation=observation, place=place)


def _items(document: Document) -> Iterator[Item]:
    """The figures of a document, where its rows have the shape of rows."""
    for index, row in enumerate(document.root["observations"]):
        place = document.place(("observations", index, "value"))
        yield row.get("workload", ""), row.get("figure", ""), place


def _judged(document: Document) -> Iterator[Finding]:
    """What is wrong with the values of a document that obeys its schema."""
    for index, row in enumerate(document.root["observations"]):
        path = ("observations", index, "value")
        figure, value, place = row["figure"], row["value"], document.place(path)
        dimension, dotted = DIMENSIONS[figure], document.dotted(path)
        try:
            measured = parse_quantity(value, dimension)
        except ValueError:
            yield WrongUnit.breach(
                f"{figure}: {units.message(value, dimension)}",
                mend=units.mend(value, dimension),
                places=(place,),
                path=dotted,
            )
            continue
        if not measured:
            yield NotMeasured.breach(
                f"{figure} of {shown(row['workload'])} is zero: that was not measured",
                mend=LEAVE_OUT,
                places=(place,),
                path=dotted,
            )


def _repeats(items: Iterable[Item]) -> Iterator[Finding]:
    """A finding for each figure of a workload that was measured before."""
    seen: dict[tuple[str, str], Place] = {}
    for workload, figure, place in items:
        first = seen.setdefault((workload, figure), place)
        if first is not place:
            yield MeasuredTwice.breach(
                f"{figure} of {shown(workload)} stands here and at {first}",
                mend="remove one of the two",
                places=(place, first),
                path=f"{workload}.{figure}",
            )


def _bounded(findings: Iterable[Finding]) -> tuple[Finding, ...]:
    """The findings in order, as many as anybody reads."""
    some = list(islice(findings, MAX_FINDINGS + 1))
    if len(some) > MAX_FINDINGS:
        told = TooManyBreaches.breach(
            f"{MAX_FINDINGS} findings or more; the rest is not listed",
            mend="mend these first",
            places=some[0].places,
        )
        some[MAX_FINDINGS - 1 :] = [told]
    return in_order(some)
