"""Capacity on vSAN: what an object takes, and the raw bytes that usable bytes need.

Sources: Broadcom KB 394410 (ESA object overhead); VMware, vSAN Planning and Deployment; VMware,
Understanding "Reserved Capacity" Concepts in vSAN. No credit for deduplication or compression.
"""

from __future__ import annotations

from math import ceil

from generator.quantity import GIB, MIB
from generator.record import Record, record
from generator.sizing.nonsense import Nonsense, not_negative, positive, ratio
from generator.sizing.storage.vsan import Architecture, Layout, require_hosts

ESA_LFS_RATIO = 0.131
"""What ESA's log-structured file system adds to data and replicas. Published as "about":
Broadcom KB 394410."""

ESA_LFS_RANGE = (0.13, 0.15)
"""Range of ``ESA_LFS_RATIO``: others quote 13 %, and "about" is taken as up to 15 %."""

ESA_METADATA_RATIO = 0.10
"""Share of the raw capacity that ESA's global metadata keep. Assumed: about 10 % in VMware,
Capacity Overheads for the ESA in vSAN 8, which gives rounded figures only."""

ESA_METADATA_RANGE = (0.08, 0.12)
"""Assumed range of ``ESA_METADATA_RATIO``."""

OSA_METADATA_RATIO = 0.01
"""Share of the raw capacity that OSA's on-disk format keeps. Published as 1 to 2 %: vSAN Planning
and Deployment, on-disk format overhead."""

COMPONENT_METADATA_BYTES = 4 * MIB
"""Metadata of one component or witness. Measured: a mirrored object of 100 GiB whose components
each take 107,378,376,704 B."""

COMPONENT_MAXIMUM_BYTES = 255 * GIB
"""The largest component; larger objects are split. Published: vSAN configuration maximums."""

OPERATIONS_RESERVE_RATIO = 0.10
"""Raw capacity kept free for policy changes and rebalancing. Assumed: vSAN computes it from devices
and object sizes; on 12 hosts it is about 10 % beside the 8 % of one host."""

OPERATIONS_RESERVE_RANGE = (0.05, 0.15)
"""Assumed range of ``OPERATIONS_RESERVE_RATIO``."""

SLACK_BEFORE_70U1_RATIO = 0.275
"""Free capacity asked for before vSAN 7.0 U1 gave reserves: the middle of the published 25 to 30 %
(VMware, vSAN Design Guide)."""

REBUILD_RESERVE_HOSTS = 5
"""Hosts from which a host rebuild reserve is advised. On four it takes a quarter of the capacity
and leaves three, on which RAID-5 3+1 and RAID-6 cannot be rebuilt anyway."""


@record
class Overheads(Record):
    """What a vSAN cluster takes beside the layout of its objects, as shares.

    ``filesystem_ratio`` is added to data and replicas; ``metadata_ratio`` of the raw capacity is
    never usable, and ``reserve_ratio`` of what is left is kept free.
    """

    filesystem_ratio: float
    metadata_ratio: float
    reserve_ratio: float


def overheads(
    architecture: Architecture,
    *,
    hosts: int,
    rebuild_reserve: bool | None = None,
    operations_reserve_ratio: float = OPERATIONS_RESERVE_RATIO,
) -> Overheads:
    """The overheads of an architecture on ``hosts`` hosts.

    The host rebuild reserve is left out on small clusters (``REBUILD_RESERVE_HOSTS``) unless it is
    asked for; both reserves add up.
    """
    wanted = hosts >= REBUILD_RESERVE_HOSTS if rebuild_reserve is None else rebuild_reserve
    reserve = ratio("storage.operations_reserve", operations_reserve_ratio)
    esa = architecture is Architecture.ESA
    return Overheads(
        filesystem_ratio=filesystem_ratio(architecture),
        metadata_ratio=ESA_METADATA_RATIO if esa else OSA_METADATA_RATIO,
        reserve_ratio=reserve + (host_rebuild_reserve_ratio(hosts) if wanted else 0.0),
    )


def filesystem_ratio(architecture: Architecture) -> float:
    """What the file system adds to data and replicas: ESA's log structure, nothing on OSA."""
    return ESA_LFS_RATIO if architecture is Architecture.ESA else 0.0


def host_rebuild_reserve_ratio(hosts: int) -> float:
    """Share of the raw capacity that one of ``hosts`` equal hosts holds: 1/N.

    Source: VMware Cloud Foundation design library, VCF-VSAN-RCMD-CFG-003. Raises ``Nonsense``
    below two hosts: there is none to rebuild on.
    """
    if hosts < 2:  # noqa: PLR2004
        raise Nonsense("storage.hosts", f"{hosts} host cannot lose one", "state two hosts or more")
    return 1 / hosts


@record
class RawVolume(Record):
    """From usable to raw bytes, step by step; each step's bytes are what it adds."""

    usable_bytes: float
    protected_bytes: float
    filesystem_bytes: float
    metadata_bytes: float
    reserve_bytes: float

    @property
    def raw_bytes(self) -> float:
        """Bytes that the hosts' devices must have."""
        kept = self.filesystem_bytes + self.metadata_bytes + self.reserve_bytes
        return self.protected_bytes + kept


def raw_volume(
    usable_bytes: float, stored: Layout, *, hosts: int, taken: Overheads | None = None
) -> RawVolume:
    """Raw bytes for ``usable_bytes``: policy factor, file system, metadata and reserves.

    ``used x factor x (1 + file system) / (1 - metadata) / (1 - reserves)``. Raises ``Nonsense``
    where the cluster is too small for the layout or the overheads take all of it.
    """
    require_hosts(stored, hosts)
    shares = taken or overheads(stored.architecture, hosts=hosts)
    for name, share in (
        ("storage.metadata", shares.metadata_ratio),
        ("storage.operations_reserve", shares.reserve_ratio),
    ):
        if not 0 <= share < 1:
            raise Nonsense(name, f"{share:.0%} leaves no capacity", "state less than 100 %")
    protected = not_negative("usable", usable_bytes) * stored.factor
    written = protected * (1 + not_negative("storage.filesystem", shares.filesystem_ratio))
    with_metadata = written / (1 - shares.metadata_ratio)
    raw = with_metadata / (1 - shares.reserve_ratio)
    return RawVolume(
        usable_bytes=usable_bytes,
        protected_bytes=protected,
        filesystem_bytes=written - protected,
        metadata_bytes=with_metadata - written,
        reserve_bytes=raw - with_metadata,
    )


@record
class ObjectUse(Record):
    """What one object takes on a vSAN datastore, in bytes."""

    protected_bytes: float
    filesystem_bytes: float
    metadata_bytes: float
    components: int

    @property
    def used_bytes(self) -> float:
        """Data with replicas or parity, file system and component metadata."""
        return self.protected_bytes + self.filesystem_bytes + self.metadata_bytes


def object_use(size_bytes: float, stored: Layout) -> ObjectUse:
    """Raw bytes of one fully written object, with the metadata of its components and witnesses.

    ESA adds the log-structured file system's share to data and replicas (Broadcom KB 394410:
    10 GB take 22.62 GB as a mirror, 14.14 GB as RAID-5 4+1).
    """
    size = positive("size", size_bytes)
    pieces = ceil(size / stored.data / COMPONENT_MAXIMUM_BYTES) * (stored.data + stored.redundant)
    components = pieces + stored.witnesses
    protected = size * stored.factor
    return ObjectUse(
        protected_bytes=protected,
        filesystem_bytes=protected * filesystem_ratio(stored.architecture),
        metadata_bytes=components * COMPONENT_METADATA_BYTES,
        components=components,
    )
