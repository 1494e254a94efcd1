"""The change that a render would make, as a unified diff."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from difflib import unified_diff
from pathlib import Path

from generator.render.output import Change
from generator.render.target import RenderedFile

_NOWHERE = "/dev/null"


def difference(folder: Path, files: Sequence[RenderedFile], change: Change) -> Iterator[str]:
    """The lines of the diff, file by file in the order of their paths."""
    texts = {file.path: file.text for file in files}
    for path in sorted((*change.created, *change.changed, *change.removed)):
        old = "" if path in change.created else _text(folder / path)
        yield from unified_diff(
            old.splitlines(keepends=True),
            texts.get(path, "").splitlines(keepends=True),
            fromfile=_NOWHERE if path in change.created else f"a/{path}",
            tofile=_NOWHERE if path in change.removed else f"b/{path}",
        )


def _text(path: Path) -> str:
    """A file as it stands, ends of lines included; bytes that are no UTF-8 are shown as such."""
    return path.read_bytes().decode("utf-8", errors="backslashreplace")
