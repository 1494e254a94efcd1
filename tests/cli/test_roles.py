"""``mlgen roles``: the least privileges as text, JSON, Markdown, Terraform and PowerCLI."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import jsonschema
import pytest

from generator.cli import run

ROOT = Path(__file__).resolve().parents[2]
ACME = str(ROOT / "blueprints" / "acme-ml.yaml")
PLAIN = str(ROOT / "tests" / "fixtures" / "plain-vms" / "plain.yaml")
THOUSAND = str(ROOT / "blueprints" / "thousand-gpus.yaml")


def test_the_table_has_every_purpose(capsys: pytest.CaptureFixture[str]) -> None:
    assert run(["roles", ACME]) == 0
    text = capsys.readouterr().out
    heads = [line for line in text.splitlines() if " in vc-ams1, for " in line]
    assert heads == [
        f"{purpose} in vc-ams1, for corp.example\\vi-team"
        for purpose in ("apply", "diff", "diff-host")
    ]
    assert "unreadable by design:" in text
    assert "VirtualMachineClasses.Manage" in text


@pytest.mark.parametrize("blueprint", [ACME, PLAIN, THOUSAND])
def test_json_obeys_its_schema(blueprint: str, capsys: pytest.CaptureFixture[str]) -> None:
    assert run(["roles", blueprint, "--sessions", "--format", "json"]) == 0
    answer: dict[str, Any] = json.loads(capsys.readouterr().out)
    schema = json.loads((ROOT / "schemas" / "roles.schema.json").read_text("utf-8"))
    jsonschema.Draft202012Validator(schema).validate(answer)
    assert {each["purpose"] for each in answer["roles"]} == {"apply", "diff", "diff-host"}


def test_open_questions_are_printed_and_end_with_0(capsys: pytest.CaptureFixture[str]) -> None:
    assert run(["roles", PLAIN, "--for", "apply"]) == 0
    text = capsys.readouterr().out
    assert "for a group that nobody has named yet" in text
    assert "Which group runs vCenter? (virtualisation)" in text


def test_a_group_can_be_said(capsys: pytest.CaptureFixture[str]) -> None:
    assert run(["roles", PLAIN, "--for", "diff", "--group", "corp.example\\audit"]) == 0
    text = capsys.readouterr().out
    assert text.startswith("diff in vc-rtm1, for corp.example\\audit\n")
    assert "open:" not in text


@pytest.mark.parametrize("form", ["terraform", "powercli"])
def test_a_file_is_for_one_purpose(form: str, capsys: pytest.CaptureFixture[str]) -> None:
    assert run(["roles", ACME, "--format", form]) == 1
    assert "one --for" in capsys.readouterr().err
    assert run(["roles", ACME, "--format", form, "--for", "diff-host"]) == 0
    assert "acme-ml-diff-host" in capsys.readouterr().out


def test_a_file_is_for_one_vcenter(capsys: pytest.CaptureFixture[str]) -> None:
    script = ["roles", THOUSAND, "--for", "apply", "--format", "powercli"]
    assert run(script) == 1
    capsys.readouterr()
    assert run([*script, "--vcenter", "vc-fra2"]) == 0
    assert "vCenter vc-fra2" in capsys.readouterr().out


def test_an_unknown_vcenter_is_refused_with_those_there_are(
    capsys: pytest.CaptureFixture[str],
) -> None:
    assert run(["roles", ACME, "--vcenter", "vc-nowhere"]) == 1
    assert "there are vc-ams1" in capsys.readouterr().err


def test_one_group_for_two_purposes_is_warned_of(capsys: pytest.CaptureFixture[str]) -> None:
    """On one object a group holds one role."""
    assert run(["roles", ACME]) == 0
    assert "one role on one object" in capsys.readouterr().err
    assert run(["roles", ACME, "--for", "diff"]) == 0
    assert capsys.readouterr().err == ""


def test_it_is_the_same_every_time(capsys: pytest.CaptureFixture[str]) -> None:
    pages = []
    for _ in range(2):
        assert run(["roles", THOUSAND, "--format", "markdown"]) == 0
        pages.append(capsys.readouterr().out)
    assert pages[0] == pages[1]


def test_a_blueprint_that_cannot_be_read_ends_with_1(tmp_path: Path) -> None:
    assert run(["roles", str(tmp_path / "none.yaml")]) == 1
