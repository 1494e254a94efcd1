"""``mlgen inventory export``: what is written, what is said, and how it ends."""

from __future__ import annotations

import io
import os
import sys
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
import yaml

from generator.api import read_snapshot, write_snapshot
from generator.cli import run
from generator.cli.progress import ProgressLine
from generator.cli.signals import ended_in_order
from generator.record import altered
from generator.vcenter.snapshot import Failed, Snapshot, Unread
from tests.vcenter.snapshots import SNAPSHOT, vcenter_seen

WHOLE = Snapshot(vcenters=(vcenter_seen(unread=()),))
EXPORT = ("inventory", "export")
Answer = Callable[[Snapshot], list[Any]]


@pytest.fixture
def answer(monkeypatch: pytest.MonkeyPatch) -> Answer:
    """Answers the reading of vCenters; gives what it was asked for."""

    def with_(snapshot: Snapshot) -> list[Any]:
        asked: list[Any] = []

        def observe(*arguments: Any) -> Snapshot:
            asked.extend(arguments)
            return snapshot

        monkeypatch.setattr("generator.api.observe_vcenters", observe)
        for name, value in (("SERVER", "vc.example"), ("USER", "u"), ("PASSWORD", "p")):
            monkeypatch.setenv(f"VSPHERE_{name}", value)
        return asked

    return with_


def unread(reason: str) -> Snapshot:
    one = Unread(kind="vm", key="k", field="", reason=reason, detail="said")  # type: ignore[arg-type]
    return Snapshot(vcenters=(vcenter_seen(unread=(one,)),))


def test_a_snapshot_is_written_without_the_account(
    answer: Answer, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    answer(WHOLE)
    assert run([*EXPORT, "--out", str(tmp_path / "s")]) == 0
    (seen,) = read_snapshot(tmp_path / "s").vcenters
    assert seen.account.startswith("n-")
    assert capsys.readouterr() == ("", "")


@pytest.mark.parametrize(
    ("reason", "code"),
    [("role", 0), ("endpoint", 0), ("permission", 3), ("failed", 3), ("hidden", 0)],
)
def test_the_exit_code_says_whether_all_was_read_that_the_role_should_see(
    answer: Answer, tmp_path: Path, reason: str, code: int
) -> None:
    """F8: what is unreadable by design is no reason for 3."""
    answer(unread(reason))
    assert run([*EXPORT, "--out", str(tmp_path / "s")]) == code


def test_what_was_not_read_is_said(
    answer: Answer, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    answer(unread("permission"))
    run([*EXPORT, "--out", str(tmp_path / "s")])
    assert capsys.readouterr().err == "vc-ams1: vm k: permission: said\n"


def test_a_vcenter_that_failed_is_named_and_the_others_are_written(
    answer: Answer, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    answer(altered(WHOLE, failed=(Failed(name="vc-b", reason="down\x1b[2J", mend="wait"),)))
    assert run([*EXPORT, "--out", str(tmp_path / "s")]) == 3
    said = capsys.readouterr().err
    assert "vc-b: not read: down" in said
    assert "\x1b" not in said
    assert len(read_snapshot(tmp_path / "s").vcenters) == 1


def test_where_none_could_be_read_nothing_is_written(answer: Answer, tmp_path: Path) -> None:
    answer(Snapshot(vcenters=(), failed=SNAPSHOT.failed))
    assert run([*EXPORT, "--out", str(tmp_path / "s")]) == 1
    assert list(tmp_path.iterdir()) == []


def test_a_site_is_made_from_an_earlier_snapshot(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    write_snapshot(SNAPSHOT, tmp_path / "s")
    code = run([*EXPORT, "--from", str(tmp_path / "s"), "--format", "site", "--name", "ams1"])
    assert code == 3
    document = yaml.safe_load(capsys.readouterr().out)
    assert (document["kind"], document["metadata"]["name"]) == ("SiteInventory", "ams1")


def test_a_site_that_was_exported_is_valid(tmp_path: Path) -> None:
    write_snapshot(WHOLE, tmp_path / "s")
    site = tmp_path / "site.yaml"
    form = ["--format", "site", "--out", str(site)]
    assert run([*EXPORT, "--from", str(tmp_path / "s"), *form]) == 0
    assert run(["validate", str(site)]) == 0


def test_names_can_be_replaced(tmp_path: Path) -> None:
    write_snapshot(WHOLE, tmp_path / "s")
    assert (
        run([*EXPORT, "--from", str(tmp_path / "s"), "--pseudonyms", "--out", str(tmp_path / "p")])
        == 0
    )
    keys = {one.key for one in read_snapshot(tmp_path / "p").vcenters[0].objects}
    assert "gpu-a" not in keys


def test_a_site_says_which_vcenters_are_meant(answer: Answer, tmp_path: Path) -> None:
    asked = answer(WHOLE)
    site = Path(__file__).parents[2] / "blueprints" / "acme-ams1.site.yaml"
    run([*EXPORT, "--site", str(site), "--ours", "acme-ml", "--out", str(tmp_path / "s")])
    (connection,), wanted, role, _ = asked
    assert (connection.name, role) == ("vc-ams1", "diff")
    assert dict(wanted.instance_uuids) == {"vc-ams1": "3f2a7c1e-0d54-4b7b-9a61-7e5f2f8f0a11"}
    assert wanted.folders == wanted.pools == wanted.namespaces == {"acme-ml"}


def test_a_snapshot_goes_to_standard_output_of_a_program(tmp_path: Path) -> None:
    import subprocess

    write_snapshot(WHOLE, tmp_path / "s")
    command = [sys.executable, "-m", "generator", *EXPORT, "--from", str(tmp_path / "s")]
    done = subprocess.run(command, capture_output=True, check=True)
    (tmp_path / "t").write_bytes(done.stdout)
    assert len(read_snapshot(tmp_path / "t").vcenters[0].objects) == len(WHOLE.vcenters[0].objects)


def test_a_snapshot_does_not_go_to_a_terminal(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setattr(sys.stdout, "isatty", lambda: True)
    assert run([*EXPORT]) == 1
    assert "--out" in capsys.readouterr().err


def test_without_an_environment_it_says_what_is_missing(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    for name in [each for each in os.environ if each.startswith(("VSPHERE_", "GOVC_"))]:
        monkeypatch.delenv(name)
    assert run([*EXPORT, "--out", "s"]) == 1
    assert "VSPHERE_SERVER" in capsys.readouterr().err


def test_no_option_takes_a_credential() -> None:
    from generator.cli.inventory import export

    names = {name for each in export.params for name in each.opts}
    assert not [name for name in names if any(word in name for word in ("pass", "user", "server"))]


class Terminal(io.StringIO):
    def isatty(self) -> bool:
        return True


def test_a_terminal_sees_one_line_that_goes_away(monkeypatch: pytest.MonkeyPatch) -> None:
    shown = Terminal()
    monkeypatch.setattr(sys, "stderr", shown)
    line = ProgressLine()
    line("vc-ams1: VMs 1000", 0, 0)
    line("vc-ams1: devices of VMs 10", 3, 6)
    line("vc-ams1: devices of VMs 40", 6, 6)
    line.end()
    assert shown.getvalue().split("\r\x1b[K") == [
        "",
        "reading vc-ams1: VMs 1000",
        "[##########----------] 3/6 reading vc-ams1: devices of VMs 10",
        "[####################] 6/6 reading vc-ams1: devices of VMs 40",
        "",
    ]


def test_the_bar_never_wraps_and_shows_no_escape_of_a_name(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    """A second line would stay on the terminal."""
    shown = Terminal()
    monkeypatch.setattr(sys, "stderr", shown)
    monkeypatch.setenv("COLUMNS", "40")
    line = ProgressLine()
    line(f"vc\x1b[31m{'x' * 200}", 1, 2)
    assert len(shown.getvalue().removeprefix("\r\x1b[K")) == 39
    assert "\x1b[31m" not in shown.getvalue()


def test_a_file_sees_no_progress(monkeypatch: pytest.MonkeyPatch) -> None:
    shown = io.StringIO()
    monkeypatch.setattr(sys, "stderr", shown)
    line = ProgressLine()
    line("vc-ams1: VMs", 1000, 0)
    line.end()
    assert shown.getvalue() == ""


def test_handlers_of_signals_are_put_back() -> None:
    import signal

    before = signal.getsignal(signal.SIGTERM)
    with ended_in_order():
        assert signal.getsignal(signal.SIGTERM) != before
    assert signal.getsignal(signal.SIGTERM) == before


def test_without_a_live_vcenter_pyvmomi_is_not_even_loaded(tmp_path: Path) -> None:
    """It takes a tenth of a second."""
    import subprocess

    write_snapshot(WHOLE, tmp_path / "s")
    program = (
        "import sys\nfrom generator.cli import run\n"
        f"code = run({[*EXPORT, '--from', str(tmp_path / 's'), '--out', str(tmp_path / 't')]!r})\n"
        "sys.exit(code or 'pyVmomi' in sys.modules)\n"
    )
    assert subprocess.run([sys.executable, "-c", program], check=False).returncode == 0


def test_on_a_terminal_it_says_what_can_be_done_next(
    answer: Answer,
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
    capsys: pytest.CaptureFixture[str],
) -> None:
    """F38. A program's standard error stays empty."""
    answer(WHOLE)
    path = str(tmp_path / "vc.snapshot")
    assert run([*EXPORT, "--out", path]) == 0
    assert capsys.readouterr().err == ""
    monkeypatch.setattr(sys.stderr, "isatty", lambda: True)
    assert run([*EXPORT, "--out", path]) == 0
    assert f"next: mlgen inventory report {path}" in capsys.readouterr().err
