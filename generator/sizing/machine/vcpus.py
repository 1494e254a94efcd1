"""vCPUs of a GPU VM: what feeds the accelerators, with a floor per GPU."""

from __future__ import annotations

from math import ceil

from generator.ledger import Basis
from generator.record import Record, record
from generator.sizing.machine.bill import Bill, Part
from generator.sizing.nonsense import Nonsense, not_negative, positive

VCPUS_PER_GPU = 4
"""The least vCPUs per GPU. Published: 16 vCPUs fed four A100s at near bare-metal speed in MLPerf
3.0 (F. Denneman, Multi-GPU for Distributed Training)."""

PROCESS_VCPUS, PROCESS_VCPUS_HIGH = 1, 2
"""vCPUs per GPU for the process that launches its kernels; assumed: one thread spins per GPU, and a
second one where the backward pass has its own."""

SYSTEM_VCPUS, SYSTEM_VCPUS_LOW, SYSTEM_VCPUS_HIGH = 2, 1, 4
"""vCPUs for operating system, kubelet and monitoring; assumed, with their range."""

BUSY_RATIO = 0.8
"""How busy loader cores may be planned to be, so that bursts do not stall a GPU; assumed, 0.7 to
0.9."""

EVEN = 2
"""vCPUs come in twos, so that a VM can be split evenly over two NUMA nodes."""


@record
class Loader(Record):
    """What feeds the GPUs of one VM.

    ``workers_per_gpu`` is the framework's setting (PyTorch's ``num_workers``). ``samples_per_s``
    is what all its GPUs consume and ``core_s_per_sample`` what one sample costs a core to read,
    decode and augment. Either may be unknown (None).
    """

    workers_per_gpu: int | None = None
    samples_per_s: float | None = None
    core_s_per_sample: float | None = None


def decode_cores(samples_per_s: float, core_s_per_sample: float) -> float:
    """Cores that are busy all the time with preparing samples at that rate."""
    return not_negative("loader.samples", samples_per_s) * positive(
        "loader.core_time", core_s_per_sample
    )


def sustained_samples_per_s(vcpus: int, core_s_per_sample: float) -> float:
    """Samples per second that so many loader vCPUs prepare at the planned business."""
    cores = not_negative("vcpus", vcpus) * BUSY_RATIO
    return cores / positive("loader.core_time", core_s_per_sample)


def vcpus(gpus: int, loader: Loader | None = None) -> Bill:
    """The vCPUs of one VM with ``gpus`` accelerators, as parts; never fewer than 4 per GPU.

    Loader workers and the cores that the stated cost of a sample asks for are alternatives: the
    larger counts. Raises ``Nonsense`` for a rate without the cost of a sample.
    """
    not_negative("gpus", gpus)
    bill = Bill(
        name="vCPUs",
        unit="vCPUs",
        parts=(
            Part(
                name="system",
                value=SYSTEM_VCPUS,
                rule="operating system, kubelet and monitoring",
                source="assumed",
                basis=Basis.ASSUMED,
                low=SYSTEM_VCPUS_LOW,
                high=SYSTEM_VCPUS_HIGH,
            ),
        ),
    )
    if gpus:
        bill = bill.plus(
            Part(
                name="GPU processes",
                value=PROCESS_VCPUS * gpus,
                rule=f"{PROCESS_VCPUS} per GPU for the process that launches its kernels",
                source="assumed",
                basis=Basis.ASSUMED,
                low=PROCESS_VCPUS * gpus,
                high=PROCESS_VCPUS_HIGH * gpus,
            )
        )
    if loader is not None:
        bill = bill.plus(_loading(gpus, loader))
    floor = VCPUS_PER_GPU * gpus
    if bill.total < floor:
        bill = bill.plus(
            Part(
                name="floor",
                value=floor - int(bill.total),
                rule=f"{VCPUS_PER_GPU} vCPUs per GPU at least",
                source="F. Denneman, Multi-GPU for Distributed Training: 16 vCPUs fed 4 A100",
                basis=Basis.PUBLISHED,
            )
        )
    return bill.rounded_up(EVEN, "an even number splits over two NUMA nodes")


def _loading(gpus: int, loader: Loader) -> Part:
    workers = int(not_negative("loader.workers", loader.workers_per_gpu or 0)) * max(1, gpus)
    by_workers = Part(
        name="loader",
        value=workers,
        rule=f"{loader.workers_per_gpu} loader workers per GPU, one vCPU each",
        source="blueprint",
        basis=Basis.STATED,
    )
    if loader.samples_per_s is None:
        return by_workers
    if loader.core_s_per_sample is None:
        raise Nonsense(
            "loader.core_time",
            "a rate of samples says nothing without the cost of one",
            "state the core time per sample, or the number of loader workers",
        )
    busy = decode_cores(loader.samples_per_s, loader.core_s_per_sample)
    needed = ceil(busy / BUSY_RATIO)
    if needed <= workers:
        return by_workers
    return Part(
        name="loader",
        value=needed,
        rule=f"samples/s x core time per sample / {BUSY_RATIO:.0%}, rounded up",
        source="arithmetic on what the blueprint states",
    )
