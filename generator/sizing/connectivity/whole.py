"""Sizes the network of a whole blueprint."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence

from generator.blueprint.model.blueprint import Blueprint
from generator.finding import Finding
from generator.ledger import Entry
from generator.sizing.connectivity import flows, noting
from generator.sizing.connectivity.addressing import address_plan
from generator.sizing.connectivity.clusters import site_work
from generator.sizing.connectivity.flows import Ground, Movement, price_of
from generator.sizing.connectivity.loads import crossings, load
from generator.sizing.connectivity.places import Places
from generator.sizing.connectivity.presence import Timetable
from generator.sizing.connectivity.routes import Routes
from generator.sizing.connectivity.rules import AddressesSuffice, FlowFits, FlowsFitTogether
from generator.sizing.connectivity.sized import LinkLoad, NetworkSized, SizedAddresses, SizedFlow
from generator.sizing.connectivity.supply import NOTHING, NetworkSupply
from generator.sizing.demand import Demand
from generator.sizing.network.transfer import egress_cost, transfer_s
from generator.sizing.nonsense import Nonsense, positive
from generator.sizing.rules import CannotBe


def size_network(
    blueprint: Blueprint,
    demands: Sequence[Demand],
    supply: NetworkSupply = NOTHING,
    *,
    tiers: Mapping[str, str] | None = None,
) -> NetworkSized:
    """Flows, links and addresses of a blueprint. Pure; never raises for its content.

    ``demands`` are all VMs that will stand, ``supply`` what the sites offer, ``tiers`` the chosen
    tiers of datasets for which the blueprint states none. Flows and networks come sorted, whatever
    the order of the document.
    """
    counts: dict[str, int] = {}
    for demand in demands:
        counts[demand.name] = max(counts.get(demand.name, 1), demand.count)
    ground = Ground(
        blueprint=blueprint,
        places=Places(blueprint, tiers or {}),
        routes=Routes(blueprint, supply),
        timetable=Timetable(blueprint),
        counts=counts,
    )
    found = [*flows.stated(ground), *flows.read(ground), *flows.burst(ground)]
    refused = [*_dead_lines(blueprint), *(one for one in found if isinstance(one, Nonsense))]
    findings = [CannotBe.of(nonsense, path="storage_compute") for nonsense in refused]
    movements = sorted(
        (one for one in found if isinstance(one, Movement)), key=lambda m: (m.kind, m.name)
    )
    sized = [_sized(movement, blueprint) for movement in movements]
    ledger = [
        entry
        for flow, movement in zip(sized, movements, strict=True)
        for entry in noting.note_flow(flow, movement, price_of(blueprint, flow.from_)[1])
    ]
    findings += [
        finding
        for movement in movements
        for link in movement.route.links
        if (finding := FlowFits.of(movement, link))
    ]
    links = _links(movements, ledger, findings)
    addresses = tuple(_addresses(blueprint, demands, supply, ledger, findings))
    return NetworkSized(
        flows=tuple(sized),
        links=links,
        addresses=addresses,
        ledger=tuple(ledger),
        findings=tuple(findings),
    )


def _links(
    movements: Sequence[Movement], ledger: list[Entry], findings: list[Finding]
) -> tuple[LinkLoad, ...]:
    found = []
    for crossing in crossings(movements):
        carried = load(crossing)
        found.append(carried)
        ledger += noting.note_link(crossing.link, carried)
        finding = FlowsFitTogether.of(crossing, carried)
        findings += [finding] if finding else []
    return tuple(found)


def _addresses(
    blueprint: Blueprint,
    demands: Sequence[Demand],
    supply: NetworkSupply,
    ledger: list[Entry],
    findings: list[Finding],
) -> Iterator[SizedAddresses]:
    for work in site_work(blueprint, demands):
        ledger += noting.note_entrances(work.clusters)
        for plan in address_plan(blueprint, work, supply):
            if isinstance(plan, Nonsense):
                findings.append(CannotBe.of(plan, path="resource_management"))
                continue
            ledger += noting.note_addresses(plan)
            if plan.network == "management" and not plan.standing:
                ledger.append(noting.supervisor_vms(plan))
            finding = AddressesSuffice.of(plan)
            findings += [finding] if finding else []
            yield plan


def _dead_lines(blueprint: Blueprint) -> Iterator[Nonsense]:
    """Uplinks that carry nothing."""
    for site in blueprint.storage_compute.sites:
        if site.uplink is not None:
            try:
                positive(f"sites[{site.name}].uplink.speed", site.uplink.speed_bytes_per_s.value)
            except Nonsense as nonsense:
                yield nonsense


def _sized(movement: Movement, blueprint: Blueprint) -> SizedFlow:
    """A flow with its time and its price."""
    route, volume = movement.route, movement.volume_bytes
    slowest = route.slowest
    speed = slowest.one_bytes_per_s if slowest else None
    out, back = (price_of(blueprint, place)[0] for place in (route.from_, route.to))
    cost = return_cost = None
    if volume is not None and route.from_:
        leaving = out.egress_gb if out else None
        cost = egress_cost(volume, leaving) if route.leaves else 0.0
        if route.leaves and back is not None:
            return_cost = egress_cost(volume, back.egress_gb)
    return SizedFlow(
        name=movement.name,
        kind=movement.kind,
        path=movement.path,
        from_=route.from_,
        to=route.to,
        links=tuple(link.name for link in route.links),
        volume_bytes=volume,
        window_s=movement.window_s,
        needed_bytes_per_s=movement.rate_bytes_per_s,
        bottleneck=slowest.name if slowest and volume is not None else "",
        transfer_s=transfer_s(volume, speed) if volume is not None and speed else None,
        egress_cost=cost,
        return_cost=return_cost,
        currency=out.currency if out else "",
        return_currency=back.currency if back else "",
        port_crossings=route.port_crossings,
        unknown=(*route.unknown, *movement.unknown),
    )
