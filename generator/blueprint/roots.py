"""Where ``templates/`` and ``schemas/`` are, however mlgen was installed."""

from __future__ import annotations

from importlib.resources import files
from importlib.resources.abc import Traversable
from pathlib import Path


def data_root(kind: str) -> Traversable:
    """The folder ``templates`` or ``schemas``: inside the package, else at the checkout's top.

    A wheel carries the folders inside the package; an editable install and a bare checkout find
    them beside it.
    """
    inside = files("generator") / kind
    return inside if inside.is_dir() else Path(__file__).resolve().parents[2] / kind
