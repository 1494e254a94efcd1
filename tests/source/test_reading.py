"""Reading files: what is accepted, and that every refusal is a finding with its place."""

from __future__ import annotations

import io
import sys

import pytest
from hypothesis import given
from hypothesis import strategies as st

from generator.finding import Refused
from generator.source import MAX_BYTES, parse, parse_value, read


def refused(content: bytes) -> list[tuple[str, int, int]]:
    """Rule, line and column of every finding about the content."""
    with pytest.raises(Refused) as caught:
        parse(content, file="f.yaml")
    return [(f.rule, f.places[0].line, f.places[0].column) for f in caught.value.findings]


def root(content: bytes) -> object:
    """The root of the only document."""
    (document,) = parse(content, file="f.yaml")
    return document.root


@pytest.mark.parametrize(
    ("content", "expected"),
    [
        (b"a: no", {"a": "no"}),
        (b"a: 12:30", {"a": "12:30"}),
        (b"a: 010", {"a": 10}),
        (b"a: 0o17", {"a": 15}),
        (b"a: 0x1F", {"a": 31}),
        (b"a: 1e3", {"a": 1000.0}),
        (b"a: 1_000", {"a": "1_000"}),
        (b"a: 2026-11-20", {"a": "2026-11-20"}),
        (b"a: ~", {"a": None}),
        (b"a:", {"a": None}),
        (b"a: TRUE", {"a": True}),
        (b"a: '1'", {"a": "1"}),
        (b"a: .5", {"a": 0.5}),
        (b"a: +7", {"a": 7}),
        (b"a: {b: [1, x]}", {"a": {"b": [1, "x"]}}),
        (b"\xef\xbb\xbfa: 1\r\n", {"a": 1}),
        (b"<<: 1", {"<<": 1}),
    ],
)
def test_scalars_mean_what_yaml_1_2_says(content: bytes, expected: object) -> None:
    """Plain scalars resolve by the core schema, quoted ones never do."""
    assert root(content) == expected


def test_strings_are_normalised_so_that_equal_looks_are_equal() -> None:
    """A decomposed accent becomes its composed form."""
    assert root("a: e\u0301".encode()) == {"a": "\u00e9"}


@pytest.mark.parametrize(
    ("content", "expected"),
    [
        (b"a: 1\nb: 2\na: 3", [("MLG-L006", 3, 1)]),
        (b"a: &x 1", [("MLG-L007", 1, 4)]),
        (b"a: *x", [("MLG-L007", 1, 4)]),
        (b"a: !!str x", [("MLG-L008", 1, 4)]),
        (b"1: x", [("MLG-L009", 1, 1)]),
        (b"? [k]\n: x", [("MLG-L009", 1, 3)]),
        (b"a: .nan", [("MLG-L010", 1, 4)]),
        (b"a: -.inf", [("MLG-L010", 1, 4)]),
        (b"a: 1e999", [("MLG-L010", 1, 4)]),
        (b"a: 9223372036854775808", [("MLG-L010", 1, 4)]),
        (b"a: " + b"9" * 5000, [("MLG-L010", 1, 4)]),
        (b"", [("MLG-L011", 1, 1)]),
        (b"- 1", [("MLG-L011", 1, 1)]),
        (b"a: b: c", [("MLG-L004", 1, 5)]),
        (b"a: [1", [("MLG-L004", 2, 1)]),
        (b"a: \x07", [("MLG-L003", 1, 1)]),
        (b"a: \xff", [("MLG-L003", 1, 4)]),
        (b'a: "\\ud800"', [("MLG-L004", 1, 7)]),
        (b"[" * 30000 + b"]" * 30000, [("MLG-L005", 1, 65)]),
        (b"a:\n" + b" - &x 1\n" * 3, [("MLG-L007", n, 4) for n in (2, 3, 4)]),
    ],
)
def test_what_the_language_does_not_have_is_refused_at_its_place(
    content: bytes, expected: list[tuple[str, int, int]]
) -> None:
    """Each breach is a finding, all of them in one run."""
    assert refused(content) == expected


def test_a_duplicate_key_cites_both_places() -> None:
    """The finding points at the second and names the first."""
    with pytest.raises(Refused) as caught:
        parse(b"a: 1\nb: 2\na: 3", file="f.yaml")
    assert [place.line for place in caught.value.findings[0].places] == [3, 1]


def test_size_is_bounded_before_parsing() -> None:
    """A larger file is refused without a look at its content."""
    assert refused(b" " * (MAX_BYTES + 1)) == [("MLG-L002", 1, 1)]


def test_the_number_of_values_is_bounded() -> None:
    """A document that fits the size but holds very many values stops early."""
    assert refused(b"a: [" + b"1," * 200_000 + b"1]")[0][0] == "MLG-L013"


def test_the_number_of_findings_is_bounded() -> None:
    """Nobody reads more than two hundred of them."""
    found = refused(b"\n".join(b"%d: x" % n for n in range(1000)))
    assert len(found) == 201
    assert found[-1][0] == "MLG-L012"


def test_every_node_knows_its_place() -> None:
    """Values, keys and list items, counted from one."""
    (document,) = parse(b"a:\n  - b: 1\n    c: [x, y]\n", file="f.yaml")
    assert document.place(("a", 0, "c", 1))[1:] == (3, 12)
    assert document.key_place(("a", 0, "c"))[1:] == (3, 5)
    assert document.place(("a", 0, "missing"))[1:] == (2, 5)


def test_objects_are_found_by_name() -> None:
    """A dotted path by names and its place belong together."""
    (document,) = parse(b"w:\n- {name: x, v: 1}\n- {name: y, v: 2}\n", file="f.yaml")
    assert document.dotted(("w", 1, "v")) == "w[y].v"
    assert document.find("w[y].v") == document.place(("w", 1, "v"))
    assert document.find("w[1].v") == document.place(("w", 1, "v"))
    assert document.find("nowhere") is None


def test_several_documents_come_in_order() -> None:
    """A file may hold many requests."""
    assert [d.root for d in parse(b"a: 1\n---\na: 2\n", file="f")] == [{"a": 1}, {"a": 2}]


def test_a_missing_file_is_a_finding() -> None:
    """The path and the reason are named."""
    with pytest.raises(Refused) as caught:
        read("no/such/file.yaml")
    assert caught.value.findings[0].rule == "MLG-L001"


def test_standard_input_is_read_for_a_dash(monkeypatch: pytest.MonkeyPatch) -> None:
    """Places carry the name <stdin>."""
    monkeypatch.setattr(sys, "stdin", io.TextIOWrapper(io.BytesIO(b"a: 1")))
    (document,) = read("-")
    assert (document.file, document.root) == ("<stdin>", {"a": 1})


def outcome(content: bytes) -> tuple[object, ...]:
    """The documents, or the findings of a refusal."""
    try:
        return parse(content, file="f")
    except Refused as refusal:
        return refusal.findings


@given(st.binary(max_size=200))
def test_any_bytes_end_in_documents_or_findings(content: bytes) -> None:
    """Never in another exception, and never in silence."""
    assert outcome(content)


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("", None),
        ("64", 64),
        ("no", "no"),
        ("{b: [1, x]}", {"b": [1, "x"]}),
        ("[{name: b}, {name: a}]", [{"name": "b"}, {"name": "a"}]),
    ],
)
def test_a_value_alone_is_read_as_in_a_document(text: str, expected: object) -> None:
    """Of any shape."""
    assert parse_value(text, file="--set x").root == expected


@pytest.mark.parametrize("text", ["a: 1\n---\nb: 2", "[", "&a b", "\udc80", "\0"])
def test_what_is_not_one_value_is_refused(text: str) -> None:
    """With its place in the text."""
    with pytest.raises(Refused) as caught:
        parse_value(text, file="--set x")
    assert caught.value.findings[0].places[0].file == "--set x"
