"""Waivers lift one rule at one address, under a change, until a day."""

from __future__ import annotations

from typing import Any

import pytest

from generator.blueprint.model.blueprint import Waiver
from generator.guard import Verdict, judge, read_planned
from tests.guard.plans import AS_OF, plan, row

CHANGES = read_planned(
    plan(
        row("vsphere_zone", {"name": "z1"}, None, actions=["delete"]),
        row("vsphere_folder", {"path": "f"}, None, actions=["forget"]),
    )
)


def verdict(*, change_id: str | None = None, **stated: Any) -> Verdict:
    """The verdict with one waiver; ``stated`` is what is odd about it."""
    usual: dict[str, Any] = {
        "rule": "MLG-G001", "path": "vsphere_zone.x", "reason": "moved", "expires": AS_OF,
        "change": "CHG1",
    }  # fmt: skip
    waiver = Waiver(**{**usual, **stated})
    return judge(CHANGES, as_of=AS_OF, waivers=[waiver], change_id=change_id)


@pytest.mark.parametrize("change_id", [None, "CHG1"])
def test_a_waiver_with_change_and_expiry_lifts_the_stop_on_its_last_day(
    change_id: str | None,
) -> None:
    judged = verdict(change_id=change_id)
    (waived,) = judged.waived
    assert (judged.stops, waived.change, waived.stop.rule) == ((), "CHG1", "MLG-G001")


@pytest.mark.parametrize(
    ("stated", "because"),
    [
        ({"expires": "2026-11-19"}, "ended on 2026-11-19"),
        ({"expires": ""}, "no expiry"),
        ({"change": None}, "names no change"),
        ({"path": None}, "names no address"),
        ({"path": "vsphere_zone.y"}, "nothing in this plan"),
        ({"path": "vsphere_zone.*"}, "nothing in this plan"),
        ({"rule": "MLG-G002"}, "nothing in this plan"),
        ({"rule": "MLG-G999"}, "no such rule"),
        ({"change_id": "CHG2"}, "belongs to CHG1, and this is CHG2"),
    ],
)
def test_any_other_waiver_does_not_count_and_is_named(stated: dict[str, Any], because: str) -> None:
    judged = verdict(**stated)
    (idle,) = judged.not_counted
    assert (len(judged.stops), len(judged.waived)) == (1, 0)
    assert because in idle.because


def test_waivers_of_other_rooms_are_not_spoken_of() -> None:
    assert verdict(rule="MLG-B012").not_counted == ()


def test_what_is_forgotten_passes_and_is_shown() -> None:
    (passed,) = verdict().passed
    assert passed.address == "vsphere_folder.x"
    assert "no longer manages" in passed.note
