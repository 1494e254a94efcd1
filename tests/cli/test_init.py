"""``mlgen init``: what is written is sound and fits, and nothing of anybody is overwritten."""

from __future__ import annotations

import errno
import os
from pathlib import Path
from typing import Any

import pytest

from generator.catalog import Catalog
from generator.cli import run
from tests.cli.starts import DAY, HOSTILE, blueprint, errors

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
