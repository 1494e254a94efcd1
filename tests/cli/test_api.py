"""The verbs as functions of the package."""

from __future__ import annotations

import ast
import subprocess
import sys
from pathlib import Path

import pytest

import generator
from generator import api, load, place, render, size, validate
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


@pytest.mark.parametrize("name", api.__all__)
def test_each_name_comes_from_the_room_that_the_table_gives(name: str) -> None:
    """And the table lists what the type checker sees."""
    found = getattr(api, name)
    assert found.__module__.startswith("generator.api.")
    assert found.__name__ == name


def test_the_table_says_what_the_imports_for_the_type_checker_say() -> None:
    """Both are written by hand."""
    (checked,) = (
        branch
        for branch in ast.parse(Path(api.__file__).read_text()).body
        if isinstance(branch, ast.If)
    )
    imported = {
        (str(line.module).rpartition(".")[2], name.name)
        for line in checked.body
        if isinstance(line, ast.ImportFrom)
        for name in line.names
    }
    assert imported == {(room, name) for name, room in api._ROOMS.items()}
    assert sorted(api._ROOMS) == sorted(api.__all__)


def test_a_verb_loads_no_other_verbs_room() -> None:
    """Validating knows nothing of live vCenters or first blueprints."""
    asked = "import sys; from generator.api import validate; print(*sys.modules)"
    loaded = subprocess.run(
        [sys.executable, "-c", asked], capture_output=True, text=True, check=True, cwd=ROOT
    ).stdout.split()
    assert "generator.api.loading" in loaded
    assert not {"generator.api.starting", "generator.vcenter.site_yaml"} & set(loaded)
