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
WHOLE = {
    "supervisor": "s-1", "description": "d", "config_status": "RUNNING",
    "vm_service_spec": {"vm_classes": ["b", "a"], "content_libraries": ["l-2"]},
    "content_libraries": [{"content_library": "l-1"}],
    "storage_specs": [{"policy": "p-1", "limit": 1024}, {"policy": "p-9"}],
    "resource_spec": {"cpu_limit": 1000, "memory_limit": 2048, "pod_count": 50},
    "zones": [{"name": "z1", "cpu_limit_MHz": 500,
               "vm_reservations": [{"reserved_vm_class": "gpu", "count": 2}]}],
    "access_list": [{"subject_type": "GROUP", "subject": "ml", "domain": "corp", "role": "EDIT"}],
}  # fmt: skip
SUMMARY = {"supervisor": "s-1", "info": {"name": "sup-ams1", "config_status": "CONFIGURING",
                                         "kubernetes_status": "READY"}}  # fmt: skip


def test_everything_in_a_namespace_is_a_leaf() -> None:
    found = fields(namespaces.namespaces([("ml", WHOLE)], NAMES))
    assert found == {
        "supervisor": "sup-ams1", "description": "d", "status": "RUNNING",
        "vm_classes": ("a", "b"), "content_libraries": ("images", "vkr"),
        "storage_policies": ("gold", "p-9"), "storage_limit_mib.gold": 1024,
        "cpu_limit_mhz": 1000, "memory_limit_mib": 2048, "quota.pod_count": 50,
        "zones": ("z1",), "zone_reservation.z1.vm_class.gpu": 2,
        "zone_reservation.z1.cpu_limit_mhz": 500, "access.group:ml@corp": "EDIT",
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
    found = fields(namespaces.zones(namespaces.read_zones(answering(answers)), world()))
    assert found == {"clusters": ("gpu-a",), "description": "left"}


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
