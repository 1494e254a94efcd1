"""Writes the files of a start: all or none, never over a file that nobody has given up."""

from __future__ import annotations

import errno
import os
from collections.abc import Sequence
from contextlib import suppress
from pathlib import Path

from generator.api.starting import Start
from generator.finding import CannotRun, Refused
from generator.render.one_file import write_one
from generator.source import parse
from generator.supply.breaches import UnknownInventory
from generator.supply.read import Shelf


def write_start(start: Start, folder: Path, *, force: bool = False) -> tuple[Path, ...]:
    """Writes into ``folder``, which is made where it is absent; the files that were replaced.

    ``force`` gives up files that stand there, nothing else.

    Raises:
        CannotRun: naming every file in the way, or another file that describes the same site.
    """
    targets = [folder / name for name, _ in start.files]
    standing = tuple(path for path in targets if os.path.lexists(path))
    if standing and not force:
        named = ", ".join(str(path) for path in standing)
        raise CannotRun(
            f"{named} {'is' if len(standing) == 1 else 'are'} there already; nothing was written. "
            "Choose another --name or --site, or give up what stands there with --force"
        )
    _only_one(start, folder)
    try:
        folder.mkdir(parents=True, exist_ok=True)
    except OSError as error:
        raise CannotRun(f"cannot make {folder}: {error.strerror}") from error
    texts = [text for _, text in start.files]
    _put(list(zip(targets, texts, strict=True)), force=force)
    return standing


def _only_one(start: Start, folder: Path) -> None:
    """Refuses a folder in which another file describes a site of this name."""
    (name, text), (site_file, _) = start.files
    (document,) = parse(text.encode(), file=str(folder / name))
    try:
        sites = Shelf().sites(start.project.blueprint, document)
    except Refused as refused:
        if all(finding.rule == UnknownInventory.id for finding in refused.findings):
            return
        raise
    other = sites.documents[start.site].file
    if Path(other).name != site_file:
        raise CannotRun(
            f"{other} describes a site {start.site} already; nothing was written. "
            "Choose another name with --site"
        )


def _put(files: Sequence[tuple[Path, str]], *, force: bool) -> None:
    """Each file by one rename or link; what was written is taken back where a later one fails."""
    written: list[Path] = []
    try:
        for path, text in files:
            if force:
                write_one(path, text)
            else:
                _new(path, text)
                written.append(path)
    except BaseException:
        for path in written:
            path.unlink(missing_ok=True)
        raise


def _new(path: Path, text: str) -> None:
    """Writes a file that is not there: by a link, which fails where one has come in the meantime.

    Raises:
        CannotRun: where it is there by now, or cannot be written.
    """
    staging = path.with_name(f".{path.name}.{os.getpid()}.new")
    try:
        with staging.open("xb") as stream:
            stream.write(text.encode())
        _link(staging, path, text)
    except OSError as error:
        raise CannotRun(f"cannot write {path}: {error.strerror}") from error
    finally:
        with suppress(OSError):
            staging.unlink()


_NO_LINKS = (errno.EPERM, errno.ENOTSUP, errno.ENOSYS)


def _link(staging: Path, path: Path, text: str) -> None:
    """A second name for a file; where the file system has none, a file that was not there."""
    try:
        os.link(staging, path)
    except OSError as error:
        if error.errno not in _NO_LINKS:
            raise
        with path.open("xb") as stream:
            stream.write(text.encode())
