"""Values put into a copy of a blueprint's tree, by the paths that findings print."""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from dataclasses import replace
from typing import Any

from generator.blueprint.alter.rules import IllWritten, NoSuchPlace, SetTwice
from generator.blueprint.alter.shape import takes_text
from generator.blueprint.near import did_you_mean, short, shown
from generator.finding import Finding, Place, Refused, Rule
from generator.record import Record, record
from generator.source import MAX_DEPTH, MappingNode, SequenceNode, parse_value

_PATH = re.compile(r"[^.\[\]=\s]+(?:\.[^.\[\]=\s]+|\[[^\[\]]+\])*")
_STEP = re.compile(r"([^.\[\]]+)|\[([^\[\]]+)\]")
_LISTED = 12


@record
class Setting(Record):
    """A supposed value. ``path`` is written as findings write it (``workloads[rag].serving``).

    ``text`` is the value in YAML; ``option`` is what the user wrote before it (``--set``).
    """

    path: str
    text: str
    option: str = "--set"

    @property
    def file(self) -> str:
        """The name that places in the value carry."""
        return f"{self.option} {short(self.path)}" if self.option == "--set" else self.option

    @property
    def place(self) -> Place:
        """Where findings about the option as a whole point."""
        return Place(self.file, 1, 1)


@record
class _Step(Record):
    """A key, or with ``is_item`` the name or number of a list item."""

    name: str
    is_item: bool


def copied(node: Any) -> Any:
    """A copy of a tree with its places; scalars are shared."""
    if isinstance(node, MappingNode):
        mapping = MappingNode(node.place)
        for key, value in node.items():
            mapping.put(key, copied(value), *node.places[key])
        return mapping
    if isinstance(node, SequenceNode):
        sequence = SequenceNode(node.place)
        for item, place in zip(node, node.places, strict=True):
            sequence.put(copied(item), place)
        return sequence
    return node


def set_values(root: MappingNode, settings: Sequence[Setting]) -> None:
    """Puts the values into the tree, in their order; mappings on the way are made.

    Raises:
        Refused: with every path that leads nowhere or is given twice, and every value that is no
            YAML.
    """
    findings = list(_set_twice(settings))
    for setting in settings:
        try:
            _set(root, setting)
        except Refused as refused:
            findings += refused.findings
    if findings:
        raise Refused(findings)


def append(root: MappingNode, path: Sequence[str], item: Any, place: Place) -> None:
    """Adds an item to the list at ``path``, which is made where it is absent.

    A list that is none is left as it is: the schema says what is wrong with it.
    """
    node = root
    for key in path[:-1]:
        if key not in node:
            node.put(key, MappingNode(place), place, place)
        node = node[key]
    last = path[-1]
    if last not in node:
        node.put(last, SequenceNode(place), place, place)
    if isinstance(node[last], SequenceNode):
        node[last].put(item, place)


def _steps(setting: Setting) -> tuple[_Step, ...]:
    """The steps of a path; raises ``Refused`` where it is none."""
    if not _PATH.fullmatch(setting.path):
        message = f"{shown(setting.path)} is no path"
        mend = "write PATH=VALUE, such as workloads[rag-llm].serving.sessions=64"
        raise _refused(IllWritten, setting, message, mend)
    steps = tuple(
        _Step(name=key or item, is_item=bool(item)) for key, item in _STEP.findall(setting.path)
    )
    if len(steps) > MAX_DEPTH:
        message = f"{len(steps)} steps are deeper than any document"
        raise _refused(IllWritten, setting, message, "shorten it")
    return steps


def _set_twice(settings: Sequence[Setting]) -> Iterator[Finding]:
    """Values that another one overwrites: the same place, or one around it."""
    for index, later in enumerate(settings):
        for earlier in settings[:index]:
            around = later.path == earlier.path or earlier.path.startswith(
                (f"{later.path}.", f"{later.path}[")
            )
            if around:
                yield SetTwice.breach(
                    f"{shown(later.path)} overwrites what {earlier.file} says",
                    mend="keep one of the two",
                    places=(later.place, earlier.place),
                    path=earlier.path,
                )


def _set(root: MappingNode, setting: Setting) -> None:
    steps = _steps(setting)
    value = parse_value(setting.text, file=setting.file)
    if isinstance(value.root, int | float) and takes_text([(s.name, s.is_item) for s in steps]):
        # 3.6 is a version at some places and a number at others; the language knows which.
        value = replace(value, root=setting.text.strip())
    node: Any = root
    for step, following in zip(steps, (*steps[1:], None), strict=True):
        at = _key(node, step, setting)
        if following is None:
            _put(node, at, value.root, value.start)
            return
        if isinstance(node, MappingNode) and at not in node:
            if following.is_item:
                raise _nowhere(setting, f"there is no list {step.name}", "add it as a whole")
            _put(node, at, MappingNode(setting.place), setting.place)
        node = node[at]


def _key(node: Any, step: _Step, setting: Setting) -> str | int:
    """The key or index of a step in ``node``; raises ``Refused`` where there cannot be one."""
    if isinstance(node, MappingNode):
        if step.is_item:
            raise _nowhere(
                setting, f"[{short(step.name)}] is asked of a mapping", f"write .{step.name}"
            )
        return step.name
    if not isinstance(node, SequenceNode):
        message = f"{shown(node)} holds nothing called {shown(step.name)}"
        raise _nowhere(setting, message, "end the path there")
    names = [item.get("name") for item in node if isinstance(item, MappingNode)]
    known = [name for name in names if isinstance(name, str)]
    if not step.is_item:
        mend = f"name the item: {_shown_names(known) or '[0]'}"
        raise _nowhere(setting, f"{shown(step.name)} is asked of a list", mend)
    for index, item in enumerate(node):
        if isinstance(item, MappingNode) and item.get("name") == step.name:
            return index
    if step.name.isascii() and step.name.isdecimal() and int(step.name[:9]) < len(node):
        return int(step.name[:9])
    near = did_you_mean(step.name, known)
    mend = f"did you mean {near}?" if near else f"there are {_shown_names(known) or len(node)}"
    raise _nowhere(setting, f"the list has no item {shown(step.name)}", mend)


def _shown_names(names: Sequence[str]) -> str:
    rest = " …" if len(names) > _LISTED else ""
    return ", ".join(f"[{short(name)}]" for name in names[:_LISTED]) + rest


def _put(node: Any, at: str | int, value: Any, place: Place) -> None:
    if isinstance(node, MappingNode):
        node.put(str(at), value, place, place)
    else:
        node[at] = value
        node.places[at] = place


def _nowhere(setting: Setting, message: str, mend: str) -> Refused:
    return _refused(NoSuchPlace, setting, message, mend)


def _refused(rule: type[Rule], setting: Setting, message: str, mend: str) -> Refused:
    path = short(setting.path)
    return Refused([rule.breach(message, mend=mend, places=(setting.place,), path=path)])
