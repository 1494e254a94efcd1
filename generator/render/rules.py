"""What a render refuses, one class per rule."""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence

from generator.finding import Check, Finding, Rule
from generator.render.target import RenderedFile


class InTheWay(Rule):
    """Something that mlgen did not write stands where a file must go."""

    id = "MLG-R001"
    title = "mlgen replaces only files that it wrote"
    reason = "a link leads out of the output folder, and others' work must not be lost"
    source = "design: the output; copier 9.9.1 to 9.17.2 had to mend such writes"


class EditedSince(Rule):
    """A rendered file was edited by hand."""

    id = "MLG-R002"
    title = "Rendered files are not edited by hand"
    reason = "the next render would undo the edit in silence"
    source = "design: the output"


_MAX_PATH = 180
"""Windows allows 260 characters for a whole path; this leaves 80 for the checkout's own."""
_RESERVED = frozenset(
    ("con", "prn", "aux", "nul", *(f"{port}{n}" for port in ("com", "lpt") for n in range(1, 10)))
)


_FORBIDDEN = re.compile(r'[\x00-\x1f\\:*?"<>|]')


class PortablePaths(Check[Sequence[RenderedFile]]):
    """A path that not every machine of a team can check out."""

    id = "MLG-R003"
    title = "Output paths work on every file system"
    reason = "the output is committed, and a clone on Windows or macOS must get the same files"
    source = "Windows naming conventions; case-insensitive file systems"

    @classmethod
    def check(cls, subject: Sequence[RenderedFile]) -> Iterator[Finding]:
        """Judges length, characters, reserved names, trailing dots and case."""
        seen: dict[str, str] = {}
        for file in subject:
            what = _unportable(file.path)
            twin = seen.setdefault(file.path.casefold(), file.path)
            if twin != file.path:
                what = f"differs only by case from {twin}"
            if what:
                yield cls.breach(
                    f"the output path {file.path} {what}",
                    mend="choose another name in the blueprint or its naming pattern",
                    path=file.path,
                )


def _unportable(path: str) -> str:
    if len(path) > _MAX_PATH:
        return f"is {len(path)} characters long, more than {_MAX_PATH}"
    if found := _FORBIDDEN.search(path):
        return f"holds {found[0]!r}, which Windows forbids"
    for part in path.split("/"):
        if part.split(".")[0].casefold() in _RESERVED:
            return f"has the part {part!r}, which Windows reserves"
        if not part or part != part.rstrip(". ") or part in (".", ".."):
            return f"has the part {part!r}, which is no portable name"
    return ""


RULES: tuple[type[Rule], ...] = (InTheWay, EditedSince, PortablePaths)
