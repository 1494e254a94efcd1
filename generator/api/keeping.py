"""The placements of an earlier plan, read back from its ``plan.json`` or from ``size``'s answer."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from pathlib import Path
from types import MappingProxyType
from typing import Any

from generator.api.plan_file import read_tree
from generator.finding import CannotRun
from generator.placement.plan import Grade, Placed

Kept = Mapping[str, Sequence[Placed]]
"""Placements by the name of their platform."""

NOTHING_KEPT: Kept = MappingProxyType({})

_TEXTS = (
    "demand", "environment", "site", "host", "cluster", "profile", "lever",
)  # fmt: skip
_NUMBERS = ("index", "start", "numa")


def read_kept(plans: Sequence[Path | str]) -> Kept:
    """The placements in some plans.

    Raises:
        CannotRun: where a file cannot be read, or is no plan of mlgen's.
    """
    found: dict[str, Sequence[Placed]] = {}
    for path in plans:
        platform, placed = _read(Path(path))
        if platform in found:
            raise CannotRun(f"{path}: another plan of {platform} is kept already")
        found[platform] = placed
    return found


def _read(path: Path) -> tuple[str, Sequence[Placed]]:
    answer = read_tree(path)
    rows = answer.get("placements") if isinstance(answer, dict) else None
    platform = answer.get("platform") if isinstance(answer, dict) else None
    if not isinstance(rows, list) or not isinstance(platform, str):
        raise CannotRun(f"{path} is no plan: give a plan.json, or what size --format json printed")
    return platform, tuple(_placed(row, path, number) for number, row in enumerate(rows))


def _placed(row: Any, path: Path, number: int) -> Placed:
    if not _well_formed(row):
        raise CannotRun(f"{path}: placements[{number}] is no placement of this version")
    return Placed(
        **{name: row[name] for name in (*_TEXTS, *_NUMBERS)},
        gpus=tuple(row["gpus"]),
        grade=Grade(row["grade"]),
        reserved=row.get("reserved") is True,
    )


def _well_formed(row: Any) -> bool:
    return (
        isinstance(row, dict)
        and all(isinstance(row.get(name), str) for name in _TEXTS)
        and all(type(row.get(name)) is int for name in _NUMBERS)
        and isinstance(row.get("gpus"), list)
        and all(isinstance(gpu, str) for gpu in row["gpus"])
        and row.get("grade") in set(Grade)
    )
