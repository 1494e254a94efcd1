"""Cycles in what depends on what."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence


def cycles(needs: Mapping[str, Sequence[str]]) -> Iterator[tuple[str, ...]]:
    """Cycles among names that need others, each from one name to what it needs and so on.

    One for each knot at least, in linear time; names that are not keys are ignored.
    """
    tangled = _tangled(needs)
    walked: dict[str, int] = {}
    for turn, start in enumerate(tangled):
        trail: list[str] = []
        name = start
        while name not in walked:
            walked[name] = turn
            trail.append(name)
            name = next(other for other in needs[name] if other in tangled)
        if walked[name] == turn:
            yield tuple(trail[trail.index(name) :])


def _tangled(needs: Mapping[str, Sequence[str]]) -> dict[str, None]:
    """The names that are in a cycle or need one that is; each needs another of them."""
    open_needs = {name: {n for n in others if n in needs} for name, others in needs.items()}
    needed_by: dict[str, list[str]] = {name: [] for name in needs}
    for name, others in open_needs.items():
        for other in others:
            needed_by[other].append(name)
    free = [name for name, others in open_needs.items() if not others]
    while free:
        done = free.pop()
        del open_needs[done]
        for name in needed_by[done]:
            open_needs[name].discard(done)
            if not open_needs[name]:
                free.append(name)
    return dict.fromkeys(open_needs)


def in_words(cycle: Sequence[str]) -> str:
    """A cycle as people read it: ``a -> b -> a``."""
    return " -> ".join((*cycle, cycle[0]))
