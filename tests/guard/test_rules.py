"""Each rule stops what it is about, and lets the neighbouring harmless edit pass."""

from __future__ import annotations

from typing import Any

import pytest

from generator.guard import RULES, judge, read_planned
from tests.guard.plans import AS_OF, plan, row, rules, update

DISK = {"label": "disk0", "size": 100, "unit_number": 0}
MACHINE = {"name": "vm", "memory": 8192, "disk": [DISK], "extra_config_reboot_required": True}
POOL = {"name": "p", "memory_reservation": 64, "memory_limit": -1, "memory_expandable": False}

BAD: list[tuple[str, str, dict[str, Any], dict[str, Any]]] = [
    ("MLG-G010", "vsphere_entity_permissions",
     {"permissions": [{"user_or_group": "A", "is_group": True, "propagate": True}]},
     {"permissions": [{"user_or_group": "a", "is_group": True, "propagate": False}]}),
    ("MLG-G011", "vsphere_role", {"role_privileges": ["A"]}, {"role_privileges": []}),
    ("MLG-G012", "vsphere_folder", {"path": "ml/prod"}, {"path": "vdi/prod"}),
    ("MLG-G012", "vsphere_folder", {"path": "ml/prod"}, {"path": None}),
    ("MLG-G013", "vsphere_sso_group", {"members": ["a"]}, {"members": []}),
    ("MLG-G020", "vsphere_compute_cluster", {"tags": []}, {"tags": ["t"]}),
    ("MLG-G021", "vsphere_datastore_cluster", {"sdrs_advanced_options": {"a": "1"}},
     {"sdrs_advanced_options": {}}),
    ("MLG-G022", "vsphere_compute_cluster", {"vsan_enabled": False}, {"vsan_enabled": True}),
    ("MLG-G023", "vsphere_host", {"lockdown": "disabled"}, {"lockdown": "strict"}),
    ("MLG-G024", "vsphere_datacenter", {"tags": []}, {"tags": ["t"]}),
    ("MLG-G025", "vsphere_vnic", {"mtu": 9000}, {"mtu": 1500}),
    ("MLG-G026", "vsphere_supervisor", {"main_dns": ["a"]}, {"main_dns": ["b"]}),
    ("MLG-G027", "vsphere_configuration_profile", {"configuration": "a"}, {"configuration": "b"}),
    ("MLG-G028", "vsphere_compute_cluster_vm_host_rule", {"mandatory": False}, {"mandatory": True}),
    ("MLG-G030", "vsphere_namespace", {"vm_service": [{"vm_classes": ["a"]}]}, {"vm_service": []}),
    ("MLG-G031", "vsphere_namespace", {"name": "a"}, {"name": "b"}),
    ("MLG-G032", "vsphere_virtual_machine_class", {"cpus": 4}, {"cpus": 8}),
    ("MLG-G033", "vsphere_zone", {"cluster_ids": ["a"]}, {"cluster_ids": ["b"]}),
    ("MLG-G034", "vsphere_content_library_item", {"description": "a"}, {"description": "b"}),
    ("MLG-G035", "vsphere_vm_storage_policy", {"name": "a"}, {"name": "b"}),
    ("MLG-G036", "vsphere_tag_category", {"cardinality": "MULTIPLE"}, {"cardinality": "SINGLE"}),
    ("MLG-G036", "vsphere_tag_category", {"name": "a"}, {"name": "b"}),
    ("MLG-G037", "vsphere_tag", {"name": "a", "description": "mlgen:x/release"},
     {"name": "b", "description": ""}),
    ("MLG-G038", "vsphere_nas_datastore", {"host_system_ids": ["a"]}, {"host_system_ids": []}),
    ("MLG-G040", "vsphere_virtual_machine", MACHINE, {"memory": 4096}),
    ("MLG-G040", "vsphere_virtual_machine", MACHINE, {"disk": []}),
    ("MLG-G040", "vsphere_virtual_machine", MACHINE, {"disk": [{**DISK, "size": 50}]}),
    ("MLG-G040", "vsphere_virtual_machine", MACHINE, {"disk": [{**DISK, "unit_number": 1}]}),
    ("MLG-G040", "vsphere_virtual_machine", MACHINE, {"extra_config": {"a": "b"}}),
    ("MLG-G041", "vsphere_resource_pool", POOL, {"memory_reservation": 32}),
    ("MLG-G041", "vsphere_resource_pool", POOL, {"memory_limit": 128}),
    ("MLG-G041", "vsphere_resource_pool", POOL, {"parent_resource_pool_id": "other"}),
    ("MLG-G049", "vsphere_teapot", {"a": 1}, {"a": 2}),
]  # fmt: skip

GOOD: list[tuple[str, dict[str, Any], dict[str, Any]]] = [
    ("vsphere_entity_permissions",
     {"permissions": [{"user_or_group": "A", "is_group": True, "propagate": False}]},
     {"permissions": [{"user_or_group": "a", "is_group": True, "propagate": True}]}),
    ("vsphere_role", {"role_privileges": ["System.Read"], "name": "a"}, {"role_privileges": ["A"]}),
    ("vsphere_folder", {"path": "ml/prod"}, {"path": "ml/production"}),
    ("vsphere_folder", {"path": "ml", "tags": ["a"]}, {"tags": ["b"]}),
    ("vsphere_sso_group", {"description": "a"}, {"description": "b"}),
    ("vsphere_host", {"tags": []}, {"tags": ["a"]}),
    ("vsphere_distributed_port_group", {"description": "a"}, {"description": "b"}),
    ("vsphere_compute_cluster_vm_group", {"virtual_machine_ids": ["a"]},
     {"virtual_machine_ids": ["a", "b"]}),
    ("vsphere_namespace", {"storage_policies": ["a", "b"]}, {"storage_policies": ["b", "a", "c"]}),
    ("vsphere_zone", {"cluster_ids": ["a"]}, {"cluster_ids": ["b", "a"]}),
    ("vsphere_vm_storage_policy", {"description": "a"}, {"description": "b"}),
    ("vsphere_tag_category", {"cardinality": "SINGLE"}, {"cardinality": "MULTIPLE"}),
    ("vsphere_tag", {"name": "p-1", "description": "mlgen:p/release"}, {"name": "p-2"}),
    ("vsphere_nas_datastore", {"host_system_ids": ["a"]}, {"host_system_ids": ["a", "b"]}),
    ("vsphere_virtual_machine", MACHINE, {"annotation": "words"}),
    ("vsphere_virtual_machine", MACHINE, {"disk": [{**DISK, "size": 200}, {"label": "disk1"}]}),
    ("vsphere_virtual_machine", {"extra_config_reboot_required": False},
     {"extra_config": {"a": "b"}}),
    ("vsphere_resource_pool", POOL, {"memory_reservation": 128, "memory_expandable": True}),
    ("vsphere_resource_pool", {"memory_limit": 64}, {"memory_limit": -1}),
    ("vsphere_custom_attribute", {"name": "a"}, {"name": "b"}),
    ("random_pet", {"keepers": {}}, {"keepers": {"a": "b"}}),
]  # fmt: skip


@pytest.mark.parametrize(("rule", "kind", "before", "changed"), BAD)
def test_a_hazardous_update_is_stopped_by_its_rule(
    rule: str, kind: str, before: dict[str, Any], changed: dict[str, Any]
) -> None:
    """F2, F3."""
    assert rule in rules(update(kind, before, **changed))


@pytest.mark.parametrize(("kind", "before", "changed"), GOOD)
def test_a_harmless_update_passes(
    kind: str, before: dict[str, Any], changed: dict[str, Any]
) -> None:
    assert rules(update(kind, before, **changed)) == set()


@pytest.mark.parametrize(
    ("actions", "expected"),
    [
        (["delete"], {"MLG-G001"}),
        (["delete", "create"], {"MLG-G002"}),
        (["create", "delete"], {"MLG-G002"}),
        (["levitate"], {"MLG-G003"}),
        (["forget"], set()),
        (["create"], set()),
        (["no-op"], set()),
    ],
)
def test_f2_deletes_and_replacements_of_any_kind_are_stopped(
    actions: list[str], expected: set[str]
) -> None:
    (change,) = read_planned(plan(row("random_pet", {"name": "n"}, {}, actions=actions)))
    assert rules(change) == expected


def test_f14_an_adoption_that_changes_the_object_is_stopped() -> None:
    adopted = row("vsphere_folder", {"tags": []}, {"tags": ["a"]}, importing={"id": "x"})
    (change,) = read_planned(plan(adopted))
    assert rules(change) == {"MLG-G004"}


@pytest.mark.parametrize("kind", ["vsphere_supervisor_v2", "vsphere_configuration_profile"])
def test_what_takes_over_whole_clusters_is_stopped_where_it_is_made(kind: str) -> None:
    (change,) = read_planned(plan(row(kind, None, {"name": "n"}, actions=["create"])))
    assert len(rules(change)) == 1


def test_a_list_that_is_known_only_after_apply_counts_as_lost() -> None:
    unknown = row("vsphere_zone", {"cluster_ids": ["a"]}, {}, after_unknown={"cluster_ids": True})
    (change,) = read_planned(plan(unknown))
    assert rules(change) == {"MLG-G033"}


def test_a_replacement_names_the_arguments_that_force_it() -> None:
    replaced = row(
        "vsphere_zone", {"name": "z"}, {}, actions=["delete", "create"],
        replace_paths=[["description"], ["a", 0, "b"]],
    )  # fmt: skip
    (stop,) = judge(read_planned(plan(replaced)), as_of=AS_OF).stops
    assert "description, a.0.b" in stop.message


def test_sensitive_values_are_not_told() -> None:
    secret = row(
        "vsphere_role", {"name": "n", "role_privileges": ["Secret"]}, {"name": "n"},
        before_sensitive={"role_privileges": True, "name": True},
    )  # fmt: skip
    (stop,) = judge(read_planned(plan(secret)), as_of=AS_OF).stops
    assert "Secret" not in stop.message
    assert stop.name == "vsphere_role.x"


def test_every_rule_is_broken_by_a_test() -> None:
    beside = {"MLG-G001", "MLG-G002", "MLG-G003", "MLG-G004"}
    assert {rule.id for rule in RULES} == beside | {rule for rule, _, _, _ in BAD}
