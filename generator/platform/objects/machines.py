"""Plain VMs, for fabrics without a Supervisor, and what holds them: folders, pools, rights."""

from __future__ import annotations

from typing import ClassVar

from generator.platform.objects.ownership import Manage
from generator.record import Record, record


@record
class Role(Record):
    """A vCenter role of one persona; ``label`` is what vCenter shows.

    ``privileges`` are vCenter's own ids, none for a role of others, which is looked up.
    """

    kind: ClassVar[str] = "role"
    name: str
    manage: Manage
    persona: str
    label: str
    privileges: tuple[str, ...]


@record
class Permission(Record):
    """A principal's role on an object of ours; ``principal`` is as vCenter prints it."""

    principal: str
    is_group: bool
    role: str


@record
class TeamFolder(Record):
    """The folder of a team's VMs, below its environment's, and everybody with rights on it.

    The permissions are complete: Terraform takes away any other that it finds there (F2).
    """

    kind: ClassVar[str] = "folder"
    path: str
    parent: str
    datacenter: str
    tags: tuple[tuple[str, str], ...]
    permissions: tuple[Permission, ...]


@record
class ResourcePool(Record):
    """A resource pool at the root of a cluster (F16: for plain VMs only).

    ``shares`` is vSphere's level (``low``, ``normal``, ``high``), ``memory_reservation_mib`` what
    its VMs reserve together.
    """

    kind: ClassVar[str] = "resource-pool"
    name: str
    cluster: str
    shares: str
    memory_reservation_mib: int
    scale_descendants_shares: str
    tags: tuple[tuple[str, str], ...]


@record
class Machine(Record):
    """A plain VM.

    ``key`` is its place in the plan and names its Terraform address, so that another name never
    replaces it. ``reserved`` VMs hold all their memory. ``host`` is empty where DRS picks it;
    ``pci_devices`` are addresses on that host. ``vgpus`` cannot be said by Terraform.
    ``restart_priority`` is HA's word where it is to differ from the cluster's.
    """

    kind: ClassVar[str] = "virtual-machine"
    name: str
    key: str
    demand: str
    folder: str
    datacenter: str
    cluster: str
    pool: str
    datastore: str
    network: str
    template: str
    vcpus: int
    memory_mib: int
    reserved: bool
    hardware_version: int
    mmio_gib: int
    host: str
    pci_devices: tuple[str, ...]
    vgpus: tuple[str, ...]
    restart_priority: str


@record
class AntiAffinity(Record):
    """VMs of one service that DRS keeps on different hosts while it can; ``machines`` are keys."""

    kind: ClassVar[str] = "anti-affinity-rule"
    name: str
    cluster: str
    machines: tuple[str, ...]


@record
class KeepOff(Record):
    """VMs that DRS keeps off the hosts of passed-through devices while it can (F16).

    ``vm_group`` and ``host_group`` name the groups of both; ``machines`` are keys.
    """

    kind: ClassVar[str] = "vm-host-rule"
    name: str
    cluster: str
    datacenter: str
    vm_group: str
    machines: tuple[str, ...]
    host_group: str
    hosts: tuple[str, ...]


@record
class Fabric(Record):
    """All plain VMs of one environment, with what holds them."""

    environment: str
    folders: tuple[TeamFolder, ...]
    pools: tuple[ResourcePool, ...]
    machines: tuple[Machine, ...]
    anti_affinities: tuple[AntiAffinity, ...]
    keep_offs: tuple[KeepOff, ...]

    @property
    def marked(self) -> tuple[TeamFolder | ResourcePool, ...]:
        """What carries a stamp by tag."""
        return (*self.folders, *self.pools)
