"""The machine of a training run beside its GPUs: vCPUs that feed them, and RAM on top of theirs.

What the framebuffer asks for in RAM is settled once the GPU is chosen; what loader workers hold
ready and what training keeps on the CPU comes on top of it. Sources: F. Denneman, Machine Learning
on VMware Platform, part 3 (prefetch), and Multi-GPU for Distributed Training (vCPUs); Rajbhandari
et al., ZeRO-Offload (states in host memory).
"""

from __future__ import annotations

from dataclasses import replace
from math import ceil

from generator.blueprint.model.workloads import Loader as StatedLoader
from generator.blueprint.model.workloads import Train
from generator.ledger import Basis, Entry
from generator.quantity import GIB, Quantity
from generator.record import Record, record
from generator.sizing.figures import Figures
from generator.sizing.machine.bill import Bill, Part
from generator.sizing.machine.ram import Prefetch
from generator.sizing.machine.vcpus import EVEN, VCPUS_PER_GPU, Loader, vcpus
from generator.sizing.nonsense import not_negative, positive

DEFAULT_WORKERS_PER_GPU = 4
"""Loader processes per GPU where a loader is stated without them; the language's default."""

DEFAULT_PREFETCH = 2
"""Batches that each worker holds ready. Published: PyTorch, DataLoader, prefetch_factor."""


@record
class TrainingMachine(Record):
    """What one VM of a training run needs beside its GPUs.

    ``extra_memory`` comes on top of the RAM that the framebuffer asks for, in whole GiB.
    ``fed_ratio`` is what the stated loader workers prepare over what the GPUs consume, None where
    one of the two is unknown; below 1 the GPUs wait.
    """

    vcpus: Bill
    extra_memory: Bill
    gpus: int
    fed_ratio: float | None = None

    @property
    def vcpu_count(self) -> int:
        """All vCPUs."""
        return int(self.vcpus.total)

    @property
    def extra_memory_bytes(self) -> int:
        """All of the RAM on top."""
        return int(self.extra_memory.total)

    def note(self, figures: Figures) -> None:
        """Writes the parts down; RAM only where there is any."""
        for entry in self.vcpus.entries(figures.subject):
            assumed = entry.low is not None
            figures.entries.append(self._weighed(entry) if assumed else entry)
        if self.fed_ratio is not None:
            figures.note(
                "GPUs fed",
                round(self.fed_ratio, 3),
                "",
                rule="stated workers x rate per worker / items that the GPUs consume",
                source="arithmetic on what the blueprint states",
                effect="GPUs wait for data; state more workers" if self.fed_ratio < 1 else "",
            )
        if self.extra_memory.parts:
            figures.entries += self.extra_memory.entries(figures.subject)

    def _weighed(self, entry: Entry) -> Entry:
        """The entry with what it changes at its ends; where that is nothing, nothing is assumed.

        The floor counts, and the whole comes in even numbers.
        """
        own = sum(p.value for p in self.vcpus.parts if p.name not in ("floor", "rounding"))
        ends = [
            max(VCPUS_PER_GPU * self.gpus, ceil((own - float(entry.value) + end) / EVEN) * EVEN)
            for end in (entry.low or 0.0, entry.high or 0.0)
        ]
        if ends[0] == ends[1]:
            return replace(entry, basis=Basis.ANALYTIC, rule=f"{entry.rule}; the floor decides")
        return replace(entry, effect=f"{ends[0]} to {ends[1]} vCPUs in all")


def training_machine(
    train: Train,
    *,
    gpus: int,
    samples_per_s: float | None = None,
    sample_bytes: float | None = None,
    batch_samples: float | None = None,
    offload_bytes: float = 0.0,
) -> TrainingMachine:
    """The vCPUs and extra RAM of a VM with all ``gpus`` of a run.

    ``samples_per_s`` is what its GPUs consume together, ``sample_bytes`` one item as it is read
    where the loader does not state it, ``batch_samples`` the items of one GPU's batch and
    ``offload_bytes`` what the run keeps in host memory. Unknown is None. Without a stated loader
    the vCPUs are the published floor of 4 per GPU, and nothing is held ready beyond the RAM that
    goes with the framebuffer. Raises ``Nonsense`` for figures that are not above zero.
    """
    positive("accelerator.gpus", gpus)
    loader = train.loader
    return TrainingMachine(
        vcpus=vcpus(gpus, _feeding(loader, samples_per_s)),
        extra_memory=_extra_memory(loader, gpus, sample_bytes, batch_samples, offload_bytes),
        gpus=gpus,
        fed_ratio=_fed_ratio(loader, gpus, samples_per_s),
    )


def _feeding(loader: StatedLoader | None, samples_per_s: float | None) -> Loader | None:
    """The stated loader. A rate per worker is the inverse of what a sample costs a core."""
    if loader is None:
        return None
    rate = _positive("rate_per_worker", loader.rate_per_worker_per_s)
    known = rate is not None and samples_per_s is not None
    return Loader(
        workers_per_gpu=_workers(loader),
        samples_per_s=samples_per_s if known else None,
        core_s_per_sample=1 / rate if rate else None,
    )


def _fed_ratio(loader: StatedLoader | None, gpus: int, samples_per_s: float | None) -> float | None:
    if loader is None or loader.rate_per_worker_per_s is None or not samples_per_s:
        return None
    return _workers(loader) * gpus * float(loader.rate_per_worker_per_s.value) / samples_per_s


def _extra_memory(
    loader: StatedLoader | None,
    gpus: int,
    sample_bytes: float | None,
    batch_samples: float | None,
    offload_bytes: float,
) -> Bill:
    bill = Bill(name="RAM beside the framebuffer's", unit="bytes", parts=()).plus(
        Part(
            name="CPU offload",
            value=int(not_negative("train.offload", offload_bytes)),
            rule="states that training keeps in host memory, with staging buffers",
            source="Rajbhandari et al., ZeRO; DeepSpeed documentation, memory estimators",
        )
    )
    if loader is not None:
        each = _positive("sample", loader.sample_bytes) or sample_bytes
        if each and batch_samples:
            bill = bill.plus(_prefetched(loader, gpus, each * batch_samples))
    return bill.rounded_up(GIB, "whole GiB")


def _prefetched(loader: StatedLoader, gpus: int, batch_bytes: float) -> Part:
    factor = DEFAULT_PREFETCH if loader.prefetch is None else loader.prefetch
    held = Prefetch(
        workers=_workers(loader) * gpus,
        prefetch_factor=int(positive("train.loader.prefetch", factor)),
        batch_bytes=batch_bytes,
    )
    return Part(
        name="prefetch",
        value=int(held.held_bytes),
        rule=f"{held.workers} workers x {factor} batches ready x {batch_bytes:.4g} bytes as read",
        source="PyTorch, torch.utils.data.DataLoader",
    )


def _workers(loader: StatedLoader) -> int:
    stated = loader.workers_per_gpu
    each = DEFAULT_WORKERS_PER_GPU if stated is None else stated
    return int(positive("train.loader.workers_per_gpu", each))


def _positive(field: str, quantity: Quantity | None) -> float | None:
    if quantity is None:
        return None
    return positive(f"train.loader.{field}", float(quantity.value))
