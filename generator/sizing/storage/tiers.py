"""The tier of a dataset or volume: the cheapest that satisfies its numbers, not the fastest.

A fast tier needs a stated latency or rate; without one it stays free for what states it. Sources:
field practice for storage choice (over-specified storage is named, with the cheaper tier); random
reads that repeat each epoch do not belong on disks with heads (F. Denneman, Machine Learning on
VMware Platform, part 3). What a tier does not state is unknown and is reported, never assumed.
"""

from __future__ import annotations

from collections.abc import Sequence

from generator.record import Record, record
from generator.sizing.nonsense import Nonsense, not_negative, positive
from generator.sizing.storage.offers import Media, OfferedTier, Pattern, StorageDemand

_REFUSED = {
    (Pattern.RANDOM_REPEAT, Media.HDD): "random reads that repeat each epoch starve on hdd",
    (Pattern.KEY_VALUE, Media.HDD): "single keys at low latency starve on hdd",
    (Pattern.KEY_VALUE, Media.OBJECT): "an object store is no key-value store",
}
"""Patterns that a medium cannot serve at any size."""


@record
class Rejected(Record):
    """A tier that was not taken, and why."""

    tier: str
    why: str


@record
class TierChoice(Record):
    """The tier taken, or None where none satisfies; ``unproven`` are figures that it must state."""

    demand: str
    tier: str | None
    reason: str
    rejected: tuple[Rejected, ...] = ()
    unproven: tuple[str, ...] = ()


@record
class OverSpecified(Record):
    """A tier above what the numbers ask for, and the cheaper one that satisfies them."""

    demand: str
    tier: str
    cheaper: str
    reason: str


def choose(demand: StorageDemand, tiers: Sequence[OfferedTier]) -> TierChoice:
    """The cheapest tier that satisfies the demand, with the reason and what was rejected.

    A tier that states every figure asked of it comes before one that leaves some open. Raises
    ``Nonsense`` for a demand or a tier that cannot be, and where there is no tier.
    """
    _check(demand, tiers)
    premium = frozenset() if demand.states_speed else _premium(demand, tiers)
    rejected: list[Rejected] = []
    fitting: list[OfferedTier] = []
    for tier in tiers:
        why = _misfit(demand, tier)
        if why is None and tier.name in premium:
            why = "the fastest tier needs a stated rate or latency, and none is stated"
        if why is None:
            fitting.append(tier)
        else:
            rejected.append(Rejected(tier=tier.name, why=why))
    if not fitting:
        none = _none_fits(demand, tiers)
        return TierChoice(demand=demand.name, tier=None, reason=none, rejected=tuple(rejected))
    taken = min(fitting, key=lambda tier: (len(_unproven(demand, tier)), tier.cost))
    rejected += [
        Rejected(tier=tier.name, why=_dearer(tier, taken, demand))
        for tier in fitting
        if tier is not taken
    ]
    return TierChoice(
        demand=demand.name,
        tier=taken.name,
        reason=_reason(demand, taken),
        rejected=tuple(rejected),
        unproven=_unproven(demand, taken),
    )


def over_specified(
    demand: StorageDemand, assigned: str, tiers: Sequence[OfferedTier]
) -> OverSpecified | None:
    """The cheaper tier that provably satisfies what lies on ``assigned``; None where none does."""
    _check(demand, tiers)
    current = next((tier for tier in tiers if tier.name == assigned), None)
    if current is None:
        known = ", ".join(tier.name for tier in tiers)
        raise Nonsense("datasets[].tier", f"{assigned} is not offered", f"state one of {known}")
    cheaper = [
        tier
        for tier in tiers
        if tier.cost < current.cost
        and _misfit(demand, tier) is None
        and not _unproven(demand, tier)
    ]
    if not cheaper:
        return None
    best = min(cheaper, key=lambda tier: tier.cost)
    return OverSpecified(
        demand=demand.name,
        tier=assigned,
        cheaper=best.name,
        reason=f"{best.name} costs less and gives {_asked(demand)}",
    )


def _check(demand: StorageDemand, tiers: Sequence[OfferedTier]) -> None:
    where = f"datasets[{demand.name}]"
    positive(f"{where}.size", demand.size_bytes)
    not_negative(f"{where}.horizon", demand.horizon_months)
    for name, value in (
        ("read_rate", demand.read_bytes_per_s),
        ("iops", demand.iops),
        ("latency", demand.latency_s),
    ):
        if value is not None:
            positive(f"{where}.{name}", value)
    if not demand.growth_per_month_ratio > -1:
        raise Nonsense(f"{where}.growth_per_month", "shrinks below nothing", "state above -100 %")
    if not tiers:
        raise Nonsense("storage.tiers", "there is no tier", "state at least one")


def _premium(demand: StorageDemand, tiers: Sequence[OfferedTier]) -> frozenset[str]:
    """The tiers on the fastest medium that suits the pattern, where a slower one suits it too."""
    suiting = [tier for tier in tiers if _refusal(demand, tier) is None]
    fastest = max((tier.media.speed for tier in suiting), default=0)
    top = frozenset(tier.name for tier in suiting if tier.media.speed == fastest)
    return top if len(top) < len(suiting) else frozenset()


def _misfit(demand: StorageDemand, tier: OfferedTier) -> str | None:
    """Why a tier cannot carry the demand; None where nothing that is stated speaks against it."""
    refusal = _refusal(demand, tier)
    if refusal:
        return refusal
    if demand.rwx and tier.rwx is False:
        return "it cannot be mounted by several nodes at once"
    return _too_slow(demand, tier) or _too_full(demand, tier)


def _refusal(demand: StorageDemand, tier: OfferedTier) -> str | None:
    """Why a tier's medium does not suit the pattern."""
    if demand.pattern is None:
        return None
    unstated = tier.throughput_bytes_per_s is None
    if demand.pattern is Pattern.RANDOM_REPEAT and tier.media is Media.OBJECT and unstated:
        return "an object store's rate for random reads is not stated; cache it on nvme"
    return _REFUSED.get((demand.pattern, tier.media))


def _too_slow(demand: StorageDemand, tier: OfferedTier) -> str | None:
    rate, given = demand.read_bytes_per_s, tier.throughput_bytes_per_s
    if rate is not None and given is not None and given < rate:
        return f"gives {_rate(given)} of {_rate(rate)}"
    if demand.iops is not None and tier.iops is not None and tier.iops < demand.iops:
        return f"gives {tier.iops:,.0f} of {demand.iops:,.0f} operations/s"
    latency = demand.latency_s
    if latency is not None and tier.latency_s is not None and tier.latency_s > latency:
        return f"answers in {_latency(tier.latency_s)} where {_latency(latency)} is asked for"
    return None


def _too_full(demand: StorageDemand, tier: OfferedTier) -> str | None:
    if tier.free_bytes is None:
        return None
    if demand.size_bytes > tier.free_bytes:
        return f"has {_size(tier.free_bytes)} free of {_size(demand.size_bytes)}"
    if demand.size_at_horizon_bytes <= tier.free_bytes:
        return None
    full = next(
        month
        for month in range(1, demand.horizon_months + 1)
        if demand.size_bytes * (1 + demand.growth_per_month_ratio) ** month > tier.free_bytes
    )
    return f"is full in month {full}"


def _unproven(demand: StorageDemand, tier: OfferedTier) -> tuple[str, ...]:
    """The figures that the demand asks for and the tier does not state."""
    asked = (
        ("throughput", demand.read_bytes_per_s, tier.throughput_bytes_per_s),
        ("iops", demand.iops, tier.iops),
        ("latency", demand.latency_s, tier.latency_s),
        ("rwx", demand.rwx or None, tier.rwx),
        ("free capacity", demand.size_bytes, tier.free_bytes),
    )
    return tuple(name for name, wanted, given in asked if wanted is not None and given is None)


def _none_fits(demand: StorageDemand, tiers: Sequence[OfferedTier]) -> str:
    """The number that is missing: the best rate on offer, or the most room."""
    rate = demand.read_bytes_per_s
    best = max((tier.throughput_bytes_per_s or 0.0 for tier in tiers), default=0.0)
    if rate is not None and 0 < best < rate:
        return (
            f"no tier gives {_rate(rate)}; the best gives {_rate(best)}, {_rate(rate - best)} short"
        )
    return f"no tier gives {_asked(demand)}"


def _reason(demand: StorageDemand, taken: OfferedTier) -> str:
    if demand.states_speed:
        return f"the cheapest tier that gives {_asked(demand)}"
    pattern = f" for {demand.pattern} access" if demand.pattern else ""
    return f"no rate or latency is stated, so the cheapest suitable tier{pattern} on {taken.media}"


def _dearer(tier: OfferedTier, taken: OfferedTier, demand: StorageDemand) -> str:
    if tier.cost > taken.cost:
        return f"costs more than {taken.name}, which satisfies the same numbers"
    missing = _unproven(demand, tier)
    if len(missing) > len(_unproven(demand, taken)):
        return f"does not state its {', '.join(missing)}"
    return f"offers nothing over {taken.name}"


def _asked(demand: StorageDemand) -> str:
    asked = [_size(demand.size_at_horizon_bytes)]
    if demand.read_bytes_per_s is not None:
        asked.append(_rate(demand.read_bytes_per_s))
    if demand.iops is not None:
        asked.append(f"{demand.iops:,.0f} operations/s")
    if demand.latency_s is not None:
        asked.append(_latency(demand.latency_s))
    return ", ".join(asked)


def _size(size_bytes: float) -> str:
    return f"{size_bytes / 2**30:,.0f} GiB"


def _rate(bytes_per_s: float) -> str:
    return f"{bytes_per_s / 1e6:,.0f} MB/s"


def _latency(latency_s: float) -> str:
    return f"{latency_s * 1e3:,.3g} ms"
