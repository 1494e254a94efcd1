"""What a release that is not applied yet leads to: no harm, and no failure."""

from __future__ import annotations

from generator.diff.examine import Sides
from generator.diff.verdict import exit_status
from generator.finding import Severity
from generator.platform import gpu_settings
from generator.platform.objects import HostSetting
from generator.record import altered
from generator.vcenter.snapshot import Seen, Value, VcenterSeen
from tests.diff import worlds
from tests.diff.worlds import judged, whole, with_field, with_more, without, world

CLASS = ("vm-class", "h100-40c-r10da02")
NAMESPACE = ("namespace", "acme-ml-dev-ml-eng")


def more_vcpus() -> Sides:
    """The next release wants a class otherwise."""
    its = worlds.sides()
    (vcenter,) = its.desired.vcenters
    classes = tuple(
        altered(one, vcpus=8) if one.name == CLASS[1] else one for one in vcenter.vm_classes
    )
    return its._replace(
        desired=altered(its.desired, vcenters=(altered(vcenter, vm_classes=classes),))
    )


def other_modes() -> Sides:
    """The next release sets the GPUs that share by time otherwise."""
    its = worlds.sides()
    (vcenter,) = its.desired.vcenters

    def later(one: HostSetting) -> HostSetting:
        return altered(one, value="sameSize") if one.setting == gpu_settings.VGPU_MODE else one

    settings = tuple(map(later, vcenter.host_settings))
    return its._replace(
        desired=altered(its.desired, vcenters=(altered(vcenter, host_settings=settings),))
    )


def crowded() -> VcenterSeen:
    """Every GPU runs somebody else's vGPU."""
    seen = world()
    for number, one in enumerate(o for o in seen.objects if o.kind == "gpu"):
        name = f"foreign-{number}"
        fields: dict[str, Value] = {"power": "poweredOn", "vgpus": ("nvidia_h100-80c",)}
        path = f"ams1/vm/vdi/{name}"
        seen = with_field(seen, (one.kind, one.key), "vms", (name,))
        seen = with_more(seen, Seen(kind="vm", key=path, ident=path, fields=fields))
    return seen


def test_what_is_not_applied_yet_is_a_notice_without_a_consequence() -> None:
    """F7: nothing is broken by what was only decided."""
    (found,) = whole(world(), its=more_vcpus()).differences
    assert (found.standing, found.severity, found.consequence) == ("pending", Severity.NOTICE, "")


def test_a_conflict_is_an_error_whatever_the_field_weighs() -> None:
    """F7, and the same in every format."""
    its = more_vcpus()
    (found,) = whole(with_field(world(), CLASS, "vcpus", 16), its=its).differences
    assert (found.standing, found.severity) == ("conflict", Severity.ERROR)


def test_slots_that_pending_modes_will_make_fail_no_run() -> None:
    """Exit 0 is in sync or only pending."""
    ahead = [one for one in whole(crowded(), its=other_modes()).findings if one.rule == "MLG-V021"]
    now = [one for one in whole(crowded()).findings if one.rule == "MLG-V021"]
    assert {one.severity for one in now} == {Severity.ERROR}
    assert {one.severity for one in ahead} == {Severity.NOTICE}
    assert all("modes of GPUs are still to be applied" in one.message for one in ahead)


def test_only_pending_modes_end_with_0() -> None:
    """The same, by exit status."""
    found = altered(whole(crowded(), its=other_modes()), unmanaged=())
    assert exit_status(found, ("drift",)) == 0
    assert exit_status(found, ("capacity",)) == 2


def test_an_edited_class_of_which_nothing_runs_says_so() -> None:
    """F3: no count of none."""
    (found,) = judged(with_field(world(), CLASS, "vcpus", 9)).differences
    assert found.consequence.startswith("edited class: future nodes differ from the plan; none")


def test_nodes_that_are_off_do_not_run() -> None:
    """F3."""
    fields = {"vm_class": CLASS[1], "power": "poweredOff"}
    node = Seen(kind="vm", key="ams1/vm/n/1", ident="n1", fields=fields)
    seen = with_more(with_field(world(), CLASS, "vcpus", 9), node)
    (found,) = judged(seen).differences
    assert "none runs of it yet" in found.consequence


def test_a_namespace_that_still_names_a_lost_policy_was_given_it_by_the_release() -> None:
    """Its list holds ids: that of a policy that is gone has no name any more."""
    lost = ("storage-policy", "acme-ml-bulk")
    there = next(one for one in world().objects if (one.kind, one.key) == NAMESPACE)
    policies = there.fields["storage_policies"]
    assert isinstance(policies, tuple)
    kept = tuple("d72a5def" if one == lost[1] else one for one in policies)
    found = whole(with_field(without(world(), {lost}), NAMESPACE, "storage_policies", kept))
    assert [(one.kind, one.key) for one in found.differences] == [lost]
    (row,) = found.unmanaged
    assert (row.key, row.severity) == (NAMESPACE[1], Severity.NOTICE)
    assert row.why == "it refers to a storage policy by the id d72a5def, which is gone or hidden"


def test_an_id_that_a_difference_already_shows_is_told_once() -> None:
    """The policy was made again, with another id."""
    found = whole(with_field(world(), NAMESPACE, "storage_policies", ("d72a5def",)))
    assert [one.field for one in found.differences] == ["storage_policies"]
    assert found.unmanaged == ()
