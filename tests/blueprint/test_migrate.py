"""Old documents are lifted by editing their text, not by writing them anew."""

from __future__ import annotations

from collections.abc import Iterator

import pytest

from generator.blueprint.migrate import Edit, Lift, migrated
from generator.blueprint.schema import check
from generator.finding import Refused
from generator.source import Document, parse
from tests.blueprint.documents import FIXTURES, NAMES


def rename_supply(document: Document) -> Iterator[Edit]:
    """An invented lift: ``supply`` became ``demand``."""
    yield Edit(document.key_place(("supply",)), "supply", "demand")


def double_answer(document: Document) -> Iterator[Edit]:
    """Another one: the answer is counted in halves now."""
    yield Edit(document.place(("demand",)), "21", "42")


FIRST = Lift(older="mlgen/v1", newer="mlgen/v2", edits=rename_supply)
SECOND = Lift(older="mlgen/v2", newer="mlgen/v3", edits=double_answer)
OLD = (
    "# yaml-language-server: $schema=https://mlgen.dev/schemas/v1/site.schema.json\r\n"
    "'supply' :   21   # kept: v1 mlgen/v1\r\n"
    'apiVersion: "mlgen/v1"\r\n'
)
NEW = (
    "# yaml-language-server: $schema=https://mlgen.dev/schemas/v3/site.schema.json\r\n"
    "'demand' :   42   # kept: v1 mlgen/v1\r\n"
    'apiVersion: "mlgen/v3"\r\n'
)


def lifted(text: str, *lifts: Lift) -> str:
    """``text`` after the lifts."""
    return migrated(text.encode(), file="f.yaml", lifts=lifts).decode()


@pytest.mark.parametrize("name", NAMES)
def test_the_frozen_documents_of_v1alpha1_stay_loadable(name: str) -> None:
    """What was released once is lifted and read for ever."""
    file = FIXTURES / f"{name}.yaml"
    newest = migrated(file.read_bytes(), file=str(file))
    assert [check(document) for document in parse(newest, file=str(file)) if check(document)] == []


@pytest.mark.parametrize("name", NAMES)
def test_a_document_of_the_newest_version_stays_byte_for_byte(name: str) -> None:
    """There is nothing to do, so nothing is done."""
    content = (FIXTURES / f"{name}.yaml").read_bytes()
    assert migrated(content, file=name) == content


def test_a_lift_leaves_comments_and_formatting_alone() -> None:
    """Quotes, spaces, line ends and comments are the author's."""
    assert lifted(OLD, FIRST, SECOND) == NEW


def test_a_byte_order_mark_stays() -> None:
    """Places are counted behind it."""
    text = "\ufeffapiVersion: mlgen/v2\ndemand: 21\n"
    assert lifted(text, SECOND) == "\ufeffapiVersion: mlgen/v3\ndemand: 42\n"


def test_each_document_of_a_file_is_lifted_from_its_own_version() -> None:
    """Files may be mixed."""
    text = "supply: 21\napiVersion: mlgen/v1\n---\ndemand: 21\napiVersion: mlgen/v2\n"
    newest = "demand: 42\napiVersion: mlgen/v3\n"
    assert lifted(text, FIRST, SECOND) == f"{newest}---\n{newest}"


@pytest.mark.parametrize("version", ["mlgen/v0", "7", "[]", "null"])
def test_a_version_that_nobody_knows_is_refused(version: str) -> None:
    """With the place where it stands."""
    with pytest.raises(Refused) as caught:
        lifted(f"apiVersion: {version}\n", FIRST)
    (only,) = caught.value.findings
    assert (only.rule, only.places[0].line, only.places[0].column) == ("MLG-S001", 1, 13)


def test_a_lift_that_edits_what_is_not_there_is_a_fault_of_mlgen() -> None:
    """It must not damage the file."""
    wrong = Lift(
        older="mlgen/v1",
        newer="mlgen/v2",
        edits=lambda document: [Edit(document.place(("supply",)), "22", "0")],
    )
    with pytest.raises(ValueError, match=r"f\.yaml:1:9 does not hold '22'"):
        lifted("supply: 21\napiVersion: mlgen/v1\n", wrong)
