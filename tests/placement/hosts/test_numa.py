"""A GPU VM that no NUMA node of its GPUs holds is said, with the cost and the way out."""

from __future__ import annotations

from dataclasses import replace

import pytest

from generator.catalog import Catalog
from generator.finding import Finding, Severity
from generator.placement.engine import place
from generator.placement.hosts.stock import Host
from generator.quantity import GIB
from generator.sizing.demand import Demand, Sharing
from tests.placement.build import demand, host, need, sized


def found(*demands: Demand, on: Host | None = None) -> list[Finding]:
    """What is said of the NUMA nodes."""
    plan = place(sized(*demands), [on or host("a")], Catalog.builtin())
    return [finding for finding in plan.findings if finding.rule == "MLG-P007"]


def test_a_vm_on_the_node_of_its_gpu_is_not_named() -> None:
    assert found(demand("d", need(16), vcpus=32)) == []


def test_a_vm_larger_than_every_node_is_told_to_split() -> None:
    (finding,) = found(demand("d", need(16), vcpus=40))
    assert finding.severity is Severity.NOTICE
    assert finding.message == (
        "1 of 1 VM(s) of d in dev have cores or memory away from the NUMA node of their GPUs, "
        "on a: what waits for memory takes up to 1.36 times as long"
    )
    assert finding.mend == (
        "set 20 cores per socket, so that the guest sees 2 NUMA nodes, or make 2 VMs of one node "
        "each"
    )


def test_a_node_that_others_fill_is_no_matter_of_the_vms_size() -> None:
    (finding,) = found(demand("d", need(16), vcpus=20, count=2))
    assert finding.message.startswith("1 of 2 VM(s) of d")
    assert finding.mend.startswith("ask for fewer vCPUs")


def test_gpus_of_two_nodes_make_a_vm_of_two_nodes() -> None:
    apart = host("a", nvlink="")
    second = replace(apart.gpus[1], numa=1)
    both = need(0, Sharing.NONE, gpus=2)
    (finding,) = found(demand("d", both), on=replace(apart, gpus=(apart.gpus[0], second)))
    assert finding.mend.startswith("set 2 cores per socket")


def test_a_demand_for_a_whole_node_that_gets_none_is_a_warning() -> None:
    whole = demand("d", need(0, Sharing.NONE), whole_numa_node=True, memory_bytes=600 * GIB)
    (finding,) = found(whole)
    assert finding.severity is Severity.WARNING


@pytest.mark.parametrize(
    "made",
    [demand("d", vcpus=40), demand("d", need(16), vcpus=40)],
    ids=["without a GPU", "on a host of one node"],
)
def test_where_nothing_can_be_remote_nothing_is_said(made: Demand) -> None:
    nodes = 1 if made.gpu else 2
    assert found(made, on=host("a", numa_nodes=nodes, numa_cores=32)) == []
