"""A table of a report, as Markdown, HTML and the terminal print it."""

from __future__ import annotations

from typing import NamedTuple


class Section(NamedTuple):
    """A table with its title."""

    title: str
    head: tuple[str, ...]
    rows: tuple[tuple[str, ...], ...]
