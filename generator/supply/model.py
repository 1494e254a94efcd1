"""The site inventory: facts of one site, as typed objects."""

from collections.abc import Mapping
from dataclasses import field

from generator.blueprint.model.hosts import Host
from generator.blueprint.model.part import Part, part
from generator.blueprint.model.resource_management import Capacity
from generator.blueprint.model.words import (
    DatastoreKind,
    Drs,
    Encryption,
    Lifecycle,
    LoadBalancer,
    Manage,
    NetworkRole,
    ObjectKind,
    Office,
    Requests,
    SupervisorNetwork,
)
from generator.quantity import Quantity
from generator.supply.making import Edge, SupervisorAddresses, Teaming, TrafficShares


@part
class SiteMetadata(Part):
    """Name, owner and date of an inventory."""

    name: str
    owner: str | None = None
    as_of: str | None = None
    source: str | None = None
    labels: Mapping[str, str] = field(default_factory=dict)


@part
class Naming(Part):
    """The site's naming convention; ``max_length`` None means per kind."""

    pattern: str | None = None
    per_kind: Mapping[str, str] = field(default_factory=dict)
    max_length: int | None = None
    existing: str | None = None


@part
class Backend(Part):
    """Where Terraform keeps its state, by reference."""

    type: str
    ref: str


@part
class VCenter(Part):
    """One vCenter; nobody's credentials are here."""

    ref: str
    instance_uuid: str | None = None
    version: str | None = None
    lifecycle: Lifecycle | None = None
    requests: Requests | None = None
    identity_sources: tuple[str, ...] = ()
    backend: Backend | None = None


@part
class Datacenter(Part):
    """A datacenter object of a vCenter."""

    name: str
    vcenter: str | None = None
    folder: str | None = None
    manage: Manage | None = None


@part
class HighAvailability(Part):
    """What vSphere HA keeps free (ratios)."""

    host_failures: int | None = None
    enabled: bool | None = None
    cpu_reserve_ratio: Quantity | None = None
    memory_reserve_ratio: Quantity | None = None


@part
class Cluster(Part):
    """A vSphere cluster as it stands."""

    name: str
    vcenter: str | None = None
    datacenter: str | None = None
    zone: str | None = None
    shared: bool | None = None
    manage: Manage | None = None
    ha: HighAvailability | None = None
    drs: Drs | None = None
    evc: str | None = None
    image: str | None = None
    configuration_profile: bool | None = None


@part
class Zone(Part):
    """A vSphere zone."""

    name: str
    vcenter: str | None = None
    clusters: tuple[str, ...] = ()
    manage: Manage | None = None


@part
class Supervisor(Part):
    """A Supervisor as it stands, or one that is to be made on an empty target (F2)."""

    ref: str
    id: str | None = None
    vcenter: str | None = None
    version: str | None = None
    clusters: tuple[str, ...] = ()
    zones: tuple[str, ...] = ()
    network: SupervisorNetwork | None = None
    load_balancer: LoadBalancer | None = None
    pod_cidr: str | None = None
    service_cidr: str | None = None
    control_plane_size: str | None = None
    control_plane_nodes: int | None = None
    storage_policy: str | None = None
    addresses: SupervisorAddresses = SupervisorAddresses()
    edge: Edge = Edge()
    manage: Manage | None = None


@part
class Library(Part):
    """A content library."""

    name: str
    vcenter: str | None = None
    id: str | None = None
    holds: str | None = None
    subscribed: bool | None = None
    subscription_url: str | None = None
    datastore: str | None = None
    manage: Manage | None = None


@part
class Switch(Part):
    """A virtual switch as it stands, or one that is to be made."""

    name: str
    vcenter: str | None = None
    datacenter: str | None = None
    kind: str | None = None
    mtu: int | None = None
    uplinks: tuple[str, ...] = ()
    shares: TrafficShares = TrafficShares()
    offloaded: bool | None = None
    manage: Manage | None = None


@part
class Network(Part):
    """A network with its addresses; ``free_addresses`` is a count."""

    role: NetworkRole
    port_group: str | None = None
    switch: str | None = None
    vcenter: str | None = None
    vlan: int | None = None
    mtu: int | None = None
    teaming: Teaming | None = None
    cidr: str | None = None
    gateway: str | None = None
    free_addresses: int | None = None
    owner: str | None = None
    manage: Manage | None = None


@part
class Services(Part):
    """Services of the site, by address or by reference."""

    dns: tuple[str, ...] = ()
    ntp: tuple[str, ...] = ()
    search_domains: tuple[str, ...] = ()
    proxy: str | None = None
    proxy_url: str | None = None
    air_gapped: bool | None = None
    ca_bundles: tuple[str, ...] = ()
    registry: str | None = None
    mirrors: str | None = None
    key_provider: str | None = None
    nvidia_license: str | None = None
    backup: str | None = None
    ipam: str | None = None
    itsm: str | None = None


@part
class Tag(Part):
    """A tag that is attached to something."""

    category: str
    tag: str


@part
class PlatformUse(Part):
    """What a platform that mlgen planned keeps on a datastore already (bytes)."""

    platform: str
    used_bytes: Quantity


@part
class Datastore(Part):
    """A datastore as it stands (bytes, bytes per second)."""

    name: str
    vcenter: str | None = None
    clusters: tuple[str, ...] = ()
    kind: DatastoreKind | None = None
    usable_bytes: Quantity | None = None
    used_bytes: Quantity | None = None
    used_by: tuple[PlatformUse, ...] = ()
    read_bytes_per_s: Quantity | None = None
    write_bytes_per_s: Quantity | None = None
    iops: int | None = None
    rwx: bool | None = None
    encryption: Encryption | None = None
    tags: tuple[Tag, ...] = ()
    manage: Manage | None = None


@part
class RunningVgpu(Part):
    """A vGPU of a VM that runs: profile, device and placement id."""

    profile: str
    pci: str | None = None
    placement: int | None = None


@part
class RunningVm(Part):
    """A VM that is there already (memory in bytes)."""

    name: str
    uuid: str | None = None
    cluster: str | None = None
    host: str | None = None
    foreign: bool | None = None
    owner: str | None = None
    power: str | None = None
    vcpu: int | None = None
    memory_bytes: Quantity | None = None
    reservation: Capacity | None = None
    vgpus: tuple[RunningVgpu, ...] = ()
    passthrough: tuple[str, ...] = ()


@part
class OutsideObject(Part):
    """An object that exists and has no section of its own, with its ownership."""

    kind: ObjectKind
    name: str
    vcenter: str | None = None
    id: str | None = None
    within: str | None = None
    manage: Manage


@part
class SiteInventory(Part):
    """Facts of one site; an empty tuple or None is an unknown fact, never a default."""

    metadata: SiteMetadata
    owners: Mapping[Office, str] = field(default_factory=dict)
    naming: Naming = Naming()
    vcenters: tuple[VCenter, ...] = ()
    datacenters: tuple[Datacenter, ...] = ()
    clusters: tuple[Cluster, ...] = ()
    zones: tuple[Zone, ...] = ()
    supervisors: tuple[Supervisor, ...] = ()
    libraries: tuple[Library, ...] = ()
    switches: tuple[Switch, ...] = ()
    networks: tuple[Network, ...] = ()
    services: Services = Services()
    hosts: tuple[Host, ...] = ()
    datastores: tuple[Datastore, ...] = ()
    occupancy: tuple[RunningVm, ...] = ()
    objects: tuple[OutsideObject, ...] = ()
