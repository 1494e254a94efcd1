"""``mlgen size`` shows the map: in the terminal, as JSON and as a picture."""

from __future__ import annotations

import os
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from generator.api import load
from generator.api.mapping import map_of, platform_map
from generator.cli.console import unicode
from generator.placement.hosts.stock import stock
from tests.cli.running import EXAMPLE, ROOT, Mlgen


def test_the_worked_example_has_580_of_640_gb_and_all_that_may_be(
    mlgen: Mlgen, monkeypatch: pytest.MonkeyPatch
) -> None:
    """60 GB of production's MIG may not serve the trials that wait."""
    monkeypatch.setenv("COLUMNS", "120")
    text = mlgen("size", EXAMPLE).out
    assert "580 of 640 GiB allocated (90.6 %), 20 free, 20 stranded, 20 reserved" in text
    assert "580 GiB for those that run or wait, 100.0 % of it allocated" in text
    assert text.index("cluster gpu-a (ams1)") < text.index("waits: vision-hpo")


def test_the_answer_comes_first(mlgen: Mlgen, tmp_path: Path) -> None:
    """In words, as the exit code has it, with the name of what does not fit."""
    assert mlgen("size", EXAMPLE).out.splitlines()[0] == "acme-ml fits"
    for name in ("acme-ml.yaml", "acme-ams1.site.yaml"):
        text = (ROOT / "blueprints" / name).read_text(encoding="utf-8")
        (tmp_path / name).write_text(
            text.replace("sessions: 32,", "sessions: 200,"), encoding="utf-8"
        )
    ran = mlgen("size", str(tmp_path / "acme-ml.yaml"), "--plan-only")
    assert ran.code == 4
    assert ran.out.splitlines()[0] == "acme-ml does not fit: rag-llm in prod"
    assert "rag-llm in prod: 0 of 2 fit (2 must), 2 would wait" in ran.out


def test_the_map_takes_the_place_of_the_table_of_vms(mlgen: Mlgen) -> None:
    """Which is there on demand."""
    assert "control-plane-all       0" not in mlgen("size", EXAMPLE).out
    assert "control-plane-all       0" in mlgen("size", EXAMPLE, "--placements").out


def test_the_map_fits_the_terminal(mlgen: Mlgen, monkeypatch: pytest.MonkeyPatch) -> None:
    """As wide as it says it is."""
    found = {}
    for columns in ("80", "120"):
        monkeypatch.setenv("COLUMNS", columns)
        lines = mlgen("size", EXAMPLE).out.splitlines()
        found[columns] = {len(line) for line in lines if line.startswith("  gpu")}
    assert found == {"80": {80}, "120": {120}}


@pytest.mark.parametrize("page", ["README.md", "docs/example.md"])
def test_the_map_in_the_documentation_is_the_one_that_is_printed(
    mlgen: Mlgen, monkeypatch: pytest.MonkeyPatch, page: str
) -> None:
    """Line by line."""
    monkeypatch.setenv("COLUMNS", "80")
    printed = mlgen("size", EXAMPLE).out.splitlines()
    _, _, after = (ROOT / page).read_text(encoding="utf-8").partition("```text\n")
    shown = after.partition("```")[0].splitlines()
    assert "esx-01" in "".join(shown)
    assert [line for line in shown if line not in printed] == []


def test_the_map_shows_the_reserve_that_the_outlook_promises(mlgen: Mlgen) -> None:
    """Another host's 1g.10gb starts there; without the outlook nobody knows of it."""
    text = mlgen("size", EXAMPLE).out
    assert "reserve of gpu-a for 1 host(s): 20 GiB on 2 GPUs" in text
    assert "reserved for a failure" in text
    assert "reserved" not in mlgen("size", EXAMPLE, "--plan-only").out


def test_what_is_not_used_is_said_with_its_reason(mlgen: Mlgen, tmp_path: Path) -> None:
    """A host in maintenance, and GPUs that carry nothing."""
    for name in ("vcf9.yaml", "vcf9.site.yaml"):
        text = (ROOT / "blueprints" / name).read_text(encoding="utf-8")
        first = "- name: esx-fra1\n"
        assert name == "vcf9.yaml" or first in text
        changed = text.replace(first, f"{first}    maintenance: true\n")
        (tmp_path / name).write_text(changed, encoding="utf-8")
    answer = mlgen("size", str(tmp_path / "vcf9.yaml")).out
    assert "left out     esx-fra1 at fra1, 8 GPU(s): in maintenance" in answer
    assert "GPU(s) carry nothing: 13 x nvidia-h100-sxm5-80" in answer
    body = mlgen("size", str(tmp_path / "vcf9.yaml"), "--format", "json").json
    assert [(one["name"], one["gpus"]) for one in body["left_out"]] == [("esx-fra1", 8)]
    assert body["totals"]["idle_gpus"] == 13


def totals(mlgen: Mlgen) -> tuple[dict[str, Any], list[dict[str, Any]]]:
    """Sums and hosts of the example, checked against the schema."""
    answer: dict[str, Any] = mlgen("size", EXAMPLE, "--format", "json").json
    return answer["totals"], answer["map"]


def test_the_json_map_adds_up(mlgen: Mlgen) -> None:
    """Every GPU is filled by its slices, and the kinds by the framebuffer."""
    sums, hosts = totals(mlgen)
    gpus = [gpu for host in hosts for gpu in host["gpus"]]
    assert [sum(s["size"] for s in gpu["slices"]) for gpu in gpus] == [g["units"] for g in gpus]
    kinds = ("allocated_mib", "held_mib", "reserved_mib", "free_mib", "stranded_mib")
    assert sum(sums[kind] for kind in kinds) == sums["framebuffer_mib"]
    assert sums["vms"] == sum(host["vms"] for host in hosts)


def test_the_picture_is_written_whole(mlgen: Mlgen, tmp_path: Path) -> None:
    """Over an older one, with nothing left beside it."""
    path = tmp_path / "map.svg"
    path.write_text("old", encoding="utf-8")
    assert mlgen("size", EXAMPLE, "--svg", str(path)).code == 0
    assert path.read_text(encoding="utf-8").startswith("<svg")
    assert [left.name for left in tmp_path.iterdir()] == ["map.svg"]


def _link(path: Path) -> None:
    path.symlink_to(path.with_name("elsewhere"))


def _folder(path: Path) -> None:
    path.mkdir()


def _pipe(path: Path) -> None:
    os.mkfifo(path)


@pytest.mark.parametrize(
    ("make", "kind"), [(_link, "link"), (_folder, "folder"), (_pipe, "special file")]
)
def test_the_picture_goes_through_no_link(
    mlgen: Mlgen, tmp_path: Path, make: Callable[[Path], None], kind: str
) -> None:
    """Nor into a folder or a pipe."""
    path = tmp_path / "map.svg"
    make(path)
    ran = mlgen("size", EXAMPLE, "--svg", str(path))
    assert ran.code == 1
    assert f"is a {kind}" in ran.err
    assert [left.name for left in tmp_path.iterdir()] == ["map.svg"]


def test_a_folder_that_is_not_there_is_named(mlgen: Mlgen, tmp_path: Path) -> None:
    """And is not made."""
    ran = mlgen("size", EXAMPLE, "--svg", str(tmp_path / "no" / "map.svg"))
    assert ran.code == 1
    assert "cannot write" in ran.err
    assert not (tmp_path / "no").exists()


def test_what_is_kept_for_a_failure_is_shown_as_such() -> None:
    """Two free units of a MIG board: 20 GB that nobody may count on."""
    (project,) = load([EXAMPLE])
    hosts = stock(project.sites.inventories)
    free = next(
        (host.site, gpu.name, one)
        for host in map_of(project).hosts
        for gpu in host.gpus
        for one in gpu.slices
        if one.kind == "free"
    )
    site, name, one = free
    kept = {(site, name): [(one.start, one.start + one.size)]}
    sums = platform_map(project.assessed.plan, hosts, project.catalog, kept).totals
    assert (sums.reserved_mib, sums.free_mib) == (20 << 10, 20 << 10)


@pytest.mark.parametrize(
    ("encoding", "expected"),
    [("utf-8", True), ("UTF8", True), ("ascii", False), ("cp1252", False), ("latin-1", False)],
)
def test_only_utf_8_shows_more_than_ascii(encoding: str, expected: bool) -> None:
    """Other encodings have no block characters, or other ones."""
    with open(os.devnull, "w", encoding=encoding) as stream:  # noqa: PTH123 (a stream is wanted)
        assert unicode(stream) is expected
