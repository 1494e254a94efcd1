"""The tier of each volume: as the blueprint says and then judged, or chosen with its reason."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import replace
from typing import NamedTuple

from generator.finding import Finding
from generator.ledger import Basis, Entry
from generator.quantity import GIB
from generator.sizing.data.offered import Offer, carrying
from generator.sizing.data.rules import NoTier, OverSpecifiedTier, TierTooSlow
from generator.sizing.data.stored import ON_NODES, RefusedTier, StoredKind, StoredVolume, Wanted
from generator.sizing.figures import Figures
from generator.sizing.storage.offers import Media, Pattern, StorageDemand
from generator.sizing.storage.tiers import TierChoice, choose, over_specified

_SOURCE = "field rule F24; requirements S0-7"
_OPEN = "open: nobody states what it follows from"


class Tiered(NamedTuple):
    """A volume on its tier, with what the ledger says of both and what is wrong."""

    volume: StoredVolume
    ledger: tuple[Entry, ...]
    findings: tuple[Finding, ...]


def tiered(wanted: Wanted, tiers: tuple[Offer, ...], months: int) -> Tiered:
    """Puts a volume on its tier.

    Where its size is not known no tier is chosen; where the blueprint states one it is kept, with
    findings where it is too slow or costs more than it has to.
    """
    figures = Figures(wanted.name)
    findings: list[Finding] = []
    refused: tuple[RefusedTier, ...] = ()
    tier, reason = wanted.tier, "stated by the blueprint" if wanted.tier else ""
    demand = _demand(wanted, months)
    if wanted.course is None:
        _note_open("logical volume", wanted.missing, figures)
    elif wanted.tier is None and demand is not None:
        tier, reason, refused = _chosen(wanted, demand, tiers, figures, findings)
    elif demand is not None:
        findings += _judged(wanted, demand, tiers)
    offer = next((offer for offer in tiers if offer.name == tier), None)
    if wanted.tier is not None and wanted.course is not None:
        figures.note("tier", tier or "", "", rule=reason, source="blueprint", basis=Basis.STATED)
    volume = _volume(wanted, tier, reason, refused, offer, months)
    _note_raw(volume, offer, tiers, figures)
    return Tiered(volume, (*wanted.ledger, *figures.entries), tuple(findings))


def _volume(
    wanted: Wanted,
    tier: str | None,
    reason: str,
    refused: tuple[RefusedTier, ...],
    offer: Offer | None,
    months: int,
) -> StoredVolume:
    course = wanted.course
    by_month = tuple(map(round, course.by_month(months))) if course else ()
    factor = offer.redundancy.factor if offer else None
    return StoredVolume(
        name=wanted.name,
        kind=wanted.kind,
        tier=tier,
        chosen=tier is not None and wanted.tier is None,
        reason=reason,
        logical_bytes=by_month[0] if by_month else None,
        logical_bytes_by_month=by_month,
        scratch_bytes=round(wanted.scratch.at(0)) if wanted.scratch else 0,
        raw_bytes=_raw(course.at(0) if course else None, factor),
        read_bytes_per_s=_whole(wanted.read_bytes_per_s),
        write_bytes_per_s=_whole(wanted.write_bytes_per_s),
        refused=refused,
        missing=wanted.missing,
    )


def _demand(wanted: Wanted, months: int) -> StorageDemand | None:
    """What a volume asks of a tier; None where nothing is stored, or nobody knows how much."""
    course = wanted.course
    if course is None or not course.at(0) > 0:
        return None
    # Additions do not compound, so that the size at the horizon stands for both ends.
    return StorageDemand(
        name=wanted.name,
        size_bytes=course.at(months) if course.additions else course.at(0),
        pattern=wanted.pattern,
        read_bytes_per_s=wanted.read_bytes_per_s or None,
        latency_s=wanted.latency_s or None,
        rwx=wanted.rwx,
        growth_per_month_ratio=0.0 if course.additions else course.growth_ratio,
        horizon_months=months,
    )


def _chosen(
    wanted: Wanted,
    demand: StorageDemand,
    tiers: tuple[Offer, ...],
    figures: Figures,
    findings: list[Finding],
) -> tuple[str | None, str, tuple[RefusedTier, ...]]:
    fitting = carrying(wanted, tiers)
    if not fitting:
        missing = "storage_compute.storage.tiers" if not tiers else "a tier that can be mounted"
        _note_open("tier", missing, figures)
        return None, "", ()
    choice = _first(wanted, demand, fitting)
    if choice.tier is None:
        against = [f"{each.tier}: {each.why}" for each in choice.rejected]
        findings.append(NoTier.of(demand, choice.reason, against, path=wanted.path))
        return None, choice.reason, tuple(_refused(choice, wanted, fitting))
    figures.note("tier", choice.tier, "", rule=choice.reason, source=_SOURCE)
    if choice.unproven:
        figures.note(
            "unproven",
            ", ".join(choice.unproven),
            "",
            rule=f"{choice.tier} does not state its {', '.join(choice.unproven)}",
            source=_OPEN,
            effect="the choice stands only if they suffice",
        )
    return choice.tier, choice.reason, tuple(_refused(choice, wanted, fitting))


def _first(wanted: Wanted, demand: StorageDemand, fitting: Sequence[Offer]) -> TierChoice:
    """The first choice that succeeds: with all numbers, then with less of what may be mended.

    A tier that is full before the horizon, or too slow only when all readers read at once, is
    taken all the same: other findings say so with the month and the rates.
    """
    offered = [offer.offered for offer in fitting]
    choice = choose(demand, offered)
    if choice.tier is None and wanted.course is not None:
        now = replace(demand, size_bytes=wanted.course.at(0), horizon_months=0)
        other = choose(now, offered)
        choice = other if other.tier is not None else choice
    if choice.tier is None and wanted.one_reader_bytes_per_s != wanted.read_bytes_per_s:
        other = choose(replace(demand, read_bytes_per_s=wanted.one_reader_bytes_per_s), offered)
        choice = other if other.tier is not None else choice
    return choice


def _judged(wanted: Wanted, demand: StorageDemand, tiers: tuple[Offer, ...]) -> Iterator[Finding]:
    """What is wrong with a tier that the blueprint states for data that is read."""
    assigned = next((offer for offer in tiers if offer.name == wanted.tier), None)
    if assigned is None or wanted.kind not in (StoredKind.DATASET, StoredKind.CACHE):
        return
    path = wanted.path + ("" if wanted.kind is StoredKind.CACHE else ".tier")
    alone = replace(
        demand, read_bytes_per_s=wanted.one_reader_bytes_per_s or None, horizon_months=0
    )
    # Its capacity is judged with everything else that lies there.
    roomy = replace(assigned.offered, free_bytes=None)
    choice = choose(alone, [roomy])
    fitting = carrying(wanted, tiers)
    if choice.tier is None:
        better = choose(demand, [offer.offered for offer in fitting]).tier if fitting else None
        random_objects = (
            demand.pattern is Pattern.RANDOM_REPEAT
            and roomy.media is Media.OBJECT
            and roomy.throughput_bytes_per_s is None
        )
        yield TierTooSlow.of(
            alone,
            assigned.name,
            choice.rejected[0].why,
            path=path,
            better=better,
            proven=not random_objects,
        )
        return
    others = [offer.offered for offer in fitting if _as_safe(offer, assigned)]
    if assigned.offered not in others:
        others.append(assigned.offered)
    found = over_specified(demand, assigned.name, others)
    if found is not None:
        yield OverSpecifiedTier.of(found, path=path)


def _as_safe(offer: Offer, assigned: Offer) -> bool:
    """Whether a tier encrypts what the assigned one encrypts, and lasts where that does."""
    encrypts = offer.tier.encryption not in (None, "none")
    asked = assigned.tier.encryption not in (None, "none")
    return (encrypts or not asked) and (offer.lasts or not assigned.lasts)


def _refused(choice: TierChoice, wanted: Wanted, fitting: Sequence[Offer]) -> Iterator[RefusedTier]:
    factors = {offer.name: offer.redundancy.factor for offer in fitting}
    size = wanted.course.at(0) if wanted.course else None
    for each in choice.rejected:
        yield RefusedTier(tier=each.tier, why=each.why, raw_bytes=_raw(size, factors[each.tier]))


def _note_raw(
    volume: StoredVolume, offer: Offer | None, tiers: tuple[Offer, ...], figures: Figures
) -> None:
    """Raw bytes on the tier, and on those that were refused, so that both can be compared."""
    if volume.logical_bytes is None or volume.tier == ON_NODES:
        return
    if offer is not None:
        _note_raw_on("raw volume", volume.raw_bytes, offer, figures)
    by_name = {each.name: each for each in tiers}
    for each in volume.refused:
        if each.raw_bytes is not None:
            _note_raw_on(f"raw volume on {each.tier}", each.raw_bytes, by_name[each.tier], figures)


def _note_raw_on(name: str, size: int | None, offer: Offer, figures: Figures) -> None:
    kept = offer.redundancy
    if size is None or kept.factor is None:
        rule = f"state {kept.missing}" if kept.missing else kept.rule
        source = _OPEN if kept.missing else kept.source
        figures.note(name, "unknown", "", rule=rule, source=source)
        return
    low, high = (
        None if end is None else _gib(size * end / kept.factor) for end in (kept.low, kept.high)
    )
    figures.note(
        name,
        _gib(size),
        "GiB",
        rule=kept.rule,
        source=kept.source,
        basis=kept.basis,
        low=low,
        high=high,
        effect="" if low is None else f"raw volume from {low:,.0f} to {high:,.0f} GiB",
    )


def _note_open(name: str, missing: str, figures: Figures) -> None:
    figures.note(
        name,
        "unknown",
        "",
        rule=f"state {missing}",
        source=_OPEN,
        effect="it is in no total",
    )


def _gib(size: float) -> float:
    return round(size / GIB, 2)


def _raw(size: float | None, factor: float | None) -> int | None:
    return None if size is None or factor is None else round(size * factor)


def _whole(value: float | None) -> int | None:
    return None if value is None else round(value)
