"""``mlgen migrate``: old documents become new ones, in place and all or none."""

from __future__ import annotations

import shutil
from pathlib import Path

import pytest

from generator.cli import run

ROOT = Path(__file__).resolve().parents[2]
FROZEN = sorted((ROOT / "tests" / "fixtures" / "v1alpha1").glob("*.yaml"))


def test_there_are_frozen_documents() -> None:
    """One of each kind at least."""
    assert len(FROZEN) >= 3


def test_current_documents_stay_as_they_are(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    """Byte for byte, with --check and without."""
    copies = [Path(shutil.copy(path, tmp_path)) for path in FROZEN]
    names = [str(path) for path in copies]
    assert run(["migrate", "--check", *names]) == 0
    assert run(["migrate", *names]) == 0
    assert capsys.readouterr().out.count(": current") == 2 * len(FROZEN)
    assert [c.read_bytes() for c in copies] == [f.read_bytes() for f in FROZEN]


def test_frozen_documents_stay_valid(capsys: pytest.CaptureFixture[str]) -> None:
    """Every version that was ever released can be read for ever."""
    shapes = [path for path in FROZEN if "blueprint" not in path.name]
    assert run(["validate", *map(str, shapes)]) == 0
    assert "no findings" in capsys.readouterr().out


def test_an_unknown_version_stops_all_files(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    """The finding names the version; nothing is written."""
    bad = tmp_path / "bad.yaml"
    bad.write_text("apiVersion: mlgen/v9\nkind: SiteInventory\n", encoding="utf-8")
    assert run(["migrate", str(FROZEN[0]), str(bad)]) == 1
    assert "mlgen/v9" in capsys.readouterr().err
