"""``mlgen diff`` from the command line: exit codes, formats, options."""

from __future__ import annotations

import json
from pathlib import Path
from xml.etree import ElementTree as ET

import pytest
import yaml
from jsonschema import Draft202012Validator

from generator.api import write_snapshot
from generator.cli import run
from generator.cli.difference_view import page
from generator.record import altered
from generator.vcenter.snapshot import Seen, Snapshot, VcenterSeen
from tests.diff import worlds
from tests.diff.worlds import with_field, with_more, world
from tests.example import ROOT

BLUEPRINT = str(ROOT / "blueprints/acme-ml.yaml")
GOLDEN = str(ROOT / "tests/golden")
NASTY = "<script>alert('x')</script> | `x` \x1b[31m"


@pytest.fixture
def kept(tmp_path: Path) -> Path:
    """The perfect vCenter as a snapshot."""
    return written(tmp_path / "perfect.snapshot", world())


@pytest.fixture
def drifted(tmp_path: Path) -> Path:
    """One with an edited class and a stranger whose name is an attack."""
    seen = with_field(world(), ("vm-class", "h100-40c-r10da02"), "vcpus", 9)
    rogue = Seen(
        kind="vm", key=f"ams1/vm/{NASTY}", ident="r", fields={"vgpus": ("nvidia_h100-20c",)}
    )
    return written(tmp_path / "drifted.snapshot", with_more(seen, rogue))


def written(path: Path, seen: VcenterSeen) -> Path:
    """A snapshot of one vCenter in a file."""
    write_snapshot(Snapshot(vcenters=(seen,)), path)
    return path


def diff(snapshot: Path, *more: str) -> int:
    """The exit code of the verb over a snapshot, judged on a fixed day."""
    day = ("--as-of", "2026-11-20", "--out", GOLDEN)
    return run(["diff", BLUEPRINT, "--inventory", str(snapshot), *day, *more])


def test_in_sync_is_0(kept: Path, capsys: pytest.CaptureFixture[str]) -> None:
    """And says through which release, when it was read, and by which day."""
    assert diff(kept) == 0
    told = capsys.readouterr().out
    parts = ("acme-ml-7", "2026-11-20T06:00:00Z", "as of 2026-11-20", "0 drift", "Three ways")
    assert [part for part in parts if part not in told] == []


def test_drift_is_2_and_reads_like_a_plan(
    drifted: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    """Object, field, both values, consequence, mend."""
    assert diff(drifted) == 2
    told = capsys.readouterr().out
    parts = (
        "~ vm-class/h100-40c-r10da02",
        "vcpus: 4 -> 9",
        "leads to: edited class",
        "mend: never",
    )
    assert [part for part in parts if part not in told] == []
    assert "\x1b" not in told


def test_colour_marks_what_fails(drifted: Path, capsys: pytest.CaptureFixture[str]) -> None:
    """Red for drift, and no escape of a name reaches the terminal."""
    from generator.api import diff as compare
    from generator.cli.difference_view import text

    found = compare(BLUEPRINT, inventory=drifted)
    painted = text(found, colour=True)
    assert "\x1b[31;1m  ~ vm-class/h100-40c-r10da02" in painted
    assert "\x1b[31m" not in painted
    assert capsys.readouterr().out == ""


def test_a_rendered_folder_is_its_own_desired_state(
    kept: Path, drifted: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    """Without a blueprint."""
    folder = str(ROOT / "tests/golden/acme-ml")
    assert run(["diff", folder, "--inventory", str(kept)]) == 0
    assert run(["diff", folder, "--inventory", str(drifted)]) == 2
    told = capsys.readouterr().out
    assert "h100-40c-r10da02" in told
    assert "Not compared: free and stranded vGPU slots" in told
    assert "Not compared: ignore rules" not in told


def test_a_rendered_folder_with_its_site_says_what_the_blueprint_says(
    drifted: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    """Differences, slots and what others hold."""
    folder, site = ROOT / "tests/golden/acme-ml", ROOT / "blueprints/acme-ams1.site.yaml"
    out, blueprint = str(folder.parent), str(ROOT / "blueprints/acme-ml.yaml")
    common = ["--inventory", str(drifted), "--format", "json"]
    parts = []
    for target in ([str(folder), "--site", str(site)], [blueprint, "--out", out]):
        assert run(["diff", *target, *common]) == 2
        answer = json.loads(capsys.readouterr().out)
        parts.append([
            [{**one, "mend": ""} for one in answer["differences"]],
            answer["slots"], answer["unmanaged"], answer["compared"],
        ])  # fmt: skip
    assert parts[0] == parts[1]
    assert parts[0][1] != []


@pytest.mark.parametrize(
    ("expires", "ignored", "status"), [("2099-12-31", 1, 0), ("2026-11-19", 0, 2)]
)
def test_a_rendered_folder_accepts_what_its_blueprint_accepts(
    tmp_path: Path, expires: str, ignored: int, status: int, capsys: pytest.CaptureFixture[str]
) -> None:
    """The same answer, key by key, and the same end: also where the rule is past its day."""
    blueprint, out = str(ignoring(tmp_path, expires)), tmp_path / "out"
    assert run(["render", blueprint, "--out", str(out)]) == 0
    site = str(tmp_path / "acme-ams1.site.yaml")
    seen = with_field(world(), ("cluster", "gpu-a"), "drs_automation", "manual")
    common = ["--inventory", str(written(tmp_path / "s.snapshot", seen)), "--format", "json"]
    capsys.readouterr()
    answers = []
    for target in ([blueprint, "--out", str(out)], [str(out / "acme-ml"), "--site", site]):
        assert run(["diff", *target, *common]) == status
        answers.append(json.loads(capsys.readouterr().out))
    assert answers[0] == answers[1]
    assert len(answers[0]["ignored"]) == ignored


def test_two_inventories_of_one_name_are_refused(
    tmp_path: Path, drifted: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    folder, site = ROOT / "tests/golden/acme-ml", ROOT / "blueprints/acme-ams1.site.yaml"
    other = tmp_path / "other.yaml"
    other.write_text(site.read_text("utf-8"), "utf-8")
    more = ["--site", str(site), "--site", str(other)]
    assert run(["diff", str(folder), "--inventory", str(drifted), *more]) == 1
    assert "two inventories are called" in capsys.readouterr().err


def test_with_several_vcenters_every_row_says_which() -> None:
    """Two of them have a class of one name."""
    found = worlds.whole(with_field(world(), ("vm-class", "h100-40c-r10da02"), "vcpus", 9))
    (reading,) = found.readings
    told = [row for section in page(found).sections for row in section.rows]
    assert not any("vc-ams1: " in cell for row in told for cell in row)
    both = altered(found, readings=(reading, altered(reading, vcenter="vc-b")))
    first = next(s for s in page(both).sections if s.title.startswith("Drift")).rows[0]
    assert first[0] == "~ vc-ams1: vm-class/h100-40c-r10da02"


def test_the_json_answer_obeys_its_schema(
    drifted: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    """Differences, strangers and all else."""
    assert diff(drifted, "--format", "json", "--show-unasserted") == 2
    answer = json.loads(capsys.readouterr().out)
    schema = json.loads((ROOT / "schemas/diff.schema.json").read_text("utf-8"))
    Draft202012Validator(schema).validate(answer)
    assert (answer["status"], answer["complete"]) == (2, True)
    (one,) = answer["differences"]
    assert (one["rule"], one["desired"], one["live"]) == ("MLG-V002", 4, 9)
    assert "future nodes differ" in one["message"]


def test_ignored_and_adopted_things_obey_the_schema_too(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    """Everything that an answer can hold."""
    blueprint = ignoring(tmp_path, "2099-12-31")
    seen = with_field(world(), ("cluster", "gpu-a"), "drs_automation", "manual")
    seen = with_field(seen, ("folder", "ams1/vm/acme-ml"), "tags", ())
    seen = altered(seen, in_transition=(("host", "esx-01", "task"),), role="diff")
    path = written(tmp_path / "s.snapshot", seen)
    assert run(["diff", str(blueprint), "--inventory", str(path), "--format", "json"]) == 2
    answer = json.loads(capsys.readouterr().out)
    schema = json.loads((ROOT / "schemas/diff.schema.json").read_text("utf-8"))
    Draft202012Validator(schema).validate(answer)
    assert [one["reason"] for one in answer["ignored"]] == ["trial"]
    assert {one["by"] for one in answer["adoptions"]} == {"import", "manifest", "refused"}
    assert answer["transitions"]


def ignoring(folder: Path, expires: str) -> Path:
    """The example with an ignore rule, its site beside it."""
    document = yaml.safe_load((ROOT / "blueprints/acme-ml.yaml").read_text("utf-8"))
    rule = {"kind": "cluster", "field": "drs_*", "reason": "trial", "expires": expires}
    document.setdefault("governance", {})["diff_ignore"] = [rule]
    text = yaml.safe_dump(document, default_style=None).replace("2026-11-20", "'2026-11-20'")
    (folder / "b.yaml").write_text(text.replace("''", "'"), "utf-8")
    site = (ROOT / "blueprints/acme-ams1.site.yaml").read_bytes()
    (folder / "acme-ams1.site.yaml").write_bytes(site)
    return folder / "b.yaml"


def test_sarif_names_rules_and_logical_places(
    drifted: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    """SARIF 2.1.0."""
    assert diff(drifted, "--format", "sarif") == 2
    (result, *_) = json.loads(capsys.readouterr().out)["runs"][0]["results"]
    assert (result["ruleId"], result["level"]) == ("MLG-V002", "error")
    place = result["locations"][0]["logicalLocations"][0]["fullyQualifiedName"]
    assert place == "vc-ams1/vm-class/h100-40c-r10da02#vcpus"


def test_junit_is_well_formed_whatever_names_hold(
    drifted: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    """A failure per difference and per stranger, and a case for what was read."""
    assert diff(drifted, "--format", "junit") == 2
    suite = ET.fromstring(capsys.readouterr().out)[0]
    assert (suite.get("tests"), suite.get("failures")) == ("3", "2")


def test_html_holds_no_script_and_no_foreign_markup(
    drifted: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    """Self-contained, and names are text."""
    assert diff(drifted, "--format", "html") == 2
    page = capsys.readouterr().out
    assert "<script" not in page
    assert "&lt;script&gt;" in page
    assert "\x1b" not in page
    assert "default-src 'none'" in page
    assert "src=" not in page.replace("default-src", "").replace("style-src", "")


def test_markdown_has_a_table_for_the_pull_request(
    drifted: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    """Names are text there too."""
    assert diff(drifted, "--format", "markdown") == 2
    page = capsys.readouterr().out
    assert "| object | field | live | applied | desired |" in page
    assert "<script>" not in page


def test_pipelines_get_annotations(drifted: Path, capsys: pytest.CaptureFixture[str]) -> None:
    """GitHub's commands and GitLab's report."""
    assert diff(drifted, "--format", "github") == 2
    commands = capsys.readouterr().out.splitlines()
    assert [line.split(" ")[0] for line in commands] == ["::error", "::warning"]
    assert diff(drifted, "--format", "gitlab") == 2
    entries = json.loads(capsys.readouterr().out)
    assert [entry["severity"] for entry in entries] == ["critical", "major"]
    assert len({entry["fingerprint"] for entry in entries}) == 2


@pytest.mark.parametrize(
    ("more", "status"),
    [
        (("--fail-on", "never"), 0),
        (("--only", "cluster"), 0),
        (("--only", "vm-class/h100-*"), 2),
        (("--only", "vm", "--fail-on", "unmanaged"), 2),
        (("--only", "nothing"), 1),
        (("--max-age", "1s"), 1),
        (("--max-age", "soon"), 1),
        (("--max-age", "36500d"), 2),
        (("--applied", str(ROOT / "tests/golden/acme-ml/plan.json")), 2),
        (("--applied", str(ROOT / "README.md")), 1),
    ],
)
def test_options(drifted: Path, more: tuple[str, ...], status: int) -> None:
    """What to look at, what fails, and how old a snapshot may be."""
    assert diff(drifted, *more) == status


def test_a_kind_that_does_not_exist_gets_a_hint(
    kept: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    """Did you mean."""
    assert diff(kept, "--only", "vmclass") == 1
    assert "did you mean vm-class" in capsys.readouterr().err


def test_another_vcenter_is_1(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    """F9: before any comparison, and nothing on standard output."""
    uuid = "00000000-0000-0000-0000-000000000000"
    path = written(tmp_path / "other.snapshot", altered(world(), instance_uuid=uuid))
    assert diff(path) == 1
    told = capsys.readouterr()
    assert (told.out, "nothing was compared" in told.err) == ("", True)


def test_an_incomplete_reading_is_3_and_drift_comes_first(tmp_path: Path) -> None:
    """F13: 1 before 2 before 3."""
    from generator.vcenter.snapshot import Unread

    lacking = Unread(kind="network", key="", field="", reason="permission", detail="NoPermission")
    gone = {(one.kind, one.key) for one in world().objects if one.kind == "network"}
    seen = worlds.unread(worlds.without(world(), gone), lacking)
    assert diff(written(tmp_path / "a.snapshot", seen)) == 3
    drifted = with_field(seen, ("cluster", "gpu-a"), "drs_automation", "manual")
    assert diff(written(tmp_path / "b.snapshot", drifted)) == 2


def test_two_snapshots(kept: Path, drifted: Path, capsys: pytest.CaptureFixture[str]) -> None:
    """Without any blueprint."""
    assert run(["diff", "--against", str(kept), "--inventory", str(kept)]) == 0
    assert run(["diff", "--against", str(kept), "--inventory", str(drifted)]) == 2
    assert "one snapshot against an earlier one" in capsys.readouterr().out


@pytest.mark.parametrize(
    "arguments",
    [
        ["diff"],
        ["diff", "--against", "none.snapshot"],
        ["diff", BLUEPRINT, "--inventory", "none.snapshot"],
        ["diff", "none.yaml", "--inventory", "none.snapshot"],
    ],
)
def test_what_cannot_be_read_is_1(arguments: list[str]) -> None:
    """No trace-back."""
    assert run(arguments) == 1


def test_a_snapshot_in_the_place_of_a_blueprint_is_named_as_one(
    kept: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    assert run(["diff", str(kept)]) == 1
    assert "is a snapshot: give it with --inventory" in capsys.readouterr().err


def test_a_folder_without_a_plan_is_no_rendered_one(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    assert run(["diff", str(tmp_path)]) == 1
    assert "holds no plan.json: give a blueprint, or a folder of mlgen render" in (
        capsys.readouterr().err
    )


def test_an_expired_ignore_rule_is_an_error(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    """The day is today's unless said."""
    blueprint = ignoring(tmp_path, "2026-11-19")
    path = written(tmp_path / "s.snapshot", world())
    assert run(["diff", str(blueprint), "--inventory", str(path), "--out", GOLDEN]) == 2
    assert "MLG-V030" in capsys.readouterr().out
