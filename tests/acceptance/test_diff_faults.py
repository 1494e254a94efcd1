"""What a diff does when vCenter, the network or the account fail it: the right exit code, what
could not be read, and no session left behind."""

from __future__ import annotations

import socket
import ssl
import subprocess
from collections.abc import Mapping
from pathlib import Path
from typing import Any, NamedTuple

import pytest

from tests.acceptance import diffing

pytestmark = pytest.mark.tools

READ = "RetrievePropertiesEx"
CLASSES = "/api/vcenter/namespace-management/virtual-machine-classes"
NAMESPACES = "/api/vcenter/namespaces/instances"
ONE, IN_PART = 1, 3
DROWNED = '{"value": [{"id": '


class Fault(NamedTuple):
    """A trouble, the exit code that it must come to, and words that must be said."""

    name: str
    trouble: Mapping[str, Any]
    code: int
    words: tuple[str, ...]


def once(**trouble: Any) -> dict[str, Any]:
    return {**trouble, "times": 1}


HARMLESS = [
    Fault("late SOAP", {"kind": "slow", "ms": 300, "path": "/sdk", "soap": READ}, 0, ()),
    Fault("late REST", {"kind": "slow", "ms": 300, "path": CLASSES}, 0, ()),
    Fault("one reset in a list of classes", once(kind="reset", path=CLASSES), 0, ()),
    Fault(
        "one 503 that says when to come again",
        once(kind="status", status=503, header={"Retry-After": "1"}, path=CLASSES), 0, (),
    ),
    Fault(
        "one 429", once(kind="status", status=429, header={"Retry-After": "1"}, path=NAMESPACES),
        0, (),
    ),
]  # fmt: skip
"""What a retry or patience gets over: reading again is always safe."""

PARTIAL = [
    Fault("no classes any more", {"kind": "reset", "path": CLASSES}, IN_PART, ("vm-class",)),
    Fault(
        "half a list of classes", {"kind": "cut", "path": CLASSES, "verb": "GET"},
        IN_PART, ("vm-class",),
    ),
    Fault(
        "JSON that does not end", {"kind": "malformed", "path": CLASSES, "body": DROWNED},
        IN_PART, ("vm-class",),
    ),
    Fault(
        "JSON that is no list", {"kind": "malformed", "path": CLASSES, "body": '"x"'},
        IN_PART, ("vm-class",),
    ),
    Fault("namespaces fail", {"kind": "status", "status": 500, "path": NAMESPACES},
          IN_PART, ("namespace",)),
    Fault("classes are refused", {"kind": "status", "status": 403, "path": CLASSES},
          IN_PART, ("vm-class",)),
    Fault("no REST session at all", {"kind": "status", "status": 500, "path": "/api/session"},
          IN_PART, ("vm-class", "namespace", "tag")),
    Fault("policies fail", {"kind": "reset", "path": "/pbm"}, IN_PART, ("storage-policy",)),
    Fault(
        "policies in broken XML", {"kind": "malformed", "path": "/pbm", "body": "<a><b>"},
        IN_PART, ("storage-policy",),
    ),
]  # fmt: skip
"""What is lost is named; what was read is compared."""

TOTAL = [
    Fault("reset in mid-answer", {"kind": "cut", "path": "/sdk", "soap": READ}, ONE, ()),
    Fault("broken XML", {"kind": "malformed", "path": "/sdk", "soap": READ, "body": "<a><b>"},
          ONE, ()),
    Fault("XML of something else",
          {"kind": "malformed", "path": "/sdk", "soap": READ, "body": "<html></html>"}, ONE, ()),
    Fault("a session that expires", {"kind": "expire", "path": "/sdk", "soap": READ}, ONE, ()),
    Fault("a log-in that fails", {"kind": "status", "status": 503, "path": "/sdk",
                                  "soap": "Login"}, ONE, ()),
]  # fmt: skip
"""Without its objects a vCenter is one that could not be read."""


def seen(ran: diffing.Ran) -> str:
    """All that a person is told."""
    return ran.output + ran.said


@pytest.mark.parametrize("fault", HARMLESS, ids=lambda fault: fault.name)
def test_what_can_be_got_over_leaves_no_trace(calm: diffing.Site, fault: Fault) -> None:
    sessions = calm.sessions()
    calm.tell({"do": "trouble", "trouble": fault.trouble})
    ran = calm.diff()
    assert ran.code == 0, seen(ran)
    assert ran.answer["complete"] is True
    assert ran.rows == []
    assert calm.sessions() == sessions


@pytest.mark.parametrize("fault", PARTIAL, ids=lambda fault: fault.name)
def test_what_is_lost_in_part_is_named_and_the_rest_is_compared(
    calm: diffing.Site, fault: Fault
) -> None:
    sessions = calm.sessions()
    calm.tell({"do": "trouble", "trouble": fault.trouble})
    ran = calm.diff()
    assert ran.code == IN_PART, seen(ran)
    unreadable = {one["kind"] for one in ran.answer["unreadable"] if not one["by_design"]}
    assert set(fault.words) <= unreadable
    assert ran.answer["complete"] is False
    assert ran.rows == []
    calm.tell({"do": "undo"})
    assert calm.sessions() == sessions


@pytest.mark.parametrize("fault", TOTAL, ids=lambda fault: fault.name)
def test_a_vcenter_that_cannot_be_read_ends_without_a_comparison(
    calm: diffing.Site, fault: Fault
) -> None:
    sessions = calm.sessions()
    calm.tell({"do": "trouble", "trouble": fault.trouble})
    ran = calm.diff("--format", "text")
    assert ran.code in (ONE, IN_PART), seen(ran)
    assert "missing" not in ran.output
    assert "Traceback" not in ran.said
    assert "vc-ams1" in seen(ran)
    calm.tell({"do": "undo"})
    assert calm.sessions() == sessions


def test_drift_and_a_gap_together_are_drift(calm: diffing.Site) -> None:
    """F13: 1 before 2 before 3, and the answer says that it is not complete."""
    calm.tell(
        {"do": "trouble", "trouble": {"kind": "status", "status": 500, "path": NAMESPACES}},
        {
            "do": "set", "object": "ClusterComputeResource:gpu-a",
            "path": "configurationEx.drsConfig.enabled", "value": False,
        },
    )  # fmt: skip
    ran = calm.diff()
    assert ran.code == 2
    assert ran.answer["complete"] is False


def test_a_server_that_nobody_listens_at(calm: diffing.Site) -> None:
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        port = free.getsockname()[1]
    ran = calm.diff("--format", "text", VSPHERE_SERVER=f"127.0.0.1:{port}")
    assert ran.code == ONE, seen(ran)
    assert "Traceback" not in ran.said
    assert "refused" in seen(ran).lower()


def test_a_wrong_password_is_tried_once(calm: diffing.Site) -> None:
    """F13: single sign-on locks accounts."""
    since = len(calm.requests())
    ran = calm.diff("--format", "text", VSPHERE_PASSWORD="wrong")
    logins = [one for one in calm.requests(since) if one["soap"] == "Login"]
    rest = [one for one in calm.requests(since) if one["path"].endswith("/session")]
    assert ran.code == ONE, seen(ran)
    assert (len(logins), len(rest)) == (1, 0)
    assert "wrong" not in seen(ran).replace("wrong user", "").replace("wrong password", "")


def test_a_401_by_rest_is_tried_once(calm: diffing.Site) -> None:
    since = len(calm.requests())
    trouble = {"kind": "status", "status": 401, "path": "/api/session", "verb": "POST"}
    calm.tell({"do": "trouble", "trouble": trouble})
    ran = calm.diff()
    tried = [one for one in calm.requests(since) if one["path"] == "/api/session"]
    assert ran.code in (ONE, IN_PART), seen(ran)
    assert [one["method"] for one in tried].count("POST") == 1


def stranger(folder: Path) -> Path:
    """The certificate of an authority that signed nothing here."""
    key, certificate = folder / "key.pem", folder / "other.pem"
    subprocess.run(
        [
            "openssl", "req", "-x509", "-newkey", "rsa:2048", "-nodes", "-days", "2",
            "-subj", "/CN=other", "-keyout", str(key), "-out", str(certificate),
        ],
        check=True,
        capture_output=True,
    )  # fmt: skip
    return certificate


def test_a_certificate_that_nobody_vouches_for(calm: diffing.Site, tmp_path: Path) -> None:
    since = len(calm.requests())
    ran = calm.diff("--format", "text", VSPHERE_CA_FILE=str(stranger(tmp_path)))
    assert ran.code == ONE, seen(ran)
    assert "VSPHERE_CA_FILE" in seen(ran)
    assert [one for one in calm.requests(since) if one["soap"] == "Login"] == []


def test_a_thumbprint_pins_the_certificate(calm: diffing.Site) -> None:
    pem = Path(calm.endpoint.ca_file).read_text("ascii")
    digest = __import__("hashlib").sha256(ssl.PEM_cert_to_DER_cert(pem)).hexdigest()
    right = calm.diff(VSPHERE_CA_FILE="", VSPHERE_THUMBPRINT=digest)
    wrong = calm.diff("--format", "text", VSPHERE_CA_FILE="", VSPHERE_THUMBPRINT="00" * 32)
    assert right.code == 0, seen(right)
    assert wrong.code == ONE, seen(wrong)


@pytest.mark.parametrize(
    "path",
    [
        "/api/cis/tagging/category",
        "/api/content/library",
        f"{NAMESPACES}/v2",
        "/api/vcenter/namespace-management/supervisors/summaries",
        "/api/session",
    ],
)
def test_an_older_vcenter_without_an_endpoint_is_read_another_way(
    calm: diffing.Site, path: str
) -> None:
    """Each has a predecessor that the simulator serves as well."""
    calm.tell({"do": "trouble", "trouble": {"kind": "status", "status": 404, "path": path}})
    ran = calm.diff()
    assert ran.code in (0, IN_PART), seen(ran)
    assert [one for one in ran.answer["differences"] if one["what"] == "missing"] == []


def test_f8_supervisors_that_no_role_may_see_are_no_failure(calm: diffing.Site) -> None:
    """vCenter asks for the right to disable them; all else is compared, and the reader says so."""
    path = "/api/vcenter/namespace-management/supervisors/summaries"
    calm.tell({"do": "trouble", "trouble": {"kind": "status", "status": 403, "path": path}})
    ran = calm.diff()
    assert ran.code == 0, seen(ran)
    assert ran.answer["differences"] == []
    assert ("supervisor", "") in {
        (one["kind"], one["field"]) for one in ran.answer["unreadable"] if one["by_design"]
    }
