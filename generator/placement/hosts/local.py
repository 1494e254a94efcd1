"""What a host has of its own beside cores, memory and GPUs: NVMe and the rate of its ports.

Both are looked at only for VMs that ask for them, and an unknown fact forbids nothing.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Iterator, Sequence
from itertools import combinations
from typing import Protocol

from generator.placement.hosts.stock import Host, Port
from generator.quantity import GIB


class LocalAsk(Protocol):
    """What is read of a kind of VM."""

    @property
    def slots(self) -> tuple[int, ...]:
        """The parts of the week in which it runs."""

    @property
    def nvme_bytes(self) -> int:
        """Bytes on the host's own NVMe."""

    @property
    def ports(self) -> tuple[tuple[str, int], ...]:
        """Bytes per second by traffic."""


class Local:
    """What VMs take of one host's NVMe and ports, slot by slot."""

    __slots__ = ("_host", "_nvme_bytes", "_rates")

    def __init__(self, host: Host, slots: int) -> None:
        self._host = host
        self._nvme_bytes = [0] * slots
        self._rates: list[Counter[str]] = [Counter() for _ in range(slots)]

    def has(self, ask: LocalAsk) -> bool:
        """Whether one VM more of a kind finds its NVMe and its rate in each of its slots."""
        room = self._host.nvme_bytes
        if ask.nvme_bytes and room is not None:
            most = max(self._nvme_bytes[slot] for slot in ask.slots)
            if most + ask.nvme_bytes > room:
                return False
        asked = dict(ask.ports)
        return not asked or all(
            carried(self._host.ports, self._rates[slot] + Counter(asked), asked)
            for slot in ask.slots
        )

    def count(self, ask: LocalAsk, sign: int) -> None:
        """Counts one VM that comes (1) or goes (-1)."""
        for slot in ask.slots:
            self._nvme_bytes[slot] += sign * ask.nvme_bytes
            for traffic, rate in ask.ports:
                self._rates[slot][traffic] += sign * rate


def carried(ports: Iterable[Port], rates: Counter[str], asked: Iterable[str]) -> bool:
    """Whether ports carry the rates, as far as facts say; some port has to concern ``asked``.

    A port may carry several kinds of traffic, so every set of kinds is held against all ports that
    carry any of them (Hall's condition). Kinds without a port are unknown, not forbidden.
    """
    known = tuple(ports)
    kinds = sorted(kind for kind in rates if rates[kind] and any(kind in p.uses for p in known))
    wanted = frozenset(asked)
    return all(
        sum(rates[kind] for kind in some) <= _together(known, some)
        for some in _sets(kinds)
        if wanted & set(some)
    )


def _sets(kinds: list[str]) -> Iterator[tuple[str, ...]]:
    for size in range(1, len(kinds) + 1):
        yield from combinations(kinds, size)


def _together(ports: tuple[Port, ...], kinds: tuple[str, ...]) -> float:
    """The rate of all ports that carry one of the kinds; unlimited where one is unknown."""
    some = [port.bytes_per_s for port in ports if set(kinds) & set(port.uses)]
    return sum(float("inf") if rate is None else rate for rate in some)


class At(Protocol):
    """What is read of a spot."""

    @property
    def order(self) -> int:
        """Its host's place among the hosts."""


def holds(hosts: Sequence[Host], placed: Iterable[tuple[LocalAsk, Iterable[At]]]) -> bool:
    """Whether hosts have the NVMe and the rate for all VMs that a plan puts on them."""
    asking = [(ask, spots) for ask, spots in placed if ask.nvme_bytes or ask.ports]
    slots = 1 + max((max(ask.slots) for ask, _ in asking), default=0)
    here: dict[int, Local] = {}
    for ask, spots in asking:
        for spot in spots:
            local = here.setdefault(spot.order, Local(hosts[spot.order], slots))
            if not local.has(ask):
                return False
            local.count(ask, 1)
    return True


def without_room(ask: LocalAsk) -> str:
    """Why no host takes a VM that has its cores and memory everywhere, in words."""
    wanted = []
    if ask.nvme_bytes:
        wanted.append(f"{ask.nvme_bytes / GIB:,.0f} GiB of NVMe that no vSAN has")
    wanted += [f"{rate * 8 / 1e9:.3g} Gb/s on its {traffic} ports" for traffic, rate in ask.ports]
    return f"no host with the cores and memory has {' and '.join(wanted)} left"
