"""What people read of a comparison: in the order of time, with its vCenter, and never too green."""

from __future__ import annotations

import json
import re
from pathlib import Path

import pytest

from generator.api import write_snapshot
from generator.cli import run
from generator.cli.difference_lines import block, change, mark, what
from generator.cli.difference_view import page, text
from generator.diff.asserted.ground import person
from generator.diff.differences import Comparison, Difference
from generator.diff.rules import NoDatastore
from generator.finding import Severity
from generator.record import altered
from generator.vcenter.redaction import redacted
from generator.vcenter.snapshot import Failed, Seen, Snapshot, VcenterSeen
from tests.diff.worlds import judged, whole, with_field, with_more, without, world
from tests.example import ROOT

NODES = ("n1", "n2", "n3")
LOST = Failed(name="vc-b", reason="no answer in time", mend="look after it")


def difference(**changes: object) -> Difference:
    """One field of one object, in some standing."""
    plain = Difference(
        vcenter="v", kind="gpu", key="h/0", field="vgpu_mode", what="changed", standing="drift",
        severity=Severity.ERROR, desired="wanted", applied="was", live="is", basis="plan",
        owner="create", consequence="", mend=person("mend it"),
    )  # fmt: skip
    return altered(plain, **changes)


@pytest.mark.parametrize(
    ("standing", "line"),
    [
        ("drift", "vgpu_mode: was -> is"),
        ("in-transition", "vgpu_mode: was -> is"),
        ("pending", "vgpu_mode: is -> wanted"),
        ("conflict", "vgpu_mode: was -> is (the next release: wanted)"),
    ],
)
def test_values_stand_in_the_order_of_time(standing: str, line: str) -> None:
    """An arrow that ran from what is wanted to what is would read as the opposite of a plan."""
    assert change(difference(standing=standing)) == line


@pytest.mark.parametrize(
    ("kind", "field", "standing", "before", "after", "line"),
    [
        ("vm", "vgpus", "drift", ("a", "a", "b"), ("a", "c"), "now without a, b, with c"),
        ("vm", "vgpus", "drift", ("a",), ("b",), "[a] -> [b]"),
        ("namespace", "vm_classes", "drift", NODES, ("n1", "theirs"), "now without n2, n3"),
    ],
)
def test_of_a_long_set_only_what_differs_is_shown(
    kind: str, field: str, standing: str, before: object, after: object, line: str
) -> None:
    """And of a set that is shared no entry of others (F10)."""
    one = difference(kind=kind, field=field, standing=standing, applied=before, live=after)
    assert change(one) == f"{field}: {line}"


def test_a_pending_set_loses_only_what_a_release_gave_it() -> None:
    """F10."""
    one = difference(
        kind="namespace", field="vm_classes", standing="pending", desired=("n1", "n4"),
        applied=("n1", "n2"), live=("n1", "n2", "theirs"),
    )  # fmt: skip
    assert change(one) == "vm_classes: without n2, with n4"


@pytest.mark.parametrize(
    ("kind", "standing", "sign", "words"),
    [
        ("missing", "drift", "-", "missing"),
        ("missing", "pending", "+", "to be made"),
        ("superfluous", "pending", "-", "no longer wanted"),
        ("changed", "already-there", "~", "there already"),
    ],
)
def test_signs_are_those_of_a_plan(kind: str, standing: str, sign: str, words: str) -> None:
    """What an apply would make has a plus."""
    one = difference(field="", what=kind, standing=standing)
    assert (mark(one), what(one)) == (sign, words)


def test_a_block_says_whose_the_object_is() -> None:
    """In words, not in those of the blueprint."""
    (head, *_) = block([difference(owner="reference")], lambda words, _: words)
    assert head == "  ~ gpu/h/0 on v, of others"


def test_before_the_first_apply_nothing_is_said_to_be_applied() -> None:
    """F7: two ways."""
    seen = without(world(), {("vm-class", "cpu-4x16-r63068f")})
    seen = with_field(seen, ("folder", "ams1/vm/acme-ml"), "tags", ())
    said = text(whole(seen), colour=False)
    assert "Drift: not as it is wanted (wanted -> live)" in said
    assert "as it was applied" not in said


def test_between_two_snapshots_things_changed() -> None:
    """Nothing was applied or wanted there."""
    changed = with_field(world(), ("cluster", "gpu-a"), "drs_automation", "manual")
    found = altered(whole(changed), platform="", applied="")
    assert "Changed from the earlier snapshot" in text(found, colour=False)


def pending() -> Comparison:
    """A comparison where something is yet to be applied."""
    found = whole(with_field(world(), ("cluster", "gpu-a"), "drs_automation", "manual"))
    ahead = (altered(one, standing="pending") for one in found.differences)
    return altered(found, differences=tuple(ahead), release="acme-ml-8")


def test_what_is_pending_is_rendered_before_it_is_applied() -> None:
    """The commands name files of the release that is wanted."""
    said = text(pending(), colour=False)
    assert "What is pending needs the files of acme-ml-8: mlgen render first" in said


def test_where_nothing_was_read_nothing_is_said_to_be_in_sync() -> None:
    """Exit 1."""
    found = altered(whole(world()), readings=(), failed=(LOST,))
    said = text(found, colour=True)
    assert "\x1b[31;1mNothing was compared: no vCenter was read\x1b[0m" in said
    assert "0 drift" not in said
    assert "not compared\n" not in said


@pytest.mark.parametrize(
    ("failed", "hue"), [((), "32;1"), ((LOST,), "33;1")], ids=["whole", "one lost"]
)
def test_green_is_for_what_was_all_read(failed: tuple[Failed, ...], hue: str) -> None:
    """Exit 3 is not green."""
    (last,) = text(altered(whole(world()), failed=failed), colour=True).splitlines()[-1:]
    assert last.startswith(f"\x1b[{hue}m")


def test_of_several_vcenters_each_row_names_its_own() -> None:
    """Two sites call their hosts alike."""
    changed = with_field(world(), ("cluster", "gpu-a"), "drs_automation", "manual")
    alone, beside = whole(changed), altered(whole(changed), failed=(LOST,))
    assert page(alone).sections[0].rows[0][0] == "~ cluster/gpu-a"
    assert page(beside).sections[0].rows[0][0] == "~ vc-ams1: cluster/gpu-a"


def test_html_breaks_no_word_of_a_narrow_column(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    """Cells know their column; what is to be copied is code."""
    from tests.cli.test_diff import diff, written

    seen = with_field(world(), ("host", "esx-01"), "assignment_policy", "performance")
    assert diff(written(tmp_path / "s.snapshot", seen), "--format", "html") == 2
    said = capsys.readouterr().out
    assert '<td class="severity">error</td>' in said
    assert re.search(r'<td class="mend">pwsh [^<]+ -Only esx-01</td>', said)


def test_a_folder_of_before_plans_held_them_says_that_no_ignore_rule_counts(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    """It is compared all the same."""
    from tests.cli.test_diff import written

    kept = str(written(tmp_path / "s.snapshot", world()))
    tree = json.loads((ROOT / "tests/golden/acme-ml/plan.json").read_text("utf-8"))
    del tree["diff_ignore"]
    (tmp_path / "plan.json").write_text(json.dumps(tree), "utf-8")
    assert run(["diff", str(tmp_path), "--inventory", kept]) == 0
    assert "Not compared: ignore rules: the plan is of a version" in capsys.readouterr().out


def test_the_two_way_comparison_has_what_the_lines_need() -> None:
    """What was applied is what is wanted there."""
    (found,) = judged(with_field(world(), ("vm-class", "h100-40c-r10da02"), "vcpus", 9)).differences
    assert change(found) == "vcpus: 4 -> 9"


@pytest.mark.parametrize(
    ("target", "file"),
    [
        ("blueprints/acme-ml.yaml", "acme-ml.yaml"),
        ("tests/golden/acme-ml", "plan.json"),
    ],
)
def test_pipelines_are_told_which_file_was_judged(
    target: str, file: str, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    """A folder is judged by its plan."""
    from tests.cli.test_diff import GOLDEN, written

    seen = with_field(world(), ("vm-class", "h100-40c-r10da02"), "vcpus", 9)
    kept = str(written(tmp_path / "s.snapshot", seen))
    words = ["diff", str(ROOT / target), "--inventory", kept, "--out", GOLDEN]
    assert run([*words, "--format", "sarif"]) == 2
    (result,) = json.loads(capsys.readouterr().out)["runs"][0]["results"]
    place = result["locations"][0]["physicalLocation"]["artifactLocation"]["uri"]
    assert place.endswith(f"/{file}")


def test_pseudonyms_are_held_against_pseudonyms_alone(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    """Everything that a blueprint names would be missing."""
    named = tmp_path / "named"
    write_snapshot(Snapshot(vcenters=(world(),)), named)
    hidden = tmp_path / "hidden"
    write_snapshot(redacted(Snapshot(vcenters=(world(),)), names=True), hidden)
    blueprint = str(ROOT / "blueprints/acme-ml.yaml")
    assert run(["diff", blueprint, "--inventory", str(hidden)]) == 1
    assert "with --pseudonyms, and a blueprint has names" in capsys.readouterr().err
    assert run(["diff", "--against", str(named), "--inventory", str(hidden)]) == 1
    assert "only one of" in capsys.readouterr().err
    assert run(["diff", "--against", str(hidden), "--inventory", str(hidden)]) == 0


@pytest.mark.parametrize(
    ("ended", "age", "words"),
    [("2020-01-01T00:00:00Z", "36h", " d ago, and --max-age is 1.5 d"),
     ("2020-01-01T00:00:00Z", "90s", " d ago, and --max-age is 1.5 min")],
)  # fmt: skip
def test_a_snapshot_that_is_too_old_says_by_how_much(
    ended: str, age: str, words: str, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    """F13."""
    file = tmp_path / "old"
    write_snapshot(Snapshot(vcenters=(altered(world(), ended=ended),)), file)
    blueprint = str(ROOT / "blueprints/acme-ml.yaml")
    assert run(["diff", blueprint, "--inventory", str(file), "--max-age", age]) == 1
    assert words in capsys.readouterr().err


def kept(folder: Path, name: str, *vcenters: VcenterSeen) -> str:
    """A snapshot in a file."""
    write_snapshot(Snapshot(vcenters=vcenters), folder / name)
    return str(folder / name)


def test_a_vcenter_that_only_one_snapshot_holds_is_not_passed_over(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    """Exit 3: nobody compared it."""
    other = altered(world(), name="vc-b", instance_uuid="b")
    both, one = kept(tmp_path, "both", world(), other), kept(tmp_path, "one", world())
    assert run(["diff", "--against", both, "--inventory", one]) == 3
    assert "vc-b was not read: the later snapshot does not hold it" in capsys.readouterr().out
    assert run(["diff", "--against", one, "--inventory", both]) == 3
    assert "one does not hold it" in capsys.readouterr().out


def test_the_later_of_two_snapshots_is_not_taken_for_the_earlier(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    """What came would be told as gone."""
    early, late = kept(tmp_path, "e", world()), altered(world(), ended="2099-01-01T00:00:00Z")
    assert run(["diff", "--against", kept(tmp_path, "l", late), "--inventory", early]) == 1
    assert "--against takes the earlier one" in capsys.readouterr().err


def test_between_two_snapshots_nothing_is_said_of_plans_and_rules(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    """There is neither."""
    changed = with_field(world(), ("cluster", "gpu-a"), "drs_automation", "manual")
    new = Seen(kind="folder", key="ams1/vm/new", ident="new", fields={})
    before, after = kept(tmp_path, "a", world()), kept(tmp_path, "b", with_more(changed, new))
    words = ["diff", "--against", before, "--inventory", after]
    assert run(words) == 2
    said = capsys.readouterr().out
    assert "  ~ cluster/gpu-a on vc-ams1\n" in said
    assert "New since the earlier snapshot" in said
    assert run([*words, "--format", "markdown"]) == 2
    said += capsys.readouterr().out
    assert "| object | field | later | earlier | severity |" in said
    assert [w for w in ("Ignore rules", "no plan", "applied", "Two ways") if w in said] == []


def test_findings_are_lines_and_not_a_table_that_no_terminal_holds() -> None:
    """And the last line counts them: they fail a run without any drift."""
    found = NoDatastore.breach("no datastore satisfies x", mend="attach its tag", path="v/x")
    said = text(altered(whole(world()), findings=(found,)), colour=False)
    assert "  error[MLG-V020]: no datastore satisfies x\n      mend: attach its tag\n" in said
    assert said.rstrip().endswith("; 1 finding")
