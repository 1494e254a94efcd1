"""``--keep``: an earlier plan is read back, and every way to size follows it."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest

from generator.cli import run

ROOT = Path(__file__).resolve().parents[2]
EXAMPLE = ROOT / "blueprints" / "acme-ml.yaml"
SITE = ROOT / "blueprints" / "acme-ams1.site.yaml"
Capture = pytest.CaptureFixture[str]


@pytest.fixture
def smaller(tmp_path: Path) -> Path:
    """The example with fewer trials, for which a plan of its own has other places."""
    (tmp_path / SITE.name).write_text(SITE.read_text("utf-8"), "utf-8")
    made = tmp_path / EXAMPLE.name
    made.write_text(EXAMPLE.read_text("utf-8").replace("trials: 500", "trials: 400"), "utf-8")
    return made


def sized(capsys: Capture, *arguments: object) -> dict[str, Any]:
    """The answer of ``size``."""
    assert run(["size", "--plan-only", "--format", "json", *map(str, arguments)]) == 0
    answer: dict[str, Any] = json.loads(capsys.readouterr().out)
    return answer


def places(answer: dict[str, Any]) -> set[tuple[object, ...]]:
    """Every VM with its GPUs and its place on them."""
    return {
        (vm["environment"], vm["demand"], vm["index"], vm["host"], *vm["gpus"], vm["start"])
        for vm in answer["placements"]
    }


@pytest.fixture
def earlier(tmp_path: Path, capsys: Capture) -> Path:
    """The plan of the example, as ``size`` printed it."""
    plan = tmp_path / "earlier.json"
    plan.write_text(json.dumps(sized(capsys, EXAMPLE)), "utf-8")
    return plan


def test_what_still_fits_stays(smaller: Path, earlier: Path, capsys: Capture) -> None:
    before = places(json.loads(earlier.read_text("utf-8")))
    assert not places(sized(capsys, smaller)) <= before
    assert places(sized(capsys, smaller, "--keep", earlier)) <= before


def test_it_stays_with_observations_too(
    smaller: Path, earlier: Path, tmp_path: Path, capsys: Capture
) -> None:
    measured = tmp_path / "measured.csv"
    measured.write_text(
        "workload,figure,value,unit,window,source\nrag-llm,per_token,20,ms,24h,vLLM\n", "utf-8"
    )
    before = places(json.loads(earlier.read_text("utf-8")))
    kept = sized(capsys, smaller, "--keep", earlier, "--observations", measured)
    assert places(kept) <= before


def test_a_rendered_plan_is_kept_as_well(tmp_path: Path, capsys: Capture) -> None:
    out = tmp_path / "out"
    assert run(["render", str(EXAMPLE), "--out", str(out)]) == 0
    plan = out / "acme-ml" / "plan.json"
    assert run(["render", str(EXAMPLE), "--out", str(out), "--keep", str(plan), "--check"]) == 0
    capsys.readouterr()


def test_a_rendered_folder_stands_for_its_plan(tmp_path: Path, capsys: Capture) -> None:
    """As with every verb that takes a plan; one without a plan says who writes it."""
    assert run(["render", str(EXAMPLE), "--out", str(tmp_path)]) == 0
    assert run(["size", str(EXAMPLE), "--plan-only", "--keep", str(tmp_path / "acme-ml")]) == 0
    capsys.readouterr()
    assert run(["size", str(EXAMPLE), "--keep", str(tmp_path)]) == 1
    assert (
        "plan.json: No such file or directory; mlgen render writes one" in capsys.readouterr().err
    )


def test_an_exact_plan_cannot_keep_one(earlier: Path, capsys: Capture) -> None:
    """It places anew; silence would pass for a kept plan."""
    assert run(["size", str(EXAMPLE), "--keep", str(earlier), "--exact", "1"]) == 1
    assert "--exact places anew" in capsys.readouterr().err


@pytest.mark.parametrize(
    ("content", "said"),
    [
        ("", "is no JSON"),
        ("[" * 100_000, "is no JSON"),
        ("[]", "is no plan"),
        ('{"platform": 3, "placements": []}', "is no plan"),
        ('{"platform": "acme-ml", "placements": [{}]}', "placements[0] is no placement"),
        ('{"platform": "acme-ml", "placements": [7]}', "placements[0] is no placement"),
    ],
)
def test_what_is_no_plan_is_named(content: str, said: str, tmp_path: Path, capsys: Capture) -> None:
    plan = tmp_path / "plan.json"
    plan.write_text(content, "utf-8")
    assert run(["size", str(EXAMPLE), "--keep", str(plan)]) == 1
    assert said in capsys.readouterr().err


def test_a_plan_is_kept_once(earlier: Path, capsys: Capture) -> None:
    assert run(["size", str(EXAMPLE), "--keep", str(earlier), "--keep", str(earlier)]) == 1
    assert "another plan of acme-ml is kept already" in capsys.readouterr().err
