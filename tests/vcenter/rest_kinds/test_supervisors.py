"""Zones and Supervisors in the shapes of new and old vCenters."""

from __future__ import annotations

from typing import Any

import pytest

from generator.vcenter.failures import Unreadable
from generator.vcenter.rest_kinds.supervisors import SETTINGS, Supervisors, read_zones, zones
from tests.vcenter.answers import fields, world
from tests.vcenter.rest_kinds.stand_in import MANAGED, answering, supervisors

ZONES = "/api/vcenter/consumption-domains"


def test_zones_and_their_clusters_are_two_questions() -> None:
    zone = {"zone": "z1", "info": {"description": "left"}}
    answers: dict[str, Any] = {
        f"{ZONES}/zones": {"items": [zone]},
        f"{ZONES}/zone-associations/cluster": {
            "associations": [{"zone": "z1", "cluster": "domain-c9"}]
        },
    }
    read = read_zones(answering(answers))
    found = fields(zones(read, world(), supervisors()))
    assert found == {"clusters": ("gpu-a",), "description": "left"}


def binding(zone: str, **counts: int) -> dict[str, Any]:
    kept = [{"reserved_vm_class": name, "count": count} for name, count in counts.items()]
    return {"zone": zone, "type": "WORKLOAD", "resource_allocation": {"vm_reservations": kept}}


def test_f30_what_a_zone_keeps_is_read_for_all_namespaces_together() -> None:
    kept = {"zones": [binding("z1", small=2, large=1), {"zone": "z2", "type": "WORKLOAD"}]}
    some = supervisors(**{f"{MANAGED}/supervisors/s-1/zones/bindings": kept})
    both: list[tuple[Any, list[str]]] = [({"zone": "z1"}, []), ({"zone": "z2"}, [])]
    first, second = zones(both, world(), some)
    assert (first.fields["reserved.small"], first.fields["reserved.large"]) == (2, 1)
    assert not any(name.startswith("reserved") for name in second.fields)


def test_f9_what_zones_keep_is_unread_where_the_supervisors_are_not_read() -> None:
    there = world()
    list(zones([({"zone": "z1"}, [])], there, None))
    assert [(one.kind, one.field) for one in there.unread] == [("zone", "reserved")]


@pytest.mark.parametrize(("reason", "unread"), [("endpoint", []), ("permission", ["reserved"])])
def test_f9_a_vcenter_of_before_keeps_nothing_and_a_refusal_is_unread(
    reason: Any, unread: list[str]
) -> None:
    there, some = world(), supervisors()
    some.bindings = {"s-1": Unreadable(reason, "no")}
    list(zones([({"zone": "z1"}, [])], there, some))
    assert [one.field for one in there.unread] == unread


@pytest.mark.parametrize(
    ("answer", "clusters"), [(["domain-c9"], ["domain-c9"]), (None, [])]
)  # fmt: skip
def test_older_vcenters_say_it_zone_by_zone(answer: Any, clusters: list[str]) -> None:
    answers = {f"{ZONES}/zones": [{"zone": "z1"}],
               f"{ZONES}/zones/cluster/z1/associations": answer}  # fmt: skip
    assert read_zones(answering(answers)) == [({"zone": "z1"}, clusters)]


def test_a_supervisor_joins_four_answers() -> None:
    found = supervisors(**{
        f"{MANAGED}/software/clusters": [{"cluster": "domain-c9", "current_version": "v1.30"}],
        f"{MANAGED}/clusters/domain-c9": {
            "size_hint": "SMALL", "master_DNS": ["10.0.0.2", "10.0.0.3"],
            "worker_DNS": ["10.0.0.2"], "master_NTP_servers": ["10.0.0.4"],
            "service_cidr": {"address": "10.96.0.0", "prefix": 16},
        },
    })  # fmt: skip
    assert fields(found.objects(world())) == {
        "id": "s-1", "clusters": ("gpu-a",), "zones": ("z1",), "config_status": "CONFIGURING",
        "kubernetes_status": "READY", "version": "v1.30", "control_plane_size": "SMALL",
        "dns": ("10.0.0.2", "10.0.0.3"), "workload_dns": ("10.0.0.2",), "ntp": ("10.0.0.4",),
        "workload_ntp": ("10.0.0.4",), "search_domains": (), "service_cidr": "10.96.0.0/16",
    }  # fmt: skip
    assert found.names() == {"s-1": "sup-ams1", "domain-c9": "sup-ams1"}


def test_what_is_not_told_of_a_supervisor_is_unread() -> None:
    known = world()
    assert "version" not in fields(supervisors().objects(known))
    assert [each.field for each in known.unread] == ["version", *SETTINGS]
    assert {each.reason for each in known.unread} == {"endpoint"}


def test_workloads_may_have_time_servers_of_their_own() -> None:
    told = {"size_hint": "TINY", "master_NTP_servers": ["a"], "workload_ntp_servers": ["b", "c"]}
    some = supervisors(**{f"{MANAGED}/clusters/domain-c9": told})
    (seen,) = some.objects(world())
    assert (seen.fields["ntp"], seen.fields["workload_ntp"]) == (("a",), ("b", "c"))
    assert "service_cidr" not in seen.fields


def test_older_vcenters_know_clusters_only() -> None:
    one = {"cluster": "domain-c9", "cluster_name": "gpu-a", "config_status": "RUNNING"}
    (seen,) = Supervisors(answering({f"{MANAGED}/clusters": [one]})).objects(world())
    assert (seen.key, seen.ident, seen.fields["clusters"]) == ("gpu-a", "domain-c9", ("gpu-a",))
    assert "zones" not in seen.fields


REFUSED = Unreadable("permission", "403")
SHOWN = {f"{MANAGED}/clusters": [{"cluster": "domain-c9", "cluster_name": "gpu-a"}]}


def test_f8_who_only_looks_is_shown_the_clusters_and_what_zones_keep() -> None:
    """Supervisors ask for a right that no such account has; their namespaces tell their ids."""
    some = Supervisors(answering({
        **SHOWN,
        f"{MANAGED}/supervisors/summaries": REFUSED,
        "/api/vcenter/namespaces/instances/v2": [
            {"namespace": "ml", "supervisor": "s-1"}, {"namespace": "ml-2", "supervisor": "s-1"},
        ],
        f"{MANAGED}/supervisors/s-1/zones/bindings": {"zones": [binding("z1", small=2)]},
    }))  # fmt: skip
    assert some.unread is not None
    assert some.unread.reason == "role"
    assert [one.key for one in some.objects(world())] == ["gpu-a"]
    (zone,) = zones([({"zone": "z1"}, [])], world(), some)
    assert zone.fields["reserved.small"] == 2


def test_an_older_vcenter_has_no_ids_of_supervisors_to_ask_for() -> None:
    some = Supervisors(answering(SHOWN))
    assert some.unread is not None
    assert some.unread.reason == "endpoint"
    assert some.bindings == {}


def test_who_may_not_even_see_the_clusters_is_refused() -> None:
    with pytest.raises(Unreadable, match="403"):
        Supervisors(answering({
            f"{MANAGED}/supervisors/summaries": REFUSED, f"{MANAGED}/clusters": REFUSED,
        }))  # fmt: skip
