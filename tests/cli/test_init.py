"""``mlgen init``: what is written is sound and fits, and nothing of anybody is overwritten."""

from __future__ import annotations

import errno
import io
import json
import os
import sys
from pathlib import Path
from typing import Any

import jsonschema
import pytest
import yaml

from generator.api import validate, write_snapshot
from generator.catalog import Catalog
from generator.cli import run
from generator.finding import Severity
from generator.vcenter.snapshot import Failed, Seen, Snapshot
from tests.vcenter.snapshots import seen, vcenter_seen

ROOT = Path(__file__).parents[2]
SCHEMA = json.loads((ROOT / "schemas" / "init.schema.json").read_text("utf-8"))
DAY = ("--as-of", "2026-11-20")
HOSTILE = 'x"}\n- &a *b ${c} {{ d }} # e\u2028f: [\x85g\x1b[2J'
"""A name that ends strings, comments, lines and templates."""


def errors(path: Path) -> list[str]:
    return [one.message for one in validate([path]) if one.severity is Severity.ERROR]


def blueprint(path: Path) -> Any:
    return yaml.safe_load(path.read_text("utf-8"))


# ---- without a vCenter ------------------------------------------------------


@pytest.mark.parametrize("model", [*Catalog.builtin().ids("accelerators"), "none"])
@pytest.mark.parametrize("shape", [("1", "1"), ("2", "3"), ("8", "4")], ids="x".join)
def test_a_start_is_sound_and_fits_on_every_gpu_of_the_catalogue(
    tmp_path: Path, model: str, shape: tuple[str, str]
) -> None:
    gpus, hosts = shape
    flags = ("--gpu", model, "--gpus", gpus, "--hosts", hosts)
    assert run(["init", str(tmp_path / "acme"), *flags, *DAY]) == 0
    assert errors(tmp_path / "acme" / "acme.yaml") == []
    assert run(["size", str(tmp_path / "acme" / "acme.yaml"), "--plan-only"]) == 0


def test_a_fraction_of_a_gpu_is_used_where_there_is_one(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    run(["init", str(tmp_path), "--name", "acme", "--gpu", "nvidia-h100-pcie-80", *DAY])
    assert "the example workload assistant, on nvidia_h100-" in capsys.readouterr().out
    assert blueprint(tmp_path / "acme.yaml")["workloads"][0]["model"]["family"] == "llama-3.1-8b"


def test_without_a_gpu_the_example_runs_on_cpus(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    run(["init", str(tmp_path), "--name", "acme", "--gpu", "none", *DAY])
    assert "GPU" not in capsys.readouterr().out
    written = blueprint(tmp_path / "acme.yaml")
    assert [one["name"] for one in written["workloads"]] == ["scores"]
    assert "gpu" not in written["resource_management"]
    assert "vgpu_host" not in written["platform"]["targets"]


def test_the_hosts_are_the_ones_that_were_asked_for(tmp_path: Path) -> None:
    run(["init", str(tmp_path), "--gpu", "nvidia-l4", "--gpus", "4", "--hosts", "5", "--site", "s"])
    hosts = blueprint(tmp_path / "s.site.yaml")["hosts"]
    assert [len(host["gpus"]) for host in hosts] == [4] * 5
    assert [gpu["numa"] for gpu in hosts[0]["gpus"]] == [0, 0, 1, 1]
    assert len({gpu["pci"] for gpu in hosts[0]["gpus"]}) == 4


def test_off_a_terminal_defaults_are_taken_and_said(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    assert run(["init", str(tmp_path / "Acme ML!")]) == 0
    assert sorted(one.name for one in (tmp_path / "Acme ML!").iterdir()) == [
        "acme-ml.yaml",
        "site1.site.yaml",
    ]
    said = capsys.readouterr().out
    assert "Assumed, for nobody said otherwise" in said
    assert f"mlgen validate '{tmp_path}/Acme ML!/acme-ml.yaml'" in said


def test_every_section_has_a_comment(tmp_path: Path) -> None:
    run(["init", str(tmp_path), "--name", "acme"])
    parts = (tmp_path / "acme.yaml").read_text("utf-8").split("\n\n")
    assert len(parts) == 10
    assert [part for part in parts if not part.startswith("# ")] == []


def test_the_same_wish_writes_the_same_bytes(tmp_path: Path) -> None:
    for folder in ("a", "b"):
        run(["init", str(tmp_path / folder), "--name", "acme", *DAY])
    one, other = (
        [path.read_bytes() for path in sorted((tmp_path / folder).iterdir())]
        for folder in ("a", "b")
    )
    assert one == other


def test_what_is_assumed_is_marked_in_the_site(tmp_path: Path) -> None:
    """F17: a fact that nobody stated must not look like one."""
    run(["init", str(tmp_path), "--name", "acme"])
    text = (tmp_path / "site1.site.yaml").read_text("utf-8")
    assert "# ASSUMED by mlgen init" in text
    assert blueprint(tmp_path / "site1.site.yaml")["metadata"]["source"] == "assumed by mlgen init"


# ---- what stands there ------------------------------------------------------


def test_files_that_stand_there_are_all_named_and_kept(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    for name in ("acme.yaml", "site1.site.yaml"):
        (tmp_path / name).write_text("mine")
    assert run(["init", str(tmp_path), "--name", "acme"]) == 1
    said = capsys.readouterr().err
    assert "acme.yaml" in said
    assert "site1.site.yaml" in said
    assert {path.read_text() for path in tmp_path.iterdir()} == {"mine"}


def test_one_file_in_the_way_keeps_the_other_from_being_written(tmp_path: Path) -> None:
    (tmp_path / "site1.site.yaml").write_text("mine")
    assert run(["init", str(tmp_path), "--name", "acme"]) == 1
    assert [path.name for path in tmp_path.iterdir()] == ["site1.site.yaml"]


def test_force_says_what_it_replaces(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    (tmp_path / "acme.yaml").write_text("mine")
    assert run(["init", str(tmp_path), "--name", "acme", "--force"]) == 0
    assert capsys.readouterr().err == f"replaced {tmp_path / 'acme.yaml'}\n"
    assert errors(tmp_path / "acme.yaml") == []


def test_force_follows_no_link(tmp_path: Path) -> None:
    (tmp_path / "other").write_text("mine")
    (tmp_path / "acme.yaml").symlink_to(tmp_path / "other")
    assert run(["init", str(tmp_path), "--name", "acme", "--force"]) == 1
    assert (tmp_path / "other").read_text() == "mine"


def test_another_file_about_the_same_site_is_named(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    run(["init", str(tmp_path), "--name", "acme"])
    (tmp_path / "site1.site.yaml").rename(tmp_path / "facts.yaml")
    (tmp_path / "acme.yaml").unlink()
    assert run(["init", str(tmp_path), "--name", "acme"]) == 1
    assert "facts.yaml describes a site site1 already" in capsys.readouterr().err
    assert [path.name for path in tmp_path.iterdir()] == ["facts.yaml"]


def test_a_write_that_fails_leaves_nothing(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    real = os.link

    def full(source: Path, target: Path) -> None:
        if target.name.endswith(".site.yaml"):
            raise OSError(28, "No space left on device")
        real(source, target)

    monkeypatch.setattr(os, "link", full)
    assert run(["init", str(tmp_path), "--name", "acme"]) == 1
    assert list(tmp_path.iterdir()) == []


def test_a_file_system_without_links_will_do(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    def none(*_: Any) -> None:
        raise OSError(errno.EPERM, "Operation not permitted")

    monkeypatch.setattr(os, "link", none)
    assert run(["init", str(tmp_path), "--name", "acme"]) == 0
    assert errors(tmp_path / "acme.yaml") == []


def test_a_folder_that_is_a_file_is_refused(tmp_path: Path) -> None:
    (tmp_path / "f").write_text("mine")
    assert run(["init", str(tmp_path / "f")]) == 1
    assert (tmp_path / "f").read_text() == "mine"


# ---- a wrong command line ---------------------------------------------------


@pytest.mark.parametrize(
    ("flags", "said"),
    [
        (("--name", "../x"), "lower-case"),
        (("--name", HOSTILE), "lower-case"),
        (("--name", "x" * 41), "at most 40"),
        (("--site", "../x"), "at most 63"),
        (("--site", "a/b"), "at most 63"),
        (("--gpu", "nvidia-l40x"), "did you mean nvidia-l40"),
        (("--gpus", "0"), "--gpus"),
        (("--hosts", "65"), "--hosts"),
        (("--inventory", "s", "--gpus", "2"), "not both"),
        (("--inventory", "s", "--from-vcenter"), "not both"),
        (("--inventory", "no-such-snapshot"), "no-such-snapshot"),
    ],
)
def test_a_wrong_wish_ends_1_and_writes_nothing(
    tmp_path: Path, capsys: pytest.CaptureFixture[str], flags: tuple[str, ...], said: str
) -> None:
    assert run(["init", str(tmp_path / "acme"), *flags]) == 1
    assert said in capsys.readouterr().err
    assert list(tmp_path.iterdir()) == []


# ---- the wizard -------------------------------------------------------------


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


# ---- from a snapshot --------------------------------------------------------


def host(name: str, **more: Any) -> Seen:
    facts = {"sockets": 2, "cores": 64, "memory_bytes": 1 << 40, "version": "8.0.3"}
    return seen(
        "host", name, name, "gpu-a", cluster="gpu-a", **{**facts, "maintenance": False, **more}
    )


def gpu(on: str, pci: str, **more: Any) -> Seen:
    facts = {"model": "NVIDIA L40S", "vendor_id": "10de", "device_id": "26b9", "memory_mib": 46068}
    now = {"graphics_type": "sharedDirect", "vgpu_mode": "sameSize", "numa_node": 0, "vms": ()}
    return seen("gpu", f"{on}/{pci}", pci, on, host=on, **{**facts, **now, **more})


def machine(name: str, on: str, *profiles: str, **more: Any) -> Seen:
    facts = {"power": "poweredOn", "vcpus": 8, "memory_mib": 65536, "memory_locked": True}
    none = {"passthrough": (), "template": False}
    return seen(
        "vm", f"ams1/vm/{name}", name, "ams1/vm", name=name, host=on, cluster="gpu-a",
        vgpus=profiles, **{**facts, **none, **more},
    )  # fmt: skip


CLUSTER = seen("cluster", "gpu-a", "c", datacenter="ams1", hosts=("esx-01",), drs_enabled=False)
SUPERVISOR = seen("supervisor", "sup", "s", id="domain-c9", clusters=("gpu-a",), version="v1.32.1")
FOUND = (
    CLUSTER,
    host("esx-01"),
    gpu("esx-01", "0000:17:00.0", vms=("desk",)),
    gpu("esx-01", "0000:65:00.0"),
    machine("desk", "esx-01", "nvidia_l40s-16c"),
)


def kept(folder: Path, *objects: Seen, version: str = "8.0.3") -> str:
    """A snapshot in a file."""
    one = vcenter_seen(objects=objects, unread=(), events=(), in_transition=(), version=version)
    write_snapshot(Snapshot(vcenters=(one,)), folder / "s")
    return str(folder / "s")


def looked(folder: Path, capsys: pytest.CaptureFixture[str], *objects: Seen, **more: str) -> Any:
    """The answer about what was found."""
    source = kept(folder, *objects, **more)
    flags = ("--inventory", source, "--name", "acme", "--format", "json", "--as-of", "2026-11-21")
    assert run(["init", str(folder / "out"), *flags]) == 0
    answer = json.loads(capsys.readouterr().out)
    jsonschema.validate(answer, SCHEMA)
    assert errors(folder / "out" / "acme.yaml") == []
    return answer["first_look"]


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
