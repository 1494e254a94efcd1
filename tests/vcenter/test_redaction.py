"""What leaves the site."""

from __future__ import annotations

import json

from generator.vcenter.archive import body, packed, unpacked
from generator.vcenter.redaction import redacted
from tests.vcenter.snapshots import SNAPSHOT

NAMES = (
    "trainer", "esx-01", "gpu-a", "ams1", "pg-wl-01", "nfs-01", "ml-dev", "ml-ops", "secret team",
    "svc-mlgen", "mallory", "gold", "odd one",
)  # fmt: skip


def text(**how: object) -> str:
    return json.dumps(body(redacted(SNAPSHOT, **how)))  # type: ignore[arg-type]


def test_the_account_and_authors_of_events_never_leave() -> None:
    """F13."""
    written = text()
    assert "svc-mlgen" not in written
    assert "mallory" not in written
    assert "trainer" in written


def test_no_name_leaves_where_that_is_asked_for() -> None:
    written = text(names=True)
    assert [name for name in NAMES if f'"{name}' in written or f"/{name}" in written] == []
    assert [name for name in ("secret team", "ml-ops") if name in written] == []


def test_what_is_no_name_stays() -> None:
    (seen,) = redacted(SNAPSHOT, names=True).vcenters
    by_kind = {one.kind: one for one in seen.objects}
    assert by_kind["gpu"].fields["model"] == "Strange GPU"
    assert by_kind["gpu"].key.endswith("/0000:65:00.0")
    assert by_kind["cluster"].fields["drs_automation"] == "fullyAutomated"
    assert by_kind["vm"].key.split("/")[1] == "vm"
    assert by_kind["host"].fields["memory_bytes"] == 1 << 40


def test_an_object_and_what_points_at_it_have_one_pseudonym() -> None:
    (seen,) = redacted(SNAPSHOT, names=True).vcenters
    host = next(one.key for one in seen.objects if one.kind == "host")
    machine = next(one for one in seen.objects if one.fields.get("vgpus"))
    cluster = next(one for one in seen.objects if one.kind == "cluster")
    assert machine.fields["host"] == host
    assert cluster.fields["hosts"] == (host,)
    assert machine.key == "/".join((machine.within, str(machine.fields["name"])))
    assert seen.unread[0].key == seen.in_transition[0][1] == seen.events[0].key == machine.key


def test_pseudonyms_are_stable_and_survive_the_file() -> None:
    once = redacted(SNAPSHOT, names=True)
    assert redacted(SNAPSHOT, names=True) == once
    assert unpacked(packed(once)).vcenters[0].account == once.vcenters[0].account


def test_a_secret_makes_pseudonyms_of_its_own() -> None:
    """Without it somebody who has the snapshot could try names."""
    assert text(names=True, secret="a") != text(names=True, secret="b")


def test_a_redacted_snapshot_is_not_redacted_again() -> None:
    once = redacted(SNAPSHOT)
    assert redacted(once).vcenters[0].account == once.vcenters[0].account
