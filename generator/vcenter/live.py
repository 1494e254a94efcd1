"""All vCenters of one run: read side by side, closed in every case."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Sequence
from contextlib import contextmanager

from generator.vcenter.settings import Connection
from generator.vcenter.snapshot import Event, Snapshot
from generator.vcenter.wanted import Role, Wanted


class Live:
    """Open sessions and what was read by them."""

    snapshot: Snapshot

    def again(self, kinds: Iterable[str]) -> Snapshot:
        """The snapshot with the objects of these kinds read anew (F13)."""
        raise NotImplementedError

    def events(self, objects: Iterable[tuple[str, str, str]]) -> tuple[Event, ...]:
        """Who changed these last: (vCenter, kind, key) each, by vCenter's events."""
        raise NotImplementedError


@contextmanager
def open_sessions(
    settings: Sequence[Connection],
    wanted: Wanted,
    role: Role,
    progress: Callable[[str, int, int], None] | None,
) -> Iterator[Live]:
    """Logs in everywhere, reads, and logs out when the block ends."""
    raise NotImplementedError
    yield
