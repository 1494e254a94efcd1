"""Figures as documents write them: a number with its unit."""

from __future__ import annotations


def parameters_written(count: float) -> str:
    """A parameter count in the language's billions, to the last parameter: ``6.738415616B``."""
    return f"{count / 1e9:.9f}B"
