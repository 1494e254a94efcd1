"""Every rendered block is held against the published schema of the newest provider."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest

from tests.acceptance.roots import data_blocks, root_folders
from tests.acceptance.shipped import CREATED, LOOKED_UP
from tests.contracts import provider_schema
from tests.tools import build

pytestmark = pytest.mark.tools


@pytest.fixture(scope="module")
def roots(vcenter_folder: Path) -> dict[str, Any]:
    return {path.name: data_blocks([path]) for path in root_folders(vcenter_folder)}


@pytest.mark.parametrize("root", CREATED)
def test_the_provider_would_take_every_block(roots: dict[str, Any], root: str) -> None:
    assert provider_schema.problems(roots[root], provider_schema.load()) == []


@pytest.mark.parametrize("root", CREATED)
def test_every_block_is_counted(roots: dict[str, Any], root: str) -> None:
    assert provider_schema.counted(roots[root]) == {**CREATED[root], **LOOKED_UP[root]}


@pytest.mark.parametrize("root", CREATED)
def test_every_lookup_of_another_s_object_has_a_postcondition(
    roots: dict[str, Any], root: str
) -> None:
    bare = [
        ".".join(block["labels"])
        for body in roots[root].values()
        for block in body["blocks"]
        if block["type"] == "data"
        and not any(
            inner["type"] == "postcondition"
            for lifecycle in block["blocks"]
            for inner in lifecycle["blocks"]
        )
    ]
    assert bare == []


@pytest.mark.parametrize("root", CREATED)
def test_the_provider_is_pinned_and_holds_no_credential(roots: dict[str, Any], root: str) -> None:
    blocks = [block for body in roots[root].values() for block in body["blocks"]]
    (settings,) = [block for block in blocks if block["type"] == "terraform"]
    (needed,) = [each for each in settings["blocks"] if each["type"] == "required_providers"]
    (provider,) = [block for block in blocks if block["type"] == "provider"]
    pinned = needed["attributes"]["vsphere"]["value"]
    assert pinned["source"] == "vmware/vsphere"
    assert pinned["version"].removeprefix("= ") == build.PROVIDER_VERSION
    assert provider["attributes"] == {}
