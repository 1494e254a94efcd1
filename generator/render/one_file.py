"""Writes one file that the user names: whole or not at all, and never through a link."""

from __future__ import annotations

import os
import stat
from pathlib import Path

from generator.finding import CannotRun


def write_one(path: Path, text: str) -> None:
    """Brings the file to ``text`` by one rename; what stands there is replaced if it is a file.

    Raises:
        CannotRun: where the path is a link, a folder or a special file, or cannot be written.
    """
    kind = _kind(path)
    if kind not in ("absent", "file"):
        raise CannotRun(f"{path} is a {kind}; name a file")
    staging = path.with_name(f".{path.name}.{os.getpid()}.new")
    try:
        staging.open("xb").close()  # fails where such a file stands already: it is not ours
    except OSError as error:
        raise CannotRun(f"cannot write {path}: {error.strerror}") from error
    try:
        staging.write_bytes(text.encode())
        staging.replace(path)
    except BaseException as error:
        staging.unlink(missing_ok=True)
        if isinstance(error, OSError):
            raise CannotRun(f"cannot write {path}: {error.strerror}") from error
        raise


def _kind(path: Path) -> str:
    try:
        mode = path.lstat().st_mode
    except OSError:
        return "absent"
    if stat.S_ISLNK(mode):
        return "link"
    if stat.S_ISDIR(mode):
        return "folder"
    return "file" if stat.S_ISREG(mode) else "special file"
