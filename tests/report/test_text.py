"""Text for people: aligned, coloured only where asked, and without smuggled escapes."""

from __future__ import annotations

from generator.finding import Finding, Place, Severity
from generator.report.text import findings_text, table, visible

FINDING = Finding(
    rule="MLG-B001",
    severity=Severity.ERROR,
    message="it is \x1b[31mwrong",
    places=(Place("f.yaml", 3, 7), Place("g.yaml", 1, 1)),
    path="a.b",
    why="because",
    mend="mend it",
)


def test_a_finding_says_what_where_why_and_how() -> None:
    """With every place that takes part, and no escape of the document's."""
    assert findings_text([FINDING], colour=False) == (
        "error[MLG-B001]: it is \ufffd[31mwrong\n"
        "  --> f.yaml:3:7  a.b\n"
        "  and g.yaml:1:1\n"
        "  why: because\n"
        "  mend: mend it\n"
        "\n"
        "1 error\n"
    )


def test_colour_is_only_in_the_head() -> None:
    """The severity and its rule."""
    first = findings_text([FINDING], colour=True).splitlines()[0]
    assert first.startswith("\x1b[31;1merror[MLG-B001]\x1b[0m: ")


def test_nothing_found_is_said() -> None:
    """Silence would leave doubt."""
    assert findings_text([], colour=False) == "no findings\n"


def test_a_finding_without_a_place_has_its_path() -> None:
    """Objects of the desired state have no line."""
    text = findings_text(
        [Finding(rule="MLG-D001", severity=Severity.WARNING, message="m", path="vc/x")],
        colour=False,
    )
    assert "  --> vc/x\n" in text


def test_numbers_stand_to_the_right() -> None:
    """A column of numbers lines up at its end."""
    assert table(("name", "n"), [("a", "5"), ("bc", "10")]) == "name   n\na      5\nbc    10\n"


def test_direction_marks_are_shown() -> None:
    """They could turn a path around."""
    assert visible("a\u202eb\u2066c") == "a\ufffdb\ufffdc"
