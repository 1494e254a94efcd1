"""``mlgen init`` on a terminal: it asks for what no flag says."""

from __future__ import annotations

import io
import sys
from pathlib import Path

import pytest

from generator.cli import run
from generator.vcenter.snapshot import Snapshot
from tests.cli.starts import FOUND, blueprint
from tests.vcenter.snapshots import vcenter_seen


class Terminal(io.StringIO):
    def isatty(self) -> bool:
        return True


def at_a_terminal(monkeypatch: pytest.MonkeyPatch, answers: str) -> None:
    """A person who types these answers, without a vCenter in the environment."""
    monkeypatch.setattr(sys.stdout, "isatty", lambda: True)
    monkeypatch.setattr(sys, "stdin", Terminal(answers))
    for name in ("VSPHERE_SERVER", "GOVC_URL"):
        monkeypatch.delenv(name, raising=False)


def test_on_a_terminal_it_asks_and_asks_again(
    monkeypatch: pytest.MonkeyPatch, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    at_a_terminal(monkeypatch, "Bad Name\nacme\nams1\nnvidia-l4o\nnvidia-l4\n4\n2\n")
    assert run(["init", str(tmp_path)]) == 0
    asked = capsys.readouterr().err
    assert asked.count("Name of the platform") == 2
    assert asked.count("GPU model") == 2
    assert blueprint(tmp_path / "acme.yaml")["storage_compute"]["sites"][0]["name"] == "ams1"
    assert len(blueprint(tmp_path / "ams1.site.yaml")["hosts"]) == 2


def test_with_a_vcenter_in_the_environment_it_offers_to_read_it(
    monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    at_a_terminal(monkeypatch, "acme\ny\n")
    for name, value in (("SERVER", "vc.example"), ("USER", "u"), ("PASSWORD", "p")):
        monkeypatch.setenv(f"VSPHERE_{name}", value)
    seen_now = Snapshot(vcenters=(vcenter_seen(objects=FOUND, unread=()),))
    monkeypatch.setattr("generator.api.observe_vcenters", lambda *_: seen_now)
    assert run(["init", str(tmp_path)]) == 0
    assert sorted(path.name for path in tmp_path.iterdir()) == ["acme.yaml", "vc-ams1.site.yaml"]


def test_a_wizard_that_is_broken_off_writes_nothing(
    monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    at_a_terminal(monkeypatch, "acme\n")
    assert run(["init", str(tmp_path)]) == 130
    assert list(tmp_path.iterdir()) == []


def test_a_flag_keeps_the_wizard_away(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    at_a_terminal(monkeypatch, "")
    assert run(["init", str(tmp_path), "--hosts", "2"]) == 0
