"""``mlgen guard``: exit codes, formats, waivers from files, and files that are no plans."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import jsonschema
import pytest

from generator.cli import run
from tests.guard.plans import plan, row

ROOT = Path(__file__).resolve().parents[2]
NAME = "acme-ml-prod-all"
DELETED = row("vsphere_namespace", {"name": NAME}, None, actions=["delete"])
WAIVER = (
    "waivers:\n- {rule: MLG-G001, path: vsphere_namespace.x, reason: moved, "
    "expires: '2026-12-01', change: CHG1}\n"
)
DAY = ("--as-of", "2026-11-20")


@pytest.fixture
def stopped(tmp_path: Path) -> Path:
    """A plan that deletes a namespace."""
    path = tmp_path / "plan.json"
    path.write_text(json.dumps(plan(DELETED)), "utf-8")
    return path


@pytest.fixture
def waivers(tmp_path: Path) -> Path:
    path = tmp_path / "waivers.yaml"
    path.write_text(WAIVER, "utf-8")
    return path


def test_a_stop_names_rule_object_reason_way_out_and_reach(
    stopped: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    assert run(["guard", str(stopped), *DAY, "--plan", str(ROOT / "tests/golden/acme-ml")]) == 2
    out = capsys.readouterr().out
    parts = ("MLG-G001", NAME, "why:", "mend:", "nodes", "GPUs", "judged as of 2026-11-20")
    assert [part for part in parts if part not in out] == []


def test_without_a_plan_of_mlgen_the_reach_is_said_to_be_unknown(
    stopped: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    assert run(["guard", str(stopped)]) == 2
    assert "blast radius: unknown" in capsys.readouterr().out


@pytest.mark.parametrize("more", [(), ("--change", "CHG1")])
def test_a_waiver_from_a_file_lets_it_pass(
    stopped: Path, waivers: Path, more: tuple[str, ...], capsys: pytest.CaptureFixture[str]
) -> None:
    assert run(["guard", str(stopped), *DAY, "--waivers", str(waivers), *more]) == 0
    assert "waived under CHG1 until 2026-12-01" in capsys.readouterr().out


def test_an_expired_waiver_does_not_count(
    stopped: Path, waivers: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    assert run(["guard", str(stopped), "--waivers", str(waivers), "--as-of", "2026-12-02"]) == 2
    assert "does not count: it ended on 2026-12-01" in capsys.readouterr().out


def test_a_waiver_of_the_blueprint_counts_and_validate_does_not_call_it_unused(
    stopped: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    text = (ROOT / "tests" / "rules" / "base.yaml").read_text("utf-8")
    (tmp_path / "base.site.yaml").write_text(
        (ROOT / "tests" / "rules" / "base.site.yaml").read_text("utf-8"), "utf-8"
    )
    blueprint = tmp_path / "base.yaml"
    blueprint.write_text(text + WAIVER, "utf-8")
    assert run(["guard", str(stopped), *DAY, "--blueprint", str(blueprint)]) == 0
    assert run(["validate", str(blueprint), *DAY]) == 0
    assert "MLG-B099" not in capsys.readouterr().out


@pytest.mark.parametrize("changes", [(DELETED,), ()])
def test_the_json_answer_obeys_its_schema(
    stopped: Path,
    waivers: Path,
    changes: tuple[dict[str, Any], ...],
    capsys: pytest.CaptureFixture[str],
) -> None:
    forgotten = row("vsphere_folder", {"path": "f"}, None, actions=["forget"])
    zone = row("vsphere_zone", {"name": "z"}, None, actions=["delete"])
    stopped.write_text(json.dumps(plan(*changes, zone, forgotten)), "utf-8")
    assert run(["guard", str(stopped), *DAY, "--waivers", str(waivers), "--format", "json"]) == 2
    answer = json.loads(capsys.readouterr().out)
    jsonschema.validate(answer, json.loads((ROOT / "schemas/guard.schema.json").read_text("utf-8")))
    assert (answer["stopped"], len(answer["waived"])) == (True, len(changes))


@pytest.mark.parametrize(
    "content",
    [
        b"", b"{", b"[" * 100_000, b"\xff\xfe", b"null", b"{}", b'{"a": 1, "a": 2}', b'{"a": NaN}',
        b'{"a": ' + b"9" * 5000 + b"}",
    ],
    ids=range(9),
)  # fmt: skip
def test_a_file_that_is_no_plan_is_exit_1_in_one_line(
    tmp_path: Path, content: bytes, capsys: pytest.CaptureFixture[str]
) -> None:
    path = tmp_path / "plan.json"
    path.write_bytes(content)
    assert run(["guard", str(path)]) == 1
    (line,) = capsys.readouterr().err.splitlines()
    assert "internal error" not in line


def test_a_file_that_is_not_there_is_exit_1(tmp_path: Path) -> None:
    assert run(["guard", str(tmp_path / "none.json")]) == 1


def test_a_broken_file_of_waivers_is_exit_1(
    stopped: Path, waivers: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    waivers.write_text(WAIVER.replace("MLG-G001", "G1"), "utf-8")
    assert run(["guard", str(stopped), "--waivers", str(waivers)]) == 1
    assert "waivers" in capsys.readouterr().err


def test_names_cannot_forge_lines(stopped: Path, capsys: pytest.CaptureFixture[str]) -> None:
    forged = row("vsphere_zone", {"name": "z\nnothing stops"}, None, actions=["delete"])
    stopped.write_text(json.dumps(plan(forged)), "utf-8")
    assert run(["guard", str(stopped)]) == 2
    assert "\nnothing stops" not in capsys.readouterr().out
