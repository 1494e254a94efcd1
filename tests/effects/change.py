"""A change of one value in a real pair of documents, and how it is written down."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from copy import deepcopy
from functools import cache, lru_cache
from pathlib import Path
from typing import Any, NamedTuple

from generator.blueprint.extend import extended
from generator.blueprint.read import read_blueprint
from generator.source import read
from generator.supply.read import Shelf
from tests.effects.observed import Documents, Effect, Observation, effects, observe

ROOT = Path(__file__).resolve().parents[2]
ABSENT = "$absent"
"""Stands for a value that is not there."""

Steps = tuple[str | int, ...]


class Change(NamedTuple):
    """``file`` of the pair ``base`` says ``before`` and then ``after`` at ``at``.

    With ``rename`` every text and key ``before`` of both documents becomes ``after``, so that all
    references follow.
    """

    base: str
    file: str
    at: Steps
    before: Any
    after: Any
    rename: bool = False

    def sides(self) -> tuple[Documents, Documents]:
        """The documents before and after."""
        base = documents(self.base)
        if self.rename:
            return base, _renamed(base, self.before, self.after)
        return self._with(base, self.before), self._with(base, self.after)

    def _with(self, base: Documents, value: Any) -> Documents:
        return {**base, self.file: put(base[self.file], self.at, value)}

    def observed(self) -> tuple[Observation, Observation]:
        """What both sides lead to; a side that is the base itself is observed once."""
        before, after = self.sides()
        unchanged = before == documents(self.base)
        return (of_base(self.base) if unchanged else observe(before)), observe(after)

    def effects(self) -> Iterator[Effect]:
        """What the change changes, the most telling first; figures of a rename are echoes."""
        found = effects(*self.observed())
        return (e for e in found if not (self.rename and e.kind == "figure"))


@cache
def documents(base: str) -> Documents:
    """The pair of a blueprint: itself with what it extends, and the inventories that it names."""
    path = ROOT / base
    document = extended(read(path)[0])
    main = {key: value for key, value in document.root.items() if key != "extends"}
    sites = Shelf().sites(read_blueprint(document), document)
    found = {path.name: main}
    for one in sites.documents.values():
        found[Path(one.file).name] = one.root
    return found


@lru_cache(maxsize=32)
def of_base(base: str) -> Observation:
    """What a pair leads to as it is shipped."""
    return observe(documents(base))


def put(root: Any, at: Steps, value: Any) -> Any:
    """A copy of ``root`` with ``value`` at ``at``; what lies beside the way is shared."""
    if not at:
        return deepcopy(value)
    step, rest = at[0], at[1:]
    if isinstance(root, list):
        items = list(root)
        index = int(step)
        if not rest and value == ABSENT:
            del items[index]
        elif index == len(items):
            items.append(put(None, rest, value))
        else:
            items[index] = put(items[index], rest, value)
        return items
    members = dict(root or {})
    if not rest and value == ABSENT:
        members.pop(str(step), None)
    else:
        members[str(step)] = put(members.get(str(step)), rest, value)
    return members


def value_at(root: Any, at: Steps) -> Any:
    """The value at ``at``, ``ABSENT`` where there is none."""
    for step in at:
        known = range(len(root)) if isinstance(root, list) else root
        if not isinstance(known, range | dict) or step not in known:
            return ABSENT
        root = root[step]
    return root


def _renamed(base: Documents, old: str, new: str) -> Documents:
    return {name: _replaced(root, old, new) for name, root in base.items()}


def _replaced(node: Any, old: str, new: str) -> Any:
    if isinstance(node, dict):
        return {(new if k == old else k): _replaced(v, old, new) for k, v in node.items()}
    if isinstance(node, list):
        return [_replaced(item, old, new) for item in node]
    return new if node == old else node


def written(change: Change) -> dict[str, Any]:
    """The change as JSON holds it."""
    return {**change._asdict(), "at": list(change.at)}


def read_back(stored: Mapping[str, Any]) -> Change:
    """What ``written`` wrote."""
    known = {key: stored[key] for key in Change._fields}
    return Change(**{**known, "at": tuple(stored["at"])})


def first(changes: Iterable[Change], limit: int) -> tuple[Change, Effect] | None:
    """The change with the most telling effect; a file ends the search, others end it soon."""
    best: tuple[Change, Effect] | None = None
    left = limit
    for change in changes:
        if left <= 0 or (best and _rank(best[1]) == 0):
            break
        left -= 1
        found = next(change.effects(), None)
        if found and (best is None or _rank(found) < _rank(best[1])):
            best = change, found
            left = min(left, PATIENCE)
    return best


PATIENCE = 10
"""How many further changes are tried for a more telling effect than one that was found."""

ORDER = ("file", "figure", "finding", "hand-off", "question")


def _rank(effect: Effect) -> int:
    return ORDER.index(effect.kind)
