"""The ledger of a network."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace
from math import ceil

from generator.ledger import Basis, Entry
from generator.quantity import GIB
from generator.sizing.connectivity.addressing import SUPERVISOR_VMS
from generator.sizing.connectivity.clusters import Cluster
from generator.sizing.connectivity.flows import Movement
from generator.sizing.connectivity.loads import when
from generator.sizing.connectivity.sized import (
    FlowKind,
    LinkFacts,
    LinkLoad,
    SizedAddresses,
    SizedFlow,
)
from generator.sizing.figures import Figures
from generator.sizing.network.addresses import CONTROL_PLANE_SIZES
from generator.sizing.network.fabric import ROOM, flow_nic_gbps
from generator.sizing.network.transfer import transfer_s

_S04 = "requirements S0-4"
_OPEN = "open: nobody states it"


def note_flow(flow: SizedFlow, movement: Movement, price_path: str) -> list[Entry]:
    """One flow: what it needs, how long a run takes, what it costs, and what nobody states.

    ``price_path`` is where the blueprint would have the price of what leaves, empty where others
    pay. Data that is read where it lies has its rate in the ledger of the dataset.
    """
    if flow.kind is FlowKind.READING and flow.from_ == flow.to:
        return []
    figures = Figures(flow.name)
    _note_needed(flow, movement, figures)
    if flow.transfer_s is not None and flow.volume_bytes is not None:
        slowest = movement.route.slowest
        assert slowest is not None
        assert slowest.one_bytes_per_s is not None
        figures.note(
            "transfer time",
            round(flow.transfer_s, 1),
            "s",
            rule=f"{flow.volume_bytes / GIB:.4g} GiB / {flow.bottleneck}, alone at wire speed",
            source=_S04,
            low=round(flow.transfer_s, 1),
            high=round(transfer_s(flow.volume_bytes, slowest.one_bytes_per_s, ROOM.low), 1),
            effect=f"{1 - ROOM.low:.0%} of the wire may go to protocols: {ROOM.source}",
        )
    if flow.from_ != flow.to and flow.volume_bytes:
        _note_cost(flow, price_path, figures)
    for missing in flow.unknown:
        _open("open", missing, "its rate or its links are not judged", figures)
    return figures.entries


def _note_needed(flow: SizedFlow, movement: Movement, figures: Figures) -> None:
    if flow.needed_bytes_per_s is None:
        return
    figures.note(
        "needed rate",
        round(flow.needed_bytes_per_s),
        "B/s",
        rule=f"{movement.rule}; {when(movement.presence)}",
        source=_S04,
    )


def _note_cost(flow: SizedFlow, price_path: str, figures: Figures) -> None:
    """What leaving costs; where only the way back has a price, that is said."""
    if flow.egress_cost is not None:
        figures.note(
            "egress",
            round(flow.egress_cost, 2),
            flow.currency,
            rule=f"volume x price per GB that leaves {flow.from_}, per run",
            source="blueprint",
        )
    elif price_path:
        _open("egress", price_path, f"what leaves {flow.from_} has no known price", figures)
    if flow.return_cost is not None:
        figures.note(
            "egress of the way back",
            round(flow.return_cost, 2),
            flow.return_currency,
            rule=f"the same volume x price per GB that leaves {flow.to}; results are smaller",
            source="blueprint",
        )


def note_link(link: LinkFacts, load: LinkLoad) -> list[Entry]:
    """One link: its peak, and what it would take where its rate is unknown."""
    figures = Figures(load.link)
    uncertain = load.peak_bytes_per_s - load.certain_bytes_per_s
    figures.note(
        "peak",
        round(load.peak_bytes_per_s),
        "B/s",
        rule=f"flows that overlap: {', '.join(load.flows)}",
        source=_S04,
        low=round(load.certain_bytes_per_s) if uncertain else None,
        high=round(load.peak_bytes_per_s) if uncertain else None,
        effect="low: only flows of which it is stated when they run" if uncertain else "",
    )
    if load.utilisation_ratio is not None:
        figures.note(
            "utilisation",
            round(load.utilisation_ratio, 4),
            "",
            rule="peak / what the link carries",
            source="arithmetic",
        )
    else:
        gbps, ports = flow_nic_gbps(load.peak_bytes_per_s)
        _open("rate", link.fact, f"{ports} x {gbps} Gb/s would carry the peak", figures)
    return figures.entries


def note_addresses(plan: SizedAddresses) -> list[Entry]:
    """One network: the parts of its demand, and what of it is free or unknown."""
    subject = f"{plan.site} {plan.network}".strip()
    figures = Figures(subject)
    figures.entries += _parts(plan, subject)
    figures.note(
        "prefix",
        f"/{plan.demand.prefix_length}",
        "",
        rule="the smallest range that holds them beside network, broadcast and gateway",
        source="RFC 4632",
    )
    if plan.standing:
        figures.note(
            "standing",
            plan.standing,
            "addresses",
            rule="the Supervisor of the inventory has them already",
            source="SiteInventory",
            basis=Basis.STATED,
        )
    of_site = plan.path.startswith("storage_compute")
    if plan.free is not None:
        used_twice = "as stated; what this platform already uses counts twice"
        figures.note(
            "free",
            plan.free,
            "addresses",
            rule=used_twice if of_site else "the whole range: each cluster has it to itself",
            source="SiteInventory" if of_site else "blueprint",
            basis=Basis.STATED,
        )
    else:
        fact = f"free_addresses of the {plan.network} network at {plan.site}"
        _open("free", fact if of_site else plan.path, "it is not judged", figures)
    return figures.entries


def _parts(plan: SizedAddresses, subject: str) -> Iterator[Entry]:
    """The bill with the effect of what is assumed in it; a long one is not written out again."""
    total = plan.demand.addresses
    for entry in plan.demand.bill.entries(subject):
        if entry.low is not None and entry.high is not None:
            rest = total - float(entry.value)
            low, high = ceil(rest + entry.low), ceil(rest + entry.high)
            yield replace(entry, effect=f"{low} to {high} addresses in all")
        elif entry.name == plan.demand.bill.name and len(plan.demand.bill.parts) > _WRITTEN_OUT:
            yield replace(entry, rule="sum of all parts")
        else:
            yield entry


_WRITTEN_OUT = 5
"""Parts that the rule of a total names."""


def supervisor_vms(plan: SizedAddresses) -> Entry:
    """How many control-plane VMs a Supervisor is assumed to get that has yet to be enabled."""
    fewest = plan.demand.addresses - SUPERVISOR_VMS + min(CONTROL_PLANE_SIZES)
    return Entry(
        subject=f"{plan.site} {plan.network}".strip(),
        name="Supervisor control-plane VMs",
        value=SUPERVISOR_VMS,
        unit="",
        rule="highly available; no Supervisor is in the inventory, so one has to be enabled",
        source="Broadcom, Supervisor: requirements of the management network",
        basis=Basis.ASSUMED,
        low=min(CONTROL_PLANE_SIZES),
        high=max(CONTROL_PLANE_SIZES),
        effect=f"{fewest} to {plan.demand.addresses} management addresses",
    )


def note_entrances(clusters: tuple[Cluster, ...]) -> Iterator[Entry]:
    """How many load balancers are assumed for each cluster."""
    for cluster in clusters:
        if not cluster.most_entrances:
            continue
        figures = Figures(cluster.name)
        figures.note(
            "load balancers",
            cluster.shape.load_balancers,
            "",
            rule="one for each service and notebook pool that is called from outside",
            source="default; the blueprint states no Service objects",
            basis=Basis.ASSUMED,
            low=cluster.fewest_entrances,
            high=cluster.most_entrances,
            effect=f"{cluster.fewest_entrances} to {cluster.most_entrances} virtual addresses: "
            "one gateway for all, or one for each service and component",
        )
        yield from figures.entries


def _open(name: str, missing: str, effect: str, figures: Figures) -> None:
    figures.note(name, "unknown", "", rule=f"state {missing}", source=_OPEN, effect=effect)
