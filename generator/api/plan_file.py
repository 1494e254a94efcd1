"""A ``plan.json`` as it lies on the disk, before anything reads it as a plan."""

from __future__ import annotations

from json import JSONDecodeError, loads
from pathlib import Path

from generator.finding import CannotRun

MOST_BYTES = 256 * 1024 * 1024
"""The largest plan that is read; a platform of 10,000 VMs has less than a tenth of it."""


def read_tree(file: Path) -> object:
    """The JSON in a plan's file.

    Raises:
        CannotRun: where there is none, or more than a plan can be.
    """
    try:
        if file.stat().st_size > MOST_BYTES:
            raise CannotRun(f"{file} is larger than a plan can be")
        tree: object = loads(file.read_bytes())
    except OSError as error:
        raise CannotRun(f"{file}: {error.strerror}") from error
    except (JSONDecodeError, UnicodeDecodeError, RecursionError) as error:
        raise CannotRun(f"{file} is no JSON") from error
    return tree
