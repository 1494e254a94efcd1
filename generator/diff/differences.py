"""What a comparison finds, as plain records: the core returns them, reports print them."""

from __future__ import annotations

from typing import Literal

from generator.diff.asserted.record import Mend, Owner
from generator.finding import Finding, Severity
from generator.record import Record, record
from generator.vcenter.snapshot import Event, Failed, Value

What = Literal["missing", "changed", "renamed", "superfluous"]
"""``superfluous`` is ours and no longer wanted by the desired state."""

Standing = Literal["drift", "pending", "conflict", "already-there", "in-transition"]
"""Three ways (F7): live is not what was applied; desired is not; neither, in the same field; live
is as desired before anybody applied it. What a running task changes is in transition (F9)."""


@record
class Difference(Record):
    """One object, one field ("" for the whole object), and its values.

    ``applied`` is what the last applied release said, equal to ``desired`` where there is none.
    ``basis`` says whose word live is held against: the plan's or the site's. ``along`` counts
    what went with the object, as a host's GPUs do.
    """

    vcenter: str
    kind: str
    key: str
    field: str
    what: What
    standing: Standing
    severity: Severity
    desired: Value
    applied: Value
    live: Value
    basis: Literal["plan", "site", "snapshot"]
    owner: Owner
    consequence: str
    mend: Mend
    ident: str = ""
    along: int = 0
    who: Event | None = None
    transition: str = ""


@record
class Unmanaged(Record):
    """Something in our containers, or scarce, that no plan has (F12)."""

    vcenter: str
    kind: str
    key: str
    why: str
    owner: str = ""
    slots: tuple[str, ...] = ()
    severity: Severity = Severity.WARNING
    who: Event | None = None


@record
class Unreadable(Record):
    """What could not be compared: an object, a field ("" for whole objects), and why.

    ``by_design``: out of reach of the chosen role (F8), listed and never counted. ``hidden``:
    may be missing, or only hidden from the account (F9).
    """

    vcenter: str
    kind: str
    key: str
    field: str
    reason: str
    detail: str
    by_design: bool = False
    hidden: bool = False


@record
class Ignored(Record):
    """A difference or an unmanaged thing that an ignore rule of the blueprint covers."""

    of: Difference | Unmanaged
    reason: str
    expires: str


@record
class Unasserted(Record):
    """A field of one of our objects of which nobody states anything."""

    vcenter: str
    kind: str
    key: str
    field: str
    live: Value


@record
class Transition(Record):
    """An object that is changing by itself: a task, a condition, maintenance (F9)."""

    vcenter: str
    kind: str
    key: str
    what: str


@record
class Slots(Record):
    """Slots of one device on the GPUs that a vCenter's sites state: counts.

    ``profile`` is a vGPU profile; on a vCenter of VCF 9 also a device group or the ids of a GPU
    that VMs take whole.

    ``planned`` is what the plan runs at most; ``used`` and ``foreign`` run, ours and not;
    ``free`` would still start; ``stranded`` are free in framebuffer on GPUs that are locked to
    another profile or mode. ``remaining`` is what vCenter itself counts by the DirectPath profile
    of the device, with what is reserved for us and not used yet; None where it counts nothing.
    ``offered`` is False where it says that no host there has the device, empty or not.
    """

    vcenter: str
    profile: str
    planned: int
    used: int
    foreign: int
    free: int
    stranded: int
    remaining: int | None = None
    offered: bool = True

    @property
    def capacity(self) -> int:
        """How many more start: what vCenter counts, and no more than the geometry gives (F30)."""
        return self.free if self.remaining is None else min(self.free, self.remaining)

    @property
    def bound(self) -> str:
        """What bounds the capacity: ``geometry``, ``vcenter``, or ``both``."""
        if self.remaining is None or self.free < self.remaining:
            return "geometry"
        return "both" if self.free == self.remaining else "vcenter"

    @property
    def short(self) -> int:
        """Planned devices that find no slot."""
        return max(0, self.planned - self.used - self.capacity)


@record
class Adoption(Record):
    """An object that is there already and is to become ours, and how (F14).

    ``by`` is ``import``, ``manifest`` or ``refused``; ``block`` is Terraform's, ``step`` the root
    in whose turn it comes, ``fields`` those that forbid it.
    """

    vcenter: str
    kind: str
    key: str
    step: str
    by: Literal["import", "manifest", "refused"]
    block: str = ""
    command: str = ""
    fields: tuple[str, ...] = ()


@record
class Reading(Record):
    """One vCenter as it was read, and which release it says is applied ("" for none)."""

    vcenter: str
    version: str
    role: str
    started: str
    ended: str
    objects: int
    applied: str = ""


@record
class Comparison(Record):
    """All that a comparison of one platform with its vCenters found.

    ``applied`` is the release that desired and live were compared through, "" where two ways are
    all there is and ``two_way`` says why.
    """

    platform: str
    release: str
    applied: str
    two_way: str
    as_of: str
    readings: tuple[Reading, ...]
    failed: tuple[Failed, ...] = ()
    differences: tuple[Difference, ...] = ()
    unmanaged: tuple[Unmanaged, ...] = ()
    others: int = 0
    unreadable: tuple[Unreadable, ...] = ()
    transitions: tuple[Transition, ...] = ()
    slots: tuple[Slots, ...] = ()
    adoptions: tuple[Adoption, ...] = ()
    ignored: tuple[Ignored, ...] = ()
    unasserted: tuple[Unasserted, ...] = ()
    findings: tuple[Finding, ...] = ()
    uncompared: tuple[tuple[str, str], ...] = ()
    compared: int = 0

    @property
    def complete(self) -> bool:
        """Whether all was read that the role should see; what is out by design does not count."""
        return not self.failed and all(one.by_design for one in self.unreadable)

    def standing(self, *standings: Standing) -> tuple[Difference, ...]:
        """The differences of some standings."""
        return tuple(one for one in self.differences if one.standing in standings)
