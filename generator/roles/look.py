"""The roles of ``diff`` and ``diff-host``, and what they cannot read (F8). Pure."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Iterator, Mapping

from generator.catalog.privileges import EVERYWHERE, Effect, call, privilege
from generator.platform.objects import DesiredState, Vcenter
from generator.roles.derive import grant
from generator.roles.model import (
    READ_ONLY,
    Assignment,
    Grant,
    Purpose,
    Read,
    RoleSet,
    Unreadable,
    VcenterRole,
)
from generator.roles.reads import READS, SESSION_LIST, needs

EXCEPTIONS: Mapping[str, str] = {
    "Host.Config.Image": "vCenter shows installed packages to nobody without it",
    "Host.Config.Settings": "vCenter shows module options to nobody without it",
}
"""Rights to change that ``diff-host`` holds, because vCenter demands them for a read."""

SESSIONS: Mapping[str, str] = {
    "Sessions.TerminateSession": "vCenter shows the session list to nobody without it",
}
"""The same, only where the session list is asked for."""

NO_ROLE = "no role of mlgen, as it takes the right {privileges}"


def look_roles(
    state: DesiredState,
    vcenter: Vcenter,
    purpose: Purpose,
    *,
    principal: str = "",
    sessions: bool = False,
) -> RoleSet:
    """The roles of an account that compares a vCenter and changes nothing.

    ``sessions`` also lets it see who is logged in. ``purpose`` is not ``apply``.
    """
    wanted = tuple(read for read in READS if read.always or read.kind in kinds(vcenter))
    views = tuple(_reasons(wanted, _viewing(wanted)))
    name = f"{state.platform}-{Purpose.DIFF.value}"
    roles = [
        VcenterRole(
            name=name if views else READ_ONLY,
            ours=bool(views),
            grants=views,
            assignments=(Assignment(kind="global", name="global root", propagate=True),),
        )
    ]
    if purpose is Purpose.DIFF_HOST:
        roles += _of_hosts(f"{state.platform}-{purpose.value}", vcenter, wanted)
    if sessions:
        seen = _reasons((SESSION_LIST,), SESSIONS)
        roles.append(
            VcenterRole(
                name=f"{name}-sessions",
                ours=True,
                # A permission on an object takes the place of what it would inherit.
                grants=tuple(sorted((*views, *seen), key=lambda each: each.privilege)),
                assignments=(Assignment(kind="vcenter", name=vcenter.name, propagate=False),),
            )
        )
    return RoleSet(
        purpose=purpose,
        platform=state.platform,
        vcenter=vcenter.name,
        instance_uuid=vcenter.instance_uuid,
        principal=principal,
        roles=tuple(role for role in roles if role.assignments),
        unreadable=reach(purpose, sessions=sessions),
        questions=(),
        unlisted=(),
    )


def reach(purpose: Purpose, *, sessions: bool = False) -> tuple[Unreadable, ...]:
    """What an account with the roles of a purpose cannot read: unreadable by design, no failure.

    ``apply`` reads what it acts on and is not meant to compare: it has no reach of its own.
    """
    held = {*EVERYWHERE, *_viewing(READS), *(EXCEPTIONS if purpose is Purpose.DIFF_HOST else ())}
    held |= set(SESSIONS) if sessions else set()
    return tuple(
        Unreadable(
            kind=read.kind,
            fields=read.fields,
            call=name,
            needs=lacking,
            readable_with=_readable_with(lacking),
        )
        for read in (*READS, SESSION_LIST)
        for name, lacking in _beyond(read, held)
    )


def kinds(vcenter: Vcenter) -> frozenset[str]:
    """The kinds of objects that are desired in a vCenter."""
    things: Iterable[Collection[object]] = (
        vcenter.storage_policies, vcenter.vm_classes, vcenter.namespaces, vcenter.accesses,
        vcenter.zones, vcenter.roles, vcenter.host_settings,
    )  # fmt: skip
    found = {str(getattr(thing, "kind", "")) for some in things for thing in some}
    return frozenset(found | ({"supervisor"} if vcenter.namespaces else set()))


def _viewing(reads: Iterable[Read]) -> tuple[str, ...]:
    """The privileges of some reads that only look, but for those in every role."""
    found = {name for read in reads for name in needs(read)} - set(EVERYWHERE)
    return tuple(sorted(name for name in found if privilege(name).effect is Effect.VIEW))


def _of_hosts(name: str, vcenter: Vcenter, wanted: Iterable[Read]) -> Iterator[VcenterRole]:
    yield VcenterRole(
        name=name,
        ours=True,
        grants=tuple(_reasons(wanted, EXCEPTIONS)),
        assignments=tuple(
            Assignment(kind="cluster", name=cluster, propagate=True)
            for cluster in sorted(vcenter.reach.clusters)
        ),
    )


def _reasons(reads: Iterable[Read], privileges: Iterable[str]) -> Iterator[Grant]:
    """The privileges, each with the reads that need it."""
    some = tuple(reads)
    for name in sorted(privileges):
        why = [
            (f"read {read.kind}: {read.fields}", each)
            for read in some
            for each in read.calls
            if (known := call(each)) is not None and name in known.privileges
        ]
        if why:
            yield grant(name, why)


def _beyond(read: Read, held: Collection[str]) -> Iterator[tuple[str, tuple[str, ...]]]:
    for name in read.calls:
        known = call(name)
        lacking = tuple(p for p in (known.privileges if known else ()) if p not in held)
        if lacking:
            yield name, lacking


def _readable_with(lacking: tuple[str, ...]) -> str:
    if all(name in EXCEPTIONS for name in lacking):
        return Purpose.DIFF_HOST.value
    if all(name in SESSIONS for name in lacking):
        return "--sessions"
    return NO_ROLE.format(privileges=", ".join(lacking))
