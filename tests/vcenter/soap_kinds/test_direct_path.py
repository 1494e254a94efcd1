"""DirectPath profiles as a vCenter of version 9 tells them (F30)."""

from __future__ import annotations

from types import SimpleNamespace
from typing import Any

import pytest
from pyVmomi import vim, vmodl

from generator.vcenter.failures import Stopped
from generator.vcenter.snapshot import Seen, Unread
from generator.vcenter.soap_kinds.direct_path import profiles
from generator.vcenter.soap_kinds.hosts import VGPU_TYPES
from tests.vcenter.answers import named, prop, refused
from tests.vcenter.soap_kinds.test_hosts import EQUIPPED, host

TYPES = vim.DirectPathProfileManager
OFFERED = prop(VGPU_TYPES, "ArrayOfString", "<string>nvidia_h100-20c</string>")
FIRST, SECOND = "nvidia_h100-20c", "nvidia_h100-40c"


def info(number: int, vgpu: str, description: str | None = None) -> Any:
    return TYPES.DirectPathProfileInfo(
        id=f"p-{number}", name=f"n{number}", description=description, vendorName="NVIDIA",
        deviceConfig=TYPES.VmiopDirectPathConfig(vgpuProfile=vgpu),
    )  # fmt: skip


LISTED = [info(1, FIRST, "mlgen:p/x"), info(2, SECOND)]


def capacity(number: int, remaining: int) -> Any:
    return TYPES.CapacityInfo(
        profile=LISTED[number - 1], consumed=1, remaining=remaining, max=80, unusedReservation=2
    )


class Manager:
    """Answers as it is told, and notes what it was asked."""

    def __init__(self, answer: Any) -> None:
        self.answer = answer
        self.asked: list[tuple[str, list[str]]] = []

    def ListDirectPathProfiles(self, _: Any) -> Any:  # noqa: N802 - as the API calls it
        return LISTED

    def QueryDirectPathProfileCapacity(self, target: Any, specs: Any) -> Any:  # noqa: N802
        self.asked.append((str(target.cluster._moId), [each.id for each in specs]))
        if isinstance(self.answer, Exception):
            raise self.answer
        return self.answer


def read(manager: Manager | None, *gpus: str) -> tuple[dict[str, Seen], list[Unread]]:
    """What is read of a cluster whose host has such properties."""
    unread: list[Unread] = []
    session: Any = SimpleNamespace(
        content=SimpleNamespace(directPathProfileManager=manager), stub=None
    )
    found = profiles(session, host(*gpus), unread)
    return {one.key: one for one in found}, unread


def test_f30_an_older_vcenter_has_none_and_nothing_is_asked() -> None:
    assert read(None, *EQUIPPED) == ({}, [])


def test_f30_a_profile_is_read_with_the_counts_of_each_cluster_with_gpus() -> None:
    manager = Manager([capacity(2, 5), capacity(1, 3)])
    found, unread = read(manager, *EQUIPPED)
    assert unread == []
    assert found[FIRST].fields == {
        "name": "n1", "description": "mlgen:p/x", "vendor": "NVIDIA", "consumed.gpu-a": 1,
        "remaining.gpu-a": 3, "maximum.gpu-a": 80, "unused_reservation.gpu-a": 2,
    }  # fmt: skip
    assert (found[SECOND].ident, found[SECOND].fields["description"]) == ("p-2", "")
    assert found[SECOND].fields["remaining.gpu-a"] == 5
    assert manager.asked == [("domain-c9", ["p-1", "p-2"])]


def test_a_cluster_without_gpus_is_not_asked() -> None:
    manager = Manager([])
    found, unread = read(manager, named("HostSystem", "host-9", "x"))
    assert (len(found), unread, manager.asked) == (2, [], [])


def test_f9_what_the_account_may_not_count_is_unread_for_every_profile() -> None:
    refused = vim.fault.NoPermission(privilegeId="System.Read", msg="no")
    found, unread = read(Manager(refused), *EQUIPPED)
    assert "remaining.gpu-a" not in found[FIRST].fields
    assert {(one.key, one.field, one.reason) for one in unread} == {
        ("", f"{figure}.gpu-a", "permission")
        for figure in ("consumed", "remaining", "maximum", "unused_reservation")
    }


@pytest.mark.parametrize("faults", [[vmodl.fault.InvalidArgument(msg="long")], []])
def test_f9_what_vcenter_cannot_count_is_unread_for_that_profile(faults: list[Any]) -> None:
    spec = TYPES.CapacityQueryById(id="p-1")
    unknown = TYPES.CapacityUnknown(querySpec=spec, faultList=faults)
    found, unread = read(Manager([unknown, capacity(2, 5)]), *EQUIPPED, OFFERED)
    assert {one.key for one in unread} == {FIRST}
    assert found[SECOND].fields["remaining.gpu-a"] == 5


@pytest.mark.parametrize(
    ("offered", "lacking"), [(OFFERED, {FIRST}), (refused(VGPU_TYPES), {FIRST, SECOND})]
)
def test_f9_a_count_that_is_lacking_of_what_no_host_offers_is_no_failure(
    offered: str, lacking: set[str]
) -> None:
    """Where the hosts do not tell what they offer, it may be any."""
    _, unread = read(Manager([]), *EQUIPPED, offered)
    assert {one.key for one in unread} == lacking


def test_an_end_of_the_run_ends_it() -> None:
    with pytest.raises(Stopped):
        read(Manager(Stopped()), *EQUIPPED)
