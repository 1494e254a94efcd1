"""More of anything never needs less: of a service, of a run, of a model, of GPUs."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace

from hypothesis import assume

from generator.blueprint.model.workloads import Parallel, Workload
from generator.quantity import Quantity
from generator.sizing.estimate import Estimate
from generator.sizing.serve.engines import engine_kind
from tests.sizing.estimate import workloads as some
from tests.sizing.estimate.asked import model_with, serving_with, training_with
from tests.sizing.estimate.claims import (
    ROUNDING,
    SERVING_PARTS,
    TRAINING_PARTS,
    Property,
    grown,
    never_less,
    tried,
)


def more_of_a_service(field: str, most: int) -> Property:
    """A larger ``serving.<field>`` needs no less, and answers no sooner."""

    def holds(case: tuple[Workload, int]) -> None:
        wanted, extra = case
        assert wanted.serving is not None
        less = tried(wanted)
        stated = getattr(wanted.serving, field)
        more = tried(serving_with(wanted, **{field: stated + extra}))
        never_less(more, less, *SERVING_PARTS)

    return Property(f"more {field} never need less", grown(some.fixed_services(), most), holds)


def more_sessions_take_longer(case: tuple[Workload, int]) -> None:
    wanted, extra = case
    assert wanted.serving is not None
    assert wanted.serving.sessions is not None
    less = tried(wanted).serving
    more = tried(serving_with(wanted, sessions=wanted.serving.sessions + extra)).serving
    assert less is not None
    assert more is not None
    # Without an engine the logits of all sessions leave less room for the cache, so fewer run.
    reserves = engine_kind(wanted.serving.engine).reserves
    for name in ("first_token_s", "replicas", *(("per_token_s",) if reserves else ())):
        before, after = getattr(less, name), getattr(more, name)
        if before is not None and after is not None:
            assert after >= before * (1 - ROUNDING), (name, before, after)


def more_of_a_run(field: str, most: int) -> Property:
    """A larger ``train.<field>`` needs no less memory and no less time per step."""

    def holds(case: tuple[Workload, int]) -> None:
        wanted, extra = case
        assert wanted.train is not None
        less = tried(wanted)
        stated = getattr(wanted.train, field)
        more = tried(training_with(wanted, **{field: stated + extra}))
        never_less(more, less, *TRAINING_PARTS)
        before, after = _step_s(less), _step_s(more)
        assert after >= before * (1 - ROUNDING), (before, after)

    return Property(f"more {field} never need less", grown(some.fixed_runs(), most), holds)


def _step_s(found: Estimate) -> float:
    return (found.training.step_s or 0.0) if found.training else 0.0


def more_rank(case: tuple[Workload, int]) -> None:
    wanted, extra = case
    assert wanted.model is not None
    assume(wanted.model.method is not None)
    method = wanted.model.method
    assert method is not None
    name = next(n for n in ("lora", "qlora", "dora") if getattr(method, n) is not None)
    adapter = getattr(method, name)
    wider = replace(method, **{name: replace(adapter, rank=adapter.rank + extra)})
    less, more = tried(wanted), tried(model_with(wanted, method=wider))
    never_less(more, less, *TRAINING_PARTS)
    assert less.checkpoint is not None
    assert more.checkpoint is not None
    assert more.checkpoint.bytes >= less.checkpoint.bytes


def more_of_a_model(parts: tuple[str, ...]) -> Callable[[tuple[Workload, str, int]], None]:
    """A model with more layers, more width, more words or more experts needs no less."""

    def holds(case: tuple[Workload, str, int]) -> None:
        wanted, field, extra = case
        assert wanted.model is not None
        stated = getattr(wanted.model, field)
        assume(stated is not None)
        larger = stated * 2 if field == "kv_heads" else stated + extra
        less, more = tried(wanted), tried(model_with(wanted, **{field: larger}))
        never_less(more, less, *parts)

    return holds


def more_parameters(case: tuple[Workload, int]) -> None:
    """A larger stated count at the same shape needs no less."""
    wanted, percent = case
    less = tried(wanted)
    count = less.memory.weights_bytes
    stated = [Quantity(int(count * share)) for share in (1.0, 1 + percent / 100)]
    some_, more = (tried(model_with(wanted, params=each)) for each in stated)
    never_less(more, some_, *SERVING_PARTS)


def more_gpus_serve(case: Workload) -> None:
    """Twice the GPUs never need more on each, but for the buffers of collectives."""
    assert case.serving is not None
    ranks = case.serving.tensor_parallel or 1
    few, many = tried(case), tried(serving_with(case, tensor_parallel=2 * ranks))
    never_less(few, many, "weights_bytes", "kv_cache_bytes", "activations_bytes", "allocated_bytes")
    if ranks > 1:
        never_less(few, many, "total_bytes")


def more_gpus_train(case: Workload) -> None:
    """Twice the data-parallel GPUs never hold more on each."""
    assert case.accelerator is not None
    gpus = case.accelerator.gpus or 1
    assume(gpus > 1)
    few = tried(case)
    many = tried(replace(case, accelerator=replace(case.accelerator, gpus=2 * gpus)))
    never_less(few, many, "static_bytes", "total_bytes")


def more_ranks_train(case: Workload) -> None:
    """Twice the tensor-parallel ranks on twice the GPUs never hold more states on each."""
    assert case.train is not None
    assert case.accelerator is not None
    assert case.train.parallel is not None
    ranks = case.train.parallel.tensor or 1
    gpus = case.accelerator.gpus or 1
    wider = replace(
        training_with(case, parallel=Parallel(tensor=2 * ranks, sequence=True)),
        accelerator=replace(case.accelerator, gpus=2 * gpus),
    )
    narrow = training_with(case, parallel=Parallel(tensor=ranks, sequence=True))
    never_less(tried(narrow), tried(wider), "static_bytes")
