"""Writes one file that the user names: whole or not at all, and never through a link."""

from __future__ import annotations

from pathlib import Path

from generator.finding import CannotRun
from generator.render.disk import kind_of, replace_file


def write_one(path: Path, text: str) -> None:
    """Brings the file to ``text`` by one rename; what stands there is replaced if it is a file.

    Raises:
        CannotRun: where the path is a link, a folder or a special file, or cannot be written.
    """
    try:
        kind = kind_of(path)
        if kind not in ("absent", "file"):
            raise CannotRun(f"{path} is a {kind}; name a file")
        replace_file(path, text)
    except OSError as error:
        raise CannotRun(f"cannot write {path}: {error.strerror}") from error
