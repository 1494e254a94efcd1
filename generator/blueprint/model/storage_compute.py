"""Layer 1: sites, storage tiers, datasets and the flows between them."""

from generator.blueprint.model.governance import Protection
from generator.blueprint.model.hosts import Host
from generator.blueprint.model.part import Part, part
from generator.blueprint.model.words import (
    Backing,
    DataAccess,
    Encryption,
    Manage,
    Media,
    Redundancy,
)
from generator.quantity import Quantity


@part
class Uplink(Part):
    """A site's line to another place (bytes per second, latency in seconds)."""

    speed_bytes_per_s: Quantity
    to: str | None = None
    latency_s: Quantity | None = None


@part
class Site(Part):
    """A place with hosts; its facts come from a SiteInventory or stand inline."""

    name: str
    inventory: str | None = None
    uplink: Uplink | None = None
    allowed_classifications: tuple[str, ...] = ()
    hosts: tuple[Host, ...] = ()


@part
class Tier(Part):
    """A kind of storage that datasets and volumes may use."""

    name: str
    media: Media
    backing: Backing
    datastore: str | None = None
    endpoint: str | None = None
    policy: Redundancy | None = None
    erasure_code: str | None = None
    policy_name: str | None = None
    manage: Manage | None = None
    locality: str | None = None
    throughput_bytes_per_s: Quantity | None = None
    iops: int | None = None
    latency_s: Quantity | None = None
    encryption: Encryption | None = None
    protection: Protection | None = None
    reason: str | None = None


@part
class Storage(Part):
    """The tiers and whether nodes cache on their own NVMe."""

    tiers: tuple[Tier, ...] = ()
    node_local_cache: bool | None = None


@part
class Versions(Part):
    """How many versions of a dataset are kept and how much of it changes in each (ratio)."""

    keep: int
    churn_ratio: Quantity | None = None
    mode: str | None = None


@part
class Transform(Part):
    """A derived form of a dataset; ``ratio`` is its size over the original's."""

    name: str
    ratio: float
    retained: bool | None = None


@part
class Dataset(Part):
    """Data that workloads read: size in bytes, access pattern, versions and duties."""

    name: str
    size_bytes: Quantity
    items: int | None = None
    access: DataAccess | None = None
    format: str | None = None
    classification: str | None = None
    pii: bool | None = None
    synthetic: bool | None = None
    consent: str | None = None
    owner: str | None = None
    source: str | None = None
    derived_from: tuple[str, ...] = ()
    retention_s: Quantity | None = None
    versions: Versions | None = None
    transforms: tuple[Transform, ...] = ()
    copies: int | None = None
    growth_per_month_ratio: Quantity | None = None
    read_rate_bytes_per_s: Quantity | None = None
    latency_s: Quantity | None = None
    rwx: bool | None = None
    tier: str | None = None
    cache: str | None = None
    sites: tuple[str, ...] = ()
    protection: Protection | None = None


@part
class Dataflow(Part):
    """Data that moves between two systems (bytes, seconds or bytes per second)."""

    name: str
    from_: str
    to: str
    volume_bytes: Quantity | None = None
    window_s: Quantity | None = None
    rate_bytes_per_s: Quantity | None = None
    protocol: str | None = None
    encrypted: bool | None = None


@part
class StorageCompute(Part):
    """Layer 1: sites, storage and datasets."""

    sites: tuple[Site, ...] = ()
    storage: Storage = Storage()
    datasets: tuple[Dataset, ...] = ()
    dataflows: tuple[Dataflow, ...] = ()
