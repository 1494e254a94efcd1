"""NVMe and ports of a host are limits for those who need them, and for nobody else."""

from __future__ import annotations

from collections import Counter

import pytest

from generator.blueprint.bind import bind
from generator.catalog import Catalog
from generator.placement.engine import place
from generator.placement.hosts.ask import Ask, Spot
from generator.placement.hosts.local import Local, carried, holds
from generator.placement.hosts.stock import Host, Port, stock
from generator.placement.plan import Plan
from generator.quantity import GIB
from generator.sizing.demand import Demand, PortUse
from generator.source import parse
from generator.supply.model import SiteInventory
from tests.placement.build import demand, host, sized

TWENTY_FIVE = 3.125e9


def plan_of(made: Demand, *hosts: Host) -> Plan:
    """Where the VMs of a demand go."""
    return place(sized(made), hosts, Catalog.builtin())


def caching(gib: int, **other: object) -> Demand:
    """VMs with a cache on their node."""
    return demand("d", nvme_bytes=gib * GIB, **other)


def reading(bytes_per_s: float, traffic: str = "nfs", **other: object) -> Demand:
    """VMs that read from elsewhere."""
    return demand("d", ports=(PortUse(traffic=traffic, bytes_per_s=int(bytes_per_s)),), **other)


def test_caches_share_the_nvme_of_a_host() -> None:
    plan = plan_of(caching(400, count=3), host("a", nvme_bytes=1000 * GIB))
    assert len(plan.placed) == 2
    assert plan.shortfalls[0].because == (
        "no host with the cores and memory has 400 GiB of NVMe that no vSAN has left"
    )


def test_a_host_without_own_nvme_is_passed_over() -> None:
    claimed, own = host("a", nvme_bytes=0), host("b", nvme_bytes=1000 * GIB)
    assert {vm.host for vm in plan_of(caching(400, count=2), claimed, own).placed} == {"b"}


def test_unknown_nvme_forbids_nothing() -> None:
    assert plan_of(caching(400, count=3), host("a")).fits


def test_who_asks_for_no_nvme_needs_none() -> None:
    assert plan_of(demand("d", count=3), host("a", nvme_bytes=0)).fits


def test_readers_share_the_ports_of_their_traffic() -> None:
    ports = (Port(("nfs",), TWENTY_FIVE), Port(("vm",), 10 * TWENTY_FIVE))
    plan = plan_of(reading(2e9, count=2), host("a", ports=ports))
    assert len(plan.placed) == 1
    assert plan.shortfalls[0].because == (
        "no host with the cores and memory has 16 Gb/s on its nfs ports left"
    )


@pytest.mark.parametrize(
    "ports",
    [(), (Port(("vm",), 1.0),), (Port(("nfs",), None), Port(("nfs",), 1.0))],
    ids=["no port", "none of the kind", "an unknown rate"],
)
def test_unknown_ports_forbid_nothing(ports: tuple[Port, ...]) -> None:
    assert plan_of(reading(2e9), host("a", ports=ports)).fits


@pytest.mark.parametrize(("nfs", "vm", "fits"), [(10, 15, True), (10, 16, False), (21, 1, False)])
def test_kinds_of_traffic_share_a_port_that_carries_both(nfs: int, vm: int, fits: bool) -> None:
    """One port of 20 for both and one of 5 for VMs alone: 25 in all, 20 for NFS."""
    ports = (Port(("nfs", "vm"), 20.0), Port(("vm",), 5.0))
    assert carried(ports, Counter(nfs=nfs, vm=vm), ("nfs",)) is fits


def test_what_leaves_gives_back_what_it_held() -> None:
    ask = Ask("", "", "", -1, 0, nvlink=False, millicores=1, memory_bytes=1, nvme_bytes=600 * GIB)
    local = Local(host("a", nvme_bytes=1000 * GIB), 1)
    local.count(ask, 1)
    assert not local.has(ask)
    local.count(ask, -1)
    assert local.has(ask)


def test_vms_that_never_meet_hold_the_same_nvme() -> None:
    ask = Ask("", "", "", -1, 0, nvlink=False, millicores=1, memory_bytes=1, nvme_bytes=600 * GIB)
    local = Local(host("a", nvme_bytes=1000 * GIB), 2)
    local.count(ask, 1)
    assert not local.has(ask)
    assert local.has(ask._replace(slots=(1,)))


SITE = """
apiVersion: mlgen/v1alpha1
kind: SiteInventory
metadata: {name: here}
clusters: [{name: hci}, {name: plain}]
datastores: [{name: vsan-1, clusters: [hci], kind: vsan-esa}]
hosts:
- {name: a, cluster: hci, cpu: {sockets: 2, cores_per_socket: 8}, memory: 256GiB,
   nvme: {devices: 4, size: 1TiB}}
- {name: b, cluster: plain, cpu: {sockets: 2, cores_per_socket: 8}, memory: 256GiB,
   nvme: {devices: 4, size: 1TiB}, nics: [{speed: 25Gbps, use: [vm, nfs]}, {use: [vsan]}]}
- {name: c, cluster: plain, cpu: {sockets: 2, cores_per_socket: 8}, memory: 256GiB}
"""


def test_vsan_has_the_nvme_of_its_hosts() -> None:
    (document,) = parse(SITE.encode(), file="site.yaml")
    a, b, c = stock({"here": bind(SiteInventory, document.root)})
    assert (a.nvme_bytes, b.nvme_bytes, c.nvme_bytes) == (0, 4096 * GIB, None)
    assert b.ports == (Port(("vm", "nfs"), TWENTY_FIVE), Port(("vsan",), None))


def test_a_plan_repacked_onto_fewer_gpus_still_holds_its_caches() -> None:
    ask = Ask("", "", "", -1, 0, nvlink=False, millicores=1, memory_bytes=1, nvme_bytes=600 * GIB)
    hosts = [host(name, nvme_bytes=1000 * GIB) for name in "ab"]
    assert holds(hosts, [(ask, [Spot(0), Spot(1)])])
    assert not holds(hosts, [(ask, [Spot(0), Spot(0)])])
    assert holds(hosts, [(ask, [Spot(0)]), (ask._replace(slots=(1,)), [Spot(0)])])
    assert holds(hosts, [(ask._replace(nvme_bytes=0), [Spot(0), Spot(0)])])
