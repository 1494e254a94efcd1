"""Erasure-coded stores: raw bytes of ``data + parity`` shards, MinIO's defaults, Ceph's pools.

Sources: MinIO documentation, Erasure Code Settings and Erasure Code Parity; Ceph documentation,
Erasure code and Storage capacity. Beware of guides that give Ceph's 3+2 as 1.5: (3+2)/3 is 1.667.
"""

from __future__ import annotations

from generator.record import Record, record
from generator.sizing.nonsense import Nonsense, not_negative, positive, ratio

LARGEST_SET = 16
"""Drives that one object is spread over at most. Published: MinIO documentation, erasure sets."""

_MINIO_PARITY = ((8, 4), (6, 3), (4, 2), (2, 1), (1, 0))
"""(Drives of an erasure set, shards of parity) from the largest down. Published: MinIO
documentation, Erasure Code Settings, default parity."""

CEPH_NEARFULL_RATIO = 0.85
"""Fill above which Ceph warns: capacity beyond it is there for recovery, not for data. Published:
Ceph documentation, mon_osd_nearfull_ratio."""

CEPH_REPLICAS = 3
"""Copies of a replicated pool. Published: Ceph documentation, osd_pool_default_size."""


@record
class ErasureCode(Record):
    """``data + parity`` shards of which any ``data`` rebuild the object."""

    data: int
    parity: int

    @property
    def shards(self) -> int:
        """Drives, or hosts where each shard has its own, that an object is spread over."""
        return self.data + self.parity

    @property
    def factor(self) -> float:
        """Raw bytes per usable byte: (k + m) / k."""
        return self.shards / self.data

    @property
    def efficiency_ratio(self) -> float:
        """Usable share of the raw capacity, before file system and metadata."""
        return self.data / self.shards

    @property
    def write_quorum(self) -> int:
        """Drives that must work for a write: k, and one more where parity is half of the set."""
        return self.data + (1 if self.data == self.parity else 0)


def code(*, data: int, parity: int) -> ErasureCode:
    """A code of ``data`` and ``parity`` shards. Raises ``Nonsense`` where either cannot be."""
    positive("storage.tiers[].erasure_code.data", data)
    not_negative("storage.tiers[].erasure_code.parity", parity)
    return ErasureCode(data=data, parity=parity)


def code_of_set(*, drives: int, parity: int | None = None) -> ErasureCode:
    """The code of an erasure set of ``drives`` drives, by default with MinIO's own parity.

    Raises ``Nonsense`` for more than 16 drives in one set and for a parity above half of it.
    """
    positive("storage.drives", drives)
    if drives > LARGEST_SET:
        raise Nonsense(
            "storage.drives",
            f"{drives} drives are more than one erasure set of {LARGEST_SET}",
            "state the drives of one set, or take erasure_set(drives)",
        )
    shards = default_parity(drives) if parity is None else parity
    not_negative("storage.parity", shards)
    if shards > drives / 2:
        raise Nonsense(
            "storage.parity",
            f"{shards} of {drives} drives is more than half",
            f"state at most {drives // 2}",
        )
    return ErasureCode(data=drives - shards, parity=shards)


def default_parity(drives: int) -> int:
    """MinIO's default parity for an erasure set: 0, 1, 2, 3 or 4 from 1, 2, 4, 6 and 8 drives."""
    positive("storage.drives", drives)
    return next(parity for fewest, parity in _MINIO_PARITY if drives >= fewest)


def erasure_set(drives: int) -> int:
    """Drives per erasure set of a pool: the largest divisor of ``drives`` up to 16.

    Source: MinIO, Distributed Server Design Guide. Raises ``Nonsense`` where only sets of one
    drive divide the pool.
    """
    positive("storage.drives", drives)
    largest = next(size for size in range(min(drives, LARGEST_SET), 0, -1) if drives % size == 0)
    if largest == 1 and drives > 1:
        raise Nonsense(
            "storage.drives",
            f"{drives} drives fall into no equal sets of 2 to {LARGEST_SET}",
            "state a count that such a set divides",
        )
    return largest


def usable_bytes(*, drives: int, drive_bytes: float, parity: int | None = None) -> float:
    """Usable bytes of a pool of equal drives, in sets of at most 16, before any metadata."""
    set_drives = erasure_set(drives)
    usable = code_of_set(drives=set_drives, parity=parity)
    raw = drives * positive("storage.drive_size", drive_bytes)
    return raw * usable.data / usable.shards


def raw_bytes(usable: float, stored: ErasureCode) -> float:
    """Raw bytes that ``usable`` bytes take under a code."""
    return not_negative("usable", usable) * stored.factor


def ceph_raw_bytes(
    usable: float,
    *,
    hosts: int,
    stored: ErasureCode | None = None,
    fill_ratio: float = CEPH_NEARFULL_RATIO,
) -> float:
    """Raw bytes of a Ceph pool, replicated three times unless a code is given.

    Each shard or copy stands on its own host, and the pool is planned full to ``fill_ratio``.
    Raises ``Nonsense`` where there are fewer hosts than shards.
    """
    kept = stored or ErasureCode(data=1, parity=CEPH_REPLICAS - 1)
    if hosts < kept.shards:
        raise Nonsense(
            "storage.hosts",
            f"{kept.data}+{kept.parity} needs {kept.shards} hosts and there are {hosts}",
            f"add {kept.shards - hosts}, or take a code with at most {hosts} shards",
        )
    filled = positive("storage.fill", ratio("storage.fill", fill_ratio))
    return raw_bytes(usable, kept) / filled
