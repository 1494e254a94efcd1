"""Caches on the nodes: disks of the host's own NVMe, which only a VM class can give."""

from __future__ import annotations

from dataclasses import replace
from functools import cache

from generator.blueprint.model.storage_compute import Tier
from generator.catalog import Catalog
from generator.platform.build import desired_state
from generator.platform.classes import by_terraform
from generator.platform.objects import DesiredState, InstanceStorage, VmClass
from generator.render.supervisor.bodies import vm_class_body
from tests.example import blueprint, planned, site

GIB = 1 << 30
DEMAND = "vision-hpo"
LOCAL = Tier(
    name="local",
    media="nvme",
    backing="vmfs-local",
    policy_name="vSAN Direct",
    manage="reference",
    locality="node",
)


@cache
def state(*, cached_bytes: int, local: bool) -> DesiredState:
    """The example where one demand caches on its nodes, with or without a tier of their NVMe."""
    plan = planned()
    chosen = tuple(
        replace(c, demand=replace(c.demand, nvme_bytes=cached_bytes))
        if c.demand.name == DEMAND
        else c
        for c in plan.chosen
    )
    supply = blueprint().storage_compute
    tiers = (*supply.storage.tiers, *((LOCAL,) if local else ()))
    storage = replace(supply.storage, tiers=tiers)
    wanted = replace(blueprint(), storage_compute=replace(supply, storage=storage))
    return desired_state(wanted, {"ams1": site()}, replace(plan, chosen=chosen), Catalog.builtin())


def with_disks(found: DesiredState) -> list[VmClass]:
    return [c for v in found.vcenters for c in v.vm_classes if c.instance_storage]


def asked(found: DesiredState) -> list[str]:
    return [q.subject for q in found.questions if "vmfs-local" in q.subject]


def test_a_cache_on_the_nodes_is_a_disk_of_their_class() -> None:
    """Of the least whole MiB that hold it."""
    (found,) = with_disks(state(cached_bytes=100 * GIB + 1, local=True))
    wanted = InstanceStorage(policy="vSAN Direct", volumes_mib=(100 * 1024 + 1,))
    assert found.instance_storage == wanted
    assert asked(state(cached_bytes=100 * GIB + 1, local=True)) == []


def test_f3_a_class_with_a_disk_has_a_name_of_its_own() -> None:
    small = with_disks(state(cached_bytes=GIB, local=True))
    large = with_disks(state(cached_bytes=2 * GIB, local=True))
    without = {c.name for v in state(cached_bytes=0, local=True).vcenters for c in v.vm_classes}
    assert len({c.name for c in (*small, *large)} | without) == len(without) + 2


def test_terraform_has_no_argument_for_it() -> None:
    (found,) = with_disks(state(cached_bytes=GIB, local=True))
    assert not by_terraform(found)
    assert vm_class_body(found)["instance_storage"] == {
        "policy": "vSAN Direct",
        "volumes": [{"size": 1024}],
    }


def test_namespaces_of_the_class_may_use_its_policy() -> None:
    """vCenter places the disk by the namespace's policies."""
    found = state(cached_bytes=GIB, local=True)
    names = {c.name for c in with_disks(found)}
    spaces = [n for v in found.vcenters for n in v.namespaces if names & set(n.vm_classes)]
    assert spaces
    assert all("vSAN Direct" in n.storage_policies for n in spaces)


def test_a_cache_without_storage_of_the_hosts_is_asked_for() -> None:
    found = state(cached_bytes=GIB, local=False)
    assert with_disks(found) == []
    assert asked(found) == ["storage_compute.storage.tiers with backing vmfs-local"]


def test_nobody_is_asked_where_nothing_is_cached() -> None:
    assert asked(state(cached_bytes=0, local=False)) == []
