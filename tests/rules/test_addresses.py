"""Address ranges that meet where they must not are found, and no others."""

from __future__ import annotations

import pytest

from tests.rules.judging import broken, findings_in

TWO = """
resource_management:
  orchestrators:
    - {name: a, kind: %s, pod_cidr: %s, service_cidr: %s}
    - {name: b, kind: vks, pod_cidr: 172.22.0.0/16, service_cidr: 172.23.0.0/16}
environments: {dev: {runs_on: [b]}, prod: {runs_on: [a]}}
"""
SITE = """
metadata: {name: lab}
supervisors: [{ref: sup, pod_cidr: 10.244.0.0/16, service_cidr: 10.96.0.0/16}]
services: {dns: [10.20.4.10, dns-1.example], ntp: [192.0.2.7]}
networks: [{role: workload, port_group: pg-1, cidr: 10.20.4.0/22, gateway: %s}%s]
"""
GATEWAY = "10.20.4.1"


@pytest.mark.parametrize(
    ("pods", "services", "pair"),
    [
        ("172.20.0.0/16", "172.21.0.0/16", None),
        ("172.22.0.0/16", "172.23.0.0/16", None),
        ("172.20.0.0/16", "172.20.128.0/17", ("pod_cidr of orchestrator a", "service_cidr of")),
        ("172.20.128.0/17", "172.20.0.0/16", ("pod_cidr of orchestrator a", "service_cidr of")),
        ("10.20.0.0/16", "172.21.0.0/16", ("pod_cidr of orchestrator a", "network pg-1")),
        ("10.20.5.0/24", "172.21.0.0/16", ("network pg-1", "pod_cidr of orchestrator a")),
        ("10.244.0.0/16", "172.21.0.0/16", ("pod_cidr of Supervisor sup", "pod_cidr of")),
        ("192.0.2.0/24", "172.21.0.0/16", ("pod_cidr of orchestrator a", "ntp server")),
        ("fd00::/48", "fd00:1::/64", None),
    ],
)
def test_f18_ranges_of_a_cluster_meet_nothing_that_it_must_reach(
    pods: str, services: str, pair: tuple[str, str] | None
) -> None:
    """Ranges of another cluster may coincide: both are inside their clusters."""
    found = findings_in(TWO % ("vks", pods, services), SITE % (GATEWAY, ""))
    assert {finding.rule for finding in found} == ({"MLG-F002"} if pair else set())
    assert [part for part in pair or () if part not in found[0].message] == []


def test_a_cluster_of_others_is_left_alone() -> None:
    """What mlgen does not make is somebody else's plan."""
    assert broken(TWO % ("yarn", "10.20.0.0/16", "10.20.0.0/16"), SITE % (GATEWAY, "")) == {}


def test_a_cluster_meets_only_the_ranges_of_its_own_site() -> None:
    """It stands where it says, else where the environments that use it are."""
    text = TWO % ("vks", "10.20.0.0/16", "172.21.0.0/16")
    sites = "storage_compute: {sites: [{name: here, inventory: lab}, {name: far, inventory: far}]}"
    there = text.replace("name: a,", "name: a, site: far,")
    far = "metadata: {name: far}"
    assert broken(text + sites, SITE % (GATEWAY, ""), far) == {"MLG-F002": _PODS}
    assert broken(there + sites, SITE % (GATEWAY, ""), far) == {}


_PODS = "resource_management.orchestrators[a].pod_cidr"


@pytest.mark.parametrize(
    ("network", "found"),
    [
        ("{role: frontend, port_group: pg-1, cidr: 10.20.4.0/22}", {}),
        ("{role: frontend, port_group: pg-2, cidr: 10.20.8.0/24}", {}),
        ("{role: vsan, vlan: 12, cidr: 10.20.4.0/22}", {"MLG-F002": "networks[0].cidr"}),
        ("{role: vsan, port_group: pg-2, cidr: 10.20.5.0/24}", {"MLG-F002": "networks[0].cidr"}),
        ("{role: vsan, port_group: pg-2, cidr: 10.20.5.1/24}", {"MLG-F001": "networks[1].cidr"}),
    ],
)
def test_f18_networks_of_a_site_are_apart(network: str, found: dict[str, str]) -> None:
    """Two entries of one port group with one range are one network."""
    assert broken("metadata: {revision: 2}", SITE % (GATEWAY, f", {network}")) == found


@pytest.mark.parametrize(
    ("cidr", "mend"),
    [
        ("172.20.4.5/16", "write 172.20.0.0/16"),
        ("172.20.0.0/33", "write an address, a slash and a prefix length, as in 10.20.4.0/22"),
        ("1.2.3/8", "write an address, a slash and a prefix length, as in 10.20.4.0/22"),
    ],
)
def test_a_range_that_is_none_is_mended_where_it_can_be(cidr: str, mend: str) -> None:
    """Host bits are dropped; nonsense is not guessed at."""
    (finding,) = findings_in(TWO % ("vks", cidr, "172.21.0.0/16"))
    assert (finding.rule, finding.mend) == ("MLG-F001", mend)


@pytest.mark.parametrize(
    ("gateway", "found"),
    [("10.20.3.1", {"MLG-F001": "networks[0].gateway"}), ("router-1.example", {})],
)
def test_a_gateway_is_in_its_network(gateway: str, found: dict[str, str]) -> None:
    """A host name cannot be judged."""
    assert broken("metadata: {revision: 2}", SITE % (gateway, "")) == found


def test_many_equal_ranges_are_one_finding_each_at_most() -> None:
    """Sixty networks with one range are not eighteen hundred findings."""
    networks = "".join(f", {{role: vsan, port_group: p{n}, cidr: 10.20.4.0/22}}" for n in range(60))
    assert len(findings_in("metadata: {revision: 2}", SITE % (GATEWAY, networks))) == 60
