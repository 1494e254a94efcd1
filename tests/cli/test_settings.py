"""Settings of the command: flags, then the environment, then a file."""

from __future__ import annotations

from pathlib import Path

import pytest

from tests.cli.running import Mlgen


def test_settings_come_from_flags_then_environment_then_file(
    mlgen: Mlgen,
    folder: Path,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    """mlgen.toml, MLGEN_OUT, --out: the nearer wins."""
    monkeypatch.chdir(folder)
    (folder / "mlgen.toml").write_text('out = "from-file"\n[validate]\nfail-on = "notice"\n')
    assert mlgen("render", "acme-ml.yaml").code == 0
    assert (folder / "from-file").is_dir()
    assert mlgen("validate", "acme-ml.yaml").code == 2
    monkeypatch.setenv("MLGEN_OUT", "from-environment")
    mlgen("render", "acme-ml.yaml")
    assert (folder / "from-environment").is_dir()
    mlgen("render", "acme-ml.yaml", "--out", "from-flag")
    assert (folder / "from-flag").is_dir()


def test_a_broken_settings_file_is_named(
    mlgen: Mlgen,
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    """Exit code 1 and its path."""
    monkeypatch.chdir(tmp_path)
    (tmp_path / "mlgen.toml").write_text("out = ")
    ran = mlgen("rules")
    assert ran.code == 1
    assert "mlgen.toml" in ran.err


def test_tool_settings_of_a_project_count(
    mlgen: Mlgen,
    folder: Path,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    """[tool.mlgen] of pyproject.toml."""
    monkeypatch.chdir(folder)
    (folder / "pyproject.toml").write_text('[tool.mlgen.validate]\nfail-on = "notice"\n')
    assert mlgen("validate", "acme-ml.yaml").code == 2
