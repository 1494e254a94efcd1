"""The command as the tests run it: the shipped example, and how a run ended."""

from __future__ import annotations

import json
from collections.abc import Callable
from pathlib import Path
from typing import Any, NamedTuple

import jsonschema

ROOT = Path(__file__).resolve().parents[2]
EXAMPLE = str(ROOT / "blueprints" / "acme-ml.yaml")
SITE = str(ROOT / "blueprints" / "acme-ams1.site.yaml")
WORKED = str(ROOT / "tests" / "fixtures" / "worked-example.yaml")


class Ran(NamedTuple):
    """How a run ended and what it printed."""

    code: int
    out: str
    err: str

    @property
    def json(self) -> dict[str, Any]:
        """Standard output, checked against the schema that it names."""
        answer: dict[str, Any] = json.loads(self.out)
        name = str(answer["schema"]).rpartition("/")[2]
        schema = json.loads((ROOT / "schemas" / name).read_text(encoding="utf-8"))
        jsonschema.Draft202012Validator(schema).validate(answer)
        return answer


Mlgen = Callable[..., Ran]


def edited(folder: Path, old: str, new: str, name: str = "acme-ml.yaml") -> str:
    """The path of a document in which something was replaced."""
    path = folder / name
    text = path.read_text(encoding="utf-8")
    assert old in text
    path.write_text(text.replace(old, new), encoding="utf-8")
    return str(folder / "acme-ml.yaml")
