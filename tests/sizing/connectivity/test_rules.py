"""Every rule about the network has a good and a bad fixture, and they tell."""

from __future__ import annotations

from pathlib import Path

import pytest

from generator.blueprint.extend import extended
from generator.blueprint.read import read_blueprint
from generator.catalog import Catalog
from generator.finding import Finding, Severity
from generator.sizing.connectivity.rules import RULES
from generator.sizing.connectivity.supply import network_supply
from generator.sizing.connectivity.whole import size_network
from generator.sizing.engine import size
from generator.source import Document, read
from generator.supply.read import Shelf
from tests.sizing.connectivity.build import HOSTS, sized, with_flows
from tests.sizing.connectivity.test_addressing import FACTS, TEXT
from tests.sizing.connectivity.test_flows import TIERED, TWO_SITES

HERE = Path(__file__).parent
IDS = [rule.id for rule in RULES]


def judged(rule: str, kind: str) -> tuple[Document, tuple[Finding, ...]]:
    """The document of a fixture, and what sizing finds about it."""
    document = extended(read(HERE / rule / f"{kind}.yaml")[0])
    blueprint = read_blueprint(document)
    supply = network_supply(Shelf().sites(blueprint, document).inventories)
    needed = size(blueprint, Catalog.builtin())
    network = size_network(blueprint, needed.demands, supply)
    return document, (*needed.findings, *network.findings)


def test_every_rule_has_a_folder_and_no_folder_is_without_a_rule() -> None:
    """A good and a bad one each."""
    assert sorted(path.name for path in HERE.glob("MLG-*")) == sorted(IDS)


@pytest.mark.parametrize("rule", IDS)
def test_the_bad_fixture_breaks_this_rule_and_no_other(rule: str) -> None:
    """Each part of its findings is there, and its path leads into the fixture."""
    document, findings = judged(rule, "bad")
    assert {finding.rule for finding in findings} == {rule}
    for finding in findings:
        assert finding.severity is Severity.ERROR
        assert finding.message
        assert finding.mend
        assert document.find(finding.path)


@pytest.mark.parametrize("rule", IDS)
def test_the_good_fixture_breaks_no_rule(rule: str) -> None:
    """Nothing at all is found."""
    assert judged(rule, "good")[1] == ()


def only(findings: tuple[Finding, ...]) -> tuple[str, Severity]:
    """Rule and severity of the only finding."""
    (finding,) = findings
    return finding.rule, finding.severity


def test_a_flow_that_leaves_others_no_room_is_a_warning() -> None:
    """110 of 125 MB/s: it arrives as long as it is alone."""
    network = with_flows("    - {name: feed, from: erp, to: orders, rate: 110MB/s}")
    assert only(network.findings) == ("MLG-Z020", Severity.WARNING)


def test_flows_that_may_never_meet_are_a_warning_and_say_so() -> None:
    """Nobody states when they run."""
    network = with_flows(
        "    - {name: one, from: erp, to: orders, volume: 252GB, window: 1h}\n"
        "    - {name: two, from: erp, to: orders, volume: 252GB, window: 1h}"
    )
    assert only(network.findings) == ("MLG-Z021", Severity.WARNING)
    assert "nobody states when they run" in network.findings[0].message


def test_flows_that_are_known_to_meet_are_an_error() -> None:
    """A steady flow meets everything."""
    network = with_flows(
        "    - {name: one, from: erp, to: orders, rate: 70MB/s}\n"
        "    - {name: two, from: erp, to: orders, rate: 70MB/s}"
    )
    assert only(network.findings) == ("MLG-Z021", Severity.ERROR)


def test_a_finding_of_many_flows_names_some_and_counts_the_rest() -> None:
    """Six of them."""
    flows = "\n".join(
        f"    - {{name: f{n}, from: erp, to: orders, rate: 30MB/s}}" for n in range(6)
    )
    (finding,) = with_flows(flows).findings
    assert finding.message.startswith("f0, f1, f2, f3 and 2 more need 1.44 Gb/s together")


def test_a_tier_that_is_too_slow_is_mended_by_a_faster_one() -> None:
    """Not by a port."""
    text = TIERED.replace("BACKING", "vsan-esa").replace(
        "volume: 1GB, window: 1h", "volume: 1GB, window: 1s"
    )
    facts = """
metadata: {name: here}
datastores: [{name: ds-1, kind: vsan-esa, read: 5GB/s, write: 500MB/s}]
"""
    (finding,) = sized(text, facts).findings
    assert finding.mend.endswith("take a faster tier")


SEARCH = """
storage_compute:
  sites: [{name: here, inventory: here}]
  storage: {tiers: [{name: fast, media: nvme, backing: nfs41}]}
  datasets: [{name: scans, size: 100GB, items: 1000, tier: fast}]
resource_management: {orchestrators: [{name: dev, kind: vks}]}
environments: {dev: {runs_on: [dev]}, prod: {}}
workloads:
  - {name: search, owner: science, phase: hpo, environments: [dev], data: scans,
     model: {family: resnet50}, train: {epochs: 36},
     hpo: {trials: 8, trial_time: 1h, deadline: 1h, memory: 8GiB}}
"""
SLOW = "metadata: {name: here}\nhosts: [{name: esx-1, nics: [{speed: 50Gbps, use: [nfs]}]}]\n"


def test_many_vms_share_the_ports_of_all_hosts_and_each_fits_alone() -> None:
    """Eight trials at 1 GB/s each; all of them together exceed 6.25 GB/s of one host."""
    findings = sized(SEARCH, SLOW).findings
    assert {finding.rule for finding in findings} == {"MLG-Z021"}
    slower = sized(SEARCH, SLOW.replace("50Gbps", "5Gbps")).findings
    assert {finding.rule for finding in slower} == {"MLG-Z020", "MLG-Z021"}
    assert "each of 8 VMs" in slower[0].message


def test_room_for_growth_alone_is_a_warning() -> None:
    """15 of 19 addresses are there."""
    network = sized(TEXT, FACTS.replace("free_addresses: 900", "free_addresses: 16"))
    assert only(network.findings) == ("MLG-Z022", Severity.WARNING)
    assert "growth included" in network.findings[0].message


def test_addresses_that_nodes_lack_today_are_an_error() -> None:
    """15 are needed without growth."""
    network = sized(TEXT, FACTS.replace("free_addresses: 900", "free_addresses: 14"))
    assert only(network.findings) == ("MLG-Z022", Severity.ERROR)


def test_a_pod_range_that_is_too_small_points_at_the_range() -> None:
    """Fourteen nodes need a /20."""
    network = sized(TEXT.replace("172.20.0.0/16", "172.20.0.0/22"), FACTS)
    (finding,) = network.findings
    assert finding.path == "resource_management.orchestrators[dev].pod_cidr"
    assert "/20" in finding.mend


def test_a_line_between_sites_is_judged_too() -> None:
    """62.5 MB/s over a line of 500 Mb/s."""
    network = sized(TWO_SITES.replace("speed: 1Gbps", "speed: 400Mbps"), HOSTS)
    assert {finding.path for finding in network.findings} == {"workloads[cnn].data"}
