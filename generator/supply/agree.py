"""Whether two statements about the same hosts agree, and what they say together.

A fact that only one of them states is no disagreement: what is absent is unknown.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import Field, fields, replace
from typing import Any

from generator.blueprint.bind import key_of
from generator.blueprint.model.hosts import Host
from generator.blueprint.model.part import Part
from generator.finding import Path
from generator.quantity import Quantity


def disagreements(one: Any, other: Any, path: Path = ()) -> Iterator[Path]:
    """The paths below which both state a value and the values differ."""
    if isinstance(one, Part) and isinstance(other, Part):
        for field in fields(one):
            both = _values(field, one, other)
            if all(map(_stated, both)):
                yield from disagreements(*both, (*path, key_of(field)))
    elif isinstance(one, tuple) and isinstance(other, tuple) and len(one) == len(other):
        for index, both in enumerate(zip(one, other, strict=True)):
            yield from disagreements(*both, (*path, index))
    elif _plain(one) != _plain(other):
        yield path


def completed(host: Host, by: Host) -> Host:
    """``host`` with the facts that only ``by`` states."""
    missing = {
        field.name: getattr(by, field.name)
        for field in fields(host)
        if not _stated(getattr(host, field.name))
    }
    return replace(host, **missing)


def _values(field: Field[Any], one: Part, other: Part) -> tuple[Any, Any]:
    return getattr(one, field.name), getattr(other, field.name)


def _stated(value: Any) -> bool:
    return value is not None and value not in ((), {})


def _plain(value: Any) -> Any:
    """A quantity counts by its amount; who vouches for it may differ."""
    return value.value if isinstance(value, Quantity) else value
