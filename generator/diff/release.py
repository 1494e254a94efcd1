"""Which release a vCenter says is applied (F7), and that release read back from its plan."""

from __future__ import annotations

import re
from collections.abc import Mapping
from enum import StrEnum
from types import UnionType
from typing import Any, NamedTuple, TypeVar, Union, get_args, get_origin, get_type_hints

from generator.blueprint.model.governance import DiffIgnore
from generator.diff.index import Index
from generator.finding import CannotRun
from generator.platform.objects import VksCluster
from generator.platform.objects.state import DesiredState, Vcenter
from generator.platform.stamps import RELEASE_CATEGORY, STAMP_CATEGORY
from generator.record import Record
from generator.vcenter.snapshot import texts

Rec = TypeVar("Rec", bound=Record)
_DAY = re.compile(r"[0-9]{4}-(0[1-9]|1[0-2])-(0[1-9]|[12][0-9]|3[01])")


class Applied(NamedTuple):
    """The release that a vCenter names, or why it names none."""

    release: str = ""
    why_not: str = ""


def applied_release(index: Index, platform: str) -> Applied:
    """What the tag of category ``mlgen-release`` on the platform's own folder says.

    Only folders with the platform's stamp speak for it; other platforms have tags there too.
    """
    own = f"{STAMP_CATEGORY}/{platform}/"
    mark = f"{RELEASE_CATEGORY}/"
    found: set[str] = set()
    for one in index.seen.objects:
        if one.kind == "folder":
            tags = texts(one.fields.get("tags"))
            if any(tag.startswith(own) for tag in tags):
                found |= {tag.removeprefix(mark) for tag in tags if tag.startswith(mark)}
    if len(found) == 1:
        return Applied(found.pop())
    if found:
        return Applied(why_not=f"{', '.join(sorted(found))} are applied at once")
    return Applied(why_not=f"no folder of {platform} carries a tag of category {RELEASE_CATEGORY}")


def state_of(tree: object) -> DesiredState:
    """The desired state in a ``plan.json``; keys of other versions are passed over.

    Raises:
        CannotRun: where it is no plan, or one without what this version cannot do without.
    """
    if not isinstance(tree, Mapping) or "plan.schema.json" not in str(tree.get("schema")):
        raise CannotRun("no plan.json of mlgen")
    try:
        return DesiredState(
            platform=_made(str, tree["platform"]),
            release=_made(str, tree["release"]),
            as_of=_made(str, tree["as_of"]),
            vcenters=tuple(_record(Vcenter, one) for one in tree["vcenters"]),
            clusters=tuple(_record(VksCluster, one) for one in tree["clusters"]),
            questions=(),
            coverage=(),
        )
    except (KeyError, TypeError, ValueError) as error:
        raise CannotRun(f"a plan.json that this version cannot read: {error}") from error


def ignore_rules_of(tree: object) -> tuple[DiffIgnore, ...] | None:
    """What the blueprint of a ``plan.json`` accepts; None for a plan of before it was written.

    Raises:
        CannotRun: where they are no ignore rules. A day that is none would never end a rule.
    """
    written = tree.get("diff_ignore") if isinstance(tree, Mapping) else None
    if written is None:
        return None
    try:
        rules = tuple(_made(DiffIgnore, one) for one in written)
    except (KeyError, TypeError, ValueError) as error:
        raise CannotRun(f"ignore rules that this version cannot read: {error}") from error
    endless = [rule.expires for rule in rules if not _DAY.fullmatch(rule.expires)]
    if endless:
        raise CannotRun(f"ignore rules that end on no day: {', '.join(endless)}")
    return rules


def _record(cls: type[Rec], tree: Any) -> Rec:
    """A record from the JSON of its fields; what has a default may be absent."""
    if not isinstance(tree, Mapping):
        raise TypeError(f"{cls.__name__} is no object")
    hints = get_type_hints(cls)
    names = cls.__dataclass_fields__
    return cls(**{name: _made(hints[name], tree[name]) for name in names if name in tree})


def _made(kind: Any, value: Any) -> Any:
    """A value of a field's type; raises TypeError or ValueError for another."""
    origin, inside = get_origin(kind), get_args(kind)
    if origin is tuple:
        if not isinstance(value, list):
            raise TypeError(f"{value!r} is no list")
        if inside[-1:] == (Ellipsis,):
            return tuple(_made(inside[0], one) for one in value)
        return tuple(_made(*pair) for pair in zip(inside, value, strict=True))
    if origin in (Union, UnionType):
        return _one_of(inside, value)
    if isinstance(kind, type) and issubclass(kind, Record):
        return _record(kind, value)
    if isinstance(kind, type) and issubclass(kind, StrEnum):
        return kind(value)
    if isinstance(kind, type) and type(value) is kind:
        return value
    raise TypeError(f"{value!r} is no {kind}")


def _one_of(kinds: tuple[Any, ...], value: Any) -> Any:
    if value is None and type(None) in kinds:
        return None
    for kind in kinds:
        if kind is not type(None):
            try:
                return _made(kind, value)
            except (TypeError, ValueError):
                continue
    raise TypeError(f"{value!r} is none of {kinds}")
