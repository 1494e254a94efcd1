"""Images of clusters."""

from __future__ import annotations

from typing import Any

import pytest

from generator.vcenter.failures import Unreadable
from generator.vcenter.rest_kinds import images
from generator.vcenter.snapshot import Unread
from tests.vcenter.answers import world
from tests.vcenter.rest_kinds.stand_in import answering

PATH = "/api/esx/settings/clusters/domain-c9/software"


@pytest.mark.parametrize(
    ("answers", "image"),
    [
        ({PATH: {"base_image": {"version": "8.0.3-0.0.1"}}}, "8.0.3-0.0.1"),
        ({PATH: {}}, None),
        ({}, None),
    ],
)
def test_a_cluster_has_an_image_or_none(answers: dict[str, Any], image: str | None) -> None:
    assert images.read(answering(answers), world(), []) == {"domain-c9": image}


def test_an_image_that_may_not_be_read_is_unread() -> None:
    unread: list[Unread] = []
    refused = {PATH: Unreadable("permission", "403")}
    assert images.read(answering(refused), world(), unread) == {}
    assert [(one.key, one.field, one.reason) for one in unread] == [
        ("gpu-a", "image", "permission")
    ]
