"""What sites offer to store data on, as plain figures read from their inventories."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from typing import Protocol

from generator.quantity import Quantity
from generator.record import Record, record

VSAN_KINDS = ("vsan-esa", "vsan-osa")
"""Kinds of datastore whose capacity is counted before the redundancy of their policies."""


class PlatformUseFacts(Protocol):
    """What is read of a platform's part of a datastore."""

    @property
    def platform(self) -> str:
        """The platform's name."""

    @property
    def used_bytes(self) -> Quantity:
        """What it keeps there."""


class DatastoreFacts(Protocol):
    """What is read of a datastore of an inventory."""

    @property
    def name(self) -> str:
        """Its name."""

    @property
    def clusters(self) -> tuple[str, ...]:
        """Clusters that see it."""

    @property
    def kind(self) -> str | None:
        """What it is."""

    @property
    def usable_bytes(self) -> Quantity | None:
        """Its capacity."""

    @property
    def used_bytes(self) -> Quantity | None:
        """What is in use of it."""

    @property
    def used_by(self) -> Sequence[PlatformUseFacts]:
        """The parts of that which platforms keep there."""

    @property
    def read_bytes_per_s(self) -> Quantity | None:
        """Its read rate."""

    @property
    def iops(self) -> int | None:
        """Its operations per second."""

    @property
    def rwx(self) -> bool | None:
        """Whether several nodes can write to one volume."""


class NvmeFacts(Protocol):
    """What is read of a host's NVMe devices."""

    @property
    def devices(self) -> int:
        """How many."""

    @property
    def size_bytes(self) -> Quantity:
        """How large each is."""


class HostFacts(Protocol):
    """What is read of a host of an inventory."""

    @property
    def cluster(self) -> str | None:
        """The cluster that it belongs to."""

    @property
    def nvme(self) -> NvmeFacts | None:
        """Its NVMe devices."""


class SiteFacts(Protocol):
    """What is read of an inventory."""

    @property
    def datastores(self) -> Sequence[DatastoreFacts]:
        """Its datastores."""

    @property
    def hosts(self) -> Sequence[HostFacts]:
        """Its hosts."""


@record
class Store(Record):
    """A datastore. ``hosts`` contribute to it or see it; None is an unknown fact.

    ``room_bytes`` is its capacity less what is used (all of it where that is unknown), on vSAN
    before the redundancy of policies. What this platform keeps there already is in use and in its
    volumes: where the facts state how much, it is no use of others; else it counts twice, and the
    plan is too careful, never too bold.
    """

    name: str
    sites: tuple[str, ...] = ()
    hosts: int | None = None
    room_bytes: float | None = None
    used_is_known: bool = False
    read_bytes_per_s: float | None = None
    iops: float | None = None
    rwx: bool | None = None


@record
class DataSupply(Record):
    """What the sites offer. ``node_nvme_bytes`` is what each host has for its nodes' own caches."""

    stores: tuple[Store, ...] = ()
    node_nvme_bytes: float | None = None


def data_supply(inventories: Mapping[str, SiteFacts], platform: str = "") -> DataSupply:
    """The datastores of all sites, and the NVMe that no vSAN has claimed.

    ``inventories`` is keyed by the blueprint's names of the sites, ``platform`` names the one whose
    content is not in its own way. Where two sites have a
    datastore of one name, each has to do with the least of both.
    """
    found: dict[str, Store] = {}
    local: list[float] = []
    for site, facts in sorted(inventories.items()):
        members: dict[str, int] = {}
        for host in facts.hosts:
            if host.cluster is not None:
                members[host.cluster] = members.get(host.cluster, 0) + 1
        for datastore in facts.datastores:
            store = _store(datastore, site, members, platform)
            other = found.get(store.name)
            found[store.name] = store if other is None else _least(other, store)
        local += _local(facts)
    return DataSupply(stores=tuple(found.values()), node_nvme_bytes=min(local, default=None))


def _store(
    datastore: DatastoreFacts, site: str, members: Mapping[str, int], platform: str
) -> Store:
    read, usable, used = datastore.read_bytes_per_s, datastore.usable_bytes, datastore.used_bytes
    own = sum(u.used_bytes.value for u in datastore.used_by if u.platform == platform)
    of_others = max(0, used.value - own) if used else 0
    hosts = sum(members.get(cluster, 0) for cluster in datastore.clusters)
    return Store(
        name=datastore.name,
        sites=(site,),
        hosts=hosts or None,
        room_bytes=max(0.0, usable.value - of_others) if usable else None,
        used_is_known=used is not None,
        read_bytes_per_s=float(read.value) if read else None,
        iops=None if datastore.iops is None else float(datastore.iops),
        rwx=datastore.rwx,
    )


def _least(one: Store, other: Store) -> Store:
    hosts = _min((one.hosts, other.hosts))
    return Store(
        name=one.name,
        sites=(*one.sites, *other.sites),
        hosts=None if hosts is None else int(hosts),
        room_bytes=_min((one.room_bytes, other.room_bytes)),
        used_is_known=one.used_is_known and other.used_is_known,
        read_bytes_per_s=_min((one.read_bytes_per_s, other.read_bytes_per_s)),
        iops=_min((one.iops, other.iops)),
        rwx=None if None in (one.rwx, other.rwx) else bool(one.rwx and other.rwx),
    )


def _min(figures: Iterable[float | None]) -> float | None:
    known = [figure for figure in figures if figure is not None]
    return min(known, default=None)


def _local(facts: SiteFacts) -> list[float]:
    """NVMe bytes of each host whose devices are not vSAN's."""
    claimed = {
        cluster
        for datastore in facts.datastores
        if datastore.kind in VSAN_KINDS
        for cluster in datastore.clusters
    }
    return [
        float(host.nvme.devices * host.nvme.size_bytes.value)
        for host in facts.hosts
        if host.nvme is not None and host.cluster not in claimed
    ]
