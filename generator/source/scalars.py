"""YAML 1.2 core scalars: what an unquoted word means.

YAML 1.1, which PyYAML resolves by default, reads ``no`` as false, ``12:30`` as 750 and ``010`` as
8. Editors and the blueprint language follow YAML 1.2.
"""

from __future__ import annotations

import re

_INTEGER = re.compile(r"[-+]?[0-9]+")
_BASED = re.compile(r"0o[0-7]+|0x[0-9a-fA-F]+")
_FLOAT = re.compile(r"[-+]?(?:\.[0-9]+|[0-9]+(?:\.[0-9]*)?)(?:[eE][-+]?[0-9]+)?")
_NOT_FINITE = re.compile(r"[-+]?\.(?:inf|Inf|INF)|\.(?:nan|NaN|NAN)")
_WORDS: dict[str, bool | None] = {
    "": None,
    "~": None,
    "null": None,
    "Null": None,
    "NULL": None,
    "true": True,
    "True": True,
    "TRUE": True,
    "false": False,
    "False": False,
    "FALSE": False,
}
_FIRST = frozenset("0123456789+-.")
_INT64 = 1 << 63
_MAX_DIGITS = 400


class NotFinite(ValueError):
    """The scalar is a number that the language does not accept."""


def resolve(text: str) -> str | int | float | bool | None:
    """The value of a plain (unquoted) scalar.

    Raises ``NotFinite`` for NaN, infinity, and numbers beyond 64 bits.
    """
    if text in _WORDS:
        return _WORDS[text]
    if text[0] not in _FIRST:
        return text
    if _INTEGER.fullmatch(text):
        return _integer(text, 10)
    if _BASED.fullmatch(text):
        return _integer(text[2:], 8 if text[1] == "o" else 16)
    if _FLOAT.fullmatch(text):
        return _float(text)
    if _NOT_FINITE.fullmatch(text):
        raise NotFinite(text)
    return text


def _integer(digits: str, base: int) -> int:
    if len(digits) > _MAX_DIGITS:
        raise NotFinite(digits)
    number = int(digits, base)
    if not -_INT64 <= number < _INT64:
        raise NotFinite(digits)
    return number


def _float(text: str) -> float:
    number = float(text)
    if number in (float("inf"), float("-inf")):
        raise NotFinite(text)
    return number
