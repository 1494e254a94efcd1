"""A live comparison: reads, reads again what differs, asks who changed it, closes in any case."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator
from contextlib import contextmanager

import pytest

from generator.api.diffing import AS_USUAL, diff
from generator.cli.difference_view import about
from generator.diff.verdict import exit_status
from generator.finding import CannotRun
from generator.record import altered
from generator.vcenter.snapshot import Event, Failed, Snapshot, Unread, VcenterSeen
from generator.vcenter.wanted import Wanted
from tests.diff.worlds import ACME, inside, unread, with_field, without, world
from tests.example import ROOT

CLASS = ("vm-class", "h100-40c-r10da02")
BLUEPRINT = ROOT / "blueprints/acme-ml.yaml"
ASKED = AS_USUAL._replace(out=ROOT / "tests" / "golden", as_of="2026-11-20")


class Session:
    """A reading that notes what is asked of it."""

    def __init__(self, first: VcenterSeen, second: VcenterSeen) -> None:
        self.snapshot = Snapshot(vcenters=(first,))
        self.second = Snapshot(vcenters=(second,))
        self.reread: list[set[str]] = []
        self.asked: list[tuple[str, str, str]] = []
        self.wanted: Wanted | None = None
        self.closed = False

    def again(self, kinds: Iterable[str]) -> Snapshot:
        """The second reading."""
        self.reread.append(set(kinds))
        return self.second

    def events(self, objects: Iterable[tuple[str, str, str]]) -> tuple[Event, ...]:
        """Somebody did it."""
        self.asked = list(objects)
        return tuple(
            Event(
                kind=kind,
                key=key,
                at="2026-11-20T05:00:00Z",
                user=user,
                what="edited",
                vcenter=vcenter,
            )
            for vcenter, user in (("vc-ams1", "joe"), ("vc-other", "ann"))
            for _, kind, key in self.asked
        )


@pytest.fixture
def reading(monkeypatch: pytest.MonkeyPatch) -> Callable[[Session], None]:
    """Puts a session in the place of vCenters."""

    def placed(session: Session) -> None:
        @contextmanager
        def observing(_: object, wanted: Wanted, *__: object) -> Iterator[Session]:
            session.wanted = wanted
            try:
                yield session
            finally:
                session.closed = True

        monkeypatch.setattr("generator.api.observing.observing", observing)
        monkeypatch.setattr("generator.api.observing.vcenter_settings", tuple)

    return placed


def test_nothing_is_read_twice_where_nothing_differs(reading: Callable[[Session], None]) -> None:
    """And nobody is asked for events."""
    session = Session(world(), world())
    reading(session)
    assert diff(BLUEPRINT, asked=ASKED).differences == ()
    assert (session.reread, session.asked, session.closed) == ([], [], True)


def test_what_differs_is_read_again_and_told_with_who_did_it(
    reading: Callable[[Session], None],
) -> None:
    """F13: only the kinds that differ."""
    edited = with_field(world(), CLASS, "vcpus", 9)
    session = Session(edited, edited)
    reading(session)
    (found,) = diff(BLUEPRINT, asked=ASKED).differences
    assert session.reread == [{"vm-class"}]
    assert found.who is not None
    assert (found.who.user, found.who.vcenter) == ("joe", "vc-ams1")


def test_a_second_reading_that_fails_keeps_what_the_first_one_said(
    reading: Callable[[Session], None],
) -> None:
    """F13: with its exit code, and named, as more may differ."""
    edited = with_field(world(), CLASS, "vcpus", 9)
    session = Session(edited, edited)
    lost = Failed(name="vc-ams1", reason="reset; what differs is of its first reading", mend="m")
    session.second = altered(session.second, failed=(lost,))
    reading(session)
    found = diff(BLUEPRINT, asked=ASKED)
    assert [one.field for one in found.differences] == ["vcpus"]
    assert (found.failed, found.complete) == ((lost,), False)
    assert exit_status(found, ("drift",)) == 2
    assert exit_status(found, ("never",)) == 3
    assert "vc-ams1 was not read again: reset" in "\n".join(about(found))


def test_a_difference_that_is_gone_at_the_second_look_is_not_told(
    reading: Callable[[Session], None],
) -> None:
    """F13: changed objects are read again before they are reported."""
    session = Session(with_field(world(), CLASS, "vcpus", 9), world())
    reading(session)
    assert diff(BLUEPRINT, asked=ASKED).differences == ()


def test_the_reader_is_told_what_is_ours(reading: Callable[[Session], None]) -> None:
    """So that only our VMs, and those with GPUs, are read in full."""
    session = Session(world(), world())
    reading(session)
    diff(BLUEPRINT, asked=ASKED)
    assert session.wanted is not None
    assert session.wanted.instance_uuids == {"vc-ams1": "3f2a7c1e-0d54-4b7b-9a61-7e5f2f8f0a11"}
    assert session.wanted.folders == {"ams1/vm/acme-ml"}
    assert "acme-ml-prod-all" in session.wanted.namespaces


def test_sessions_are_closed_when_the_comparison_cannot_be_made(
    reading: Callable[[Session], None],
) -> None:
    """Another vCenter answers."""
    other = altered(world(), instance_uuid="00000000-0000-0000-0000-000000000000")
    session = Session(other, other)
    reading(session)
    with pytest.raises(CannotRun):
        diff(BLUEPRINT, asked=ASKED)
    assert session.closed


class Removed(Session):
    """Somebody removed it."""

    def events(self, objects: Iterable[tuple[str, str, str]]) -> tuple[Event, ...]:
        """As vCenter's events tell of a removal."""
        told = super().events(objects)
        return tuple(altered(one, what="HostRemovedEvent") for one in told)


def test_a_removal_among_the_events_is_evidence_that_a_host_is_gone(
    reading: Callable[[Session], None],
) -> None:
    """F9: without it, hosts of which one may be hidden are only not seen."""
    gone = inside(ACME, ("host", "esx-03"))
    lacking = Unread(kind="host", key="", field="", reason="hidden", detail="who knows")
    blind = unread(without(world(), gone), lacking)
    session = Removed(blind, blind)
    reading(session)
    found = diff(BLUEPRINT, asked=ASKED)
    assert ("vc-ams1", "host", "esx-03") in session.asked
    (host,) = (one for one in found.differences if one.kind == "host")
    assert (host.key, host.what, host.who and host.who.user) == ("esx-03", "missing", "joe")


def test_no_event_about_a_name_that_may_repeat_is_taken_for_evidence(
    reading: Callable[[Session], None],
) -> None:
    """F9: a VM of the same name in another folder may be the one that was removed."""
    lacking = Unread(kind="folder", key="", field="", reason="hidden", detail="who knows")
    blind = unread(without(world(), inside(ACME, ("folder", "ams1/vm/acme-ml"))), lacking)
    session = Removed(blind, blind)
    reading(session)
    assert diff(BLUEPRINT, asked=ASKED).differences == ()
    assert session.asked == []
