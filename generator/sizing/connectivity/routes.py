"""The links that data crosses between two ends, and what each of them carries."""

from __future__ import annotations

from collections.abc import Iterator, Mapping

from generator.blueprint.model.blueprint import Blueprint
from generator.blueprint.model.storage_compute import Tier, Uplink
from generator.record import Record, record
from generator.sizing.connectivity.places import VM_TRAFFIC, End
from generator.sizing.connectivity.sized import Direction, LinkFacts
from generator.sizing.connectivity.supply import NetworkSupply

_LOCAL = ("uplink", "tier")


@record
class Route(Record):
    """A way between two places. ``unknown`` lists the facts without which it is not known."""

    from_: str
    to: str
    links: tuple[LinkFacts, ...]
    unknown: tuple[str, ...] = ()

    @property
    def leaves(self) -> bool:
        """Whether it leads from one place to another."""
        return self.from_ != self.to

    @property
    def slowest(self) -> LinkFacts | None:
        """The known link that gives a single flow the least; None where none is known."""
        known = [link for link in self.links if link.one_bytes_per_s is not None]
        return min(known, key=lambda link: link.one_bytes_per_s or 0.0, default=None)

    @property
    def port_crossings(self) -> int:
        """The host ports on the way."""
        return sum(link.what not in _LOCAL for link in self.links)


class Routes:
    """The routes of a blueprint over the links of its sites."""

    def __init__(self, blueprint: Blueprint, supply: NetworkSupply) -> None:
        sites = blueprint.storage_compute.sites
        self._sites = frozenset(site.name for site in sites)
        self._uplinks: Mapping[str, Uplink | None] = {site.name: site.uplink for site in sites}
        self._tiers = {tier.name: tier for tier in blueprint.storage_compute.storage.tiers}
        self._supply = supply
        self._links: dict[tuple[str, str, Direction], LinkFacts] = {}

    def between(self, source: End, target: End) -> Iterator[Route]:
        """A route to each place of the target, from the source's part there if it has one."""
        if source.missing or target.missing:
            missing = tuple(end.missing for end in (source, target) if end.missing)
            yield Route(from_="", to="", links=(), unknown=missing)
            return
        for place in target.places:
            start = place if place in source.places else source.places[0]
            yield self._route(source, start, target, place)

    def over(self, site: str, source: End, place: str) -> Route:
        """The route from an end over the uplink of a site to a place elsewhere."""
        links, unknown = self._way(site, place)
        ports = self._end_links(source, site, Direction.OUT, leaves=True)
        return Route(from_=site, to=place, links=(*ports, *links), unknown=unknown)

    def _route(self, source: End, start: str, target: End, place: str) -> Route:
        links, unknown = self._way(start, place)
        leaves = start != place
        return Route(
            from_=start,
            to=place,
            links=(
                *self._end_links(source, start, Direction.OUT, leaves=leaves),
                *links,
                *self._end_links(target, place, Direction.IN, leaves=leaves),
            ),
            unknown=unknown,
        )

    def _way(self, start: str, place: str) -> tuple[tuple[LinkFacts, ...], tuple[str, ...]]:
        """The lines between two places; a site's own uplink has to lead there, or anywhere."""
        if start == place:
            return (), ()
        links = [
            self._uplink(here, uplink, direction)
            for here, there, direction in (
                (start, place, Direction.OUT),
                (place, start, Direction.IN),
            )
            if (uplink := self._uplinks.get(here)) and uplink.to in (None, there)
        ]
        if links:
            return tuple(links), ()
        ends = [end for end in (start, place) if end in self._sites]
        if not ends:
            return (), ()
        far = place if ends[0] == start else start
        return (), (f"storage_compute.sites[{ends[0]}].uplink to {far}",)

    def _uplink(self, site: str, uplink: Uplink, direction: Direction) -> LinkFacts:
        key = (site, "uplink", direction)
        if key not in self._links:
            speed = float(uplink.speed_bytes_per_s.value) or None
            self._links[key] = LinkFacts(
                name=f"{site} uplink {direction}",
                site=site,
                what="uplink",
                direction=direction,
                path=f"storage_compute.sites[{site}].uplink.speed",
                fact=f"storage_compute.sites[{site}].uplink.speed",
                one_bytes_per_s=speed,
                all_bytes_per_s=speed,
            )
        return self._links[key]

    def _end_links(
        self, end: End, place: str, direction: Direction, *, leaves: bool
    ) -> Iterator[LinkFacts]:
        """The ports of an end at a site, and the tier where it is one of stored data.

        Whatever the storage, what leaves a site or comes to it passes the ports of some VM.
        """
        if place not in self._sites:
            return
        for traffic in dict.fromkeys((end.traffic, VM_TRAFFIC if leaves else "")):
            if traffic:
                yield self._ports(place, traffic, direction)
        if end.tier in self._tiers:
            yield self._tier(place, self._tiers[end.tier], direction)

    def _ports(self, site: str, traffic: str, direction: Direction) -> LinkFacts:
        key = (site, traffic, direction)
        if key not in self._links:
            facts = self._supply.sites.get(site)
            ports = facts.ports.get(traffic) if facts else None
            self._links[key] = LinkFacts(
                name=f"{site} {traffic} ports {direction}",
                site=site,
                what=traffic,
                direction=direction,
                path=f"storage_compute.sites[{site}].inventory",
                fact=f"speed and use: [{traffic}] of the nics of every host at {site}",
                one_bytes_per_s=ports.one_bytes_per_s if ports else None,
                all_bytes_per_s=ports.all_bytes_per_s if ports else None,
            )
        return self._links[key]

    def _tier(self, site: str, tier: Tier, direction: Direction) -> LinkFacts:
        """A tier gives what the blueprint states of it, else what its datastore was seen to."""
        key = (site, f"tier {tier.name}", direction)
        if key not in self._links:
            rate = float(tier.throughput_bytes_per_s.value) if tier.throughput_bytes_per_s else None
            facts = self._supply.sites.get(site)
            if rate is None and facts and tier.datastore:
                unknown = (None, None)
                rate = facts.datastores.get(tier.datastore, unknown)[direction is Direction.IN]
            deed = "read" if direction is Direction.OUT else "write"
            self._links[key] = LinkFacts(
                name=f"{site} tier {tier.name} {deed}",
                site=site,
                what="tier",
                direction=direction,
                path=f"storage_compute.storage.tiers[{tier.name}].throughput",
                fact=f"storage_compute.storage.tiers[{tier.name}].throughput, or the rate of its "
                "datastore",
                one_bytes_per_s=rate or None,
                all_bytes_per_s=rate or None,
            )
        return self._links[key]
