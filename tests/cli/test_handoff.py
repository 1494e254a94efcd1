"""``mlgen handoff``: one document that a VI team can work through."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from generator.cli import run
from tests.cli.running import edited

BLUEPRINT = Path(__file__).resolve().parents[2] / "blueprints" / "acme-ml.yaml"


@pytest.fixture(scope="module")
def page(tmp_path_factory: pytest.TempPathFactory) -> str:
    """The hand-off of the example."""
    out = tmp_path_factory.mktemp("out")
    assert run(["handoff", str(BLUEPRINT), "--out", str(out)]) == 0
    return (out / "acme-ml" / "handoff" / "virtualisation.md").read_text(encoding="utf-8")


@pytest.mark.parametrize(
    "heading",
    [
        "Open questions", "Order of work", "Host and BIOS checklist", "Networks", "Licences",
        "Who does what", "Glossary",
    ],
)  # fmt: skip
def test_it_has_every_part(page: str, heading: str) -> None:
    """As a VI team looks for it."""
    assert f"\n## {heading}\n" in page


@pytest.mark.parametrize("fact", ["pg-wl-01", "1204", "esx-04", "NVIDIA AI Enterprise"])
def test_it_carries_the_facts_of_the_site(page: str, fact: str) -> None:
    """A port group, its VLAN, a host with a GPU, a licence."""
    assert fact in page


def test_it_is_the_same_every_time(page: str, tmp_path: Path) -> None:
    """No clock, no path."""
    run(["handoff", str(BLUEPRINT), "--out", str(tmp_path)])
    again = tmp_path / "acme-ml" / "handoff" / "virtualisation.md"
    assert again.read_text(encoding="utf-8") == page


def test_a_render_beside_it_leaves_it_alone(tmp_path: Path) -> None:
    """Whichever comes first; the render owns its own files only."""
    out = ["--out", str(tmp_path)]
    assert run(["render", str(BLUEPRINT), *out]) == 0
    assert run(["handoff", str(BLUEPRINT), *out]) == 0
    assert run(["render", str(BLUEPRINT), *out, "--check"]) == 0


def test_json_says_what_was_written(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    """For a pipeline."""
    assert run(["handoff", str(BLUEPRINT), "--out", str(tmp_path), "--format", "json"]) == 0
    (path,) = json.loads(capsys.readouterr().out)["documents"]
    assert Path(path).is_file()


def test_a_link_in_its_place_is_refused(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    """Nothing is ever written through a link."""
    folder = tmp_path / "acme-ml" / "handoff"
    folder.mkdir(parents=True)
    (folder / "virtualisation.md").symlink_to(tmp_path / "elsewhere")
    assert run(["handoff", str(BLUEPRINT), "--out", str(tmp_path)]) == 1
    assert "link" in capsys.readouterr().err
    assert not (tmp_path / "elsewhere").exists()


def test_a_linked_folder_is_refused(tmp_path: Path) -> None:
    """Also one that has the right name."""
    (tmp_path / "elsewhere").mkdir()
    (tmp_path / "out" / "acme-ml").mkdir(parents=True)
    (tmp_path / "out" / "acme-ml" / "handoff").symlink_to(tmp_path / "elsewhere")
    assert run(["handoff", str(BLUEPRINT), "--out", str(tmp_path / "out")]) == 1
    assert not any((tmp_path / "elsewhere").iterdir())


def test_a_plan_that_does_not_fit_says_so_first(
    folder: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    """Its render writes nothing, so that there is nothing yet to carry out."""
    blueprint = edited(folder, " sessions: 32", " sessions: 6400")
    assert run(["handoff", blueprint, "--out", str(folder / "out")]) == 0
    page = (folder / "out" / "acme-ml" / "handoff" / "virtualisation.md").read_text("utf-8")
    assert page.index("**This plan does not fit.**") < page.index("## Open questions")
    assert "- rag-llm in prod: 0 of 2 fit (2 must)" in page
    assert "acme-ml does not fit, and nothing is rendered for it:" in capsys.readouterr().err


def test_a_plan_that_fits_says_nothing_of_it(page: str) -> None:
    assert "does not fit" not in page
