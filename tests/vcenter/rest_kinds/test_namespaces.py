"""Namespaces in the shapes of new and old vCenters."""

from __future__ import annotations

from generator.vcenter.rest_kinds import namespaces
from generator.vcenter.rest_kinds.namespaces import Names
from tests.vcenter.answers import fields, world
from tests.vcenter.rest_kinds.stand_in import answering, supervisors

INSTANCES = "/api/vcenter/namespaces/instances"
NAMES = Names({"p-1": "gold"}, {"l-1": "images", "l-2": "vkr"}, {"s-1": "sup-ams1"})
MARK = "mlgen:p/namespace/ml#0123456789ab"
WHOLE = {
    "supervisor": "s-1", "description": f"d {MARK}", "config_status": "RUNNING",
    "vm_service_spec": {"vm_classes": ["b", "a"], "content_libraries": ["l-2"]},
    "content_libraries": [{"content_library": "l-1"}],
    "storage_specs": [{"policy": "p-1", "limit": 1024}, {"policy": "p-9"}],
    "resource_spec": {"cpu_limit": 1000, "memory_limit": 2048, "pod_count": 50},
    "zones": [{"zone": "z1", "type": "WORKLOAD", "marked_for_removal": False},
              {"zone": "z0", "type": "WORKLOAD", "marked_for_removal": True}],
    "access_list": [{"subject_type": "GROUP", "subject": "ml", "domain": "corp", "role": "EDIT"}],
}  # fmt: skip


def test_everything_in_a_namespace_is_a_leaf() -> None:
    found = fields(namespaces.namespaces([("ml", WHOLE)], NAMES))
    assert found == {
        "supervisor": "sup-ams1", "description": f"d {MARK}", "status": "RUNNING",
        "vm_classes": ("a", "b"), "content_libraries": ("images", "vkr"),
        "storage_policies": ("gold", "p-9"), "storage_limit_mib.gold": 1024,
        "cpu_limit_mhz": 1000, "memory_limit_mib": 2048, "quota.pod_count": 50,
        "zones": ("z1",), "zone_mark": MARK, "access.group:ml@corp": "EDIT",
    }  # fmt: skip


def test_an_empty_namespace_has_no_limits() -> None:
    found = fields(namespaces.namespaces([("ml", {"cluster": "domain-c9"})], NAMES))
    assert found["supervisor"] == "domain-c9"
    assert (found["vm_classes"], found["cpu_limit_mhz"]) == ((), None)


def test_version_2_comes_first() -> None:
    answers = {f"{INSTANCES}/v2": [{"namespace": "ml"}], f"{INSTANCES}/v2/ml": WHOLE}
    assert namespaces.read_namespaces(answering(answers)) == [("ml", WHOLE)]


def test_version_1_is_asked_where_there_is_no_other() -> None:
    answers = {INSTANCES: [{"namespace": "b"}, {"namespace": "a"}],
               f"{INSTANCES}/a": {"cluster": "c"}, f"{INSTANCES}/b": {"cluster": "d"}}  # fmt: skip
    found = namespaces.read_namespaces(answering(answers))
    assert [(name, each["cluster"]) for name, each in found] == [("a", "c"), ("b", "d")]


def test_a_namespace_that_went_away_meanwhile_takes_no_other_with_it() -> None:
    answers = {f"{INSTANCES}/v2": [{"namespace": "a"}, {"namespace": "b"}],
               f"{INSTANCES}/v2/b": {"supervisor": "s"}}  # fmt: skip
    assert namespaces.read_namespaces(answering(answers)) == [("b", {"supervisor": "s"})]


def test_what_is_being_configured_is_in_transition() -> None:
    """F9."""
    found = [
        *supervisors().objects(world()),
        *namespaces.namespaces([("a", WHOLE), ("b", {"config_status": "REMOVING"})], NAMES),
    ]
    assert list(namespaces.unsteady(found)) == [
        ("supervisor", "sup-ams1", "config_status CONFIGURING"),
        ("namespace", "b", "status REMOVING"),
    ]
