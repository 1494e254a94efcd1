"""The answer: flows with their links, what meets on each link, and addresses by network."""

from __future__ import annotations

from enum import StrEnum

from generator.finding import Finding
from generator.ledger import Entry
from generator.record import Record, record
from generator.sizing.network.addresses import AddressDemand


class FlowKind(StrEnum):
    """Why data moves."""

    STATED = "dataflow"
    READING = "reading"
    BURST = "burst"


class Direction(StrEnum):
    """One of the two ways of a link; they do not add up."""

    OUT = "out"
    IN = "in"


@record
class LinkFacts(Record):
    """A link in one direction. None is an unknown rate, which ``fact`` would tell.

    ``path`` is the part of the blueprint that it belongs to. ``one_bytes_per_s`` is what a single
    flow gets at most, ``all_bytes_per_s`` what all of them get together: a site has many ports
    and one uplink.
    """

    name: str
    site: str
    what: str
    direction: Direction
    path: str
    fact: str
    one_bytes_per_s: float | None
    all_bytes_per_s: float | None


@record
class SizedFlow(Record):
    """Data on its way from ``from_`` to ``to`` (places), over ``links``. None is unknown.

    ``needed_bytes_per_s`` brings ``volume_bytes`` over within ``window_s``, or is the stated
    rate. ``transfer_s`` is what one run takes where it has its slowest known link,
    ``bottleneck``, to itself at wire speed. ``egress_cost`` is what leaving its place costs per
    run, in ``currency`` (0 within a site), and ``return_cost`` what it would cost to bring the
    same volume back, in ``return_currency``. ``port_crossings`` counts the
    host ports that each byte passes: each is CPU and network load of its own. ``unknown`` lists
    the facts to state.
    """

    name: str
    kind: FlowKind
    path: str
    from_: str
    to: str
    links: tuple[str, ...]
    volume_bytes: float | None
    window_s: float | None
    needed_bytes_per_s: float | None
    bottleneck: str
    transfer_s: float | None
    egress_cost: float | None
    return_cost: float | None
    currency: str
    return_currency: str
    port_crossings: int
    unknown: tuple[str, ...]


@record
class LinkLoad(Record):
    """What a link carries at most at once, from flows that need a rate.

    ``at_s`` is the first moment of the peak, in seconds from Monday 00:00; None where the peak is
    there all week. ``certain_bytes_per_s`` is the peak of those flows alone of which it is stated
    when they run; the others are taken to meet everything. ``utilisation_ratio`` is the peak over
    what the link carries, None where that is unknown.
    """

    link: str
    flows: tuple[str, ...]
    peak_bytes_per_s: float
    certain_bytes_per_s: float
    at_s: float | None
    all_bytes_per_s: float | None
    utilisation_ratio: float | None


@record
class SizedAddresses(Record):
    """The addresses of one network at one site, against what is there. None is unknown.

    ``standing`` of the ``demand`` belong to a Supervisor that is there already, so that they are
    not among the ``free`` ones. ``missing`` is what remains, growth included,
    ``missing_today`` the same without growth.
    """

    site: str
    network: str
    path: str
    demand: AddressDemand
    standing: int
    free: int | None
    missing: int | None
    missing_today: int | None


@record
class NetworkSized(Record):
    """The network of a blueprint: flows by kind, links and addresses by site."""

    flows: tuple[SizedFlow, ...] = ()
    links: tuple[LinkLoad, ...] = ()
    addresses: tuple[SizedAddresses, ...] = ()
    ledger: tuple[Entry, ...] = ()
    findings: tuple[Finding, ...] = ()
