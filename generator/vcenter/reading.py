"""One vCenter: greet, log in, read three endpoints side by side, join what they said."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator
from contextlib import suppress
from datetime import UTC, datetime
from functools import partial
from typing import Any, TypeVar

from generator.vcenter import kubernetes, pbm, rights
from generator.vcenter.calls import NotARead
from generator.vcenter.failures import Stopped, told
from generator.vcenter.joining import PATHS, TYPES, joined
from generator.vcenter.kinds import KINDS
from generator.vcenter.rest import RestSession
from generator.vcenter.rest_kinds import classes, images, libraries, namespaces, supervisors, tags
from generator.vcenter.retrieve import by_ids, by_view
from generator.vcenter.settings import Connection
from generator.vcenter.snapshot import Event, Seen, Unread, VcenterSeen
from generator.vcenter.soap import SoapSession
from generator.vcenter.soap_kinds import access, direct_path, machines
from generator.vcenter.soap_kinds.modules import driver_fields
from generator.vcenter.trust import tls
from generator.vcenter.wanted import Role, Wanted
from generator.vcenter.world import World

T = TypeVar("T")
_VM = "VirtualMachine"
_OF_MANAGERS = frozenset(("vcenter", "custom-attribute", "role", "permission", direct_path.KIND))
Progress = Callable[[str, int, int], None]
"""Told what is being read, how much has come, and of how much (0 where that is unknown)."""


class Answers:
    """What the endpoints said, before it is joined; None where it was not told."""

    tags: tags.Tags | None = None
    libraries: list[Any] | None = None
    classes: list[Any] | None = None
    zones: list[Any] | None = None
    supervisors: supervisors.Supervisors | None = None
    namespaces: list[Any] | None = None
    policies: pbm.Policies | None = None
    permissions: list[access.Granted]
    direct: list[Seen]
    tasks: list[tuple[str, str]]
    drivers: dict[str, dict[str, Any]]
    kubernetes: list[Seen]

    def __init__(self) -> None:
        self.permissions, self.direct, self.tasks, self.drivers = [], [], [], {}
        self.kubernetes = []


class Reading:
    """The sessions with one vCenter and what they have read so far."""

    def __init__(
        self, connection: Connection, wanted: Wanted, role: Role, progress: Progress
    ) -> None:
        self.connection, self.wanted, self.role = connection, wanted, role
        self._tell = progress
        self._soap: SoapSession | None = None
        self._rest: RestSession | None = None
        self._kubernetes: kubernetes.KubernetesSession | None = None
        self._rest_answers = False
        self._about: Any = None
        self._root = ""
        self._hidden: list[str] | None = None
        self._started = ""
        self.world = World()
        self.answers = Answers()
        self.unread: list[Unread] = []

    @property
    def soap(self) -> SoapSession:
        """The SOAP session of a vCenter that was greeted."""
        assert self._soap is not None
        return self._soap

    def greet(self) -> None:
        """Asks who is there, and makes sure that it is the vCenter that is meant.

        Raises:
            WrongVcenter: where it is another.
            Unreadable, OSError, CannotRun: where nobody answers, or without a trusted certificate.
        """
        context = tls(self.connection)
        self._soap = SoapSession(self.connection, context, host_role=self.role == "diff-host")
        self._rest = RestSession(self.connection, context)
        uuid = self.wanted.instance_uuids.get(self.connection.name, "")
        self._about = self._soap.greet(uuid)

    def login(self) -> None:
        """Logs in by SOAP; by REST only after that, since a wrong password counts each time."""
        self._started = _now()
        self.soap.login()

    def parts(self) -> list[Callable[[], None]]:
        """What may run side by side; VMs are most of an inventory, and are asked for alone."""
        every = [self._read_machines, self._read_soap, self._read_policies, self._read_rest]
        return [*every, self._read_kubernetes] if self.connection.kubeconfig else every

    def _try(self, kinds: Iterable[str], read: Callable[[], T]) -> T | None:
        """The answer; where there is none the kinds are unread, and the rest goes on."""
        try:
            return read()
        except (Stopped, NotARead):
            raise
        except Exception as error:  # noqa: BLE001 (an answer of any shape must not end the rest)
            why = told(error)
            self.unread += (
                Unread(kind=kind, key="", field="", reason=why.reason, detail=why.detail)
                for kind in kinds
            )
            return None

    def _read_machines(self) -> None:
        self.world.take(by_view(self.soap, {_VM: PATHS[_VM]}, self._counter("VMs")))

    def _read_soap(self) -> None:
        others = {kind: paths for kind, paths in PATHS.items() if kind != _VM}
        self.world.take(by_view(self.soap, others, self._counter("objects")))
        self._read_managers()
        self.answers.tasks = self._try((), lambda: access.tasks(self.soap)) or []
        self._root = str(self.soap.content.rootFolder._moId)  # noqa: SLF001

    def _read_managers(self) -> None:
        """What is no managed object of its own: settings, attributes, roles, permissions."""
        direct: list[Seen] = []
        self._try(("vcenter",), lambda: direct.extend(access.vcenter(self.soap, self.unread)))
        self._try(
            ("custom-attribute",), lambda: direct.extend(access.attributes(self.soap, self.world))
        )
        self._try(("role", "permission"), lambda: self._access(direct))
        self._try(
            (direct_path.KIND,),
            lambda: direct.extend(direct_path.profiles(self.soap, self.world, self.unread)),
        )
        self.answers.direct = direct

    def _counter(self, what: str) -> Callable[[int], None]:
        came = 0

        def counted(objects: int) -> None:
            nonlocal came
            came += objects
            self._tell(f"{self.connection.name}: {what}", came, 0)

        return counted

    def _details(self) -> None:
        """Devices of the VMs that are ours or hold a GPU, which took the first pass to know."""
        chosen = machines.detailed(self.world, self.wanted)
        counter = self._counter("devices of VMs")
        try:
            self.world.take(by_ids(self.soap, _VM, chosen, machines.DETAIL, counter))
        except (Stopped, NotARead):
            raise
        except Exception as error:  # noqa: BLE001 (as in _try; the VMs themselves were read)
            why = told(error)
            self.unread += (
                Unread(kind="vm", key="", field=field, reason=why.reason, detail=why.detail)
                for field in machines.DETAIL_FIELDS
            )

    def _access(self, direct: list[Seen]) -> None:
        roles, labels = access.roles(self.soap)
        direct += roles
        self.answers.permissions = (
            self._try(("permission",), lambda: access.permissions(self.soap, labels)) or []
        )

    def _read_policies(self) -> None:
        self._tell(f"{self.connection.name}: storage policies", 0, 0)
        self.answers.policies = self._try(
            ("storage-policy",), lambda: pbm.Policies(pbm.stub_for(self.soap))
        )

    def _read_rest(self) -> None:
        rest, answers = self._rest, self.answers
        assert rest is not None
        self._tell(f"{self.connection.name}: tags, classes and namespaces", 0, 0)
        kinds = [kind.name for kind in KINDS if kind.source == "rest"]
        self._rest_answers = bool(self._try(kinds, rest.login))
        if not self._rest_answers:
            return
        answers.tags = self._try(("tag-category", "tag"), lambda: tags.Tags(rest))
        answers.libraries = self._try(("content-library",), lambda: libraries.read(rest))
        answers.classes = self._try(("vm-class",), lambda: classes.read(rest))
        answers.zones = self._try(("zone",), lambda: supervisors.read_zones(rest))
        answers.supervisors = self._try(("supervisor",), lambda: supervisors.Supervisors(rest))
        answers.namespaces = self._try(("namespace",), lambda: namespaces.read_namespaces(rest))

    def _read_kubernetes(self) -> None:
        self._tell(f"{self.connection.name}: Kubernetes", 0, 0)
        self.answers.kubernetes = []
        self._kubernetes = self._try(
            kubernetes.KINDS_READ, lambda: kubernetes.KubernetesSession(self.connection)
        )
        if self._kubernetes is not None:
            for kind, read in kubernetes.KINDS_READ.items():
                found = self._try((kind,), partial(read, self._kubernetes))
                self.answers.kubernetes += found or []

    def finish(self) -> None:
        """What takes all rows: devices of VMs, rights, drivers, and the images of clusters."""
        self._details()
        self._hidden = self._try((), lambda: rights.refused(self.soap, self.world))
        if self.role == "diff-host":
            self.answers.drivers = driver_fields(self.soap, self.world, self.unread)
        if self._rest is not None and self._rest_answers:
            self.world.images = images.read(self._rest, self.world, self.unread)

    def again(self, kinds: frozenset[str]) -> None:
        """Reads the objects of some kinds anew; those of one service are read together."""
        by = {kind.name: kind.source for kind in KINDS}
        sources = {by[kind] for kind in kinds}
        kinds |= {kind for kind, source in by.items() if source in sources - {"soap"}}
        self.unread = [one for one in self.unread if one.kind not in kinds]
        types = {each: PATHS[each] for kind in sorted(kinds) for each in TYPES.get(kind, ())}
        if types:
            found = list(by_view(self.soap, types, lambda _: None))
            self.world.drop(frozenset(row.type for row in found) | frozenset(types))
            self.world.take(found)
        if _VM in types:
            self._details()
        if kinds & _OF_MANAGERS:
            self._read_managers()
        if "pbm" in sources:
            self._read_policies()
        if "rest" in sources and self._rest is not None:
            self._read_rest()
        if "kubernetes" in sources and self.connection.kubeconfig:
            self._read_kubernetes()

    def seen(self) -> VcenterSeen:
        """All that was read, joined."""
        objects, unread, moving = joined(self)
        sight = rights.Sight(
            root=self._root,
            account=self.connection.user,
            permissions=tuple(self.answers.permissions),
            refused=self._hidden,
        )
        hidden = rights.hidden(self.world, sight)
        return VcenterSeen(
            name=self.connection.name,
            instance_uuid=str(self._about.instanceUuid),
            version=str(self._about.version),
            build=str(self._about.build),
            role=self.role,
            account=self.connection.user,
            started=self._started,
            ended=_now(),
            objects=tuple(objects),
            unread=tuple(sorted({*self.unread, *unread, *hidden}, key=_order)),
            in_transition=tuple(moving),
        )

    def events(self, objects: Iterable[Seen]) -> Iterator[Event]:
        """Who changed these last."""
        from generator.vcenter.events import changed_by

        rows = self.world.rows
        with_types = (
            (one, rows[one.ident.partition(":")[0]].type)
            for one in objects
            if one.ident.partition(":")[0] in rows
        )
        return changed_by(self.soap, with_types)

    def removals(self, gone: Iterable[tuple[str, str]]) -> Iterator[Event]:
        """Who removed these; kinds and keys."""
        from generator.vcenter.removals import removed_by

        return removed_by(self.soap, gone)

    def cut(self) -> None:
        """Ends what is under way, from another thread."""
        for session in (self._soap, self._rest, self._kubernetes):
            if session is not None:
                session.cut()

    def close(self) -> None:
        """Ends both sessions, whatever happened before."""
        for session in (self._rest, self._soap, self._kubernetes):
            if session is not None:
                with suppress(Exception):
                    session.close()


def _order(one: Unread) -> tuple[str, ...]:
    return one.kind, one.key, one.field, one.reason, one.detail


def _now() -> str:
    return datetime.now(tz=UTC).strftime("%Y-%m-%dT%H:%M:%SZ")
