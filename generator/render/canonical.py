"""JSON and hashes that are the same on every machine."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Mapping
from dataclasses import fields
from functools import cache
from typing import Any


def canonical_json(value: Any) -> str:
    """Readable JSON with sorted keys and a final newline."""
    return json.dumps(value, indent=2, sort_keys=True, ensure_ascii=False) + "\n"


def listing(content: Mapping[str, Any]) -> str:
    """JSON with one line per entry of each section, so that a review sees what changed.

    Dataclasses become objects that begin with their ``kind``, where they have one. Keys of the
    sections are sorted; inside a line the order is that of the fields.
    """
    sections = (f"  {_line(key)}: {_section(content[key])}" for key in sorted(content))
    return "{\n" + ",\n".join(sections) + "\n}\n"


def sha256(text: str | bytes) -> str:
    """The checksum that the manifest lists, in hex."""
    content = text.encode() if isinstance(text, str) else text
    return hashlib.sha256(content).hexdigest()


def fingerprint(value: Any) -> str:
    """The checksum of plain data, whatever the order of its keys."""
    return sha256(json.dumps(value, sort_keys=True, ensure_ascii=False, separators=(",", ":")))


def _section(value: Any) -> str:
    if isinstance(value, Mapping) and value:
        return _lines("{}", (f"{_line(key)}: {_line(value[key])}" for key in sorted(value)))
    if isinstance(value, list | tuple) and value:
        return _lines("[]", map(_line, value))
    return _line(value)


def _lines(brackets: str, entries: Any) -> str:
    return f"{brackets[0]}\n    " + ",\n    ".join(entries) + f"\n  {brackets[1]}"


def _object(value: Any) -> dict[str, Any]:
    """A dataclass as the encoder wants it."""
    cls: Any = value.__class__
    kind = {"kind": cls.kind} if hasattr(cls, "kind") else {}
    return kind | {name: getattr(value, name) for name in _names(cls)}


@cache
def _names(cls: Any) -> tuple[str, ...]:
    return tuple(field.name for field in fields(cls))


# The compact form is written by the encoder in C; one encoder serves every line.
_line = json.JSONEncoder(ensure_ascii=False, default=_object).encode
