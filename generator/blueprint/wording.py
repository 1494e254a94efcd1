"""Turns what a JSON Schema validator says into findings that a person can act on."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Sequence
from typing import Any

from generator.blueprint import breaches, units
from generator.blueprint.near import did_you_mean, lookalikes, short, shown
from generator.finding import Finding, Path, Place, Rule
from generator.quantity import Dimension
from generator.source.document import Document

_QUANTITIES: dict[str, Dimension] = {
    "data": Dimension.DATA,
    "data_rate": Dimension.DATA_RATE,
    "duration": Dimension.DURATION,
    "frequency": Dimension.FREQUENCY,
    "share": Dimension.SHARE,
    "parameters": Dimension.PARAMETERS,
}
"""The schemas' definitions that are quantities."""

_TYPES: dict[str, str] = {
    "string": "text",
    "integer": "a whole number",
    "number": "a number",
    "boolean": "true or false",
    "array": "a list",
    "object": "a mapping",
    "null": "nothing",
}

_LISTED = 12
_PATH_SHOWN = 200


class Wording:
    """Finds the words for the validation errors of one document."""

    def __init__(self, document: Document, schema: dict[str, Any]) -> None:
        self._document = document
        self._schema = schema
        self._meant: set[Path] = set()
        self._by_keyword: dict[str, Callable[[Any], Iterator[Finding]]] = {
            "additionalProperties": self._unknown_keys,
            "required": self._missing_key,
            "type": self._wrong_type,
            "enum": self._unknown_word,
            "pattern": self._bad_form,
            "format": self._bad_form,
            "minimum": self._out_of_range,
            "maximum": self._out_of_range,
            "uniqueItems": self._repeated,
            "anyOf": self._no_alternative,
        }

    def findings(self, errors: Iterable[Any]) -> Iterator[Finding]:
        """One finding for each thing that a person has to mend."""
        # Misspelt keys go first: they explain keys that seem to be missing.
        ranked = sorted(errors, key=lambda error: error.kind.name != "additionalProperties")
        told = set()
        for error in ranked:
            for finding in self._words(error):
                what = (finding.rule, finding.path, finding.places)
                if what not in told:
                    told.add(what)
                    yield finding

    def _words(self, error: Any) -> Iterator[Finding]:
        return self._by_keyword.get(error.kind.name, self._wrong_size)(error)

    # -- where things stand ---------------------------------------------------------------------

    def _node(self, error: Any, above: int = 1) -> Any:
        """The part of the schema that holds the keyword; two above is what holds that."""
        node: Any = self._schema
        for step in error.schema_path[:-above]:
            node = node[step]
        return node

    def _breach(
        self,
        rule: type[Rule],
        path: Sequence[str | int],
        message: str,
        mend: str,
        *,
        at_key: bool = False,
    ) -> Finding:
        at = tuple(path)
        place: Place = self._document.key_place(at) if at_key else self._document.place(at)
        return rule.breach(
            message, mend=mend, places=(place,), path=self._document.dotted(at)[:_PATH_SHOWN]
        )

    def _label(self, path: Sequence[str | int]) -> str:
        """The last key of a path with the items behind it; ``the document`` for the root."""
        keys = [index for index, step in enumerate(path) if isinstance(step, str)]
        if not keys:
            return "the document"
        whole, before = (self._document.dotted(tuple(path[:end])) for end in (None, keys[-1]))
        return short(whole[len(before) :].removeprefix("."))

    # -- keys -----------------------------------------------------------------------------------

    def _unknown_keys(self, error: Any) -> Iterator[Finding]:
        node = self._node(error)
        if "patternProperties" in node:
            yield from self._bad_keys(error, *node["patternProperties"])
            return
        free = [key for key in node["properties"] if key not in error.instance]
        for key in error.kind.unexpected:
            near = did_you_mean(key, free)
            if near:
                self._meant.add((*error.instance_path, near))
            yield self._unknown_key([*error.instance_path, key], near, free)

    def _bad_keys(self, error: Any, pattern: str) -> Iterator[Finding]:
        """Keys that a mapping leaves to its author, but not in any form."""
        form = next(
            node for node in self._schema["$defs"].values() if node.get("pattern") == pattern
        )
        for key in error.kind.unexpected:
            message = f"the key {shown(key)} is not written as {_form(form)}"
            path = [*error.instance_path, key]
            yield self._breach(breaches.BadForm, path, message, form["description"], at_key=True)

    def _unknown_key(self, path: list[str | int], near: str | None, free: list[str]) -> Finding:
        key = str(path[-1])
        odd = lookalikes(key)
        message = f"the key {shown(key)} is not known here"
        if odd:
            message += f"; it holds the character {odd}"
        mend = f"did you mean {near}?" if near else _listed("remove it, or use", free)
        return self._breach(breaches.UnknownKey, path, message, mend, at_key=True)

    def _missing_key(self, error: Any) -> Iterator[Finding]:
        key = error.kind.property
        if (*error.instance_path, key) in self._meant:
            return
        stated = self._node(error)["properties"][key]
        example = stated["examples"][0]
        mend = f"add it: {_first_sentence(stated['description'])}"
        if not isinstance(example, dict | list):
            mend += f" For example {key}: {example}"
        label = self._label(error.instance_path)
        yield self._breach(
            breaches.MissingKey, [*error.instance_path, key], f"{label} lacks {key}", mend
        )

    # -- values ---------------------------------------------------------------------------------

    def _wrong_type(self, error: Any) -> Iterator[Finding]:
        if dimension := _dimension_of(error):
            yield self._not_quantity(error, dimension)
            return
        node = self._node(error)
        if "enum" in node and error.instance is not None:
            return  # _unknown_word lists the words
        types = [name for name in error.kind.types if name != "null"]
        wanted = " or ".join(_TYPES[name] for name in types)
        message = f"{self._label(error.instance_path)} takes {wanted}, not {shown(error.instance)}"
        mend = _mend_type(error.instance, types) or f"write {wanted}"
        yield self._breach(breaches.WrongType, error.instance_path, message, mend)

    def _unknown_word(self, error: Any) -> Iterator[Finding]:
        if error.instance is None:
            return  # _wrong_type says that a value is missing
        known = [str(word) for word in self._node(error)["enum"]]
        near = did_you_mean(str(error.instance), known)
        message = f"{self._label(error.instance_path)} does not know {shown(error.instance)}"
        mend = f"did you mean {near}?" if near else _listed("use", known)
        yield self._breach(breaches.UnknownWord, error.instance_path, message, mend)

    def _bad_form(self, error: Any) -> Iterator[Finding]:
        if dimension := _dimension_of(error):
            yield self._not_quantity(error, dimension)
            return
        node = self._node(error)
        message = f"{shown(error.instance)} is not written as {_form(node)}"
        if odd := lookalikes(error.instance):
            message += f"; it holds the character {odd}"
        mend = f"{node['description']} For example {node['examples'][0]}"
        yield self._breach(breaches.BadForm, error.instance_path, message, mend)

    def _out_of_range(self, error: Any) -> Iterator[Finding]:
        node = self._node(error)
        message = f"{self._label(error.instance_path)} cannot be {shown(error.instance)}"
        limits = (("at least", node.get("minimum")), ("at most", node.get("maximum")))
        mend = " and ".join(f"{word} {limit}" for word, limit in limits if limit is not None)
        yield self._breach(breaches.OutOfRange, error.instance_path, message, f"write {mend}")

    def _wrong_size(self, error: Any) -> Iterator[Finding]:
        """Too few or too many characters, items or keys: the rest of what schemas say here."""
        limit = self._node(error)[error.kind.name]
        size = len(error.instance)
        what = _counted(error.instance)
        bound = "at least" if error.kind.name.startswith("min") else "at most"
        message = f"{self._label(error.instance_path)} has {size} {what}"
        mend = f"{bound} {limit} can be used"
        yield self._breach(breaches.WrongSize, error.instance_path, message, mend)

    def _repeated(self, error: Any) -> Iterator[Finding]:
        seen: set[str] = set()
        for index, item in enumerate(error.instance):
            if repr(item) in seen:
                path = [*error.instance_path, index]
                message = f"{self._label(error.instance_path)} names {shown(item)} twice"
                yield self._breach(breaches.Repeated, path, message, "remove one of the two")
            seen.add(repr(item))

    # -- alternatives ---------------------------------------------------------------------------

    def _no_alternative(self, error: Any) -> Iterator[Finding]:
        """The errors of the one alternative that was meant, else one finding for all of them."""
        dimension = _dimension_of(error)
        if dimension and not isinstance(error.instance, dict):
            yield self._not_quantity(error, dimension)
            return
        meant = [
            branch
            for branch in error.kind.context
            if not any(_rules_out(inner, error.instance_path) for inner in branch)
        ]
        if len(meant) == 1:
            for inner in meant[0]:
                yield from self._words(inner)
            return
        wanted = " or ".join(self._alternative(branch) for branch in self._node(error)["anyOf"])
        message = f"{self._label(error.instance_path)} takes {wanted}, not {shown(error.instance)}"
        yield self._breach(breaches.WrongType, error.instance_path, message, f"write {wanted}")

    def _alternative(self, branch: dict[str, Any]) -> str:
        if "const" in branch:
            return f"the word {branch['const']}"
        return _TYPES[branch["type"]]

    def _not_quantity(self, error: Any, dimension: Dimension) -> Finding:
        return self._breach(
            breaches.NotQuantity,
            error.instance_path,
            f"{self._label(error.instance_path)}: {units.message(error.instance, dimension)}",
            units.mend(error.instance, dimension),
        )


def _dimension_of(error: Any) -> Dimension | None:
    """The dimension whose definition refuses the value; None where it is no quantity."""
    path = error.schema_path
    if len(path) != len(("$defs", "data_text", "pattern")):
        return None
    return _QUANTITIES.get(str(path[1]).removesuffix("_text"))


def _rules_out(inner: Any, path: Sequence[str | int]) -> bool:
    """Whether an alternative is out because the value is of another kind altogether."""
    return inner.kind.name in ("type", "const", "enum") and inner.instance_path == path


def _mend_type(value: Any, types: list[str]) -> str:
    if value is None:
        return "write a value after the colon, or remove the key"
    plain = isinstance(value, str | int | float)
    if "string" in types and plain:
        return f'put it in quotes: "{short(str(value))}"'
    if "array" in types:
        listed = f"[{short(str(value))}]" if plain else "start each item with a hyphen"
        return f"write a list: {listed}"
    if types[0] in ("integer", "number") and _is_number(value):
        return "remove the quotes"
    return ""


def _is_number(value: Any) -> bool:
    return isinstance(value, str) and value.replace(".", "", 1).isdecimal()


def _counted(value: Any) -> str:
    """What ``len`` counts in a value."""
    if isinstance(value, str):
        return "characters"
    return "items" if isinstance(value, list) else "keys"


def _form(node: dict[str, Any]) -> str:
    """Names the form that a definition asks for: ``“Time of day” asks``."""
    return f"“{node['title']}” asks"


def _listed(start: str, words: list[str]) -> str:
    rest = " …" if len(words) > _LISTED else ""
    return f"{start} {', '.join(words[:_LISTED])}{rest}" if words else "remove it"


def _first_sentence(text: str) -> str:
    return text.split(". ", 1)[0].rstrip(".") + "."
