"""Values and work that are supposed, in a copy of a blueprint's tree."""

from __future__ import annotations

from contextlib import suppress
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from generator.blueprint.alter import Setting, append, copied, set_values, workload_of
from generator.blueprint.schema import check_workload
from generator.finding import Finding, Place, Refused
from generator.source import Document, MappingNode
from tests.blueprint.documents import blueprint, document, fixtures

TEXT = """\
organisation: {teams: [{name: red}]}
workloads:
  - {name: chat, owner: red, phase: serving, model: {family: llama-3.1-8b}}
  - {name: "odd.name", owner: red, phase: training}
"""
ELSEWHERE = """\
apiVersion: mlgen/v1alpha1
kind: WorkloadRequest
metadata: {name: n, team: red}
goal: g
do: explore
platform: other
"""
HERE = Place("--add", 1, 1)


def tree() -> MappingNode:
    """The root of a small blueprint."""
    root: MappingNode = blueprint(TEXT).root
    return root


def changed(*settings: tuple[str, str]) -> MappingNode:
    """The tree with these values set."""
    root = tree()
    set_values(root, [Setting(path=path, text=text) for path, text in settings])
    return root


def refusals(*settings: tuple[str, str]) -> tuple[Finding, ...]:
    """The findings about settings that cannot be made."""
    with pytest.raises(Refused) as refused:
        changed(*settings)
    return refused.value.findings


def test_a_copy_shares_no_node_and_every_place() -> None:
    """What is changed in it was not read so."""
    root = tree()
    twin = copied(root)
    twin["workloads"][0]["owner"] = "blue"
    assert root["workloads"][0]["owner"] == "red"
    assert twin["workloads"].places == root["workloads"].places
    assert twin.places == root.places


@pytest.mark.parametrize(
    ("path", "text", "expected"),
    [
        ("workloads[chat].owner", "blue", "blue"),
        ("workloads[chat].serving.sessions", "64", 64),
        (
            "workloads[0].serving",
            "{mode: service, sessions: 8}",
            {"mode": "service", "sessions": 8},
        ),
        ("workloads[odd.name].phase", "hpo", "hpo"),
        ("workloads[chat].serving.engine_version", "0.11", "0.11"),
        ("workloads[chat].persistence", "'64'", "64"),
        ("platform.targets.vks", "3.6", "3.6"),
        ("platform.targets.vgpu_host", "20", "20"),
        ("storage_compute.sites", "[]", []),
        ("metadata.owner", "", None),
    ],
)
def test_a_value_is_put_where_its_path_says(path: str, text: str, expected: Any) -> None:
    """Mappings on the way are made; a number is text where the language takes nothing else."""
    steps = path.replace("[odd.name]", ".1").replace("[chat]", ".0").replace("[0]", ".0")
    node: Any = changed((path, text))
    for step in steps.split("."):
        node = node[int(step) if step.isdecimal() else step]
    assert node == expected


def test_a_value_has_the_place_of_its_option() -> None:
    """So findings about it point there."""
    root = changed(("workloads[chat].serving", "{mode: service,\n sessions: x}"))
    serving = root["workloads"][0]["serving"]
    assert str(serving.places["sessions"][1]) == "--set workloads[chat].serving:2:12"


@pytest.mark.parametrize(
    ("path", "text", "rule", "mend"),
    [
        ("", "1", "MLG-W001", "PATH=VALUE"),
        ("a b", "1", "MLG-W001", "PATH=VALUE"),
        ("workloads[", "1", "MLG-W001", "PATH=VALUE"),
        ("workloads[]", "1", "MLG-W001", "PATH=VALUE"),
        ("workloads..x", "1", "MLG-W001", "PATH=VALUE"),
        ("x" + ".x" * 70, "1", "MLG-W001", "shorten"),
        ("workloads[caht].phase", "hpo", "MLG-W002", "did you mean chat?"),
        ("workloads[7].phase", "hpo", "MLG-W002", "[chat]"),
        ("workloads[99999999999999999999].phase", "hpo", "MLG-W002", "[chat]"),
        ("workloads[٣].phase", "hpo", "MLG-W002", "[chat]"),
        ("workloads.chat.phase", "hpo", "MLG-W002", "[chat]"),
        ("metadata[owner]", "x", "MLG-W002", ".owner"),
        ("metadata.owner.name", "x", "MLG-W002", "end the path"),
        ("environments[dev].replicas", "1", "MLG-W002", "as a whole"),
        ("metadata.owner", "[1", "MLG-L004", ""),
        ("metadata.owner", "&a b", "MLG-L007", ""),
        ("metadata.owner", "a\n---\nb", "MLG-L004", "one value"),
        ("metadata.owner", "\udc80", "MLG-L003", ""),
        ("metadata.owner", ".nan", "MLG-L010", ""),
        ("metadata.owner", "{a: 1, a: 2}", "MLG-L006", ""),
        ("metadata.owner", "[" * 100 + "]" * 100, "MLG-L005", ""),
    ],
)
def test_what_cannot_be_set_is_a_finding_at_its_option(
    path: str, text: str, rule: str, mend: str
) -> None:
    """With what would do instead."""
    (first, *_) = refusals((path, text))
    assert first.rule == rule
    assert mend in first.mend
    assert first.places[0].file.startswith("--set")


@pytest.mark.parametrize("around", ["workloads[chat].phase", "workloads[chat]", "workloads"])
def test_a_value_that_another_one_overwrites_is_refused(around: str) -> None:
    """The same path, or one around it; the other way round the inner one counts."""
    (only,) = refusals(("workloads[chat].phase", "hpo"), (around, "training"))
    assert only.rule == "MLG-W003"
    assert len(only.places) == 2


def test_a_value_inside_another_one_is_no_contradiction() -> None:
    """First the whole, then a part of it."""
    root = changed(
        ("workloads[chat].serving", "{mode: batch}"), ("workloads[chat].serving.items", "9")
    )
    assert root["workloads"][0]["serving"] == {"mode": "batch", "items": 9}


def test_all_that_is_wrong_is_said_at_once() -> None:
    """Not the first only."""
    assert len(refusals(("workloads[x].a", "1"), ("b c", "1"), ("metadata.owner", "["))) == 3


@given(st.text(max_size=30), st.text(max_size=30))
def test_any_path_and_value_is_set_or_refused(path: str, text: str) -> None:
    """Never anything else."""
    root = tree()
    with suppress(Refused):
        set_values(root, [Setting(path=path, text=text)])
    assert root.keys() == root.places.keys()


def test_an_item_is_added_to_a_list_that_is_made_where_it_is_absent() -> None:
    """Also below mappings that are not there; what is no list stays for the schema to judge."""
    root = tree()
    append(root, ("organisation", "teams"), {"name": "blue"}, HERE)
    append(root, ("ml_platform", "components"), {"name": "x"}, HERE)
    append(root, ("metadata", "owner"), {"name": "x"}, HERE)
    assert root["organisation"]["teams"] == [{"name": "red"}, {"name": "blue"}]
    assert root["ml_platform"] == {"components": [{"name": "x"}]}
    assert root["metadata"]["owner"] == "o"


def request(**words: Any) -> Document:
    """A request of red with these words."""
    lines = "".join(f"{word}: {value}\n" for word, value in words.items())
    head = "apiVersion: mlgen/v1alpha1\nkind: WorkloadRequest\nmetadata: {name: n, team: red}\n"
    return document(head + lines, file="wish.yaml")


@pytest.mark.parametrize(
    ("words", "phase", "expected"),
    [
        ({"do": "explore"}, "concept", {}),
        (
            {"do": "train", "model": "resnet50", "ready_by": "24h"},
            "training",
            {"model": {"family": "resnet50"}, "train": {"deadline": "24h"}},
        ),
        (
            {"do": "tune", "model": "resnet50", "tries": 5, "time_per_try": "1h"},
            "hpo",
            {"model": {"family": "resnet50"}, "hpo": {"trials": 5, "trial_time": "1h"}},
        ),
        (
            {"do": "serve", "model": "llama-3.1-8b", "people_at_once": 20, "answer_within": "2s"},
            "serving",
            {
                "model": {"family": "llama-3.1-8b"},
                "serving": {"mode": "service", "sessions": 20, "p95": "2s"},
            },
        ),
        (
            {"do": "batch-score", "model": "resnet50", "items": 9, "ready_by": "4h"},
            "serving",
            {
                "model": {"family": "resnet50"},
                "serving": {"mode": "batch", "items": 9, "window": "4h"},
            },
        ),
        (
            {"do": "train", "model": "x", "parameters": "7B", "method": "qlora", "repeat": "daily"},
            "training",
            {
                "model": {"family": "x", "params": "7B", "method": {"qlora": {"rank": 8}}},
                "train": {},
                "retraining": {"cadence": "daily"},
            },
        ),
        (
            {"do": "train", "model": "chat"},
            "training",
            {"model": {"family": "llama-3.1-8b"}, "train": {}},
        ),
    ],
    ids=["explore", "train", "tune", "serve", "batch-score", "adapters", "model of a workload"],
)
def test_a_request_becomes_the_workload_that_a_blueprint_would_hold(
    words: dict[str, Any], phase: str, expected: dict[str, Any]
) -> None:
    """By the team that asks, with the words where the language keeps them."""
    workload, notices = workload_of(request(goal="g", **words), tree())
    head = {"name": "n", "owner": "red", "phase": phase, "goal": "g"}
    assert workload == head | expected
    assert notices == ()


@pytest.mark.parametrize("wish", fixtures("workload-request"), ids=lambda one: str(one.root["do"]))
def test_every_request_of_the_language_obeys_the_shape_of_workloads(wish: Document) -> None:
    """Those of the frozen file."""
    root = tree()
    root["metadata"]["name"] = "acme-ml"
    workload, _ = workload_of(wish, root)
    assert check_workload(Document(wish.file, workload, wish.start)) == ()


def test_a_word_that_no_plan_shows_is_named() -> None:
    """A notice at the word."""
    _, (notice,) = workload_of(request(goal="g", do="explore", people=3), tree())
    assert (notice.rule, notice.severity.value, notice.path) == ("MLG-W006", "notice", "people")
    assert notice.places[0].line == 6


def test_values_of_a_request_keep_their_places() -> None:
    """A finding about the workload points into the request."""
    workload, _ = workload_of(request(goal="g", do="tune", tries=5), tree())
    assert str(workload["hpo"].places["trials"][1]) == "wish.yaml:6:8"


def test_a_mapping_of_a_workload_is_taken_as_it_is() -> None:
    """The schema of blueprints judges it."""
    workload, _ = workload_of(document("{name: n, owner: red, phase: hpo}"), tree())
    assert workload == {"name": "n", "owner": "red", "phase": "hpo"}


@pytest.mark.parametrize(
    ("text", "rule"),
    [
        ("kind: SiteInventory", "MLG-W005"),
        ("kind: 3", "MLG-W005"),
        ("{apiVersion: mlgen/v1alpha1, kind: WorkloadRequest, do: fly}", "MLG-S003"),
        (ELSEWHERE, "MLG-S001"),
    ],
)
def test_what_is_no_work_of_this_platform_is_refused(text: str, rule: str) -> None:
    """Another kind, another shape, another platform."""
    with pytest.raises(Refused) as refused:
        workload_of(document(text), tree())
    assert rule in {finding.rule for finding in refused.value.findings}
