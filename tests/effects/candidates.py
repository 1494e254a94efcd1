"""Changes of a property that may have an effect, drawn from the schema and from real documents."""

from __future__ import annotations

import json
import re
from collections.abc import Iterator
from functools import cache
from itertools import islice, permutations
from typing import Any

from generator.blueprint.schema import schema
from generator.finding import Refused
from tests.effects.change import ABSENT, Change, Steps, documents, put, value_at
from tests.effects.leaves import Kind, Leaf, forms, is_quantity, resolved
from tests.effects.table import BASES, FIXTURES

LIMIT = 40
"""Changes that are tried of values that stand, of values elsewhere and of presence, each."""
PARENTS = 3
"""Objects of one base in which a property is tried."""


def changes(leaf: Leaf) -> Iterator[Change]:
    """Candidates for a witness: values that stand, then values that could, then presence."""
    there, missing = list[Change](), list[Change]()
    for base in BASES:
        absent = list[Change]()
        for file, at in _stands(leaf, base):
            stands = value_at(documents(base)[file], at) != ABSENT
            if stands or not absent:
                (there if stands else absent).extend(_at(leaf, base, file, at))
        missing += absent
    yield from islice(_in_turns(there), LIMIT)
    yield from islice(_in_turns(_elsewhere(leaf)), LIMIT)
    yield from islice(_in_turns(missing), LIMIT)


def _stands(leaf: Leaf, base: str) -> Iterator[tuple[str, Steps]]:
    """The files of a base and the places in them where the property stands or could stand."""
    for file, root in documents(base).items():
        if root["kind"] == leaf.kind:
            for at in _places(root, leaf.parts):
                yield file, at


def _elsewhere(leaf: Leaf) -> list[Change]:
    """Changes of values that stand in the fixtures of other tests, each surrounding once."""
    found, seen = list[Change](), set[str]()
    for base in FIXTURES:
        for file, at in _stands(leaf, base) if loads(base) else ():
            root = documents(base)[file]
            around = json.dumps(value_at(root, at[:-1]), sort_keys=True)
            if value_at(root, at) != ABSENT and around not in seen:
                seen.add(around)
                found += _at(leaf, base, file, at)
    return found


@cache
def loads(base: str) -> bool:
    """Whether a fixture is a blueprint that can be read, whatever is found in it later."""
    try:
        return bool(documents(base))
    except (Refused, KeyError, TypeError):
        return False


def _in_turns(found: list[Change]) -> Iterator[Change]:
    """One change of each place after the other, so that no base takes all the trials."""
    queues: dict[tuple[str, str, Steps], list[Change]] = {}
    for change in found:
        queues.setdefault((change.base, change.file, change.at), []).append(change)
    waiting = list(queues.values())
    while waiting:
        for queue in waiting:
            yield queue.pop(0)
        waiting = [queue for queue in waiting if queue]


def _places(root: Any, parts: tuple[str, ...], at: Steps = ()) -> Iterator[Steps]:
    """Where in a document the property stands or could stand; ``[]`` at the end is the list."""
    if not parts or parts == ("[]",):
        yield at
        return
    step, rest = parts[0], parts[1:]
    node = value_at(root, at)
    if step == "[]":
        items = range(len(node)) if isinstance(node, list) else ()
        chosen = sorted({*list(items)[: PARENTS - 1], *list(items)[-1:]})
        for index in chosen:
            yield from _places(root, rest, (*at, index))
        if not chosen:
            yield at
    elif step == "*":
        keys = sorted(node) if isinstance(node, dict) else []
        for key in keys:
            yield from _places(root, rest, (*at, key))
        if not keys:
            yield at
    elif node == ABSENT:
        yield at
    elif isinstance(node, dict):
        yield from _places(root, rest, (*at, step))


def _at(leaf: Leaf, base: str, file: str, at: Steps) -> Iterator[Change]:
    root = documents(base)[file]
    now = value_at(root, at)
    parts = _rest(leaf.parts, at)
    values = list(_values(leaf, base, now if not parts or parts == ("[]",) else ABSENT))
    if parts and parts != ("[]",):
        made = [_built(leaf, base, len(leaf.parts) - len(parts), v) for v in (ABSENT, *values)]
        values = [one for one in made if one is not None]
        yield from _pairs(base, file, at, values[0], values[1:6])
        return
    if isinstance(now, str) and leaf.parts[-1] in ("name", "ref", "port_group", "id"):
        yield Change(base, file, at, now, f"{now}-x", rename=True)
    if now != ABSENT:
        yield from (Change(base, file, at, now, value) for value in values)
        yield Change(base, file, at, now, ABSENT)
        return
    yield from _pairs(base, file, at, ABSENT, values)


def _pairs(base: str, file: str, at: Steps, absent: Any, values: list[Any]) -> Iterator[Change]:
    """One value for another, and a value where there was none, in turns."""
    yield from (Change(base, file, at, values[0], value) for value in values[1:2])
    yield from (Change(base, file, at, absent, value) for value in values[:2])
    for before, after in permutations(values[:4], 2):
        yield Change(base, file, at, before, after)
    yield from (Change(base, file, at, absent, value) for value in values[2:])


def _rest(parts: tuple[str, ...], at: Steps) -> tuple[str, ...]:
    return parts[len(at) :]


def _values(leaf: Leaf, base: str, now: Any) -> Iterator[Any]:
    """Other values that the property may take."""
    seen = [now, ABSENT]
    for value in _proposed(leaf, base, now):
        if value not in seen:
            seen.append(value)
            yield value


def _proposed(leaf: Leaf, base: str, now: Any) -> Iterator[Any]:
    node = resolved(leaf.kind, leaf.node)
    if leaf.parts[-1] == "[]":
        items = [v for one in (now if isinstance(now, list) else []) for v in [one]]
        yield []
        if items:
            yield items[:-1]
            yield list(reversed(items))
        for value in _scalars(node, leaf, base, ABSENT):
            yield [*items, value]
            yield [value]
    else:
        yield from _scalars(node, leaf, base, now)


def _scalars(node: dict[str, Any], leaf: Leaf, base: str, now: Any) -> Iterator[Any]:
    for form in forms(leaf.kind, node):
        yield from form.get("enum", ())
        types = form.get("type", ())
        types = [types] if isinstance(types, str) else list(types)
        if "boolean" in types:
            yield from (True, False)
        if {"integer", "number"} & set(types):
            number = now if isinstance(now, int | float) and not isinstance(now, bool) else 2
            yield from (number * 2, number + 1, number * 10, number // 2, 0, 1)
        yield from form.get("examples", ())
    yield from node.get("examples", ())
    yield from leaf.node.get("examples", ())
    if is_quantity(node):
        texts = [v for v in (now, *node.get("examples", ())) if isinstance(v, str) and v != ABSENT]
        yield from _scaled(texts[0] if texts else "1")
    if (
        isinstance(now, str)
        and now != ABSENT
        and not any("enum" in form for form in forms(leaf.kind, node))
    ):
        yield from _other_texts(now)
    if re.fullmatch(r"(?s).*\^\[A-Za-z0-9.*", json.dumps(node)) or "maxLength" in node:
        yield from _names(base)


def _other_texts(text: str) -> Iterator[str]:
    """The text with its last, then its first number one higher or lower, and with more of it."""
    numbers = list(re.finditer(r"[0-9]+", text))
    for found in {n.span(): n for n in (*numbers[-1:], *numbers[:1])}.values():
        for step in (1, -1):
            number = f"{max(int(found[0]) + step, 0):0{len(found[0])}}"
            yield f"{text[: found.start()]}{number}{text[found.end() :]}"
    yield f"{text}x"
    yield re.sub(r"SA|SU|MO", "TU", text)


def _scaled(text: str) -> Iterator[str]:
    found = re.fullmatch(r"([0-9.]+)(.*)", text)
    if found:
        for factor in (2, 10, 0.5, 100, 1000, 0.1):
            yield f"{float(found[1]) * factor:g}{found[2]}"


def _names(base: str) -> list[str]:
    """Names that something in the pair has: what a reference may say."""
    found: dict[str, None] = {}
    waiting: list[Any] = list(documents(base).values())
    while waiting:
        node = waiting.pop(0)
        if isinstance(node, dict):
            found |= {node[k]: None for k in ("name", "ref") if isinstance(node.get(k), str)}
            waiting += node.values()
        elif isinstance(node, list):
            waiting += node
    return list(found)[:30]


def _built(leaf: Leaf, base: str, done: int, value: Any) -> Any:
    """The smallest value at the place after ``done`` steps that has ``value`` at its leaf."""
    node = _node_at(leaf, done)
    return None if node is None else _minimal(leaf.kind, node, leaf.parts[done:], base, value)


def _node_at(leaf: Leaf, done: int) -> dict[str, Any] | None:
    node: dict[str, Any] | None = schema(leaf.kind)
    for step in leaf.parts[:done]:
        node = _child(leaf.kind, node, step) if node is not None else None
    return node


def _child(kind: Kind, node: dict[str, Any], step: str) -> dict[str, Any] | None:
    for form in forms(kind, node):
        if step == "[]" and "items" in form:
            return form["items"]  # type: ignore[no-any-return]
        if step == "*" and "patternProperties" in form:
            return next(iter(form["patternProperties"].values()))  # type: ignore[no-any-return]
        if step in form.get("properties", {}):
            return form["properties"][step]  # type: ignore[no-any-return]
    return None


def _minimal(
    kind: Kind, node: dict[str, Any], parts: tuple[str, ...], base: str, value: Any
) -> Any:
    if not parts:
        return value
    below = _child(kind, node, parts[0])
    if below is None:
        return None
    if parts[0] == "[]":
        inner = _minimal(kind, below, parts[1:], base, value)
        return [] if inner == ABSENT else inner if parts == ("[]",) else [inner]
    if parts[0] == "*":
        inner = _minimal(kind, below, parts[1:], base, value)
        names = _free_keys(kind, node, base)
        return {} if inner == ABSENT else dict.fromkeys(names, inner)
    form = next(f for f in forms(kind, node) if parts[0] in f.get("properties", {}))
    made = {k: _example(kind, form["properties"][k]) for k in form.get("required", ())}
    inner = _minimal(kind, below, parts[1:], base, value)
    return put(made, (parts[0],), inner)


def _free_keys(kind: Kind, node: dict[str, Any], base: str) -> list[str]:
    for example in resolved(kind, node).get("examples", ()):
        if isinstance(example, dict):
            roots = [r for r in documents(base).values() if "environments" in r]
            named = [k for r in roots for k in r["environments"] if k in example]
            return named or list(example)
    return ["prod"]


def _example(kind: Kind, node: dict[str, Any]) -> Any:
    node = resolved(kind, node)
    return [*node.get("examples", ()), *node.get("enum", ())][0]
