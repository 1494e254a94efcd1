"""Totals per tier and datastore: month by month, until something is full or too busy."""

from __future__ import annotations

from collections.abc import Sequence
from itertools import groupby

from generator.finding import Finding
from generator.ledger import Basis, Entry
from generator.record import Record, record
from generator.sizing.data.offered import Offer
from generator.sizing.data.rules import ReadAtOnce, TierFull
from generator.sizing.data.stored import StoredVolume, StoreShortage, TierUse
from generator.sizing.figures import Figures
from generator.sizing.storage.datasets import first_month_over


@record
class Totals(Record):
    """The use of every tier, with the ledger and what does not fit."""

    tiers: tuple[TierUse, ...]
    shortages: tuple[StoreShortage, ...]
    ledger: tuple[Entry, ...]
    findings: tuple[Finding, ...]


def totals(
    volumes: Sequence[StoredVolume],
    tiers: Sequence[Offer],
    months: int,
    *,
    too_slow: frozenset[str] = frozenset(),
) -> Totals:
    """All that lies on each tier; tiers on one datastore share what is free there.

    Volumes in ``too_slow`` have a finding of their own: their rates overload no tier a second time.
    """
    uses: list[TierUse] = []
    shortages: list[StoreShortage] = []
    ledger: list[Entry] = []
    findings: list[Finding] = []
    on: dict[str, list[StoredVolume]] = {offer.name: [] for offer in tiers}
    for volume in volumes:
        if volume.tier in on:
            on[volume.tier].append(volume)
    by_store = sorted(tiers, key=lambda offer: (offer.store, offer.name))
    for store, group in groupby(by_store, key=lambda offer: offer.store):
        shared = tuple(group)
        summed = {offer.name: _by_month(on[offer.name], months) for offer in shared}
        taken = _taken(shared, summed, months)
        room = min((o.room_bytes for o in shared if o.room_bytes is not None), default=None)
        full = None if room is None else first_month_over(taken, room)
        if full is not None and room is not None:
            used = [offer.name for offer in shared if summed[offer.name][full]]
            shortages.append(
                StoreShortage(
                    store=store, tiers=tuple(used), needed=taken[full], free=room, month=full
                )
            )
            findings.append(
                TierFull.of(store, used, month=full, taken_bytes=taken[full], room_bytes=room)
            )
        read = [
            volume
            for offer in shared
            for volume in on[offer.name]
            if volume.read_bytes_per_s and volume.name not in too_slow
        ]
        busy = _too_busy(store, shared, read)
        if busy is not None:
            shortages.append(busy)
            names = [volume.name for volume in read]
            findings.append(
                ReadAtOnce.of(store, busy.tiers, names, asked=busy.needed, given=busy.free)
            )
        uses += [_use(offer, shared, on[offer.name], summed[offer.name], full) for offer in shared]
    uses.sort(key=lambda use: use.tier)
    for use in uses:
        if on[use.tier]:
            ledger += _ledger(use, months)
    return Totals(
        tiers=tuple(uses),
        shortages=tuple(shortages),
        ledger=tuple(ledger),
        findings=tuple(findings),
    )


def _by_month(volumes: Sequence[StoredVolume], months: int) -> tuple[int, ...]:
    """Logical bytes, with the scratch of the largest pipeline, month by month."""
    known = [volume for volume in volumes if volume.logical_bytes_by_month]
    scratch = [0] * (months + 1)
    for volume in known:
        if volume.scratch_bytes and volume.logical_bytes:
            grown = [
                round(volume.scratch_bytes * size / volume.logical_bytes)
                for size in volume.logical_bytes_by_month
            ]
            scratch = list(map(max, scratch, grown))
    return tuple(map(sum, zip(scratch, *(v.logical_bytes_by_month for v in known), strict=True)))


def _taken(
    shared: Sequence[Offer], summed: dict[str, tuple[int, ...]], months: int
) -> tuple[float, ...]:
    """Bytes of the datastore's capacity: on vSAN with redundancy and file system."""
    return tuple(
        sum(summed[offer.name][month] * offer.redundancy.taken_ratio for offer in shared)
        for month in range(months + 1)
    )


def _use(
    offer: Offer,
    shared: Sequence[Offer],
    volumes: Sequence[StoredVolume],
    by_month: tuple[int, ...],
    full: int | None,
) -> TierUse:
    factor, free = offer.redundancy.factor, offer.offered.free_bytes
    return TierUse(
        tier=offer.name,
        store=offer.store,
        shared_with=tuple(other.name for other in shared if other is not offer),
        logical_bytes_by_month=by_month,
        raw_bytes_by_month=tuple(round(size * factor) for size in by_month)
        if factor is not None
        else (),
        free_bytes=None if free is None else round(free),
        full_in_month=full,
        read_bytes_per_s=sum(volume.read_bytes_per_s or 0 for volume in volumes),
        unknown=tuple(volume.name for volume in volumes if volume.logical_bytes is None),
    )


def _too_busy(
    store: str, shared: Sequence[Offer], read: Sequence[StoredVolume]
) -> StoreShortage | None:
    rates = [
        o.offered.throughput_bytes_per_s
        for o in shared
        if o.offered.throughput_bytes_per_s is not None
    ]
    asked = sum(volume.read_bytes_per_s or 0 for volume in read)
    if not rates or asked <= max(rates):
        return None
    tiers = tuple(offer.name for offer in shared if any(v.tier == offer.name for v in read))
    return StoreShortage(store=store, tiers=tiers, needed=asked, free=max(rates))


def _ledger(use: TierUse, months: int) -> list[Entry]:
    figures = Figures(use.tier)
    now, then = use.logical_bytes_by_month[0], use.logical_bytes_by_month[-1]
    beside = f"; {', '.join(use.unknown)} not counted" if use.unknown else ""
    for name, size in (("logical volume", now), (f"logical volume after {months} months", then)):
        figures.gib(
            name,
            size,
            rule=f"sum of what lies on it, and the scratch of its largest pipeline{beside}",
            source="requirements S0-3",
            basis=Basis.ANALYTIC,
        )
    if use.raw_bytes_by_month:
        figures.gib(
            "raw volume",
            use.raw_bytes_by_month[0],
            rule="logical volume x redundancy of its policy",
            source="requirements S0-3",
            basis=Basis.ANALYTIC,
        )
    if use.read_bytes_per_s:
        figures.note(
            "read rate",
            use.read_bytes_per_s,
            "B/s",
            rule="all readers of the tier at once, as far as their rates are known",
            source="requirements S0-4 and S0-6",
        )
    if use.free_bytes is None:
        figures.note(
            "free capacity",
            "unknown",
            "",
            rule=f"ask for the capacity of {use.store} and what is used of it",
            source="open: no inventory states it",
            effect="in which month it is full is not known",
        )
        return figures.entries
    figures.gib(
        "free capacity",
        use.free_bytes,
        rule="usable - used of its datastore, before the redundancy of its policy"
        + (f"; shared with {', '.join(use.shared_with)}" if use.shared_with else ""),
        source="inventory: what the platform keeps there already counts twice",
        basis=Basis.STATED,
    )
    figures.note(
        "full in month",
        "none" if use.full_in_month is None else use.full_in_month,
        "",
        rule=f"the first of {months} in which the datastore holds less than what lies on it",
        source="requirements S0-3",
    )
    return figures.entries
