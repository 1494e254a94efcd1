"""NUMA: whether a VM fits in one node of its host, and what to do where it does not."""

from __future__ import annotations

from enum import StrEnum
from math import ceil

from generator.quantity import GIB
from generator.record import Record, record
from generator.sizing.nonsense import Nonsense, not_negative, positive

HEADROOM = 8
"""A VM that takes a node leaves one eighth of it to ESXi and small neighbours. Assumed; it gives 28
vCPUs and 448 GiB of a node of 32 cores and 512 GiB."""

REMOTE_PENALTY = 0.73
"""How much longer an access to another node's memory takes than one to the own. Published: F.
Denneman, Sub-NUMA Clustering (73 % without it, 93 % with it)."""


class Fit(StrEnum):
    """How a VM stands on the nodes of its host."""

    ONE_NODE = "one node"
    SPREAD = "spread"
    SPLIT = "split"
    NONE = "none"


@record
class Node(Record):
    """One NUMA node: cores, memory, and the GPUs on its own PCIe slots."""

    cores: int
    memory_bytes: int
    gpus: int = 0


@record
class Machine(Record):
    """The shape of a VM as far as NUMA goes."""

    vcpus: int
    memory_bytes: int
    gpus: int = 0


@record
class NumaFit(Record):
    """The verdict: on how many nodes the VM stands, what binds it, and what to do.

    ``slowdown`` is the upper bound for host work that waits for memory: 1 within one node. With
    ``SPLIT``, ``machines`` equal VMs of ``each`` fit one node apiece; ``cores_per_socket`` is the
    virtual topology to set for the VM as a whole.
    """

    fit: Fit
    nodes: int
    binding: tuple[str, ...]
    slowdown: float
    cores_per_socket: int
    machines: int
    each: Machine
    advice: str


def usable(node: Node) -> Node:
    """What a VM may take of a node: all but the headroom, memory in whole GiB."""
    cores = int(positive("host.cores", node.cores))
    memory = int(positive("host.memory", node.memory_bytes))
    not_negative("host.gpus", node.gpus)
    return Node(
        cores=cores - cores // HEADROOM,
        memory_bytes=(memory - memory // HEADROOM) // GIB * GIB,
        gpus=node.gpus,
    )


def largest(node: Node, nodes: int = 1) -> Machine:
    """The largest VM that fits on so many nodes of a host."""
    count = int(positive("host.numa_nodes", nodes))
    room = usable(node)
    return Machine(
        vcpus=room.cores * count, memory_bytes=room.memory_bytes * count, gpus=room.gpus * count
    )


def slowdown(nodes: int) -> float:
    """By what factor memory-bound host work slows down when it is spread evenly over nodes.

    ``1 + (k-1)/k x 0.73``: the share of accesses that go to another node, at their longer time.
    Guests that place their threads well lose less.
    """
    count = positive("host.numa_nodes", nodes)
    return 1 + (count - 1) / count * REMOTE_PENALTY


def fit(machine: Machine, node: Node, nodes: int, *, splittable: bool) -> NumaFit:
    """Fits a VM on a host of ``nodes`` equal NUMA nodes.

    One node where it fits. Else, if its work can be divided (``splittable``: replicas, data
    parallelism), several VMs of one node each; else it is spread over as few nodes as hold it, at
    a penalty. ``Fit.NONE`` where the host itself is too small.
    """
    positive("vcpus", machine.vcpus)
    positive("memory", machine.memory_bytes)
    room = usable(node)
    shares = {
        "vCPUs": ceil(machine.vcpus / room.cores),
        "memory": ceil(machine.memory_bytes / positive("host.memory", room.memory_bytes)),
        "GPUs": _gpu_nodes(machine.gpus, room.gpus, nodes),
    }
    needed = max(1, *shares.values())
    binding = tuple(name for name, share in shares.items() if share == needed > 1)
    if needed > nodes:
        return _verdict(Fit.NONE, machine, needed, binding, "lower its size or take a larger host")
    if needed == 1:
        return _verdict(Fit.ONE_NODE, machine, 1, (), "keep it on one node with its GPUs and NIC")
    if splittable and machine.gpus % needed == 0 and machine.vcpus >= needed:
        return _verdict(Fit.SPLIT, machine, needed, binding, f"make {needed} VMs of one node each")
    return _verdict(
        Fit.SPREAD,
        machine,
        needed,
        binding,
        f"set {ceil(machine.vcpus / needed)} cores per socket, so that the guest sees its nodes",
    )


def _gpu_nodes(wanted: int, per_node: int, nodes: int) -> int:
    if not not_negative("gpus", wanted):
        return 1
    if per_node < 1:
        raise Nonsense(
            "host.gpus", "the host has no GPU on any NUMA node", "state where its GPUs are"
        )
    return ceil(wanted / per_node) if wanted <= per_node * nodes else nodes + 1


def _verdict(
    kind: Fit, machine: Machine, nodes: int, binding: tuple[str, ...], advice: str
) -> NumaFit:
    split = kind is Fit.SPLIT
    count = nodes if split else 1
    return NumaFit(
        fit=kind,
        nodes=nodes,
        binding=binding,
        slowdown=1.0 if split else slowdown(nodes),
        cores_per_socket=ceil(machine.vcpus / nodes),
        machines=count,
        each=Machine(
            vcpus=ceil(machine.vcpus / count),
            memory_bytes=ceil(machine.memory_bytes / count),
            gpus=machine.gpus // count,
        ),
        advice=advice,
    )
