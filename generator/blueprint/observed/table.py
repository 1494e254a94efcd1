"""Reads observations from comma-separated tables: ``workload,figure,value,unit,window,source``."""

from __future__ import annotations

import csv
import io
import re
from collections.abc import Iterator, Mapping, Sequence

from generator.blueprint.model.observations import DIMENSIONS
from generator.blueprint.near import did_you_mean, shown
from generator.blueprint.observed.made import document, mapping
from generator.blueprint.observed.rules import BadTable
from generator.blueprint.observed.values import Unusable, quantity_text
from generator.finding import Finding, Place
from generator.source import Document, MappingNode

COLUMNS = ("workload", "figure", "value", "unit", "window", "source", "at")
NEEDED = ("workload", "figure", "value")

_OTHER_STARTS = ("{", "[", "#", "---", "%")
"""How JSON and YAML start and a header does not."""

_CONTROL = re.compile("[\x00-\x08\x0b\x0c\x0e-\x1f\x7f-\x9f]")


def is_table(text: str, *, file: str) -> bool:
    """Whether ``text`` starts with a header of such a table, or its file is called one."""
    first = next((line for line in text.splitlines() if line.strip()), "")
    if first.lstrip().startswith(_OTHER_STARTS):
        return False
    called = file.lower().endswith(".csv")
    return called or len({"workload", "figure"} & set(_header(first.split(",")))) > 0


def read_table(text: str, *, file: str) -> tuple[Document, tuple[Finding, ...]]:
    """The rows of a table as a document, and what is wrong with the others.

    A row whose value is empty says that nothing was measured: it is left out.
    """
    findings: list[Finding] = []
    rows = list(_observations(text, file, findings))
    return document(rows, name="table", file=file), tuple(findings)


def _observations(text: str, file: str, findings: list[Finding]) -> Iterator[MappingNode]:
    header: list[str] = []
    for line, cells in _rows(text, file, findings):
        place = Place(file, line, 1)
        if not header:
            header = _header(cells)
            faults = tuple(_faults(header, place))
            findings += faults
            if faults:
                return
        elif len(cells) != len(header):
            findings.append(
                BadTable.breach(
                    f"this row has {len(cells)} cells, the header {len(header)}",
                    mend="give each column a cell, empty where nothing is known",
                    places=(place,),
                    path=f"line {line}",
                )
            )
        else:
            row = {key: cell.strip() for key, cell in zip(header, cells, strict=True)}
            try:
                stated = _observation(row, file)
            except Unusable as unusable:
                findings.append(unusable.at(place, f"line {line}.value"))
                continue
            if stated:
                yield mapping(stated, place)


def _rows(text: str, file: str, findings: list[Finding]) -> Iterator[tuple[int, list[str]]]:
    """The rows that hold something, with the lines on which they start."""
    reader = csv.reader(io.StringIO(text, newline=""), strict=True)
    line = 1
    try:
        for cells in reader:
            if odd := next((cell for cell in cells if _CONTROL.search(cell)), None):
                findings.append(_unreadable(f"a control character in {shown(odd)}", file, line))
            elif any(cell.strip() for cell in cells):
                yield line, cells
            line = reader.line_num + 1
    except csv.Error as error:
        findings.append(_unreadable(str(error), file, line))


def _unreadable(why: str, file: str, line: int) -> Finding:
    return BadTable.breach(
        f"this row cannot be read: {why}",
        mend="check commas and quotes",
        places=(Place(file, line, 1),),
        path=f"line {line}",
    )


def _header(cells: Sequence[str]) -> list[str]:
    return [cell.strip().strip('"').strip().lower() for cell in cells]


def _faults(header: Sequence[str], place: Place) -> Iterator[Finding]:
    for index, name in enumerate(header):
        if name not in COLUMNS:
            near = did_you_mean(name, COLUMNS)
            mend = f"did you mean {near}?" if near else f"use {', '.join(COLUMNS)}"
            yield _heading(f"no column is called {shown(name)}", mend, place)
        elif name in header[:index]:
            yield _heading(f"two columns are called {name}", "remove one of the two", place)
    for name in NEEDED:
        if name not in header:
            yield _heading(f"the header lacks {name}", f"start with {','.join(COLUMNS[:6])}", place)


def _heading(message: str, mend: str, place: Place) -> Finding:
    return BadTable.breach(message, mend=mend, places=(place,), path=f"line {place.line}")


def _observation(row: Mapping[str, str], file: str) -> dict[str, str] | None:
    """One row as the language writes it; None where its value is empty.

    Raises ``Unusable`` where number and unit are no quantity of the figure. A figure that is not
    known is left to the schema.
    """
    if not row["value"]:
        return None
    stated = {key: cell for key, cell in row.items() if cell and key != "unit"}
    value, unit = row["value"], row.get("unit", "")
    dimension = DIMENSIONS.get(row["figure"])
    carries_unit = not unit and value[0].isdigit() and not value[-1].isdigit()
    if dimension is None or carries_unit:
        stated["value"] = f"{value}{unit}"
    else:
        stated["value"] = quantity_text(value, unit, dimension)
    return {"source": f"table {file}"[:500], **stated}
