"""Point by point who does what: the contract knows every field, and is right about its files."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Mapping
from dataclasses import replace
from functools import cache

import pytest

from generator.platform.coverage.fields import FieldClause, field_contract
from generator.platform.objects import DesiredState
from tests.platform.coverage.fields import (
    GREEN,
    PLAIN,
    SHIPPED,
    Held,
    changed_files,
    every_state,
    held,
    kind_of,
    other_values,
    own_fields,
    rendered,
    state,
    variants_of,
    with_everything,
)

CONTRACT = field_contract()
BY_PLACE = {(clause.kind, clause.variant, clause.field): clause for clause in CONTRACT}
NAMED = {(clause.kind, clause.field) for clause in CONTRACT}
SAMPLE = 8
"""Objects of one kind and variant, in one state, of which every field is changed."""

Place = tuple[str, str, str]


@pytest.mark.parametrize("path", [*SHIPPED, PLAIN, GREEN])
def test_every_field_of_every_record_is_in_the_contract(path: str) -> None:
    """A field that is missing here belongs into generator/platform/coverage/fields.py."""
    walked = {
        (kind_of(type(found.one)), name)
        for found in held(state(path))
        for name in own_fields(type(found.one))
    }
    assert sorted(walked - NAMED) == []
    assert len(walked) > 50


def test_the_contract_names_no_field_that_does_not_exist() -> None:
    """Of all states together; nothing is promised for a kind that nobody makes."""
    states = [*map(state, (*SHIPPED, PLAIN, GREEN)), with_everything()]
    walked = {
        (kind_of(type(found.one)), name)
        for one in states
        for found in held(one)
        for name in own_fields(type(found.one))
    }
    assert sorted(NAMED - walked) == []


def test_no_field_of_a_variant_is_named_twice() -> None:
    """Two clauses about one field would contradict each other."""
    places = [(clause.kind, clause.variant, clause.field) for clause in CONTRACT]
    assert sorted(places) == sorted(set(places))


@pytest.mark.parametrize(
    ("column", "words"),
    [
        ("actor", {"terraform", "rest", "powercli", "kubernetes", "person", "nobody"}),
        ("seen", {"SOAP", "REST", "PBM", "kubectl", "host", "-"}),
        ("adoptable", {"import", "manifest", "merge", "kubectl", "-"}),
    ],
)
def test_columns_hold_known_words(column: str, words: set[str]) -> None:
    assert {word for clause in CONTRACT for word in getattr(clause, column).split(", ")} <= words


def test_f14_no_import_is_promised_where_the_provider_has_no_importer() -> None:
    """VM class, namespace, storage policy, zone and permissions are adopted by the manifest."""
    kinds = {"vm-class", "namespace", "storage-policy", "zone", "permission", "pci-device"}
    assert {c.adoptable for c in CONTRACT if c.kind in kinds} <= {"manifest", "merge", "-"}


@cache
def observed() -> Mapping[Place, set[str]]:
    """The files that each field of each variant changes, over all states but the largest."""
    found: dict[Place, set[str]] = defaultdict(set)
    for base in every_state():
        _observe(base, found)
    return found


def _observe(base: DesiredState, found: dict[Place, set[str]]) -> None:
    counts: dict[Place, int] = defaultdict(int)
    files = rendered(base)
    for each in held(base):
        kind = kind_of(type(each.one))
        for name in own_fields(type(each.one)):
            places = [(kind, variant, name) for variant in variants_of(each.one)]
            wanted = [p for p in places if counts[p] < SAMPLE and not _settled(p, found[p])]
            if wanted:
                changed = _changed(base, files, each, name)
                for place in wanted:
                    counts[place] += 1
                    found[place] |= changed


def _settled(place: Place, changed: set[str]) -> bool:
    """Whether the files of a place are those of its clause already."""
    clause = BY_PLACE.get(place)
    return clause is None or (
        clause.where != "-" and bool(changed) and _missing(clause, changed) == []
    )


def _missing(clause: FieldClause, changed: set[str]) -> list[str]:
    """Which files of a clause have not changed."""
    starts = [] if clause.where in ("-", "*") else clause.where.split(", ")
    return [start for start in starts if not any(path.startswith(start) for path in changed)]


def _changed(base: DesiredState, files: dict[str, str], each: Held, name: str) -> set[str]:
    changed = set[str]()
    for value in other_values(each.one, name):
        try:
            other = each.swap(replace(each.one, **{name: value}))
            changed |= changed_files(base, files, rendered(other))
        except (KeyError, TypeError, ValueError):  # a reference that leads nowhere now
            changed.add("*")
    return changed


@pytest.mark.parametrize("clause", CONTRACT, ids=lambda c: f"{c.kind}-{c.variant}-{c.field}")
def test_a_changed_field_changes_the_file_that_the_contract_names(clause: FieldClause) -> None:
    """And no file at all where it names none."""
    changed = observed()[clause.kind, clause.variant, clause.field]
    assert bool(changed) == (clause.where != "-")
    assert _missing(clause, changed) == []
