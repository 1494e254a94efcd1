"""A snapshot survives its file, and no file gets the better of the reader."""

from __future__ import annotations

import gzip
import json
import zlib
from pathlib import Path
from typing import Any

import jsonschema
import pytest
from hypothesis import given
from hypothesis import strategies as st

from generator.finding import CannotRun
from generator.record import altered
from generator.vcenter import archive
from generator.vcenter.archive import body, packed, read_snapshot, unpacked, write_snapshot
from generator.vcenter.kinds import KINDS, Form
from generator.vcenter.snapshot import Seen, Snapshot
from tests.vcenter.snapshots import OBJECTS, SNAPSHOT, vcenter_seen

SCHEMA = json.loads(
    (Path(__file__).parents[2] / "schemas" / "snapshot.schema.json").read_text("utf-8")
)
TEXT = st.text(max_size=20)
OF_FORM: dict[Form, st.SearchStrategy[Any]] = {
    "text": TEXT,
    "number": st.integers(-(1 << 62), 1 << 62),
    "flag": st.booleans(),
    "set": st.lists(TEXT, max_size=3).map(tuple),
    "list": st.lists(TEXT, max_size=3).map(tuple),
    "map": TEXT,
}
LEAVES = [(kind, leaf) for kind in KINDS for leaf in kind.leaves]


def test_what_is_written_is_read_back(tmp_path: Path) -> None:
    write_snapshot(SNAPSHOT, tmp_path / "a.snapshot")
    assert read_snapshot(tmp_path / "a.snapshot") == SNAPSHOT


def test_the_schema_describes_the_file() -> None:
    jsonschema.validate(json.loads(gzip.decompress(packed(SNAPSHOT))), SCHEMA)


@given(st.sampled_from(LEAVES), st.data())
def test_every_leaf_of_every_kind_survives(leaf: Any, data: st.DataObject) -> None:
    kind, (name, form, _) = leaf
    stated = f"{name}.{data.draw(TEXT)}" if form == "map" else name
    value = data.draw(st.none() | OF_FORM[form])
    seen = Seen(kind=kind.name, key=data.draw(TEXT), ident="i", fields={stated: value})
    whole = Snapshot(vcenters=(vcenter_seen(objects=(seen,)),))
    assert unpacked(packed(whole)) == whole


def test_the_bytes_do_not_hang_on_the_order_of_reading() -> None:
    turned = Snapshot(
        vcenters=(vcenter_seen(objects=tuple(reversed(OBJECTS))),), failed=SNAPSHOT.failed
    )
    assert packed(turned) == packed(SNAPSHOT)


def test_the_bytes_hold_no_clock_and_no_file_name() -> None:
    """RFC 1952: bytes 4 to 7 are the time, flag 8 a name."""
    header = packed(SNAPSHOT)[:10]
    assert header[4:8] == b"\0\0\0\0"
    assert header[3] == 0


def test_only_its_owner_reads_the_file(tmp_path: Path) -> None:
    write_snapshot(SNAPSHOT, tmp_path / "a")
    assert (tmp_path / "a").stat().st_mode & 0o077 == 0
    assert [each.name for each in tmp_path.iterdir()] == ["a"]


def test_a_write_that_fails_leaves_what_was_there(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    (tmp_path / "a").write_text("before", "utf-8")
    monkeypatch.setattr(archive, "packed", lambda _: 1 / 0)
    with pytest.raises(ZeroDivisionError):
        write_snapshot(SNAPSHOT, tmp_path / "a")
    assert [each.read_text("utf-8") for each in tmp_path.iterdir()] == ["before"]


def changed(**changes: Any) -> bytes:
    return json.dumps({**body(SNAPSHOT), **changes}).encode()


def with_object(kind: str, row: Any) -> bytes:
    whole = body(altered(SNAPSHOT, vcenters=(vcenter_seen(objects=()),)))
    whole["vcenters"][0]["objects"] = {kind: [row]}
    return json.dumps(whole).encode()


@pytest.mark.parametrize(
    ("content", "said"),
    [
        (b"", "no JSON"),
        (b"\x1f\x8b nonsense", "broken gzip"),
        (packed(SNAPSHOT)[:-9], "cut short"),
        (packed(SNAPSHOT) + b"x", "followed by something else"),
        (b"[" * 100_000, "no JSON"),
        (b"[]", "the file is no object"),
        (b"{}", "no snapshot of mlgen"),
        (changed(version=2), "a snapshot of version 2"),
        (changed(vcenters={}), "vcenters is no list"),
        (changed(vcenters=[{}]), "something else where text belongs"),
        (changed(failed=[["a", "b"]]), "a row is no list of the right length"),
        (changed(version=1.5), "the number 1.5"),
        (changed(version=True), "a snapshot of version True"),
        (changed(more="\ud800"), "half a character"),
        (changed(more="x").replace(b"x", b"\xed\xa0\x80", 1), "no JSON"),
        (b'{"schema": NaN}', "the number NaN"),
        (with_object("spaceship", []), "unknown kinds: spaceship"),
        (with_object("vm", ["k", "i", ""]), "vm is no list of the right length"),
        (with_object("vm", ["k", "i", "", {"wings": 2}]), "a vm has no field 'wings'"),
        (with_object("vm", ["k", "i", "", {"vcpus": "8"}]), "vcpus is no number"),
        (with_object("vm", ["k", "i", "", {"vcpus": True}]), "vcpus is no number"),
        (with_object("vm", ["k", "i", "", {"vgpus": [1]}]), "something else where text belongs"),
        (with_object("vm", ["k", "i", "", {"attribute.a": {}}]), "attribute.a is no leaf"),
        (changed(vcenters=[{**body(SNAPSHOT)["vcenters"][0], "unread": [["a"] * 5]}]), "reason"),
    ],
)  # fmt: skip
def test_what_is_no_snapshot_is_refused(content: bytes, said: str, tmp_path: Path) -> None:
    file = tmp_path / "hostile"
    file.write_bytes(content)
    with pytest.raises(CannotRun, match=said):
        read_snapshot(file)


def test_a_bomb_is_refused_before_it_fills_the_memory(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(archive, "MAX_TEXT_BYTES", 1 << 16)
    file = tmp_path / "bomb"
    file.write_bytes(gzip.compress(b" " * (1 << 22)))
    with pytest.raises(CannotRun, match="too large"):
        read_snapshot(file)


def test_a_file_that_is_too_large_is_not_even_unpacked(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(archive, "MAX_FILE_BYTES", 10)
    monkeypatch.setattr(zlib, "decompressobj", lambda **_: 1 / 0)
    (tmp_path / "large").write_bytes(packed(SNAPSHOT))
    with pytest.raises(CannotRun, match="larger than"):
        read_snapshot(tmp_path / "large")


def test_plain_json_is_read_too() -> None:
    assert unpacked(json.dumps(body(SNAPSHOT)).encode()) == SNAPSHOT
