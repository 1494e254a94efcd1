"""pyvmomi's stub with a list of allowed calls, bounded waits, and an end from outside."""

from __future__ import annotations

import socket
import ssl
import threading
from collections.abc import Iterator
from contextlib import suppress
from http import HTTPStatus
from http.client import HTTPException
from typing import TYPE_CHECKING, Any

from pyVmomi import SoapAdapter, SoapStubAdapter

from generator.vcenter.calls import check_soap
from generator.vcenter.failures import Stopped, Unreadable
from generator.vcenter.leaves import page

if TYPE_CHECKING:
    from http.client import HTTPResponse

    from generator.vcenter.settings import Connection

_CHUNK_BYTES = 1 << 18
_TRIES = 3
_FIRST_WAIT_S = 0.25
_LONGEST_WAIT_S = 10.0
REPEATABLE = frozenset((
    "RetrieveServiceContent", "RetrievePropertiesEx", "RetrieveAllPermissions", "QueryOptions",
    "HasPrivilegeOnEntities", "PbmRetrieveServiceContent", "PbmQueryProfile", "PbmRetrieveContent",
    "PbmCheckCompatibility", "DirectPathProfileManagerList",
    "DirectPathProfileManagerQueryCapacity",
))  # fmt: skip
"""Questions that leave nothing on the server; a page or a view that was lost is gone."""
_BY_LEAVES = frozenset(("RetrievePropertiesEx", "ContinueRetrievePropertiesEx"))


class Stub(SoapStubAdapter):  # type: ignore[misc]
    """A connection to one SOAP service that sends listed calls only and can be cut from outside."""

    cookie: str

    def __init__(
        self,
        connection: Connection,
        context: ssl.SSLContext,
        version: str,
        *,
        path: str = "/sdk",
        cookie: str = "",
        host_role: bool = False,
        wait_s: float | None = None,
    ) -> None:
        super().__init__(
            host=connection.host,
            port=connection.port,
            path=path,
            version=version,
            sslContext=context,
            httpConnectionTimeout=wait_s or connection.timeout_s,
            requestContext={"vcSessionCookie": cookie} if path != "/sdk" else None,
        )
        self.host_role = host_role
        self._busy: set[Any] = set()
        self._cut = threading.Event()
        self._name = connection.host

    def InvokeMethod(self, mo: Any, info: Any, args: Any, outerStub: Any = None) -> Any:  # noqa: N802, N803
        """Sends a call by pyvmomi's own serialiser; its answer is typed, or leaves where asked.

        A question whose answer is lost is asked again, with a wait; nothing else is.
        """
        del outerStub
        check_soap(info.wsdlName, host=self.host_role)
        request = self.SerializeRequest(mo, info, args)
        tries = _TRIES if info.wsdlName in REPEATABLE else 1
        for attempt in range(tries):
            try:
                return self._once(request, info)
            except _Lost as lost:
                if attempt == tries - 1:
                    raise Unreadable("failed", str(lost)) from None
                if self._cut.wait(max(lost.after_s, _FIRST_WAIT_S * 2**attempt)):
                    raise Stopped from None
        raise Stopped

    def _once(self, request: bytes, info: Any) -> Any:
        if self._cut.is_set():
            raise Stopped
        connection = self.GetConnection() if self.pool else self._connected(info.wsdlName)
        self._busy.add(connection)
        try:
            answer = self._ask(connection, request)
            found, ok = self._read(answer, info)
        except (OSError, HTTPException) as error:
            connection.close()
            if self._cut.is_set():
                raise Stopped from None
            raise _lost(info.wsdlName, error) from None
        except BaseException:
            connection.close()
            raise
        else:
            self.ReturnConnection(connection)
        finally:
            self._busy.discard(connection)
        if ok:
            return found
        if isinstance(found, Exception):
            raise found
        raise Unreadable("failed", f"{info.wsdlName}: {HTTPStatus.INTERNAL_SERVER_ERROR.phrase}")

    def _connected(self, method: str) -> Any:
        """A connection of its own; pyvmomi opens it at once."""
        try:
            return self.GetConnection()
        except OSError as error:
            raise _lost(method, error) from None

    def _ask(self, connection: Any, request: bytes) -> HTTPResponse:
        headers = {
            "Content-Type": "text/xml; charset=utf-8",
            "SOAPAction": self.versionId,
            "User-Agent": "mlgen",
        }
        if self.cookie:
            headers["Cookie"] = self.cookie
        connection.request("POST", self.path, request, headers)
        answer: HTTPResponse = connection.getresponse()
        cookie = answer.getheader("Set-Cookie")
        if cookie:
            self.cookie = cookie
        if answer.status not in (HTTPStatus.OK, HTTPStatus.INTERNAL_SERVER_ERROR):
            answer.read()
            connection.close()
            status = f"{answer.status} {answer.reason}"
            if answer.status == HTTPStatus.SERVICE_UNAVAILABLE:
                raise _Lost(f"{self.path}: {status}", retry_after(answer))
            missing = answer.status == HTTPStatus.NOT_FOUND
            raise Unreadable("endpoint" if missing else "failed", f"{self.path}: {status}")
        return answer

    def _read(self, answer: HTTPResponse, info: Any) -> tuple[Any, bool]:
        """The result and True, or the fault and False."""
        if answer.status == HTTPStatus.OK and info.wsdlName in _BY_LEAVES:
            return page(_chunks(answer)), True
        try:
            found = SoapAdapter.SoapResponseDeserializer(self).Deserialize(
                answer.read(), info.result
            )
        except (OSError, HTTPException):
            raise
        except Exception as error:  # noqa: BLE001 (expat's, pyvmomi's own and plain KeyErrors)
            detail = f"{info.wsdlName}: an answer that cannot be read: {_why(error)}"
            raise Unreadable("failed", detail) from None
        return found, answer.status == HTTPStatus.OK

    def cut(self) -> None:
        """Ends all calls under way, from another thread; later ones are not sent."""
        self._cut.set()
        for connection in list(self._busy):
            with suppress(OSError, AttributeError):
                connection.sock.shutdown(socket.SHUT_RDWR)
        self.DropConnections()


def _chunks(answer: HTTPResponse) -> Iterator[bytes]:
    """The answer piece by piece.

    Raises:
        ConnectionError: where it ends before it should, which ``read`` with a size does not tell.
    """
    while chunk := answer.read(_CHUNK_BYTES):
        yield chunk
    if answer.length:
        raise ConnectionError("the answer was cut off")


class _Lost(Exception):
    """No answer, or half of one; it may be had by asking again, after some seconds if so told."""

    def __init__(self, detail: str, after_s: float = 0) -> None:
        super().__init__(detail)
        self.after_s = after_s


def _lost(method: str, error: Exception) -> Exception:
    """What cannot become better by asking again is unreadable at once."""
    detail = f"{method}: {_why(error)}"
    certain = isinstance(error, ssl.SSLError | TimeoutError | ConnectionRefusedError)
    return Unreadable("failed", detail) if certain else _Lost(detail)


def retry_after(answer: HTTPResponse) -> float:
    """The seconds that a busy server asks for, within reason; 0 where it asks for none."""
    stated = answer.getheader("Retry-After") or ""
    return min(float(stated), _LONGEST_WAIT_S) if stated.isdigit() else 0


def _why(error: Exception) -> str:
    if isinstance(error, TimeoutError):
        return "no answer in time"
    return " ".join(str(error).split()) or type(error).__name__
