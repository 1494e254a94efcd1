"""What could not be read, what would show it, and who can grant that."""

from __future__ import annotations

import pytest

from generator.asbuilt.model import NotSeen
from generator.vcenter.snapshot import Unread
from tests.asbuilt.world import cluster, only


def told(kind: str, key: str, field: str, reason: str) -> NotSeen:
    lost = Unread(kind=kind, key=key, field=field, reason=reason, detail="said")  # type: ignore[arg-type]
    (one,) = only(cluster(), unread=(lost,)).unread
    return one


@pytest.mark.parametrize(
    ("lost", "privileges"),
    [
        (("vm", "dc/vm/x", "", "permission"), ("System.Read",)),
        (("host", "", "package", "role"), ("Host.Config.Image",)),
        (("host", "", "module_option", "role"), ("Host.Config.Settings",)),
        (("storage-policy", "gold", "rule", "permission"), ("StorageProfile.View",)),
        (("vm-class", "", "", "endpoint"), ()),
        (("vm", "", "", "failed"), ()),
    ],
)
def test_the_privileges_are_those_of_the_reads_behind_a_field(
    lost: tuple[str, str, str, str], privileges: tuple[str, ...]
) -> None:
    """F8, F38: by the registry of reads that the roles are derived from."""
    assert told(*lost).privileges == privileges


@pytest.mark.parametrize(
    ("lost", "mend"),
    [
        (("vm", "dc/vm/x", "", "permission"), "grants System.Read on vm dc/vm/x, propagating"),
        (("gpu", "", "", "permission"), "grants System.Read on the root folder, propagating"),
        (
            ("vm", "", "", "hidden"),
            "a permission of the account's own with System.Read on the root",
        ),
        (("host", "", "package", "role"), "--role diff-host, with Host.Config.Image"),
        (("vm-class", "", "", "endpoint"), "nobody: this version"),
        (("vm", "", "", "failed"), "read again"),
    ],
)
def test_who_can_grant_it_is_said(lost: tuple[str, str, str, str], mend: str) -> None:
    assert mend in told(*lost).mend
