"""Both sides, the demands that differ, findings and files."""

from __future__ import annotations

from dataclasses import replace

import pytest

from generator.finding import Finding, Place, Severity
from generator.platform.whatif import compare
from generator.platform.whatif.records import Difference, Fate
from generator.sizing.demand import RunWindow
from tests.platform.whatif.sides import (
    QUARTER,
    chosen,
    plan,
    shortfall,
    situation,
    vm,
    without_hosts,
)


def notice(message: str, line: int = 1) -> Finding:
    """A finding of any rule."""
    return Finding(
        rule="MLG-P003",
        severity=Severity.NOTICE,
        message=message,
        places=(Place("f.yaml", line, 1),),
    )


def test_a_situation_is_equal_to_itself() -> None:
    """The shipped example: nothing differs, every VM stays and nothing touches it."""
    same = compare(situation(), situation())
    assert same.before == same.after
    assert (same.demands, same.versions, same.hosts) == ((), (), ())
    assert {(one.fate, one.reasons) for one in same.vms} == {(Fate.STAYS, ())}


def test_capacity_is_what_the_plan_takes_of_the_cluster() -> None:
    """Four hosts with two GPUs of 80 GiB, 64 cores and 1 TiB each; two VMs of half a GPU."""
    side = compare(
        situation(), situation(plan((chosen(2),), (vm(0, "esx-01", 0), vm(1, "esx-01", 0))))
    )
    (cluster,) = side.after.capacity
    assert (cluster.site, cluster.cluster, cluster.hosts) == ("ams1", "gpu-a", 4)
    assert (cluster.gpus, cluster.gpus_used, cluster.gpus_held, cluster.gpus_free) == (8, 1, 0, 7)
    assert (cluster.framebuffer_gib, cluster.framebuffer_used_gib) == (640, 80)
    assert (cluster.cores, cluster.cores_used) == (256, 8)
    assert (cluster.memory_gib, cluster.memory_used_gib) == (4096, 64)


def test_those_that_take_turns_count_at_the_worst_moment() -> None:
    """By day and by night on the same halves of a GPU: never more than there is."""
    day, night = ((RunWindow(start_s=start * 3600, duration_s=12 * 3600),) for start in (8, 20))
    turns = plan(
        (chosen(2, name="day", windows=day), chosen(2, name="night", windows=night)),
        tuple(vm(n, "esx-01", 0, name=name) for name in ("day", "night") for n in (0, 1)),
    )
    (cluster,) = compare(situation(), situation(turns)).after.capacity
    assert (cluster.framebuffer_used_gib, cluster.cores_used) == (80, 8)
    assert cluster.memory_used_gib == 64


def test_a_gpu_that_is_lost_is_no_capacity_and_one_of_others_is_held() -> None:
    """Both are ``held_by`` in the facts."""
    facts = without_hosts()
    gpus = tuple(replace(gpu, held_by="x") for gpu in facts.hosts[0].gpus)
    facts = replace(facts, hosts=(replace(facts.hosts[0], gpus=gpus), *facts.hosts[1:]))
    side = compare(
        situation(), situation(plan((), ()), facts=facts, lost_gpus=("ams1/esx-01/gpu0",))
    )
    (cluster,) = side.after.capacity
    assert (cluster.gpus, cluster.gpus_held, cluster.gpus_free) == (7, 1, 6)
    assert cluster.framebuffer_gib == 480


def test_framebuffer_is_unknown_where_a_gpu_is() -> None:
    """Never counted as zero."""
    facts = without_hosts()
    gpus = tuple(replace(gpu, model="unheard-of") for gpu in facts.hosts[0].gpus)
    facts = replace(facts, hosts=(replace(facts.hosts[0], gpus=gpus), *facts.hosts[1:]))
    (cluster,) = compare(situation(), situation(plan((), ()), facts=facts)).after.capacity
    assert cluster.framebuffer_gib is None


def test_a_cluster_without_hosts_is_no_capacity() -> None:
    """A lost site."""
    nothing = without_hosts("esx-01", "esx-02", "esx-03", "esx-04")
    assert compare(situation(), situation(facts=nothing)).after.capacity == ()


def test_what_waits_is_said_of_each_side() -> None:
    """With the reason, and whether the minimum is missed."""
    side = compare(
        situation(plan((chosen(2),), (vm(0, "esx-01", 0),), shortfall(1, 2, minimum=1))),
        situation(plan((chosen(2),), (), shortfall(0, 2, minimum=1))),
    )
    assert [(one.placed, one.fatal) for one in side.before.waiting] == [(1, False)]
    assert [(one.placed, one.fatal) for one in side.after.waiting] == [(0, True)]
    assert (side.before.fits, side.after.fits) == (True, False)


def test_a_demand_says_which_of_its_parts_differ() -> None:
    """Profile and class, number and hosts."""
    (change,) = compare(
        situation(plan((chosen(1),), (vm(0, "esx-01", 0),))),
        situation(plan((chosen(2, profile=QUARTER),), (vm(0, "esx-01", 0), vm(1, "esx-02", 0)))),
    ).demands
    assert change.difference is Difference.CHANGED
    assert change.fields == ("wanted", "placed", "profile", "vm_class", "hosts")
    assert change.after is not None
    assert change.after.hosts == ("esx-01", "esx-02")


@pytest.mark.parametrize(
    ("before", "after", "expected"),
    [
        (plan((), ()), plan((chosen(1),), (vm(0, "esx-01", 0),)), Difference.ADDED),
        (plan((chosen(1),), (vm(0, "esx-01", 0),)), plan((), ()), Difference.REMOVED),
        (
            plan((chosen(1),), (vm(0, "esx-01", 0),)),
            plan((), (), shortfall(0, 1)),
            Difference.CHANGED,
        ),
    ],
    ids=["added", "removed", "no GPU can carry it"],
)
def test_a_demand_that_one_side_lacks(before: object, after: object, expected: Difference) -> None:
    """What no GPU can carry is still asked for."""
    (change,) = compare(situation(before), situation(after)).demands  # type: ignore[arg-type]
    assert change.difference is expected


def test_findings_differ_by_what_they_say_and_not_by_where() -> None:
    """A copied value has another place."""
    changed = compare(
        situation(findings=(notice("a"), notice("b"))),
        situation(findings=(notice("b", line=9), notice("c"))),
    ).findings
    assert [one.message for one in changed.new] == ["c"]
    assert [one.message for one in changed.gone] == ["a"]


def test_files_differ_by_path_and_text() -> None:
    """Sorted, with a count of the rest."""
    files = compare(
        situation(files={"a": "1", "b": "1", "c": "1"}),
        situation(files={"b": "1", "c": "2", "d": "1"}),
    ).files
    assert (files.added, files.removed, files.changed, files.unchanged) == (
        ("d",),
        ("a",),
        ("c",),
        1,
    )
