"""F38, first meeting: from a vCenter that nobody has described to a blueprint that fits there."""

from __future__ import annotations

import json
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from generator.api import validate
from generator.cli import run
from generator.finding import Severity
from generator.vcenter.calls import REST, SOAP
from tests.vcenter.conftest import GPU_VM, Simulated

pytestmark = pytest.mark.tools


@pytest.fixture(scope="module")
def environment(simulated: Simulated) -> Iterator[Simulated]:
    """The settings of the simulator in the environment."""
    with pytest.MonkeyPatch.context() as patch:
        for name, value in simulated.environment().items():
            patch.setenv(name, value)
        yield simulated


@pytest.fixture(scope="module")
def began(environment: Simulated) -> tuple[int, int]:
    """Where the trace stood before the reading."""
    return environment.position(), len(environment.requests())


@pytest.fixture(scope="module")
def folder(began: tuple[int, int], tmp_path_factory: pytest.TempPathFactory) -> Path:
    """What a first run leaves."""
    del began
    where = tmp_path_factory.mktemp("first") / "acme"
    assert run(["init", str(where), "--from-vcenter", "--site", "ams1"]) == 0
    return where


def test_the_blueprint_breaks_no_rule(folder: Path) -> None:
    found = validate([folder / "acme.yaml"])
    assert [one for one in found if one.severity is Severity.ERROR] == []


def test_it_fits(folder: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert run(["size", str(folder / "acme.yaml"), "--format", "json"]) == 0
    size = json.loads(capsys.readouterr().out)
    assert size["fits"]
    assert {one["site"] for one in size["placements"]} == {"ams1"}


def test_the_inventory_is_the_one_that_an_export_writes(
    folder: Path, environment: Simulated, tmp_path: Path
) -> None:
    del environment
    exported = tmp_path / "exported.yaml"
    export = ["inventory", "export", "--format", "site", "--name", "ams1"]
    assert run([*export, "--out", str(exported)]) == 0
    assert (folder / "ams1.site.yaml").read_bytes() == exported.read_bytes()


def test_only_reads_reached_the_server(
    folder: Path, environment: Simulated, began: tuple[int, int]
) -> None:
    del folder
    assert set(environment.methods(began[0])) <= set(SOAP)
    asked = set(environment.requests()[began[1] :]) - {"POST /sdk", "POST /pbm/sdk", "POST /pbm"}
    assert asked >= {"POST /api/session", "DELETE /api/session"}
    assert [line for line in sorted(asked) if not may_be_asked(*line.split(" ", 1))] == []


def may_be_asked(method: str, path: str) -> bool:
    """Whether a request is in the list of reads."""
    return any(method == one and pattern.fullmatch(path) for one, pattern, _ in REST)


def test_no_session_stays_behind(folder: Path, environment: Simulated) -> None:
    del folder
    assert (environment.soap_sessions(), environment.rest_sessions()) == (0, 0)


@pytest.fixture(scope="module")
def look(environment: Simulated, tmp_path_factory: pytest.TempPathFactory) -> Any:
    """The answer as a program reads it, from a snapshot."""
    import subprocess
    import sys

    where = tmp_path_factory.mktemp("offline")
    kept = str(where / "vc.snapshot")
    assert run(["inventory", "export", "--out", kept]) == 0
    command = [sys.executable, "-m", "generator", "init", str(where / "acme"), "--inventory", kept]
    done = subprocess.run([*command, "--format", "json"], capture_output=True, check=True)
    del environment
    return json.loads(done.stdout)["first_look"]


def test_free_and_stranded_room_is_told_host_by_host(look: Any) -> None:
    """Four hosts with two H100 of 80 GB each; the VM with two vGPUs is off and takes nothing."""
    assert {one["host"]: one["free_mib"] for one in look["hosts"]} == dict.fromkeys(
        ("esx-01", "esx-02", "esx-03", "esx-04"), 2 * 81920
    )
    assert [one["rooms"] for one in look["hosts"]] == [[{"profile": "", "count": 2}]] * 4


def test_who_would_take_gpus_back_is_told(look: Any) -> None:
    (holder,) = look["holders"]
    assert (holder["vm"], holder["power"]) == (GPU_VM, "off")
    assert holder["gpus"] == ["nvidia_h100-80c"] * 2
