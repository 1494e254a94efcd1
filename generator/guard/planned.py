"""What a Terraform plan would do, read from its JSON form.

The form is Terraform's "JSON Output Format" (developer.hashicorp.com/terraform/internals/
json-format), format version 1, which OpenTofu writes as well. The tree comes from outside:
nothing in it is believed before its shape was looked at.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import field
from enum import StrEnum
from types import MappingProxyType
from typing import Any

from generator.finding import CannotRun
from generator.record import Record, record

Values = Mapping[str, Any]
"""The attributes of an object by name."""

NO_VALUES: Values = MappingProxyType({})


class Effect(StrEnum):
    """What a change does to the object, whatever the order of its steps."""

    NOTHING = "nothing"
    CREATE = "create"
    UPDATE = "update"
    DELETE = "delete"
    REPLACE = "replace"
    FORGET = "forget"
    UNKNOWN = "unknown"


_EFFECTS: Mapping[tuple[str, ...], Effect] = {
    ("no-op",): Effect.NOTHING,
    ("read",): Effect.NOTHING,
    ("create",): Effect.CREATE,
    ("update",): Effect.UPDATE,
    ("delete",): Effect.DELETE,
    ("delete", "create"): Effect.REPLACE,
    ("create", "delete"): Effect.REPLACE,
    ("forget",): Effect.FORGET,
    # OpenTofu: a replaced object under ``destroy = false`` stays where it is.
    ("forget", "create"): Effect.FORGET,
    ("create", "forget"): Effect.FORGET,
}


@record
class PlannedChange(Record):
    """One resource instance of a plan and what would happen to it.

    ``unknown`` and ``sensitive`` are Terraform's own marks by attribute: truthy where a value is
    known only after apply, or must not be shown. ``forced_by`` are the attributes that force a
    replacement.
    """

    address: str
    kind: str
    effect: Effect
    actions: tuple[str, ...]
    before: Values = field(default_factory=dict)
    after: Values = field(default_factory=dict)
    unknown: Values = field(default_factory=dict)
    sensitive: Values = field(default_factory=dict)
    forced_by: tuple[str, ...] = ()
    adopted: bool = False

    @property
    def name(self) -> str:
        """What people call the object; its address where it has no name of its own."""
        values = self.before or self.after
        for key in ("name", "hostname", "path", "entity_id", "cluster_id"):
            found = values.get(key)
            if isinstance(found, str) and found and not self.sensitive.get(key):
                return found
        return self.address

    @property
    def changed(self) -> tuple[str, ...]:
        """The attributes that an update would change, by name; what is unknown may change."""
        names = sorted({*self.before, *self.after, *self.unknown} - {"id"})
        return tuple(name for name in names if self.changes(name))

    def changes(self, name: str) -> bool:
        """Whether the update would change an attribute, or may."""
        return _marked(self.unknown.get(name)) or _stated(self.before.get(name)) != _stated(
            self.after.get(name)
        )

    def shown(self, name: str, items: Sequence[str]) -> tuple[str, ...]:
        """Items of an attribute for people; a sensitive one is not told."""
        return ("(sensitive)",) if _marked(self.sensitive.get(name)) else tuple(items)


def _stated(value: Any) -> Any:
    """A value as it compares: the provider's state says null or empty for what is not there."""
    return None if value in ("", [], {}) else value


def _marked(mark: Any) -> bool:
    """Whether a mark of Terraform's is set anywhere in an attribute."""
    pending = [mark]
    while pending:
        one = pending.pop()
        if one is True:
            return True
        if isinstance(one, Mapping):
            pending.extend(one.values())
        elif isinstance(one, list):
            pending.extend(one)
    return False


def read_planned(tree: object) -> tuple[PlannedChange, ...]:
    """The changes in the tree that ``terraform show -json`` printed for a plan.

    Raises:
        CannotRun: where the tree is no plan, is of another format, or a plan that cannot be judged
            as a whole: one that failed, or one with deferred changes.
    """
    plan = _mapping(tree, "the file")
    if "planned_values" not in plan:
        what = "a state" if "values" in plan else "no plan"
        raise CannotRun(f"this is {what}: give the output of terraform show -json PLANFILE")
    version = plan.get("format_version")
    if not isinstance(version, str) or version.partition(".")[0] != "1":
        raise CannotRun("format_version is not 1.x: this plan is of a version that nobody tested")
    if plan.get("errored"):
        raise CannotRun("the plan ended with an error, so it does not hold all changes")
    if plan.get("deferred_changes"):
        raise CannotRun("the plan defers changes; what they do is not in it")
    changes = plan.get("resource_changes", [])
    if not isinstance(changes, list):
        raise CannotRun("resource_changes is no list")
    return tuple(_changes(changes))


def _changes(rows: list[Any]) -> Iterator[PlannedChange]:
    for number, row in enumerate(rows):
        at = f"resource_changes[{number}]"
        entry = _mapping(row, at)
        if _text(entry, "mode", at) == "data":
            continue
        yield _change(entry, at)


def _change(entry: Values, at: str) -> PlannedChange:
    address, kind = _text(entry, "address", at), _text(entry, "type", at)
    deposed = entry.get("deposed")
    change = _mapping(entry.get("change"), f"{at}.change")
    actions = change.get("actions")
    if not isinstance(actions, list) or not all(isinstance(one, str) for one in actions):
        raise CannotRun(f"{at}.change.actions is no list of words")
    return PlannedChange(
        address=f"{address} (deposed {deposed})" if deposed else address,
        kind=kind,
        effect=_EFFECTS.get(tuple(actions), Effect.UNKNOWN),
        actions=tuple(actions),
        before=_values(change, "before", at),
        after=_values(change, "after", at),
        unknown=_marks(change, "after_unknown", at),
        sensitive={
            **_marks(change, "after_sensitive", at),
            **_marks(change, "before_sensitive", at),
        },
        forced_by=tuple(_forced_by(change, at)),
        adopted=bool(change.get("importing")),
    )


def _values(change: Values, key: str, at: str) -> Values:
    value = change.get(key)
    return NO_VALUES if value is None else _mapping(value, f"{at}.change.{key}")


def _marks(change: Values, key: str, at: str) -> Values:
    """The marks of the object; Terraform writes ``true`` or ``false`` where there is no object."""
    value = change.get(key)
    return NO_VALUES if isinstance(value, bool | None) else _mapping(value, f"{at}.change.{key}")


def _forced_by(change: Values, at: str) -> Iterator[str]:
    paths = change.get("replace_paths") or []
    if not isinstance(paths, list):
        raise CannotRun(f"{at}.change.replace_paths is no list")
    for path in paths:
        if not isinstance(path, list) or not all(isinstance(one, str | int) for one in path):
            raise CannotRun(f"{at}.change.replace_paths holds no path")
        yield ".".join(map(str, path))


def _mapping(value: object, at: str) -> Values:
    if not isinstance(value, dict):
        raise CannotRun(f"{at} is no object")
    return value


def _text(entry: Values, key: str, at: str) -> str:
    value = entry.get(key)
    if not isinstance(value, str) or not value:
        raise CannotRun(f"{at}.{key} is no text")
    return value
