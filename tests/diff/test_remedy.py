"""The command that would mend a difference, and that nothing dangerous is ever offered."""

from __future__ import annotations

import pytest

from generator.diff.asserted import Asserted
from generator.diff.asserted.ground import person
from generator.diff.asserted.record import Mend
from generator.diff.remedy import mend_of
from generator.vcenter.snapshot import Value
from tests.diff.worlds import (
    ACME,
    FILES,
    GREEN,
    PLAIN,
    Where,
    at_of,
    inside,
    judged,
    wanted,
    whole,
    with_field,
    without,
    world,
)


def fact(kind: str, key: str, field: str) -> Asserted:
    """An object of others with one stated field."""
    return Asserted(kind=kind, key=key, vcenter="v", owner="reference", fields={field: 1},
                    facts=frozenset((field,)), known=True)  # fmt: skip


@pytest.mark.parametrize(
    ("kind", "key", "field", "value", "line"),
    [
        ("cluster", "g", "drs_enabled", True, "Set-Cluster -Cluster 'g' -DrsEnabled $true"),
        ("cluster", "g", "drs_automation", "manual",
         "Set-Cluster -Cluster 'g' -DrsAutomationLevel 'Manual'"),
        ("cluster", "g'x", "ha_host_failures", 2, "Set-Cluster -Cluster 'g''x' -HAFailoverLevel 2"),
        ("network", "pg", "vlan", 12, "Get-VDPortgroup 'pg' | Set-VDPortgroup -VlanId 12"),
        ("switch", "s", "mtu", 9000, "Get-VDSwitch 's' | Set-VDSwitch -Mtu 9000"),
        ("host", "h", "cluster", "g", "Move-VMHost -VMHost 'h' -Destination (Get-Cluster 'g')"),
        ("datastore", "d", "tags", ("c/t",),
         "New-TagAssignment -Entity (Get-Datastore 'd') -Tag (Get-Tag -Category 'c' -Name 't')"),
    ],
)  # fmt: skip
def test_what_an_owner_would_run(kind: str, key: str, field: str, value: Value, line: str) -> None:
    """F1: what is others' is theirs to change; names are quoted for PowerShell."""
    mend = mend_of(fact(kind, key, field), field, person("ask"), "drift", value)
    assert mend.by == "powercli"
    assert mend.command == f"ask; its owner would run: {line}"


@pytest.mark.parametrize(
    ("kind", "words"),
    [("vm-class", "keep it for one release"), ("namespace", "nobody's script"),
     ("tag", "remove it by hand")],
)  # fmt: skip
def test_nothing_is_deleted_by_a_command(kind: str, words: str) -> None:
    """F3 and F10."""
    mend = mend_of(fact(kind, "x", "f"), "superfluous", person("x"), "pending", None)
    assert mend.by == "person"
    assert words in mend.command


def test_a_conflict_is_decided_by_people_first() -> None:
    """F7."""
    mend = mend_of(fact("zone", "z", "f"), "g", person("apply it"), "conflict", 1)
    assert mend.command == "decide whose value stands, then: apply it"


@pytest.mark.parametrize("name", FILES)
def test_no_mend_patches_a_class_or_destroys_anything(name: str) -> None:
    """F3: of no object and no field of any shipped world."""
    commands = [mend.command for one in wanted(name) for mend in one.mends.values()]
    words = ("destroy", "-replace", "PATCH", "DELETE", "Remove-", "kubectl delete")
    assert [c for c in commands if any(word in c for word in words)] == []


def test_an_edited_class_is_mended_by_a_new_one() -> None:
    """F3: never by an apply of the old one."""
    seen = with_field(world(), ("vm-class", "cpu-4x16-r63068f"), "memory_mib", 1)
    (found,) = judged(seen).differences
    assert "never patch a class" in found.mend.command
    assert "terraform" not in found.mend.command


def test_an_edited_class_says_what_to_set_back_and_where_to_state_it() -> None:
    """F3: the name of a class holds a hash of its content, so rendering makes no new one."""
    seen = with_field(world(), ("vm-class", "cpu-4x16-r63068f"), "memory_mib", 1)
    (found,) = judged(seen).differences
    assert "its editor sets back what was stated" in found.mend.command
    assert "state it in the blueprint" in found.mend.command


@pytest.mark.parametrize(
    ("at", "address"),
    [
        (("vm-class", "cpu-4x16-r63068f"), "vsphere_virtual_machine_class.cpu_4x16_r63068f"),
        (("namespace", "acme-ml-prod-all"), "vsphere_namespace.acme_ml_prod_all"),
        (("storage-policy", "acme-ml-bulk"), "vsphere_vm_storage_policy.acme_ml_bulk"),
    ],
)
def test_what_terraform_cannot_read_any_more_is_forgotten_before_it_is_made_again(
    at: Where, address: str
) -> None:
    """vsphere reference 1.2: an object that is gone makes a plan fail with 404."""
    found = whole(without(world(), inside(ACME, at)))
    (mend,) = (one.mend.command for one in found.differences if (one.kind, one.key) == at)
    forget, _, apply = mend.partition(" && ")
    assert forget.endswith(f" state rm {address}")
    assert apply.endswith(f" apply -target={address}")


def test_what_was_never_applied_is_in_no_state_to_be_forgotten() -> None:
    """F7: two ways, before the first apply."""
    at = ("vm-class", "cpu-4x16-r63068f")
    seen = with_field(without(world(), {at}), ("folder", "ams1/vm/acme-ml"), "tags", ())
    (mend,) = (one.mend.command for one in whole(seen).differences if (one.kind, one.key) == at)
    assert "state rm" not in mend


def test_what_goes_by_the_script_is_made_again_by_it_alone() -> None:
    """The script reads before it writes."""
    at = ("vm-class", "h100-2x80c-rb22533")
    (found,) = (one for one in whole(without(world(), {at})).differences if not one.field)
    assert found.mend.command.endswith("--only vm-class --apply")


def test_a_command_line_that_names_its_object_can_be_copied_as_it_is() -> None:
    """No words stand before it."""
    seen = with_field(world(), ("cluster", "gpu-a"), "drs_automation", "manual")
    (found,) = judged(seen).differences
    assert found.mend.command.startswith("Set-Cluster -Cluster 'gpu-a' ")


def test_what_is_done_on_a_host_says_on_which() -> None:
    """A shell there knows nothing of vCenter."""
    seen = with_field(world(), ("gpu", "esx-01/0000:17:00.0"), "vgpu_mode", "sameSize")
    (found,) = judged(seen).differences
    assert found.mend.command.startswith("on esx-01: ")


@pytest.mark.parametrize(
    ("name", "kind", "field", "value", "words"),
    [
        (PLAIN, "vm", "vgpus", ("other",), "powered off, edit its vGPUs"),
        (PLAIN, "storage-policy", "k8s_name", "other", "set when it is made"),
        (
            PLAIN,
            "tag-category",
            "cardinality",
            "MULTIPLE",
            "never makes a category take fewer tags",
        ),
        (GREEN, "content-library", "description", "other", "without its images"),
        (GREEN, "supervisor", "control_plane_size", "LARGE", "without what is in it"),
    ],
)
def test_no_apply_is_offered_for_what_it_cannot_change(
    name: str, kind: str, field: str, value: Value, words: str
) -> None:
    """vsphere reference 1.2 and 7.3: Terraform would say that all is well, or begin anew."""
    at = at_of(world(name), kind)
    (found,) = judged(with_field(world(name), at, field, value), name).differences
    assert found.mend.by == "person"
    assert words in found.mend.command
    assert "apply" not in found.mend.command.replace("an apply changes nothing", "")


def test_a_supervisor_that_is_gone_is_made_by_terraform_all_the_same() -> None:
    """Only its fields cannot be changed."""
    at = at_of(world(GREEN), "supervisor")
    found = judged(without(world(GREEN), inside(GREEN, at)), GREEN).differences
    (command,) = (one.mend.command for one in found if (one.kind, one.key) == at)
    assert command.endswith("apply -target=vsphere_supervisor_v2.sup_bud2")


def test_a_right_that_is_gone_is_a_part_of_what_terraform_still_finds() -> None:
    """The rights of a folder are one resource."""
    found = whole(without(world(GREEN), {at_of(world(GREEN), "permission")}), GREEN)
    (command,) = (one.mend.command for one in found.differences if one.kind == "permission")
    assert "state rm" not in command


def test_an_import_of_a_vm_names_the_resource_in_its_module() -> None:
    """Terraform: the target of an import block is a resource, never a module."""
    bare = with_field(world(PLAIN), ("folder", "rtm1/vm/plain"), "tags", ())
    blocks = [one.block for one in whole(bare, PLAIN).adoptions if one.kind == "vm"]
    assert blocks
    assert [one for one in blocks if ".vsphere_virtual_machine.this\n" not in one] == []


def test_the_vcenter_itself_has_no_name_to_look_for() -> None:
    """No blank stands where a key would."""
    found = judged(with_field(world("vcf9"), ("vcenter", ""), "version", "8.0.3"), "vcf9")
    (one,) = found.differences
    assert one.mend.command.startswith("find out who changed vcenter, or ")


def test_a_changed_vsan_policy_is_set_back_whole_by_its_owner() -> None:
    """The script refuses a policy that is there with other rules."""
    at = ("storage-policy", "acme-ml-nvme")
    seen = with_field(world(), at, "rule.VSAN.hostFailuresToTolerate", 2)
    (found,) = judged(with_field(seen, at, "rule.VSAN.stripeWidth", 9)).differences
    mend = found.mend
    assert mend.by == "powercli"
    assert "Set-SpbmStoragePolicy -StoragePolicy (Get-SpbmStoragePolicy -Name 'acme-ml-nvme')" in (
        mend.command
    )
    rule = "(Get-SpbmCapability -Name 'VSAN.hostFailuresToTolerate') -Value 1)"
    assert f"(New-SpbmRule -Capability {rule}" in mend.command
    assert "every volume of it would be laid out again" in mend.command


def test_a_vsan_policy_that_is_gone_is_made_by_the_script() -> None:
    """That it does."""
    at = ("storage-policy", "acme-ml-nvme")
    found = judged(without(world(), inside(ACME, at))).differences
    (command,) = (one.mend.command for one in found if (one.kind, one.key) == at)
    assert command.endswith("--only storage-policy --apply")


def test_a_zone_that_is_there_is_changed_by_hand() -> None:
    """The script only makes it."""
    at = at_of(world(GREEN), "zone")
    (found,) = judged(with_field(world(GREEN), at, "description", "x"), GREEN).differences
    assert "under vSphere Zones" in found.mend.command


def test_a_policy_with_data_services_has_no_line_of_rules_alone() -> None:
    """They are common rules, which the line would take away."""
    fields: dict[str, Value] = {
        "rule.VSAN.hostFailuresToTolerate": 1,
        "rule.com.vmware.storageprofile.dataservice.encryption": "x",
    }
    one = Asserted(kind="storage-policy", key="p", vcenter="v", owner="create", fields=fields)
    mend = Mend(by="rest", command="apply", step="s")
    made = mend_of(one, "rule.VSAN.hostFailuresToTolerate", mend, "drift", 1)
    assert "Set-SpbmStoragePolicy" not in made.command
    assert "it has data services too" in made.command
