"""F9: what goes on in a vCenter all day is no drift; what is under way is named as such."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest

from tests.acceptance import diffing, vcenter
from tests.acceptance.churn import Churn
from tests.acceptance.furnished import NAMESPACE

pytestmark = pytest.mark.tools

SEED = 9
STEPS = 120
EVERY = 30
KINDS = 15


@pytest.fixture(scope="module")
def site(start_site: Callable[..., diffing.Site], drops: list[dict[str, Any]]) -> diffing.Site:
    """A site of this module's own: what churns is not taken back."""
    made = start_site("-vms", "20")
    made.tell(*diffing.by_hand(drops), {"do": "keep"})
    return made


def told(ran: diffing.Ran) -> list[Any]:
    """What a diff calls drift, and what of ours it calls gone."""
    return ran.rows


def test_f9_churn_is_no_drift(site: diffing.Site) -> None:
    before = site.diff()
    with vcenter.Rest(site.endpoint) as rest, vcenter.soap(site.endpoint) as soap:
        churn = Churn(site, rest, soap, SEED)
        drift = []
        for number in range(1, STEPS + 1):
            churn.step()
            if number % EVERY == 0:
                drift += told(site.diff())
        churn.settle()
    after = site.diff()
    assert drift == []
    assert told(before) == told(after) == []
    assert churn.done.total() == STEPS
    assert len(churn.done) == KINDS


@pytest.mark.parametrize(
    ("wish", "kind", "key"),
    [
        (
            {
                "do": "rest", "store": "namespaces", "key": NAMESPACE,
                "path": "config_status", "value": "CONFIGURING",
            },
            "namespace", NAMESPACE,
        ),
        (
            {
                "do": "rest", "store": "supervisors", "path": "config_status",
                "key": "5f7a0c9e-2d41-4e0f-8a55-1c2b3d4e5f60", "value": "CONFIGURING",
            },
            "supervisor", "sup-ams1",
        ),
        (
            {
                "do": "set", "object": "HostSystem:esx-02", "path": "runtime.inMaintenanceMode",
                "value": True,
            },
            "host", "esx-02",
        ),
    ],
    ids=["namespace", "supervisor", "maintenance"],
)  # fmt: skip
def test_f9_a_transient_is_named(
    calm: diffing.Site, wish: dict[str, Any], kind: str, key: str
) -> None:
    calm.tell(wish)
    ran = calm.diff()
    assert (kind, key) in {(one["kind"], one["key"]) for one in ran.answer["transitions"]}
    assert ran.rows == []
    assert ran.code == 0
