"""What a client asked of the simulated vCenter: SOAP methods, properties and REST requests."""

from __future__ import annotations

import json
import re
import xml.etree.ElementTree as ET
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

_REQUEST = re.compile(r"^Request: (.*?)(?=^Request: |^Response: |\Z)", re.DOTALL | re.MULTILINE)
FETCH = "Fetch"
"""pyvmomi's way to read a single property: what it needs is up to the property."""
_SUPPORT = ("/sdk", "/pbm", "/about", "/vslm", "/sts", "/ssoadmin", "/lookupservice")
"""Paths of SOAP services; what is asked there is read from the messages."""


@dataclass(frozen=True, slots=True, order=True)
class Soap:
    """A SOAP method on a managed object of a type."""

    kind: str
    method: str


@dataclass(frozen=True, slots=True)
class Trace:
    """All that was asked since the simulator had been filled."""

    soap: frozenset[Soap]
    properties: frozenset[str]
    rest: frozenset[str]


def position(trace: Path, requests: Path) -> tuple[int, int]:
    """Where both logs end now: what comes later is the client's."""
    return trace.stat().st_size, requests.stat().st_size


def read(trace: Path, requests: Path, since: tuple[int, int]) -> Trace:
    """What both logs say since a position."""
    with trace.open("rb") as stream:
        stream.seek(since[0])
        messages = stream.read().decode("utf-8", "replace")
    with requests.open("rb") as stream:
        stream.seek(since[1])
        lines = [json.loads(line) for line in stream.read().splitlines()]
    bodies = [found for text in _REQUEST.findall(messages) if (found := _body(text)) is not None]
    methods = (_method(body) for body in bodies)
    return Trace(
        soap=frozenset(method for method in methods if method.method != FETCH),
        properties=frozenset(path for body in bodies for path in _properties(body)),
        rest=frozenset(
            f"{line['method']} {line['path']}"
            for line in lines
            if not line["path"].startswith(_SUPPORT)
        ),
    )


def _body(text: str) -> ET.Element | None:
    """The method's element of a SOAP message."""
    envelope = ET.fromstring(text.strip())
    found = [child for child in envelope if _name(child) == "Body"]
    return next(iter(found[0]), None) if found else None


def _method(body: ET.Element) -> Soap:
    this = next((child for child in body if _name(child) == "_this"), None)
    return Soap(kind=this.get("type", "") if this is not None else "", method=_name(body))


def _properties(body: ET.Element) -> Iterator[str]:
    """The property paths that a message asks for, each behind its type; ``*`` is all."""
    if _name(body) == FETCH:
        yield from (f"{_method(body).kind}.{c.text}" for c in body if _name(c) == "prop")
    for each in body.iter():
        if _name(each) == "propSet":
            parts = [(_name(child), child.text or "") for child in each]
            kind = next((text for name, text in parts if name == "type"), "")
            paths = [text for name, text in parts if name == "pathSet"]
            yield from (f"{kind}.{path}" for path in paths)
            if ("all", "true") in parts:
                yield f"{kind}.*"


def _name(element: ET.Element) -> str:
    return element.tag.rpartition("}")[2]
