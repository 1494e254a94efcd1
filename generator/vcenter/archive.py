"""A snapshot as a file: the same bytes for the same reading, and read back with distrust.

The file is gzip of JSON by ``schemas/snapshot.schema.json``. Objects are grouped by kind and have
no field names twice, so that ten thousand VMs take a megabyte.
"""

from __future__ import annotations

import gzip
import io
import json
import shlex
import sys
import zlib
from collections.abc import Callable, Iterable, Mapping
from pathlib import Path
from typing import Any

from generator.finding import CannotRun
from generator.vcenter.kinds import KINDS, Form, Kind
from generator.vcenter.snapshot import (
    Event,
    Failed,
    Seen,
    Snapshot,
    Unread,
    Value,
    VcenterSeen,
)  # fmt: skip

VERSION = 1
SCHEMA = "https://mlgen.dev/schemas/v1alpha1/snapshot.schema.json"
GZIP = b"\x1f\x8b"
"""The first bytes of a snapshot, and of no text in UTF-8."""
MAX_FILE_BYTES = 64 << 20
MAX_TEXT_BYTES = 512 << 20

_RANK = {kind.name: rank for rank, kind in enumerate(KINDS)}
_FORMS: dict[str, tuple[dict[str, Form], tuple[str, ...]]] = {
    kind.name: (
        {leaf.name: leaf.form for leaf in kind.leaves if leaf.form != "map"},
        tuple(f"{leaf.name}." for leaf in kind.leaves if leaf.form == "map"),
    )
    for kind in KINDS
}
_TEXTS = ("name", "instance_uuid", "version", "build", "role", "account", "started", "ended")


def write_snapshot(snapshot: Snapshot, path: Path | str) -> None:
    """Writes the snapshot; the file is there whole or not at all, and for its owner only.

    Raises:
        OSError: where it cannot be written.
    """
    import os
    import tempfile

    target = Path(path)
    handle, draft = tempfile.mkstemp(prefix=f".{target.name}.", dir=target.parent)
    try:
        with os.fdopen(handle, "wb") as stream:
            stream.write(packed(snapshot))
        Path(draft).replace(target)
    except BaseException:
        Path(draft).unlink(missing_ok=True)
        raise


def packed(snapshot: Snapshot) -> bytes:
    """The bytes of the file: no clock, no name of a file, no order of a set in them."""
    text = json.dumps(body(snapshot), ensure_ascii=False, separators=(",", ":"), sort_keys=True)
    buffer = io.BytesIO()
    with gzip.GzipFile(fileobj=buffer, mode="wb", compresslevel=6, mtime=0, filename="") as stream:
        stream.write(text.encode("utf-8", "replace"))
    return buffer.getvalue()


def body(snapshot: Snapshot) -> dict[str, Any]:
    """The snapshot as the JSON types."""
    return {
        "schema": SCHEMA,
        "version": VERSION,
        "vcenters": [_vcenter(each) for each in snapshot.vcenters],
        "failed": [[each.name, each.reason, each.mend] for each in snapshot.failed],
    }


def _vcenter(seen: VcenterSeen) -> dict[str, Any]:
    kinds: dict[str, list[Any]] = {}
    for each in sorted(seen.objects, key=lambda one: (_RANK[one.kind], one.key, one.ident)):
        kinds.setdefault(each.kind, []).append([each.key, each.ident, each.within, each.fields])
    unread = sorted(
        seen.unread, key=lambda one: (one.kind, one.key, one.field, one.reason, one.detail)
    )
    return {
        **{name: getattr(seen, name) for name in _TEXTS},
        "objects": kinds,
        "unread": [[one.kind, one.key, one.field, one.reason, one.detail] for one in unread],
        "events": [[one.kind, one.key, one.at, one.user, one.what] for one in seen.events],
        "in_transition": sorted(map(list, seen.in_transition)),
    }


def read_snapshot(path: Path | str) -> Snapshot:
    """The snapshot in a file; ``-`` is standard input.

    Raises:
        CannotRun: where there is none, or one that is no snapshot, too large, or of a version that
            this mlgen cannot read.
        OSError: where it cannot be opened.
    """
    content = _content(path)
    if len(content) > MAX_FILE_BYTES:
        raise CannotRun(f"{path}: larger than {MAX_FILE_BYTES >> 20} MiB")
    try:
        return unpacked(content)
    except _Wrong as wrong:
        raise CannotRun(f"{path}: {wrong}") from None


def _content(path: Path | str) -> bytes:
    """At most one byte more than a snapshot may have."""
    if str(path) == "-":
        return sys.stdin.buffer.read(MAX_FILE_BYTES + 1)
    try:
        with Path(path).open("rb") as stream:
            return stream.read(MAX_FILE_BYTES + 1)
    except FileNotFoundError as error:
        name = shlex.quote(str(path))
        raise CannotRun(
            f"{path}: {error.strerror}; mlgen inventory export --out {name} writes a snapshot"
        ) from error


class _Wrong(ValueError):
    """The content is no snapshot."""


def unpacked(content: bytes) -> Snapshot:
    """The snapshot in the bytes of a file, or in its JSON without compression.

    Raises:
        ValueError: where they are none.
    """
    text = _inflated(content) if content[:2] == GZIP else content
    try:
        found = json.loads(text.decode("utf-8"), parse_constant=_refused, parse_float=_refused)
        _whole_characters(text, found)
    except _Wrong:
        raise
    except (ValueError, RecursionError):
        raise _Wrong("no snapshot, for it is no JSON; mlgen inventory export writes one") from None
    whole = _mapping(found, "the file")
    if whole.get("schema") != SCHEMA:
        raise _Wrong("no snapshot of mlgen")
    if whole.get("version") != VERSION or whole.get("version") is True:
        raise _Wrong(f"a snapshot of version {whole.get('version')!r}; this mlgen reads {VERSION}")
    return Snapshot(
        vcenters=tuple(_read_vcenter(each) for each in _rows(whole, "vcenters")),
        failed=tuple(
            Failed(name=name, reason=reason, mend=mend)
            for name, reason, mend in (_texts(each, 3) for each in _rows(whole, "failed"))
        ),
    )


def _whole_characters(text: bytes, found: Any) -> None:
    """Halves of characters, which JSON can write and no report can print."""
    if b"\\u" not in text:
        return
    try:
        json.dumps(found, ensure_ascii=False).encode("utf-8")
    except UnicodeEncodeError:
        raise _Wrong("half a character inside") from None


def _inflated(content: bytes) -> bytes:
    """What gzip packed; an answer that would fill the memory is refused before it does."""
    engine = zlib.decompressobj(wbits=31)
    try:
        text = engine.decompress(content, MAX_TEXT_BYTES)
    except zlib.error as error:
        raise _Wrong(f"broken gzip: {error}") from None
    if engine.unconsumed_tail or not engine.eof or engine.unused_data:
        raise _Wrong("cut short, too large, or followed by something else")
    return text


def _read_vcenter(found: Any) -> VcenterSeen:
    one = _mapping(found, "a vCenter")
    about = {name: _text(one.get(name)) for name in _TEXTS}
    return VcenterSeen(
        **about,
        objects=tuple(_objects(_mapping(one.get("objects"), "objects"))),
        unread=tuple(_unread(_texts(each, 5)) for each in _rows(one, "unread")),
        events=tuple(
            Event(kind=kind, key=key, at=at, user=user, what=what, vcenter=about["name"])
            for kind, key, at, user, what in (_texts(each, 5) for each in _rows(one, "events"))
        ),
        in_transition=tuple(
            (kind, key, what)
            for kind, key, what in (_texts(each, 3) for each in _rows(one, "in_transition"))
        ),
    )


def _unread(texts: tuple[str, ...]) -> Unread:
    kind, key, name, reason, detail = texts
    if reason not in ("role", "permission", "endpoint", "failed", "hidden"):
        raise _Wrong(f"an unknown reason {reason!r}")
    return Unread(kind=kind, key=key, field=name, reason=reason, detail=detail)  # type: ignore[arg-type]


def _objects(by_kind: Mapping[str, Any]) -> Iterable[Seen]:
    for kind in KINDS:
        yield from _of_kind(kind, by_kind.get(kind.name, ()))
    strange = sorted(set(by_kind) - set(_RANK))
    if strange:
        raise _Wrong(f"unknown kinds: {', '.join(strange)}; a newer mlgen may have written it")


def _of_kind(kind: Kind, rows: Any) -> Iterable[Seen]:
    plain, maps = _FORMS[kind.name]
    for row in _sequence(rows, kind.name):
        key, ident, within, found = _sequence(row, kind.name, 4)
        fields: dict[str, Value] = {}
        for name, value in _mapping(found, "fields").items():
            form = plain.get(name)
            if form is None and not name.startswith(maps):
                raise _Wrong(f"a {kind.name} has no field {name!r}")
            fields[name] = _value(value, form, name)
        yield Seen(
            kind=kind.name, key=_text(key), ident=_text(ident), within=_text(within), fields=fields
        )


_OF_FORM: dict[Form | None, Callable[[Any], bool]] = {
    "text": lambda value: isinstance(value, str),
    "number": lambda value: type(value) is int,
    "flag": lambda value: type(value) is bool,
    "set": lambda value: isinstance(value, list),
    "list": lambda value: isinstance(value, list),
    None: lambda value: isinstance(value, str | int | list),
}


def _value(value: Any, form: Form | None, name: str) -> Value:
    """A leaf of a form; of a map's leaf any form will do."""
    if value is None:
        return None
    if not _OF_FORM[form](value):
        raise _Wrong(f"{name} is no {form or 'leaf'}")
    if isinstance(value, list):
        return tuple(_text(each) for each in value)
    return value  # type: ignore[no-any-return]


def _refused(text: str) -> Any:
    raise _Wrong(f"the number {text[:20]} is in no snapshot")


def _text(value: Any) -> str:
    if not isinstance(value, str):
        raise _Wrong("something else where text belongs")
    return value


def _mapping(value: Any, what: str) -> dict[str, Any]:
    if not isinstance(value, dict):
        raise _Wrong(f"{what} is no object")
    return value


def _sequence(value: Any, what: str, length: int | None = None) -> list[Any]:
    if not isinstance(value, list | tuple) or length not in (None, len(value)):
        raise _Wrong(f"{what} is no list of the right length")
    return list(value)


def _rows(whole: Mapping[str, Any], name: str) -> list[Any]:
    return _sequence(whole.get(name), name)


def _texts(value: Any, length: int) -> tuple[str, ...]:
    return tuple(_text(each) for each in _sequence(value, "a row", length))
