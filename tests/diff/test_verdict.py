"""What a comparison comes to, for the formats that know findings alone."""

from __future__ import annotations

import pytest

from generator.blueprint.model.governance import DiffIgnore
from generator.diff.differences import Comparison
from generator.diff.verdict import exit_status, findings, only
from generator.finding import Severity
from generator.record import altered
from generator.vcenter.snapshot import Event, Failed, Seen, Unread, Value, VcenterSeen
from tests.diff import worlds
from tests.diff.worlds import unread, whole, with_field, with_more, without, world

CLUSTER = ("cluster", "gpu-a")
LOST = Failed(name="vc-fra2", reason="no answer in time", mend="look after it")


def changed_by_eve() -> Comparison:
    """A cluster setting, with the event of its change."""
    event = Event(kind="cluster", key="gpu-a", at="2026-11-20T10:00:00Z", user="eve", what="set")
    seen = with_field(world(), CLUSTER, "drs_automation", "manual")
    return whole(altered(seen, events=(event,)))


def short_of_slots() -> Comparison:
    """Every GPU runs somebody else's vGPU."""
    seen = world()
    for number, one in enumerate(o for o in seen.objects if o.kind == "gpu"):
        path = f"ams1/vm/vdi/foreign-{number}"
        fields: dict[str, Value] = {"power": "poweredOn", "vgpus": ("nvidia_h100-80c",)}
        seen = with_field(seen, (one.kind, one.key), "vms", (f"foreign-{number}",))
        seen = with_more(seen, Seen(kind="vm", key=path, ident=path, fields=fields))
    return whole(seen)


def test_every_format_tells_who_changed_it_and_when() -> None:
    """From vCenter's events, where they may be read."""
    (found,) = findings(changed_by_eve())
    assert found.message.endswith("(changed by eve at 2026-11-20T10:00:00Z: set)")


def test_a_vcenter_that_was_not_read_is_a_finding_of_every_format() -> None:
    """A pipeline must not show a green test for it."""
    found = findings(altered(whole(world()), failed=(LOST,)))
    assert [(f.rule, f.severity, f.path) for f in found] == [
        ("MLG-V040", Severity.ERROR, "vc-fra2")
    ]
    assert (found[0].message, found[0].mend) == (
        "vc-fra2 was not read: no answer in time",
        "look after it",
    )


@pytest.mark.parametrize(
    ("asked", "status", "rules", "profiles"),
    [("namespace", 0, set(), 0), ("gpu", 2, {"MLG-V021"}, 6), ("vm", 2, {"MLG-V021"}, 6)],
)
def test_what_is_not_asked_for_fails_no_run(
    asked: str, status: int, rules: set[str], profiles: int
) -> None:
    """--only: findings and slots too."""
    found = only(short_of_slots(), (asked,))
    assert exit_status(found, ("drift",)) == status
    assert ({one.rule for one in found.findings}, len(found.slots)) == (rules, profiles)


def test_transitions_of_other_kinds_are_left_out_too() -> None:
    """--only."""
    seen = altered(world(), in_transition=(("host", "esx-01", "task"), ("vm", "x", "task")))
    found = only(whole(seen), ("host",))
    assert [one.kind for one in found.transitions] == ["host"]


def unused(seen: VcenterSeen, rule: DiffIgnore, *failed: Failed) -> list[str]:
    """The rules that say something about an ignore rule of the example."""
    its = worlds.sides()._replace(ignore=(rule,))
    from generator.diff.examine import examine

    return [one.rule for one in examine(its, {"vc-ams1": seen}, failed, "2026-11-20").findings]


@pytest.mark.parametrize(
    ("expires", "told"), [("2026-12-31", []), ("2026-11-19", ["MLG-V030"])], ids=["valid", "past"]
)
def test_a_rule_about_what_was_not_read_is_not_called_unused(expires: str, told: list[str]) -> None:
    """Its difference may be there, unseen; one past its day is past it all the same."""
    rule = DiffIgnore(kind="network", key=None, field=None, reason="trial", expires=expires)
    lacking = Unread(kind="network", key="", field="", reason="permission", detail="NoPermission")
    networks = {(one.kind, one.key) for one in world().objects if one.kind == "network"}
    assert unused(unread(without(world(), networks), lacking), rule) == told
    assert unused(world(), rule, LOST) == told


def test_a_rule_about_what_was_read_is_called_unused() -> None:
    """F37."""
    rule = DiffIgnore(kind="network", key=None, field=None, reason="x", expires="2026-12-31")
    assert unused(world(), rule) == ["MLG-V031"]
