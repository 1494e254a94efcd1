"""Writes rendered files: all of them or none, only where different, never over others' work.

A platform's folder is mlgen's as far as its ``manifest.json`` lists the files. Anything else in
the way (a link, a directory, a file that mlgen did not write or that somebody edited since) is
named and nothing is touched.
"""

from __future__ import annotations

import json
import os
from collections.abc import Iterator, Sequence
from pathlib import Path, PurePosixPath

from generator.finding import Finding, Place, Refused
from generator.record import Record, record
from generator.render import rules
from generator.render.canonical import sha256
from generator.render.disk import kind_of, remove_file, replace_file, write_folder
from generator.render.target import RenderedFile

MANIFEST = "manifest.json"
JOURNAL = ".mlgen-update.json"
"""Stands beside the manifest while files are replaced: every checksum that may be ours until then.

An update that was interrupted leaves it behind, and the next one still knows its own files.
"""

_NOT_READ = (ValueError, KeyError, TypeError, AttributeError, RecursionError)
"""What reading a doubtful JSON file may end with; one nested deeply enough exhausts the stack."""


@record
class Change(Record):
    """What a render changes on disk, as paths relative to the platform's folder."""

    created: tuple[str, ...]
    changed: tuple[str, ...]
    removed: tuple[str, ...]
    unchanged: int

    @property
    def any(self) -> bool:
        """Whether the folder differs from what would be rendered."""
        return bool(self.created or self.changed or self.removed)


def compare(folder: Path, files: Sequence[RenderedFile], *, force: bool = False) -> Change:
    """What writing ``files`` to ``folder`` would change.

    Raises:
        Refused: with every obstacle, where something stands in the way. ``force`` gives up files
            that mlgen wrote and somebody edited since, nothing else.
    """
    return _Comparison(folder, files, force=force).change()


def write(folder: Path, files: Sequence[RenderedFile], *, force: bool = False) -> Change:
    """Brings ``folder`` to exactly ``files``, leaving alone what mlgen never wrote there.

    A new folder appears by one rename; in an existing one each file is replaced by one rename,
    the manifest last. An update that was interrupted is finished by the next.

    Raises:
        Refused: as ``compare``; nothing has been written then.
    """
    comparison = _Comparison(folder, files, force=force)
    change = comparison.change()
    if not os.path.lexists(folder):
        write_folder(folder, files)
        return change
    if change.any:
        _update(folder, files, change, journal=comparison.journal())
    (folder / JOURNAL).unlink(missing_ok=True)
    return change


def _update(folder: Path, files: Sequence[RenderedFile], change: Change, *, journal: str) -> None:
    """Replaces and deletes file by file; the journal stands first and the manifest last."""
    touched = {*change.created, *change.changed}
    replace_file(folder / JOURNAL, journal)
    for file in sorted(files, key=lambda file: file.path):
        if file.path in touched and file.path != MANIFEST:
            (folder / file.path).parent.mkdir(parents=True, exist_ok=True)
            replace_file(folder / file.path, file.text)
    for path in change.removed:
        remove_file(folder, path)
    for file in files:
        if file.path in touched and file.path == MANIFEST:
            replace_file(folder / MANIFEST, file.text)


def remembered(folder: Path) -> object:
    """What the manifest in ``folder`` remembers of Terraform; None where there is no manifest.

    A manifest that cannot be read is found by ``compare``, which names it.
    """
    path = folder / MANIFEST
    if kind_of(folder) != "folder" or kind_of(path) != "file":
        return None
    try:
        return terraform_of(path.read_bytes())
    except _NOT_READ:
        return None


def terraform_of(manifest: bytes | str) -> object:
    """What a manifest remembers of Terraform; raises what JSON does where it is none."""
    content = json.loads(manifest)
    return {key: content.get(key) for key in ("terraform", "lineages")}


class _Comparison:
    def __init__(self, folder: Path, files: Sequence[RenderedFile], *, force: bool) -> None:
        self._folder = folder
        self._files = files
        self._force = force
        self._obstacles: list[Finding] = []
        self._kinds: dict[Path, str] = {}
        self._previous: dict[str, set[str]] = {}

    def change(self) -> Change:
        kind = kind_of(self._folder)
        if kind not in ("absent", "folder"):
            self._in_the_way(self._folder, f"is a {kind}, not the platform's folder")
            raise Refused(self._obstacles)
        if kind == "absent":
            created = tuple(sorted(file.path for file in self._files))
            return Change(created=created, changed=(), removed=(), unchanged=0)
        self._read_previous()
        new, changed, unchanged = [], [], 0
        for file in self._files:
            before = self._before(file)
            if before is None:
                new.append(file.path)
            elif before == file.text.encode():
                unchanged += 1
            else:
                changed.append(file.path)
        removed = tuple(self._removed())
        if self._obstacles:
            raise Refused(self._obstacles)
        return Change(
            created=tuple(sorted(new)),
            changed=tuple(sorted(changed)),
            removed=removed,
            unchanged=unchanged,
        )

    def _before(self, file: RenderedFile) -> bytes | None:
        """The bytes on disk, None where there are none or something is in the way."""
        path = self._folder / file.path
        if not self._reachable(file.path):
            return None
        kind = kind_of(path)
        if kind == "absent":
            return None
        if kind != "file":
            self._in_the_way(path, f"is a {kind}")
            return None
        before = path.read_bytes()
        if before == file.text.encode() or file.path == MANIFEST:
            return before
        if file.path not in self._previous:
            self._in_the_way(path, "was not written by mlgen")
        elif sha256(before) not in self._previous[file.path] and not self._force:
            self._edited(path)
        return before

    def _removed(self) -> Iterator[str]:
        """Files of the last render that this one does not have."""
        current = {file.path for file in self._files}
        for path in sorted(set(self._previous) - current):
            if not self._reachable(path) or kind_of(self._folder / path) == "absent":
                continue
            if kind_of(self._folder / path) != "file":
                self._in_the_way(self._folder / path, "is no longer the file that mlgen wrote")
            elif not self._force and (
                sha256((self._folder / path).read_bytes()) not in self._previous[path]
            ):
                self._edited(self._folder / path)
            else:
                yield path

    def _reachable(self, path: str) -> bool:
        """Whether all folders on the way are real folders or absent."""
        parent = self._folder
        for part in PurePosixPath(path).parent.parts:
            parent /= part
            if parent not in self._kinds:
                self._kinds[parent] = kind_of(parent)
                if self._kinds[parent] not in ("absent", "folder"):
                    self._in_the_way(parent, f"is a {self._kinds[parent]}, not a folder")
            if self._kinds[parent] != "folder":
                return False
        return True

    def journal(self) -> str:
        """Every checksum that a file may have while this update is under way."""
        known = {path: set(sums) for path, sums in self._previous.items()}
        for file in self._files:
            if file.path != MANIFEST:
                known.setdefault(file.path, set()).add(sha256(file.text))
        listed = {path: sorted(known[path]) for path in sorted(known)}
        return json.dumps({"files": listed}, indent=2) + "\n"

    def _read_previous(self) -> None:
        """The checksums of the last render, and those of an update that was interrupted."""
        for name in (MANIFEST, JOURNAL):
            for path, sums in self._listed(name).items():
                self._previous.setdefault(path, set()).update(sums)

    def _listed(self, name: str) -> dict[str, list[str]]:
        """The files that a manifest or journal lists, with their checksums."""
        path = self._folder / name
        kind = kind_of(path)
        if kind == "absent":
            return {}
        try:
            stated = json.loads(path.read_bytes())["files"] if kind == "file" else {}
            listed = {one: [sums] if name == MANIFEST else sums for one, sums in stated.items()}
            if listed and all(_well_formed(one, listed[one]) for one in listed):
                return listed
        except _NOT_READ:
            pass  # what cannot be read as a manifest is none: said below
        self._in_the_way(path, "is no manifest of mlgen")
        return {}

    def _in_the_way(self, path: Path, what: str) -> None:
        self._obstacles.append(
            rules.InTheWay.breach(
                f"{path} {what}",
                mend="move it away, or render to another folder",
                places=(Place(str(path), 1, 1),),
            )
        )

    def _edited(self, path: Path) -> None:
        self._obstacles.append(
            rules.EditedSince.breach(
                f"{path} was edited since mlgen wrote it",
                mend="move the edit into the blueprint; --force gives it up",
                places=(Place(str(path), 1, 1),),
            )
        )


def _well_formed(name: str, sums: object) -> bool:
    """Whether a file lies inside the folder and its checksums are text."""
    return _inside(name) and isinstance(sums, list) and all(isinstance(one, str) for one in sums)


def _inside(name: str) -> bool:
    pure = PurePosixPath(name)
    return bool(pure.parts) and not pure.is_absolute() and ".." not in pure.parts
