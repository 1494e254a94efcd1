"""One REST session by the standard library: few connections, kept alive, and closed for sure.

Nothing of the environment plays a part: no proxy, no authorities' bundle (``requests`` lets one
beat even ``verify=False``).
"""

from __future__ import annotations

import base64
import json
import socket
import ssl
import threading
import time
from collections.abc import Iterable
from concurrent.futures import ThreadPoolExecutor
from contextlib import suppress
from http import HTTPStatus
from http.client import HTTPException, HTTPResponse, HTTPSConnection
from typing import Any

from generator.vcenter.calls import check_rest
from generator.vcenter.failures import Stopped, Unreadable
from generator.vcenter.settings import Connection

AT_ONCE = 4
"""Requests under way at a time: vCenter serves many, but an audit must not be felt."""
_TRIES = 4
_FIRST_WAIT_S = 0.25
_LONGEST_WAIT_S = 10.0
_LAST_WAIT_S = 5.0
_MAX_ANSWER_BYTES = 64 << 20
_PATHS = ("/api/session", "/rest/com/vmware/cis/session")
_SESSION = "vmware-api-session-id"
_OK = range(200, 300)
_NOT_SERVED = frozenset(("UNSUPPORTED", "OPERATION_NOT_FOUND", "NOT_FOUND"))


class RestSession:
    """A session of the REST API; ``close`` ends it in every case."""

    def __init__(self, connection: Connection, context: ssl.SSLContext) -> None:
        self._connection = connection
        self._context = context
        self._path = ""
        self._token = ""
        self._offered = ""
        self._idle: list[HTTPSConnection] = []
        self._busy: set[HTTPSConnection] = set()
        self._lock = threading.Lock()
        self._cut = threading.Event()
        self._logging_in = threading.Lock()

    def login(self) -> bool:
        """Logs in by the newer path, or by the older one where that is not served; then True.

        Raises:
            Unreadable: where neither lets the account in; a refusal is never tried again.
        """
        with self._logging_in:
            try:
                self._token = self._token or self._new_token()
            finally:
                # A session whose answer was lost behind its header has to be ended too.
                self._token = self._token or self._offered
        return True

    def _new_token(self) -> str:
        account = f"{self._connection.user}:{self._connection.password}".encode()
        basic = {"Authorization": "Basic " + base64.b64encode(account).decode()}
        for path in _PATHS:
            self._path = path
            try:
                token = self._once("POST", path, None, basic)
            except Unreadable as error:
                if error.reason != "endpoint":
                    raise
                continue
            if not isinstance(token, str):
                raise Unreadable("failed", f"POST {path}: no session id in the answer")
            return token
        raise Unreadable("endpoint", "neither /api/session nor /rest is served")

    def get(self, path: str) -> Any:
        """The decoded answer without the envelope of the older API.

        Raises:
            Unreadable: with the reason; 503, 429 and lost connections are tried again, with a wait.
        """
        for attempt in range(_TRIES):
            try:
                return self._once("GET", path, None, {})
            except _Later as later:
                if attempt == _TRIES - 1:
                    raise Unreadable("failed", str(later)) from None
                wait = later.after_s or _FIRST_WAIT_S * 2**attempt
                if self._cut.wait(min(wait, _LONGEST_WAIT_S)):
                    raise Stopped from None
        raise Stopped

    def get_all(self, paths: Iterable[str]) -> list[Any]:
        """The answers to many paths, in their order; what fails is its ``Unreadable``."""
        wanted = list(paths)
        if len(wanted) < 2:  # noqa: PLR2004 (a thread for one request would be for nothing)
            return [self._got(path) for path in wanted]
        with ThreadPoolExecutor(AT_ONCE) as pool:
            return list(pool.map(self._got, wanted))

    def _got(self, path: str) -> Any:
        try:
            return self.get(path)
        except Unreadable as error:
            return error

    def ask(self, path: str, body: Any) -> Any:
        """The answer to a question that the API takes by POST; asked once."""
        try:
            return self._once("POST", path, body, {})
        except _Later as later:
            raise Unreadable("failed", str(later)) from None

    def _once(self, method: str, path: str, body: Any, headers: dict[str, str]) -> Any:
        self._check(method, path)
        if self._cut.is_set():
            raise Stopped
        with self._lock:
            connection = self._idle.pop() if self._idle else self._fresh()
            self._busy.add(connection)
        content = None if body is None else json.dumps(body).encode()
        sent = {**self._headers(), **headers}
        try:
            connection.request(method, path, content, sent)
            answer = connection.getresponse()
            self._offered = answer.getheader(_SESSION) or self._offered
            text = answer.read(_MAX_ANSWER_BYTES + 1)
            if answer.length and len(text) <= _MAX_ANSWER_BYTES:
                raise ConnectionError("the answer was cut off")
        except (OSError, HTTPException) as error:
            connection.close()
            if self._cut.is_set():
                raise Stopped from None
            raise _lost(method, path, error) from None
        finally:
            with self._lock:
                self._busy.discard(connection)
        with self._lock:
            self._idle.append(connection)
        return _decoded(f"{method} {path}", answer, text)

    def _check(self, method: str, path: str) -> None:
        """Lets a call pass that is on the list."""
        check_rest(method, path)

    def _headers(self) -> dict[str, str]:
        """What every request carries."""
        known = {_SESSION: self._token} if self._token else {}
        return {"Content-Type": "application/json", "User-Agent": "mlgen", **known}

    def _fresh(self, wait_s: float | None = None) -> HTTPSConnection:
        return HTTPSConnection(
            self._connection.host,
            self._connection.port,
            timeout=wait_s or self._connection.timeout_s,
            context=self._context,
        )

    def cut(self) -> None:
        """Ends all requests under way, from another thread; later ones are not sent.

        A login is waited for a little: cut off, it could leave a session that nobody knows.
        """
        held = self._logging_in.acquire(timeout=_LAST_WAIT_S)
        self._cut.set()
        if held:
            self._logging_in.release()
        with self._lock:
            connections = [*self._busy, *self._idle]
            self._idle.clear()
        for connection in connections:
            with suppress(OSError, AttributeError):
                connection.sock.shutdown(socket.SHUT_RDWR)
            connection.close()

    def close(self) -> None:
        """Cuts what is under way and logs out by a connection of its own."""
        self.cut()
        if not self._token:
            return
        check_rest("DELETE", self._path)
        for attempt in range(3):
            last = self._fresh(_LAST_WAIT_S)
            try:
                last.request("DELETE", self._path, headers={_SESSION: self._token})
                last.getresponse().read()
            except (OSError, HTTPException):
                time.sleep(_FIRST_WAIT_S * 2**attempt)
            else:
                break
            finally:
                last.close()
        self._token = ""


class _Later(Unreadable):
    """It may be answered if it is asked again, after some seconds if the answer said so."""

    def __init__(self, detail: str, after_s: float | None = None) -> None:
        super().__init__("failed", detail)
        self.after_s = after_s


def _lost(method: str, path: str, error: Exception) -> Unreadable:
    why = "no answer in time" if isinstance(error, TimeoutError) else str(error)
    detail = f"{method} {path}: {why or type(error).__name__}"
    certain = isinstance(error, ssl.SSLError | TimeoutError)
    return Unreadable("failed", detail) if certain else _Later(detail)


def _decoded(what: str, answer: HTTPResponse, text: bytes) -> Any:
    if len(text) > _MAX_ANSWER_BYTES:
        raise Unreadable("failed", f"{what}: more than {_MAX_ANSWER_BYTES >> 20} MiB")
    if answer.status not in _OK:
        raise _refusal(what, answer, text)
    if not text.strip():
        return None
    try:
        found = json.loads(text.decode("utf-8", "replace"))
        if b"\\u" in text:  # halves of characters, which no report could print
            found = json.loads(json.dumps(found, ensure_ascii=False).encode("utf-8", "replace"))
    except (ValueError, RecursionError):
        raise Unreadable("failed", f"{what}: an answer that is no JSON") from None
    if isinstance(found, dict) and set(found) == {"value"}:
        return found["value"]
    return found


def _refusal(what: str, answer: HTTPResponse, text: bytes) -> Unreadable:
    said = _message(text)
    detail = f"{what}: {answer.status} {said}".rstrip()
    if answer.status in (HTTPStatus.SERVICE_UNAVAILABLE, HTTPStatus.TOO_MANY_REQUESTS):
        after = answer.getheader("Retry-After") or ""
        return _Later(detail, float(after) if after.isdigit() else None)
    if answer.status == HTTPStatus.FORBIDDEN:
        return Unreadable("permission", detail)
    if answer.status == HTTPStatus.NOT_FOUND or any(word in said for word in _NOT_SERVED):
        return Unreadable("endpoint", detail)
    return Unreadable("failed", detail)


def _message(text: bytes) -> str:
    """The kind of an error and its first message; nothing of another shape is repeated."""
    try:
        found = json.loads(text)
        inner = found.get("value", found)
        kind = str(found.get("error_type") or found.get("type") or "")
        messages = inner.get("messages") or [{}]
        return f"{kind} {messages[0].get('default_message', '')}".strip()
    except (ValueError, AttributeError, LookupError, TypeError, RecursionError):
        return ""
