"""The GPU layer: what hosts, clusters and vCenters must be set to, and facts that mislead."""

from __future__ import annotations

from typing import ClassVar

from generator.record import Record, record


@record
class HostSetting(Record):
    """One setting of a GPU, a host, a cluster or a vCenter; what it is of is the last not empty.

    ``actor`` is ``image`` (component of the cluster's vLCM image), ``profile`` (its configuration
    profile), ``script``, ``person`` (a shell on the host) or ``proposed`` (the cluster is shared:
    nobody does it before its owners agree). ``how`` and ``check`` are commands. ``needs`` lists
    ``reboot``, ``empty-gpu`` and ``maintenance``; ``hosts_at_once`` is how many hosts may be out
    for it at a time, 0 for those that take none out.
    """

    kind: ClassVar[str] = "host-setting"
    cluster: str
    host: str
    device: str
    setting: str
    value: str
    why: str
    actor: str
    how: str
    check: str
    needs: tuple[str, ...]
    hosts_at_once: int


@record
class HostFact(Record):
    """A fact about a host or a cluster that changes what may be expected of it."""

    kind: ClassVar[str] = "host-fact"
    cluster: str
    host: str
    what: str
    consequence: str
