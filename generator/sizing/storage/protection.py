"""Protection outside vSAN: RAID of arrays, plain replicas, and failures that pair with a cluster's.

RAID levels by their definition: Patterson, Gibson and Katz, A Case for Redundant Arrays of
Inexpensive Disks (1988), and for double parity SNIA, Common RAID Disk Data Format.
"""

from __future__ import annotations

from generator.record import Record, record
from generator.sizing.nonsense import Nonsense, not_negative, positive, ratio

_FEWEST_DISKS = {0: 1, 1: 2, 5: 3, 6: 4, 10: 4}
"""Disks that a RAID level needs at least, by its definition."""


@record
class Protected(Record):
    """A scheme: raw bytes per usable byte, and the losses that it survives for certain."""

    name: str
    factor: float
    losses: int


def array_raid(*, level: int, disks: int, hot_spares: int = 0) -> Protected:
    """RAID 0, 1, 5, 6 or 10 over a group of ``disks`` disks, with spares beside them.

    Raises ``Nonsense`` for another level, too few disks and an odd count of mirrored ones.
    """
    fewest = _FEWEST_DISKS.get(level)
    if fewest is None:
        raise Nonsense("storage.raid", f"RAID-{level} is not known", "state 0, 1, 5, 6 or 10")
    if disks < fewest:
        raise Nonsense(
            "storage.disks", f"RAID-{level} needs {fewest} disks, not {disks}", "state more disks"
        )
    if level == 10 and disks % 2:  # noqa: PLR2004
        raise Nonsense("storage.disks", f"{disks} disks form no pairs", "state an even count")
    data = {0: disks, 1: 1, 5: disks - 1, 6: disks - 2, 10: disks // 2}[level]
    losses = {0: 0, 1: disks - 1, 5: 1, 6: 2, 10: 1}[level]
    spares = not_negative("storage.hot_spares", hot_spares)
    return Protected(name=f"RAID-{level} of {disks}", factor=(disks + spares) / data, losses=losses)


def replicas(copies: int) -> Protected:
    """Whole copies, of which one suffices."""
    positive("storage.copies", copies)
    return Protected(name=f"{copies} copies", factor=float(copies), losses=copies - 1)


def raw_bytes(usable_bytes: float, scheme: Protected, *, reserve_ratio: float = 0.0) -> float:
    """Raw bytes of ``usable_bytes`` under a scheme, with ``reserve_ratio`` of them kept free."""
    reserve = ratio("storage.reserve", reserve_ratio)
    if reserve == 1:
        raise Nonsense("storage.reserve", "100 % leaves nothing", "state a lower reserve")
    return not_negative("usable", usable_bytes) * scheme.factor / (1 - reserve)


def paired_policy(admission_control: str) -> str:
    """The vSAN policy that survives what an HA admission control ("N+1") survives.

    A cluster that restarts VMs after two hosts are lost needs storage that lost two as well.
    Source: Broadcom, Tanzu Greenplum reference architecture. Raises ``Nonsense`` where vSAN has
    no policy for that many hosts.
    """
    spare = admission_control.replace(" ", "").upper().removeprefix("N+")
    policies = {"1": "FTT=1", "2": "FTT=2 (RAID-6)", "3": "FTT=3 (RAID-1)"}
    if spare not in policies:
        raise Nonsense(
            "clusters[].ha.host_failures",
            f"vSAN has no policy for {admission_control}",
            "state N+1, N+2 or N+3",
        )
    return policies[spare]
