"""Several vCenters at once: one that fails loses no other, and no session stays behind."""

from __future__ import annotations

import json
import os
import signal
import socket
import ssl
import subprocess
import sys
import threading
import time
from collections.abc import Iterator
from hashlib import sha256
from pathlib import Path

import pytest

from generator.api.observing import observe_vcenters, observing
from generator.finding import CannotRun
from generator.vcenter import live, trust
from generator.vcenter.settings import Connection
from generator.vcenter.snapshot import Snapshot
from generator.vcenter.wanted import NOTHING_OURS, Wanted
from tests.acceptance import shipped
from tests.vcenter.conftest import UUID, Simulated, Start

pytestmark = pytest.mark.tools

OTHER = "00000000-0000-4000-8000-000000000000"
LIMIT_S = 20


@pytest.fixture
def quiet(start: Start) -> Simulated:
    """One that is the test's own."""
    return start()


def names(snapshot: Snapshot) -> tuple[list[str], list[str]]:
    return [one.name for one in snapshot.vcenters], [one.name for one in snapshot.failed]


def dead_port() -> int:
    with socket.socket() as closed:
        closed.bind(("127.0.0.1", 0))
        return int(closed.getsockname()[1])


@pytest.fixture
def silent() -> Iterator[int]:
    """A port that takes connections and never says a word."""
    with socket.create_server(("127.0.0.1", 0)) as listening:
        yield listening.getsockname()[1]


def at(port: int, name: str = "dead", timeout_s: float = 1) -> Connection:
    return Connection(
        name=name, host="127.0.0.1", port=port, user="u", password="p", timeout_s=timeout_s
    )


def test_the_wrong_vcenter_stops_the_run_before_anybody_logs_in(
    simulated: Simulated, quiet: Simulated
) -> None:
    """F9: also where another of them would be the right one."""
    wanted = Wanted(instance_uuids={"right": UUID, "wrong": OTHER})
    before, came = quiet.position(), len(quiet.requests())
    others = simulated.position(), len(simulated.requests())
    with pytest.raises(CannotRun, match=f"{UUID}, but wrong is {OTHER}; nothing was read"):
        observe_vcenters([simulated.connection("right"), quiet.connection("wrong")], wanted)
    assert set(quiet.methods(before)) == {"RetrieveServiceContent"}
    assert set(simulated.methods(others[0])) == {"RetrieveServiceContent"}
    assert set(quiet.requests()[came:]) == {"POST /sdk"}
    assert set(simulated.requests()[others[1] :]) == {"POST /sdk"}


def test_a_second_reading_that_fails_loses_nothing_of_the_first(
    simulated: Simulated, start: Start, monkeypatch: pytest.MonkeyPatch
) -> None:
    """F13: nor of another vCenter, which is read again."""
    made = start()
    with observing([simulated.connection("one"), made.connection("two")]) as live_sessions:
        first = live_sessions.snapshot
        broken = live_sessions._readings[0]
        before = made.position()

        def lost(_: frozenset[str]) -> None:
            broken.world.drop(frozenset(("Folder",)))
            raise ConnectionResetError("reset in mid-answer")

        monkeypatch.setattr(broken, "again", lost)
        again = live_sessions.again(["folder"])
    assert again.vcenters[0] == first.vcenters[0]
    assert made.methods(before).count("CreateContainerView") == 1
    (failed,) = again.failed
    assert failed.name == "one"
    assert failed.reason.endswith("reset in mid-answer; what differs is of its first reading")


def test_events_that_cannot_be_asked_for_lose_no_answer(
    simulated: Simulated, monkeypatch: pytest.MonkeyPatch
) -> None:
    def lost(*_: object) -> None:
        raise ConnectionResetError

    monkeypatch.setattr("generator.vcenter.events.changed_by", lost)
    with observing([simulated.connection("vc-ams1")]) as live_sessions:
        assert live_sessions.events([("vc-ams1", "cluster", "gpu-a")]) == ()


def test_a_wrong_password_is_tried_once_by_one_door(simulated: Simulated) -> None:
    """F13: REST is not asked with what SOAP refused."""
    before, came = simulated.position(), len(simulated.requests())
    wrong = simulated.connection("wrong", VSPHERE_PASSWORD="no")
    found = observe_vcenters([wrong, simulated.connection("right")])
    assert names(found) == (["right"], ["wrong"])
    assert "refuses the account" in found.failed[0].reason
    assert "tried once" in found.failed[0].mend
    assert simulated.methods(before).count("Login") == 2
    assert simulated.requests()[came:].count("POST /api/session") == 1


def test_a_vcenter_that_is_down_loses_no_other(simulated: Simulated) -> None:
    found = observe_vcenters([at(dead_port()), simulated.connection("up")])
    assert names(found) == (["up"], ["dead"])
    assert "refused" in found.failed[0].reason
    assert "the network" in found.failed[0].mend


def test_a_vcenter_that_says_nothing_is_not_waited_for(silent: int) -> None:
    started = time.monotonic()
    found = observe_vcenters([at(silent, timeout_s=0.3)])
    assert names(found) == ([], ["dead"])
    assert time.monotonic() - started < LIMIT_S


def test_a_certificate_that_nobody_vouches_for_is_refused(simulated: Simulated) -> None:
    found = observe_vcenters([simulated.connection(VSPHERE_CA_FILE="")])
    assert names(found) == ([], ["vc-ams1"])
    assert "VSPHERE_THUMBPRINT" in found.failed[0].mend


def test_a_certificate_can_be_pinned(simulated: Simulated) -> None:
    pem = Path(simulated.endpoint.ca_file).read_text("utf-8")
    shown = sha256(ssl.PEM_cert_to_DER_cert(pem)).hexdigest()
    pinned = simulated.connection("pinned", VSPHERE_CA_FILE="", VSPHERE_THUMBPRINT=shown)
    other = simulated.connection("other", VSPHERE_CA_FILE="", VSPHERE_THUMBPRINT="ab" * 32)
    found = observe_vcenters([pinned, other])
    assert names(found) == (["pinned"], ["other"])
    assert f"the SHA-256 {shown}, not the stated one" in found.failed[0].reason


def test_it_can_be_left_unverified_on_request(simulated: Simulated) -> None:
    found = observe_vcenters(
        [simulated.connection(VSPHERE_CA_FILE="", VSPHERE_ALLOW_UNVERIFIED_SSL="true")]
    )
    assert names(found) == (["vc-ams1"], [])


def test_authorities_of_the_environment_play_no_part(
    simulated: Simulated, monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    """A bundle or a proxy for other programs neither breaks nor weakens a reading."""
    (tmp_path / "empty.pem").write_text("", "utf-8")
    monkeypatch.setenv("REQUESTS_CA_BUNDLE", str(tmp_path / "empty.pem"))
    monkeypatch.setenv("CURL_CA_BUNDLE", str(tmp_path / "empty.pem"))
    monkeypatch.setenv("HTTPS_PROXY", f"http://127.0.0.1:{dead_port()}")
    assert names(observe_vcenters([simulated.connection()])) == (["vc-ams1"], [])


def test_an_authority_that_cannot_be_read_is_named(simulated: Simulated, tmp_path: Path) -> None:
    with pytest.raises(CannotRun, match="no-such-file"):
        trust.tls(simulated.connection(VSPHERE_CA_FILE=str(tmp_path / "no-such-file")))


def test_two_are_read_side_by_side(simulated: Simulated, quiet: Simulated) -> None:
    found = observe_vcenters([simulated.connection("a"), quiet.connection("b")])
    assert names(found) == (["a", "b"], [])


def test_a_retrieval_that_fails_fails_its_vcenter(start: Start) -> None:
    broken = start("-fault", "CreateContainerView")
    found = observe_vcenters([broken.connection()])
    assert names(found) == ([], ["vc-ams1"])
    assert (broken.soap_sessions(), broken.rest_sessions()) == (0, 0)


def test_an_interrupt_of_the_reader_closes_all_sessions(start: Start) -> None:
    """Ctrl-C while an answer is awaited: the main thread does not wait for it."""
    slow = start("-slow", "CreateContainerView=4000")
    timer = threading.Timer(0.7, os.kill, (os.getpid(), signal.SIGINT))
    timer.start()
    started = time.monotonic()
    with pytest.raises(KeyboardInterrupt):
        observe_vcenters([slow.connection()])
    assert time.monotonic() - started < 3
    time.sleep(4)  # until the server has noticed that nobody waits
    assert (slow.soap_sessions(), slow.rest_sessions()) == (0, 0)


COMMAND = (sys.executable, "-m", "generator", "inventory", "export", "--out")


@pytest.mark.parametrize(
    ("number", "code"), [(signal.SIGINT, 130), (signal.SIGTERM, 143), (signal.SIGHUP, 129)]
)
def test_a_signal_closes_all_sessions_of_the_command(
    start: Start, number: signal.Signals, code: int, tmp_path: Path
) -> None:
    slow = start("-slow", "CreateContainerView=3000")
    environment = {"PATH": os.environ["PATH"], **slow.environment()}
    with subprocess.Popen([*COMMAND, str(tmp_path / "out")], cwd=shipped.ROOT, env=environment,
                          stderr=subprocess.PIPE, text=True) as process:  # fmt: skip
        deadline = time.monotonic() + LIMIT_S
        while "POST /api/session" not in slow.requests() and time.monotonic() < deadline:
            time.sleep(0.05)
        process.send_signal(number)
        _, said = process.communicate(timeout=LIMIT_S)
    time.sleep(3)
    assert process.returncode == code, said
    assert (slow.soap_sessions(), slow.rest_sessions()) == (0, 0)
    assert list(tmp_path.iterdir()) == []


def test_steps_run_side_by_side_and_tell_what_they_raised() -> None:
    gate = threading.Barrier(2, timeout=5)
    outcomes = live.side_by_side([gate.wait, gate.wait, lambda: 1 / 0])
    assert outcomes[:2] == [None, None]
    assert isinstance(outcomes[2], ZeroDivisionError)


def test_progress_is_told(simulated: Simulated) -> None:
    told: list[tuple[str, int, int]] = []
    with observing([simulated.connection()], NOTHING_OURS, "diff", lambda *step: told.append(step)):
        pass
    assert "vc-ams1: VMs 2" in [what for what, _, _ in told]
    done, total = told[-1][1:]
    assert 0 < done < total == 5
    assert [one for _, one, _ in told] == sorted(one for _, one, _ in told)


def test_a_vcenter_that_is_lost_in_the_second_reading_loses_no_other(
    simulated: Simulated, quiet: Simulated, monkeypatch: pytest.MonkeyPatch
) -> None:
    """F13: what changed is read again; by then one may be gone."""
    with observing([simulated.connection("a"), quiet.connection("b")]) as live:
        for one in live._readings[1:]:
            monkeypatch.setattr(one, "again", lambda _: [].pop())
        found = live.again({"cluster"})
        assert names(found) == (["a", "b"], ["b"])  # with what it said at first
        assert list(live.events([("b", "folder", "none")])) == []


def test_requests_are_few(simulated: Simulated) -> None:
    """An audit must not be felt: the number of requests does not grow with that of the hosts."""
    came = len(simulated.requests())
    observe_vcenters([simulated.connection()])
    assert len(simulated.requests()) - came < 60
    assert json.loads((simulated.folder / "inventory.json").read_text("utf-8"))["hosts"]


@pytest.mark.parametrize(
    ("more", "reason", "mend"),
    [
        ({"VSPHERE_CA_FILE": "/no-such-file"}, "/no-such-file", "correct VSPHERE_CA_FILE"),
        ({"VSPHERE_CA_FILE": "", "VSPHERE_THUMBPRINT": "ab" * 32}, "SHA-256", "ask its admin"),
        ({"VSPHERE_CA_FILE": ""}, "CERTIFICATE_VERIFY_FAILED", "VSPHERE_THUMBPRINT"),
    ],
)
def test_what_is_wrong_with_trust_is_mended_there(
    simulated: Simulated, more: dict[str, str], reason: str, mend: str
) -> None:
    """And not by looking at the network."""
    (failed,) = observe_vcenters([simulated.connection(**more)]).failed
    assert reason in failed.reason
    assert mend in failed.mend


def test_a_failure_of_the_network_says_where() -> None:
    """The variable that names the server is not the name of the vCenter."""
    port = dead_port()
    (failed,) = observe_vcenters([at(port)]).failed
    assert failed.reason.startswith(f"127.0.0.1:{port}: ")
    assert "RetrieveServiceContent" not in failed.reason
