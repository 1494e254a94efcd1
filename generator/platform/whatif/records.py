"""What a comparison says. These records are the answer of ``mlgen whatif`` as it is published."""

from __future__ import annotations

from collections.abc import Mapping
from enum import StrEnum

from generator.blueprint.model.blueprint import Blueprint
from generator.catalog import Catalog
from generator.finding import Finding
from generator.placement.plan import Obstacle, Plan
from generator.record import Record, record
from generator.supply.model import SiteInventory


@record
class Situation(Record):
    """One side of a comparison. ``inventories`` is keyed by the blueprint's site names.

    ``files`` maps the path of every rendered file to its text; ``lost_gpus`` names the GPUs, as
    ``SITE/HOST/gpuN``, that are held only because they are supposed to be lost.
    """

    blueprint: Blueprint
    inventories: Mapping[str, SiteInventory]
    catalog: Catalog
    plan: Plan
    findings: tuple[Finding, ...]
    files: Mapping[str, str]
    lost_gpus: tuple[str, ...] = ()


class Fate(StrEnum):
    """What happens to a VM, mildest first; the gravest that applies is said."""

    STAYS = "stays"
    MOVES = "moves"
    RESTARTS = "restarts"
    RECREATED = "recreated"
    STARTS = "starts"
    STOPS = "stops"


class Difference(StrEnum):
    """How a demand differs between the two sides."""

    ADDED = "added"
    REMOVED = "removed"
    CHANGED = "changed"


@record
class Waiting(Record):
    """A demand of which fewer run than wanted; ``fatal`` where even its minimum finds no room."""

    environment: str
    demand: str
    wanted: int
    placed: int
    minimum: int
    fatal: bool
    because: str


@record
class Capacity(Record):
    """A cluster and what of it the plan uses. Cores and memory are those left to the platform.

    GPUs are whole devices: ``gpus_used`` carry a vGPU of the plan, ``gpus_held`` only what others
    run. Framebuffer is that of the GPUs which are not held; None where the catalogue does not know
    one. vCPUs that share a core count as the part of it that they may take. What is used is that of
    each host and each GPU at its worst moment of the week.
    """

    site: str
    cluster: str
    hosts: int
    gpus: int
    gpus_used: int
    gpus_held: int
    gpus_free: int
    framebuffer_gib: float | None
    framebuffer_used_gib: float
    cores: int
    cores_used: int
    memory_gib: float
    memory_used_gib: float


@record
class Side(Record):
    """Whether all of it fits, what waits, what else is short, and how full the clusters are."""

    fits: bool
    waiting: tuple[Waiting, ...]
    obstacles: tuple[Obstacle, ...]
    capacity: tuple[Capacity, ...]


@record
class Shape(Record):
    """A demand as it is planned: per VM its size and GPUs, and the hosts of its VMs.

    ``vm_class`` is "" where the class has no name, because facts of the site are missing.
    """

    wanted: int
    placed: int
    vcpus: int
    memory_gib: float
    gpus: int
    model: str
    profile: str
    device_group: str
    vm_class: str
    hosts: tuple[str, ...]


@record
class DemandChange(Record):
    """A demand whose shape, number or hosts differ; ``fields`` names what does.

    A side is None where nothing asks for the demand or no GPU can carry it.
    """

    environment: str
    demand: str
    difference: Difference
    fields: tuple[str, ...]
    before: Shape | None
    after: Shape | None


@record
class Spot(Record):
    """Where a VM is; ``start`` is its first MIG slice or its placement id, -1 where it has none."""

    site: str
    cluster: str
    host: str
    gpus: tuple[str, ...]
    start: int


@record
class VmChange(Record):
    """What happens to one VM of a demand, and why. ``index`` counts as the plan before does."""

    environment: str
    demand: str
    index: int
    fate: Fate
    before: Spot | None
    after: Spot | None
    reasons: tuple[str, ...]


@record
class HostWork(Record):
    """A host that reboots for a version. ``order`` counts within its cluster, one at a time.

    ``has_room`` says whether its cluster has as many empty GPUs of each kind as the host's vGPUs
    lie on: then they can be evacuated by vMotion, else they are powered off.
    """

    site: str
    cluster: str
    host: str
    order: int
    because: str
    gpu_vms: tuple[str, ...]
    other_vms: tuple[str, ...]
    has_room: bool


@record
class VersionChange(Record):
    """A target version that differs, what it asks for, and where that is written."""

    target: str
    subject: str
    before: str
    after: str
    action: str
    source: str


@record
class FileChange(Record):
    """The paths of rendered files that differ, below the platform's folder."""

    added: tuple[str, ...]
    removed: tuple[str, ...]
    changed: tuple[str, ...]
    unchanged: int


@record
class FindingChange(Record):
    """Findings that one side has and the other does not."""

    new: tuple[Finding, ...]
    gone: tuple[Finding, ...]


@record
class Comparison(Record):
    """Everything that differs between two situations."""

    before: Side
    after: Side
    demands: tuple[DemandChange, ...]
    vms: tuple[VmChange, ...]
    versions: tuple[VersionChange, ...]
    hosts: tuple[HostWork, ...]
    findings: FindingChange
    files: FileChange
