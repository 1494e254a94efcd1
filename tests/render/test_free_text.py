"""Fifty hostile texts, each in every free-text field at once: files hold them as data only."""

from __future__ import annotations

import re
from collections import Counter
from functools import cache
from pathlib import Path
from unicodedata import normalize

import pytest

from generator.render.escape import comment
from tests.effects.change import documents
from tests.render.escaping import random_strings
from tests.render.free_text import Leaves, filled, read_back, written

BASES = (
    "blueprints/acme-ml.yaml", "blueprints/brownfield.yaml", "tests/effects/bases/rich.yaml",
    "tests/fixtures/plain-vms/plain.yaml", "blueprints/vcf9.yaml",
)  # fmt: skip
HARMLESS = "harmless text"
TEXTS = [t for t in random_strings(90, seed=6) if t.strip()][:50]


NAMED = re.compile(rf"(?:Get-VMHost|Get-Cluster|-Cluster) '{HARMLESS} [0-9]+'")
"""A name in a command of PowerCLI, which is a text of its own within the text."""


def doubled(text: str) -> str:
    """A text as it stands between single quotes in PowerShell, which takes five marks for one."""
    return re.sub("(['\u2018\u2019\u201a\u201b])", r"\1\1", text)


@cache
def harmless(base: str, folder: Path) -> dict[str, Leaves]:
    """What the files of a base say with a harmless text in every field."""
    wanted, _ = filled(documents(base), HARMLESS)
    return read_back(written(wanted, folder), folder)


@pytest.fixture(scope="module")
def shared(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A folder for the harmless files."""
    return tmp_path_factory.mktemp("harmless")


@pytest.mark.tools
@pytest.mark.parametrize("number", range(50))
def test_a_hostile_text_is_data_and_nothing_else(number: int, tmp_path: Path, shared: Path) -> None:
    """The same values at the same places as with a harmless text, but for the text itself."""
    base = BASES[number % len(BASES)]
    wanted, count = filled(documents(base), TEXTS[number])
    assert count >= 15
    said = read_back(written(wanted, tmp_path / "hostile"), tmp_path / "hostile")
    expected = harmless(base, shared / base.replace("/", "-"))
    assert said.keys() == expected.keys()
    wrong = {path: lost(expected[path], said[path], TEXTS[number], path) for path in said}
    assert {path: some for path, some in wrong.items() if some} == {}


def lost(harmless_leaves: Leaves, leaves: Leaves, text: str, path: str) -> list[tuple[str, str]]:
    """Places that are more or fewer than with the harmless text, and values that did not return."""
    shape, other = (
        Counter(place for place, _ in some.elements()) for some in (harmless_leaves, leaves)
    )
    odd = [
        (place, "count") for place in shape.keys() | other.keys() if shape[place] != other[place]
    ]
    normal = normalize("NFC", text)
    page = path.endswith(".md")
    shown = comment(normal) if page else normal

    def back(value: str) -> str:
        said = NAMED.sub(lambda match: match[0].replace(HARMLESS, doubled(shown)), value)
        said = said.replace(HARMLESS, shown)
        return said.strip() if page else said

    return odd + [
        (place, value)
        for (place, value), times in harmless_leaves.items()
        if HARMLESS in value and leaves[place, back(value)] != times
    ]
