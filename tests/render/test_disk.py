"""Files reach a folder whole or not at all, also where two runs write it."""

from __future__ import annotations

from pathlib import Path

import pytest

from generator.finding import CannotRun
from generator.render.disk import write_folder
from generator.render.target import RenderedFile

FILES = (RenderedFile("a/one.tf", "one\n"), RenderedFile("two.json", "{}\n"))


def test_a_new_folder_has_all_its_files(tmp_path: Path) -> None:
    write_folder(tmp_path / "acme", FILES)
    assert (tmp_path / "acme" / "a" / "one.tf").read_text() == "one\n"
    assert [path.name for path in tmp_path.iterdir()] == ["acme"]


def test_a_folder_that_another_run_has_made_is_left_as_it_is(tmp_path: Path) -> None:
    """The message says what to do, and nothing half-written stays."""
    write_folder(tmp_path / "acme", FILES[:1])
    with pytest.raises(CannotRun, match=r"another run has made .*acme.* run it again"):
        write_folder(tmp_path / "acme", FILES)
    assert not (tmp_path / "acme" / "two.json").exists()
    assert [path.name for path in tmp_path.iterdir()] == ["acme"]
