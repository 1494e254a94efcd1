"""Defaults from ``mlgen.toml`` or ``[tool.mlgen]`` of ``pyproject.toml`` in the working folder."""

from __future__ import annotations

import tomllib
from pathlib import Path
from typing import Any

from generator.finding import CannotRun


def defaults() -> dict[str, dict[str, Any]]:
    """Defaults per verb; top-level keys hold for every verb that has such an option.

    Raises ``CannotRun`` where the file is no TOML.
    """
    stated = _stated()
    shared = {_name(key): value for key, value in stated.items() if not isinstance(value, dict)}
    verbs = {key: value for key, value in stated.items() if isinstance(value, dict)}
    from generator.cli import VERBS

    return {
        verb: {**shared, **{_name(key): value for key, value in verbs.get(verb, {}).items()}}
        for verb in VERBS
    }


def _stated() -> dict[str, Any]:
    own, project = Path("mlgen.toml"), Path("pyproject.toml")
    if own.exists():
        return _table(own)
    tools = _table(project).get("tool", {})
    table: dict[str, Any] = tools.get("mlgen", {})
    return table


def _table(path: Path) -> dict[str, Any]:
    try:
        return tomllib.loads(path.read_text(encoding="utf-8"))
    except (tomllib.TOMLDecodeError, UnicodeDecodeError) as error:
        raise CannotRun(f"{path}: {error}") from error


def _name(key: str) -> str:
    """The option's parameter name: ``fail-on`` -> ``fail_on``."""
    name = key.replace("-", "_")
    return {"format": "form", "site": "sites"}.get(name, name)
