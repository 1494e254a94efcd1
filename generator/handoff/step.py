"""One step of the work, and the roles that own steps."""

from __future__ import annotations

from generator.record import Record, record

PLATFORM_TEAM, VI_TEAM, STORAGE_TEAM = "platform", "virtualisation", "storage"
NETWORK_TEAM, PROCUREMENT = "network", "procurement"


@record
class Step(Record):
    """One step of the work.

    ``owner`` is a role, ``after`` the titles of steps that must be done before, ``power_off`` what
    has to be powered off for it (empty: nothing), ``rollback`` how it is taken back.
    """

    title: str
    owner: str
    after: tuple[str, ...]
    command: str
    check: str
    expected: str
    rollback: str
    power_off: str = ""
