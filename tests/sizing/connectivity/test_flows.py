"""Data flows: the rate that they need, the links that they cross, their time and their price."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tests.sizing.connectivity.build import SITE, figures, flow, sized, with_flows

NIGHTLY = "    - {name: nightly, from: erp, to: orders, volume: 90GB, window: 1h}"


def test_a_flow_needs_its_volume_over_its_window() -> None:
    """90 GB in an hour are 25 MB/s."""
    assert flow(with_flows(NIGHTLY), "nightly").needed_bytes_per_s == 25e6


def test_a_stated_rate_is_taken_as_it_is() -> None:
    """Without volume and window nothing else is known of it, and nothing is guessed."""
    found = flow(with_flows("    - {name: feed, from: erp, to: orders, rate: 22MB/s}"), "feed")
    assert found.needed_bytes_per_s == 22e6
    assert found.transfer_s is None
    assert found.egress_cost is None


def test_a_flow_without_rate_and_window_says_what_to_state() -> None:
    """Unknown is not zero."""
    network = with_flows("    - {name: dump, from: erp, to: orders, volume: 1TB}")
    found = flow(network, "dump")
    assert found.needed_bytes_per_s is None
    assert found.unknown == ("storage_compute.dataflows[dump].rate, or volume and window",)
    assert figures(network, "dump")["open"] == "unknown"


@pytest.mark.parametrize(
    ("stated", "field"),
    [
        ("volume: 0GB, window: 1h", "dataflows[odd].volume"),
        ("volume: 1GB, window: 0h", "dataflows[odd].window"),
        ("rate: 0MB/s", "dataflows[odd].rate"),
        ("volume: 36GB, window: 1h, rate: 9MB/s", "dataflows[odd].rate"),
    ],
)
def test_figures_that_no_flow_can_have_are_refused(stated: str, field: str) -> None:
    """With the object path of the figure; the flow itself is left out."""
    network = with_flows(f"    - {{name: odd, from: erp, to: orders, {stated}}}")
    assert network.flows == ()
    assert [(f.rule, f.path) for f in network.findings] == [
        ("MLG-Z003", f"storage_compute.{field}")
    ]


def test_a_flow_that_ends_where_it_starts_is_refused() -> None:
    """It would cross nothing."""
    network = with_flows("    - {name: odd, from: orders, to: orders, rate: 1MB/s}")
    assert [f.path for f in network.findings] == ["storage_compute.dataflows[odd].to"]


def test_an_uplink_without_speed_is_refused() -> None:
    """Everything over it would take for ever."""
    network = with_flows(NIGHTLY, site="{name: here, inventory: here, uplink: {speed: 0Gbps}}")
    assert [f.path for f in network.findings] == ["storage_compute.sites[here].uplink.speed"]
    assert flow(network, "nightly").bottleneck == "here vm ports in"


def test_what_comes_from_outside_crosses_the_uplink_and_the_ports_of_hosts() -> None:
    """In this direction; the other one of the line stays free."""
    assert flow(with_flows(NIGHTLY), "nightly").links == ("here uplink in", "here vm ports in")


def test_a_transfer_takes_its_slowest_link() -> None:
    """90 GB over 1 Gb/s, not over the 10 Gb/s of the slower host."""
    found = flow(with_flows(NIGHTLY), "nightly")
    assert (found.bottleneck, found.transfer_s) == ("here uplink in", 720.0)


def test_inside_a_site_each_byte_passes_two_ports() -> None:
    """Out of one host and into another: each costs CPU of its own."""
    found = flow(
        with_flows("    - {name: east-west, from: orders, to: store, volume: 1GB, window: 1h}",
                   "ml_platform: {components: [{name: store, stage: data-processing, "
                   "implements: object-store, product: minio}]}"),
        "east-west",
    )  # fmt: skip
    assert found.port_crossings == 2
    assert (found.from_, found.to, found.egress_cost) == ("here", "here", 0.0)


def test_a_single_flow_gets_one_port_of_a_team_and_the_slowest_host_counts() -> None:
    """esx-1 has two ports of 25 Gb/s, esx-2 one of 10."""
    network = with_flows("    - {name: copy, from: orders, to: here, volume: 125GB, window: 1h}")
    assert flow(network, "copy").transfer_s == 100.0


def test_without_a_line_that_leads_there_nothing_is_computed() -> None:
    """The only stated line goes to another place."""
    network = with_flows(
        "    - {name: partner, from: orders, to: bank, volume: 1GB, window: 1h}",
        "resource_management: {orchestrators: [{name: cloud, kind: cloud}]}",
        site="{name: here, inventory: here, uplink: {speed: 1Gbps, to: cloud}}",
    )
    found = flow(network, "partner")
    assert found.unknown == ("storage_compute.sites[here].uplink to outside",)
    assert found.links == ("here vm ports out",)


def test_hosts_of_unknown_ports_leave_the_uplink_to_be_judged() -> None:
    """None is not zero: the time is that of the line, and the ledger asks for the rest."""
    network = with_flows(NIGHTLY, facts="metadata: {name: here}\n")
    assert flow(network, "nightly").transfer_s == 720.0
    assert figures(network, "here vm ports in")["rate"] == "unknown"


TWO_SITES = """
storage_compute:
  sites:
    - {name: a, uplink: {speed: 2Gbps, to: b}}
    - {name: b, uplink: {speed: 1Gbps}}
  datasets: [{name: scans, size: 450GB, items: 1000000, sites: [a]}]
resource_management:
  orchestrators: [{name: dev, kind: vks}]
  price: {currency: EUR, egress_gb: 0.02}
environments: {dev: {runs_on: [dev], sites: [b]}, prod: {}}
workloads:
  - {name: cnn, owner: science, phase: training, environments: [dev], data: scans,
     model: {family: resnet50},
     train: {epochs: 1, deadline: 2h, throughput_per_gpu: 200/s}}
"""


def test_data_that_is_read_at_another_site_shows_time_rate_and_price() -> None:
    """450 GB over 1 Gb/s take an hour; 2 cents a GB."""
    network = sized(TWO_SITES)
    found = flow(network, "cnn reads scans")
    assert (found.from_, found.to) == ("a", "b")
    assert found.links == ("a vm ports out", "a uplink out", "b uplink in", "b vm ports in")
    assert found.needed_bytes_per_s == 62.5e6
    assert found.transfer_s == 3600.0
    assert (found.egress_cost, found.currency) == (9.0, "EUR")
    assert figures(network, "cnn reads scans")["egress"] == 9.0


def test_data_that_lies_where_it_is_read_crosses_no_line() -> None:
    """And costs nothing; its rate is in the dataset's own ledger."""
    network = sized(TWO_SITES.replace("sites: [a]}]", "sites: [a, b]}]"))
    found = flow(network, "cnn reads scans")
    assert (found.links, found.egress_cost) == ((), 0.0)
    assert figures(network, "cnn reads scans") == {}


def test_data_of_no_stated_site_says_which_fact_is_missing() -> None:
    """With two sites it may lie at either."""
    network = sized(TWO_SITES.replace(", sites: [a]}]", "}]"))
    assert "storage_compute.datasets[scans].sites" in flow(network, "cnn reads scans").unknown


def test_a_price_that_nobody_states_is_unknown() -> None:
    """An open line of the ledger, not zero."""
    network = sized(TWO_SITES.replace("  price: {currency: EUR, egress_gb: 0.02}\n", ""))
    assert flow(network, "cnn reads scans").egress_cost is None
    assert figures(network, "cnn reads scans")["egress"] == "unknown"


def test_an_environment_that_sees_a_sample_moves_a_sample() -> None:
    """Ten percent of it."""
    text = TWO_SITES.replace("sites: [b]}", "sites: [b], data: sample, sample: 10%}")
    assert flow(sized(text), "cnn reads scans").volume_bytes == 45e9


def test_an_environment_without_data_moves_none() -> None:
    """Synthetic data is made where it is used."""
    assert sized(TWO_SITES.replace("sites: [b]}", "sites: [b], data: synthetic}")).flows == ()


TIERED = """
storage_compute:
  sites: [{name: here, inventory: here}]
  storage: {tiers: [{name: fast, media: nvme, backing: BACKING, datastore: ds-1}]}
  datasets: [{name: scans, size: 450GB, items: 1000000, tier: fast}]
  dataflows: [{name: load, from: erp, to: scans, volume: 1GB, window: 1h}]
workloads:
  - {name: cnn, owner: science, phase: training, environments: [dev], data: scans,
     model: {family: resnet50},
     train: {epochs: 1, deadline: 2h, throughput_per_gpu: 200/s}}
"""
FACTS = """
metadata: {name: here}
hosts: [{name: esx-1, nics: [{speed: 100Gbps, use: [vsan]}, {speed: 25Gbps, use: [nfs, vm]}]}]
datastores: [{name: ds-1, kind: vsan-esa, read: 5GB/s, write: 2GB/s}]
"""


@pytest.mark.parametrize(
    ("backing", "ports"),
    [
        ("vsan-esa", ("here vsan ports out", "here vsan ports in")),
        ("nfs41", ("here nfs ports out", "here nfs ports in")),
        ("s3", ("here vm ports out", "here vm ports in")),
        ("vmfs-fc", ()),
    ],
)
def test_a_reader_reaches_its_data_over_the_ports_of_its_tier(
    backing: str, ports: tuple[str, ...]
) -> None:
    """Fibre Channel is no network of this plan."""
    assert flow(sized(TIERED.replace("BACKING", backing), FACTS), "cnn reads scans").links == ports


def test_what_is_written_to_a_tier_is_judged_by_what_its_datastore_takes() -> None:
    """Besides the ports."""
    found = flow(sized(TIERED.replace("BACKING", "vsan-esa"), FACTS), "load")
    assert "here tier fast write" in found.links


def test_a_tier_that_was_chosen_counts_like_a_stated_one() -> None:
    """Data is sized before the network."""
    text = TIERED.replace("BACKING", "vsan-esa").replace(", tier: fast}]", "}]")
    assert flow(sized(text, FACTS), "cnn reads scans").links == ()
    chosen = flow(sized(text, FACTS, tiers={"scans": "fast"}), "cnn reads scans")
    assert chosen.links == ("here vsan ports out", "here vsan ports in")


def test_burst_data_takes_the_uplink_that_the_blueprint_names() -> None:
    """And is moved once for all work that may leave."""
    text = """
storage_compute:
  sites: [{name: a, uplink: {speed: 10Gbps}}, {name: b, uplink: {speed: 1Gbps, to: cloud}}]
  datasets: [{name: scans, size: 450GB, sites: [a]}]
resource_management:
  orchestrators: [{name: cloud, kind: burst}]
  burst: {target: cloud, when: allocation, eligible: [hpo], data: {link: b},
          price: {currency: USD, egress_gb: 0.1}}
workloads:
  - {name: one, owner: science, phase: hpo, environments: [dev], data: scans}
  - {name: two, owner: science, phase: hpo, environments: [dev], data: scans}
"""
    network = sized(text)
    found = flow(network, "scans to cloud")
    assert found.links == ("b vm ports out", "b uplink out")
    assert found.transfer_s == 3600.0
    assert found.needed_bytes_per_s is None
    assert (found.return_cost, found.return_currency) == (45.0, "USD")


@given(volume=st.integers(1, 10**15), window=st.integers(1, 10**7))
def test_more_volume_or_a_shorter_window_never_needs_less(volume: int, window: int) -> None:
    """Monotone in both."""
    text = (
        f"    - {{name: one, from: erp, to: orders, volume: {volume}B, window: {window}s}}\n"
        f"    - {{name: more, from: erp, to: orders, volume: {2 * volume}B, window: {window}s}}\n"
        f"    - {{name: slower, from: erp, to: orders, volume: {volume}B, window: {2 * window}s}}"
    )
    network = with_flows(text, site=SITE)
    rates = {one.name: one.needed_bytes_per_s or 0.0 for one in network.flows}
    assert rates["more"] >= rates["one"] >= rates["slower"] > 0


def test_an_only_reader_gets_the_rate_that_its_dataset_states() -> None:
    """Where its own figures tell none; of two readers neither does."""
    text = TWO_SITES.replace(
        "train: {epochs: 1, deadline: 2h, throughput_per_gpu: 200/s}", "hpo: {trials: 4}"
    )
    text = text.replace("sites: [a]}]", "sites: [a], read_rate: 40MB/s}]")
    assert flow(sized(text), "cnn reads scans").needed_bytes_per_s == 40e6
    second = "  - {name: too, owner: science, phase: hpo, environments: [dev], data: scans}\n"
    found = flow(sized(text + second), "too reads scans")
    assert found.needed_bytes_per_s is None
    assert "storage_compute.datasets[scans].read_rate" in found.unknown


def test_what_runs_on_somebody_elses_cluster_is_at_its_site() -> None:
    """A step may send a workload there; the data follows it."""
    text = TWO_SITES.replace(
        "[{name: dev, kind: vks}]",
        "[{name: dev, kind: vks}, {name: hadoop, kind: yarn, managed: false, site: a}]\n"
        "  pipelines: [{name: weekly, steps: [\n"
        "    {name: fit, stage: model-training, workload: cnn, target: hadoop}]}]",
    )
    found = flow(sized(text), "cnn reads scans")
    assert (found.from_, found.to) == ("a", "a")


def test_a_flow_between_places_of_others_crosses_nothing_of_ours() -> None:
    """Neither end is at a site."""
    network = with_flows(
        "    - {name: theirs, from: erp, to: cloud, volume: 1GB, window: 1h}",
        "resource_management: {orchestrators: [{name: cloud, kind: cloud}]}",
    )
    found = flow(network, "theirs")
    assert (found.links, found.unknown, found.transfer_s) == ((), (), None)
    assert figures(network, "theirs") == {"needed rate": 277778}


def test_a_stated_throughput_of_a_tier_counts_before_that_of_its_datastore() -> None:
    """One gigabyte at 100 MB/s."""
    text = TIERED.replace("BACKING, datastore", "vsan-esa, throughput: 100MB/s, datastore")
    assert flow(sized(text, FACTS), "load").transfer_s == 10.0


def test_what_leaves_a_site_passes_the_ports_of_a_vm_whatever_stores_it() -> None:
    """Nothing but a VM sends what lies on Fibre Channel or vSAN to another place."""
    text = TIERED.replace("inventory: here}", "inventory: here, uplink: {speed: 1Gbps}}")
    text = text.replace("from: erp, to: scans", "from: scans, to: erp")
    for backing, ports in (("vmfs-fc", ()), ("vsan-esa", ("here vsan ports out",))):
        found = flow(sized(text.replace("BACKING", backing), FACTS), "load")
        assert found.links == (
            *ports,
            "here vm ports out",
            "here tier fast read",
            "here uplink out",
        )
