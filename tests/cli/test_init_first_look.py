"""``mlgen init`` from a vCenter: what it finds there, and a start that fits beside it."""

from __future__ import annotations

from pathlib import Path

import pytest
import yaml

from generator.cli import run
from generator.vcenter.snapshot import Failed, Seen, Snapshot
from tests.cli.starts import (
    CLUSTER,
    FOUND,
    HOSTILE,
    SUPERVISOR,
    blueprint,
    errors,
    gpu,
    host,
    kept,
    looked,
    machine,
)
from tests.vcenter.snapshots import seen


def test_room_is_told_by_host_and_size(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    """F38. A 16 GB desktop locks an L40S of 48 GB to that size: two more fit, and a whole GPU."""
    look = looked(tmp_path, capsys, *FOUND)
    (one,) = look["hosts"]
    assert one["rooms"] == [
        {"profile": "", "count": 1},
        {"profile": "nvidia_l40s-16c", "count": 2},
    ]
    assert (one["vgpus"], one["free_mib"], one["stranded_mib"]) == (1, 2 * 16384 + 49152, 0)
    assert [(each["vm"], each["gpus"]) for each in look["holders"]] == [
        ("desk", ["nvidia_l40s-16c"])
    ]


def test_what_no_profile_fits_in_is_stranded(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    """F38. An A30 of 24 GB that is locked to 16 GB does not exist; an H100 NVL does: 94 by 23."""
    nvl = {"model": "NVIDIA H100 NVL", "device_id": "2321", "memory_mib": 95830}
    look = looked(
        tmp_path, capsys, CLUSTER, host("esx-01"),
        gpu("esx-01", "0000:17:00.0", vms=("a",), **nvl),
        machine("a", "esx-01", "nvidia_h100l-23c"),
    )  # fmt: skip
    (one,) = look["hosts"]
    assert one["rooms"] == [{"profile": "nvidia_h100l-23c", "count": 3}]
    assert one["stranded_mib"] > 0
    assert one["free_mib"] + one["stranded_mib"] < one["framebuffer_mib"]


def test_hosts_in_maintenance_carry_nothing(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    down = (host("esx-02", maintenance=True), gpu("esx-02", "0000:17:00.0"))
    look = looked(tmp_path, capsys, *FOUND, *down)
    assert look["maintenance"] == ["esx-02"]
    assert [one["why"] for one in look["hosts"]] == ["", "in maintenance"]


def test_old_versions_are_told_and_nothing_is_built_on_them(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    """F38, F29: by the catalogue's matrix; the driver 535 is the branch of vGPU 16."""
    old = host("esx-02", version="7.0.3", **{"package.NVD-AIE_ESXi": "535.104.06-1OEM.800.1"})
    look = looked(tmp_path, capsys, *FOUND, old, gpu("esx-02", "0000:17:00.0"), SUPERVISOR)
    assert [(one["target"], one["version"], one["why"]) for one in look["stale"]] == [
        ("esx", "7.0.3", "out of support since 2025-10-02"),
        ("vgpu_host", "16", "out of support since 2026-06-30"),
        ("esx", "7.0.3, 8.0.3", "its hosts have different versions"),
    ]
    text = (tmp_path / "out" / "acme.yaml").read_text("utf-8")
    stated = yaml.safe_load(text)["platform"]["targets"]
    assert set(stated) == {"vcenter", "vks", "kubernetes", "cluster_class"}
    assert "esx 7.0U3, vgpu_host 16" in text


def test_a_version_that_nobody_knows_is_told(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    look = looked(tmp_path, capsys, *FOUND, version="12.0.0")
    assert [(one["target"], one["why"]) for one in look["stale"]] == [
        ("vcenter", "not in the version matrix")
    ]


@pytest.mark.parametrize(
    ("more", "kind"), [((), "vm"), ((SUPERVISOR,), "vks")], ids=["without", "with"]
)
def test_a_supervisor_decides_what_runs_the_work(
    tmp_path: Path, capsys: pytest.CaptureFixture[str], more: tuple[Seen, ...], kind: str
) -> None:
    looked(tmp_path, capsys, *FOUND, *more)
    written = blueprint(tmp_path / "out" / "acme.yaml")
    assert [one["kind"] for one in written["resource_management"]["orchestrators"]] == [kind]
    assert ("vks" in written["platform"]["targets"]) is (kind == "vks")


@pytest.mark.parametrize(
    ("taken", "example"),
    [
        ((), "assistant"),
        (("nvidia_l40s-48c",), "scores"),
        (("nvidia_l40s-8c",) * 5, "embeddings"),
    ],
    ids=["free", "full", "nearly full"],
)
def test_the_example_is_one_that_fits_beside_what_runs(
    tmp_path: Path, capsys: pytest.CaptureFixture[str], taken: tuple[str, ...], example: str
) -> None:
    vms = tuple(machine(f"d{n}", "esx-01", profile) for n, profile in enumerate(taken))
    one = gpu("esx-01", "0000:17:00.0", vms=tuple(f"d{n}" for n, _ in enumerate(taken)))
    looked(tmp_path, capsys, CLUSTER, host("esx-01"), one, *vms)
    written = blueprint(tmp_path / "out" / "acme.yaml")
    assert [one["name"] for one in written["workloads"]] == [example]
    assert run(["size", str(tmp_path / "out" / "acme.yaml"), "--plan-only"]) == 0


def test_a_size_that_gpus_are_locked_to_is_taken_where_no_other_has_room(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    """One slot of 8 GB is left, and the size that mlgen would choose is another."""
    vms = tuple(machine(f"d{n}", "esx-01", "nvidia_l40s-8c") for n in range(5))
    one = gpu("esx-01", "0000:17:00.0", vms=tuple(f"d{n}" for n in range(5)))
    look = looked(tmp_path, capsys, CLUSTER, host("esx-01"), one, *vms)
    assert look["hosts"][0]["rooms"] == [{"profile": "nvidia_l40s-8c", "count": 1}]
    policy = blueprint(tmp_path / "out" / "acme.yaml")["resource_management"]["gpu"]
    assert policy["catalogue"] == ["8GiB"]


def test_a_site_without_room_gets_no_workload(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    look = looked(tmp_path, capsys, CLUSTER, host("esx-01", maintenance=True))
    assert (look["hosts"], look["plain_hosts"]) == ([], 1)
    assert blueprint(tmp_path / "out" / "acme.yaml")["workloads"] == []


def test_why_nothing_fits_is_said(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    full = tuple(machine(f"v{n}", "esx-01") for n in range(8))
    source = kept(tmp_path, CLUSTER, host("esx-01"), *full)
    assert run(["init", str(tmp_path / "out"), "--name", "acme", "--inventory", source]) == 0
    assert "  scores in prod: 0 of 1 fit" in capsys.readouterr().out


def test_where_no_vcenter_could_be_read_nothing_is_written(
    tmp_path: Path, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    for name, value in (("SERVER", "vc.example"), ("USER", "u"), ("PASSWORD", "p")):
        monkeypatch.setenv(f"VSPHERE_{name}", value)
    failed = Snapshot(vcenters=(), failed=(Failed(name="vc", reason="down", mend="wait"),))
    monkeypatch.setattr("generator.api.observe_vcenters", lambda *_: failed)
    assert run(["init", str(tmp_path / "out"), "--from-vcenter"]) == 1
    said = capsys.readouterr().err
    assert "vc: not read: down; wait" in said
    assert "no vCenter could be read" in said
    assert list(tmp_path.iterdir()) == []


def test_hostile_names_stay_names(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    """In values, in comments and on the terminal."""
    objects = (
        *FOUND,
        seen("datastore", HOSTILE, "d", type="NFS41", capacity_bytes=1 << 40, free_bytes=1 << 39),
        seen("network", HOSTILE, "n"),
        machine(HOSTILE, "esx-01", template=True),
        machine(f"{HOSTILE}2", "esx-01", "nvidia_l40s-16c"),
        seen("gpu", "esx-01/0000:99:00.0", "g", host="esx-01", model=HOSTILE, device_id="ffff"),
    )
    source = kept(tmp_path, *objects)
    assert run(["init", str(tmp_path / "out"), "--inventory", source, "--name", "acme"]) == 0
    said = capsys.readouterr().out
    assert not {"\x1b", "\x85", "\u2028"} & set(said)
    assert errors(tmp_path / "out" / "acme.yaml") == []
    clean = (tmp_path / "clean").resolve()
    assert run(["init", str(clean), "--inventory", kept(tmp_path, *FOUND), "--name", "acme"]) == 0
    assert blueprint(tmp_path / "out" / "acme.yaml") == blueprint(clean / "acme.yaml")
    (store,) = blueprint(tmp_path / "out" / "vc-ams1.site.yaml")["datastores"]
    assert store["name"] == HOSTILE


def test_a_person_reads_what_fits_what_is_stranded_and_what_is_stale(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    source = kept(tmp_path, *FOUND, machine("lab", "esx-01", "nvidia_l40s-16c", power="poweredOff"))
    flags = ("--inventory", source, "--as-of", "2026-11-21")
    assert run(["init", str(tmp_path / "out"), "--name", "acme", *flags]) == 0
    said = capsys.readouterr().out
    assert "1 x whole GPU, 2 x nvidia_l40s-16c" in said
    assert "1 of them not powered on: what they take then is free now" in said
    assert "Stale\n  nothing that was read\n" in said
    assert "the example workload assistant, on nvidia_l40s-" in said
