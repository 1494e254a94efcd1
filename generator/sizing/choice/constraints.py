"""What can speak against an offer, one function per constraint."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence

from generator.quantity import gib
from generator.sizing.choice.conditions import cpu_objection
from generator.sizing.choice.needs import DISTRIBUTED_PHASES, Needs
from generator.sizing.choice.offers import FRACTIONS, SEVERAL, SINGLE, Kind, Offer
from generator.sizing.choice.precision import units_of

Objections = Sequence[tuple[str, str]]
"""Pairs of a constraint and how it is violated."""

SEVERAL_FROM = 2


def objections(needs: Needs, offer: Offer) -> Objections:
    """Everything that speaks against an offer, the most basic first."""
    if offer.kind is Kind.CPU:
        why = "" if needs.wish == "cpu" else cpu_objection(needs)
        return [("cpu", why)] if why else []
    found = ((name, check(needs, offer)) for name, check in CONSTRAINTS.items())
    return [(name, why) for name, why in found if why]


def lacks_units(needs: Needs, offer: Offer) -> str:
    """Whether the precision rules an offer out, in words; empty where it does not."""
    wanted = needs.precision
    if not wanted or offer.kind is Kind.CPU or units_of(wanted, offer.precisions):
        return ""
    return f"{offer.accelerator} does not compute in {wanted}"


def gpus_wanted(needs: Needs, offer: Offer) -> int:
    """GPUs that the needs come to on an offer; from the memory where one GPU is too small."""
    if needs.gpus > 1 or needs.memory_bytes is None or not offer.usable_bytes:
        return needs.gpus
    return -(-needs.memory_bytes // offer.usable_bytes)


def _memory(needs: Needs, offer: Offer) -> str:
    if needs.memory_bytes is None or needs.memory_bytes <= offer.usable_bytes:
        return ""
    if offer.kind in SEVERAL and needs.gpus == 1:
        return ""
    return (
        f"{gib(needs.memory_bytes):.2f} GiB are needed and {gib(offer.usable_bytes):.2f} GiB usable"
    )


def _count(needs: Needs, offer: Offer) -> str:
    wanted = gpus_wanted(needs, offer)
    if offer.kind in SINGLE:
        return f"{wanted} GPUs are needed, and this is one at most" if needs.gpus > 1 else ""
    if offer.kind is Kind.HOSTS:
        return ""
    if wanted < SEVERAL_FROM and needs.wish != "multi":
        return "one GPU is enough"
    return f"{wanted} GPUs are needed, {offer.gpus} are joined" if offer.gpus < wanted else ""


def _link(needs: Needs, offer: Offer) -> str:
    wanted = needs.link_bytes_per_s
    if wanted is None or offer.kind in SINGLE:
        return ""
    if offer.link_bytes_per_s is None:
        return f"{offer.accelerator} is not linked by NVLink here"
    if offer.link_bytes_per_s < wanted:
        return f"{offer.link_bytes_per_s / 1e9:g} of {wanted / 1e9:g} GB/s one way"
    return ""


def _spread(needs: Needs, offer: Offer) -> str:
    if offer.kind is not Kind.HOSTS:
        return ""
    if needs.phase not in DISTRIBUTED_PHASES:
        return f"{needs.phase} does not spread over hosts: replicas answer more, not larger"
    wanted = gpus_wanted(needs, offer)
    return "it fits one host" if wanted <= offer.gpus else ""


def _encoding(needs: Needs, offer: Offer) -> str:
    if not needs.encodes:
        return ""
    if offer.encoders is None:
        return f"nobody says whether {offer.accelerator} encodes video"
    return "" if offer.encoders else f"{offer.accelerator} has no video encoder"


def _isolation(needs: Needs, offer: Offer) -> str:
    boundary = needs.isolation
    shares = {Kind.TIME_SLICED, Kind.MIG_TIME_SLICED}
    if boundary in ("gpu", "host", "cluster"):
        shares.add(Kind.MIG)
    if boundary == "none" or offer.kind not in shares:
        return ""
    return f"{offer.kind} shares the GPU across the boundary {boundary}"


_FRACTIONS_OF_POLICY: Mapping[str, frozenset[Kind]] = {
    "": FRACTIONS,
    "time-sliced": frozenset({Kind.TIME_SLICED}),
    "mig": frozenset({Kind.MIG}),
    "mig-time-sliced": frozenset({Kind.MIG_TIME_SLICED}),
    "full": frozenset(),
}
"""Fractions that the sharing of an environment allows; whole GPUs are always allowed."""


def _policy(needs: Needs, offer: Offer) -> str:
    allowed = _FRACTIONS_OF_POLICY[needs.policy]
    if offer.kind not in FRACTIONS or offer.kind in allowed:
        return ""
    return f"the environment shares GPUs as {needs.policy}"


def _movable(needs: Needs, offer: Offer) -> str:
    if needs.movable and offer.kind is Kind.PASSTHROUGH:
        return "a passed-through GPU cannot be migrated live"
    return ""


CONSTRAINTS: Mapping[str, Callable[[Needs, Offer], str]] = {
    "precision": lacks_units,
    "encoders": _encoding,
    "gpus": _count,
    "link": _link,
    "hosts": _spread,
    "memory": _memory,
    "isolation": _isolation,
    "sharing": _policy,
    "migration": _movable,
}
"""In the order in which they are reported."""
