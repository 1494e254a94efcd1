"""What a Supervisor can do by its network, its load balancer and its release (F19)."""

from __future__ import annotations

from collections.abc import Mapping
from types import MappingProxyType
from typing import Any, NamedTuple

from generator.catalog.row import Row
from generator.catalog.versions import in_words, read_requirements, unmet

CAPABILITIES = ("network-isolation", "vsphere-pods", "supervisor-services", "rdma", "zones")
"""What is asked of a Supervisor's network; how services are published is the flavour's own."""


class Capability(NamedTuple):
    """One thing that a network does: ``how``, from which releases on, or why ``never``.

    ``requires`` maps targets of the version matrix to ``{min, max}`` or ``{any_of}``.
    """

    name: str
    how: str
    never: str | None
    requires: Mapping[str, Mapping[str, Any]]
    sources: tuple[str, ...]
    unverified: tuple[str, ...]

    def __hash__(self) -> int:
        return hash((self.name, self.how))

    def lacking(self, stated: Mapping[str, str]) -> tuple[tuple[str, str], ...]:
        """The stated versions that stand in the way, each with what it would have to be."""
        return tuple(unmet(self.requires, stated))

    @property
    def since(self) -> str:
        """The releases that it takes, as people say them."""
        if self.never is not None:
            return "never"
        return ", ".join(f"{target} {in_words(needs)}" for target, needs in self.requires.items())


class Flavour(NamedTuple):
    """A network with a load balancer: what it takes, what it can do, which addresses it asks for.

    ``load_balancer_services`` says how a service of that type is published.
    """

    name: str
    title: str
    network: str
    load_balancer: str
    requires: Mapping[str, Mapping[str, Any]]
    load_balancer_services: str
    capabilities: Mapping[str, Capability]
    addresses: tuple[str, ...]
    sources: tuple[str, ...]
    unverified: tuple[str, ...]
    notes: tuple[str, ...]

    def __hash__(self) -> int:
        return hash(self.name)

    def lacking(self, stated: Mapping[str, str]) -> tuple[tuple[str, str], ...]:
        """The stated versions that do not have this flavour, each with what it would have to be."""
        return tuple(unmet(self.requires, stated))

    @property
    def since(self) -> str:
        """The releases that have it, as people say them."""
        return ", ".join(f"{target} {in_words(needs)}" for target, needs in self.requires.items())

    def as_body(self) -> dict[str, Any]:
        """All that is known of it, for machines and for the page."""
        return {
            "id": self.name,
            "network": self.network,
            "load_balancer": self.load_balancer,
            "since": self.since,
            "load_balancer_services": self.load_balancer_services,
            "capabilities": {
                name: {
                    "since": ability.since,
                    "how": ability.how,
                    "never": ability.never,
                    "sources": list(ability.sources),
                    "unverified": list(ability.unverified),
                }
                for name, ability in self.capabilities.items()
            },
            "addresses": list(self.addresses),
            "sources": list(self.sources),
            "unverified": list(self.unverified),
            "notes": list(self.notes),
        }


def read_flavour(name: str, row: Row, network: Row) -> Flavour:
    """A flavour from its row and the row of its network."""
    network.text("title")
    capabilities = {
        each: read_capability(each, cell) for each, cell in network.table("capabilities").items()
    }
    for missing in (each for each in CAPABILITIES if each not in capabilities):
        network.refuse(f"capabilities.{missing}", "is missing")
    flavour = Flavour(
        name=name,
        title=row.text("title"),
        network=row.text("network"),
        load_balancer=row.text("load_balancer"),
        requires=MappingProxyType(read_requirements(row)),
        load_balancer_services=row.text("load_balancer_services"),
        capabilities=MappingProxyType(capabilities),
        addresses=network.texts("addresses"),
        sources=row.texts("sources"),
        unverified=row.texts("unverified"),
        notes=row.texts("notes"),
    )
    network.done()
    row.done()
    return flavour


def read_capability(name: str, cell: Row) -> Capability:
    """A cell of the table."""
    if name not in CAPABILITIES:
        cell.refuse("", f"{name} is no capability")
    read = Capability(
        name=name,
        how=cell.text("how"),
        never=cell.text_or_none("never"),
        requires=MappingProxyType(read_requirements(cell)),
        sources=cell.texts("sources"),
        unverified=cell.texts("unverified"),
    )
    cell.done()
    return read
