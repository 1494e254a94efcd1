"""vCPUs and RAM of a training VM beside its GPUs."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from generator.blueprint.model.workloads import Loader, Train
from generator.quantity import GIB, MIB, Quantity
from generator.sizing.figures import Figures
from generator.sizing.machine.training import TrainingMachine, training_machine
from generator.sizing.nonsense import Nonsense


def machine(
    gpus: int = 2, samples_per_s: float | None = 5000, **loader: int | Quantity
) -> TrainingMachine:
    """A run of ``gpus`` GPUs with this loader: 256 items of 1 MiB per GPU and batch."""
    train = Train(loader=Loader(**loader) if loader else None)  # type: ignore[arg-type]
    return training_machine(
        train, gpus=gpus, samples_per_s=samples_per_s, sample_bytes=MIB, batch_samples=256
    )


def test_without_a_loader_four_vcpus_per_gpu_are_the_floor() -> None:
    """And no RAM beyond that of the framebuffer."""
    assert (machine().vcpu_count, machine().extra_memory_bytes) == (8, 0)
    assert machine().fed_ratio is None


def test_loader_workers_take_a_vcpu_each() -> None:
    """2 for the system, 1 per GPU, 8 workers per GPU."""
    assert machine(workers_per_gpu=8).vcpu_count == 2 + 2 + 16


def test_a_loader_without_workers_has_four_per_gpu() -> None:
    """The language's default."""
    assert machine(prefetch=2).vcpu_count == 2 + 2 + 8


def test_the_rate_per_worker_may_ask_for_more_vcpus_than_there_are_workers() -> None:
    """5000 items/s at 250 per core keep 20 cores busy, 25 at 80 %."""
    found = machine(workers_per_gpu=4, rate_per_worker_per_s=Quantity(250))
    assert found.vcpu_count == 2 + 2 + 25 + 1
    assert found.fed_ratio == 0.4
    figures = Figures("run")
    found.note(figures)
    (fed,) = [entry for entry in figures.entries if entry.name == "GPUs fed"]
    assert fed.effect == "GPUs wait for data; state more workers"


def test_workers_that_keep_up_are_noted_without_a_warning() -> None:
    """16 x 400 items/s for 5000."""
    found = machine(workers_per_gpu=8, rate_per_worker_per_s=Quantity(400))
    figures = Figures("run")
    found.note(figures)
    assert [e.effect for e in figures.entries if e.name == "GPUs fed"] == [""]


def test_a_rate_per_worker_says_nothing_while_nobody_knows_what_gpus_consume() -> None:
    """The stated workers count."""
    found = machine(samples_per_s=None, workers_per_gpu=8, rate_per_worker_per_s=Quantity(1))
    assert (found.vcpu_count, found.fed_ratio) == (20, None)


def test_workers_hold_batches_ready_in_ram() -> None:
    """16 workers x 2 batches x 256 items of 1 MiB are 8 GiB."""
    assert machine(workers_per_gpu=8).extra_memory_bytes == 8 * GIB
    assert machine(workers_per_gpu=8, prefetch=4).extra_memory_bytes == 16 * GIB


def test_the_loaders_own_item_size_counts_before_the_datasets() -> None:
    """Half of it."""
    found = machine(workers_per_gpu=8, sample_bytes=Quantity(MIB // 2))
    assert found.extra_memory_bytes == 4 * GIB


def test_offloaded_states_come_on_top_in_whole_gib() -> None:
    """Without a loader too."""
    found = training_machine(Train(), gpus=1, offload_bytes=10.2 * GIB)
    assert found.extra_memory_bytes == 11 * GIB
    figures = Figures("run")
    found.note(figures)
    noted = {entry.name: entry.value for entry in figures.entries}
    assert noted["RAM beside the framebuffer's"] == 11 * GIB


def test_every_assumed_part_says_what_it_changes() -> None:
    """System and process vCPUs at their ends, under the floor and in even numbers."""
    figures = Figures("run")
    machine(workers_per_gpu=8).note(figures)
    effects = {e.name: e.effect for e in figures.entries if e.low is not None}
    assert effects == {
        "vCPUs: system": "20 to 22 vCPUs in all",
        "vCPUs: GPU processes": "20 to 22 vCPUs in all",
    }


@pytest.mark.parametrize(
    ("loader", "field"),
    [
        ({"workers_per_gpu": 0}, "train.loader.workers_per_gpu"),
        ({"prefetch": 0}, "train.loader.prefetch"),
        ({"rate_per_worker_per_s": Quantity(0)}, "train.loader.rate_per_worker"),
        ({"sample_bytes": Quantity(0)}, "train.loader.sample"),
    ],
)
def test_a_loader_that_cannot_be_is_refused(loader: dict[str, int | Quantity], field: str) -> None:
    with pytest.raises(Nonsense) as refused:
        machine(**loader)
    assert refused.value.field == field


def test_a_run_without_gpus_is_refused() -> None:
    with pytest.raises(Nonsense, match="gpus"):
        machine(gpus=0)


@given(st.integers(1, 16), st.integers(1, 64), st.integers(1, 16), st.integers(0, 10**12))
def test_more_workers_batches_or_offload_never_take_less(
    gpus: int, workers: int, prefetch: int, offload: int
) -> None:
    """vCPUs are even and never below four per GPU."""

    def made(more: int) -> TrainingMachine:
        loader = Loader(workers_per_gpu=workers + more, prefetch=prefetch + more)
        return training_machine(
            Train(loader=loader),
            gpus=gpus,
            sample_bytes=1e5,
            batch_samples=64,
            offload_bytes=offload + more,
        )

    fewer, larger = made(0), made(1)
    assert larger.vcpu_count >= fewer.vcpu_count >= 4 * gpus
    assert larger.extra_memory_bytes >= fewer.extra_memory_bytes > 0
    assert fewer.vcpu_count % 2 == 0
