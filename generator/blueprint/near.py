"""What somebody may have meant, and how a value is shown in a sentence."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any

_SHOWN = 60
_COMPARED = 80
"""Longer words are no slip of one that is known, and comparing them takes seconds."""


def shown(value: Any) -> str:
    """A value for a message: short, on one line, without control characters."""
    if isinstance(value, dict):
        return "a mapping"
    if isinstance(value, list):
        return "a list"
    if value is None:
        return "nothing"
    if isinstance(value, bool):
        return "true" if value else "false"
    return repr(short(value)) if isinstance(value, str) else short(str(value))


def short(text: str) -> str:
    """At most 60 characters of ``text``."""
    return text if len(text) <= _SHOWN else f"{text[: _SHOWN - 1]}…"


def did_you_mean(word: str, known: Iterable[str]) -> str | None:
    """The known word nearest to ``word``, or None."""
    if len(word) > _COMPARED:
        return None
    from difflib import get_close_matches

    by_form = {_form(name): name for name in known}
    near = get_close_matches(_form(word), by_form, n=1, cutoff=0.6)
    return by_form[near[0]] if near else None


def lookalikes(word: str) -> str:
    """Names the first character of ``word`` that is no plain letter, digit or sign; else ``""``."""
    if word.isascii():
        return ""
    from unicodedata import name

    char = next(char for char in word if not char.isascii())
    return name(char, f"U+{ord(char):04X}").lower()


def _form(word: str) -> str:
    """``word`` without the differences that people do not see: case and separators."""
    return word.lower().replace("_", "").replace("-", "").replace(" ", "")
