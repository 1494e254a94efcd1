"""What sizing the data reports, one class per rule."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING

from generator.finding import Finding, Rule, Severity
from generator.quantity import GIB

if TYPE_CHECKING:
    from generator.sizing.nonsense import Nonsense
    from generator.sizing.storage.offers import StorageDemand
    from generator.sizing.storage.tiers import OverSpecified

_MB, _GB = 1e6, 1e9


class OverSpecifiedTier(Rule):
    """Data is told to lie on a tier that costs more than one that would do."""

    id = "MLG-Z010"
    title = "Data lies on the cheapest tier that satisfies its numbers"
    severity = Severity.WARNING
    reason = "fast storage that nobody needs is missing where a number asks for it"
    source = "requirements S0-7 and field rule F24: the fastest tier only for a stated number"

    @classmethod
    def of(cls, found: OverSpecified, *, path: str) -> Finding:
        """The finding for one volume, at what names its tier."""
        return cls.breach(
            f"{found.demand} lies on {found.tier}, which is over-specified: {found.reason}",
            path=path,
            mend=f"write {found.cheaper}, or state the rate or latency that asks for {found.tier}",
        )


class TierTooSlow(Rule):
    """Data is told to lie on a tier that cannot be read so fast, or in that way."""

    id = "MLG-Z011"
    title = "A tier serves its data as fast, and in the way, that it is read"
    reason = "accelerators that wait for data are paid for and do nothing"
    source = "requirements S0-6: random reads never land on hdd, a shortage is an error"

    @classmethod
    def of(
        cls,
        demand: StorageDemand,
        tier: str,
        why: str,
        *,
        path: str,
        better: str | None,
        proven: bool,
    ) -> Finding:
        """The finding for one volume; ``proven`` is False where only a figure is missing."""
        rate = demand.read_bytes_per_s
        asked = "at an unknown rate" if rate is None else f"at {rate / _MB:,.0f} MB/s"
        how = f"in {demand.pattern} access " if demand.pattern else ""
        return cls.breach(
            f"{demand.name} is read {how}{asked} and lies on {tier}: {why}",
            path=path,
            mend=f"write {better}"
            if better
            else "add a tier that gives it, cache it on one, or lower what is asked",
            severity=None if proven else Severity.WARNING,
        )


class TierFull(Rule):
    """What lies on a datastore outgrows it."""

    id = "MLG-Z012"
    title = "What lies on a tier fits until the horizon"
    severity = Severity.WARNING
    reason = "storage is bought months ahead, and a full datastore stops everything on it"
    source = "requirements S0-3: fails when capacity is exceeded and says in which month"

    @classmethod
    def of(
        cls,
        store: str,
        tiers: Sequence[str],
        *,
        month: int,
        taken_bytes: float,
        room_bytes: float,
    ) -> Finding:
        """The finding for one datastore and the tiers on it; month 0 is today and an error."""
        when = "today" if month == 0 else f"in month {month}"
        what = "holds less than what lies" if month == 0 else f"is full {when}: what lies"
        return cls.breach(
            f"{store} {what} on {', '.join(tiers)} takes {taken_bytes / GIB:,.0f} GiB "
            f"{when}, and {room_bytes / GIB:,.0f} GiB are free",
            path=f"storage_compute.storage.tiers[{tiers[0]}]",
            mend="add capacity before then, keep fewer versions or copies, move data to another "
            "tier, or state by used_by of the datastore what of its use is this platform's own",
            severity=Severity.ERROR if month == 0 else None,
        )


class NoTier(Rule):
    """No tier has what a dataset or store needs."""

    id = "MLG-Z013"
    title = "A tier has what each dataset and store needs"
    reason = "data without a place to lie has no storage class, and its readers would starve"
    source = "requirements S0-6: a throughput shortage is an error with the number"

    @classmethod
    def of(
        cls, demand: StorageDemand, reason: str, refused: Sequence[str], *, path: str
    ) -> Finding:
        """The finding for one volume, with what speaks against each tier."""
        return cls.breach(
            f"{demand.name} finds no tier: {reason} ({'; '.join(refused)})",
            path=path,
            mend="add a tier that gives it, or lower what is asked",
        )


class ReadAtOnce(Rule):
    """The readers of a datastore ask for more than it gives when all of them read at once."""

    id = "MLG-Z014"
    title = "A tier serves all its readers at once"
    severity = Severity.WARNING
    reason = (
        "each reader would get its share and no more, and every one of them misses its deadline"
    )
    source = "requirements S0-4: sum over what overlaps; S0-6"

    @classmethod
    def of(
        cls, store: str, tiers: Sequence[str], readers: Sequence[str], *, asked: float, given: float
    ) -> Finding:
        """The finding for one datastore, at its first tier."""
        return cls.breach(
            f"{store} gives {given / _GB:,.2f} GB/s, and the readers of {', '.join(readers)} on "
            f"{', '.join(tiers)} ask for {asked / _GB:,.2f} GB/s when all read at once",
            path=f"storage_compute.storage.tiers[{tiers[0]}]",
            mend="let them run at different times, move one to another tier, or add throughput",
        )


class PolicyCannotBe(Rule):
    """A tier's policy needs more hosts than its datastore has, or cannot be at all."""

    id = "MLG-Z015"
    title = "The policy of a tier can be laid out on its hosts"
    reason = "vSAN refuses the first volume that such a policy is asked for"
    source = "VMware, vSAN Planning and Deployment; D. Epping, Adaptive RAID-5 (2022)"

    @classmethod
    def of(cls, tier: str, nonsense: Nonsense) -> Finding:
        """The finding for one tier."""
        return cls.breach(
            f"tier {tier}: {nonsense.reason}",
            path=f"storage_compute.storage.tiers[{tier}]",
            mend=nonsense.mend,
        )


RULES: tuple[type[Rule], ...] = (
    OverSpecifiedTier,
    TierTooSlow,
    TierFull,
    NoTier,
    ReadAtOnce,
    PolicyCannotBe,
)
