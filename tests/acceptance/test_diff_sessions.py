"""A diff only reads, and leaves no session behind, however it ends."""

from __future__ import annotations

import re
import signal
import subprocess
import time
from collections import Counter
from typing import Any

import pytest

from tests.acceptance import diffing, shipped, vcenter

pytestmark = pytest.mark.tools

READ = "RetrievePropertiesEx"
SOAP = {
    "RetrieveServiceContent", "Login", "Logout",
    "CreateContainerView", "DestroyView",
    READ, "ContinueRetrievePropertiesEx", "CancelRetrievePropertiesEx",
    "RetrieveAllPermissions", "HasPrivilegeOnEntities", "QueryOptions",
    "CreateCollectorForEvents", "SetCollectorPageSize", "ReadPreviousEvents", "DestroyCollector",
    "PbmRetrieveServiceContent", "PbmQueryProfile", "PbmRetrieveContent", "PbmCheckCompatibility",
}  # fmt: skip
"""F13, written here and not read from the product. Of these Login, Logout, the views and the
collectors make something: of the session itself, gone with it."""

HOST_SOAP = {"FetchSoftwarePackages", "QueryConfiguredModuleOptionString"}
QUESTIONS = re.compile(
    r"/api/session|/api/cis/tagging/tag-association\?action=list-attached-objects-on-tags"
)
"""The one question that the API takes by POST, and the session."""
PATIENCE_S = 15


def soap_calls(requests: list[dict[str, Any]]) -> set[str]:
    found = {one["soap"] for one in requests if one["soap"]}
    return {name[0].upper() + name[1:] for name in found}


def test_every_call_of_a_run_is_one_that_reads(calm: diffing.Site) -> None:
    since = len(calm.requests())
    ran = calm.diff()
    made = calm.requests(since)
    assert ran.code == 0
    assert soap_calls(made) <= SOAP
    assert soap_calls(made) >= {READ, "Login", "Logout", "PbmRetrieveContent"}
    rest = [one for one in made if not one["soap"]]
    assert {one["method"] for one in rest} <= {"GET", "POST", "DELETE"}
    asked = [one["path"] for one in rest if one["method"] in ("POST", "DELETE")]
    assert [path for path in asked if not QUESTIONS.fullmatch(path)] == []


def test_a_run_that_finds_drift_reads_too(busy: diffing.Site) -> None:
    """Then it reads again, and asks who it was."""
    since = len(busy.requests())
    busy.tell(
        {
            "do": "set", "object": "HostSystem:esx-01", "value": "sameSize",
            "path": "config.graphicsInfo[pciId=0000:17:00.0].vgpuMode",
        }
    )  # fmt: skip
    ran = busy.diff()
    made = busy.requests(since)
    assert ran.code == 2
    assert soap_calls(made) <= SOAP
    assert "CreateCollectorForEvents" in soap_calls(made)


def test_the_role_for_hosts_adds_two_calls(calm: diffing.Site) -> None:
    """F8."""
    since = len(calm.requests())
    calm.diff("--role", "diff-host")
    assert soap_calls(calm.requests(since)) - SOAP == HOST_SOAP


def test_the_log_in_and_the_log_out_of_each_session_balance(calm: diffing.Site) -> None:
    since = len(calm.requests())
    before = calm.sessions()
    calm.diff()
    made = calm.requests(since)
    counts = Counter(one["soap"] for one in made)
    rest = Counter(one["method"] for one in made if one["path"] == "/api/session")
    assert calm.sessions() == before
    assert rest["POST"] == rest["DELETE"] == 1
    assert counts["CreateContainerView"] == counts["DestroyView"] > 0


@pytest.mark.parametrize("sent", [signal.SIGINT, signal.SIGTERM], ids=lambda one: one.name)
@pytest.mark.parametrize("soap", [READ, "Login", "RetrieveServiceContent"])
def test_a_signal_in_the_middle_closes_both_sessions(
    calm: diffing.Site, sent: signal.Signals, soap: str
) -> None:
    before = calm.sessions()
    since = len(calm.requests())
    slow = {"kind": "slow", "ms": 3000, "path": "/sdk", "soap": soap}
    calm.tell({"do": "trouble", "trouble": slow})
    with subprocess.Popen(
        calm.command("--format", "json"),
        cwd=shipped.ROOT,
        env=calm.environment(),
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        text=True,
    ) as process:
        time.sleep(1.5)
        process.send_signal(sent)
        output, said = process.communicate(timeout=PATIENCE_S)
    calm.tell({"do": "undo"})
    assert process.returncode == 128 + sent, said
    assert output == ""
    assert "Traceback" not in said
    assert settled(calm, before) == before
    rest = Counter(one["method"] for one in calm.requests(since) if one["path"] == "/api/session")
    assert rest["POST"] == rest["DELETE"]


def settled(site: diffing.Site, wanted: int) -> int:
    """The number of sessions, once answers that were still under way have come."""
    limit = time.monotonic() + PATIENCE_S
    while (found := site.sessions()) != wanted and time.monotonic() < limit:
        time.sleep(0.2)
    return found


def test_a_network_that_dies_leaves_nothing_that_vcenter_does_not_close(
    calm: diffing.Site,
) -> None:
    """Nobody can log out then: the run ends by itself, says so, and fails."""
    trouble = {"kind": "reset", "path": "/", "after": 6}
    calm.tell({"do": "trouble", "trouble": trouble})
    started = time.monotonic()
    ran = calm.diff("--format", "text")
    calm.tell({"do": "undo"})
    assert ran.code in (1, 3), ran.output + ran.said
    assert "Traceback" not in ran.said
    assert time.monotonic() - started < diffing.LIMIT_S


def test_the_password_is_in_nothing_that_is_printed(calm: diffing.Site) -> None:
    ran = calm.diff("--format", "text")
    assert vcenter.PASSWORD not in ran.output + ran.said
