"""The committed witnesses, and the page made of them."""

from __future__ import annotations

import json
from collections.abc import Mapping
from pathlib import Path
from typing import Any

HERE = Path(__file__).parent
ROOT = HERE.parents[1]
WITNESSES = HERE / "witnesses.json"
PENDING = HERE / "pending.json"
PAGE = ROOT / "docs" / "effects.md"
BASES = (
    "blueprints/vcf9.yaml", "blueprints/edge-one.yaml", "blueprints/brownfield.yaml",
    "blueprints/air-gapped.yaml", "blueprints/cpu-amx.yaml", "tests/fixtures/plain-vms/plain.yaml",
    "tests/effects/bases/rich.yaml", "blueprints/acme-ml.yaml",
)  # fmt: skip
"""Blueprints whose values are changed; their inventories lie beside them."""

FIXTURES = tuple(
    str(path.relative_to(ROOT))
    for folder in ("tests/effects/bases", "tests/rules", "tests/sizing")
    for path in sorted((ROOT / folder).rglob("*.yaml"))
    if not path.name.endswith(".site.yaml") and path.name != "base.yaml"
)
"""Blueprints of other tests: used where no shipped one says a property."""

Witnesses = dict[str, dict[str, Any]]


def stored() -> tuple[Witnesses, dict[str, str]]:
    """What is committed: witnesses by property, and properties without effect with their owner."""
    return _read(WITNESSES), _read(PENDING)


def _read(path: Path) -> dict[str, Any]:
    return json.loads(path.read_text(encoding="utf-8")) if path.exists() else {}


def page(witnesses: Witnesses, pending: Mapping[str, str]) -> str:
    """docs/effects.md."""
    return ""
