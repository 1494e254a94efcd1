"""Leaf properties out of the XML of ``RetrievePropertiesExResponse``, without building its types.

pyvmomi makes a typed object of every element, in Python; of the leaf paths that are asked for this
takes most of a reading's time. Here the parser in C builds the tree and only values are taken out.
``tests/vcenter/test_leaves.py`` compares both over every path that is read.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import Any, NamedTuple
from xml.etree.ElementTree import Element, ParseError, XMLParser

from generator.vcenter.failures import Unreadable

_TYPE = "{http://www.w3.org/2001/XMLSchema-instance}type"
_VIM = "{urn:vim25}"
_SKIP = len(_VIM)
_WHOLE = frozenset(("int", "long", "short", "byte", "unsignedInt"))
TYPE = "@type"
"""The key under which an object of a declared subtype says what it is."""


class Row(NamedTuple):
    """One managed object: its values by path, and for the paths that failed the fault's name."""

    type: str
    moid: str
    values: dict[str, Any]
    missing: dict[str, str]


class Page(NamedTuple):
    """One answer; ``token`` asks for the next."""

    rows: list[Row]
    token: str


def page(chunks: Iterable[bytes]) -> Page:
    """The objects in an answer.

    Raises:
        Unreadable: where the answer is not what it should be.
    """
    parser = XMLParser()  # noqa: S314 (from a vCenter whose certificate was verified)
    try:
        for chunk in chunks:
            parser.feed(chunk)
        root: Element = parser.close()
        answer = root[-1][0]
        return _page(answer)
    except (ParseError, IndexError, ValueError, TypeError) as error:
        raise Unreadable("failed", f"vCenter sent XML that cannot be read: {error}") from None


def _page(answer: Element) -> Page:
    rows: list[Row] = []
    token = ""
    for returned in answer:
        for each in returned:
            name = each.tag[_SKIP:]
            if name == "objects":
                rows.append(_row(each))
            elif name == "token":
                token = each.text or ""
    return Page(rows, token)


def _row(element: Element) -> Row:
    obj = element[0]
    values: dict[str, Any] = {}
    missing: dict[str, str] = {}
    for each in element[1:]:
        path = each[0].text or ""
        if each.tag == "{urn:vim25}propSet":
            if len(each) > 1:  # an unset one may come without a value
                values[path] = value(each[1])
        else:
            missing[path] = _fault(each)
    return Row(obj.attrib["type"], obj.text or "", values, missing)


def _fault(missing: Element) -> str:
    """``<fault><fault xsi:type="NoPermission">``: the type's name."""
    for each in missing.iter():
        kind = each.get(_TYPE)
        if kind and not kind.endswith("LocalizedMethodFault"):
            return kind.rpartition(":")[2]
    return "unknown"


def value(element: Element) -> Any:
    """Text, number, flag, a list for an array, or a dict for a data object.

    Inside a data object leaves carry no type and stay text, and a field that may repeat is a list
    only where it does: ``many`` and ``whole`` take both. References are bare ids.
    """
    kind = element.get(_TYPE)
    if not len(element):
        return _leaf(element.text or "", kind)
    if kind is not None and kind.startswith("ArrayOf"):
        return [value(each) for each in element]
    found: dict[str, Any] = {}
    if kind is not None:
        found[TYPE] = kind.rpartition(":")[2]
    for each in element:
        name = each.tag[_SKIP:]
        inner = value(each)
        if name not in found:
            found[name] = inner
        elif isinstance(found[name], _Repeated):
            found[name].append(inner)
        else:
            found[name] = _Repeated((found[name], inner))
    return found


class _Repeated(list[Any]):
    """The values of a field that came more than once; an array is a plain list."""


def _leaf(text: str, kind: str | None) -> Any:
    if kind is None:
        return text
    name = kind.rpartition(":")[2]
    if name in _WHOLE:
        return int(text)
    if name == "boolean":
        return text in ("true", "1")
    if name.startswith("ArrayOf"):
        return []
    return text


def many(found: Any, name: str) -> list[Any]:
    """A field of a data object that may repeat."""
    inner = found.get(name) if isinstance(found, Mapping) else None
    if inner is None or inner == "":
        return []
    return inner if isinstance(inner, list) else [inner]


def text(found: Any, *names: str) -> str:
    """A leaf below a data object; empty where there is none."""
    for name in names:
        found = found.get(name) if isinstance(found, Mapping) else None
    return found if isinstance(found, str) else "" if found is None else str(found)


def whole(found: Any, *names: str) -> int | None:
    """A number below a data object."""
    written = text(found, *names)
    return int(written) if written else None


def flag(found: Any, *names: str) -> bool | None:
    """A flag below a data object."""
    written = text(found, *names).lower()
    return written in ("true", "1") if written else None
