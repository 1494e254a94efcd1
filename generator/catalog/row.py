"""One row of the catalogue, read field by field; a wrong type or a stray field is refused."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from math import inf
from typing import Any, NoReturn, TypeGuard

Fields = Mapping[str, Any]


class IllFormedRow(ValueError):
    """A row lacks a field or holds one that cannot be used; the message names row and field."""


class Row:
    """Hands out a row's fields with their types and remembers which were asked for.

    Call ``done`` last: a field that nobody asked for is a misspelling, not a wish to be ignored.
    """

    __slots__ = ("_asked", "_fields", "_path", "where")

    def __init__(self, where: str, fields: object, path: str = "") -> None:
        self.where = where
        self._path = path
        self._asked: set[str] = set()
        if not isinstance(fields, Mapping):
            raise IllFormedRow(f"{where}: {path or 'the row'} must be a mapping")
        self._fields: Fields = fields

    def refuse(self, field: str, reason: str) -> NoReturn:
        """Raises ``IllFormedRow`` for a field of this row."""
        raise IllFormedRow(f"{self.where}: {self._path}{field} {reason}")

    def has(self, field: str) -> bool:
        """Whether the field is there with a value other than null."""
        self._asked.add(field)
        return self._fields.get(field) is not None

    def text(self, field: str) -> str:
        """A text that is not empty."""
        value = self._get(field)
        if not isinstance(value, str) or not value:
            self.refuse(field, f"must be a text, not {value!r}")
        return value

    def whole(self, field: str, least: int = 0) -> int:
        """A whole number, ``least`` or more."""
        value = self._get(field)
        if not isinstance(value, int) or isinstance(value, bool) or value < least:
            self.refuse(field, f"must be a whole number of {least} or more, not {value!r}")
        return value

    def number(self, field: str) -> float:
        """A number, 0 or more."""
        value = self._get(field)
        if not isinstance(value, int | float) or isinstance(value, bool) or not 0 <= value < inf:
            self.refuse(field, f"must be a number of 0 or more, not {value!r}")
        return value

    def flag(self, field: str) -> bool:
        """True or false; a missing flag is false."""
        value = self._get(field) if self.has(field) else False
        if not isinstance(value, bool):
            self.refuse(field, f"must be true or false, not {value!r}")
        return value

    def one_of(self, field: str, choices: Sequence[str]) -> str:
        """A text out of ``choices``."""
        value = self.text(field)
        if value not in choices:
            self.refuse(field, f"must be one of {', '.join(choices)}, not {value!r}")
        return value

    def text_or_none(self, field: str) -> str | None:
        """A text, or None where nothing is known."""
        return self.text(field) if self.has(field) else None

    def whole_or_none(self, field: str) -> int | None:
        """A whole number, or None where nothing is known."""
        return self.whole(field) if self.has(field) else None

    def number_or_none(self, field: str) -> float | None:
        """A number, or None where nothing is known."""
        return self.number(field) if self.has(field) else None

    def texts(self, field: str) -> tuple[str, ...]:
        """A list of texts; a missing list is empty."""
        values = self._list(field)
        if not all(isinstance(value, str) for value in values):
            self.refuse(field, "must be a list of texts")
        return tuple(values)

    def wholes(self, field: str) -> tuple[int, ...]:
        """A list of whole numbers, 0 or more; a missing list is empty."""
        values = self._list(field)
        if not all(isinstance(v, int) and not isinstance(v, bool) and v >= 0 for v in values):
            self.refuse(field, "must be a list of whole numbers")
        return tuple(values)

    def child(self, field: str) -> Row:
        """A mapping inside the row."""
        return Row(self.where, self._get(field), f"{self._path}{field}.")

    def children(self, field: str) -> tuple[Row, ...]:
        """A list of mappings inside the row; a missing list is empty."""
        return tuple(
            Row(self.where, value, f"{self._path}{field}[{index}].")
            for index, value in enumerate(self._list(field))
        )

    def table(self, field: str) -> dict[str, Row]:
        """A mapping of names to mappings; a missing one is empty."""
        if not self.has(field):
            return {}
        names = self.child(field)
        return {name: names.child(name) for name in names.names()}

    def names(self) -> tuple[str, ...]:
        """The names of all fields; from here on the row counts as read."""
        for name in self._fields:
            if not isinstance(name, str):
                self.refuse(str(name), "must be a text: quote the name")
        self._asked.update(self._fields)
        return tuple(self._fields)

    def as_given(self) -> Fields:
        """All fields, unread, for what has its own language."""
        return self._fields

    def numbers(self, field: str) -> dict[str, float]:
        """A mapping of names to numbers; nulls and a missing mapping are left out."""
        if not self.has(field):
            return {}
        names = self.child(field)
        return {name: names.number(name) for name in names.names() if names.has(name)}

    def citations(self) -> dict[str, tuple[str, ...]]:
        """The source keys by field; a plain list is filed under the empty name."""
        if isinstance(self._fields.get("sources"), list):
            return {"": self.texts("sources")}
        if not self.has("sources"):
            return {}
        fields = self.child("sources")
        return {name: fields.texts(name) for name in fields.names()}

    def done(self) -> None:
        """Refuses the fields that nobody asked for."""
        for field in self._fields:
            if field not in self._asked:
                self.refuse(field, f"is no field of this row{near_to(str(field), self._asked)}")

    def _get(self, field: str) -> Any:
        self._asked.add(field)
        if field not in self._fields:
            self.refuse(field, "is missing")
        return self._fields[field]

    def _list(self, field: str) -> Sequence[Any]:
        if not self.has(field):
            return ()
        value = self._fields[field]
        if not isinstance(value, list | tuple):
            self.refuse(field, f"must be a list, not {value!r}")
        return value


def near_to(word: str, known: set[str] | Sequence[str]) -> str:
    """``; did you mean …?`` for the known words near to ``word``, or nothing."""
    from difflib import get_close_matches

    near = get_close_matches(word, sorted(known), n=3, cutoff=0.6)
    return f"; did you mean {' or '.join(near)}?" if near else ""


def merged(old: Fields, new: Fields) -> dict[str, Any]:
    """``new`` laid over ``old``: mappings deep, lists of named items by name, the rest replaced."""
    out = dict(old)
    for key, value in new.items():
        out[key] = _laid_over(out.get(key), value)
    return out


def _laid_over(old: object, new: object) -> object:
    if isinstance(old, Mapping) and isinstance(new, Mapping):
        return merged(old, new)
    if _named(old) and _named(new):
        items = {item["name"]: item for item in old}
        for item in new:
            items[item["name"]] = merged(items.get(item["name"], {}), item)
        return list(items.values())
    return new


def _named(value: object) -> TypeGuard[Sequence[Mapping[str, Any]]]:
    """Whether a value is a list of mappings that each have a name of their own."""
    if not isinstance(value, list | tuple) or not value:
        return False
    names = [item.get("name") if isinstance(item, Mapping) else None for item in value]
    return all(isinstance(name, str) for name in names) and len(set(names)) == len(names)
