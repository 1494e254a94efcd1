"""The addresses that are set aside for a Supervisor are enough, in their networks, and apart."""

from __future__ import annotations

from collections.abc import Iterator
from ipaddress import ip_address, ip_network
from itertools import combinations

from generator.finding import Check, Finding
from generator.supply.making import AddressBlock
from generator.supply.model import SiteInventory, Supervisor
from generator.supply.rules.subject import Supplied

BLOCK_EXTRAS = 2
"""Addresses of a control plane beside its VMs: one that floats, one for a VM that replaces another.
Source: Broadcom, requirements of a Supervisor's management network (five for three VMs)."""

_NODES = 3
"""Control-plane VMs where nobody says otherwise: the larger of the two choices."""

_NETWORKS = {
    "management": ("management",),
    "workload": ("workload",),
    "virtual_ips": ("frontend", "workload"),
    "load_balancer": ("frontend",),
}
"""The roles of the networks that a block may lie in."""


class AddressesSetAside(Check[Supplied]):
    """A Supervisor that is to be made has addresses that cannot be its own."""

    id = "MLG-F035"
    title = "Addresses of a Supervisor lie in their network, apart and in sufficient number"
    reason = "enabling it fails after an hour, or two machines answer to one address"
    source = "field rule F18; Broadcom, Supervisor: requirements of the management network"

    @classmethod
    def check(cls, subject: Supplied) -> Iterator[Finding]:
        """Judges every Supervisor with addresses of its own."""
        for facts in subject.sites:
            for index, item in enumerate(facts.inventory.supervisors):
                for block, what in _wrong(facts.inventory, item):
                    yield cls.breach(
                        f"Supervisor {item.ref}: {what}",
                        **subject.at_site(facts, ("supervisors", index, "addresses", block)),
                        mend="ask the owner of the network for another block, and state it here",
                    )


RULES: tuple[type[Check[Supplied]], ...] = (AddressesSetAside,)


def _wrong(inventory: SiteInventory, item: Supervisor) -> Iterator[tuple[str, str]]:
    """(block, what is wrong with it)."""
    management, blocks = item.addresses.management, dict(_blocks(item))
    needed = (item.control_plane_nodes or _NODES) + BLOCK_EXTRAS
    if management is not None and management.count < needed:
        yield "management", f"{management.count} management addresses; it takes {needed}"
    for name, block in blocks.items():
        yield from _misplaced(inventory, name, block)
    for name, other in combinations(blocks, 2):
        (first, last), (start, end) = _ends(blocks[name]), _ends(blocks[other])
        if first <= end and start <= last:
            yield other, f"addresses of {other} are also those of {name}"


def _misplaced(
    inventory: SiteInventory, name: str, block: AddressBlock
) -> Iterator[tuple[str, str]]:
    """A block outside of its networks, or over the address of their router."""
    first, last = _ends(block)
    networks = [n for n in inventory.networks if n.role in _NETWORKS[name] and n.cidr]
    ranges = [ip_network(network.cidr or "", strict=False) for network in networks]
    ends = [(int(r.network_address), int(r.broadcast_address)) for r in ranges]
    if ends and not any(start <= first and last <= end for start, end in ends):
        shown = " or ".join(str(each) for each in ranges)
        yield name, f"{block.count} addresses from {block.first} on do not lie in {shown}"
    for network in networks:
        if network.gateway and first <= int(ip_address(network.gateway)) <= last:
            yield name, f"addresses of {name} hold {network.gateway}, the gateway"


def _blocks(item: Supervisor) -> Iterator[tuple[str, AddressBlock]]:
    for name in _NETWORKS:
        block = getattr(item.addresses, name)
        if block is not None:
            yield name, block


def _ends(block: AddressBlock) -> tuple[int, int]:
    """The first and the last address as numbers."""
    first = int(ip_address(block.first))
    return first, first + block.count - 1
