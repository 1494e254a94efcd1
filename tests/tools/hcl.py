"""HCL read by HashiCorp's own parser, as plain Python data."""

from __future__ import annotations

import json
import subprocess
from collections.abc import Iterable
from pathlib import Path
from typing import Any

from tests.tools import build


class HclError(Exception):
    """The parser refused a file; the message is its own."""


def read_strings(path: Path) -> dict[str, str]:
    """Every top-level attribute and local of a file, evaluated with no variable and no function.

    The parser normalises strings to NFC, as Terraform does.
    """
    found: dict[str, str] = _read("strings", path)
    return found


def read_blocks(paths: Iterable[Path]) -> dict[str, dict[str, Any]]:
    """Every block of each file: type, labels, attributes with their literal values, blocks."""
    found: dict[str, dict[str, Any]] = _read("blocks", *paths)
    return found


def _read(mode: str, *paths: Path) -> Any:
    command = [str(build.locate("hcl-reader")), mode, *map(str, paths)]
    done = subprocess.run(command, capture_output=True, check=False)
    if done.returncode:
        raise HclError(done.stderr.decode(errors="replace").strip())
    return json.loads(done.stdout)
