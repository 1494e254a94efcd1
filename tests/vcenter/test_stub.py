"""Which SOAP calls are repeated, and what becomes of the others."""

from __future__ import annotations

import ssl
import time
from collections.abc import Iterator
from http.client import HTTPConnection
from types import SimpleNamespace
from typing import Any

import pytest
from pyVmomi import vim, vmodl

from generator.vcenter.calls import SOAP, NotARead
from generator.vcenter.failures import Refused, Stopped, Unreadable
from generator.vcenter.settings import Connection
from generator.vcenter.soap import SoapSession
from generator.vcenter.stub import REPEATABLE, Stub, retry_after
from tests.vcenter.answers import HEAD, TAIL, named

BODY = HEAD + named("VirtualMachine", "vm-1", "one") + TAIL
FAULT = (
    '<?xml version="1.0"?><soapenv:Envelope xmlns:soapenv="http://schemas.xmlsoap.org/soap/envelope/">'
    "<soapenv:Body><soapenv:Fault><faultcode>ServerFaultCode</faultcode><faultstring>no</faultstring>"
    '<detail><NoPermissionFault xmlns="urn:vim25" '
    'xmlns:xsi="http://www.w3.org/2001/XMLSchema-instance" xsi:type="NoPermission">'
    '<object type="Folder">group-d1</object><privilegeId>System.View</privilegeId>'
    "</NoPermissionFault></detail></soapenv:Fault></soapenv:Body></soapenv:Envelope>"
)


class Answer:
    """One answer, or a failure instead of it."""

    def __init__(
        self, text: str = BODY, status: int = 200, *, lost: int = 0, **headers: str
    ) -> None:
        self.status, self.reason = status, "reason"
        self.length: int = lost
        self._text, self._headers = text.encode(), headers

    def read(self, size: int = -1) -> bytes:
        chunk, self._text = self._text[:size] if size > 0 else self._text, b""
        return chunk

    def getheader(self, name: str, default: str | None = None) -> str | None:
        return self._headers.get(name.replace("-", "_"), default)


class Line(HTTPConnection):
    """A connection that gives the next answer of a list."""

    sock: Any = SimpleNamespace(shutdown=lambda _: None, close=lambda: None)
    answers: list[Any]
    sent: list[bytes]

    def request(self, *arguments: Any, **_: Any) -> None:
        self.sent.append(arguments[2])

    def getresponse(self) -> Any:
        found = self.answers.pop(0)
        if isinstance(found, BaseException):
            raise found
        return found


@pytest.fixture
def stub(monkeypatch: pytest.MonkeyPatch) -> Iterator[Any]:
    connection = Connection(name="vc", host="vc.example", user="u", password="p")
    made: Any = Stub(connection, ssl.create_default_context(), "vim.version.version9")
    made.answers, made.sent = [], []
    kind = type("Bound", (Line,), {"answers": made.answers, "sent": made.sent})
    monkeypatch.setattr(made, "GetConnection", lambda: kind("vc.example"))
    monkeypatch.setattr("generator.vcenter.stub._FIRST_WAIT_S", 0.001)
    yield made
    made.cut()


def retrieve(stub: Any) -> Any:
    kind = vmodl.query.PropertyCollector
    vm = kind.ObjectSpec(obj=vim.VirtualMachine("vm-1", None))
    name = kind.PropertySpec(type=vim.VirtualMachine, pathSet=["name"])
    spec = kind.FilterSpec(objectSet=[vm], propSet=[name])
    return kind("propertyCollector", stub).RetrievePropertiesEx([spec], kind.RetrieveOptions())


@pytest.mark.parametrize(
    "trouble",
    [
        ConnectionResetError("reset"),
        Answer(BODY[:-40], lost=40),
        Answer("", 503, Retry_After="0"),
    ],
    ids=["reset", "cut off", "busy"],
)
def test_a_question_whose_answer_is_lost_is_asked_again(stub: Any, trouble: Any) -> None:
    stub.answers += [trouble, trouble, Answer()]
    assert [row.moid for row in retrieve(stub).rows] == ["vm-1"]
    assert len(stub.sent) == 3


def test_not_for_ever(stub: Any) -> None:
    stub.answers += [ConnectionResetError("reset")] * 9
    with pytest.raises(Unreadable, match="reset"):
        retrieve(stub)
    assert len(stub.sent) == 3


@pytest.mark.parametrize(
    ("trouble", "said"),
    [
        (TimeoutError(), "no answer in time"),
        (ConnectionRefusedError("refused"), "refused"),
        (ssl.SSLError("certificate"), "certificate"),
        (Answer("", 404), "404"),
        (Answer("<html>"), "XML that cannot be read"),
    ],
)
def test_what_cannot_become_better_is_not_asked_again(stub: Any, trouble: Any, said: str) -> None:
    stub.answers += [trouble]
    with pytest.raises(Unreadable, match=said):
        retrieve(stub)


def test_a_login_is_sent_once(stub: Any) -> None:
    """F13."""
    stub.answers += [ConnectionResetError("reset")]
    with pytest.raises(Unreadable):
        vim.SessionManager("SessionManager", stub).Login("u", "p", None)
    assert len(stub.sent) == 1


def test_what_leaves_something_on_the_server_is_never_repeated() -> None:
    assert set(SOAP) > REPEATABLE
    assert not [
        name for name in REPEATABLE if name.startswith(("Log", "Create", "Continue", "Set"))
    ]


def test_a_fault_is_raised_by_its_type(stub: Any) -> None:
    stub.answers += [Answer(FAULT, 500)]
    with pytest.raises(vim.fault.NoPermission) as caught:
        retrieve(stub)
    assert caught.value.privilegeId == "System.View"


def test_what_is_not_listed_is_not_sent(stub: Any) -> None:
    with pytest.raises(NotARead):
        vim.VirtualMachine("vm-1", stub).PowerOffVM_Task()
    assert stub.sent == []


def test_after_the_end_nothing_is_sent(stub: Any) -> None:
    stub.cut()
    with pytest.raises(Stopped):
        retrieve(stub)
    assert stub.sent == []


def test_the_end_does_not_wait_for_another_try(stub: Any, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("generator.vcenter.stub._FIRST_WAIT_S", 60)
    stub.answers += [ConnectionResetError("reset")] * 2
    started = time.monotonic()
    monkeypatch.setattr(stub._cut, "wait", lambda _: True)
    with pytest.raises(Stopped):
        retrieve(stub)
    assert time.monotonic() - started < 5


@pytest.mark.parametrize(("stated", "seconds"), [("3", 3), ("9999", 10), ("soon", 0), ("", 0)])
def test_a_busy_server_says_how_long(stated: str, seconds: float) -> None:
    assert retry_after(Answer(Retry_After=stated)) == seconds  # type: ignore[arg-type]


def test_a_refusal_is_its_own_kind_of_failure() -> None:
    assert not issubclass(Refused, Unreadable)


def test_an_error_that_is_no_fault_is_told_in_words(stub: Any) -> None:
    """A proxy in between answers 500 in words of its own."""
    stub.answers += [Answer("<a/>", 500)]
    with pytest.raises(Unreadable, match="Internal Server Error"):
        retrieve(stub)


@pytest.mark.parametrize("said", ["<a/>", "", "<a>" * 1000 + "</a>" * 1000])
def test_what_greets_otherwise_than_a_vcenter_is_none(stub: Any, said: str) -> None:
    """No name of an attribute or a type of Python is told."""
    connection = Connection(name="vc", host="vc.example", user="u", password="p")
    session = SoapSession(connection, ssl.create_default_context(), host_role=False)
    session.stub = stub
    stub.answers += [Answer(said)]
    with pytest.raises(Unreadable, match=r"no vCenter|cannot be read"):
        session.greet("")
