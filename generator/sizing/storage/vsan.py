"""vSAN: how a policy lays objects out, and the hosts that its layout needs.

Sources: VMware, vSAN Planning and Deployment (RAID 5/6 erasure coding; sizing for failures to
tolerate: ``2 x FTT + 1`` hosts for mirrors); D. Epping, vSAN 8.0 ESA: Introducing Adaptive RAID-5
(2+1 on three to five hosts, 4+1 from six).
"""

from __future__ import annotations

from enum import StrEnum

from generator.record import Record, record
from generator.sizing.nonsense import Nonsense, positive

_POLICY = "storage.tiers[].policy"

MIRROR_FAILURES = (1, 2, 3)
"""Failures that a mirror may tolerate. Published: vSAN Planning and Deployment."""

ADAPTIVE_RAID5_HOSTS = 6
"""Hosts from which ESA lays RAID-5 out as 4+1 and no longer as 2+1. Published: D. Epping (2022)."""


class Architecture(StrEnum):
    """vSAN's storage architectures."""

    OSA = "OSA"
    ESA = "ESA"


@record
class Layout(Record):
    """How vSAN lays an object out: ``data`` pieces and ``redundant`` ones, each on its own host.

    A mirror has one data piece and a redundant one per failure that it tolerates.
    """

    name: str
    architecture: Architecture
    raid: int
    failures_to_tolerate: int
    data: int
    redundant: int
    minimum_hosts: int

    @property
    def factor(self) -> float:
        """Raw bytes per usable byte by the layout alone."""
        return (self.data + self.redundant) / self.data

    @property
    def witnesses(self) -> int:
        """Witness components that break a tie between mirrors; erasure coding needs none."""
        return self.failures_to_tolerate if self.raid == 1 else 0

    @property
    def repairable_hosts(self) -> int:
        """Hosts with which a lost host's pieces can be rebuilt: one more than there are pieces."""
        pieces = self.data + self.redundant + self.witnesses
        return pieces + (1 if self.failures_to_tolerate else 0)


def layout(
    *,
    raid: int,
    failures_to_tolerate: int,
    architecture: Architecture = Architecture.ESA,
    hosts: int | None = None,
) -> Layout:
    """The layout of a storage policy on a cluster of ``hosts`` hosts that contribute storage.

    Without ``hosts`` the smallest cluster that can carry it is assumed, which on ESA means RAID-5
    as 2+1. Raises ``Nonsense`` for a policy that vSAN has not, and for too few hosts, then naming
    the policies that would do.
    """
    found = _layout(raid, failures_to_tolerate, architecture, hosts)
    if hosts is not None:
        require_hosts(found, hosts)
    return found


def require_hosts(wanted: Layout, hosts: int) -> None:
    """Raises ``Nonsense`` where ``hosts`` are too few for a layout, naming what would do."""
    positive("storage.hosts", hosts)
    if hosts < wanted.minimum_hosts:
        raise Nonsense(
            _POLICY,
            f"{wanted.name} needs {wanted.minimum_hosts} hosts and {hosts} contribute storage",
            _instead(wanted, hosts),
        )


def possible(hosts: int, architecture: Architecture) -> tuple[Layout, ...]:
    """Every protected layout that ``hosts`` hosts can carry, the most failures tolerated first.

    Among those that tolerate the same, the one with the lowest raw factor comes first.
    """
    positive("storage.hosts", hosts)
    policies = ((5, 1), (6, 2), *((1, failures) for failures in MIRROR_FAILURES))
    found = (_layout(raid, failures, architecture, hosts) for raid, failures in policies)
    fitting = [each for each in found if each.minimum_hosts <= hosts]
    return tuple(sorted(fitting, key=lambda each: (-each.failures_to_tolerate, each.factor)))


def _layout(raid: int, failures: int, architecture: Architecture, hosts: int | None) -> Layout:
    pieces = {
        (0, 0): (1, 0, 1),
        (5, 1): _raid5(architecture, hosts),
        (6, 2): (4, 2, 6),
        **{(1, each): (1, each, 2 * each + 1) for each in MIRROR_FAILURES},
    }.get((raid, failures))
    if pieces is None:
        raise Nonsense(
            _POLICY,
            f"vSAN has no RAID-{raid} that tolerates {failures} failures",
            "state RAID-1 with 1 to 3 failures, RAID-5 with 1, RAID-6 with 2 or none with 0",
        )
    data, redundant, minimum = pieces
    return Layout(
        name=_name(raid, failures, architecture, data, redundant),
        architecture=architecture,
        raid=raid,
        failures_to_tolerate=failures,
        data=data,
        redundant=redundant,
        minimum_hosts=minimum,
    )


def _raid5(architecture: Architecture, hosts: int | None) -> tuple[int, int, int]:
    """Data pieces, redundant pieces and the fewest hosts."""
    if architecture is Architecture.OSA:
        return 3, 1, 4
    if hosts is not None and hosts >= ADAPTIVE_RAID5_HOSTS:
        # The pieces need five hosts; vSAN keeps a sixth so that they can be rebuilt.
        return 4, 1, ADAPTIVE_RAID5_HOSTS
    return 2, 1, 3


def _name(raid: int, failures: int, architecture: Architecture, data: int, redundant: int) -> str:
    if raid == 0:
        return f"{architecture} without protection"
    if raid == 1:
        return f"{architecture} RAID-1 with FTT={failures}"
    return f"{architecture} RAID-{raid} {data}+{redundant}"


def _instead(wanted: Layout, hosts: int) -> str:
    missing = wanted.minimum_hosts - hosts
    more = f"add {missing} host{'s' if missing > 1 else ''}"
    known = [
        f"{each.name} (x {each.factor:.3g})"
        for each in possible(hosts, wanted.architecture)
        if each.failures_to_tolerate <= wanted.failures_to_tolerate
    ]
    return f"{more}, or take {' or '.join(known)}" if known else more
