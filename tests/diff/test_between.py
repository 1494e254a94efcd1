"""Two snapshots: what changed, without any blueprint."""

from __future__ import annotations

import pytest

from generator.diff.between import between
from generator.diff.differences import Comparison
from generator.record import altered
from generator.vcenter.snapshot import Seen, Value, VcenterSeen
from tests.diff import worlds
from tests.diff.worlds import told, with_field, with_more, without, world


def changes(later: VcenterSeen, earlier: VcenterSeen | None = None) -> Comparison:
    """From the perfect world, or another, to a later one."""
    return between([(earlier or world(), later)], (), "2026-11-20")


def test_nothing_changed() -> None:
    """A reading against itself."""
    found = changes(world())
    assert (found.differences, found.unmanaged, found.complete) == ((), (), True)


@pytest.mark.parametrize(
    ("at", "field", "value"),
    [
        (("host", "esx-01"), "build", "2"),
        (("datastore", "fc-gold-01"), "capacity_bytes", 1 << 50),
        (("cluster", "gpu-a"), "hosts", ("esx-01", "esx-02", "esx-03", "esx-04", "esx-05")),
    ],
)
def test_every_change_counts_also_what_no_plan_states(
    at: worlds.Where, field: str, value: object
) -> None:
    """More capacity and foreign entries are changes here."""
    earlier = with_field(world(), ("host", "esx-01"), "build", "1")
    found = changes(with_field(earlier, at, field, value), earlier)  # type: ignore[arg-type]
    assert told(found.differences) == [(*at, field, "changed")]
    assert found.differences[0].basis == "snapshot"


def test_an_option_that_came_was_unset_before() -> None:
    """Maps have entries, not fields: what only the later reading has is a change too."""
    at = ("cluster", "gpu-a")
    found = changes(with_field(world(), at, "drs_option.LBMaxVmotionPerHost", "1"))
    (one,) = found.differences
    assert told(found.differences) == [(*at, "drs_option.LBMaxVmotionPerHost", "changed")]
    assert (one.applied, one.live) == (None, "1")


def test_what_churns_is_left_out() -> None:
    """F9."""
    found = changes(with_field(world(), ("datastore", "fc-gold-01"), "free_bytes", 7))
    assert found.differences == ()


def test_a_rename_keeps_the_id() -> None:
    """F12: by vCenter's own id."""
    found = changes(worlds.renamed(world(), ("network", "pg-mgmt"), "pg-management"))
    assert told(found.differences) == [("network", "pg-management", "name", "renamed")]


def test_vms_come_and_go_but_gpus_are_told_of() -> None:
    """F9 and F12."""
    plain = Seen(kind="vm", key="a/vm/x", ident="1", fields={})
    gpu = Seen(kind="vm", key="a/vm/y", ident="2", fields={"vgpus": ("nvidia_l4-24c",)})
    found = changes(with_more(world(), plain, gpu))
    assert [(u.key, u.slots) for u in found.unmanaged] == [("a/vm/y", ("nvidia_l4-24c",))]
    assert found.others == 1
    gone = changes(world(), with_more(world(), plain, gpu))
    assert told(gone.differences) == [("vm", "a/vm/y", "", "missing")]


def test_a_removed_object_is_missing() -> None:
    """Once."""
    found = changes(without(world(), {("network", "pg-mgmt")}))
    assert told(found.differences) == [("network", "pg-mgmt", "", "missing")]


def test_the_window_is_from_the_one_to_the_other() -> None:
    """F13."""
    earlier = altered(world(), started="2026-11-01T00:00:00Z")
    (reading,) = changes(world(), earlier).readings
    assert (reading.started, reading.ended) == ("2026-11-01T00:00:00Z", world().ended)


def test_what_still_lists_an_object_that_is_gone_is_no_further_row() -> None:
    """A Supervisor lists its zone by name for a while after somebody has deleted it."""
    zone = Seen(kind="zone", key="z1", ident="z1", fields={"clusters": ("gpu-a",)})
    fields: dict[str, Value] = {"id": "s-9", "zones": ("z1",), "clusters": ("gpu-a",)}
    supervisor = Seen(kind="supervisor", key="sup-9", ident="s-9", fields=fields)
    space = Seen(kind="namespace", key="ml", ident="ml", fields={"zones": ("z1",)})
    earlier = altered(world(), objects=(zone, supervisor, space))
    later = altered(world(), objects=(supervisor, space))
    assert told(changes(later, earlier).differences) == [("zone", "z1", "", "missing")]


@pytest.mark.parametrize(
    ("field", "value"), [("maintenance", True), ("connection", "notResponding")]
)
def test_a_host_that_is_out_for_a_while_changes_no_list(field: str, value: Value) -> None:
    """F9: whether datastores and switches still list it or not."""
    out = with_field(world(), ("host", "esx-01"), field, value)
    assert told(changes(out).differences) == []
    left = with_field(out, ("datastore", "fc-gold-01"), "hosts", ("esx-02", "esx-03", "esx-04"))
    assert told(changes(left).differences) == []
    assert told(changes(world(), left).differences) == []
