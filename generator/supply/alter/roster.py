"""The lists of hosts that a blueprint and its inventories hold, and what is supposed of them."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from generator.record import Record, record
from generator.source import MappingNode, SequenceNode


@record
class Hardware(Record):
    """What is supposed of the hardware.

    GPUs are named as plans name them (``esx-01/gpu0``), hosts by name, or ``SITE/NAME`` where
    several sites have one of that name. ``added_hosts`` are (name, host that it is like),
    ``other_gpus`` (catalogue id, catalogue id that takes its place).
    """

    lost_hosts: tuple[str, ...] = ()
    lost_gpus: tuple[str, ...] = ()
    lost_sites: tuple[str, ...] = ()
    added_hosts: tuple[tuple[str, str], ...] = ()
    other_gpus: tuple[tuple[str, str], ...] = ()


@record
class Displaced(Record):
    """A VM of the inventory that ran on a lost host; the plan leaves no room for it elsewhere.

    ``memory_gib`` is None where the inventory does not state it, ``vcpus`` likewise.
    """

    site: str
    host: str
    vm: str
    vcpus: int | None
    memory: str | None


@record
class Roster(Record):
    """One list of hosts: of an inventory, or inline in the blueprint. Its tree may be changed."""

    site: str
    root: MappingNode
    """The mapping that has the key ``hosts``, and in an inventory ``occupancy``."""

    def hosts(self) -> list[MappingNode]:
        """The hosts with a name, as far as the list is one."""
        return [
            host
            for host in items(self.root.get("hosts"))
            if isinstance(host, MappingNode) and isinstance(host.get("name"), str)
        ]


@record
class Outcome(Record):
    """What the change of the trees leaves to say: GPUs as ``SITE/HOST/gpuN``, and foreign VMs."""

    lost_gpus: tuple[str, ...]
    displaced: tuple[Displaced, ...]


def rosters(blueprint: MappingNode, inventories: Mapping[str, MappingNode]) -> tuple[Roster, ...]:
    """Every list of hosts in the trees; ``inventories`` is keyed by the blueprint's site names."""
    sites = items(blueprint.get("storage_compute", {}).get("sites"))
    inline = [
        Roster(site=str(site.get("name")), root=site)
        for site in sites
        if isinstance(site, MappingNode) and "hosts" in site
    ]
    return (*(Roster(site=name, root=inventories[name]) for name in sorted(inventories)), *inline)


def items(node: Any) -> Sequence[Any]:
    """The items of a list; none where it is no list."""
    return node if isinstance(node, SequenceNode) else ()


def drop(node: MappingNode, key: str) -> None:
    """Takes a key out of a mapping, if it is there."""
    node.pop(key, None)
    node.places.pop(key, None)
