"""``mlgen inventory report``: the as-built report from a snapshot alone (F38)."""

from __future__ import annotations

import io
import json
import re
from html.parser import HTMLParser
from pathlib import Path
from typing import Any

import jsonschema
import pytest

from generator.api import write_snapshot
from generator.cli import run
from generator.vcenter.snapshot import Failed, Seen, Snapshot, Unread
from tests.asbuilt.world import center, cluster, gpu, host, machine, read
from tests.vcenter.snapshots import seen

ROOT = Path(__file__).parents[2]
SCHEMA = json.loads((ROOT / "schemas" / "as-built.schema.json").read_text("utf-8"))
DAY = ("--as-of", "2026-11-21")
HOSTILE = "<script>x</script>\x1b[2J|`{{ 1 }}*\u202e"
"""A name that is markup, an escape, a table's edge and code."""
WORLD = (
    cluster(ha_enabled=False),
    center(),
    host("esx-01"),
    host("esx-02", version="7.0.3"),
    gpu("esx-01", board="l40s", vms=("desk",)),
    gpu("esx-02", vgpu_mode="mixedSize", vms=("b", "c")),
    gpu("esx-02", 1, graphics_type="shared"),
    machine("desk", "esx-01", "nvidia_l40s-16c"),
    machine("b", "esx-02", "nvidia_h100-20c"),
    machine("c", "esx-02", "nvidia_h100-10c"),
    machine("off", "esx-02", "nvidia_h100-80c", power="poweredOff"),
)


def kept(folder: Path, *objects: Seen, **more: Any) -> str:
    """A snapshot in a file."""
    write_snapshot(read(*objects, **more), folder / "vc.snapshot")
    return str(folder / "vc.snapshot")


def printed(
    capsys: pytest.CaptureFixture[str], source: str, form: str = "text", status: int = 0
) -> str:
    assert run(["inventory", "report", source, "--format", form, *DAY]) == status
    return capsys.readouterr().out


@pytest.fixture
def source(tmp_path: Path) -> str:
    return kept(tmp_path, *WORLD)


def test_a_snapshot_opens_without_a_blueprint(
    source: str, capsys: pytest.CaptureFixture[str]
) -> None:
    """F38: what fits, what is stranded, what is stale, in one page."""
    text = printed(capsys, source)
    assert text.startswith("As built: vc-ams1\n")
    assert "gpu-a    nvidia-l40s          nvidia_l40s-16c        1  2" in text
    assert "esx-02/gpu1  nvidia-h100-pcie-80   80  its graphics type is shared" in text
    assert re.search(r"ESX +7\.0\.3 +7\.0U3 +over since 2025-10-02 +esx-02", text)
    assert re.search(r"gpu0 same-size +[|│]\w", text)


def test_the_answer_comes_first_and_what_to_do_last(
    source: str, capsys: pytest.CaptureFixture[str]
) -> None:
    text = printed(capsys, source)
    head, lines = " ".join(text.split("cluster gpu-a")[0].split()), text.splitlines()
    assert "3 GPU(s) on 2 host(s): 208 GiB, of which 46 used by vGPUs" in head
    assert lines[-4].strip().startswith(f"mlgen init acme --inventory {source}")


def test_it_writes_nothing(
    source: str, capsys: pytest.CaptureFixture[str], tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    (tmp_path / "here").mkdir()
    monkeypatch.chdir(tmp_path / "here")
    printed(capsys, source)
    assert list(Path().iterdir()) == []


@pytest.mark.parametrize("form", ["text", "json", "markdown", "html"])
def test_the_same_snapshot_gives_the_same_bytes(
    source: str, capsys: pytest.CaptureFixture[str], form: str
) -> None:
    assert printed(capsys, source, form) == printed(capsys, source, form)


def test_json_obeys_its_schema(source: str, capsys: pytest.CaptureFixture[str]) -> None:
    answer = json.loads(printed(capsys, source, "json"))
    jsonschema.Draft202012Validator(SCHEMA).validate(answer)
    assert answer["version"] == 1
    parts = answer["framebuffer"]
    assert parts.pop("total_mib") == sum(parts.values())


class Page(HTMLParser):
    """The tags and the text of a page."""

    def __init__(self, text: str) -> None:
        super().__init__()
        self.tags: list[str] = []
        self.text = ""
        self.feed(text)

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.tags += [tag, *(name for name, _ in attrs if name.startswith("on"))]

    def handle_data(self, data: str) -> None:
        self.text += data


def hostile_world() -> tuple[Seen, ...]:
    """Every name that a report shows is made to break it."""
    name = HOSTILE
    return (
        cluster(name, drs_automation=HOSTILE), center(),
        host(name, cluster=name, version=HOSTILE, model=HOSTILE),
        gpu(name, vms=(name,)), gpu(name, 1, "strange", model=HOSTILE),
        machine(name, name, "nvidia_h100-20c", cluster=name),
        machine("off", name, HOSTILE, power="poweredOff", cluster=name, hardware_version=19),
        seen("vm-class", HOSTILE, vgpus=(HOSTILE,), vms=(), namespaces=()),
    )  # fmt: skip


@pytest.fixture
def hostile(tmp_path: Path) -> str:
    lost = Unread(kind="vm", key=HOSTILE, field=HOSTILE, reason="role", detail=HOSTILE)
    return kept(tmp_path, *hostile_world(), name=HOSTILE, unread=(lost,))


def test_names_cannot_become_markup(hostile: str, capsys: pytest.CaptureFixture[str]) -> None:
    page = Page(printed(capsys, hostile, "html"))
    assert set(page.tags) <= {
        "html", "head", "meta", "title", "style", "body", "h1", "h2", "p", "section", "div", "span",
        "table", "thead", "tbody", "tr", "th", "td", "pre",
    }  # fmt: skip
    assert "<script>x</script>" in page.text


@pytest.mark.parametrize("form", ["text", "markdown", "html"])
def test_names_cannot_steer_a_terminal(
    hostile: str, capsys: pytest.CaptureFixture[str], form: str
) -> None:
    shown = printed(capsys, hostile, form)
    assert re.search("[\x00-\x08\x0b-\x1f\x7f\u202a-\u202e]", shown) is None


def test_a_row_of_markdown_keeps_its_cells(
    hostile: str, capsys: pytest.CaptureFixture[str]
) -> None:
    tables = re.findall(r"(?:^\|.*\n)+", printed(capsys, hostile, "markdown"), re.MULTILINE)
    cells = [{len(re.findall(r"(?<!\\)\|", row)) for row in one.splitlines()} for one in tables]
    assert len(tables) > 5
    assert [len(widths) for widths in cells] == [1] * len(tables)


@pytest.mark.parametrize(
    ("flags", "said"),
    [
        ((), "name a snapshot"),
        (("s", "--from-vcenter"), "not both"),
        (("no-such-file",), "mlgen inventory export --out no-such-file writes a snapshot"),
        ((str(ROOT / "README.md"),), "no snapshot"),
    ],
)
def test_a_wrong_wish_ends_1(
    capsys: pytest.CaptureFixture[str], flags: tuple[str, ...], said: str
) -> None:
    assert run(["inventory", "report", *flags]) == 1
    assert said in capsys.readouterr().err


def test_what_is_next_explains_a_finding_that_is_there(
    source: str, capsys: pytest.CaptureFixture[str]
) -> None:
    text = printed(capsys, source)
    (rule,) = re.findall(r"mlgen explain (MLG-A[0-9]{3}) ", text)
    assert f"[{rule}]" in text


def test_without_findings_there_is_none_to_explain(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    assert "mlgen explain" not in printed(capsys, kept(tmp_path, center()))


def test_notes_are_folded_to_the_terminal(
    source: str, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("COLUMNS", "60")
    assert "  GiB of framebuffer. Uncertain: free, and of use only if\n" in printed(capsys, source)


def test_a_snapshot_may_come_through_a_pipe(
    source: str, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    """What is next then names none, as nobody can read it twice."""
    with Path(source).open("rb") as stream:
        monkeypatch.setattr("sys.stdin", io.TextIOWrapper(stream))
        text = printed(capsys, "-")
    assert text.startswith("As built: ")
    assert "--inventory -" not in text


def test_what_was_not_read_ends_3_and_is_in_the_report(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    lost = Unread(kind="gpu", key="esx-01", field="", reason="permission", detail="NoPermission")
    text = printed(capsys, kept(tmp_path, *WORLD, unread=(lost,)), status=3)
    assert "gpu esx-01  permission: NoPermission" in text
    assert "grants System.Read on gpu esx-01" in text


def test_a_vcenter_that_was_not_read_is_named_beside_the_others(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    lost = Failed(name="vc-fra", reason="no answer in time", mend="check the network")
    snapshot = Snapshot(vcenters=read(*WORLD).vcenters, failed=(lost,))
    write_snapshot(snapshot, tmp_path / "both")
    assert "vc-fra was not read: no answer" in printed(capsys, str(tmp_path / "both"), status=3)


def test_nothing_read_is_no_report(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    write_snapshot(Snapshot(vcenters=(), failed=(Failed(name="a", reason="r", mend="m"),)),
                   tmp_path / "none")  # fmt: skip
    assert printed(capsys, str(tmp_path / "none"), status=1) == ""


def test_a_site_without_gpus_says_so(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    text = printed(capsys, kept(tmp_path, cluster(), center(), host("esx-01")))
    assert "No GPU that the catalogue knows; 1 host(s) without one." in text
    assert "<h2>GPUs</h2>" not in printed(capsys, str(tmp_path / "vc.snapshot"), "html")


def test_a_live_vcenter_is_read_as_by_export(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    for name in ("SERVER", "USER", "PASSWORD"):
        monkeypatch.setenv(f"VSPHERE_{name}", "x")
    monkeypatch.setattr("generator.api.observe_vcenters", lambda *_: read(*WORLD))
    assert run(["inventory", "report", "--from-vcenter", *DAY]) == 0
    assert "mlgen inventory export --out vc.snapshot" in capsys.readouterr().out


def test_an_old_reading_says_how_old_it_is(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    source = kept(tmp_path, *WORLD, ended="2026-11-01T00:00:00Z")
    assert "20 day(s) before that" in " ".join(printed(capsys, source).split())


def test_large_sites_are_cut_in_the_terminal_and_nowhere_else(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    hosts = [host(f"esx-{n:03}") for n in range(60)]
    boards = [gpu(f"esx-{n:03}", vms=(f"v{n}",)) for n in range(60)]
    vms = [machine(f"v{n}", f"esx-{n:03}", "nvidia_h100-20c") for n in range(60)]
    source = kept(tmp_path, cluster(), center(), *hosts, *boards, *vms)
    assert "and 36 more; --format json has them all" in printed(capsys, source)
    assert printed(capsys, source, "html").count('<div class="gpu">') == 60


DOCUMENTED = (
    cluster(),
    center(**{"setting.vgpu.hotmigrate.enabled": None}),
    host("esx-01"),
    host("esx-02"),
    host("esx-03", version="7.0.3"),
    gpu("esx-01", board="l40s", vms=("desk-1", "desk-2")),
    gpu("esx-01", 1, "l40s", graphics_type="shared"),
    gpu("esx-02", vgpu_mode="mixedSize", vms=("rag", "notebook")),
    gpu("esx-02", 1),
    gpu("esx-03", vgpu_mode="multiInstanceGpu", vms=("infer-1", "infer-2")),
    gpu("esx-03", 1, vms=("train",)),
    machine("desk-1", "esx-01", "nvidia_l40s-16c"),
    machine("desk-2", "esx-01", "nvidia_l40s-16c"),
    machine("rag", "esx-02", "nvidia_h100-20c"),
    machine("notebook", "esx-02", "nvidia_h100-10c"),
    machine("infer-1", "esx-03", "nvidia_h100-1-10c"),
    machine("infer-2", "esx-03", "nvidia_h100-1-10c"),
    machine("train", "esx-03", "nvidia_h100-80c"),
    machine("old", "esx-02", "nvidia_h100-80c", power="poweredOff"),
)
"""The vCenter of the example in docs/inventory.md."""


def test_the_page_shows_what_is_printed(
    tmp_path: Path, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    """Line by line; the page leaves tables out."""
    monkeypatch.setenv("COLUMNS", "80")
    page = (ROOT / "docs" / "inventory.md").read_text("utf-8")
    block = page.split("$ mlgen inventory report vc-ams1.snapshot\n")[1].split("```")[0]
    shown = printed(capsys, kept(tmp_path, *DOCUMENTED)).splitlines()
    lines = [line for line in block.splitlines() if line.strip() not in ("", "...")]
    assert len(lines) > 30
    assert [line for line in lines if line not in shown] == []
