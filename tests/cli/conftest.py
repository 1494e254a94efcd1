"""The command, and a folder to run it in."""

from __future__ import annotations

import shutil
from functools import partial
from pathlib import Path
from typing import Any

import pytest

from generator.cli import run
from tests.cli.running import EXAMPLE, SITE, Mlgen, Ran


@pytest.fixture
def mlgen(capfd: pytest.CaptureFixture[str]) -> Mlgen:
    """Runs the command in this process."""

    def call(*arguments: Any) -> Ran:
        code = run([str(argument) for argument in arguments])
        captured = capfd.readouterr()
        return Ran(code, captured.out, captured.err)

    return call


@pytest.fixture
def whatif(mlgen: Mlgen) -> Mlgen:
    """Runs the verb ``whatif`` in this process."""
    return partial(mlgen, "whatif")


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    """A folder with the example and its site."""
    shutil.copy(EXAMPLE, tmp_path)
    shutil.copy(SITE, tmp_path)
    return tmp_path
