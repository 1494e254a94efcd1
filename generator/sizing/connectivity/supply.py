"""What sites offer to their networks, as plain figures read from their inventories."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from ipaddress import IPv4Network, ip_network
from typing import Protocol

from generator.quantity import Quantity
from generator.record import Record, record
from generator.sizing.network.addresses import ROUTED_RESERVED


class NicFacts(Protocol):
    """What is read of a port of a host."""

    @property
    def speed_bytes_per_s(self) -> Quantity | None:
        """Its line rate, one direction."""

    @property
    def use(self) -> Sequence[str]:
        """The traffic that it carries."""


class HostFacts(Protocol):
    """What is read of a host of an inventory."""

    @property
    def cluster(self) -> str | None:
        """The cluster that it belongs to."""

    @property
    def nics(self) -> Sequence[NicFacts]:
        """Its ports."""

    @property
    def gpus(self) -> Sequence[object]:
        """Its GPUs."""


class NetworkFacts(Protocol):
    """What is read of a network."""

    @property
    def role(self) -> str:
        """What it is for."""

    @property
    def cidr(self) -> str | None:
        """Its range."""

    @property
    def free_addresses(self) -> int | None:
        """Addresses that nobody uses."""


class SupervisorFacts(Protocol):
    """What is read of a Supervisor that stands."""

    @property
    def ref(self) -> str:
        """Its name."""

    @property
    def clusters(self) -> Sequence[str]:
        """The vSphere clusters that it runs on."""

    @property
    def network(self) -> str | None:
        """Its networking."""

    @property
    def pod_cidr(self) -> str | None:
        """The range that it cuts its namespaces' segments from."""


class DatastoreFacts(Protocol):
    """What is read of a datastore."""

    @property
    def name(self) -> str:
        """Its name."""

    @property
    def read_bytes_per_s(self) -> Quantity | None:
        """Its read rate."""

    @property
    def write_bytes_per_s(self) -> Quantity | None:
        """Its write rate."""


class SiteFacts(Protocol):
    """What is read of an inventory."""

    @property
    def hosts(self) -> Sequence[HostFacts]:
        """Its hosts."""

    @property
    def networks(self) -> Sequence[NetworkFacts]:
        """Its networks."""

    @property
    def supervisors(self) -> Sequence[SupervisorFacts]:
        """Its Supervisors."""

    @property
    def datastores(self) -> Sequence[DatastoreFacts]:
        """Its datastores."""


@record
class Ports(Record):
    """The ports of a site's hosts for one kind of traffic; None is an unknown rate.

    ``one_bytes_per_s`` is what a single flow gets at the slowest host: a team of ports spreads
    flows and not packets, so it counts the fastest port of a host and not their sum.
    ``all_bytes_per_s`` is the sum over all ports of all hosts.
    """

    hosts: int
    one_bytes_per_s: float | None
    all_bytes_per_s: float | None


@record
class AddressRange(Record):
    """Addresses for one purpose at a site. None is an unknown fact, not zero.

    ``free`` are those that nobody uses, ``most`` those that its ranges can hold at all.
    """

    name: str
    free: int | None
    most: int | None

    @property
    def at_most(self) -> int | None:
        """The addresses that may be free at the very most; None where nothing is known."""
        return self.most if self.free is None else self.free


@record
class SiteNetwork(Record):
    """One site: ports by kind of traffic, ranges by role, its Supervisor, rates of datastores.

    ``supervisor`` is empty where the inventory has none; ``datastores`` holds read and write rate.
    """

    ports: Mapping[str, Ports]
    ranges: Mapping[str, AddressRange]
    supervisor: str = ""
    segments: AddressRange | None = None
    datastores: Mapping[str, tuple[float | None, float | None]]


@record
class NetworkSupply(Record):
    """The sites of which facts are known, by the blueprint's names of them."""

    sites: Mapping[str, SiteNetwork]


NOTHING = NetworkSupply(sites={})
"""The supply where no inventory is known."""


def network_supply(inventories: Mapping[str, SiteFacts]) -> NetworkSupply:
    """The networks of all sites; ``inventories`` is keyed by the blueprint's names of the sites."""
    return NetworkSupply(sites={name: _site(inventories[name]) for name in sorted(inventories)})


def capacity(cidr: str | None, *, reserved: int = 0) -> int | None:
    """IPv4 addresses of a range but the ``reserved`` ones; None for no range of that kind."""
    try:
        network = ip_network(cidr or "", strict=False)
    except ValueError:
        return None
    if not isinstance(network, IPv4Network):
        return None
    return max(0, network.num_addresses - reserved)


def _site(facts: SiteFacts) -> SiteNetwork:
    supervisor = _supervisor(facts)
    segments = None
    # With NSX each namespace has segments of its own, cut from the Supervisor's range.
    if supervisor is not None and (supervisor.network or "").startswith("nsx"):
        size = capacity(supervisor.pod_cidr)
        segments = AddressRange(name=f"segments of {supervisor.ref}", free=size, most=size)
    return SiteNetwork(
        ports=_ports(facts.hosts),
        ranges=_ranges(facts.networks),
        supervisor=supervisor.ref if supervisor else "",
        segments=segments,
        datastores={
            store.name: (_rate(store.read_bytes_per_s), _rate(store.write_bytes_per_s))
            for store in facts.datastores
        },
    )


def _supervisor(facts: SiteFacts) -> SupervisorFacts | None:
    """The Supervisor over clusters with GPUs, else the first by name."""
    with_gpus = {host.cluster for host in facts.hosts if host.gpus}
    return min(
        facts.supervisors,
        key=lambda s: (not with_gpus & set(s.clusters), s.ref),
        default=None,
    )


def _ports(hosts: Sequence[HostFacts]) -> dict[str, Ports]:
    """Ports by kind of traffic. One host without a port of a kind makes its rate unknown."""
    kinds = {use for host in hosts for nic in host.nics for use in nic.use}
    found = {}
    for kind in sorted(kinds):
        rates = [[_rate(n.speed_bytes_per_s) for n in h.nics if kind in n.use] for h in hosts]
        known = [[rate for rate in host if rate is not None] for host in rates]
        whole = all(host and len(host) == len(k) for host, k in zip(rates, known, strict=True))
        found[kind] = Ports(
            hosts=len(hosts),
            one_bytes_per_s=min(max(host) for host in known) if whole else None,
            all_bytes_per_s=sum(map(sum, known)) if whole else None,
        )
    return found


def _ranges(networks: Iterable[NetworkFacts]) -> dict[str, AddressRange]:
    """The ranges of each role together; one unknown figure makes the sum unknown."""
    by_role: dict[str, list[NetworkFacts]] = {}
    for network in networks:
        by_role.setdefault(network.role, []).append(network)
    return {
        role: AddressRange(
            name=f"{role} network",
            free=_sum([one.free_addresses for one in members]),
            most=_sum([capacity(one.cidr, reserved=ROUTED_RESERVED) for one in members]),
        )
        for role, members in by_role.items()
    }


def _sum(figures: Sequence[int | None]) -> int | None:
    known = [figure for figure in figures if figure is not None]
    return sum(known) if len(known) == len(figures) else None


def _rate(quantity: Quantity | None) -> float | None:
    """A rate above zero; zero is no rate that a port or a datastore has."""
    return float(quantity.value) if quantity is not None and quantity.value > 0 else None
