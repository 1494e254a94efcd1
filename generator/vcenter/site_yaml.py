"""YAML that reads the same by the rules of 1.1 and 1.2: what could be a number is quoted."""

from __future__ import annotations

import re
from collections.abc import Iterable
from typing import Any

import yaml

from generator.render.escape import comment

_PLAIN = re.compile(r"[A-Za-z][A-Za-z0-9_./-]*( [A-Za-z0-9_./-]+)*")
_WORDS = frozenset(("true", "false", "null", "yes", "no", "on", "off", "y", "n", "nan", "inf"))
_LINE = 98


class _Dumper(yaml.SafeDumper):
    """Strings in double quotes unless they can be nothing else."""

    def ignore_aliases(self, data: Any) -> bool:
        """Anchors are refused by the language."""
        del data
        return True


def _text(dumper: yaml.SafeDumper, value: str) -> yaml.ScalarNode:
    plain = _PLAIN.fullmatch(value) and value.lower() not in _WORDS
    return dumper.represent_scalar("tag:yaml.org,2002:str", value, style=None if plain else '"')


_Dumper.add_representer(str, _text)


def dumped(document: dict[str, Any], notes: Iterable[str]) -> str:
    """The document below comments; a section a block, an item of a list on a line where it fits."""
    head = "".join(f"# {line}\n" for note in notes for line in _wrapped(note))
    body = yaml.dump(
        document, Dumper=_Dumper, sort_keys=False, allow_unicode=True, width=_LINE,
        default_flow_style=None,
    )  # fmt: skip
    return head + body


def _wrapped(note: str) -> list[str]:
    """A note in lines; what could end a comment in the name of an object becomes a space."""
    import textwrap

    return textwrap.wrap(comment(note), _LINE, break_long_words=False, break_on_hyphens=False)
