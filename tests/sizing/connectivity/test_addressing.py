"""Addresses per network (field rule F18), counted from what will stand there."""

from __future__ import annotations

from dataclasses import replace

import pytest
from hypothesis import given
from hypothesis import strategies as st

from generator.blueprint.read import read_blueprint
from generator.catalog import Catalog
from generator.sizing.connectivity.supply import capacity
from generator.sizing.connectivity.whole import size_network
from generator.sizing.engine import size
from tests.rules.judging import subject
from tests.sizing.connectivity.build import addresses, figures, sized

TEXT = """
storage_compute: {sites: [{name: here, inventory: here}]}
resource_management:
  orchestrators: [{name: dev, kind: vks, pod_cidr: 172.20.0.0/16, service_cidr: 172.21.0.0/22}]
environments: {dev: {runs_on: [dev], supervisor_namespaces: one}, prod: {}}
workloads:
  - {name: api, owner: science, phase: serving, environments: [dev],
     model: {family: gradient-boosting}, serving: {mode: service, replicas: 3, max_replicas: 6}}
"""
FACTS = """
metadata: {name: here}
networks:
  - {role: management, free_addresses: 60}
  - {role: workload, free_addresses: 900, cidr: 10.20.4.0/22}
"""


def test_nodes_take_an_address_each_with_autoscaling_and_surge() -> None:
    """Supervisor 3 + 1, control plane 1 + 1, add-ons 1 + 1, service 6 + 1, and a quarter more."""
    found = addresses(sized(TEXT, FACTS), "workload")
    assert found.demand.bill.value("dev-all api") == 7
    assert found.demand.addresses == 4 + 2 + 2 + 7 + 4
    assert (found.free, found.missing) == (900, 0)


def test_an_environment_that_fixes_its_replicas_scales_no_further() -> None:
    """Its overlay is a decision."""
    fixed = TEXT.replace("supervisor_namespaces: one}", "supervisor_namespaces: one, replicas: 2}")
    assert addresses(sized(fixed, FACTS), "workload").demand.bill.value("dev-all api") == 3


def test_a_site_without_supervisor_needs_a_block_of_five() -> None:
    """The assumed size of its control plane is noted with its range."""
    network = sized(TEXT, FACTS)
    assert addresses(network, "management").demand.addresses == 5
    (assumed,) = [e for e in network.ledger if e.name == "Supervisor control-plane VMs"]
    assert (assumed.low, assumed.high) == (1, 3)
    assert assumed.effect == "3 to 5 management addresses"


def test_a_supervisor_that_stands_has_its_addresses() -> None:
    """They are not among the free ones, so none at all may be free."""
    facts = FACTS.replace("free_addresses: 60", "free_addresses: 0")
    facts += "supervisors: [{ref: sup, network: vds}]\n"
    found = addresses(sized(TEXT, facts), "management")
    assert (found.standing, found.missing) == (5, 0)


def test_unknown_addresses_are_an_open_line_and_no_zero() -> None:
    """No frontend network is stated: nothing is judged."""
    network = sized(TEXT, FACTS)
    found = addresses(network, "frontend")
    assert (found.free, found.missing) == (None, None)
    assert figures(network, "here frontend")["free"] == "unknown"
    assert network.findings == ()


def test_without_an_inventory_every_network_of_the_site_is_open() -> None:
    """The demand is counted all the same."""
    network = sized(TEXT.replace(", inventory: here", ""))
    assert [a.free for a in network.addresses[:3]] == [None, None, None]
    assert addresses(network, "workload").demand.addresses == 19


def test_a_range_that_cannot_hold_them_is_short_however_many_are_free() -> None:
    """A /29 has five addresses for VMs."""
    facts = FACTS.replace("free_addresses: 900, cidr: 10.20.4.0/22", "cidr: 10.20.4.0/29")
    found = addresses(sized(TEXT, facts), "workload")
    assert (found.free, found.missing) == (None, 14)


def test_a_range_that_could_hold_them_says_nothing_while_its_use_is_unknown() -> None:
    """Somebody else may have most of it."""
    facts = FACTS.replace("free_addresses: 900, ", "")
    assert addresses(sized(TEXT, facts), "workload").missing is None


def test_nsx_puts_nodes_into_segments_of_the_supervisors_range() -> None:
    """Where no workload network is stated."""
    facts = (
        "metadata: {name: here}\nsupervisors: [{ref: sup, network: nsx, pod_cidr: 10.9.0.0/20}]\n"
    )
    assert addresses(sized(TEXT, facts), "workload").free == 4096
    vds = facts.replace("network: nsx", "network: vds")
    assert addresses(sized(TEXT, vds), "workload").free is None


def test_the_supervisor_over_gpu_clusters_is_the_one_that_counts() -> None:
    """As for the clusters themselves."""
    facts = """
metadata: {name: here}
clusters: [{name: gpu}, {name: cpu}]
supervisors:
  - {ref: a, network: nsx, clusters: [cpu], pod_cidr: 10.9.0.0/20}
  - {ref: b, network: nsx, clusters: [gpu], pod_cidr: 10.8.0.0/22}
hosts: [{name: esx-1, cluster: gpu, gpus: [{model: nvidia-h100-pcie-80}]}]
"""
    assert addresses(sized(TEXT, facts), "workload").free == 1024


def test_pods_take_a_24_of_every_node_out_of_a_range_that_cannot_grow() -> None:
    """Nodes 2 + 2 + 7, and a quarter more."""
    found = addresses(sized(TEXT, FACTS), "pods of dev-all")
    assert found.demand.addresses == (11 + 3) * 256
    assert (found.free, found.path) == (
        65536,
        "resource_management.orchestrators[dev].pod_cidr",
    )


def test_services_called_from_outside_take_a_virtual_address_each() -> None:
    """One Supervisor API, one cluster API, one service, and a quarter more."""
    network = sized(TEXT, FACTS)
    assert addresses(network, "frontend").demand.addresses == 4
    (assumed,) = [e for e in network.ledger if e.name == "load balancers"]
    assert (assumed.value, assumed.low, assumed.high) == (1, 1, 1)


def test_batch_work_is_called_by_nobody() -> None:
    """No load balancer."""
    batch = TEXT.replace("mode: service", "mode: batch")
    assert addresses(sized(batch, FACTS), "frontend").demand.bill.value("load balancers") == 0


def test_assumed_growth_states_its_range_and_effect() -> None:
    """10 % to 50 % of 15."""
    network = sized(TEXT, FACTS)
    (growth,) = [
        e for e in network.ledger if e.subject == "here workload" and e.name == "addresses: growth"
    ]
    assert (growth.value, growth.low, growth.high) == (4, 1.5, 7.5)
    assert growth.effect == "17 to 23 addresses in all"


def test_a_control_plane_of_five_takes_six() -> None:
    """One more while it is rolled out."""
    network = sized(TEXT.replace("kind: vks,", "kind: vks, control_plane_nodes: 5,"), FACTS)
    assert addresses(network, "workload").demand.bill.value("dev-all control plane") == 6


def test_a_control_plane_that_no_cluster_has_is_refused() -> None:
    """Demands may come from elsewhere; the other sites stay judged."""
    document, _ = subject(TEXT)
    blueprint = read_blueprint(document)
    demands = size(blueprint, Catalog.builtin()).demands
    odd = [replace(d, count=2) if d.phase == "control-plane" else d for d in demands]
    network = size_network(blueprint, odd)
    assert [(f.rule, f.path) for f in network.findings] == [
        ("MLG-Z003", "resource_management.clusters.dev-all.control_plane")
    ]


def test_vms_beside_clusters_take_an_address_each() -> None:
    """An orchestrator of kind vm has no control plane and no pods."""
    document, _ = subject(TEXT.replace("kind: vks,", "kind: vm,"))
    blueprint = read_blueprint(document)
    clustered = read_blueprint(subject(TEXT)[0])
    demands = size(clustered, Catalog.builtin()).demands
    service = [demand for demand in demands if demand.name == "api"]
    found = size_network(blueprint, service)
    assert [(a.network, a.demand.addresses) for a in found.addresses] == [("workload", 4)]


@pytest.mark.parametrize(
    ("cidr", "reserved", "expected"),
    [("10.0.0.0/24", 3, 253), ("fd00::/64", 0, None), (None, 0, None), ("10.0.0.1/32", 3, 0)],
)
def test_a_range_holds_what_its_prefix_leaves(
    cidr: str | None, reserved: int, expected: int | None
) -> None:
    """IPv4 only; no range is unknown, not empty."""
    assert capacity(cidr, reserved=reserved) == expected


@given(replicas=st.integers(1, 60), more=st.integers(1, 60))
def test_more_replicas_never_take_fewer_addresses(replicas: int, more: int) -> None:
    """In any network."""
    networks = [
        sized(TEXT.replace("replicas: 3, max_replicas: 6", f"replicas: {count}"), FACTS)
        for count in (replicas, replicas + more)
    ]
    fewer, larger = ([a.demand.addresses for a in n.addresses] for n in networks)
    assert all(f <= m for f, m in zip(fewer, larger, strict=True))
    assert sum(fewer) < sum(larger)
