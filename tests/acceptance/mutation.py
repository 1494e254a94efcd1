"""A single change to a furnished vCenter, and the one difference that it must make.

Keys and values are in the words of a snapshot (``generator/vcenter/kinds.py``), written by hand:
none of them is computed from a reading. ``$ref`` in a value stands for a managed object id.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Any

from tests.acceptance.furnished import Ids

Value = str | int | bool | tuple[str, ...] | None
Wish = dict[str, Any]


NOT_KNOWN_BY_NAME = ("pci-device", "direct-path-profile")
"""Kinds of which a name is a field like others."""


@dataclass(frozen=True)
class Mutation:
    """Wishes to the control, and the object, field and values of the difference."""

    kind: str
    key: str
    leaf: str
    before: Value
    after: Value
    wishes: list[Wish] = field(hash=False)
    host_role: bool = False

    @property
    def what(self) -> str:
        """What a difference calls it."""
        if not self.leaf:
            return "missing"
        renamed = self.leaf == "name" and self.kind not in NOT_KNOWN_BY_NAME
        return "renamed" if renamed else "changed"

    def __str__(self) -> str:
        return f"{self.kind} {self.key} {self.leaf or 'gone'}"


def resolved(wishes: list[Wish], ids: Ids) -> list[Wish]:
    """The wishes with each ``$ref`` as a reference, or as its bare id where it is a key."""
    made: list[Wish] = []
    for wish in wishes:
        made.append({name: _with_ids(value, ids) for name, value in wish.items()})
        if isinstance(made[-1].get("key"), dict):
            made[-1]["key"] = made[-1]["key"]["value"]
    return made


def _with_ids(value: Any, ids: Ids) -> Any:
    if isinstance(value, dict):
        if "$ref" in value:
            kind, _, name = value["$ref"].partition(":")
            return {"type": kind, "value": ids[kind][name]}
        return {key: _with_ids(each, ids) for key, each in value.items()}
    return [_with_ids(each, ids) for each in value] if isinstance(value, list) else value
