"""All vCenters of one run: read side by side, closed in every case."""

from __future__ import annotations

import threading
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from functools import partial
from typing import Any

from generator.finding import CannotRun
from generator.record import altered
from generator.vcenter.calls import NotARead
from generator.vcenter.failures import Refused, Stopped, WrongVcenter, told
from generator.vcenter.reading import Progress, Reading
from generator.vcenter.settings import Connection
from generator.vcenter.snapshot import Event, Failed, Snapshot, VcenterSeen
from generator.vcenter.wanted import Role, Wanted

_LAST_WAIT_S = 20.0
AGAIN = "; what differs is of its first reading"
"""After the reason of a vCenter that answered once."""
Outcome = BaseException | None
_GREETING = "RetrieveServiceContent: "
_MENDS = (
    (
        "SHA-256",
        "ask its administrator whether that is its own, then name it in VSPHERE_THUMBPRINT",
    ),
    ("authorities in", "correct VSPHERE_CA_FILE, or GOVC_TLS_CA_CERTS"),
    ("Hostname mismatch", "name the server as its certificate does, or use VSPHERE_THUMBPRINT"),
    (
        "CERTIFICATE_VERIFY_FAILED",
        "name its authority with VSPHERE_CA_FILE or pin it with VSPHERE_THUMBPRINT",
    ),
    ("WRONG_VERSION_NUMBER", "name the port that speaks HTTPS in VSPHERE_SERVER"),
    ("no vCenter", "name the vCenter itself in VSPHERE_SERVER: something else answers there"),
    ("", "check the server's name, the network and that vCenter is up, then run it again"),
)
"""What a sign in a failure's words asks for; the last is for all others."""


class Live:
    """Open sessions and what was read by them."""

    def __init__(self, readings: Sequence[Reading], failed: dict[str, Failed]) -> None:
        self._readings = readings
        self._failed = failed
        self.snapshot = self._joined([each.seen() for each in readings])

    def _joined(self, seen: Iterable[VcenterSeen]) -> Snapshot:
        return Snapshot(
            vcenters=tuple(seen),
            failed=tuple(self._failed[name] for name in sorted(self._failed)),
        )

    def again(self, kinds: Iterable[str]) -> Snapshot:
        """The snapshot with the objects of these kinds read anew (F13).

        What a vCenter said at first stays where it does not answer again; it is among the failed.
        """
        wanted = frozenset(kinds)
        outcomes = side_by_side([partial(each.again, wanted) for each in self._readings])
        seen: list[VcenterSeen] = []
        for each, first, outcome in zip(
            self._readings, self.snapshot.vcenters, outcomes, strict=True
        ):
            _note(each, outcome, self._failed, AGAIN)
            seen.append(each.seen() if outcome is None else first)
        self.snapshot = self._joined(seen)
        return self.snapshot

    def events(self, objects: Iterable[tuple[str, str, str]]) -> tuple[Event, ...]:
        """Who changed or removed these last: (vCenter, kind, key) each, by vCenter's events.

        They are told where they can be read; a vCenter that says nothing more loses no answer.
        """
        wanted = set(objects)
        found: list[Event] = []
        for reading, seen in zip(self._readings, self.snapshot.vcenters, strict=True):
            some = [one for one in seen.objects if (seen.name, one.kind, one.key) in wanted]
            there = {(seen.name, one.kind, one.key) for one in some}
            gone = [at[1:] for at in sorted(wanted - there) if at[0] == seen.name]
            try:
                told_of = (*reading.events(some), *reading.removals(gone))
                found += (altered(one, vcenter=seen.name) for one in told_of)
            except (NotARead, Stopped):
                raise
            except Exception:  # noqa: BLE001, S112 (whatever ends it; the comparison stands)
                continue
        return tuple(found)


@contextmanager
def open_sessions(
    settings: Sequence[Connection],
    wanted: Wanted,
    role: Role,
    progress: Progress | None,
) -> Iterator[Live]:
    """Logs in everywhere, reads, and logs out when the block ends, however it ends.

    Raises:
        CannotRun: where another vCenter answers than is meant; nobody has logged in then.
    """
    steps = _Steps(progress or (lambda *_: None))
    readings = [Reading(each, wanted, role, steps.tell) for each in settings]
    try:
        yield _read(readings, steps)
    finally:
        for each in readings:
            each.cut()
        side_by_side([each.close for each in readings], limit_s=_LAST_WAIT_S)


class _Steps:
    """How many of the steps of all vCenters are done, told with what each of them reads."""

    def __init__(self, progress: Progress) -> None:
        self._progress = progress
        self._done = self.total = 0
        self._lock = threading.Lock()

    def tell(self, what: str, came: int, of: int) -> None:
        """A reading's own words and count, as words beside the steps."""
        count = f" {came}{f' of {of}' if of else ''}" if came or of else ""
        with self._lock:
            self._progress(f"{what}{count}", self._done, self.total)

    def counted(self, step: Callable[[], None]) -> Callable[[], None]:
        """The step; once it went well it is one more that is done."""

        def run() -> None:
            step()
            with self._lock:
                self._done += 1

        return run


def _read(readings: list[Reading], steps: _Steps) -> Live:
    failed: dict[str, Failed] = {}
    left = _those_that(readings, [each.greet for each in readings], failed)
    left = _those_that(left, [each.login for each in left], failed)
    parts = [(each, part) for each in left for part in each.parts()]
    steps.total = len(parts) + len(left)
    outcomes = side_by_side([steps.counted(part) for _, part in parts])
    for (each, _), outcome in zip(parts, outcomes, strict=True):
        _note(each, outcome, failed)
    left = _without(left, failed)
    outcomes = side_by_side([steps.counted(one.finish) for one in left])
    for each, outcome in zip(left, outcomes, strict=True):
        _note(each, outcome, failed)
    return Live(_without(left, failed), failed)


def _without(readings: Sequence[Reading], failed: Mapping[str, Failed]) -> list[Reading]:
    """Those that have not failed."""
    return [each for each in readings if each.connection.name not in failed]


def _those_that(
    readings: list[Reading], steps: list[Callable[[], None]], failed: dict[str, Failed]
) -> list[Reading]:
    """The readings whose step went well; a vCenter that is not the one meant ends everything."""
    for each, outcome in zip(readings, side_by_side(steps), strict=True):
        if isinstance(outcome, WrongVcenter):
            raise CannotRun(f"{outcome}; nothing was read") from None
        _note(each, outcome, failed)
    return _without(readings, failed)


def _note(reading: Reading, outcome: Outcome, failed: dict[str, Failed], after: str = "") -> None:
    if outcome is None:
        return
    if not isinstance(outcome, Exception) or isinstance(outcome, NotARead):
        raise outcome
    name = reading.connection.name
    reason = f"{_reason(reading.connection, outcome)}{after}"
    failed.setdefault(name, Failed(name=name, reason=reason, mend=_mend(outcome)))


def _reason(connection: Connection, error: Exception) -> str:
    """In words; a failure of the network also says where."""
    if isinstance(error, Refused | CannotRun):
        return str(error)
    return f"{connection.host}:{connection.port}: {told(error).detail.removeprefix(_GREETING)}"


def _mend(error: Exception) -> str:
    if isinstance(error, Refused):
        return "correct user and password; it was tried once, so that no account is locked"
    said = f"{type(error).__name__} {error}"
    return next(mend for sign, mend in _MENDS if sign in said)


def side_by_side(
    steps: Sequence[Callable[[], Any]], *, limit_s: float | None = None
) -> list[Outcome]:
    """Runs steps in threads of their own; what each raised, in their order, None for nothing.

    The threads are daemons: an interrupt of the caller does not wait for an answer that will never
    come. Past ``limit_s`` the rest is left to itself.
    """
    outcomes: list[Outcome] = [None] * len(steps)

    def run(number: int) -> None:
        try:
            steps[number]()
        except BaseException as error:  # noqa: BLE001 (told to the caller, whatever it is)
            outcomes[number] = error

    threads = [threading.Thread(target=run, args=(n,), daemon=True) for n in range(len(steps))]
    for each in threads:
        each.start()
    for each in threads:
        each.join(limit_s)
    return outcomes
