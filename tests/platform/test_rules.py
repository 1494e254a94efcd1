"""What the desired state must obey."""

from __future__ import annotations

from dataclasses import replace

from generator.platform.objects import (
    DesiredState,
    Folder,
    Manage,
    Namespace,
    OpenQuestion,
    TagCategory,
    Vcenter,
)
from generator.platform.rules import judge

NAMESPACE = Namespace(
    name="p-dev-a",
    manage=Manage.CREATE,
    environment="dev",
    team="a",
    supervisor="sup",
    supervisor_id="id",
    storage_policies=(),
    content_libraries=(),
    vm_classes=(),
)
VCENTER = Vcenter(
    name="vc",
    instance_uuid="",
    backend=None,
    references=(),
    tag_categories=(
        TagCategory(name="mlgen", description="", multiple=False, associable_types=("Folder",)),
    ),
    tags=(),
    folders=(Folder(path="p", datacenter="dc", tags=()),),
    environment_folders=(),
    storage_policies=(),
    vm_classes=(),
    namespaces=(NAMESPACE,),
)


def state(platform: str, **vcenter: object) -> DesiredState:
    """A state of one vCenter."""
    return DesiredState(
        platform=platform,
        release=f"{platform}-1",
        as_of="2026-11-20",
        vcenters=(replace(VCENTER, **vcenter),),  # type: ignore[arg-type]
        clusters=(),
        questions=(),
        coverage=(),
    )


def found(*states: DesiredState) -> list[tuple[str, str]]:
    """Rule and path of every finding."""
    return [(finding.rule, finding.path) for finding in judge(states)]


def test_two_platforms_cannot_create_one_name() -> None:
    """Category, folder and namespace are claimed twice; the vCenter is named."""
    assert found(state("p"), state("q")) == [
        ("MLG-D001", "vc/folder/dc/p"),
        ("MLG-D001", "vc/namespace/p-dev-a"),
        ("MLG-D001", "vc/tag-category/mlgen"),
    ]


def test_another_vcenter_is_another_world() -> None:
    """The same names do not meet."""
    assert found(state("p"), state("q", name="other")) == []


def test_names_that_vcenter_refuses_are_found_before_it_does() -> None:
    """Too long, and empty."""
    long = replace(NAMESPACE, name="x" * 64)
    empty = replace(NAMESPACE, name="")
    rules = [rule for rule, _ in found(state("p", namespaces=(long, empty)))]
    assert rules == ["MLG-D002", "MLG-D002"]


def test_two_objects_of_one_name_are_found() -> None:
    """A pattern that cannot tell teams apart."""
    twins = (NAMESPACE, replace(NAMESPACE, team="b"))
    assert found(state("p", namespaces=twins)) == [("MLG-D003", "namespaces of vc/p-dev-a")]


def test_an_open_question_is_a_finding_of_its_own_severity() -> None:
    """With its owner and what it blocks."""
    question = OpenQuestion(
        subject="here", question="What?", owner="net", why="because", blocks=("vks-cluster/x",)
    )
    (finding,) = judge([replace(state("p"), questions=(question,))])
    assert finding.severity.value == "question"
    assert "(net)" in finding.message
    assert "vks-cluster/x" in finding.message


def test_two_platforms_of_one_name_would_share_a_folder() -> None:
    """Whatever their vCenters are."""
    assert found(state("p"), state("p", name="other")) == [("MLG-D001", "output/platform/p")]
