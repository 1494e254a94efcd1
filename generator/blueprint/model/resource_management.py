"""Layer 2: orchestrators, GPUs, queues, burst and pipelines."""

from collections.abc import Mapping
from dataclasses import field

from generator.blueprint.model.part import Part, part
from generator.blueprint.model.words import (
    Gate,
    GpuScheduling,
    Manage,
    OrchestratorKind,
    Phase,
    Scheduler,
    Sharing,
    Stage,
    Trigger,
)
from generator.quantity import Quantity


@part
class Capacity(Part):
    """An amount of compute: cores, memory in bytes, GPUs."""

    cores: int | None = None
    memory_bytes: Quantity | None = None
    gpus: int | None = None
    gpu: str | None = None
    storage_bytes: Quantity | None = None


@part
class Orchestrator(Part):
    """Something that runs workloads; unmanaged ones count as capacity and are never provisioned."""

    name: str
    kind: OrchestratorKind
    managed: bool | None = None
    manage: Manage | None = None
    site: str | None = None
    capacity: Capacity | None = None
    queues: tuple[str, ...] = ()
    provider: str | None = None
    region: str | None = None
    allowed_classifications: tuple[str, ...] = ()
    kubernetes: str | None = None
    cluster_class: str | None = None
    control_plane_nodes: int | None = None
    pod_cidr: str | None = None
    service_cidr: str | None = None
    vm_template: str | None = None


@part
class Queue(Part):
    """A queue with its nominal quota and how much it may borrow (ratio)."""

    name: str
    team: str | None = None
    gpus: int | None = None
    share_ratio: Quantity | None = None
    borrow_ratio: Quantity | None = None


@part
class GpuPolicy(Part):
    """How GPUs are cut and shared; an empty catalogue means that the sizes are chosen."""

    catalogue_bytes: tuple[Quantity, ...] = ()
    sharing: Mapping[str, Sharing] = field(default_factory=dict)
    scheduling: Mapping[str, GpuScheduling] = field(default_factory=dict)
    time_slice_s: Quantity | None = None
    assignment: str | None = None
    ecc: str | None = None
    drs: str | None = None


@part
class CpuPolicy(Part):
    """How many vCPUs may share a core, per environment (a ratio, 1 for none)."""

    overcommit: Mapping[str, float] = field(default_factory=dict)


@part
class Failover(Part):
    """What gives way when a host is lost."""

    preempt: tuple[str, ...] = ()


@part
class Price(Part):
    """Prices per unit, in one currency; a price that is absent is unknown, not zero."""

    currency: str
    gpu_slice_hour: float | None = None
    gpu_hour: float | None = None
    vcpu_hour: float | None = None
    storage_gb_month: float | None = None
    egress_gb: float | None = None


@part
class BurstData(Part):
    """Where data for burst work is put and over which line it goes."""

    stage: str | None = None
    link: str | None = None


@part
class Burst(Part):
    """When work may leave for rented capacity, and which (ratio; money per month)."""

    target: str
    when: str
    threshold_ratio: Quantity | None = None
    max_slots: int | None = None
    allowed_classifications: tuple[str, ...] = ()
    eligible: tuple[Phase, ...] = ()
    data: BurstData | None = None
    price: Price | None = None
    budget_per_month: float | None = None


@part
class Step(Part):
    """One step of a pipeline (duration in seconds)."""

    name: str
    stage: Stage
    workload: str | None = None
    uses: str | None = None
    target: str | None = None
    gate: Gate | None = None
    after: tuple[str, ...] = ()
    needs: str | None = None
    workers: int | None = None
    duration_s: Quantity | None = None


@part
class Pipeline(Part):
    """Steps that run together on a schedule or a trigger (window in seconds)."""

    name: str
    owner: str | None = None
    schedule: str | None = None
    window_s: Quantity | None = None
    triggers: tuple[Trigger, ...] = ()
    steps: tuple[Step, ...]


@part
class ResourceManagement(Part):
    """Layer 2: who runs what, in which order, and when work may leave."""

    orchestrators: tuple[Orchestrator, ...] = ()
    scheduler: Scheduler | None = None
    queues: tuple[Queue, ...] = ()
    gpu: GpuPolicy = GpuPolicy()
    cpu: CpuPolicy = CpuPolicy()
    priorities: tuple[str, ...] = ()
    failover: Failover = Failover()
    burst: Burst | None = None
    price: Price | None = None
    pipelines: tuple[Pipeline, ...] = ()
