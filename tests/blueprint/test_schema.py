"""Documents that break their schema are told so in words, at the right place."""

from __future__ import annotations

import json
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from generator.blueprint.bind import bind
from generator.blueprint.breaches import RULES
from generator.blueprint.model.blueprint import Blueprint
from generator.blueprint.schema import (
    MAX_FINDINGS,
    MAX_ITEMS,
    check,
    schema,
    schema_line,
)
from tests.blueprint.documents import (
    NAMES,
    all_fixtures,
    blueprint,
    changed,
    document,
    fixtures,
    paths,
    plain,
    replacing,
)


@pytest.mark.parametrize("name", NAMES)
def test_frozen_documents_have_no_finding(name: str) -> None:
    """The language of the examples is the language of the schemas."""
    assert [check(one) for one in fixtures(name)] == [()] * len(fixtures(name))


_NAME = (
    "A name that people and objects share: letters, digits, dots, underscores and hyphens, at most"
    " 63; starts and ends with a letter or digit. Object names are made from it in lower case with"
    " hyphens. For example vision-cnn"
)
CASES: dict[str, tuple[str, str, str, tuple[int, int], str, str]] = {
    # what: line 6 onwards, rule, path, place, message, mend
    "unknown-key": (
        "workload: []",
        "S002", "workload", (6, 1),
        "the key 'workload' is not known here", "did you mean workloads?",
    ),
    "unknown-key-without-a-guess": (
        "handoff: {zebra: 1}",
        "S002", "handoff.zebra", (6, 11),
        "the key 'zebra' is not known here", "remove it, or use manual, owners, formats",
    ),
    "nothing-else-to-use": (
        ("environments: {prod: {data: full, replicas: {a: 1}}}\n"
        "storage_compute: {datasets: [{name: d, size: {value: 1B, source: s, x: 1}}]}"),
        "S002", "storage_compute.datasets[d].size.x", (7, 69),
        "the key 'x' is not known here", "remove it",
    ),
    "lookalike-key": (
        "w\u043erkloads: []",
        "S002", "w\u043erkloads", (6, 1),
        ("the key 'w\u043erkloads' is not known here; "
        "it holds the character cyrillic small letter o"),
        "did you mean workloads?",
    ),
    "unknown-map-key": (
        "governance: {approvers: {vie: x}}",
        "S002", "governance.approvers.vie", (6, 26),
        "the key 'vie' is not known here", "did you mean vi?",
    ),
    "missing-key": (
        "workloads: [{name: w, owner: o}]",
        "S003", "workloads[w].phase", (6, 13),
        "workloads[w] lacks phase",
        "add it: Part of a model's life that it belongs to. For example phase: training",
    ),
    "missing-object": (
        "workloads: [{name: w, owner: o, phase: training, spark: {window: 4h}}]",
        "S003", "workloads[w].spark.input", (6, 57),
        "spark lacks input", "add it: Data read per run. For example input: 300GiB",
    ),
    "number-for-text": (
        "waivers: [{rule: MLG-V001, reason: 8, expires: 2027-01-01}]",
        "S004", "waivers[0].reason", (6, 36),
        "reason takes text, not 8", 'put it in quotes: "8"',
    ),
    "text-for-number": (
        "organisation: {teams: [{name: t, members: {analyst: '2'}}]}",
        "S004", "organisation.teams[t].members.analyst", (6, 53),
        "analyst takes a whole number, not '2'", "remove the quotes",
    ),
    "word-for-list": (
        "development_environment: {ide: jupyter}",
        "S004", "development_environment.ide", (6, 32),
        "ide takes a list, not 'jupyter'", "write a list: [jupyter]",
    ),
    "mapping-for-list": (
        "workloads: {name: w}",
        "S004", "workloads", (6, 12),
        "workloads takes a list, not a mapping", "write a list: start each item with a hyphen",
    ),
    "list-for-mapping": (
        "environments: [prod]",
        "S004", "environments", (6, 15),
        "environments takes a mapping, not a list", "write a mapping",
    ),
    "nothing": (
        "development_environment: {ci: }",
        "S004", "development_environment.ci", (6, 31),
        "ci takes text, not nothing", "write a value after the colon, or remove the key",
    ),
    "nothing-for-a-word": (
        "workloads: [{name: w, owner: o, phase: }]",
        "S004", "workloads[w].phase", (6, 40),
        "phase takes text, not nothing", "write a value after the colon, or remove the key",
    ),
    "no-alternative": (
        "environments: {prod: {replicas: many}}",
        "S004", "environments.prod.replicas", (6, 33),
        "replicas takes a whole number or the word as-declared, not 'many'",
        "write a whole number or the word as-declared",
    ),
    "bare-quantity": (
        "storage_compute: {datasets: [{name: d, size: 25}]}",
        "S005", "storage_compute.datasets[d].size", (6, 46),
        "size: 25 is no amount of data",
        "write 25GiB; units that fit: B, kB, KB, MB, GB, TB, PB, KiB, MiB, GiB, TiB, PiB",
    ),
    "quantity-in-a-list": (
        "resource_management: {gpu: {catalogue: [10GiB, 20]}}",
        "S005", "resource_management.gpu.catalogue[1]", (6, 48),
        "catalogue[1]: 20 is no amount of data",
        "write 20GiB; units that fit: B, kB, KB, MB, GB, TB, PB, KiB, MiB, GiB, TiB, PiB",
    ),
    "quantity-with-a-source": (
        ("resource_management: {pipelines: [{name: p, steps: [{name: s, stage: model-training}],"
        " window: {value: 4, source: x}}]}"),
        "S005", "resource_management.pipelines[p].window.value", (6, 104),
        "value: 4 is no duration",
        "write 4m or 4h; units that fit: us, ms, s, m, min, h, d, w, mo, y",
    ),
    "unknown-word": (
        "workloads: [{name: w, owner: o, phase: trianing}]",
        "S006", "workloads[w].phase", (6, 40),
        "phase does not know 'trianing'", "did you mean training?",
    ),
    "number-for-a-word": (
        "environments: {prod: {data: 3}}",
        "S006", "environments.prod.data", (6, 29),
        "data does not know 3", "use full, sample, synthetic, none",
    ),
    "bad-name": (
        'workloads: [{name: "a b", owner: o, phase: training}]',
        "S007", "workloads[a b].name", (6, 20),
        "'a b' is not written as “Name” asks",
        _NAME,
    ),
    "lookalike-name": (
        "workloads: [{name: n\u043ede, owner: o, phase: training}]",
        "S007", "workloads[n\u043ede].name", (6, 20),
        "'n\u043ede' is not written as “Name” asks; it holds the character cyrillic small letter o",
        _NAME,
    ),
    "bad-map-key": (
        "environments: {Prod: {}}",
        "S007", "environments.Prod", (6, 16),
        "the key 'Prod' is not written as “Environment name” asks",
        ("Name of an environment: lower-case letters, digits and hyphens, at most 20; `prod` is the"
        " one with production rules."),
    ),
    "bad-schedule-of-an-environment": (
        "environments: {dev: {schedules: {nightly: daily}}}",
        "S007", "environments.dev.schedules.nightly", (6, 43),
        "'daily' is not written as “Schedule here” asks",
        ("Five cron fields (minute, hour, day of month, month, day of week), or none. For example"
        " 0 4 * * *"),
    ),
    "no-such-day": (
        "waivers: [{rule: MLG-V001, reason: r, expires: 2027-02-30}]",
        "S007", "waivers[0].expires", (6, 48),
        "'2027-02-30' is not written as “Date” asks",
        "A calendar date, year-month-day. For example 2026-11-20",
    ),
    "too-much": (
        "organisation: {teams: [{name: t, notebooks: {concurrency: 1.2}}]}",
        "S008", "organisation.teams[t].notebooks.concurrency", (6, 59),
        "concurrency cannot be 1.2", "write at least 0 and at most 1",
    ),
    "too-few-items": (
        "resource_management: {pipelines: [{name: p, steps: []}]}",
        "S009", "resource_management.pipelines[p].steps", (6, 52),
        "steps has 0 items", "at least 1 can be used",
    ),
    "too-few-keys": (
        "workloads: [{name: w, owner: o, phase: training, model: {method: {}}}]",
        "S009", "workloads[w].model.method", (6, 66),
        "method has 0 keys", "at least 1 can be used",
    ),
    "empty-text": (
        "workloads: [{name: w, owner: o, phase: training, goal: ''}]",
        "S009", "workloads[w].goal", (6, 56),
        "goal has 0 characters", "at least 1 can be used",
    ),
    "named-twice": (
        "development_environment: {ide: [vscode, jupyter, vscode]}",
        "S010", "development_environment.ide[2]", (6, 50),
        "ide names 'vscode' twice", "remove one of the two",
    ),
}  # fmt: skip


@pytest.mark.parametrize("case", CASES.values(), ids=CASES)
def test_a_breach_is_told_in_words_at_its_place(case: Any) -> None:
    """Rule, path, line and column, what is wrong and how to mend it."""
    text, rule, path, place, message, mend = case
    told = {
        (f.rule, f.path): ((f.places[0].line, f.places[0].column), f.message, f.mend)
        for f in check(blueprint(text))
    }
    assert told[f"MLG-{rule}", path] == (place, message, mend)


def test_every_kind_of_breach_of_a_schema_is_told() -> None:
    """No rule of this room's shape checks is without a case."""
    told = {f"MLG-{case[1]}" for case in CASES.values()}
    elsewhere = {"MLG-S001", "MLG-S011", "MLG-S012", "MLG-S013", "MLG-S014", "MLG-S015"}
    assert told | elsewhere == {rule.id for rule in RULES}


def test_a_misspelt_key_is_told_once() -> None:
    """Not a second time as a key that is missing."""
    (only,) = check(blueprint("workloads: [{nmae: w, owner: o, phase: training}]"))
    assert (only.rule, only.mend) == ("MLG-S002", "did you mean name?")


def test_all_findings_come_at_once_from_top_to_bottom() -> None:
    """One run is enough to see all that is wrong."""
    findings = check(blueprint("workloads: 1\nenvironments: 2\nhandof: 3"))
    assert [finding.places[0].line for finding in findings] == [6, 7, 8]


def test_two_items_of_one_name_have_a_finding_each() -> None:
    """Their paths are the same, their places are not."""
    text = "storage_compute: {datasets: [{name: d, size: 1}, {name: d, size: 2}]}"
    assert len(check(blueprint(text))) == 2


@pytest.mark.parametrize(
    ("text", "path", "message", "mend"),
    [
        ("kind: WorkloadRequest", "apiVersion", "apiVersion is missing", "write mlgen/v1alpha1"),
        (
            "apiVersion: mlgen/v1alpha2\nkind: WorkloadRequest",
            "apiVersion",
            "apiVersion 'mlgen/v1alpha2' is not known",
            "did you mean mlgen/v1alpha1?",
        ),
        (
            "apiVersion: mlgen/v1alpha1\nkind: Blueprint",
            "kind",
            "kind 'Blueprint' is not known",
            "did you mean PlatformBlueprint?",
        ),
        (
            "apiVersion: mlgen/v1alpha1\nkind: [x]",
            "kind",
            "kind a list is not known",
            "write PlatformBlueprint or WorkloadRequest or SiteInventory or Observations",
        ),
    ],
    ids=["no-version", "other-version", "other-kind", "odd-kind"],
)
def test_a_document_of_unknown_kind_is_not_judged(
    text: str, path: str, message: str, mend: str
) -> None:
    """Without a schema there is one thing to say."""
    (only,) = check(document(text))
    assert (only.rule, only.path, only.message, only.mend) == ("MLG-S001", path, message, mend)


def test_version_and_kind_are_told_together() -> None:
    """Both are needed."""
    assert [finding.path for finding in check(document("a: 1"))] == ["apiVersion", "kind"]


def test_checking_stops_after_many_findings() -> None:
    """A list of a thousand wrong workloads is one mistake."""
    findings = check(blueprint(f"workloads: [{', '.join(['1'] * 1000)}]"))
    assert len(findings) == MAX_FINDINGS + 1
    assert "MLG-S011" in {finding.rule for finding in findings}


def test_a_mapping_full_of_unknown_keys_stops_as_well() -> None:
    """One error of the validator can be ten thousand findings."""
    findings = check(blueprint(f"governance: {{{', '.join(f'k{n}: 1' for n in range(10_000))}}}"))
    assert len(findings) == MAX_FINDINGS + 1


def test_an_endless_list_is_not_judged_item_by_item() -> None:
    """The validator would need seconds and gigabytes."""
    endless = ", ".join(["1"] * (MAX_ITEMS + 1))
    (only,) = check(blueprint(f"resource_management: {{gpu: {{catalogue: [{endless}]}}}}"))
    assert (only.rule, only.path) == ("MLG-S009", "resource_management.gpu.catalogue")


def test_an_endless_value_makes_a_short_finding() -> None:
    """Keys and values of a mebibyte are shown by their start."""
    long = "x" * (1 << 20)
    text = f"? {long}\n: 1\nworkloads: [{{name: '{long}'}}]\nplatfrom: '{long}'"
    findings = check(blueprint(text))
    assert max(len(f.message) + len(f.mend) + len(f.path) for f in findings) < 1000


WORD = st.text(st.characters(exclude_categories=["Cc", "Cs"]), max_size=5)
JSON = st.recursive(
    st.none() | st.booleans() | st.integers(-5, 5) | st.floats(0, 2) | WORD,
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(WORD, inner, max_size=3),
    max_leaves=6,
)


@given(st.data())
def test_any_document_has_findings_or_binds(data: st.DataObject) -> None:
    """Whatever stands at a place, the answer is findings or a typed blueprint, never a crash."""
    root = plain(fixtures("platform-blueprint")[0].root)
    path = data.draw(st.sampled_from(list(paths(root))))
    other = changed(root, path, replacing(data.draw(JSON)))
    made = document(json.dumps(other, ensure_ascii=False))
    assert check(made) or bind(Blueprint, made.root)


@pytest.mark.parametrize("one", all_fixtures(), ids=lambda one: one.root["metadata"]["name"])
def test_the_schema_line_of_a_kind_names_its_schema(one: Any) -> None:
    """For editors: by folder in a checkout, else by the published address."""
    kind = one.root["kind"]
    name = schema(kind)["$id"].rpartition("/")[2]
    assert schema_line(kind, folder="../schemas") == (
        f"# yaml-language-server: $schema=../schemas/{name}"
    )
    assert schema_line(kind) == f"# yaml-language-server: $schema={schema(kind)['$id']}"
