"""Tags in the shapes of both APIs."""

from __future__ import annotations

from typing import Any

import pytest

from generator.vcenter.failures import Unreadable
from generator.vcenter.rest_kinds.tags import Tags
from tests.vcenter.rest_kinds.stand_in import answering

CATEGORY = {
    "id": "c:1", "name": "ml-tier", "cardinality": "SINGLE", "description": "tiers",
    "associable_types": ["urn:vim25:Datastore", "ClusterComputeResource"],
}  # fmt: skip
TAG = {"id": "t:1", "name": "bulk", "category_id": "c:1", "description": ""}
ATTACHED = [{"tag_id": "t:1", "object_ids": [{"type": "Datastore", "id": "datastore-5"}]}]


def served(base: str, one: str, mark: str) -> dict[str, Any]:
    return {
        f"{base}/category": ["c:1"],
        f"{base}/category/{one}c:1": CATEGORY,
        f"{base}/tag": ["t:1"],
        f"{base}/tag/{one}t:1": TAG,
        f"{base}/tag-association?{mark}action=list-attached-objects-on-tags": ATTACHED,
    }


@pytest.mark.parametrize(
    "answers",
    [served("/api/cis/tagging", "", ""), served("/rest/com/vmware/cis/tagging", "id:", "~")],
)
def test_both_apis_say_the_same(answers: dict[str, Any]) -> None:
    tags = Tags(answering(answers))
    category, tag = tags.objects()
    assert (category.key, category.ident) == ("ml-tier", "c:1")
    assert category.fields == {
        "cardinality": "SINGLE", "description": "tiers",
        "associable_types": ("ClusterComputeResource", "Datastore"),
    }  # fmt: skip
    assert (tag.key, tag.within, tag.fields) == ("ml-tier/bulk", "ml-tier", {"description": ""})
    assert tags.attached == {"datastore-5": ("ml-tier/bulk",)}


def test_a_vcenter_without_tags_is_not_asked_what_they_are_attached_to() -> None:
    tags = Tags(answering({"/api/cis/tagging/category": None, "/api/cis/tagging/tag": []}))
    assert (list(tags.objects()), tags.attached) == ([], {})


def test_a_tag_that_went_away_meanwhile_is_left_out() -> None:
    answers = served("/api/cis/tagging", "", "")
    del answers["/api/cis/tagging/tag/t:1"]
    assert [one.kind for one in Tags(answering(answers)).objects()] == ["tag-category"]


def test_a_refusal_is_not_taken_for_an_older_api() -> None:
    refused = Unreadable("permission", "403")
    with pytest.raises(Unreadable) as caught:
        Tags(answering({"/api/cis/tagging/category": refused}))
    assert caught.value.reason == "permission"


def test_a_list_with_a_hole_is_no_list() -> None:
    answers = served("/api/cis/tagging", "", "")
    answers["/api/cis/tagging/tag/t:1"] = Unreadable("failed", "500")
    with pytest.raises(Unreadable):
        Tags(answering(answers))
