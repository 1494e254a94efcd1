"""Roles as they are derived: privileges with their reasons, and the objects that they go on."""

from __future__ import annotations

from enum import StrEnum

from generator.platform.objects import OpenQuestion
from generator.record import Record, record


class Purpose(StrEnum):
    """What an account with these roles does."""

    APPLY = "apply"
    DIFF = "diff"
    DIFF_HOST = "diff-host"


READ_ONLY = "ReadOnly"
"""vCenter's own role that looks and does nothing; the vSphere Client calls it Read-only."""


@record
class Grant(Record):
    """One privilege of a role: ``operations`` are what needs it, ``calls`` what asks for it.

    ``sources`` are keys of the catalogue's sources.
    """

    privilege: str
    label: str
    effect: str
    operations: tuple[str, ...]
    calls: tuple[str, ...]
    sources: tuple[str, ...]


@record
class Assignment(Record):
    """An object on which a role is given.

    ``kind`` is ``global`` (a global permission), ``vcenter`` (the root of its inventory),
    ``datacenter``, ``folder``, ``cluster``, ``host``, ``datastore``, ``network``, ``switch`` or
    ``vm``. ``below`` is the datacenter of a folder. ``after`` is what must be applied before the
    object is there.
    """

    kind: str
    name: str
    propagate: bool
    below: str = ""
    after: str = ""


@record
class VcenterRole(Record):
    """A role with its privileges and its objects; ``ours`` is false for vCenter's own role.

    vCenter adds System.Anonymous, System.Read and System.View to each role by itself; they are no
    grants here.
    """

    name: str
    ours: bool
    grants: tuple[Grant, ...]
    assignments: tuple[Assignment, ...]


@record
class Unreadable(Record):
    """Fields that an account with these roles cannot read, which is so by design (F8).

    ``readable_with`` is the purpose whose roles read them, or why no role of mlgen does.
    """

    kind: str
    fields: str
    call: str
    needs: tuple[str, ...]
    readable_with: str


@record
class RoleSet(Record):
    """All roles that one purpose needs in one vCenter.

    ``principal`` is the group that gets them, empty where nobody has said which; ``unlisted`` are
    rendered things whose privileges are not known.
    """

    purpose: Purpose
    platform: str
    vcenter: str
    instance_uuid: str
    principal: str
    roles: tuple[VcenterRole, ...]
    unreadable: tuple[Unreadable, ...]
    questions: tuple[OpenQuestion, ...]
    unlisted: tuple[str, ...]

    @property
    def privileges(self) -> tuple[str, ...]:
        """All privileges of all its roles, sorted."""
        return tuple(sorted({g.privilege for role in self.roles for g in role.grants}))


@record
class Read(Record):
    """Fields of a kind and the calls that show them, all of which are needed.

    ``kind`` is that of the desired object where there is one. ``always`` fields are read whatever
    the desired state holds: what is there and who takes scarce things (F12). ``leaves`` are the
    words of a snapshot: a kind of ``vcenter.kinds`` with all leaves that no other read names, or
    one leaf (``host.package``).
    """

    kind: str
    fields: str
    calls: tuple[str, ...]
    always: bool = False
    leaves: tuple[str, ...] = ()
