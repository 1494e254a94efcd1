"""What is made on an empty target, and what is left out where a fact lacks (F1, F2)."""

from __future__ import annotations

from dataclasses import replace
from functools import cache
from pathlib import Path
from typing import Any

import pytest

from generator.blueprint.bind import bind
from generator.blueprint.model.blueprint import Blueprint
from generator.catalog import Catalog
from generator.placement.engine import place
from generator.placement.hosts.stock import stock
from generator.platform.build import desired_state
from generator.platform.objects import DesiredState, Infrastructure, SupervisorWish
from generator.platform.rules import claims
from generator.sizing.engine import size
from generator.source import read
from generator.supply.making import Edge, SupervisorAddresses
from generator.supply.model import HighAvailability, SiteInventory

FOLDER = Path(__file__).resolve().parents[1] / "fixtures" / "greenfield"


@cache
def blueprint() -> Blueprint:
    """The fixture's wishes."""
    (document,) = read(FOLDER / "greenfield.yaml")
    return bind(Blueprint, document.root)


@cache
def site() -> SiteInventory:
    """The fixture's facts."""
    (document,) = read(FOLDER / "greenfield.site.yaml")
    return bind(SiteInventory, document.root)


def desired(facts: SiteInventory | None = None) -> DesiredState:
    """The desired state of the fixture, or beside other facts."""
    catalog, sites = Catalog.builtin(), {"bud1": facts or site()}
    plan = place(size(blueprint(), catalog), stock(sites), catalog)
    return desired_state(blueprint(), sites, plan, catalog)


def built(facts: SiteInventory | None = None) -> Infrastructure:
    """What is made on the only vCenter."""
    (vcenter,) = desired(facts).vcenters
    return vcenter.infrastructure


def wish(facts: SiteInventory | None = None) -> SupervisorWish:
    """The only Supervisor that is made."""
    ((found,),) = [vcenter.supervisors for vcenter in desired(facts).vcenters]
    return found


def changed(kind: str, name: str, **fields: Any) -> SiteInventory:
    """The facts with one object of a list changed."""
    items = tuple(
        replace(item, **fields)
        if name in (getattr(item, "name", ""), getattr(item, "ref", ""), getattr(item, "role", ""))
        else item
        for item in getattr(site(), kind)
    )
    lists: dict[str, Any] = {kind: items}
    return replace(site(), **lists)


def asked(facts: SiteInventory) -> list[str]:
    """The facts that are asked for, after the site's name."""
    return [q.subject.partition(": ")[2] for q in desired(facts).questions]


def test_only_what_is_to_be_made_is_made() -> None:
    """F1: the default is to look it up."""
    made = built()
    assert [d.name for d in made.datacenters] == ["bud2"]
    assert [c.name for c in made.clusters] == ["cpu-b", "gpu-b"]
    assert [s.name for s in made.switches] == ["vds-bud2"]
    assert [g.name for g in made.port_groups] == ["pg-mgmt-b", "pg-vip-b", "pg-wl-b"]
    assert [x.name for x in made.libraries] == ["images-bud2", "vkr-bud2"]
    assert desired().questions == ()


def ordered() -> SiteInventory:
    """The fixture under VCF, whose keeper may be asked."""
    vcenters = tuple(replace(v, lifecycle="vcf-9.0", requests="sheet") for v in site().vcenters)
    return replace(site(), vcenters=vcenters)


def test_f25_what_vcf_keeps_is_ordered_and_never_made() -> None:
    """F25: no cluster becomes a resource, and nobody but its keeper puts a host into one."""
    state = desired(ordered())
    assert state.vcenters[0].infrastructure.clusters == ()
    rows = {(r.object_kind, r.fields): (r.actor, r.count) for r in state.coverage}
    assert rows["host", "commissioned into its cluster"] == ("person", 1)
    assert rows["cluster", "made by VCF"] == ("person", 2)
    assert ("host", "joins its cluster") not in rows


def test_a_cluster_with_gpus_states_the_position_on_vgpu_vms() -> None:
    """The complete map of DRS options; a cluster without GPUs has none of it."""
    cpu, gpu = built().clusters
    assert dict(gpu.drs_options) == {
        "PassthroughDrsAutomation": "1",
        "LBMaxVmotionPerHost": "1",
        "VmDevicesStunTimeTolerated": "100",
        "VgpuMMAutomationTimeoutSecs": "-1",
    }
    assert cpu.drs_options == ()
    assert (cpu.drs, gpu.drs) == ("partiallyAutomated", "fullyAutomated")


def test_admission_control_is_by_hosts_or_by_share() -> None:
    cpu, gpu = built().clusters
    assert (gpu.admission.host_failures, gpu.admission.cpu_percent) == (1, 0)
    assert (cpu.admission.cpu_percent, cpu.admission.memory_percent) == (25, 25)


def test_vsan_follows_from_the_datastore_of_the_cluster() -> None:
    assert {c.name: c.vsan for c in built().clusters} == {"cpu-b": "", "gpu-b": "esa"}


def test_only_a_distributed_switch_can_be_made() -> None:
    other = tuple(replace(switch, kind="vss") for switch in site().switches)
    assert built(replace(site(), switches=other)).switches == ()


@pytest.mark.parametrize(
    ("kind", "name", "fields", "subject"),
    [
        ("clusters", "gpu-b", {"drs": None}, "clusters[gpu-b].drs"),
        ("clusters", "gpu-b", {"ha": None}, "clusters[gpu-b].ha"),
        ("clusters", "gpu-b", {"ha": HighAvailability()}, "clusters[gpu-b].ha"),
        ("clusters", "gpu-b", {"datacenter": None}, "clusters[gpu-b].datacenter"),
        ("switches", "vds-bud2", {"mtu": None}, "switches[vds-bud2].mtu"),
        ("switches", "vds-bud2", {"uplinks": ()}, "switches[vds-bud2].uplinks"),
        ("switches", "vds-bud2", {"datacenter": None}, "switches[vds-bud2].datacenter"),
        ("networks", "frontend", {"port_group": None}, "networks[frontend].port_group"),
        ("networks", "frontend", {"vlan": None}, "networks[frontend].vlan"),
        ("networks", "frontend", {"teaming": None}, "networks[frontend].teaming"),
        ("networks", "frontend", {"switch": None}, "networks[frontend].switch"),
        ("libraries", "vkr-bud2", {"datastore": None}, "libraries[vkr-bud2].datastore"),
        ("libraries", "vkr-bud2", {"subscribed": None}, "libraries[vkr-bud2].subscribed"),
        (
            "libraries",
            "vkr-bud2",
            {"subscription_url": None},
            "libraries[vkr-bud2].subscription_url",
        ),
        ("supervisors", "sup-bud2", {"clusters": ()}, "supervisors[sup-bud2].clusters"),
        (
            "supervisors",
            "sup-bud2",
            {"control_plane_size": None},
            "supervisors[sup-bud2].control_plane_size",
        ),
        (
            "supervisors",
            "sup-bud2",
            {"storage_policy": None},
            "supervisors[sup-bud2].storage_policy",
        ),
        (
            "supervisors",
            "sup-bud2",
            {"addresses": SupervisorAddresses()},
            "supervisors[sup-bud2].addresses.virtual_ips",
        ),
    ],
)
def test_f2_nothing_has_a_default(
    kind: str, name: str, fields: dict[str, Any], subject: str
) -> None:
    """What lacks a fact is asked for and left out."""
    facts = changed(kind, name, **fields)
    assert subject in asked(facts)
    left_out = {"clusters", "switches", "libraries"} & {kind}
    names = {thing.name for k in left_out for thing in getattr(built(facts), k)}
    assert name not in names


def test_f2_a_cluster_that_others_share_is_never_made() -> None:
    assert [c.name for c in built(changed("clusters", "gpu-b", shared=True)).clusters] == ["cpu-b"]


def test_ha_may_be_off_only_where_somebody_says_so() -> None:
    facts = changed("clusters", "gpu-b", ha=HighAvailability(enabled=False))
    (gpu,) = [c for c in built(facts).clusters if c.name == "gpu-b"]
    assert not gpu.admission.enabled


def test_what_is_made_before_the_tags_is_stamped_by_an_attribute() -> None:
    """F1, with one stamp each; the attribute's name is claimed on the vCenter."""
    made = built()
    stamps = [thing.stamp for thing in made.stamped]
    assert "mlgen:greenfield/cluster/gpu-b" in stamps
    assert len(set(stamps)) == len(stamps)
    assert ("vc-bud1", "custom-attribute", "mlgen") in claims(desired())
    assert ("vc-bud1", "cluster", "gpu-b") in claims(desired())


def test_a_supervisor_takes_its_networks_from_the_inventory() -> None:
    found = wish()
    assert (found.cluster, found.zones, found.nodes, found.size) == ("gpu-b", (), 3, "SMALL")
    assert (found.management.port_group, found.management.gateway) == (
        "pg-mgmt-b",
        "10.60.0.1/24",
    )
    assert found.workload is not None
    assert (found.workload.port_group, found.workload.addresses.count) == ("pg-wl-b", 200)
    assert found.publishing.interface is not None
    assert found.publishing.interface.port_group == "pg-vip-b"


def test_f2_work_goes_on_beside_a_supervisor_that_is_not_there_yet() -> None:
    """It covers its clusters only once it runs: until then the plan stands on what is there."""
    (vcenter,) = desired().vcenters
    clusters = {m.cluster for fabric in vcenter.fabrics for m in fabric.machines}
    assert clusters == {"plain-a"}
    runs = stock({"bud1": changed("supervisors", "sup-bud2", id="5f7a0c9e")})
    assert {host.cluster for host in runs} == set()


def test_a_supervisor_that_runs_is_never_made() -> None:
    """F2: every argument of it replaces it."""
    (vcenter,) = desired(changed("supervisors", "sup-bud2", id="5f7a0c9e")).vcenters
    assert vcenter.supervisors == ()


def on_nsx(release: str) -> SiteInventory:
    """The facts with a Supervisor on NSX, under a release of vCenter."""
    facts = changed(
        "supervisors",
        "sup-bud2",
        network="nsx",
        load_balancer="nsx",
        pod_cidr="10.244.0.0/16",
        addresses=replace(
            site().supervisors[0].addresses, ingress="10.70.0.0/24", egress="10.70.1.0/24"
        ),
        edge=Edge(cluster="edge-1"),
    )
    vcenters = tuple(replace(v, version=release) for v in facts.vcenters)
    networks = tuple(
        replace(n, switch="vds-bud2") if n.role == "workload" else n for n in facts.networks
    )
    return replace(facts, vcenters=vcenters, networks=networks)


def test_the_older_resource_serves_a_vcenter_before_8_on_nsx() -> None:
    found = wish(on_nsx("7.0U3"))
    assert (found.generation, found.switch, found.library) == (1, "vds-bud2", "vkr-bud2")


def test_on_nsx_a_supervisor_is_attached_to_a_switch() -> None:
    """NSX makes the segments of its nodes itself."""
    found = wish(on_nsx("9.0"))
    assert (found.generation, found.workload, found.switch) == (2, None, "vds-bud2")
    assert found.publishing.edge_cluster == "edge-1"


def test_a_supervisor_of_vcenter_7_needs_the_library_of_its_node_images() -> None:
    facts = replace(on_nsx("7.0U3"), libraries=())
    assert "supervisors[sup-bud2].libraries" in asked(facts)


def test_the_coverage_contract_names_who_does_each_part() -> None:
    rows = {(row.object_kind, row.actor): row.count for row in desired().coverage}
    assert rows["cluster", "terraform"] == 2
    assert rows["port-group", "terraform"] == 3
    assert rows["supervisor", "terraform"] == rows["supervisor", "person"] == 1
    assert rows["content-library", "terraform"] == 2
    assert rows["host", "person"] >= 1
