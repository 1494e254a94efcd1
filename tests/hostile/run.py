"""Runs one hostile input and says what is wrong with the way it ended."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Callable
from pathlib import Path

from tests.hostile.written import Hostile

Command = Callable[[list[str]], tuple[int, str]]
"""Runs mlgen with arguments; the exit code, and all that it printed."""


def complaints(hostile: Hostile, folder: Path, command: Command) -> list[str]:
    """What the contract forbids: tracebacks, odd exit codes, silence, half-written output."""
    folder.mkdir()
    (folder / "b.yaml").write_bytes(hostile.blueprint)
    (folder / "s.site.yaml").write_bytes(hostile.site)
    out = folder / "out"
    hostile.obstruct(out)
    before = _listing(out)
    code, printed = command(["render", str(folder / "b.yaml"), "--out", str(out)])
    found = []
    if code not in (0, 1, 4):
        found.append(f"exit code {code}")
    if "Traceback" in printed or "internal error" in printed:
        found.append(f"crashed: {printed[-300:]}")
    if not printed.strip():
        found.append("said nothing")
    if "\x1b" in printed or "\x00" in printed:
        found.append("printed a control character")
    if code == 0:
        found += _incomplete(out)
    elif _listing(out) != before:
        found.append("changed the output although it failed")
    return found


def _listing(out: Path) -> list[str]:
    return sorted(str(path) for path in out.rglob("*"))


def _incomplete(out: Path) -> list[str]:
    manifests = list(out.glob("*/manifest.json"))
    if len(manifests) != 1:
        return [f"{len(manifests)} platforms were written"]
    folder = manifests[0].parent
    listed = json.loads(manifests[0].read_text(encoding="utf-8"))["files"]
    return [
        f"{path} is not what the manifest says"
        for path, digest in listed.items()
        if hashlib.sha256((folder / path).read_bytes()).hexdigest() != digest
    ]
