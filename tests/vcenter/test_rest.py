"""The REST session: what it repeats, what it never repeats, and how it ends."""

from __future__ import annotations

import base64
import json
import ssl
import threading
import time
from collections.abc import Iterator
from dataclasses import dataclass, field
from http.client import HTTPConnection
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any

import pytest

from generator.vcenter import rest
from generator.vcenter.calls import NotARead
from generator.vcenter.failures import Stopped, Unreadable
from generator.vcenter.rest import RestSession
from generator.vcenter.settings import Connection

CLASSES = "/api/vcenter/namespace-management/virtual-machine-classes"
SESSION, OLD = "/api/session", "/rest/com/vmware/cis/session"
Answer = tuple[int, dict[str, str], str]


@dataclass
class Server:
    """Answers by method and path, the next of a list each time; counts what came."""

    answers: dict[str, list[Answer]] = field(default_factory=dict)
    came: list[str] = field(default_factory=list)
    headers: list[dict[str, str]] = field(default_factory=list)
    port: int = 0
    at_once: int = 0
    most_at_once: int = 0
    wait_s: float = 0
    lock: Any = field(default_factory=threading.Lock)
    sessions: list[RestSession] = field(default_factory=list)

    def next(self, what: str) -> Answer:
        found = self.answers.get(what, [(404, {}, "")])
        return found.pop(0) if len(found) > 1 else found[0]


class Handler(BaseHTTPRequestHandler):
    protocol_version = "HTTP/1.1"
    known: Server

    def _answer(self) -> None:
        known = self.known
        self.rfile.read(int(self.headers.get("Content-Length") or 0))
        with known.lock:
            known.came.append(f"{self.command} {self.path}")
            known.headers.append(dict(self.headers))
            known.at_once += 1
            known.most_at_once = max(known.most_at_once, known.at_once)
            status, headers, text = known.next(f"{self.command} {self.path}")
        time.sleep(known.wait_s)
        with known.lock:
            known.at_once -= 1
        if status == 0:
            self.close_connection = True
            return
        self.send_response(status)
        for name, value in {"Content-Length": str(len(text.encode())), **headers}.items():
            self.send_header(name, value)
        self.end_headers()
        self.wfile.write(text.encode())

    do_GET = do_POST = do_DELETE = _answer  # noqa: N815

    def log_message(self, *_: Any) -> None:
        pass


def plain(host: str, port: int, *, timeout: float, context: ssl.SSLContext) -> HTTPConnection:
    del context
    return HTTPConnection(host, port, timeout=timeout)


@pytest.fixture
def server(monkeypatch: pytest.MonkeyPatch) -> Iterator[Server]:
    """Plain HTTP: how certificates are trusted is tested with the simulator."""
    known = Server(answers={f"POST {SESSION}": [(201, {}, '"token"')],
                            f"DELETE {SESSION}": [(204, {}, "")]})  # fmt: skip
    handler = type("Bound", (Handler,), {"known": known})
    listening = ThreadingHTTPServer(("127.0.0.1", 0), handler)
    known.port = listening.server_address[1]
    monkeypatch.setattr(rest, "HTTPSConnection", plain)
    monkeypatch.setattr(rest, "_FIRST_WAIT_S", 0.01)
    thread = threading.Thread(target=listening.serve_forever, args=(0.01,), daemon=True)
    thread.start()
    try:
        yield known
    finally:
        for each in known.sessions:
            each.close()
        listening.shutdown()
        listening.server_close()


def session_of(server: Server, timeout_s: float = 5) -> RestSession:
    connection = Connection(
        name="vc", host="127.0.0.1", port=server.port, user="reader", password="p:w",
        timeout_s=timeout_s,
    )  # fmt: skip
    server.sessions.append(RestSession(connection, ssl.create_default_context()))
    return server.sessions[-1]


@pytest.fixture
def session(server: Server) -> RestSession:
    made = session_of(server)
    made.login()
    return made


def test_it_logs_in_by_the_newer_path_and_carries_the_token(
    server: Server, session: RestSession
) -> None:
    server.answers[f"GET {CLASSES}"] = [(200, {}, "[]")]
    assert session.get(CLASSES) == []
    assert server.headers[0]["Authorization"] == "Basic " + base64.b64encode(b"reader:p:w").decode()
    assert "Authorization" not in server.headers[1]
    assert server.headers[1]["vmware-api-session-id"] == "token"


def test_it_falls_back_to_the_older_path(server: Server) -> None:
    server.answers = {
        f"POST {OLD}": [(200, {}, '{"value": "old"}')],
        f"DELETE {OLD}": [(200, {}, "")],
    }
    session = session_of(server)
    session.login()
    session.close()
    assert server.came == [f"POST {SESSION}", f"POST {OLD}", f"DELETE {OLD}"]


def test_a_refused_login_is_tried_once(server: Server) -> None:
    """F13: single sign-on locks accounts."""
    server.answers[f"POST {SESSION}"] = [(401, {}, '{"error_type": "UNAUTHENTICATED"}')]
    session = session_of(server)
    with pytest.raises(Unreadable, match="401 UNAUTHENTICATED"):
        session.login()
    session.close()
    assert server.came == [f"POST {SESSION}"]


def test_an_expired_session_is_not_tried_again(server: Server, session: RestSession) -> None:
    server.answers[f"GET {CLASSES}"] = [(401, {}, "")]
    with pytest.raises(Unreadable):
        session.get(CLASSES)
    assert server.came.count(f"GET {CLASSES}") == 1


@pytest.mark.parametrize("trouble", [(503, {}, ""), (503, {"Retry-After": "0"}, ""), (0, {}, "")])
def test_what_is_busy_or_lost_is_asked_again(
    server: Server, session: RestSession, trouble: Answer
) -> None:
    server.answers[f"GET {CLASSES}"] = [trouble, trouble, (200, {}, '["x"]')]
    assert session.get(CLASSES) == ["x"]
    assert server.came.count(f"GET {CLASSES}") == 3


def test_a_vcenter_that_stays_busy_is_left_alone(server: Server, session: RestSession) -> None:
    server.answers[f"GET {CLASSES}"] = [(503, {}, '{"messages": [{"default_message": "busy"}]}')]
    with pytest.raises(Unreadable, match="503 busy") as caught:
        session.get(CLASSES)
    assert caught.value.reason == "failed"
    assert server.came.count(f"GET {CLASSES}") == 4


def test_the_wait_is_the_one_that_was_asked_for(
    server: Server, session: RestSession, monkeypatch: pytest.MonkeyPatch
) -> None:
    waits: list[float] = []
    monkeypatch.setattr(session._cut, "wait", lambda seconds: bool(waits.append(seconds)))
    server.answers[f"GET {CLASSES}"] = [
        (503, {"Retry-After": "3"}, ""), (503, {"Retry-After": "9999"}, ""), (200, {}, "[]"),
    ]  # fmt: skip
    session.get(CLASSES)
    assert waits == [3.0, 10.0]


def test_a_question_by_post_is_asked_once(server: Server, session: RestSession) -> None:
    path = "/api/cis/tagging/tag-association?action=list-attached-objects-on-tags"
    server.answers[f"POST {path}"] = [(503, {}, "")]
    with pytest.raises(Unreadable):
        session.ask(path, {"tag_ids": []})
    assert server.came.count(f"POST {path}") == 1


@pytest.mark.parametrize(
    ("answer", "reason"),
    [
        ((403, {}, ""), "permission"),
        ((404, {}, ""), "endpoint"),
        ((400, {}, '{"error_type": "UNSUPPORTED", "messages": []}'), "endpoint"),
        ((400, {}, '{"error_type": "INVALID_ARGUMENT"}'), "failed"),
        ((500, {}, "<html>secret"), "failed"),
        ((200, {}, "{half"), "failed"),
        ((200, {}, "[" * 100_000), "failed"),
        ((302, {"Location": "https://elsewhere.example/"}, ""), "failed"),
    ],
)
def test_an_answer_that_is_none_has_its_reason(
    server: Server, session: RestSession, answer: Answer, reason: str
) -> None:
    server.answers[f"GET {CLASSES}"] = [answer]
    with pytest.raises(Unreadable) as caught:
        session.get(CLASSES)
    assert caught.value.reason == reason
    assert "secret" not in caught.value.detail


@pytest.mark.parametrize(
    ("text", "found"), [('{"value": null}', None), ('{"value": [1]}', [1]), ("", None), ("{}", {})]
)
def test_the_older_envelope_is_taken_off(
    server: Server, session: RestSession, text: str, found: Any
) -> None:
    server.answers[f"GET {CLASSES}"] = [(200, {}, text)]
    assert session.get(CLASSES) == found


def test_many_are_asked_side_by_side_but_few_at_once(server: Server, session: RestSession) -> None:
    paths = [f"/api/cis/tagging/tag/{n}" for n in range(20)]
    server.answers |= {f"GET {path}": [(200, {}, json.dumps(path))] for path in paths}
    server.wait_s = 0.02
    assert session.get_all(paths) == paths
    assert 1 < server.most_at_once <= rest.AT_ONCE


def test_one_of_many_may_fail_alone(server: Server, session: RestSession) -> None:
    server.answers["GET /api/cis/tagging/tag/a"] = [(200, {}, "1")]
    found, lost = session.get_all(["/api/cis/tagging/tag/a", "/api/cis/tagging/tag/b"])
    assert found == 1
    assert isinstance(lost, Unreadable)


def test_an_answer_that_never_comes_is_not_waited_for(server: Server) -> None:
    session = session_of(server, timeout_s=0.2)
    session.login()
    server.wait_s = 1
    with pytest.raises(Unreadable, match="no answer in time"):
        session.get(CLASSES)
    assert server.came.count(f"GET {CLASSES}") == 1


def test_cut_off_from_outside_it_stops_and_still_logs_out(
    server: Server, session: RestSession
) -> None:
    server.wait_s = 0.5
    raised: list[BaseException] = []

    def ask() -> None:
        try:
            session.get(CLASSES)
        except Stopped as stopped:
            raised.append(stopped)

    asking = threading.Thread(target=ask)
    asking.start()
    time.sleep(0.1)
    session.close()
    asking.join(5)
    assert len(raised) == 1
    assert server.came[-1] == f"DELETE {SESSION}"


def test_after_the_end_nothing_is_sent(server: Server, session: RestSession) -> None:
    session.close()
    session.close()
    with pytest.raises(Stopped):
        session.get(CLASSES)
    assert server.came == [f"POST {SESSION}", f"DELETE {SESSION}"]


def test_a_logout_that_is_lost_is_tried_again(server: Server, session: RestSession) -> None:
    server.answers[f"DELETE {SESSION}"] = [(0, {}, ""), (204, {}, "")]
    session.close()
    assert server.came.count(f"DELETE {SESSION}") == 2


def test_what_is_not_listed_is_not_sent(server: Server, session: RestSession) -> None:
    with pytest.raises(NotARead):
        session.get("/api/vcenter/vm")
    assert server.came == [f"POST {SESSION}"]


def test_a_session_id_that_is_none_is_refused(server: Server) -> None:
    server.answers[f"POST {SESSION}"] = [(200, {}, "{}")]
    with pytest.raises(Unreadable, match="no session id"):
        session_of(server).login()


def test_an_answer_that_is_cut_off_is_asked_again(server: Server, session: RestSession) -> None:
    half = (200, {"Content-Length": "100", "Connection": "close"}, '["ha')
    server.answers[f"GET {CLASSES}"] = [half, (200, {}, '["whole"]')]
    assert session.get(CLASSES) == ["whole"]


def test_a_session_whose_answer_was_lost_behind_its_header_is_ended_too(server: Server) -> None:
    server.answers[f"POST {SESSION}"] = [(201, {"vmware-api-session-id": "known"}, '"kno')]
    session = session_of(server)
    with pytest.raises(Unreadable):
        session.login()
    session.close()
    assert server.came[-1] == f"DELETE {SESSION}"
    assert server.headers[-1]["vmware-api-session-id"] == "known"


@pytest.mark.parametrize("text", [r'{"name": "a\ud800b"}', r'{"name": "a\udfff\ud83db"}'])
def test_halves_of_characters_never_reach_a_report(
    server: Server, session: RestSession, text: str
) -> None:
    """JSON can write them, and no output can print them."""
    server.answers[f"GET {CLASSES}"] = [(200, {}, text)]
    name = session.get(CLASSES)["name"]
    assert name.encode("utf-8").startswith(b"a?")


def test_whole_characters_stay_what_they_are(server: Server, session: RestSession) -> None:
    """Escaped by JSON, above the first plane too."""
    server.answers[f"GET {CLASSES}"] = [(200, {}, r'{"name": "\u00e4\ud83d\ude00"}')]
    assert session.get(CLASSES)["name"] == "\u00e4\U0001f600"
