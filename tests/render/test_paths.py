"""Output paths work on every file system."""

from __future__ import annotations

import pytest

from generator.render.rules import PortablePaths
from generator.render.target import RenderedFile


def found(*paths: str) -> list[str]:
    """What the rule says of some paths."""
    return [f.message for f in PortablePaths.check([RenderedFile(path, "") for path in paths])]


@pytest.mark.parametrize(
    ("path", "what"),
    [
        ("a/" + "x" * 200, "202 characters"),
        ("con/tags.tf", "Windows reserves"),
        ("a/nul.tf", "Windows reserves"),
        ("a/LPT1", "Windows reserves"),
        ("a./b", "no portable name"),
        ("a/b ", "no portable name"),
        ("a//b", "no portable name"),
        ("a/../b", "no portable name"),
    ],
)
def test_a_path_that_some_machine_refuses_is_found(path: str, what: str) -> None:
    """Length, reserved names, trailing dots and blanks, empty parts."""
    (message,) = found(path)
    assert what in message


def test_paths_that_differ_by_case_only_are_found() -> None:
    """On macOS and Windows one would replace the other."""
    (message,) = found("dev/A.tf", "dev/a.tf")
    assert "differs only by case from dev/A.tf" in message


def test_the_usual_paths_are_fine() -> None:
    """Nothing is said of them."""
    assert found("vc/10-foundation/tags.tf", "console/aux-1/x.yaml", "plan.json") == []
