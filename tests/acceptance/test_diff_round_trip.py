"""What was rendered is applied, and a diff finds nothing but what the simulator cannot hold."""

from __future__ import annotations

import json
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from tests.acceptance import diffing

pytestmark = pytest.mark.tools

DROPS = json.loads((Path(__file__).parent / "simulator_drops.json").read_text("utf-8"))


@pytest.fixture(scope="module")
def site(start_site: Callable[..., diffing.Site]) -> diffing.Site:
    """Terraform and the apply script were run; nothing was done by hand."""
    return start_site()


@pytest.fixture(scope="module")
def ran(site: diffing.Site) -> diffing.Ran:
    """The first diff of that."""
    return site.diff()


@pytest.fixture(scope="module")
def done_by_hand(site: diffing.Site, ran: diffing.Ran) -> diffing.Ran:
    """A diff after the steps that no script of the release can take here."""
    assert ran.code == 2, ran.said
    site.tell(*diffing.by_hand(DROPS))
    found = site.diff()
    site.tell({"do": "undo"})
    return found


def row(one: dict[str, Any]) -> tuple[Any, ...]:
    return tuple(one[name] for name in ("kind", "key", "field", "desired", "live"))


def test_what_differs_is_the_committed_list_row_by_row(ran: diffing.Ran) -> None:
    assert sorted(map(repr, ran.rows)) == sorted(repr(row(one)) for one in DROPS)


def test_no_ignore_rule_hides_any_of_it(ran: diffing.Ran) -> None:
    assert ran.answer["ignored"] == []


def test_all_of_it_is_drift_from_the_applied_release(ran: diffing.Ran) -> None:
    assert ran.answer["applied"] == "acme-ml-7"
    assert {one["standing"] for one in ran.answer["differences"]} == {"drift"}
    assert ran.code == 2


def test_every_row_of_the_list_says_why() -> None:
    assert all(one["why"] for one in DROPS)


def test_everything_the_role_should_see_was_read(ran: diffing.Ran) -> None:
    assert ran.answer["complete"] is True
    assert all(one["by_design"] for one in ran.answer["unreadable"])


def test_nothing_is_left_once_the_manual_steps_are_done(done_by_hand: diffing.Ran) -> None:
    assert done_by_hand.rows == []
    assert done_by_hand.answer["unmanaged"] == []
    assert done_by_hand.code == 0


def test_more_than_three_hundred_fields_were_compared(done_by_hand: diffing.Ran) -> None:
    assert done_by_hand.answer["compared"] > 300


def test_before_anything_is_applied_it_says_so_and_compares_two_ways(
    start_simulator: Callable[..., Any], platform: Path
) -> None:
    """F7."""
    found = diffing.Site(start_simulator(), platform.parent).diff()
    missing = [one for one in found.answer["differences"] if one["what"] == "missing"]
    assert found.code == 2
    assert "mlgen-release" in found.answer["two_way"]
    assert {one["kind"] for one in missing} >= {"vm-class", "namespace", "folder"}
