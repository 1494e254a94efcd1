"""``mlgen render`` as a contract: what is written when, and what stands already."""

from __future__ import annotations

import os
import subprocess
import sys
from pathlib import Path

import pytest

from tests.cli.running import EXAMPLE, ROOT, WORKED, Mlgen, Ran, edited


def test_render_writes_once_and_then_nothing(mlgen: Mlgen, tmp_path: Path) -> None:
    """The second run changes no file; --check agrees."""
    out = str(tmp_path / "out")
    first = mlgen("render", EXAMPLE, "--out", out, "--format", "json")
    (platform,) = first.json["platforms"]
    assert first.code == 0
    assert platform["changes"]["created"]
    second = mlgen("render", EXAMPLE, "--out", out, "--format", "json")
    assert second.json["platforms"][0]["changes"]["unchanged"] == len(
        platform["changes"]["created"]
    )
    assert mlgen("render", EXAMPLE, "--out", out, "--check").code == 0


def test_the_printed_coverage_is_brief(mlgen: Mlgen, tmp_path: Path) -> None:
    """The fields that are left out are counted; the hand-off has them all."""
    printed = mlgen("render", EXAMPLE, "--out", str(tmp_path / "out")).out
    coverage = printed.partition("done by")[2].partition("\n\n")[0]
    assert "drs.PassthroughDrsAutomation and 6 more" in coverage
    assert max(len(line) for line in coverage.splitlines()) <= 140


def test_the_plan_and_the_manifest_obey_their_schemas(mlgen: Mlgen, tmp_path: Path) -> None:
    """Both name them."""
    mlgen("render", EXAMPLE, "--out", str(tmp_path))
    for name in ("plan.json", "manifest.json"):
        text = (tmp_path / "acme-ml" / name).read_text(encoding="utf-8")
        assert Ran(0, text, "").json["platform"] == "acme-ml"


def test_a_stale_output_ends_with_2_and_is_left_alone(mlgen: Mlgen, folder: Path) -> None:
    """--check and --diff write nothing; --diff shows the line."""
    out = folder / "out"
    mlgen("render", str(folder / "acme-ml.yaml"), "--out", str(out))
    changed = edited(folder, "revision: 7", "revision: 8")
    assert mlgen("render", changed, "--out", str(out), "--check").code == 2
    shown = mlgen("render", changed, "--out", str(out), "--diff")
    assert shown.code == 2
    assert '+  name        = "acme-ml-8"' in shown.out
    assert '-  name        = "acme-ml-7"' in shown.out
    assert "acme-ml-7" in (out / "acme-ml/vc-ams1/10-foundation/tags.tf").read_text()


def test_errors_stop_a_render_and_nothing_is_written(mlgen: Mlgen, tmp_path: Path) -> None:
    """Exit code 1, findings on standard error."""
    ran = mlgen("render", WORKED, "--out", str(tmp_path / "out"))
    assert ran.code == 1
    assert "MLG-" in ran.err
    assert not (tmp_path / "out").exists()


def test_what_does_not_fit_ends_with_4_and_is_not_written(mlgen: Mlgen, folder: Path) -> None:
    """With the binding reason."""
    ran = mlgen(
        "render",
        edited(folder, "members: {data-scientist: 10}", "members: {data-scientist: 100}"),
        "--out",
        str(folder / "out"),
    )
    assert ran.code == 4
    assert "notebooks-research" in ran.out
    assert not (folder / "out").exists()
    assert mlgen("size", str(folder / "acme-ml.yaml")).code == 4


def test_open_questions_fail_only_where_asked(mlgen: Mlgen, folder: Path) -> None:
    """They are printed either way."""
    path = edited(folder, ", pod_cidr: 172.20.0.0/16", "")
    out = str(folder / "out")
    ran = mlgen("render", path, "--out", out)
    assert ran.code == 0
    assert "open question for vi-team" in ran.out
    assert mlgen("render", path, "--out", out, "--fail-on", "question").code == 2


def process(*arguments: str, cwd: Path, **environment: str) -> subprocess.CompletedProcess[str]:
    """The command as a process of its own."""
    return subprocess.run(
        [sys.executable, "-m", "generator", *arguments],
        cwd=cwd,
        env={**os.environ, "PYTHONPATH": str(ROOT), **environment},
        capture_output=True,
        text=True,
        check=False,
    )


@pytest.mark.parametrize("seed", ["0", "1", "4242"])
def test_the_bytes_do_not_depend_on_the_machine(tmp_path: Path, seed: str) -> None:
    """Neither hash seed nor locale, time zone, home or working folder."""
    reference = ROOT / "tests" / "golden" / "acme-ml"
    done = process(
        "render",
        EXAMPLE,
        "--out",
        str(tmp_path / "out"),
        cwd=tmp_path,
        PYTHONHASHSEED=seed,
        LC_ALL="C",
        TZ="Asia/Tokyo",
        HOME=str(tmp_path),
    )
    assert done.returncode == 0, done.stderr
    written = {p.relative_to(tmp_path / "out" / "acme-ml") for p in files(tmp_path / "out")}
    assert written == {p.relative_to(reference) for p in files(reference)}
    assert all(
        (reference / path).read_bytes() == (tmp_path / "out" / "acme-ml" / path).read_bytes()
        for path in written
    )


def files(folder: Path) -> list[Path]:
    """Every file below a folder."""
    return [path for path in folder.rglob("*") if path.is_file()]


def test_a_refusal_is_json_for_programs(mlgen: Mlgen, tmp_path: Path) -> None:
    """On standard output, by the schema of findings."""
    ran = mlgen("render", WORKED, "--out", str(tmp_path / "o"), "--format", "json")
    assert ran.code == 1
    assert {finding["rule"] for finding in ran.json["findings"]} >= {"MLG-B031"}
    assert ran.err == ""


def test_a_hand_edit_is_stale_to_a_check(mlgen: Mlgen, tmp_path: Path) -> None:
    """Not an obstacle: nothing would be written."""
    mlgen("render", EXAMPLE, "--out", str(tmp_path))
    edited_file = tmp_path / "acme-ml/vc-ams1/10-foundation/provider.tf"
    edited_file.write_text("# mine\n")
    checked = mlgen("render", EXAMPLE, "--out", str(tmp_path), "--check")
    assert checked.code == 2
    name = "vc-ams1/10-foundation/provider.tf"
    assert [line for line in checked.out.splitlines() if line.startswith("stale: ")] == [
        f"stale: {name}: not as rendered"
    ]
    assert "+provider" in mlgen("render", EXAMPLE, "--out", str(tmp_path), "--diff").out
    assert mlgen("render", EXAMPLE, "--out", str(tmp_path)).code == 1
    assert edited_file.read_text() == "# mine\n"


def test_a_check_names_so_many_stale_files_and_counts_the_rest(
    mlgen: Mlgen, tmp_path: Path
) -> None:
    checked = mlgen("render", EXAMPLE, "--out", str(tmp_path), "--check")
    assert checked.code == 2
    stale = [line for line in checked.out.splitlines() if line.startswith("stale: ")]
    assert len(stale) == 21
    assert stale[0].endswith(": missing")
    assert stale[-1].endswith(" more; --diff shows all")
