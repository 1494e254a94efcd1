"""Generated pages and shipped files that must not fall behind the program."""

from __future__ import annotations

from pathlib import Path

import pytest

from generator.api import all_rules
from generator.cli import run
from generator.report.markdown import rules_page

ROOT = Path(__file__).resolve().parents[2]


def test_the_rules_page_is_current() -> None:
    """mlgen rules --format markdown > docs/rules.md."""
    assert (ROOT / "docs" / "rules.md").read_text(encoding="utf-8") == rules_page(all_rules())


def test_the_bibliography_page_is_current(capsys: pytest.CaptureFixture[str]) -> None:
    """mlgen explain --bibliography > docs/bibliography.md."""
    assert run(["explain", "--bibliography"]) == 0
    page = (ROOT / "docs" / "bibliography.md").read_text(encoding="utf-8")
    assert page == capsys.readouterr().out


def test_the_coverage_page_is_current(capsys: pytest.CaptureFixture[str]) -> None:
    """mlgen explain --coverage > docs/coverage.md."""
    assert run(["explain", "--coverage"]) == 0
    page = (ROOT / "docs" / "coverage.md").read_text(encoding="utf-8")
    assert page == capsys.readouterr().out


def test_the_page_of_supervisors_is_current(capsys: pytest.CaptureFixture[str]) -> None:
    """mlgen catalog supervisor_flavours --format markdown > docs/supervisor.md."""
    assert run(["catalog", "supervisor_flavours", "--format", "markdown"]) == 0
    page = (ROOT / "docs" / "supervisor.md").read_text(encoding="utf-8")
    assert page == capsys.readouterr().out


def test_rule_ids_are_unique_and_well_formed() -> None:
    """MLG, a room's letter, three digits; never twice."""
    ids = [rule.id for rule in all_rules()]
    assert len(set(ids)) == len(ids)
    assert all(len(rule.id) == 8 and rule.id.startswith("MLG-") for rule in all_rules())


def test_every_rule_says_what_why_and_who_says_so() -> None:
    """Title, reason and source are the page."""
    assert all(rule.title and rule.reason and rule.source for rule in all_rules())


@pytest.mark.parametrize("name", sorted(path.name for path in (ROOT / "blueprints").iterdir()))
def test_shipped_documents_carry_the_editors_schema_line(name: str) -> None:
    """So that an editor completes them."""
    first = (ROOT / "blueprints" / name).read_text(encoding="utf-8").splitlines()[0]
    schema = first.partition("$schema=")[2]
    assert (ROOT / "blueprints" / schema).resolve().is_file()


def test_the_hooks_call_what_exists(capsys: pytest.CaptureFixture[str]) -> None:
    """Both verbs of .pre-commit-hooks.yaml and the pipelines."""
    texts = [
        (ROOT / path).read_text(encoding="utf-8")
        for path in (
            ".pre-commit-hooks.yaml",
            "docs/pipelines/github.yaml",
            "docs/pipelines/gitlab.yaml",
        )
    ]
    assert all("mlgen validate" in text and "mlgen render" in text for text in texts)
    assert run(["validate", "--help"]) == 0
    assert "--fail-on" in capsys.readouterr().out


def test_text_files_end_their_lines_with_a_line_feed() -> None:
    """Whatever the machine of the last editor was."""
    attributes = (ROOT / ".gitattributes").read_text(encoding="utf-8")
    assert "* text=auto eol=lf" in attributes
