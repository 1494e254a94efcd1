"""Namespaces, zones and Supervisors in the shapes of new and old vCenters."""

from __future__ import annotations

from typing import Any

import pytest

from generator.vcenter.failures import Unreadable
from generator.vcenter.rest_kinds import namespaces
from generator.vcenter.rest_kinds.namespaces import Names, Supervisors
from tests.vcenter.answers import fields, world
from tests.vcenter.rest_kinds.stand_in import answering

MANAGED = "/api/vcenter/namespace-management"
INSTANCES = "/api/vcenter/namespaces/instances"
ZONES = "/api/vcenter/consumption-domains"
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
SUMMARY = {"supervisor": "s-1", "info": {"name": "sup-ams1", "config_status": "CONFIGURING",
                                         "kubernetes_status": "READY"}}  # fmt: skip


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


def test_zones_and_their_clusters_are_two_questions() -> None:
    zone = {"zone": "z1", "info": {"description": "left"}}
    answers: dict[str, Any] = {
        f"{ZONES}/zones": {"items": [zone]},
        f"{ZONES}/zone-associations/cluster": {
            "associations": [{"zone": "z1", "cluster": "domain-c9"}]
        },
    }
    read = namespaces.read_zones(answering(answers))
    found = fields(namespaces.zones(read, world(), supervisors()))
    assert found == {"clusters": ("gpu-a",), "description": "left"}


def binding(zone: str, **counts: int) -> dict[str, Any]:
    kept = [{"reserved_vm_class": name, "count": count} for name, count in counts.items()]
    return {"zone": zone, "type": "WORKLOAD", "resource_allocation": {"vm_reservations": kept}}


def test_f30_what_a_zone_keeps_is_read_for_all_namespaces_together() -> None:
    kept = {"zones": [binding("z1", small=2, large=1), {"zone": "z2", "type": "WORKLOAD"}]}
    some = supervisors(**{f"{MANAGED}/supervisors/s-1/zones/bindings": kept})
    zones: list[tuple[Any, list[str]]] = [({"zone": "z1"}, []), ({"zone": "z2"}, [])]
    first, second = namespaces.zones(zones, world(), some)
    assert (first.fields["reserved.small"], first.fields["reserved.large"]) == (2, 1)
    assert not any(name.startswith("reserved") for name in second.fields)


def test_f9_what_zones_keep_is_unread_where_the_supervisors_are_not_read() -> None:
    there = world()
    list(namespaces.zones([({"zone": "z1"}, [])], there, None))
    assert [(one.kind, one.field) for one in there.unread] == [("zone", "reserved")]


@pytest.mark.parametrize(("reason", "unread"), [("endpoint", []), ("permission", ["reserved"])])
def test_f9_a_vcenter_of_before_keeps_nothing_and_a_refusal_is_unread(
    reason: Any, unread: list[str]
) -> None:
    there, some = world(), supervisors()
    some.bindings = {"s-1": Unreadable(reason, "no")}
    list(namespaces.zones([({"zone": "z1"}, [])], there, some))
    assert [one.field for one in there.unread] == unread


@pytest.mark.parametrize(
    ("answer", "clusters"), [(["domain-c9"], ["domain-c9"]), (None, [])]
)  # fmt: skip
def test_older_vcenters_say_it_zone_by_zone(answer: Any, clusters: list[str]) -> None:
    answers = {f"{ZONES}/zones": [{"zone": "z1"}],
               f"{ZONES}/zones/cluster/z1/associations": answer}  # fmt: skip
    assert namespaces.read_zones(answering(answers)) == [({"zone": "z1"}, clusters)]


def supervisors(**more: Any) -> Supervisors:
    return Supervisors(
        answering(
            {
                f"{MANAGED}/supervisors/summaries": {"items": [SUMMARY]},
                f"{MANAGED}/supervisors/s-1/topology": [{"zone": "z1", "clusters": ["domain-c9"]}],
                **more,
            }
        )
    )


def test_a_supervisor_joins_four_answers() -> None:
    found = supervisors(**{
        f"{MANAGED}/software/clusters": [{"cluster": "domain-c9", "current_version": "v1.30"}],
        f"{MANAGED}/clusters/domain-c9": {"size_hint": "SMALL"},
    })  # fmt: skip
    assert fields(found.objects(world())) == {
        "id": "s-1", "clusters": ("gpu-a",), "zones": ("z1",), "config_status": "CONFIGURING",
        "kubernetes_status": "READY", "version": "v1.30", "control_plane_size": "SMALL",
    }  # fmt: skip
    assert found.names() == {"s-1": "sup-ams1", "domain-c9": "sup-ams1"}


def test_what_is_not_told_of_a_supervisor_is_unread() -> None:
    known = world()
    assert "version" not in fields(supervisors().objects(known))
    assert [(each.field, each.reason) for each in known.unread] == [
        ("version", "endpoint"), ("control_plane_size", "endpoint"),
    ]  # fmt: skip


def test_older_vcenters_know_clusters_only() -> None:
    one = {"cluster": "domain-c9", "cluster_name": "gpu-a", "config_status": "RUNNING"}
    (seen,) = Supervisors(answering({f"{MANAGED}/clusters": [one]})).objects(world())
    assert (seen.key, seen.ident, seen.fields["clusters"]) == ("gpu-a", "domain-c9", ("gpu-a",))
    assert "zones" not in seen.fields


def test_a_refusal_is_not_taken_for_an_older_vcenter() -> None:
    refused = Unreadable("permission", "403")
    with pytest.raises(Unreadable):
        Supervisors(answering({f"{MANAGED}/supervisors/summaries": refused}))


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
