"""A ``plan.json`` as it lies on the disk, before anything reads it as a plan."""

from __future__ import annotations

from json import JSONDecodeError, loads
from pathlib import Path

from generator.finding import CannotRun

MOST_BYTES = 256 * 1024 * 1024
"""The largest plan that is read; a platform of 10,000 VMs has less than a tenth of it."""


def plan_of(path: Path) -> Path:
    """The plan's file: ``path`` itself, or what ``mlgen render`` writes into it."""
    return path / "plan.json" if path.is_dir() else path


def read_tree(path: Path) -> object:
    """The JSON in a plan's file, or in that of a rendered folder.

    Raises:
        CannotRun: where there is none, or more than a plan can be.
    """
    file = plan_of(path)
    try:
        if file.stat().st_size > MOST_BYTES:
            raise CannotRun(f"{file} is larger than a plan can be")
        tree: object = loads(file.read_bytes())
    except FileNotFoundError as error:
        raise CannotRun(f"{file}: {error.strerror}; mlgen render writes one") from error
    except OSError as error:
        raise CannotRun(f"{file}: {error.strerror}") from error
    except (JSONDecodeError, UnicodeDecodeError, RecursionError) as error:
        raise CannotRun(f"{file} is no JSON") from error
    return tree
