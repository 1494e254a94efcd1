"""What stands beside the comparison: VMs of others on GPUs, foreign entries, and capacity."""

from __future__ import annotations

import pytest

from generator.diff.verdict import exit_status, findings
from generator.finding import Severity
from generator.record import altered
from generator.vcenter.snapshot import Seen, Unread, Value
from tests.diff import worlds
from tests.diff.worlds import PLAIN, unread, vm, whole, with_field, with_more, without, world

CLASS = ("vm-class", "h100-40c-r10da02")


def test_shadow_ml_is_listed_with_owner_and_slots() -> None:
    """F12: wherever it is, and nothing else of others but one count."""
    rogue = vm("ams1/vm/lab/rogue", vgpus=("nvidia_h100-20c",), **{"attribute.Owner": "joe"})
    whole_gpu = vm("ams1/vm/lab/whole", passthrough=("0000:17:00.0",), host="esx-01")
    nic = vm("ams1/vm/lab/nic", passthrough=("15b3:1017",), host="esx-01")
    found = whole(with_more(world(), rogue, whole_gpu, nic, vm("ams1/vm/lab/plain")))
    assert [(u.key, u.owner, u.slots) for u in found.unmanaged] == [
        ("ams1/vm/lab/rogue", "joe", ("nvidia_h100-20c",)),
        ("ams1/vm/lab/whole", "ams1/vm/lab", ("0000:17:00.0",)),
    ]
    assert (found.others, found.differences) == (2, ())


def test_a_node_of_ours_is_no_shadow() -> None:
    """F16: nodes are cattle, but one of a foreign class is not ours."""
    inside: dict[str, Value] = {"namespace": "acme-ml-dev-ml-eng", "vgpus": ("nvidia_h100-40c",)}
    ours = vm("ams1/vm/ns/n1", vm_class=CLASS[1], **inside)
    theirs = vm("ams1/vm/ns/n2", vm_class="best-effort-gpu", **inside)
    found = whole(with_more(world(), ours, theirs))
    assert [u.key for u in found.unmanaged] == ["ams1/vm/ns/n2"]


def test_in_a_namespace_of_others_the_class_tells_whose_a_node_is() -> None:
    """F1: an adopted namespace holds VMs of others too."""
    name = "brownfield"
    (vcenter,) = worlds.sides(name).desired.vcenters
    where: dict[str, Value] = {"namespace": vcenter.namespaces[0].name, "vgpus": ("nvidia_l4-24c",)}
    ours = vm("dc/vm/n1", vm_class=vcenter.vm_classes[0].name, **where)
    found = whole(with_more(world(name), ours, vm("dc/vm/n2", **where)), name)
    assert [u.key for u in found.unmanaged if u.kind == "vm"] == ["dc/vm/n2"]


@pytest.mark.parametrize(
    ("more", "why"),
    [
        (Seen(kind="vm", key="ams1/vm/acme-ml/dev/x", ident="x", fields={}), "folder of this"),
        (Seen(kind="tag", key="mlgen/acme-ml/vm/old", ident="x", fields={}), "category mlgen"),
        (Seen(kind="permission", key="ams1/vm/acme-ml|corp\\joe", ident="x", fields={}), "rights"),
        (Seen(kind="vks-cluster", key="acme-ml-prod-all/x", ident="x", fields={}), "namespace of"),
        (Seen(kind="gpu", key="esx-01/0000:aa:00.0", ident="x", fields={}), "not state this GPU"),
        (Seen(kind="host", key="esx-09", ident="x", fields={"cluster": "gpu-a"}), "not state this"),
        (Seen(kind="zone", key="old", ident="x",
              fields={"description": "mlgen:acme-ml/zone/old"}), "our stamp"),
    ],
)  # fmt: skip
def test_what_is_in_our_containers_is_named(more: Seen, why: str) -> None:
    """F12: owned containers, and what carries our stamp."""
    (found,) = whole(with_more(world(), more)).unmanaged
    assert (found.kind, found.key) == (more.kind, more.key)
    assert why in found.why


@pytest.mark.parametrize(
    "more",
    [
        Seen(kind="tag", key="mlgen/other/folder/other", ident="x", fields={}),
        Seen(kind="tag", key="mlgen-release/other-3", ident="x", fields={}),
        Seen(kind="tag", key="theirs/x", ident="x", fields={}),
        Seen(kind="vm-class", key="best-effort-small", ident="x", fields={}),
        Seen(kind="namespace", key="theirs", ident="x", fields={"vm_classes": ("a",)}),
        Seen(kind="host", key="esx-77", ident="x", fields={"cluster": "it"}),
    ],
)
def test_what_is_others_is_a_count(more: Seen) -> None:
    """F12: nothing foreign is reported as ours."""
    found = whole(with_more(world(), more))
    assert (found.unmanaged, found.others, found.differences) == ((), 1, ())


def test_foreign_entries_of_our_namespaces_are_named_and_no_drift() -> None:
    """F10 and F12."""
    at = ("namespace", "acme-ml-prod-all")
    there = next(o for o in world().objects if (o.kind, o.key) == at)
    bound = (*there.fields["vm_classes"], "theirs")  # type: ignore[misc]
    seen = with_field(world(), at, "vm_classes", bound)
    seen = with_field(seen, at, "access.user:joe@corp.example", "OWNER")
    found = whole(seen)
    assert found.differences == ()
    assert [u.why for u in found.unmanaged] == [
        "it has the class theirs, which no release gave it",
        "user:joe@corp.example is OWNER there, which no release granted",
    ]


def test_zero_compatible_datastores_is_an_error() -> None:
    """F15."""
    at = ("storage-policy", "acme-ml-bulk")
    found = whole(with_field(world(), at, "compatible_datastores", ()))
    assert [(f.rule, f.severity) for f in findings(found)] == [("MLG-V020", Severity.ERROR)]
    assert exit_status(found, ("drift",)) == 2


def test_a_missing_tag_on_a_datastore_names_the_request() -> None:
    """F15: attachments go by the REST script."""
    at = ("datastore", "vmfs-plain")
    (found,) = whole(with_field(world(PLAIN), at, "tags", ()), PLAIN).differences
    assert found.mend.command.endswith("vc-rtm1 --only tag-attachment --apply")


def test_capacity_drift_counts_slots_that_others_took() -> None:
    """F4 and F5: planned against free and stranded slots."""
    seen = world()
    extra = []
    for number, one in enumerate(o for o in seen.objects if o.kind == "gpu"):
        name = f"foreign-{number}"
        extra.append(vm(f"ams1/vm/vdi/{name}", vgpus=("nvidia_h100-80c",)))
        seen = with_field(seen, (one.kind, one.key), "vms", (name,))
    found = whole(with_more(seen, *extra))
    by_profile = {s.profile: s for s in found.slots}
    assert by_profile["nvidia_h100-10c"].free == 0
    assert by_profile["nvidia_h100-10c"].short == 8
    assert by_profile["nvidia_h100-80c"].foreign == 8
    assert {f.rule for f in found.findings} == {"MLG-V021"}
    assert exit_status(altered(found, findings=(), unmanaged=()), ("capacity",)) == 2


def test_slots_of_gpus_that_were_not_read_are_not_called_short() -> None:
    """F9: they are neither free nor taken, as far as anybody saw."""
    gpus = [one for one in world().objects if one.kind == "gpu"]
    gone = {(one.kind, one.key) for one in gpus if one.fields["vgpu_mode"] == "multiInstanceGpu"}
    blind = without(world(), gone)
    lacking = Unread(kind="gpu", key="", field="", reason="permission", detail="no")
    rules = [[f.rule for f in whole(one).findings] for one in (blind, unread(blind, lacking))]
    assert "MLG-V021" in rules[0]
    assert "MLG-V021" not in rules[1]


def test_free_slots_follow_the_mode_of_each_gpu() -> None:
    """F30: own geometry; a lock strands what is free in framebuffer."""
    before = {s.profile: s.free for s in whole(world()).slots}
    seen = with_field(world(), ("gpu", "esx-03/0000:17:00.0"), "vms", ("n1",))
    seen = with_more(seen, vm("ams1/vm/x/n1", vgpus=("nvidia_h100-20c",)))
    after = {s.profile: s for s in whole(seen).slots}
    assert before["nvidia_h100-20c"] - after["nvidia_h100-20c"].free == 1
    assert before["nvidia_h100-10c"] - after["nvidia_h100-10c"].free == 8
    assert after["nvidia_h100-10c"].stranded >= 6
