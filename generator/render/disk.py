"""What stands at a path, and bringing files there whole or not at all."""

from __future__ import annotations

import errno
import os
import shutil
import stat
from collections.abc import Sequence
from pathlib import Path

from generator.finding import CannotRun
from generator.render.target import RenderedFile

_THERE = (errno.ENOTEMPTY, errno.EEXIST)


def kind_of(path: Path) -> str:
    """What stands there: absent, link, folder, file or special file. Follows no link."""
    try:
        mode = path.lstat().st_mode
    except (FileNotFoundError, NotADirectoryError):
        return "absent"
    if stat.S_ISLNK(mode):
        return "link"
    if stat.S_ISDIR(mode):
        return "folder"
    return "file" if stat.S_ISREG(mode) else "special file"


def write_folder(folder: Path, files: Sequence[RenderedFile]) -> None:
    """A new folder with all its files, by one rename.

    Raises:
        CannotRun: where another run has made the folder in the meantime.
    """
    folder.parent.mkdir(parents=True, exist_ok=True)
    staging = folder.parent / f".{folder.name}.{os.getpid()}.new"
    staging.mkdir()  # outside of the try: what stands there already is not ours to clear away
    try:
        made = {staging}
        for file in files:
            path = staging / file.path
            if path.parent not in made:
                path.parent.mkdir(parents=True, exist_ok=True)
                made.add(path.parent)
            path.write_bytes(file.text.encode())
        staging.rename(folder)
    except BaseException as error:
        shutil.rmtree(staging, ignore_errors=True)
        if isinstance(error, OSError) and error.errno in _THERE:
            raise CannotRun(
                f"another run has made {folder} in the meantime, and this one wrote nothing; "
                "run it again to hold the two together"
            ) from error
        raise


def replace_file(path: Path, text: str) -> None:
    """Brings a file of an existing folder to a text, by one rename."""
    staging = path.with_name(f".{path.name}.{os.getpid()}.new")
    staging.open("xb").close()  # fails where such a file stands already: it is not ours
    try:
        staging.write_bytes(text.encode())
        staging.replace(path)
    except BaseException:
        staging.unlink(missing_ok=True)
        raise


def remove_file(folder: Path, path: str) -> None:
    """Deletes a file of ``folder`` and the folders that it leaves empty."""
    (folder / path).unlink()
    parent = (folder / path).parent
    while parent != folder and not any(parent.iterdir()):
        parent.rmdir()
        parent = parent.parent
