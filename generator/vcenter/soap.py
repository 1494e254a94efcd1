"""One SOAP session: greeted before anybody logs in, and ended in every case."""

from __future__ import annotations

import ssl
import threading
import time
from collections.abc import Iterator
from typing import TYPE_CHECKING, Any

from pyVmomi import VmomiSupport, vim, vmodl

from generator.vcenter.failures import Refused, Stopped, Unreadable, WrongVcenter
from generator.vcenter.stub import Stub

if TYPE_CHECKING:
    from generator.vcenter.leaves import Page
    from generator.vcenter.settings import Connection

_BASE = "vim.version.version9"
"""The oldest version of the API that every vCenter since 5.5 speaks: enough to ask for its own."""
_LAST_WAIT_S = 5.0
_LAST_TRIES = 3


class SoapSession:
    """A session of the vim API; ``close`` ends it in every case."""

    def __init__(self, connection: Connection, context: ssl.SSLContext, *, host_role: bool) -> None:
        self._connection = connection
        self._context = context
        self._host_role = host_role
        self.stub = Stub(connection, context, _BASE)
        self._content: Any = None
        self._others: list[Stub] = []
        self._logged_in = False
        self._logging_in = threading.Lock()
        self._api = ""
        self.key = ""

    def greet(self, instance_uuid: str) -> Any:
        """What vCenter says of itself to anybody; nobody has logged in yet.

        Raises:
            WrongVcenter: where its instance id is not the one that is meant.
        """
        about = self._retrieve_content().about
        if instance_uuid and str(about.instanceUuid).lower() != instance_uuid.lower():
            raise WrongVcenter(
                f"{self._connection.host} is the vCenter {about.instanceUuid}, but "
                f"{self._connection.name} is {instance_uuid}"
            )
        self._api = str(about.apiVersion)
        version = self._newest("vim25") or _BASE
        cookie = self.stub.cookie
        self.stub.DropConnections()
        self.stub = Stub(self._connection, self._context, version, host_role=self._host_role)
        self.stub.cookie = cookie
        self._content = None
        return about

    def _newest(self, service: str) -> str:
        """The newest version of a service that both sides speak; a newer one would be refused."""
        known = VmomiSupport.versionMap
        ours = _order(self._api)
        spoken = {
            order: known[name]
            for name in known
            if name.startswith(f"{service}/") and () < (order := _order(name)) <= ours
        }
        return str(spoken[max(spoken)]) if spoken else ""

    def _retrieve_content(self) -> Any:
        content = vim.ServiceInstance("ServiceInstance", self.stub).RetrieveServiceContent()
        if not isinstance(content, vim.ServiceInstanceContent) or content.about is None:
            raise Unreadable("failed", "what answers is no vCenter")
        return content

    def login(self) -> None:
        """Logs in, once: a wrong password is never tried again.

        Raises:
            Refused: where vCenter does not let the account in.
        """
        manager = self.content.sessionManager
        user, password = self._connection.user, self._connection.password
        try:
            with self._logging_in:
                self._logged_in = True  # before the answer, which may be lost on its way
                self.key = str(manager.Login(user, password, None).key)
        except (vim.fault.InvalidLogin, vim.fault.NoPermission) as error:
            self._logged_in = False
            raise Refused(f"{self._connection.host} refuses the account: {error.msg}") from None
        except vmodl.MethodFault as error:
            raise Unreadable("failed", f"Login: {error.msg}") from None

    @property
    def content(self) -> Any:
        """The managers of the service."""
        if self._content is None:
            self._content = self._retrieve_content()
        return self._content

    @property
    def cookie(self) -> str:
        """The session's value for other services of the same vCenter."""
        return str(self.stub.cookie).partition(";")[0].partition("=")[2].strip('"')

    def beside(self, path: str, service: str) -> Stub:
        """A stub for another service of the same vCenter, in this session; cut with it."""
        version = self._newest(service) or VmomiSupport.newestVersions.GetName(service)
        made = Stub(self._connection, self._context, version, path=path, cookie=self.cookie)
        self._others.append(made)
        return made

    def pages(self, filters: list[Any], page_size: int) -> Iterator[Page]:
        """The pages of a retrieval; the rest is given back where the reader stops early."""
        collector = self.content.propertyCollector
        options = vmodl.query.PropertyCollector.RetrieveOptions(maxObjects=page_size)
        found = collector.RetrievePropertiesEx(filters, options)
        token = ""
        try:
            while found is not None:
                token = found.token
                yield found
                if not token:
                    return
                asked, token = token, ""
                found = collector.ContinueRetrievePropertiesEx(asked)
        finally:
            if token:
                self._give_back(token)

    def _give_back(self, token: str) -> None:
        try:
            self.content.propertyCollector.CancelRetrievePropertiesEx(token)
        except (Unreadable, Stopped, vmodl.MethodFault):
            return  # it ends with the session at the latest

    def cut(self) -> None:
        """Ends all calls under way, from another thread; later ones are not sent.

        A login is waited for a little: cut off, it could leave a session that nobody knows.
        """
        held = self._logging_in.acquire(timeout=_LAST_WAIT_S)
        for each in (self.stub, *self._others):
            each.cut()
        if held:
            self._logging_in.release()

    def close(self) -> None:
        """Cuts what is under way and logs out by a connection of its own."""
        self.cut()
        if not self._logged_in or not self.stub.cookie:
            return
        for attempt in range(_LAST_TRIES):
            last = Stub(self._connection, self._context, self.stub.version, wait_s=_LAST_WAIT_S)
            last.cookie = self.stub.cookie
            try:
                manager = self._content.sessionManager if self._content else None
                moid = manager._GetMoId() if manager else "SessionManager"  # noqa: SLF001
                vim.SessionManager(moid, last).Logout()
            except Unreadable:
                time.sleep(0.2 * 2**attempt)
            except Exception as error:  # noqa: BLE001 (a fault: there is no such session any more)
                del error
                break
            else:
                break
            finally:
                last.DropConnections()
        self._logged_in = False


def _order(version: str) -> tuple[int, ...]:
    """``8.0.3.0`` or ``vim25/8.0.3.0`` as numbers; nothing for what is no release."""
    parts = version.rpartition("/")[2].split(".")
    return tuple(map(int, parts)) if all(part.isdigit() for part in parts) else ()
