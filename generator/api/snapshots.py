"""Snapshots that a comparison takes: their age, and an earlier one against a later."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import UTC, datetime
from pathlib import Path
from typing import TYPE_CHECKING

from generator.finding import CannotRun

if TYPE_CHECKING:
    from generator.diff.differences import Comparison
    from generator.vcenter.snapshot import Failed, Snapshot


def compared_snapshots(
    against: Path | str, inventory: Path | str, day: str, max_age_s: int | None
) -> Comparison:
    """What changed from one snapshot to a later one, by the ISO day ``day``.

    Raises:
        CannotRun: where they hold no vCenter in common, or are not in this order.
    """
    from generator.diff.between import between
    from generator.vcenter.redaction import has_pseudonyms

    earlier, later = snapshot_at(against), snapshot_at(inventory, max_age_s)
    if has_pseudonyms(earlier) != has_pseudonyms(later):
        raise CannotRun(f"only one of {against} and {inventory} was written with --pseudonyms")
    former = {one.instance_uuid.casefold(): one for one in earlier.vcenters}
    found = ((former.get(one.instance_uuid.casefold()), one) for one in later.vcenters)
    pairs = [(one, other) for one, other in found if one is not None]
    if not pairs:
        raise CannotRun(f"{against} and {inventory} are of different vCenters")
    if any(_moment(old.ended, against) > _moment(new.ended, inventory) for old, new in pairs):
        raise CannotRun(f"{against} is later than {inventory}: --against takes the earlier one")
    failed = {one.name: one for one in (*_unpaired(earlier, later, against), *later.failed)}
    return between(pairs, tuple(failed[name] for name in sorted(failed)), day)


def _unpaired(earlier: Snapshot, later: Snapshot, against: Path | str) -> Iterator[Failed]:
    """The vCenters that only one of two snapshots holds."""
    from generator.vcenter.snapshot import Failed

    sides = [{one.instance_uuid.casefold() for one in s.vcenters} for s in (earlier, later)]
    both = sides[0] & sides[1]
    for side, words in ((earlier, "the later snapshot"), (later, str(against))):
        for one in side.vcenters:
            if one.instance_uuid.casefold() not in both:
                reason = f"{words} does not hold it"
                yield Failed(name=one.name, reason=reason, mend="export it in both")


def snapshot_at(path: Path | str, max_age_s: int | None = None) -> Snapshot:
    """The snapshot of a file.

    Raises:
        CannotRun: where it cannot be read, or a vCenter was read longer ago than ``max_age_s``.
    """
    from generator.api.observing import read_snapshot

    snapshot = read_snapshot(path)
    if max_age_s is not None:
        for one in snapshot.vcenters:
            age = (datetime.now(tz=UTC) - _moment(one.ended, path)).total_seconds()
            if age > max_age_s:
                raise CannotRun(
                    f"{path}: {one.name} was read {_span(age)} ago, and --max-age is "
                    f"{_span(max_age_s)}: export it again"
                )
    return snapshot


def _span(seconds: float) -> str:
    """A length of time in the largest unit that it fills."""
    for name, length in (("d", 86400), ("h", 3600), ("min", 60)):
        if seconds >= length:
            return f"{seconds / length:.1f} {name}".replace(".0 ", " ")
    return f"{seconds:.0f} s"


def _moment(text: str, path: Path | str) -> datetime:
    try:
        found = datetime.fromisoformat(text)
    except ValueError as error:
        raise CannotRun(f"{path} does not say when it was read") from error
    return found if found.tzinfo else found.replace(tzinfo=UTC)
