"""The whole comparison: three ways through the applied release, ignore rules, and its ends."""

from __future__ import annotations

from dataclasses import replace

import pytest

from generator.blueprint.model.governance import DiffIgnore
from generator.diff.differences import Comparison
from generator.diff.examine import Sides
from generator.diff.verdict import exit_status, only
from generator.finding import CannotRun, Severity
from generator.platform.objects import DesiredState
from generator.record import altered
from generator.vcenter.snapshot import Event, Failed, Snapshot
from tests.diff import worlds
from tests.diff.worlds import told, vm, whole, with_field, with_more, without, world

DAY = "2026-11-20"
CLASS = ("vm-class", "h100-40c-r10da02")
FOLDER = ("folder", "ams1/vm/acme-ml")


def later(change: dict[str, object]) -> Sides:
    """The example where the next release wants a class otherwise than the applied one."""
    its = worlds.sides()
    (vcenter,) = its.desired.vcenters
    classes = tuple(
        altered(one, **change) if one.name == CLASS[1] else one for one in vcenter.vm_classes
    )
    desired: DesiredState = altered(its.desired, vcenters=(altered(vcenter, vm_classes=classes),))
    return its._replace(desired=desired)


def test_the_applied_release_is_what_vcenter_and_git_say() -> None:
    """F7: the tag on the platform's folder, and the committed plan."""
    found = whole(world())
    assert (found.applied, found.two_way, found.differences) == ("acme-ml-7", "", ())


def test_drift_pending_conflict_and_already_there() -> None:
    """F7: each by one field of one object."""
    its = later({"vcpus": 8})
    as_applied = whole(world(), its=its)
    as_wanted = whole(with_field(world(), CLASS, "vcpus", 8), its=its)
    as_neither = whole(with_field(world(), CLASS, "vcpus", 16), its=its)
    other_field = whole(with_field(world(), CLASS, "memory_mib", 1), its=its)
    assert [d.standing for d in as_applied.differences] == ["pending"]
    assert [d.standing for d in as_wanted.differences] == ["already-there"]
    assert [d.standing for d in as_neither.differences] == ["conflict"]
    assert {d.field: d.standing for d in other_field.differences} == {
        "vcpus": "pending",
        "memory_mib": "drift",
    }
    (conflict,) = as_neither.differences
    assert (conflict.desired, conflict.applied, conflict.live) == (8, 4, 16)


def test_a_new_object_is_pending_until_it_is_there() -> None:
    """F7: what nobody applied is no loss."""
    its = worlds.sides()
    (vcenter,) = its.desired.vcenters
    new = altered(vcenter.vm_classes[0], name="new-class-r1")
    its = its._replace(
        desired=altered(
            its.desired, vcenters=(altered(vcenter, vm_classes=(*vcenter.vm_classes, new)),)
        )
    )
    (missing,) = whole(world(), its=its).differences
    assert (missing.key, missing.what, missing.standing) == ("new-class-r1", "missing", "pending")
    like = next(o for o in world().objects if o.key == vcenter.vm_classes[0].name)
    there = whole(with_more(world(), altered(like, key="new-class-r1", ident="n")), its=its)
    assert [(d.standing, d.field) for d in there.differences] == [("already-there", "")]
    taken = altered(like, key="new-class-r1", ident="n", fields={**like.fields, "vcpus": 2})
    foreign = whole(with_more(world(), taken), its=its)
    assert [(d.standing, d.field) for d in foreign.differences] == [("conflict", "vcpus")]
    assert [(a.by, a.fields) for a in foreign.adoptions] == [("refused", ("vcpus",))]


def test_an_object_that_is_no_longer_wanted_is_superfluous() -> None:
    """F3: a retired class is kept, and named."""
    its = worlds.sides()
    (vcenter,) = its.desired.vcenters
    fewer = tuple(one for one in vcenter.vm_classes if one.name != CLASS[1])
    its = its._replace(desired=altered(its.desired, vcenters=(altered(vcenter, vm_classes=fewer),)))
    (found,) = whole(world(), its=its).differences
    assert (found.what, found.standing, found.severity) == (
        "superfluous",
        "pending",
        Severity.NOTICE,
    )
    assert "keep it for one release" in found.mend.command
    assert whole(without(world(), {CLASS}), its=its).standing("drift") == ()


def test_the_next_releases_tag_renames_the_applied_one() -> None:
    """F7: a pending rename, and no second difference on the folder that carries it."""
    its = worlds.sides()
    (vcenter,) = its.desired.vcenters
    tags = tuple(altered(t, name="acme-ml-8") if t.renamed_by_release else t for t in vcenter.tags)
    folders = tuple(
        altered(f, tags=tuple((c, "acme-ml-8" if c == "mlgen-release" else n) for c, n in f.tags))
        for f in vcenter.folders
    )
    desired = altered(
        its.desired, release="acme-ml-8", vcenters=(altered(vcenter, tags=tags, folders=folders),)
    )
    (found,) = whole(world(), its=its._replace(desired=desired)).differences
    assert (found.what, found.standing) == ("renamed", "pending")
    assert (found.desired, found.live) == ("mlgen-release/acme-ml-8", "mlgen-release/acme-ml-7")


@pytest.mark.parametrize(
    ("tags", "words"),
    [
        (("mlgen/acme-ml/folder/acme-ml",), "no folder of acme-ml carries a tag"),
        (("mlgen-release/acme-ml-6", "mlgen/acme-ml/folder/acme-ml"), "release acme-ml-6 applied"),
        (("mlgen-release/acme-ml-6", "mlgen-release/acme-ml-7", "mlgen/acme-ml/folder/acme-ml"),
         "are applied at once"),
    ],
)  # fmt: skip
def test_without_the_applied_release_it_says_so_and_compares_two_ways(
    tags: tuple[str, ...], words: str
) -> None:
    """F7."""
    found = whole(with_field(world(), FOLDER, "tags", tags))
    assert words in found.two_way
    assert found.applied == ""


def test_another_vcenter_is_refused_before_anything_is_compared() -> None:
    """F9: exit 1."""
    with pytest.raises(CannotRun, match="nothing was compared"):
        whole(altered(world(), instance_uuid="00000000-0000-0000-0000-000000000000"))


def test_a_vcenter_that_was_not_read_makes_it_incomplete() -> None:
    """Several at once: one fails without losing the others."""
    from generator.api.diffing import AS_USUAL, compared

    lost = Snapshot(vcenters=(), failed=(Failed(name="vc-ams1", reason="refused", mend="m"),))
    found = compared(worlds.sides(), lost, AS_USUAL)
    assert (found.complete, exit_status(found, ("drift",))) == (False, 1)
    part = altered(whole(world()), failed=lost.failed)
    assert exit_status(part, ("drift",)) == 3


IGNORE = DiffIgnore(kind="cluster", key="gpu-*", field="drs_*", reason="trial", expires=DAY)


@pytest.mark.parametrize(
    ("rule", "standing", "rules"),
    [
        (IGNORE, 0, []),
        (replace(IGNORE, expires="2026-11-19"), 1, ["MLG-V030"]),
        (replace(IGNORE, key="other"), 1, ["MLG-V031"]),
        (replace(IGNORE, field=None), 0, []),
        (replace(IGNORE, kind="host"), 1, ["MLG-V031"]),
        (replace(IGNORE, key="gpu?a"), 1, ["MLG-V031"]),
    ],
)
def test_ignore_rules_cover_what_they_name_until_their_day(
    rule: DiffIgnore, standing: int, rules: list[str]
) -> None:
    """With a reason; an expired one is a finding."""
    seen = with_field(world(), ("cluster", "gpu-a"), "drs_automation", "manual")
    found = whole(seen, its=worlds.sides()._replace(ignore=(rule,)), as_of=DAY)
    assert len(found.differences) == standing
    assert [f.rule for f in found.findings] == rules
    assert len(found.ignored) == 1 - standing


def drifted() -> Comparison:
    """A comparison with one drift and one stranger."""
    seen = with_field(world(), CLASS, "vcpus", 9)
    return whole(with_more(seen, vm("ams1/vm/lab/r", vgpus=("nvidia_h100-20c",))))


@pytest.mark.parametrize(
    ("wanted", "differences", "unmanaged"),
    [
        ((), 1, 1),
        (("vm-class",), 1, 0),
        (("vm-class/h100-*",), 1, 0),
        (("vm-class/cpu-*",), 0, 0),
        (("vm", "vm-class"), 1, 1),
    ],
)
def test_only_what_is_asked_for(wanted: tuple[str, ...], differences: int, unmanaged: int) -> None:
    """By kind, or by kind and name."""
    found = only(drifted(), wanted)
    assert (len(found.differences), len(found.unmanaged)) == (differences, unmanaged)


@pytest.mark.parametrize(
    ("comparison", "fail_on", "status"),
    [
        (whole(world()), ("drift",), 0),
        (drifted(), ("drift",), 2),
        (drifted(), ("never",), 0),
        (whole(world(), its=later({"vcpus": 8})), ("drift",), 0),
        (whole(world(), its=later({"vcpus": 8})), ("pending",), 2),
        (only(drifted(), ("vm",)), ("drift",), 0),
        (only(drifted(), ("vm",)), ("unmanaged",), 2),
        (altered(drifted(), failed=(Failed(name="b", reason="r", mend="m"),)), ("drift",), 2),
    ],
)
def test_exit_status(comparison: Comparison, fail_on: tuple[str, ...], status: int) -> None:
    """F13: 1 before 2 before 3; only pending is 0."""
    assert exit_status(comparison, fail_on) == status


def test_what_exists_already_is_taken_over_in_order() -> None:
    """F14: import blocks where an importer exists, the manifest elsewhere."""
    bare = with_field(world(), FOLDER, "tags", ())
    found = whole(bare)
    steps = [(a.kind, a.step, a.by) for a in found.adoptions]
    assert steps[0][1] == "10-foundation"
    assert ("tag-category", "10-foundation", "import") in steps
    assert ("vm-class", "20-classes", "manifest") in steps
    roots = [step for _, step, _ in steps]
    assert roots.index("20-classes") > roots.index("10-foundation")
    tag = next(a for a in found.adoptions if a.kind == "tag" and a.by == "import")
    assert tag.block.startswith("import {\n  to = vsphere_tag.")
    assert '\\"category_name\\"' in tag.block
    (refused,) = (a for a in found.adoptions if a.by == "refused")
    assert (refused.kind, refused.fields) == ("folder", ("tags",))


def test_an_adopted_namespace_is_merged_not_imported() -> None:
    """F14: no importer exists for it."""
    found = whole(world("brownfield"), "brownfield")
    assert [(a.kind, a.by) for a in found.adoptions if a.kind == "namespace"] == [
        ("namespace", "manifest")
    ]


def test_who_changed_it_and_when() -> None:
    """From vCenter's events."""
    event = Event(kind=CLASS[0], key=CLASS[1], at="2026-11-19T10:00:00Z", user="joe", what="edited")
    seen = altered(with_field(world(), CLASS, "vcpus", 9), events=(event,))
    assert [d.who for d in whole(seen).differences] == [event]


def test_the_read_window_and_what_no_vcenter_shows_are_told() -> None:
    """F13."""
    found = whole(world())
    (reading,) = found.readings
    assert (reading.started, reading.ended) == ("2026-11-20T06:00:00Z", "2026-11-20T06:00:02Z")
    assert {name for name, _ in found.uncompared} >= {"nvidia.ecc", "nvidia.driver"}


def test_fields_that_nobody_states_are_shown_on_demand() -> None:
    """F12: only what the blueprint asserts is drift."""
    from generator.api.diffing import AS_USUAL, compared

    snapshot = Snapshot(vcenters=(with_field(world(), ("host", "esx-01"), "threads", 1),))
    asked = AS_USUAL._replace(show_unasserted=True)
    found = compared(worlds.sides(), snapshot, asked)
    assert found.differences == ()
    assert ("host", "esx-01", "threads", 1) in [
        (u.kind, u.key, u.field, u.live) for u in found.unasserted
    ]


def test_told_names_what_differs() -> None:
    """The helper of these tests says what a difference is about."""
    assert told(drifted().differences) == [(*CLASS, "vcpus", "changed")]
