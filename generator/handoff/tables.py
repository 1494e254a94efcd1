"""The tables of a hand-off: hosts, networks and licences."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence

from generator.ledger import Entry
from generator.placement.plan import Placed, Plan
from generator.record import Record, record
from generator.sizing.connectivity.sized import SizedAddresses
from generator.supply.model import Network, SiteInventory

UNKNOWN = "unknown"


@record
class HostRow(Record):
    """What one GPU host must be: its board model and the mode that each used GPU is in."""

    site: str
    host: str
    gpus: str


@record
class NetworkRow(Record):
    """One network: what it is and whether its addresses suffice; ``missing`` None where unknown."""

    site: str
    role: str
    port_group: str
    vlan: str
    mtu: str
    needed: int
    free: str
    missing: str
    owner: str


def host_rows(plan: Plan) -> tuple[HostRow, ...]:
    """A row for each host with a GPU in use: which profiles its GPUs carry."""
    found: dict[tuple[str, str], dict[str, list[str]]] = {}
    for spot in plan.placed:
        for gpu in spot.gpus:
            mine = found.setdefault((spot.site, spot.host), {})
            mine.setdefault(gpu, []).append(_carried(spot))
    return tuple(
        HostRow(
            site=site, host=host, gpus="; ".join(_gpu_line(gpu, rows[gpu]) for gpu in sorted(rows))
        )
        for (site, host), rows in sorted(found.items())
    )


def _carried(spot: Placed) -> str:
    return spot.profile or "whole, by DirectPath I/O"


def _gpu_line(gpu: str, profiles: Sequence[str]) -> str:
    counted = {profile: profiles.count(profile) for profile in sorted(profiles)}
    return f"{gpu}: " + ", ".join(f"{many} x {name}" for name, many in counted.items())


def network_rows(
    addresses: Sequence[SizedAddresses], inventories: Mapping[str, SiteInventory]
) -> Iterator[NetworkRow]:
    """A row for each network that needs addresses, in the order of the plan."""
    for row in addresses:
        facts = _network(inventories.get(row.site), row.network)
        yield NetworkRow(
            site=row.site,
            role=row.network,
            port_group=(facts.port_group if facts else None) or UNKNOWN,
            vlan=_shown(facts.vlan if facts else None),
            mtu=_shown(facts.mtu if facts else None),
            needed=row.demand.addresses,
            free=_shown(row.free),
            missing=_shown(row.missing),
            owner=(facts.owner if facts else None) or UNKNOWN,
        )


def _network(inventory: SiteInventory | None, role: str) -> Network | None:
    networks = inventory.networks if inventory is not None else ()
    return next((network for network in networks if network.role == role), None)


def _shown(value: int | None) -> str:
    return UNKNOWN if value is None else str(value)


def licence_rows(ledger: Sequence[Entry]) -> tuple[Entry, ...]:
    """The sums of the licences; each has its parts in the ledger under the same name."""
    return tuple(e for e in ledger if e.subject == "licences" and ":" not in e.name)
