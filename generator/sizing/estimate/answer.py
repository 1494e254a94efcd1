"""What an estimate says. A figure that makes no sense for the workload is None, never zero."""

from __future__ import annotations

from generator.ledger import Entry
from generator.record import Record, record


@record
class MemoryAnswer(Record):
    """Bytes per GPU; ``total_bytes`` is the sum of the six parts before it.

    ``static_bytes`` is what stays from step to step (``held_bytes`` where a framework keeps less
    than exists at the peak), ``all_gpus_bytes`` the total of all GPUs, ``kv_room_bytes`` what an
    engine's share of the GPU leaves for the cache, and ``host_bytes`` the host memory that offload
    and pinned buffers take. ``measured_total_bytes`` replaces the sum where a total was measured.
    """

    weights_bytes: float
    gradients_bytes: float = 0.0
    optimizer_bytes: float = 0.0
    activations_bytes: float = 0.0
    kv_cache_bytes: float = 0.0
    runtime_bytes: float = 0.0
    kv_bytes_per_token: float | None = None
    kv_room_bytes: float | None = None
    held_bytes: float | None = None
    host_bytes: float | None = None
    measured_total_bytes: float | None = None
    gpus: int = 1

    @property
    def static_bytes(self) -> float:
        """What stays between steps; gradients may only exist at the peak of one."""
        if self.held_bytes is not None:
            return self.held_bytes
        return self._states_bytes

    @property
    def _states_bytes(self) -> float:
        return self.weights_bytes + self.gradients_bytes + self.optimizer_bytes

    @property
    def total_bytes(self) -> float:
        """What one GPU must offer."""
        if self.measured_total_bytes is not None:
            return self.measured_total_bytes
        return (
            self._states_bytes + self.activations_bytes + self.kv_cache_bytes + self.runtime_bytes
        )

    @property
    def allocated_bytes(self) -> float:
        """The total without context and libraries: what a framework's own counter shows.

        Nothing where a measured total is less than the runtime that was computed.
        """
        return max(0.0, self.total_bytes - self.runtime_bytes)

    @property
    def all_gpus_bytes(self) -> float | None:
        """What all GPUs of one copy hold together; None where there is no GPU."""
        return self.total_bytes * self.gpus if self.gpus else None


@record
class ServingAnswer(Record):
    """How many sessions a replica holds and how fast it answers (seconds, tokens or items)."""

    kv_capacity_tokens: int | None = None
    sessions_guaranteed: int | None = None
    sessions_practical: int | None = None
    concurrency: float | None = None
    first_token_low_s: float | None = None
    first_token_s: float | None = None
    first_token_high_s: float | None = None
    prefill_s: float | None = None
    per_token_s: float | None = None
    tokens_per_s: float | None = None
    items_per_s: float | None = None
    latency_s: float | None = None
    replicas: int | None = None


@record
class TrainingAnswer(Record):
    """How long training takes: ``hours`` of the machine, ``programme_hours`` with all else."""

    step_s: float | None = None
    hours: float | None = None
    programme_hours: float | None = None
    flops: float | None = None
    flops_per_token: float | None = None
    gpu_hours: float | None = None
    programme_gpu_hours: float | None = None
    mfu: float | None = None
    hfu: float | None = None
    tokens_per_s_per_gpu: float | None = None
    items_per_s_per_gpu: float | None = None
    tflops_per_gpu: float | None = None
    model_tflops_per_gpu: float | None = None
    slots: int | None = None
    largest_model_parameters: float | None = None


@record
class CheckpointAnswer(Record):
    """A checkpoint's size and how often to write one."""

    bytes: float
    interval_s: float | None = None


@record
class RejectedAnswer(Record):
    """An offer that was not taken, and why; ``alike`` others fell to the same constraint."""

    offer: str
    constraint: str
    reason: str
    alike: int = 0


@record
class ChoiceAnswer(Record):
    """What the decision table proposes where no GPU is named: a proposal, not a fact.

    ``kind`` is how compute is given out (``cpu``, ``time-sliced``, ``mig``, ``full``, ...), empty
    where nothing fits; then ``binding`` names the constraint that decides. ``gpus`` is what one VM
    gets, ``hosts`` the VMs of one job, ``gpus_in_all`` all concurrent slots or replicas together.
    """

    kind: str = ""
    gpu: str = ""
    profile: str = ""
    gpus: int = 0
    hosts: int = 0
    gpus_in_all: int = 0
    row: str = ""
    reason: str = ""
    source: str = ""
    binding: str = ""
    rejected: tuple[RejectedAnswer, ...] = ()


@record
class Estimate(Record):
    """One workload in figures: ``reasons`` say why it is not feasible and what would be.

    ``choice`` proposes a GPU where none is named; None where one is, or nobody asked.
    """

    memory: MemoryAnswer
    serving: ServingAnswer | None = None
    training: TrainingAnswer | None = None
    checkpoint: CheckpointAnswer | None = None
    read_bytes_per_s: float | None = None
    gpu: str = ""
    gpus: int = 0
    profile: str = ""
    feasible: bool = True
    reasons: tuple[str, ...] = ()
    choice: ChoiceAnswer | None = None
    ledger: tuple[Entry, ...] = ()
