"""``extends``: how bases merge, where values come from, and what is refused."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from generator.blueprint.extend import Extended, extended, merged
from generator.blueprint.read import read_blueprint
from generator.finding import Finding, Refused
from generator.source import Document, read
from tests.blueprint.documents import HEAD, document, plain

BASE = """\
apiVersion: mlgen/v1alpha1
kind: PlatformBlueprint
platform: {purpose: mixed, scale: single-app, targets: {vcenter: "8.0U3", esx: "8.0U3"}}
development_environment: {ide: [jupyter], git: git.example/ml}
workloads:
  - {name: a, owner: o, phase: training, goal: from the base}
  - {name: b, owner: o, phase: serving}
"""
OWN = """\
apiVersion: mlgen/v1alpha1
kind: PlatformBlueprint
extends: [base.yaml]
metadata: {name: p, owner: o, revision: 1}
platform: {purpose: mixed, scale: large, targets: {vcenter: "9.0"}}
release: {as_of: 2026-11-20}
development_environment: {ide: [vscode]}
workloads:
  - {name: c, owner: o, phase: hpo}
  - {name: a, phase: validation}
"""


def written(folder: Path, **files: str) -> Path:
    """The blueprint in ``folder``, after writing all files; an underscore is a folder."""
    for name, text in files.items():
        path = folder / f"{name.replace('_', '/')}.yaml"
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(text, encoding="utf-8")
    return folder / "own.yaml"


def joined(path: Path) -> Document:
    """The blueprint at ``path`` with its bases."""
    (own,) = read(path)
    return extended(own)


def refusals(path: Path) -> list[Finding]:
    """The findings about the bases of the blueprint at ``path``."""
    with pytest.raises(Refused) as caught:
        joined(path)
    return list(caught.value.findings)


def named(root: Any) -> dict[str, Any]:
    """The workloads by name."""
    return {item["name"]: plain(item) for item in root["workloads"]}


def test_mappings_merge_deep(tmp_path: Path) -> None:
    """What only one of the two states stays; what both state is the blueprint's own."""
    root = joined(written(tmp_path, base=BASE, own=OWN)).root
    assert plain(root["platform"]) == {
        "purpose": "mixed",
        "scale": "large",
        "targets": {"vcenter": "9.0", "esx": "8.0U3"},
    }


def test_named_items_merge_by_name(tmp_path: Path) -> None:
    """An item of both is merged, one of either is kept."""
    workloads = named(joined(written(tmp_path, base=BASE, own=OWN)).root)
    assert workloads == {
        "a": {"name": "a", "owner": "o", "phase": "validation", "goal": "from the base"},
        "b": {"name": "b", "owner": "o", "phase": "serving"},
        "c": {"name": "c", "owner": "o", "phase": "hpo"},
    }


def test_all_other_values_replace(tmp_path: Path) -> None:
    """A list of words is one value."""
    root = joined(written(tmp_path, base=BASE, own=OWN)).root
    assert plain(root["development_environment"]) == {"ide": ["vscode"], "git": "git.example/ml"}


def test_an_empty_list_drops_what_the_base_has(tmp_path: Path) -> None:
    """There is no other way to say that none of the base's items stay."""
    own = OWN.partition("workloads")[0] + "workloads: []\n"
    assert joined(written(tmp_path, base=BASE, own=own)).root["workloads"] == []


def test_every_value_keeps_the_place_where_it_was_written(tmp_path: Path) -> None:
    """In whichever file that was."""
    joint = joined(written(tmp_path, base=BASE, own=OWN))
    index = [item["name"] for item in joint.root["workloads"]].index("a")
    goal, phase = (joint.place(("workloads", index, key)) for key in ("goal", "phase"))
    assert (Path(goal.file).name, goal.line) == ("base.yaml", 6)
    assert (Path(phase.file).name, phase.line) == ("own.yaml", 10)
    assert Path(joint.key_place(("platform", "targets", "esx")).file).name == "base.yaml"


def test_later_bases_count_more_than_earlier_ones(tmp_path: Path) -> None:
    """And the blueprint itself counts most."""
    other = BASE.replace("8.0U3", "8.0U2").replace("git.example", "code.example")
    own = OWN.replace("[base.yaml]", "[base.yaml, other.yaml]")
    root = joined(written(tmp_path, base=BASE, other=other, own=own)).root
    assert plain(root["platform"]["targets"]) == {"vcenter": "9.0", "esx": "8.0U2"}
    assert root["development_environment"]["git"] == "code.example/ml"


def test_the_merged_blueprint_reads_as_one(tmp_path: Path) -> None:
    """What is missing here may stand in the base."""
    (own,) = read(written(tmp_path, base=BASE, own=OWN))
    blueprint = read_blueprint(own)
    assert blueprint.platform.targets.esx == "8.0U3"
    assert blueprint.extends == ("base.yaml",)


def test_a_merged_document_is_not_merged_again(tmp_path: Path) -> None:
    """Reading it needs the files no more."""
    path = written(tmp_path, base=BASE, own=OWN)
    joint = joined(path)
    (tmp_path / "base.yaml").unlink()
    assert isinstance(joint, Extended)
    assert extended(joint) is joint


@pytest.mark.parametrize("extends", ["", "extends: []\n", "extends: base.yaml\n", "extends: {}\n"])
def test_a_document_without_bases_is_itself(extends: str) -> None:
    """An ill-formed list is the schema's business."""
    one = document(HEAD + extends)
    assert extended(one) is one


def test_names_that_repeat_stay_repeated(tmp_path: Path) -> None:
    """So that the rule about names finds them."""
    own = OWN + "  - {name: a, phase: hpo}\n"
    root = joined(written(tmp_path, base=BASE, own=own)).root
    assert sorted(item["name"] for item in root["workloads"]) == ["a", "a", "b", "c"]


@pytest.mark.parametrize(
    ("entry", "rule", "message"),
    [
        ("nothing.yaml", "MLG-S012", "'nothing.yaml' is not there"),
        (".", "MLG-S012", "'.' is not there"),
        ("7", "MLG-S012", "7 is no file name"),
        ("''", "MLG-S012", "'' is no file name"),
        ('"a\\0b"', "MLG-S012", r"'a\x00b' is no file name"),
        ("../up.yaml", "MLG-S013", "'../up.yaml' lies outside the repository"),
        ("/etc/hosts", "MLG-S013", "'/etc/hosts' lies outside the repository"),
        ("link.yaml", "MLG-S013", "'link.yaml' lies outside the repository"),
        ("circle.yaml", "MLG-S012", "'circle.yaml' cannot be followed"),
        ("own.yaml", "MLG-S014", "'own.yaml' is this file itself"),
        ("nested.yaml", "MLG-S014", "'nested.yaml' extends another"),
        ("request.yaml", "MLG-S012", "'request.yaml' is of another kind"),
        ("two.yaml", "MLG-S012", "'two.yaml' holds 2 documents"),
    ],
)
def test_a_base_that_cannot_be_built_on_is_refused(
    entry: str, rule: str, message: str, tmp_path: Path
) -> None:
    """Missing, outside, circular, nested, of another kind, or several."""
    inside = tmp_path / "inside"
    path = written(
        inside,
        base=BASE,
        own=OWN.replace("base.yaml", entry),
        nested=BASE + "extends: [base.yaml]\n",
        request="apiVersion: mlgen/v1alpha1\nkind: WorkloadRequest\n",
        two=f"{BASE}---\n{BASE}",
    )
    (tmp_path / "up.yaml").write_text(BASE, encoding="utf-8")
    (inside / "link.yaml").symlink_to(tmp_path / "up.yaml")
    (inside / "circle.yaml").symlink_to(inside / "circle.yaml")
    (only,) = refusals(path)
    assert (only.rule, only.message, only.path) == (rule, message, "extends[0]")
    assert (only.places[0].line, only.places[0].column) == (3, 11)


def test_a_base_may_lie_anywhere_in_the_repository(tmp_path: Path) -> None:
    """Also above the blueprint, where the folder with .git is above it."""
    (tmp_path / ".git").mkdir()
    own = OWN.replace("base.yaml", "../shared/base.yaml")
    path = (
        written(tmp_path, shared_base=BASE, blueprints_own=own).parent / "blueprints" / "own.yaml"
    )
    assert "b" in named(joined(path).root)


def test_all_bases_are_judged_at_once(tmp_path: Path) -> None:
    """One run says all."""
    own = OWN.replace("[base.yaml]", "[one.yaml, two.yaml, broken.yaml]")
    found = refusals(written(tmp_path, own=own, broken="a: ["))
    assert [finding.rule for finding in found] == ["MLG-L004", "MLG-S012", "MLG-S012"]


def test_standard_input_extends_files_of_the_current_folder(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """It has no folder of its own."""
    written(tmp_path, base=BASE)
    monkeypatch.chdir(tmp_path)
    assert "b" in named(extended(document(OWN, file="<stdin>")).root)


TREES = st.recursive(
    st.integers(0, 3).map(str) | st.lists(st.sampled_from("xyz"), max_size=2),
    lambda inner: st.dictionaries(st.sampled_from("abc"), inner, min_size=1, max_size=3),
    max_leaves=8,
)


@given(TREES)
def test_merging_a_document_with_itself_changes_nothing(tree: Any) -> None:
    """Nor does merging it onto nothing."""
    one, other = (document(str({"a": tree})).root for _ in "12")
    assert merged(one, other) == one


@given(TREES, TREES)
def test_the_own_value_is_always_kept(base: Any, own: Any) -> None:
    """Whatever the base says, nothing that the blueprint states is lost."""
    made = merged(document(str({"k": base})).root, document(str({"k": own, "o": 1})).root)
    assert made["o"] == 1
    assert merged(made, document(str({"k": own})).root) == made
