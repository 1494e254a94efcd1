"""The whole blueprint, and its head: metadata, platform, release, waivers, hand-off."""

from collections.abc import Mapping
from dataclasses import field

from generator.blueprint.model.development_environment import DevelopmentEnvironment
from generator.blueprint.model.environments import Environment
from generator.blueprint.model.governance import Governance
from generator.blueprint.model.ml_platform import MlPlatform
from generator.blueprint.model.organisation import Organisation
from generator.blueprint.model.part import Part, part
from generator.blueprint.model.resource_management import ResourceManagement
from generator.blueprint.model.storage_compute import StorageCompute
from generator.blueprint.model.words import Driver, HandoffFormat, Office, Policy, Purpose, Scale
from generator.blueprint.model.workloads import Workload


@part
class Metadata(Part):
    """Name, owner and revision of a blueprint; the release id is ``<name>-<revision>``."""

    name: str
    owner: str
    revision: int
    description: str | None = None
    labels: Mapping[str, str] = field(default_factory=dict)


@part
class Targets(Part):
    """Versions of the products that outputs are written for, in each product's own spelling."""

    vcenter: str | None = None
    esx: str | None = None
    supervisor: str | None = None
    vks: str | None = None
    kubernetes: str | None = None
    cluster_class: str | None = None
    vgpu_host: str | None = None
    vgpu_guest: str | None = None
    nvaie_infra: str | None = None
    gpu_operator: str | None = None
    provider: str | None = None


@part
class Platform(Part):
    """What the platform is for and how large it is meant to be."""

    purpose: Purpose
    scale: Scale
    targets: Targets = Targets()
    drivers: tuple[Driver, ...] = ()


@part
class Release(Part):
    """The release's date and the one to fall back to."""

    as_of: str
    last_known_good: str | None = None
    policy: Policy | None = None


@part
class Waiver(Part):
    """A rule that is not obeyed at one path until a date, with its reason."""

    rule: str
    path: str | None = None
    reason: str
    expires: str
    change: str | None = None
    approved_by: str | None = None


@part
class CatalogueRows(Part):
    """Rows that override or add to the shipped catalogue; each is a mapping with an ``id``."""

    accelerators: tuple[Mapping[str, object], ...] = ()
    cpus: tuple[Mapping[str, object], ...] = ()
    models: tuple[Mapping[str, object], ...] = ()


@part
class Handoff(Part):
    """What people do by hand and who they are."""

    manual: tuple[str, ...] = ()
    owners: Mapping[Office, str] = field(default_factory=dict)
    formats: tuple[HandoffFormat, ...] = ()


@part
class Blueprint(Part):
    """One ML platform as its architect describes it: four layers of supply, and workloads."""

    extends: tuple[str, ...] = ()
    metadata: Metadata
    platform: Platform
    release: Release
    organisation: Organisation = Organisation()
    governance: Governance = Governance()
    storage_compute: StorageCompute = StorageCompute()
    resource_management: ResourceManagement = ResourceManagement()
    ml_platform: MlPlatform = MlPlatform()
    development_environment: DevelopmentEnvironment = DevelopmentEnvironment()
    workloads: tuple[Workload, ...] = ()
    environments: Mapping[str, Environment] = field(default_factory=dict)
    catalogue: CatalogueRows = CatalogueRows()
    waivers: tuple[Waiver, ...] = ()
    handoff: Handoff = Handoff()
