"""What runs, described by intent."""

from generator.blueprint.model.governance import Protection
from generator.blueprint.model.model import Model
from generator.blueprint.model.part import Part, part
from generator.blueprint.model.words import (
    AcceleratorKind,
    AttentionKernel,
    Cadence,
    EarlyStopping,
    Optimizer,
    Origin,
    Persistence,
    Phase,
    Precision,
    Recompute,
    Sampler,
    ServingMode,
    Sharding,
    Trigger,
)
from generator.quantity import Quantity


@part
class Parallel(Part):
    """How one training run is laid out: GPUs along each dimension."""

    tensor: int | None = None
    pipeline: int | None = None
    virtual_stages: int | None = None
    context: int | None = None
    expert: int | None = None
    data: int | None = None
    sequence: bool | None = None


@part
class Offload(Part):
    """What lies in the host's memory instead of the GPU's."""

    optimizer: bool | None = None
    parameters: bool | None = None


@part
class Loader(Part):
    """The processes that read and prepare training data (rate in items per second, bytes)."""

    workers_per_gpu: int | None = None
    prefetch: int | None = None
    rate_per_worker_per_s: Quantity | None = None
    sample_bytes: Quantity | None = None


@part
class Train(Part):
    """A training run (deadline in seconds, throughput in items per second and GPU)."""

    epochs: float | None = None
    steps: int | None = None
    tokens: int | None = None
    batch: int | None = None
    micro_batch: int | None = None
    sequence: int | None = None
    deadline_s: Quantity | None = None
    throughput_per_gpu_per_s: Quantity | None = None
    activation_checkpointing: bool | None = None
    optimizer: Optimizer | None = None
    gradient_precision: Precision | None = None
    sharding: Sharding | None = None
    framework: str | None = None
    recompute: Recompute | None = None
    parallel: Parallel | None = None
    distributed_optimizer: bool | None = None
    offload: Offload | None = None
    attention: AttentionKernel | None = None
    fused_loss: bool | None = None
    compiled: bool | None = None
    utilisation_ratio: Quantity | None = None
    achieved_flops_per_s: Quantity | None = None
    loader: Loader | None = None


@part
class Hpo(Part):
    """A search over hyperparameters (times in seconds, memory in bytes)."""

    trials: int
    trial_time_s: Quantity | None = None
    memory_bytes: Quantity | None = None
    deadline_s: Quantity | None = None
    early_stopping: EarlyStopping | None = None
    early_stopping_saving_ratio: Quantity | None = None
    max_parallel: int | None = None


@part
class Shape(Part):
    """A fixed machine: vCPUs, memory and disk in bytes, whole GPUs."""

    vcpu: int | None = None
    memory_bytes: Quantity | None = None
    disk_bytes: Quantity | None = None
    gpus: int | None = None


@part
class Spark(Part):
    """A Spark job (bytes, seconds)."""

    input_bytes: Quantity
    window_s: Quantity | None = None
    executor: Shape | None = None
    executors: int | None = None
    rate_per_core_bytes_per_s: Quantity | None = None


@part
class Serving(Part):
    """How a model answers (times in seconds, rate per second)."""

    mode: ServingMode
    context: int | None = None
    sessions: int | None = None
    degraded_sessions: int | None = None
    batch: int | None = None
    rate_per_s: Quantity | None = None
    replicas: int | None = None
    max_replicas: int | None = None
    p95_first_token_s: Quantity | None = None
    p95_per_token_s: Quantity | None = None
    p95_s: Quantity | None = None
    items: int | None = None
    window_s: Quantity | None = None
    engine: str | None = None
    max_num_seqs: int | None = None
    max_num_batched_tokens: int | None = None
    memory_utilisation_ratio: Quantity | None = None
    targets: tuple[str, ...] = ()
    consumers: tuple[str, ...] = ()
    engine_version: str | None = None
    tensor_parallel: int | None = None
    input_tokens: int | None = None
    output_tokens: int | None = None
    shared_prefix_tokens: int | None = None
    block_tokens: int | None = None
    sampler: Sampler | None = None
    draft_model: str | None = None


@part
class Checkpoint(Part):
    """How often a run saves its state (seconds), and where."""

    interval_s: Quantity
    store: str
    keep: int | None = None


@part
class Results(Part):
    """Where a run's results go and how long they stay (seconds)."""

    store: str
    retention_s: Quantity | None = None


@part
class Monitoring(Part):
    """What is watched once a model serves (retention in seconds)."""

    drift: tuple[str, ...] = ()
    operational: tuple[str, ...] = ()
    data_quality: tuple[str, ...] = ()
    retention_s: Quantity | None = None


@part
class Pin(Part):
    """What a retraining repeats exactly."""

    code: str | None = None
    image: str | None = None
    pipeline: str | None = None
    hyperparameters: str | None = None


@part
class Retraining(Part):
    """How a model is kept current (GPU-hours as numbers, capture as a ratio and bytes)."""

    cadence: Cadence
    trigger: Trigger | None = None
    reason: str | None = None
    budget_gpu_hours: float | None = None
    capture_production_data_ratio: Quantity | None = None
    capture_record_bytes: Quantity | None = None
    pin: Pin | None = None


@part
class Accelerator(Part):
    """A wish that overrides the engine's choice; usually absent."""

    kind: AcceleratorKind | None = None
    model: str | None = None
    profile: str | None = None
    gpus: int | None = None
    isolation: str | None = None
    topology: str | None = None
    reason: str | None = None


@part
class Calibration(Part):
    """What a cloud prototype really used."""

    instance_type: str | None = None
    instances: int | None = None
    usage_export: str | None = None
    gpu_utilisation_ratio: Quantity | None = None


@part
class Assumptions(Part):
    """Figures of a profile or a log that replace computed ones (bytes per GPU, seconds, 1/s)."""

    weights_bytes: Quantity | None = None
    activations_bytes: Quantity | None = None
    runtime_bytes: Quantity | None = None
    kv_room_bytes: Quantity | None = None
    total_bytes: Quantity | None = None
    step_s: Quantity | None = None
    per_token_s: Quantity | None = None
    first_token_s: Quantity | None = None
    throughput_per_s: Quantity | None = None


@part
class Workload(Part):
    """Something that runs, described by intent: goal, model, data and load."""

    name: str
    goal: str | None = None
    success_metric: str | None = None
    owner: str
    phase: Phase
    environments: tuple[str, ...] = ()
    origin: Origin | None = None
    shape: Shape | None = None
    calibration: Calibration | None = None
    persistence: Persistence | None = None
    priority: str | None = None
    model: Model | None = None
    data: str | None = None
    uses: tuple[str, ...] = ()
    image: str | None = None
    train: Train | None = None
    hpo: Hpo | None = None
    spark: Spark | None = None
    serving: Serving | None = None
    checkpoint: Checkpoint | None = None
    artefacts: Results | None = None
    monitoring: Monitoring | None = None
    retraining: Retraining | None = None
    accelerator: Accelerator | None = None
    protection: Protection | None = None
    assume: Assumptions | None = None
