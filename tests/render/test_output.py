"""Writing: all or nothing, only what differs, never over the work of others."""

from __future__ import annotations

import json
import os
from pathlib import Path

import pytest

from generator.finding import Refused
from generator.render.canonical import sha256
from generator.render.output import MANIFEST, compare, write
from generator.render.target import RenderedFile


def files(**texts: str) -> list[RenderedFile]:
    """Rendered files with their manifest; ``__`` in a name stands for a slash."""
    rendered = [RenderedFile(name.replace("__", "/"), text) for name, text in texts.items()]
    listed = {file.path: sha256(file.text) for file in rendered}
    return [*rendered, RenderedFile(MANIFEST, json.dumps({"files": listed}))]


def tree(folder: Path) -> dict[str, str]:
    """Every file below a folder with its text."""
    return {
        path.relative_to(folder).as_posix(): path.read_text()
        for path in sorted(folder.rglob("*"))
        if path.is_file()
    }


def refused(folder: Path, rendered: list[RenderedFile], *, force: bool = False) -> list[str]:
    """The messages of a refusal, after making sure that nothing changed."""
    before = tree(folder.parent)
    with pytest.raises(Refused) as caught:
        write(folder, rendered, force=force)
    assert tree(folder.parent) == before
    return [finding.message for finding in caught.value.findings]


def test_a_new_platform_appears_whole(tmp_path: Path) -> None:
    """Folder, files and manifest, and nothing left beside them."""
    change = write(tmp_path / "p", files(a="1", b__c="2"))
    assert change.created == ("a", "b/c", MANIFEST)
    assert set(tree(tmp_path)) == {"p/a", "p/b/c", f"p/{MANIFEST}"}


def test_a_second_render_touches_nothing(tmp_path: Path) -> None:
    """The same input leaves every file as it is, down to its time of change."""
    write(tmp_path / "p", files(a="1"))
    before = (tmp_path / "p" / "a").stat().st_mtime_ns
    change = write(tmp_path / "p", files(a="1"))
    assert not change.any
    assert change.unchanged == 2
    assert (tmp_path / "p" / "a").stat().st_mtime_ns == before


def test_only_what_differs_is_written_and_what_is_gone_is_pruned(tmp_path: Path) -> None:
    """Changed, removed and created files, and the folder that became empty."""
    write(tmp_path / "p", files(a="1", old__b="2", keep="3"))
    change = write(tmp_path / "p", files(a="9", keep="3", new="4"))
    assert (change.created, change.removed) == (("new",), ("old/b",))
    assert change.changed == ("a", MANIFEST)
    assert not (tmp_path / "p" / "old").exists()


def test_files_that_mlgen_did_not_write_stay(tmp_path: Path) -> None:
    """A lock file of Terraform beside the rendered ones is none of ours."""
    write(tmp_path / "p", files(r__a="1"))
    (tmp_path / "p" / "r" / ".terraform.lock.hcl").write_text("lock")
    write(tmp_path / "p", files(b="2"))
    assert tree(tmp_path / "p")["r/.terraform.lock.hcl"] == "lock"


def test_a_foreign_file_in_the_way_is_named(tmp_path: Path) -> None:
    """It is neither replaced nor are the others written."""
    (tmp_path / "p").mkdir()
    (tmp_path / "p" / "a").write_text("mine")
    (message,) = refused(tmp_path / "p", files(a="1", b="2"))
    assert "p/a was not written by mlgen" in message


def test_force_does_not_take_foreign_files(tmp_path: Path) -> None:
    """It gives up edits of mlgen's own files and nothing else."""
    (tmp_path / "p").mkdir()
    (tmp_path / "p" / "a").write_text("mine")
    assert refused(tmp_path / "p", files(a="1"), force=True)


@pytest.mark.parametrize("rendered", [files(a="2"), files(b="2")], ids=["changed", "pruned"])
def test_an_edit_by_hand_is_not_undone_in_silence(
    tmp_path: Path, rendered: list[RenderedFile]
) -> None:
    """Whether the file would change or go: it is named, and --force gives it up."""
    write(tmp_path / "p", files(a="1"))
    (tmp_path / "p" / "a").write_text("edited")
    (message,) = refused(tmp_path / "p", rendered)
    assert "was edited since" in message
    write(tmp_path / "p", rendered, force=True)
    assert tree(tmp_path / "p") == {file.path: file.text for file in rendered}


def link_file(folder: Path, elsewhere: Path) -> None:
    """A file replaced by a link."""
    (folder / "r" / "a").unlink()
    (folder / "r" / "a").symlink_to(elsewhere / "target")


def link_folder(folder: Path, elsewhere: Path) -> None:
    """A folder replaced by a link."""
    (folder / "r" / "a").unlink()
    (folder / "r").rmdir()
    (folder / "r").symlink_to(elsewhere)


def folder_for_file(folder: Path, elsewhere: Path) -> None:
    """A folder where a file must go."""
    del elsewhere
    (folder / "r" / "a").unlink()
    (folder / "r" / "a").mkdir()


def pipe_for_file(folder: Path, elsewhere: Path) -> None:
    """A pipe where a file must go: reading it would never end."""
    del elsewhere
    (folder / "r" / "a").unlink()
    os.mkfifo(folder / "r" / "a")


@pytest.mark.parametrize("obstruct", [link_file, link_folder, folder_for_file, pipe_for_file])
def test_links_and_other_things_are_never_followed(tmp_path: Path, obstruct: object) -> None:
    """The obstacle is named, and what a link leads to is untouched."""
    elsewhere = tmp_path / "elsewhere"
    elsewhere.mkdir()
    (elsewhere / "target").write_text("precious")
    write(tmp_path / "out" / "p", files(r__a="1"))
    obstruct(tmp_path / "out" / "p", elsewhere)  # type: ignore[operator]
    assert len(refused(tmp_path / "out" / "p", files(r__a="2"))) == 1
    assert tree(elsewhere) == {"target": "precious"}


def test_a_linked_platform_folder_is_refused(tmp_path: Path) -> None:
    """The platform's folder itself must be a folder."""
    (tmp_path / "real").mkdir()
    (tmp_path / "p").symlink_to(tmp_path / "real")
    assert "is a link" in refused(tmp_path / "p", files(a="1"))[0]


@pytest.mark.parametrize(
    "content",
    [
        "",
        "[]",
        '{"files": []}',
        '{"files": {"../x": "1"}}',
        '{"files": {"/x": "1"}}',
        '{"files": {"a": 1}}',
    ],
)
def test_a_manifest_that_is_none_stops_everything(tmp_path: Path, content: str) -> None:
    """A manifest decides what is pruned, so a doubtful one prunes nothing."""
    write(tmp_path / "out" / "p", files(a="1"))
    (tmp_path / "out" / "x").write_text("precious")
    (tmp_path / "out" / "p" / MANIFEST).write_text(content)
    messages = refused(tmp_path / "out" / "p", files(b="1"))
    assert any("is no manifest of mlgen" in message for message in messages)


def test_a_failed_write_leaves_no_half_platform(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The new folder is renamed into place at the end or not at all."""

    def full(self: Path, content: bytes) -> int:
        raise OSError(28, "no space left on device", str(self), content)

    monkeypatch.setattr(Path, "write_bytes", full)
    with pytest.raises(OSError, match="no space"):
        write(tmp_path / "p", files(a="1"))
    assert list(tmp_path.iterdir()) == []


def test_compare_writes_nothing(tmp_path: Path) -> None:
    """It says what would change."""
    change = compare(tmp_path / "p", files(a="1"))
    assert change.created == ("a", MANIFEST)
    assert not (tmp_path / "p").exists()


def test_an_update_that_is_cut_short_can_be_finished(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """After a crash between two files the next render, even another one, goes on from there."""
    write(tmp_path / "p", files(a="1", b="1", gone="1"))
    whole = Path.replace
    left = [2]

    def crash(self: Path, target: Path) -> Path:
        left[0] -= 1
        if left[0] < 0:
            raise KeyboardInterrupt
        return whole(self, target)

    monkeypatch.setattr(Path, "replace", crash)
    with pytest.raises(KeyboardInterrupt):
        write(tmp_path / "p", files(a="2", b="2", c="2"))
    monkeypatch.undo()
    assert (tmp_path / "p" / ".mlgen-update.json").is_file()
    last = files(a="3", b="3", c="3")
    write(tmp_path / "p", last)
    assert tree(tmp_path / "p") == {file.path: file.text for file in last}


def test_a_foreign_staging_folder_is_left_alone(tmp_path: Path) -> None:
    """What stands where a new folder would be prepared is not cleaned up."""
    staging = tmp_path / f".p.{os.getpid()}.new"
    staging.mkdir()
    (staging / "mine").write_text("precious")
    with pytest.raises(OSError, match="exist"):
        write(tmp_path / "p", files(a="1"))
    assert (staging / "mine").read_text() == "precious"
