"""Fewer GPUs for the same VMs: where the quick bound leaves a gap, whole loads are tried.

Costs nothing where a plan is proved best already, which most are.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Mapping, Sequence

from generator.placement.bound.bins import GpuBin, Kind, kinds_of, loosened, stations_of
from generator.placement.bound.cases import Case, without_too_many
from generator.placement.bound.filling import filled
from generator.placement.bound.prices import simple
from generator.placement.bound.proof import bound, opened
from generator.placement.devices.shapes import Geometry
from generator.placement.hosts.ask import Ask, Spot
from generator.placement.hosts.local import holds
from generator.placement.hosts.stock import Host
from generator.placement.packing.packing import Packing
from generator.placement.packing.repacking import Repacking, repacked

Placed = Sequence[tuple[Ask, Sequence[Spot]]]


def consolidated(
    hosts: Sequence[Host],
    boards: Mapping[str, Geometry],
    placed: Placed,
    make: Callable[[], Packing],
    isolation: str = "gpu",
) -> Repacking | None:
    """The VMs of a plan on fewer GPUs, None where that is proved or found to be none.

    ``make`` makes an empty packing of the hosts. Every VM of ``placed`` has a place again, and
    copies that keep apart are no closer than before. Weeks with several slots and environments
    with clusters of their own stay as they are.
    """
    slots = {ask.slots for ask, spots in placed if spots}
    if len(slots) != 1 or isolation == "cluster":
        return None
    used = opened(hosts, boards, placed)
    fewest = bound(hosts, boards, placed, isolation=isolation, solver=False).gpus
    if used <= fewest:
        return None
    asked = [(ask, len(spots)) for ask, spots in placed]
    case = Case(kinds_of(asked), stations_of(make().rooms), boards, isolation)
    kinds = without_too_many(case)
    bins = loosened(case.stations, tuple(kinds), boards)
    _, proof = simple(kinds, bins, boards)
    _keep_fed(case, tuple(kinds), bins)
    filling = filled(kinds, bins, proof.prices, fewest)
    if filling.opened >= used:
        return None
    best: Repacking | None = None
    for fullest in (False, True):
        found = repacked(make, asked, kinds, bins, filling.loads, isolation, fullest=fullest)
        if better(hosts, boards, placed, found, used):
            best, used = found, opened(hosts, boards, _spots(placed, found))
        if used <= filling.opened:
            break
    return best


def _keep_fed(case: Case, kinds: Sequence[Kind], bins: Sequence[GpuBin]) -> None:
    """No GPU is to be filled with more VMs of common needs than its largest host could feed."""
    sums = {kind: [0, 0, 0] for kind in kinds}
    for kind, count in case.kinds.items():
        plain = kind._replace(millicores=0, memory_bytes=0)
        for place, amount in enumerate((kind.millicores, kind.memory_bytes, 1)):
            if plain in sums:
                sums[plain][place] += amount * count
    means = [(sums[kind][0] // sums[kind][2], sums[kind][1] // sums[kind][2]) for kind in kinds]
    for each in bins:
        which = each.gpu.model, each.gpu.layout
        here = [
            station
            for station in case.stations
            if station.site == each.site and which in [gpu[:2] for gpu in station.gpus]
        ]
        cores = max(station.millicores for station in here)
        each.keep_fed(means, cores, max(station.memory_bytes for station in here))


def _spots(placed: Placed, found: Repacking) -> Placed:
    return [(ask, spots) for (ask, _), spots in zip(placed, found.spots, strict=True)]


def better(
    hosts: Sequence[Host],
    boards: Mapping[str, Geometry],
    placed: Placed,
    found: Repacking,
    used: int,
) -> bool:
    """Whether all VMs have a place, on fewer GPUs, and copies are no closer together.

    GPUs are repacked by cores and memory; hosts must hold what else the VMs ask for as well.
    """
    again = _spots(placed, found)
    return (
        all(len(a) == len(b) for (_, a), b in zip(placed, found.spots, strict=True))
        and opened(hosts, boards, again) < used
        and crowded(again) <= crowded(placed)
        and holds(hosts, again)
    )


def crowded(placed: Placed) -> int:
    """The copies that share a host with another from which they should keep away."""
    copies = Counter(
        (ask.apart, spot.order) for ask, spots in placed if ask.apart for spot in spots
    )
    return sum(count - 1 for count in copies.values())
