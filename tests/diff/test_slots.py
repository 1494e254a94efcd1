"""Planned vGPUs against what is free: profile by profile, and together."""

from __future__ import annotations

import pytest

from generator.diff.verdict import exit_status
from generator.finding import Severity
from generator.record import altered
from generator.vcenter.snapshot import Seen, Value, VcenterSeen
from tests.diff.worlds import FILES, whole, with_field, with_more, world

FULL = "esx-03/0000:17:00.0"


def taken(seen: VcenterSeen, gpu: str, profile: str) -> VcenterSeen:
    """Somebody else's vGPU on a GPU."""
    path = f"ams1/vm/vdi/{profile}"
    vm = Seen(kind="vm", key=path, ident=path, fields={"power": "poweredOn", "vgpus": (profile,)})
    return with_more(with_field(seen, ("gpu", gpu), "vms", (profile,)), vm)


@pytest.mark.parametrize("name", FILES)
def test_what_was_planned_finds_its_slots_in_a_perfect_world(name: str) -> None:
    """One by one and together: the plan fits."""
    assert [one for one in whole(world(name), name).findings if one.rule == "MLG-V021"] == []


def test_profiles_that_share_gpus_are_short_together() -> None:
    """F5: each of them alone would still start, and the plan fills all of their GPUs."""
    found = whole(taken(world(), FULL, "nvidia_h100-10c"))
    assert [one.short for one in found.slots] == [0] * len(found.slots)
    (finding,) = found.findings
    assert (finding.rule, finding.severity) == ("MLG-V021", Severity.ERROR)
    assert "they need 480 GiB more framebuffer, 470 GiB are free" in finding.message
    assert "1 vGPUs there are others'" in finding.message
    assert "nvidia_h100-1-10c" not in finding.message
    assert exit_status(altered(found, unmanaged=()), ("drift",)) == 2


def test_what_is_short_by_itself_is_not_told_again() -> None:
    """One cause, one finding for each profile."""
    seen = world()
    for gpu in [one.key for one in seen.objects if one.kind == "gpu"]:
        seen = taken(seen, gpu, "nvidia_h100-80c")
    messages = [one.message for one in whole(seen).findings]
    assert [one for one in messages if "together" in one] == []
    assert len(messages) == 6


def test_what_others_run_by_mig_takes_nothing_of_what_is_shared_by_time() -> None:
    """The GPUs of one are not those of the other."""
    gpu = next(
        one.key
        for one in world().objects
        if one.kind == "gpu" and one.fields["vgpu_mode"] == "multiInstanceGpu"
    )
    assert whole(taken(world(), gpu, "nvidia_h100-1-10c")).findings == ()


def test_a_node_too_many_of_ours_makes_nothing_short() -> None:
    """F9: while nodes are rolled one more runs than is planned."""
    seen = world()
    gpus = ("esx-03/0000:17:00.0", "esx-03/0000:65:00.0", "esx-04/0000:17:00.0")
    nodes = []
    for gpu in gpus:
        fields: dict[str, Value] = {
            "power": "poweredOn",
            "vgpus": ("nvidia_h100-80c",),
            "namespace": "acme-ml-dev-ml-eng",
            "vm_class": "h100-2x80c-rb22533",
        }
        key = f"ams1/vm/Namespaces/{gpu.replace('/', '-')}"
        nodes.append(Seen(kind="vm", key=key, ident=key, fields=fields))
        seen = with_field(seen, ("gpu", gpu), "vms", (key.rpartition("/")[2],))
    found = whole(with_more(seen, *nodes))
    assert next(one.used for one in found.slots if one.profile == "nvidia_h100-80c") == 3
    assert found.findings == ()
