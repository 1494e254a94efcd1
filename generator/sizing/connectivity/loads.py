"""What meets on each link: the peak of all flows that cross it in a week."""

from __future__ import annotations

from collections.abc import Iterable, Sequence

from generator.record import Record, record
from generator.sizing.connectivity.flows import Movement
from generator.sizing.connectivity.presence import Presence
from generator.sizing.connectivity.sized import LinkFacts, LinkLoad
from generator.sizing.queueing.windows import ALL_WEEK, WEEK_S, Window, peak


@record
class Crossing(Record):
    """A link with the flows that need a rate on it."""

    link: LinkFacts
    flows: tuple[Movement, ...]


def crossings(movements: Iterable[Movement]) -> tuple[Crossing, ...]:
    """The links that flows with a rate cross, in the order of their names."""
    found: dict[str, tuple[LinkFacts, list[Movement]]] = {}
    for movement in movements:
        if movement.rate_bytes_per_s:
            for link in movement.route.links:
                found.setdefault(link.name, (link, []))[1].append(movement)
    return tuple(
        Crossing(link=link, flows=tuple(flows)) for _, (link, flows) in sorted(found.items())
    )


def load(crossing: Crossing) -> LinkLoad:
    """The peak of a link. Flows of which nobody states when they run are taken to meet all others.

    Source: requirements S0-4, volume over window, summed per link where windows overlap.
    """
    link = crossing.link
    certain, _, _ = _peak([flow for flow in crossing.flows if flow.presence.known])
    most, at_s, names = _peak(crossing.flows)
    carried = link.all_bytes_per_s
    return LinkLoad(
        link=link.name,
        flows=names,
        peak_bytes_per_s=most,
        certain_bytes_per_s=certain,
        at_s=at_s,
        all_bytes_per_s=carried,
        utilisation_ratio=most / carried if carried else None,
    )


def _peak(flows: Sequence[Movement]) -> tuple[float, float | None, tuple[str, ...]]:
    """The most at once, when it begins (None: it is there all week), and whose it is."""
    by_time: dict[tuple[tuple[float, float], ...], list[Movement]] = {}
    for flow in flows:
        by_time.setdefault(flow.presence.spans_s, []).append(flow)
    windows = [
        Window(
            name=str(number),
            start_s=start,
            duration_s=lasts,
            amount=sum(flow.rate_bytes_per_s or 0.0 for flow in members),
            period_s=WEEK_S,
        )
        for number, (spans, members) in enumerate(by_time.items())
        for start, lasts in spans
    ]
    most = peak(windows)
    groups = list(by_time.values())
    running = [flow for number in most.names for flow in groups[int(number)]]
    always = all(spans == ALL_WEEK for spans in by_time)
    names = tuple(sorted(flow.name for flow in running))
    return most.amount, None if always else most.at_s, names


def when(presence: Presence) -> str:
    """In words when a flow runs."""
    if not presence.known:
        return "nobody states when it runs, so it is taken to meet every other flow"
    return "all the time" if presence.always else "in the windows of its pipelines"
