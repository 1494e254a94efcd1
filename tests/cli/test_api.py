"""The verbs as functions of the package."""

from __future__ import annotations

from pathlib import Path

import pytest

import generator
from generator import load, place, render, size, validate
from generator.finding import CannotRun

ROOT = Path(__file__).resolve().parents[2]
EXAMPLE = ROOT / "blueprints" / "acme-ml.yaml"


def test_a_program_goes_from_files_to_files() -> None:
    """Load, size, place and render, with the results of the command line."""
    (project,) = load([EXAMPLE])
    sized = size(project.blueprint, project.catalog)
    plan = place(sized, project.blueprint, project.sites, project.catalog)
    assert plan == project.assessed.plan
    (rendered,) = render([project])
    assert "manifest.json" in {file.path for file in rendered.files}
    assert validate([EXAMPLE])


def test_a_file_without_a_blueprint_cannot_be_rendered() -> None:
    """An inventory alone says nothing of a platform."""
    with pytest.raises(CannotRun, match="no PlatformBlueprint"):
        load([ROOT / "blueprints" / "acme-ams1.site.yaml"])


def test_the_package_has_no_other_names() -> None:
    """A misspelt verb is an attribute error."""
    with pytest.raises(AttributeError, match="valdate"):
        _ = generator.valdate  # type: ignore[attr-defined]
