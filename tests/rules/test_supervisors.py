"""F19: a Supervisor's flavour fits together, and can do what is asked of it."""

from __future__ import annotations

import pytest

from generator.finding import Severity
from tests.rules.judging import findings_in

TEXT = "storage_compute: {sites: [{name: here, inventory: lab}]}\nplatform: {targets: {%s}}"
SITE = """
metadata: {name: lab}
vcenters: [{ref: vc-1%s}]
supervisors: [{ref: sup, vcenter: vc-1, network: %s, load_balancer: %s}]
"""


def messages(network: str, balancer: str, own: str = "", target: str = "") -> list[tuple[str, str]]:
    """Message and mend of what is found about a Supervisor's flavour."""
    targets = f'vcenter: "{target}"' if target else ""
    version = f', version: "{own}"' if own else ""
    found = findings_in(TEXT % targets, SITE % (version, network, balancer))
    return [(f.message, f.mend) for f in found if f.rule == "MLG-F076"]


@pytest.mark.parametrize(
    ("network", "balancer", "release"),
    [
        ("vds", "avi", "8.0U3"),
        ("vds", "haproxy", "8.0U3"),
        ("vds", "foundation", "9.0"),
        ("nsx", "nsx", "8.0"),
        ("nsx", "avi", "8.0U2"),
        ("nsx-vpc", "nsx", "9.1"),
        ("nsx-vpc", "avi", "9.0"),
    ],
)
def test_f19_a_flavour_that_its_version_knows_is_fine(
    network: str, balancer: str, release: str
) -> None:
    assert messages(network, balancer, own=release) == []


@pytest.mark.parametrize(
    ("network", "balancer", "release", "needs"),
    [
        ("vds", "foundation", "8.0U3", "9.0 or later"),
        ("nsx", "avi", "8.0U1", "8.0U2 or later"),
        ("nsx-vpc", "nsx", "8.0U3", "9.0 or later"),
        ("nsx-vpc", "avi", "8.0U3", "9.0 or later"),
    ],
)
def test_f19_a_flavour_of_a_later_version_names_the_version(
    network: str, balancer: str, release: str, needs: str
) -> None:
    ((message, mend),) = messages(network, balancer, own=release)
    assert mend.endswith("another network")
    assert message.endswith(f"with {balancer} needs vcenter {needs}, not {release}")


@pytest.mark.parametrize(
    ("network", "balancer", "fitting"),
    [
        ("vds", "nsx", "avi or haproxy"),
        ("nsx", "foundation", "nsx or avi"),
        ("nsx", "haproxy", "nsx or avi"),
    ],
)
def test_f19_a_pair_that_no_version_knows_names_what_would_fit(
    network: str, balancer: str, fitting: str
) -> None:
    ((message, mend),) = messages(network, balancer, own="8.0U3")
    assert message == f"Supervisor sup on {network} cannot have the load balancer {balancer}"
    assert mend == f"use {fitting} or another network"


def test_f19_the_vcenter_s_own_version_counts_before_the_target() -> None:
    assert messages("vds", "foundation", own="8.0U3", target="9.0") != []
    assert messages("vds", "foundation", own="9.0", target="8.0U3") == []
    assert messages("vds", "foundation", target="8.0U3") != []


def test_f19_a_version_that_nobody_states_is_no_obstacle() -> None:
    assert messages("nsx-vpc", "avi") == []


NEEDING = """
storage_compute: {sites: [{name: here, inventory: lab}]}
platform: {targets: {%s}}
environments: {dev: {supervisor_needs: [%s]}}
"""
FLAVOURED = """
metadata: {name: lab}
vcenters: [{ref: vc-1, version: "%s"}]
networks: [%s]
supervisors: [{ref: sup, network: %s, load_balancer: %s%s}]
"""
ROLES = "{role: workload, port_group: pg-1}, {role: workload, port_group: pg-2}, {role: rdma}"


def unmet(
    need: str, network: str, balancer: str, release: str, *, roles: str = ROLES, vks: str = "3.7"
) -> list[tuple[str, str]]:
    """Message and mend of what a flavour cannot do for an environment."""
    site = FLAVOURED % (release, roles, network, balancer, "")
    found = findings_in(NEEDING % (f'vks: "{vks}"', need), site)
    return [(f.message, f.mend) for f in found if f.rule == "MLG-F077"]


@pytest.mark.parametrize(
    ("need", "network", "balancer", "release"),
    [
        ("network-isolation", "vds", "avi", "8.0U3"),
        ("network-isolation", "nsx", "nsx", "8.0"),
        ("network-isolation", "nsx-vpc", "avi", "9.0"),
        ("vsphere-pods", "nsx", "avi", "8.0U2"),
        ("vsphere-pods", "nsx-vpc", "nsx", "9.0"),
        ("vsphere-pods", "vds", "foundation", "9.1"),
        ("supervisor-services", "vds", "haproxy", "8.0U1"),
        ("supervisor-services", "nsx", "nsx", "7.0U3"),
        ("rdma", "vds", "foundation", "9.1"),
        ("rdma", "nsx-vpc", "avi", "9.1"),
    ],
)
def test_f19_a_need_that_the_flavour_meets_is_fine(
    need: str, network: str, balancer: str, release: str
) -> None:
    assert unmet(need, network, balancer, release) == []


@pytest.mark.parametrize(
    ("need", "network", "balancer", "release", "why"),
    [
        ("vsphere-pods", "vds", "foundation", "9.0", "vds has it with vcenter 9.1 or later, not"),
        ("supervisor-services", "vds", "avi", "7.0U3", "vds has it with vcenter 8.0U1 or later"),
        ("rdma", "vds", "foundation", "9.0", "vds has it with vcenter 9.1 or later, not with 9.0"),
        ("rdma", "nsx", "nsx", "9.1", "never on nsx, second interfaces of nodes are for"),
    ],
)
def test_f19_a_need_that_the_flavour_cannot_meet_is_named_with_the_reason(
    need: str, network: str, balancer: str, release: str, why: str
) -> None:
    ((message, mend),) = unmet(need, network, balancer, release)
    assert message.startswith(f"dev needs {need} of Supervisor sup: {why}")
    assert mend.endswith(f"or take {need} out of supervisor_needs")


def test_f19_a_network_that_can_do_it_is_proposed() -> None:
    ((_, mend),) = unmet("rdma", "nsx", "avi", "9.1")
    assert mend.startswith("go to vds or nsx-vpc")


def test_f19_rdma_waits_for_the_vks_that_knows_second_networks() -> None:
    ((message, _),) = unmet("rdma", "nsx-vpc", "avi", "9.1", vks="3.5")
    assert message.endswith("nsx-vpc has it with vks 3.6 or later, not with 3.5")


def test_f19_rdma_takes_a_network_that_carries_it() -> None:
    ((message, mend),) = unmet("rdma", "vds", "foundation", "9.1", roles="{role: workload}")
    assert message.endswith("the site states 0 networks of role rdma, and it takes 1 at least")
    assert mend.startswith("state the network of role rdma")


def test_f19_distributed_switches_keep_namespaces_apart_by_port_group_only() -> None:
    """F19: two environments on one workload network are not apart; NSX needs no such network."""
    ((message, _),) = unmet("network-isolation", "vds", "avi", "8.0U3", roles="{role: workload}")
    assert message.endswith("the site states 1 networks of role workload, and it takes 2 at least")
    assert unmet("network-isolation", "nsx", "avi", "8.0U3", roles="{role: workload}") == []


def spanning(zones: str, release: str) -> list[str]:
    """What is found about the zones of a Supervisor."""
    site = FLAVOURED % (release, ROLES, "vds", "avi", f", zones: [{zones}]")
    found = findings_in(TEXT % "", site)
    return [f.message for f in found if f.rule == "MLG-F078"]


@pytest.mark.parametrize(
    ("zones", "release"),
    [("z1", "7.0U3"), ("z1", "8.0"), ("z1, z2, z3", "8.0"), ("z1, z2", "9.0")],
)
def test_f19_zones_that_a_release_spans_are_fine(zones: str, release: str) -> None:
    assert spanning(zones, release) == []


@pytest.mark.parametrize(
    ("zones", "release", "said"),
    [
        ("z1, z2, z3", "7.0U3", "spans 3 zones, which needs vcenter 8.0 or later, not 7.0U3"),
        ("z1, z2", "8.0U3", "spans 2 zones, which needs vcenter 9.0 or later, not 8.0U3"),
    ],
)
def test_f19_zones_that_a_release_cannot_span_are_named(
    zones: str, release: str, said: str
) -> None:
    (message,) = spanning(zones, release)
    assert message.endswith(said)


def test_f19_a_supervisor_that_runs_is_asked_about_and_not_refused() -> None:
    site = FLAVOURED % ("8.0U3", ROLES, "vds", "avi", ", id: abc, zones: [z1, z2]")
    (finding,) = [f for f in findings_in(TEXT % "", site) if f.rule == "MLG-F078"]
    assert finding.severity is Severity.WARNING
