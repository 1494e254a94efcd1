"""What a tier keeps beside the data so that it survives: raw bytes per logical byte."""

from __future__ import annotations

from generator.blueprint.model.storage_compute import Tier
from generator.ledger import Basis
from generator.record import Record, record
from generator.sizing.data.supply import VSAN_KINDS
from generator.sizing.storage.erasure import CEPH_REPLICAS, code
from generator.sizing.storage.vsan import ADAPTIVE_RAID5_HOSTS, Architecture, Layout, layout
from generator.sizing.storage.vsan_capacity import filesystem_ratio

REPLICAS_RANGE = (2, 3)
"""Assumed range of the copies of a replicated store that does not state them."""

_POLICIES = {
    "none": (0, 0),
    "raid1": (1, 1),
    "raid1-ftt2": (1, 2),
    "raid1-ftt3": (1, 3),
    "raid5": (5, 1),
    "raid6": (6, 2),
}
"""The language's words as (RAID level, failures to tolerate)."""

_VSAN = "VMware, vSAN Planning and Deployment; D. Epping, Adaptive RAID-5 (2022)"


@record
class Redundancy(Record):
    """Raw bytes per logical byte (``factor``), None where nobody states what it follows from.

    ``low`` and ``high`` bound a factor that is assumed. ``written_ratio`` is what the file system
    adds to data and replicas. ``before_policies`` says that the store's capacity is counted before
    redundancy, as on vSAN. ``missing`` says what to state.
    """

    factor: float | None
    rule: str
    source: str
    basis: Basis = Basis.PUBLISHED
    low: float | None = None
    high: float | None = None
    written_ratio: float = 0.0
    before_policies: bool = False
    missing: str = ""

    @property
    def taken_ratio(self) -> float:
        """Bytes of the store's capacity that a logical byte takes; at least one."""
        if not self.before_policies:
            return 1.0
        return (self.factor or 1.0) * (1 + self.written_ratio)


def redundancy(tier: Tier, hosts: int | None) -> Redundancy:
    """The redundancy of a tier whose datastore lies on ``hosts`` hosts (None: not known).

    Raises ``Nonsense`` for a vSAN policy that so few hosts cannot carry, and for an erasure code
    without data.
    """
    at = f"storage_compute.storage.tiers[{tier.name}]"
    if tier.policy is None:
        return Redundancy(
            factor=None, rule="no policy is stated", source="", missing=f"{at}.policy",
            before_policies=tier.backing in VSAN_KINDS,
        )  # fmt: skip
    if tier.backing in VSAN_KINDS and tier.policy in _POLICIES:
        return _vsan(tier, hosts)
    if tier.policy == "erasure-coded":
        return _erasure_coded(tier, f"{at}.erasure_code")
    if tier.policy == "replicated":
        low, high = REPLICAS_RANGE
        return Redundancy(
            factor=float(CEPH_REPLICAS),
            rule=f"{CEPH_REPLICAS} copies; the tier does not state how many",
            source="Ceph documentation, osd_pool_default_size",
            basis=Basis.ASSUMED,
            low=low,
            high=high,
        )
    if tier.policy == "none":
        return Redundancy(factor=1.0, rule="nothing is kept twice", source="blueprint")
    return Redundancy(
        factor=None,
        rule="the array lays it out and keeps that to itself",
        source="blueprint",
        before_policies=tier.backing in VSAN_KINDS,
    )


def _vsan(tier: Tier, hosts: int | None) -> Redundancy:
    architecture = Architecture.ESA if tier.backing == "vsan-esa" else Architecture.OSA
    raid, failures = _POLICIES[tier.policy or "none"]
    stored = layout(
        raid=raid, failures_to_tolerate=failures, architecture=architecture, hosts=hosts
    )
    adaptive = raid == 5 and architecture is Architecture.ESA  # noqa: PLR2004 - RAID-5
    known = hosts is not None or not adaptive
    return Redundancy(
        factor=stored.factor,
        rule=_rule(stored, hosts, adaptive=adaptive),
        source=_VSAN,
        basis=Basis.PUBLISHED if known else Basis.ASSUMED,
        low=None if known else _widest_raid5().factor,
        high=None if known else stored.factor,
        written_ratio=filesystem_ratio(architecture),
        before_policies=True,
    )


def _widest_raid5() -> Layout:
    """RAID-5 of ESA where there are hosts enough for its wide layout."""
    return layout(raid=5, failures_to_tolerate=1, hosts=ADAPTIVE_RAID5_HOSTS)


def _rule(stored: Layout, hosts: int | None, *, adaptive: bool) -> str:
    text = f"x {stored.factor:.4g}: {stored.name}"
    text += " on as few hosts as carry it" if hosts is None else f" on {hosts} hosts"
    if adaptive and (hosts or 0) < ADAPTIVE_RAID5_HOSTS:
        text += f"; {_widest_raid5().name} needs {ADAPTIVE_RAID5_HOSTS}"
    return text


def _erasure_coded(tier: Tier, field: str) -> Redundancy:
    if tier.erasure_code is None:
        return Redundancy(
            factor=None, rule="its erasure code is not stated", source="", missing=field
        )
    data, parity = tier.erasure_code.split("+")
    stored = code(data=int(data), parity=int(parity))
    return Redundancy(
        factor=stored.factor,
        rule=f"x {stored.factor:.4g}: ({data} + {parity}) / {data}",
        source="MinIO documentation, Erasure Code Settings; Ceph documentation, Erasure code",
    )
