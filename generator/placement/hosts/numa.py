"""GPU VMs that no NUMA node of their GPUs holds: what that costs, and what to do about it."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from math import ceil

from generator.finding import Finding, Rule, Severity
from generator.placement.hosts.stock import Host
from generator.placement.plan import Chosen, Placed
from generator.sizing.demand import Demand
from generator.sizing.machine.numa import slowdown


class RemoteMemory(Rule):
    """A VM's memory and cores lie on another NUMA node than its GPUs, or on several."""

    id = "MLG-P007"
    title = "A GPU VM stands on the NUMA node of its GPUs"
    severity = Severity.NOTICE
    reason = "each access to another node's memory takes about 1.7 times as long, and DMA crosses"
    source = "requirements 2.7; F. Denneman, Sub-NUMA Clustering and CPU Topology (2022)"

    @classmethod
    def of(cls, demand: Demand, astride: Sequence[tuple[Placed, Host]]) -> Finding:
        """The finding for the VMs of a demand that are astride; a warning if a node was asked for.

        What the host does beside the GPU slows down by at most ``1 + (k-1)/k x 0.73``.
        """
        hosts = [host for _, host in astride]
        nodes = _nodes(demand, astride)
        others = " and others" if len({host.name for host in hosts}) > 1 else ""
        return cls.breach(
            f"{len(astride)} of {demand.count} VM(s) of {demand.name} in {demand.environment} "
            f"have cores or memory away from the NUMA node of their GPUs, on "
            f"{hosts[0].name}{others}: what waits for memory takes up to {slowdown(nodes):.2f} "
            f"times as long",
            path=f"workloads[{demand.name}]",
            mend=_mend(demand, hosts, nodes, several=_several(astride)),
            severity=Severity.WARNING if demand.whole_numa_node else None,
        )


def remote(
    chosen: Iterable[Chosen], placed: Iterable[Placed], hosts: Iterable[Host]
) -> Iterator[Finding]:
    """One finding for each demand with GPU VMs that no node of their GPUs holds."""
    known = {(host.site, host.name): host for host in hosts}
    astride: dict[tuple[str, str], list[tuple[Placed, Host]]] = {}
    for vm in placed:
        if vm.gpus and vm.numa < 0 and known[vm.site, vm.host].numa_nodes > 1:
            found = astride.setdefault((vm.environment, vm.demand), [])
            found.append((vm, known[vm.site, vm.host]))
    for choice in chosen if astride else ():
        some = astride.get((choice.demand.environment, choice.demand.name))
        if some:
            yield RemoteMemory.of(choice.demand, some)


def _large(demand: Demand, host: Host) -> int:
    """The nodes of a host that a VM needs for its cores and memory alone."""
    return max(
        ceil(demand.vcpus / max(1, host.numa_cores)),
        ceil(demand.memory_bytes / max(1, host.numa_memory_bytes)),
    )


def _several(astride: Sequence[tuple[Placed, Host]]) -> int:
    """The most nodes over which the GPUs of one of the VMs lie."""
    found = 1
    for vm, host in astride:
        found = max(found, len({gpu.numa for gpu in host.gpus if gpu.name in vm.gpus}))
    return found


def _nodes(demand: Demand, astride: Sequence[tuple[Placed, Host]]) -> int:
    """The nodes over which the VM is spread: two at least, since one does not hold it."""
    return max(2, _several(astride), min(_large(demand, host) for _, host in astride))


def _mend(demand: Demand, hosts: Sequence[Host], nodes: int, *, several: int) -> str:
    if several > 1 or all(_large(demand, host) > 1 for host in hosts):
        return (
            f"set {ceil(demand.vcpus / nodes)} cores per socket, so that the guest sees "
            f"{nodes} NUMA nodes, or make {nodes} VMs of one node each"
        )
    return "ask for fewer vCPUs or less memory, or keep VMs without a GPU off hosts with GPUs"
