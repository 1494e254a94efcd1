"""Address ranges: well-formed, and none inside another that it must reach."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from ipaddress import IPv4Network, IPv6Network, ip_address, ip_network
from itertools import pairwise
from typing import NamedTuple

from generator.blueprint.rules.subject import Where
from generator.blueprint.standing import is_managed
from generator.finding import Check, Finding, Path
from generator.supply.rules.subject import SiteFacts, Supplied

Ip = IPv4Network | IPv6Network

_CLUSTERS, _NETWORK, _SERVERS = "clusters", "network", "servers"


class Stated(NamedTuple):
    """A range as it is written. ``facts`` is None where the blueprint states it.

    Ranges of one ``group`` may coincide: those of different orchestrators, the entries of one
    network, the servers of a site.
    """

    text: str
    what: str
    group: str
    path: Path
    facts: SiteFacts | None


class LegalRanges(Check[Supplied]):
    """An address range cannot be one."""

    id = "MLG-F001"
    title = "Address ranges are networks, written by their first address"
    reason = "each product rounds a wrong range in its own way, and some refuse it at apply time"
    source = "field rule F18; RFC 4632, section 3.1"

    @classmethod
    def check(cls, subject: Supplied) -> Iterator[Finding]:
        """Judges every range, and every gateway by its network's."""
        for stated in (*_of_orchestrators(subject), *_of_sites(subject.sites)):
            if _network(stated.text) is None:
                yield cls.breach(
                    f"{stated.what} is {stated.text}, which is no network",
                    **_at(subject, stated),
                    mend=_mend(stated.text),
                )
        for facts in subject.sites:
            for index, network in enumerate(facts.inventory.networks):
                inside = _contains(network.cidr, network.gateway)
                if inside is False:
                    yield cls.breach(
                        f"gateway {network.gateway} is outside of {network.cidr}",
                        **subject.at_site(
                            facts, ("networks", index, "gateway"), ("networks", index, "cidr")
                        ),
                        mend="correct the gateway or the range",
                    )


class DisjointRanges(Check[Supplied]):
    """Two address ranges of one site overlap."""

    id = "MLG-F002"
    title = "Address ranges of a site do not overlap"
    reason = (
        "a pod that looks for an address in its own range never leaves the node, so whatever has "
        "that address outside cannot be reached"
    )
    source = (
        "field rule F18. The ranges of two orchestrators may coincide: they are inside their "
        "clusters and translated at the node"
    )

    @classmethod
    def check(cls, subject: Supplied) -> Iterator[Finding]:
        """Judges the networks, Supervisors, name servers and orchestrators of each site."""
        clusters = list(_of_orchestrators(subject))
        found = [pair for pair in pairwise(clusters) if _within_one(*pair)]
        sites = _sites_of_orchestrators(subject)
        for facts in subject.sites:
            here = [s for s in clusters if any(f is facts for f in sites[int(s.path[2])])]
            found += _overlaps([*_of_sites((facts,)), *_services(facts), *here])
        for one, other in found:
            yield cls.breach(
                f"{one.what} ({one.text}) overlaps {other.what} ({other.text})",
                **_at(subject, one, other),
                mend="move one of the two to a range that nothing else uses",
            )


RULES: tuple[type[Check[Supplied]], ...] = (LegalRanges, DisjointRanges)


def _of_orchestrators(subject: Supplied) -> Iterator[Stated]:
    """The ranges of the clusters that mlgen makes."""
    for index, item in enumerate(subject.blueprint.resource_management.orchestrators):
        at = ("resource_management", "orchestrators", index)
        for key, text in (("pod_cidr", item.pod_cidr), ("service_cidr", item.service_cidr)):
            if text is not None and is_managed(item):
                what = f"{key} of orchestrator {item.name}"
                yield Stated(text, what, _CLUSTERS, (*at, key), None)


def _of_sites(sites: Iterable[SiteFacts]) -> Iterator[Stated]:
    for facts in sites:
        for index, network in enumerate(facts.inventory.networks):
            if network.cidr is not None:
                name = network.port_group or f"vlan {network.vlan}"
                path = ("networks", index, "cidr")
                yield Stated(network.cidr, f"network {name}", f"{_NETWORK} {name}", path, facts)
        for index, item in enumerate(facts.inventory.supervisors):
            for key, text in (("pod_cidr", item.pod_cidr), ("service_cidr", item.service_cidr)):
                if text is not None:
                    what = f"{key} of Supervisor {item.ref}"
                    yield Stated(text, what, what, ("supervisors", index, key), facts)


def _services(facts: SiteFacts) -> Iterator[Stated]:
    """Name and time servers, as ranges of one address; host names are left out."""
    services = facts.inventory.services
    for key, addresses in (("dns", services.dns), ("ntp", services.ntp)):
        for index, text in enumerate(addresses):
            if _contains("0.0.0.0/0", text) is not None:
                yield Stated(text, f"{key} server", _SERVERS, ("services", key, index), facts)


def _sites_of_orchestrators(subject: Supplied) -> list[tuple[SiteFacts, ...]]:
    """For each orchestrator, in order, its site: as stated, else where environments use it."""
    users: dict[str, tuple[SiteFacts, ...]] = {}
    for name, environment in subject.blueprint.environments.items():
        sites = subject.sites_of(name)
        for orchestrator in environment.runs_on:
            known = users.get(orchestrator, ())
            users[orchestrator] = (*known, *(f for f in sites if all(f is not k for k in known)))
    return [
        users.get(item.name, ()) if item.site is None else _known(subject.facts_of(item.site))
        for item in subject.blueprint.resource_management.orchestrators
    ]


def _known(facts: SiteFacts | None) -> tuple[SiteFacts, ...]:
    return () if facts is None else (facts,)


def _overlaps(ranges: Iterable[Stated]) -> Iterator[tuple[Stated, Stated]]:
    """Each range with the narrowest one around it that it must not be in, in time n log n."""
    distinct: dict[tuple[Ip, str], Stated] = {}
    for stated in ranges:
        network = _network(stated.text)
        if network is not None:
            distinct.setdefault((network, stated.group), stated)
    order = sorted(
        ((network, stated) for (network, _), stated in distinct.items()),
        key=lambda item: (item[0].version, int(item[0].network_address), item[0].prefixlen),
    )
    around: list[tuple[Ip, Stated]] = []
    for network, stated in order:
        # Networks are nested or apart: those that do not hold this one hold none that follow.
        while around and not _holds(around[-1][0], network):
            around.pop()
        for _, other in reversed(around):
            if not _may_coincide(other, stated):
                yield other, stated
                break
        around.append((network, stated))


def _holds(outer: Ip, inner: Ip) -> bool:
    return outer.version == inner.version and inner.network_address in outer


def _may_coincide(outer: Stated, inner: Stated) -> bool:
    # A server stands in one of the site's networks; in a range of pods it is lost.
    at_home = inner.group == _SERVERS and outer.group.startswith(_NETWORK)
    return at_home or outer.group == inner.group


def _within_one(one: Stated, other: Stated) -> bool:
    """Whether two ranges overlap that are inside the same clusters."""
    networks = _network(one.text), _network(other.text)
    if one.path[:3] != other.path[:3] or networks[0] is None or networks[1] is None:
        return False
    return _holds(networks[0], networks[1]) or _holds(networks[1], networks[0])


def _network(text: str) -> Ip | None:
    try:
        return ip_network(text)
    except ValueError:
        return None


def _contains(cidr: str | None, address: str | None) -> bool | None:
    """Whether an address is in a range; None where one of the two is none."""
    network = _network(cidr) if cidr else None
    try:
        return ip_address(address) in network if address and network else None
    except ValueError:
        return None


def _mend(text: str) -> str:
    try:
        return f"write {ip_network(text, strict=False)}"
    except ValueError:
        return "write an address, a slash and a prefix length, as in 10.20.4.0/22"


def _at(subject: Supplied, *ranges: Stated) -> Where:
    spots = [
        subject.at(stated.path)
        if stated.facts is None
        else subject.at_site(stated.facts, stated.path)
        for stated in ranges
    ]
    return {
        "places": tuple(place for spot in spots for place in spot["places"]),
        "path": spots[0]["path"],
    }
