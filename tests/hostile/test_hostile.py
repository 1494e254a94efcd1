"""Hostile inputs end in findings or in a clean render, never in anything else."""

from __future__ import annotations

from pathlib import Path

import pytest

from generator.cli import run
from tests.hostile.grammar import generated
from tests.hostile.run import complaints
from tests.hostile.written import Hostile, written

WRITTEN = written()
GENERATED = list(generated(200))


@pytest.mark.parametrize("hostile", [*WRITTEN, *GENERATED], ids=lambda hostile: hostile.name)
def test_a_hostile_input_ends_cleanly(
    hostile: Hostile, tmp_path: Path, capfd: pytest.CaptureFixture[str]
) -> None:
    """No traceback, the right exit code, a word to the user, nothing half-written."""

    def command(arguments: list[str]) -> tuple[int, str]:
        code = run(arguments)
        return code, "".join(capfd.readouterr())

    assert complaints(hostile, tmp_path / "case", command) == []


def test_there_are_enough_of_both_kinds() -> None:
    """Half by hand, half from the grammar."""
    assert len(WRITTEN) >= 200
    assert len(GENERATED) >= 200
