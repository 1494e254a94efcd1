"""What could not be read, what would show it, and who can grant that (F8)."""

from __future__ import annotations

from collections.abc import Iterator

from generator.asbuilt.facts import Facts
from generator.asbuilt.model import NotSeen
from generator.asbuilt.rules import AllRead
from generator.catalog.privileges import EVERYWHERE
from generator.finding import Finding, Severity
from generator.roles.leaves import reads_of_leaves
from generator.roles.reads import needs
from generator.vcenter.snapshot import Unread

_BASE = ("System.Read",)
"""What a plain Read-only role has, under the name that people look for."""
_ROLES = "mlgen roles BLUEPRINT --for diff-host writes it, once mlgen init has made a blueprint"
_COUNTS = ("cluster", "host", "gpu", "vm", "vcenter", "vm-class")
"""The kinds that the report stands on; what else is unread is listed and no finding."""


def not_seen(facts: Facts) -> Iterator[NotSeen]:
    """Everything that was not read, in the order of kinds and keys."""
    for one in sorted(facts.seen.unread, key=lambda u: (u.kind, u.key, u.field, u.reason)):
        privileges = _privileges(one)
        yield NotSeen(
            kind=one.kind,
            key=one.key,
            field=one.field,
            reason=one.reason,
            detail=one.detail,
            privileges=privileges if one.reason in ("permission", "role", "hidden") else (),
            mend=_mend(one, privileges),
        )


def unread_findings(facts: Facts, unread: tuple[NotSeen, ...]) -> Iterator[Finding]:
    """What is missing in the report for want of a right or of an answer."""
    for one in unread:
        if one.kind in _COUNTS and one.reason in ("permission", "failed"):
            what = " ".join(filter(None, (one.kind, one.key, one.field)))
            yield AllRead.breach(
                f"not read of {facts.seen.name}: {what} ({one.reason}: {one.detail})",
                path="/".join(filter(None, (one.kind, one.key))),
                severity=Severity.WARNING,
                mend=one.mend,
            )
    if any(one.reason == "role" and one.field == "package" for one in unread):
        yield AllRead.breach(
            f"the drivers of the hosts of {facts.seen.name} were not read",
            path="host",
            mend=f"read again with --role diff-host, and an account that has the role ({_ROLES})",
        )


def _privileges(one: Unread) -> tuple[str, ...]:
    """What the reads behind a field or a kind need; Read-only where that is enough."""
    reads = reads_of_leaves()
    exact = f"{one.kind}.{one.field.partition('.')[0]}"
    leaves = [exact] if exact in reads else [leaf for leaf in reads if _of(leaf, one.kind)]
    found = {name for leaf in leaves for name in needs(reads[leaf])} - set(EVERYWHERE)
    return tuple(sorted(found)) if one.field and found else _BASE


def _of(leaf: str, kind: str) -> bool:
    return leaf.partition(".")[0] == kind


def _mend(one: Unread, privileges: tuple[str, ...]) -> str:
    needed = ", ".join(privileges)
    if one.reason == "permission":
        where = f"{one.kind} {one.key}" if one.key else "the root folder"
        return f"whoever administers permissions in vCenter grants {needed} on {where}, propagating"
    if one.reason == "hidden":
        return f"a permission of the account's own with {needed} on the root folder, propagating"
    if one.reason == "role":
        return f"--role diff-host, with {needed} on the hosts ({_ROLES})"
    if one.reason == "endpoint":
        return "nobody: this version of vCenter does not serve it"
    return "read again; if it is lost again, ask whoever runs this vCenter"
