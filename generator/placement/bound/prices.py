"""Prices that need no solver: what a VM takes of a GPU by framebuffer, by number, by slices.

Each is a guess; ``columns.proved`` makes a proof of any. What they prove is scaled to be as much as
they can: until no load is worth more than the GPU it opens.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence

from generator.placement.bound.bins import SCALE, GpuBin, Kind, Station
from generator.placement.bound.columns import Proof, proved
from generator.placement.devices.shapes import EMPTY, Geometry

ROUNDS = 60
"""Times that prices are mended; chosen: later ones change less than a thousandth."""


def simple(
    kinds: Mapping[Kind, int], bins: Sequence[GpuBin], boards: Mapping[str, Geometry]
) -> tuple[str, Proof]:
    """The best of the proofs without a solver, and the name of its prices."""
    wanted = tuple(kinds.values())
    found = [
        (name, _scaled(prices, wanted, bins)) for name, prices in _guesses(tuple(kinds), boards)
    ]
    name, best = max(found, key=lambda each: each[1].millionths)
    mended = _mended(best, tuple(kinds), wanted, bins)
    return ("mended " + name, mended) if mended.millionths > best.millionths else (name, best)


def hosts_needed(
    kinds: Mapping[Kind, int], stations: Mapping[Station, int]
) -> Iterator[tuple[str, int]]:
    """GPUs that are opened at least because a host feeds no more: each opens one or none.

    A host with GPUs that others use may feed VMs on those and open none.
    """
    for name, amount in (("cores", _millicores), ("memory", _memory_bytes)):
        largest = max([amount(station) for station in stations if _opens(station)], default=0)
        taken = sum(amount(kind) * count for kind, count in kinds.items())
        for station, count in stations.items():
            if any(gpu.layout != EMPTY for gpu in station.gpus):
                taken -= amount(station) * count
        yield name, -(-taken // largest) if taken > 0 and largest else 0


def _millicores(each: Kind | Station) -> int:
    return each.millicores


def _memory_bytes(each: Kind | Station) -> int:
    return each.memory_bytes


def _opens(station: Station) -> bool:
    return any(gpu.layout == EMPTY for gpu in station.gpus)


def _guesses(
    kinds: Sequence[Kind], boards: Mapping[str, Geometry]
) -> Iterator[tuple[str, list[int]]]:
    by_size, by_count, by_half = [], [], []
    for kind in kinds:
        board = boards[kind.model]
        size = board.free_mib(EMPTY) - board.free_mib(board.join(EMPTY, kind.shape))
        alone = board.room(EMPTY, kind.shape)
        by_size.append(SCALE * size // board.total_mib * kind.gpus)
        by_count.append(SCALE // max(1, alone) * kind.gpus)
        by_half.append(SCALE * kind.gpus if alone == 1 else 0)
    yield "framebuffer", by_size
    yield "vGPUs per GPU", by_count
    yield "whole GPUs", by_half


def _scaled(prices: Sequence[int], wanted: Sequence[int], bins: Sequence[GpuBin]) -> Proof:
    """The proof of prices, and of their multiple that no load of an empty GPU exceeds."""
    over = max([each.best(prices)[0] for each in bins if each.cost], default=0)
    whole = [price * SCALE // (SCALE + over) for price in prices]
    both = (proved(prices, wanted, bins), proved(whole, wanted, bins))
    return max(both, key=lambda proof: proof.millionths)


def _mended(
    best: Proof, kinds: Sequence[Kind], wanted: Sequence[int], bins: Sequence[GpuBin]
) -> Proof:
    """Prices that follow the subgradient: dearer what the bins' best loads leave, and back.

    Source: M. Held, P. Wolfe and H. P. Crowder, Validation of subgradient optimization,
    Mathematical Programming 6 (1974).
    """
    prices, step = list(best.prices), SCALE // 8
    for _ in range(ROUNDS):
        carried = [0.0] * len(kinds)
        for each in bins:
            _, column = each.best(prices)
            for number, count in column.counts:
                carried[number] += each.count * count / column.bins
        total = [max(n, c) or 1 for n, c in zip(wanted, carried, strict=True)]
        prices = [
            max(0, price + int(step * kind.gpus * (n - c) / t)) // kind.gpus * kind.gpus
            for price, kind, n, c, t in zip(prices, kinds, wanted, carried, total, strict=True)
        ]
        found = _scaled(prices, wanted, bins)
        if found.millionths > best.millionths:
            best, prices = found, list(found.prices)
        else:
            step = step * 7 // 8
    return best
