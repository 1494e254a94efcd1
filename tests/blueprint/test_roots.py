"""The data folders are found in a checkout and in an installed package."""

from __future__ import annotations

from pathlib import Path

import pytest

from generator.blueprint import roots


def test_a_checkout_has_the_schemas_at_the_top() -> None:
    """Next to the package."""
    root = roots.data_root("schemas")
    assert root.name == "schemas"
    assert (root / "platform-blueprint.schema.json").is_file()


@pytest.mark.parametrize(
    ("made", "expected"),
    [("generator/schemas", "generator/schemas"), ("schemas", "schemas")],
    ids=["wheel", "checkout"],
)
def test_what_the_package_carries_counts_first(
    made: str, expected: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """A wheel has the folder inside the package."""
    (tmp_path / made).mkdir(parents=True)
    monkeypatch.setattr(roots, "__file__", str(tmp_path / "generator" / "blueprint" / "roots.py"))
    assert roots.data_root("schemas") == tmp_path.resolve() / expected
