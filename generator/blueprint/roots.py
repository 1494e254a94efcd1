"""Where the data folders lie: inside the installed package, or beside it in a checkout."""

from __future__ import annotations

from pathlib import Path
from typing import Literal


def data_root(kind: Literal["templates", "schemas"]) -> Path:
    """The folder of ``kind``.

    A wheel carries it inside the package; an editable install and a bare checkout have it at the
    top level, next to the package.
    """
    package = Path(__file__).resolve().parent.parent
    inside = package / kind
    return inside if inside.is_dir() else package.parent / kind
