"""A Supervisor that is to be made: once, on an empty target (F2, F19)."""

from __future__ import annotations

from typing import ClassVar

from generator.record import Record, record


@record
class Addresses(Record):
    """Consecutive addresses; a ``count`` of 0 is none."""

    first: str = ""
    count: int = 0


@record
class Attachment(Record):
    """A network of a Supervisor: its port group, and its gateway as ``address/prefix``."""

    port_group: str
    gateway: str
    addresses: Addresses


@record
class Publishing(Record):
    """How services are published.

    ``kind`` is ``foundation``, ``haproxy``, ``avi`` or ``nsx``. ``address`` and ``port`` are those
    of an HAProxy or an Avi controller, ``interface`` the network of a Foundation Load Balancer
    with its own addresses, the rest is NSX's.
    """

    kind: str
    virtual_ips: Addresses = Addresses()
    address: str = ""
    port: int = 0
    interface: Attachment | None = None
    edge_cluster: str = ""
    tier0: str = ""
    ingress: str = ""
    egress: str = ""


@record
class SupervisorWish(Record):
    """A Supervisor that Terraform enables.

    ``generation`` is that of the provider's resource: 2, or 1 where vCenter is older than 8.
    ``size`` is vCenter's word, ``zones`` are empty on a single ``cluster``.
    """

    kind: ClassVar[str] = "supervisor"
    name: str
    generation: int
    datacenter: str
    cluster: str
    zones: tuple[str, ...]
    size: str
    nodes: int
    storage_policy: str
    management: Attachment
    workload: Attachment | None
    switch: str
    pod_cidr: str
    service_cidr: str
    library: str
    dns: tuple[str, ...]
    ntp: tuple[str, ...]
    search_domains: tuple[str, ...]
    publishing: Publishing
