"""How many VMs of a class always start, whatever came before: the worst over all orders of arrival.

The argument is one of prices. Every VM that may come gets a price. To refuse a VM, each GPU that it
can reach must have been closed, and closing one costs a certain sum at least (``blocking``). If all
who may come together are worth less than the closing of all GPUs, one GPU is open, however DRS
picks hosts, the host's manager picks GPUs and places, and whoever stopped in between. Several price
lists are tried; each that works is a proof, so none needs to be the best one.

Hosts can be closed too, by reservations of memory or cores (``crowding``). So many hosts as that
could close are taken out first, those that would be dearest to close.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping, Sequence
from typing import NamedTuple

from generator.placement.devices.blocking import closing_price, overlapped
from generator.placement.devices.geometry import Board
from generator.placement.devices.shapes import EMPTY, PASSTHROUGH, Mode
from generator.placement.levers.crowding import Crowding, Load, Sort, added, load_of, sort_of
from generator.placement.levers.reach import Device, Kind, Pool, Station

Prices = dict[int, int]
"""The price of one vGPU by its shape."""


class Promise(NamedTuple):
    """How many VMs of a kind always start.

    ``any_order`` counts with every other VM there first, ``in_order`` (permanent VMs only) with
    just the permanent ones that the power-on order puts before them.
    """

    any_order: int
    in_order: int


class Worst:
    """The worst that arrivals can do to kinds on the GPUs of their pools."""

    def __init__(
        self, kinds: Sequence[Kind], stations: Sequence[Station], boards: Mapping[str, Board]
    ) -> None:
        alike: dict[Pool, Counter[Station]] = {}
        for station in stations:
            alike.setdefault(station.pool, Counter())[station._replace(name="")] += 1
        running: dict[tuple[Pool, int], list[Kind]] = {}
        for kind in kinds:
            for slot in kind.slots:
                running.setdefault((kind.pool, slot), []).append(kind)
        closings = _Closings(boards)
        self._crowds = {
            (pool, slot): _Crowd(here, list(alike.get(pool, Counter()).items()), closings)
            for (pool, slot), here in running.items()
        }

    def promise(self, kind: Kind) -> Promise:
        """How many VMs of a kind always start, in the worst slot of the week."""
        every = [self._crowds[kind.pool, slot].promise(kind) for slot in kind.slots]
        return Promise(min(p.any_order for p in every), min(p.in_order for p in every))

    def if_permanent(self, kind: Kind) -> int:
        """How many VMs of a kind would start if it were permanent and powered on in its turn."""
        return min(self._crowds[kind.pool, slot].if_permanent(kind) for slot in kind.slots)


def power_on_order(kind: Kind, boards: Mapping[str, Board]) -> tuple[object, ...]:
    """Where a permanent kind stands in the order of power-on: NVLink, several GPUs, then by size.

    Kinds without a GPU come last, those with much memory first.
    """
    if not kind.model:
        return True, True, 0, 0, "", -1, -kind.memory_bytes, -kind.millicores
    board = boards[kind.model]
    rank = power_on_rank(kind.model, kind.shape, kind.gpus, board, nvlink=kind.nvlink)
    return False, *rank, 0, 0


def power_on_rank(
    model: str, shape: int, gpus: int, board: Board, *, nvlink: bool
) -> tuple[object, ...]:
    """Where VMs with GPUs stand among themselves."""
    return not nvlink, -gpus, -board.shapes[shape].framebuffer_mib, model, shape


class _Crowd:
    """The kinds of a pool in one slot and the hosts on which they meet."""

    def __init__(
        self,
        kinds: Sequence[Kind],
        hosts: Sequence[tuple[Station, int]],
        closings: _Closings,
    ) -> None:
        self._closings = closings
        self._boards = closings.boards
        self._hosts = hosts
        self._crowding = Crowding(hosts, self._boards)
        self._all = load_of(kinds)
        self._permanent = [kind for kind in kinds if kind.permanent]
        self._orders = {sort_of(k): power_on_order(k, self._boards) for k in kinds if k.model}
        self._margins: dict[tuple[Sort, bool], int] = {}
        self._open: dict[bool, bool] = {}
        self._early: dict[Sort, Load] = {}

    def promise(self, kind: Kind) -> Promise:
        """How many VMs of the kind always start."""
        any_order = self._assured(kind, self._all, in_order=False)
        if not kind.permanent:
            return Promise(any_order, 0)
        if any_order == kind.most:
            return Promise(any_order, any_order)
        return Promise(any_order, self._assured(kind, self._earlier(kind), in_order=True))

    def if_permanent(self, kind: Kind) -> int:
        """How many VMs of the kind would start in the order of power-on if it were permanent."""
        sort = sort_of(kind)
        load = added(self._earlier(kind), load_of((kind,)))
        return _always(kind, self._margin(sort, load, in_order=True))

    def _earlier(self, kind: Kind) -> Load:
        """The permanent VMs that are powered on before one of the kind, or along with it."""
        sort = sort_of(kind)
        if sort not in self._early:
            mine = self._orders.get(sort)
            self._early[sort] = load_of(
                k
                for k in self._permanent
                if mine is None or (k.model and self._orders[sort_of(k)] <= mine)
            )
        return self._early[sort]

    def _assured(self, kind: Kind, load: Load, *, in_order: bool) -> int:
        sort = sort_of(kind)
        if not kind.model:
            if not (kind.memory_bytes or kind.millicores):
                return kind.most
            if in_order not in self._open:
                lost, _ = self._crowding.closable(sort, self._all, load)
                self._open[in_order] = lost < sum(count for _, count in self._hosts)
            return kind.most if self._open[in_order] else 0
        key = sort, in_order
        if key not in self._margins:
            self._margins[key] = self._margin(sort, load, in_order=in_order)
        return _always(kind, self._margins[key])

    def _margin(self, sort: Sort, load: Load, *, in_order: bool) -> int:
        """What all of the load leave open at least, in VMs of the sort; below zero: they may not.

        The best that any price list shows: what closing everything costs, less one, less what all
        are worth.
        """
        lost, shaky = self._crowding.closable(sort, self._all, load)
        rivals = self._rivals(sort, load)
        most = _most(rivals, load)
        margins: list[int] = []
        for prices in _price_lists(sort, rivals, self._boards[sort.model]):
            asked = Asked(sort, tuple(sorted(prices.items())), most, in_order)
            each = [self._closings.host(station, asked) for station, _ in self._hosts]
            closing = sum(p * count for p, (_, count) in zip(each, self._hosts, strict=True))
            left = lost
            for price, count in sorted(((each[n], self._hosts[n][1]) for n in shaky), reverse=True):
                closing -= price * min(left, count)
                left -= min(left, count)
            worth = sum(load.counts.get(r, 0) * _worth(sort, r, prices) for r in rivals)
            margins.append((closing - 1 - worth) // _worth(sort, sort, prices))
        return max(margins)

    def _rivals(self, sort: Sort, load: Load) -> list[Sort]:
        """The sorts of the load that come to the same GPUs, the sort itself among them."""
        mine = self._side(sort)
        return sorted({sort, *(s for s in load.counts if s.model and self._side(s) == mine)})

    def _side(self, sort: Sort) -> tuple[str, str]:
        shape = self._boards[sort.model].shapes[sort.shape]
        return sort.model, PASSTHROUGH if shape.name == PASSTHROUGH else str(shape.is_mig)


class Asked(NamedTuple):
    """What is asked of a GPU: to be closed to a sort, at these prices, by at most so many."""

    sort: Sort
    prices: tuple[tuple[int, int], ...]
    most: tuple[tuple[int, int], ...]
    in_order: bool


MOST_INSTANCES = 16
"""No GPU has more instances, so larger counts bound nothing."""


def _most(rivals: Sequence[Sort], load: Load) -> tuple[tuple[int, int], ...]:
    """How many vGPUs of each shape may come to one GPU."""
    counts: Counter[int] = Counter()
    for rival in rivals:
        counts[rival.shape] += load.counts.get(rival, 0)
    return tuple(sorted((shape, min(n, MOST_INSTANCES)) for shape, n in counts.items()))


class _Closings:
    """What it costs to close GPUs and hosts, every answer kept."""

    def __init__(self, boards: Mapping[str, Board]) -> None:
        self.boards = boards
        self._known: dict[tuple[Device, Asked], int] = {}

    def host(self, station: Station, asked: Asked) -> int:
        """What it costs at least to close a host's GPUs to a sort."""
        sort = asked.sort
        if sort.gpus == 1:
            return sum(self._gpu(d, asked) for d in station.devices if d.model == sort.model)
        whole = [self._is_whole(device, sort) for device in station.devices]
        if sort.nvlink:
            groups = [group for group in station.groups if len(group) == sort.gpus]
            return sum(all(whole[index] for index in group) for group in groups)
        return max(0, sum(whole) - sort.gpus + 1)

    def _gpu(self, device: Device, asked: Asked) -> int:
        board, shape = self.boards[device.model], asked.sort.shape
        if board.shapes[shape].name == PASSTHROUGH:
            return int(device.mode is Mode.PASSTHROUGH and device.layout == EMPTY)
        key = device, asked
        if key not in self._known:
            self._known[key] = closing_price(
                board,
                device.mode,
                device.layout,
                shape,
                dict(asked.prices),
                most=dict(asked.most),
                in_order=asked.in_order,
            )
        return self._known[key]

    def _is_whole(self, device: Device, sort: Sort) -> bool:
        """Whether a device can be one of several whole GPUs of a VM."""
        if device.model != sort.model or device.layout != EMPTY:
            return False
        return bool(self.boards[sort.model].legal_starts((), device.mode, sort.shape))


def _price_lists(sort: Sort, rivals: Sequence[Sort], board: Board) -> list[Prices]:
    """Prices by shape: all alike, by the places of the sort that one takes, or by size."""
    shapes = sorted({rival.shape for rival in rivals})
    lists: list[Prices] = [dict.fromkeys(shapes, 1)]
    mine = board.shapes[sort.shape]
    if sort.gpus > 1 or mine.name == PASSTHROUGH:
        return lists
    if mine.is_mig:
        lists.append({n: board.shapes[n].size for n in shapes})
        lists.append({n: board.shapes[n].compute_slices for n in shapes})
    else:
        lists.append({n: 1 if n == sort.shape else mine.alone for n in shapes})
        lists.append({n: max(1, overlapped(board, sort.shape, n)) for n in shapes})
    return [prices for n, prices in enumerate(lists) if prices not in lists[:n]]


def _worth(sort: Sort, rival: Sort, prices: Mapping[int, int]) -> int:
    """What one VM of a rival can close at most, in the prices of the sort.

    NVLink groups lie inside one another; a VM with several GPUs that nothing joins may take one of
    each group.
    """
    if sort.nvlink and rival.nvlink:
        return max(1, rival.gpus // sort.gpus)
    return rival.gpus * prices[rival.shape]


def _always(kind: Kind, margin: int) -> int:
    """How many VMs of the kind start, if all of the load leave ``margin`` of its VMs open.

    Counted in VMs of the kind: before its last VM comes, one less is there.
    """
    return max(0, min(kind.most, kind.most + 1 + margin))
