"""What is made on an empty target only (F2): datacenters, clusters, switches, port groups."""

from __future__ import annotations

from typing import ClassVar

from generator.record import Record, record


@record
class Datacenter(Record):
    """A datacenter; ``folder`` is empty at the root. Another name would replace it."""

    kind: ClassVar[str] = "datacenter"
    name: str
    folder: str
    stamp: str


@record
class Admission(Record):
    """What HA keeps free: ``host_failures`` hosts, or the percentages where any is above 0."""

    enabled: bool
    host_failures: int
    cpu_percent: int
    memory_percent: int


@record
class ComputeCluster(Record):
    """A cluster without hosts, with every option of DRS and HA stated.

    ``drs`` is vSphere's level (``fullyAutomated`` ..., empty: off), ``drs_options`` the complete
    map of advanced options, ``vsan`` is ``osa``, ``esa`` or empty, ``evc`` empty for none.
    """

    kind: ClassVar[str] = "cluster"
    name: str
    datacenter: str
    drs: str
    drs_options: tuple[tuple[str, str], ...]
    admission: Admission
    evc: str
    vsan: str
    stamp: str


@record
class DistributedSwitch(Record):
    """A distributed switch; ``shares`` are (network I/O control's traffic class, weight)."""

    kind: ClassVar[str] = "switch"
    name: str
    datacenter: str
    mtu_bytes: int
    uplinks: tuple[str, ...]
    shares: tuple[tuple[str, int], ...]
    stamp: str


@record
class PortGroup(Record):
    """A port group; ``teaming`` is vSphere's policy, VLAN 0 is untagged."""

    kind: ClassVar[str] = "port-group"
    name: str
    role: str
    datacenter: str
    switch: str
    vlan: int
    teaming: str
    active: tuple[str, ...]
    standby: tuple[str, ...]
    stamp: str


@record
class Library(Record):
    """A content library; ``subscription_url`` is empty for a local one."""

    kind: ClassVar[str] = "content-library"
    name: str
    datacenter: str
    datastore: str
    subscription_url: str
    description: str


@record
class Infrastructure(Record):
    """All of it on one vCenter. ``stamp_exists``: the attribute that carries stamps is there."""

    datacenters: tuple[Datacenter, ...] = ()
    clusters: tuple[ComputeCluster, ...] = ()
    switches: tuple[DistributedSwitch, ...] = ()
    port_groups: tuple[PortGroup, ...] = ()
    libraries: tuple[Library, ...] = ()
    stamp_exists: bool = False

    @property
    def stamped(self) -> tuple[Datacenter | ComputeCluster | DistributedSwitch | PortGroup, ...]:
        """What carries its stamp as a custom attribute: the tags are made after it (F1)."""
        return (*self.datacenters, *self.clusters, *self.switches, *self.port_groups)
