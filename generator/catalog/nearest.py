"""The right version nearest to a wrong one, and the right combination nearest to a wrong one."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from typing import NamedTuple

from generator.catalog.matrix import Versions
from generator.catalog.store import TARGETS
from generator.catalog.versions import Version, order, unmet

Cost = tuple[int, int]
"""How many targets change, and by how many releases in all."""


_STEPS, _BASE = 4, 1000
"""How many numbers a version has at most, and what each stays below."""


class _Choice(NamedTuple):
    """A version of a target that may stand in the combination."""

    version: str
    row: Version
    cost: Cost


def nearest_known(versions: Versions, target: str, stated: str) -> str | None:
    """The known release whose numbers lie nearest to those of ``stated``; the newer of two.

    None where the matrix knows no release of the target.
    """
    wanted = _place(stated)
    return min(
        versions.known(target),
        key=lambda version: (abs(_place(version) - wanted), -_place(version), version),
        default=None,
    )


def nearest_fit(versions: Versions, targets: Mapping[str, str], as_of: str) -> dict[str, str]:
    """The combination without conflict that changes the fewest of the stated targets.

    Among those, the one that moves by the fewest releases. Versions whose support is over on the
    ISO day ``as_of`` are not proposed, but stay where they are stated. Empty where there is none.
    """
    names = [target for target in TARGETS if target in targets]
    domains = [_domain(versions, target, targets[target], as_of) for target in names]
    best: tuple[Cost, tuple[str, ...]] | None = None

    def search(chosen: Sequence[_Choice], cost: Cost) -> None:
        nonlocal best
        if best is not None and cost >= best[0]:
            return
        if len(chosen) == len(names):
            best = cost, tuple(choice.version for choice in chosen)
            return
        for choice in domains[len(chosen)]:
            if all(_fit(choice, other) for other in chosen):
                search([*chosen, choice], (cost[0] + choice.cost[0], cost[1] + choice.cost[1]))

    search((), (0, 0))
    return {} if best is None else dict(zip(names, best[1], strict=True))


def changes(stated: Mapping[str, str], wanted: Mapping[str, str]) -> Iterable[tuple[str, str]]:
    """What of ``stated`` has to become what, as (target, version)."""
    return ((target, version) for target, version in wanted.items() if stated[target] != version)


def _domain(versions: Versions, target: str, stated: str, as_of: str) -> list[_Choice]:
    """The stated version first, then the others by their distance from it."""
    known = versions.known(target)
    own = versions.find(target, stated)
    home = own.version if own is not None else nearest_known(versions, target, stated)
    place = known.index(home) if home is not None else 0
    found = [] if own is None else [_Choice(stated, own, (0, 0))]
    for index, version in enumerate(known):
        row = versions.find(target, version)
        if row is None or row == own or row.expired(as_of):
            continue
        found.append(_Choice(version, row, (1, abs(index - place))))
    return sorted(found, key=lambda choice: (choice.cost, tuple(-n for n in order(choice.version))))


def _place(version: str) -> int:
    """A version as one number, so that 3.7 lies nearer to 4.0 than 3.2 does."""
    steps = (*order(version), *[0] * _STEPS)[:_STEPS]
    place = 0
    for step in steps:
        place = place * _BASE + step
    return place


def _fit(one: _Choice, other: _Choice) -> bool:
    """Whether neither asks for another version of the other."""
    return not (
        unmet(one.row.requires, {other.row.target: other.version})
        or unmet(other.row.requires, {one.row.target: one.version})
    )
