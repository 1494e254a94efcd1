"""The machine of a training workload, from the blueprint to its VM."""

from __future__ import annotations

from dataclasses import replace

from generator.blueprint.model.blueprint import Blueprint
from generator.blueprint.model.workloads import Loader, Offload, Train, Workload
from generator.catalog import Catalog
from generator.quantity import GIB, Quantity
from generator.sizing.demand import Demand
from generator.sizing.engine import size
from tests.example import blueprint, planned


def changed(name: str, **figures: object) -> Blueprint:
    """The example with other figures of one workload's training."""

    def other(workload: Workload) -> Workload:
        if workload.name != name:
            return workload
        train: Train = replace(workload.train, **figures)  # type: ignore[type-var, arg-type]
        return replace(workload, train=train)

    return replace(blueprint(), workloads=tuple(other(one) for one in blueprint().workloads))


def demand(name: str, wanted: Blueprint) -> Demand:
    """The demand of that name."""
    (found,) = [one for one in size(wanted, Catalog.builtin()).demands if one.name == name]
    return found


def test_the_example_has_no_loader_and_keeps_its_floor() -> None:
    """Four vCPUs per GPU and the RAM of the framebuffer."""
    for name, gpus in (("vision-cnn", 2), ("llm-lora", 1)):
        found = demand(name, blueprint())
        assert (found.vcpus, found.memory_bytes, found.extra_memory_bytes) == (4 * gpus, 0, 0)


def test_a_loader_sizes_the_vm_of_a_run_of_stated_throughput() -> None:
    """2 + 2 + 2 x 10 vCPUs; 20 workers x 2 x 256 items of 130.9 kB are 1.25 GiB."""
    found = demand("vision-cnn", changed("vision-cnn", loader=Loader(workers_per_gpu=10)))
    assert found.vcpus == 24
    assert found.extra_memory_bytes == 2 * GIB


def test_a_loader_that_must_feed_5000_items_a_second_gets_the_vcpus_for_it() -> None:
    """At 125 items/s per core 40 are busy, 50 at 80 %."""
    loader = Loader(workers_per_gpu=8, rate_per_worker_per_s=Quantity(125))
    assert demand("vision-cnn", changed("vision-cnn", loader=loader)).vcpus == 2 + 2 + 50


def test_optimizer_states_of_adapters_that_are_offloaded_are_ram() -> None:
    """Small beside the frozen weights: 40 M parameters."""
    found = demand("llm-lora", changed("llm-lora", offload=Offload(optimizer=True)))
    assert found.extra_memory_bytes == 1 * GIB


def test_offloaded_weights_are_ram_too() -> None:
    """13.5 GB of frozen weights, with DeepSpeed's half as much again for buffers."""
    offload = Offload(optimizer=True, parameters=True)
    found = demand("llm-lora", changed("llm-lora", offload=offload))
    assert 19 * GIB <= found.extra_memory_bytes <= 21 * GIB


def test_placement_adds_it_to_what_the_framebuffer_gives() -> None:
    """Twice a 40C and what is offloaded."""
    offload = Offload(optimizer=True, parameters=True)
    extra = demand("llm-lora", changed("llm-lora", offload=offload)).extra_memory_bytes
    plan = planned(changed("llm-lora", offload=offload))
    (chosen,) = [c.demand for c in plan.chosen if c.demand.name == "llm-lora"]
    assert chosen.memory_bytes == 80 * GIB + extra
    noted = [e for e in plan.ledger if e.subject == "llm-lora"]
    ram = next(e for e in noted if e.name == "RAM")
    assert ram.rule == "2 x framebuffer, and what loader and offload take on top"
    assert ram.low is not None
    assert ram.high is not None
    assert ram.low < ram.value < ram.high
    reserved = next(e for e in noted if e.name == "reserved RAM")
    assert reserved.value == ram.value
