"""From live vCenters, or from what an earlier reading kept, to a snapshot."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from pathlib import Path
from typing import TYPE_CHECKING

from generator.vcenter.wanted import NOTHING_OURS, Role, Wanted

if TYPE_CHECKING:
    from generator.vcenter.live import Live
    from generator.vcenter.settings import Connection
    from generator.vcenter.snapshot import Snapshot

Progress = Callable[[str, int, int], None]
"""Told what is being read, how many steps are done and how many there are."""


def vcenter_settings(
    refs: Iterable[str] = (), environment: Mapping[str, str] | None = None
) -> tuple[Connection, ...]:
    """How the vCenters called ``refs`` are reached, from the environment.

    Raises:
        CannotRun: naming the variable that is missing.
    """
    import os

    from generator.vcenter.settings import connections

    return connections(refs, os.environ if environment is None else environment)


def observe_vcenters(
    settings: Sequence[Connection],
    wanted: Wanted = NOTHING_OURS,
    role: Role = "diff",
    progress: Progress | None = None,
) -> Snapshot:
    """What the vCenters hold, read once; their sessions are closed when it returns or raises.

    A vCenter that cannot be read is in ``failed``; what an account may not see is in ``unread``.

    Raises:
        CannotRun: where another vCenter answers than ``wanted`` says, before anything is read.
    """
    with observing(settings, wanted, role, progress) as live:
        return live.snapshot


@contextmanager
def observing(
    settings: Sequence[Connection],
    wanted: Wanted = NOTHING_OURS,
    role: Role = "diff",
    progress: Progress | None = None,
) -> Iterator[Live]:
    """As ``observe_vcenters``, with the sessions open until the block ends.

    The answer has ``snapshot``, ``again(kinds)`` for a second reading of some kinds and
    ``events(objects)`` for who changed them.
    """
    from generator.vcenter.live import open_sessions

    with open_sessions(settings, wanted, role, progress) as live:
        yield live


def read_snapshot(path: Path | str) -> Snapshot:
    """The snapshot that ``mlgen inventory export`` wrote.

    Raises:
        CannotRun: where the file is no snapshot, or one that this mlgen cannot read.
        OSError: where it cannot be opened.
    """
    from generator.vcenter import archive

    return archive.read_snapshot(path)


def write_snapshot(snapshot: Snapshot, path: Path | str) -> None:
    """Keeps a snapshot, whole or not at all.

    Raises:
        OSError: where it cannot be written.
    """
    from generator.vcenter import archive

    archive.write_snapshot(snapshot, path)


def redact(snapshot: Snapshot, *, names: bool = False) -> Snapshot:
    """The snapshot without the account, and with pseudonyms for names where that is asked for.

    ``MLGEN_PSEUDONYM_KEY`` in the environment is the secret that pseudonyms are made with.
    """
    import os

    from generator.vcenter.redaction import redacted

    return redacted(snapshot, names=names, secret=os.environ.get("MLGEN_PSEUDONYM_KEY", ""))


def site_of(snapshot: Snapshot, *, name: str | None = None) -> str:
    """A SiteInventory document, as YAML, of what a snapshot holds."""
    from generator.vcenter.site import site_text

    return site_text(snapshot, name)


def vcenters_of(sites: Iterable[Path | str]) -> dict[str, str]:
    """The instance ids of the vCenters in SiteInventory files by reference; "" where unknown.

    Raises:
        Refused: where a file is no inventory.
    """
    from generator.source import read
    from generator.supply.read import read_site

    inventories = (read_site(document) for site in sites for document in read(site))
    return {
        one.ref: one.instance_uuid or "" for inventory in inventories for one in inventory.vcenters
    }
