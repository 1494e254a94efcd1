"""Content libraries in the shapes of both APIs."""

from __future__ import annotations

import pytest

from generator.vcenter.rest_kinds import libraries
from generator.vcenter.world import World
from tests.vcenter.answers import fields
from tests.vcenter.rest_kinds.stand_in import answering

LIBRARY = {
    "id": "l-1", "name": "vkr", "type": "SUBSCRIBED", "description": "images",
    "storage_backings": [{"type": "DATASTORE", "datastore_id": "datastore-5"}, {"type": "OTHER"}],
    "subscription_info": {"subscription_url": "https://x/lib.json", "on_demand": True,
                          "automatic_sync_enabled": False},
}  # fmt: skip


@pytest.mark.parametrize(
    ("base", "one"), [("/api/content/library", ""), ("/rest/com/vmware/content/library", "id:")]
)
def test_both_apis_say_the_same(base: str, one: str) -> None:
    session = answering({base: ["l-1"], f"{base}/{one}l-1": LIBRARY})
    assert fields(libraries.objects(libraries.read(session), World())) == {
        "type": "subscribed", "description": "images", "datastores": ("datastore-5",),
        "subscription_url": "https://x/lib.json", "automatic_sync": False, "on_demand": True,
    }  # fmt: skip


def test_a_local_library_has_no_source() -> None:
    local = {"id": "l-2", "name": "own", "type": "LOCAL"}
    found = fields(libraries.objects([local], World()))
    assert (found["type"], found["subscription_url"], found["datastores"]) == ("local", None, ())


@pytest.mark.parametrize(
    ("url", "kept"),
    [
        ("https://joe:s3cret@x.example:8443/lib.json", "https://x.example:8443/lib.json"),
        ("https://x.example/a@b/lib.json", "https://x.example/a@b/lib.json"),
        ("lib.json", "lib.json"),
        (7, None),
    ],
)
def test_no_account_in_an_address_is_kept(url: object, kept: str | None) -> None:
    """F13: a subscription may hold one, and a snapshot must not."""
    one = {**LIBRARY, "subscription_info": {"subscription_url": url}}
    assert fields(libraries.objects([one], World()))["subscription_url"] == kept
