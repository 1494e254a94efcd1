"""What must hold for any workload. The suite tries each on a few cases, the deep run on many.

More of something is compared at fixed engine settings, layout and precision: a default that depends
on a size may switch, which ``test_switches`` shows on both sides.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass, fields, replace
from math import isfinite
from typing import Any

from hypothesis import assume
from hypothesis import strategies as st

from generator.blueprint.model.model import Model
from generator.blueprint.model.workloads import Parallel, Workload
from generator.quantity import Dimension, Quantity, parse
from generator.record import Record
from generator.sizing.estimate import Estimate
from generator.sizing.nonsense import Nonsense
from generator.sizing.serve.engines import engine_kind
from tests.sizing.estimate import workloads as some
from tests.sizing.estimate.asked import (
    answer,
    ask,
    model_with,
    serving_with,
    training_with,
)

ROUNDING = 1e-9
"""What the order of floating-point sums may come to, as a share."""


@dataclass(frozen=True)
class Property:
    """A statement about every case of a strategy; ``holds`` raises where it does not hold."""

    name: str
    cases: st.SearchStrategy[Any]
    holds: Callable[[Any], None]


def tried(wanted: Workload) -> Estimate:
    """The answer; a workload that is refused is no case."""
    try:
        return answer(wanted)
    except Nonsense:
        assume(False)
        raise


def never_less(more: Estimate, less: Estimate, *names: str) -> None:
    """Each named part of the memory is at least what it was."""
    for name in names:
        before, after = getattr(less.memory, name), getattr(more.memory, name)
        assert (after or 0.0) >= (before or 0.0) * (1 - ROUNDING), (name, before, after)


SERVING_PARTS = (
    "weights_bytes",
    "kv_cache_bytes",
    "activations_bytes",
    "runtime_bytes",
    "total_bytes",
)
TRAINING_PARTS = ("total_bytes", "static_bytes", "host_bytes")
"""Parts at the peak of a step are those of its worst moment, which may be another one."""


def grown(strategy: st.SearchStrategy[Workload], most: int = 64) -> st.SearchStrategy[Any]:
    """A workload and by what something of it grows."""
    return st.tuples(strategy, st.integers(1, most))


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


MODEL_FIGURES = ("layers", "ffn", "vocabulary", "kv_heads", "experts", "active_experts")


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


def numbers(value: Any) -> Iterator[tuple[str, float]]:
    """Every number of an answer but those of its ledger, by its name."""
    for field in fields(value):
        found = getattr(value, field.name)
        if isinstance(found, bool) or field.name in ("ledger", "reasons"):
            continue
        if isinstance(found, int | float):
            yield field.name, found
        elif isinstance(found, Record):
            yield from numbers(found)
    if hasattr(value, "total_bytes"):
        derived = ("total_bytes", "static_bytes", "allocated_bytes", "all_gpus_bytes")
        yield from ((name, getattr(value, name) or 0.0) for name in derived)


def nothing_is_negative(case: Workload) -> None:
    found = tried(case)
    noted = ((entry.name, entry.value) for entry in found.ledger)
    sized = ((name, value) for name, value in noted if isinstance(value, int | float))
    for name, value in (*numbers(found), *sized):
        assert isfinite(value), (name, value)
        assert value >= 0, (name, value)


def ranges_hold_their_value(case: Workload) -> None:
    for entry in tried(case).ledger:
        if entry.low is None or entry.high is None or isinstance(entry.value, str):
            continue
        slack = 1.0 if entry.unit == "B" else 1e-9 * abs(entry.value)
        assert 0 <= entry.low <= entry.value + slack, entry
        assert entry.value - slack <= entry.high, entry
        assert isfinite(entry.high), entry


def totals_are_sums(case: Workload) -> None:
    memory = tried(case).memory
    states = memory.weights_bytes + memory.gradients_bytes + memory.optimizer_bytes
    rest = memory.activations_bytes, memory.kv_cache_bytes, memory.runtime_bytes
    assert memory.total_bytes == states + rest[0] + rest[1] + rest[2]
    assert memory.allocated_bytes == memory.total_bytes - memory.runtime_bytes
    assert (memory.all_gpus_bytes or 0.0) == memory.total_bytes * memory.gpus


LEDGER_PARTS = (
    "weights",
    "gradients",
    "optimizer",
    "activations",
    "logits",
    "buffers",
    "kv_cache",
    "runtime",
)


def the_ledger_adds_up(case: Workload) -> None:
    """The lines of the parts come to the line of the total, in whole bytes."""
    found = tried(case)
    lines = {e.name: e.value for e in found.ledger if isinstance(e.value, int | float)}
    parts = [lines[name] for name in LEDGER_PARTS if name in lines]
    assert abs(sum(parts) - lines["total"]) <= len(parts)
    assert abs(lines["total"] - found.memory.total_bytes) <= 1


def an_answer_is_repeated(case: Workload) -> None:
    assert tried(case) == tried(case)


def a_chosen_layout_holds(case: Workload) -> None:
    """Where the engine chose the GPUs of a service, one session fits, or it says that none does."""
    found = tried(case)
    assert found.feasible or found.reasons
    if found.feasible and found.serving and found.serving.sessions_guaranteed is not None:
        assert found.serving.sessions_guaranteed >= 1


def a_chosen_layout_trains(case: Workload) -> None:
    """Where the engine chose the GPUs of a run they hold it, or there are none that do."""
    assert case.train is not None
    assume(case.accelerator is not None and case.accelerator.model is not None)
    alone = replace(case, accelerator=replace(case.accelerator, gpus=None))
    found = tried(training_with(alone, parallel=None))
    assert found.feasible or (found.gpus == 1 and found.reasons)


DATA_UNITS = (("GiB", "MiB", 1024), ("TB", "GB", 1000), ("MiB", "KiB", 1024))
TIME_UNITS = (("h", "m", 60), ("m", "s", 60), ("s", "ms", 1000), ("d", "h", 24))


def units(case: tuple[int, tuple[str, str, int], tuple[str, str, int]]) -> None:
    """The same amounts in other units give the same answer, to the last bit."""
    amount, (large, small, per), (long, short, parts) = case
    documents = [
        {
            "hpo": {
                "trials": 40,
                "trial_time": f"{time}",
                "deadline": f"{amount * 30}{long}",
                "memory": size,
            }
        }
        for size, time in (
            (f"{amount}{large}", f"{amount}{long}"),
            (f"{amount * per}{small}", f"{amount * parts}{short}"),
        )
    ]
    first, second = map(ask, documents)
    assert first == second


def decimals(case: tuple[int, tuple[str, str, int]]) -> None:
    """``1.5h`` is ``90m``: a decimal is no approximation."""
    halves, (large, small, per) = case
    dimension = Dimension.DATA if small.endswith("B") else Dimension.DURATION
    written = f"{halves / 2:.1f}{large}"
    assert parse(written, dimension) == parse(f"{halves * per // 2}{small}", dimension)


def parameters(case: int) -> None:
    """Billions with decimals and millions of parameters are the same count."""
    documents = [
        {"model": {"family": "llama-3.1-8b", "params": params}, "serving": {"context": 4096}}
        for params in (f"{case // 1000}.{case % 1000:03}B", f"{case}M")
    ]
    first, second = map(ask, documents)
    assert first == second


anything: st.SearchStrategy[Workload] = st.one_of(
    some.fixed_services(),
    some.fixed_runs(),
    some.open_services(),
    some.open_runs(),
    some.searches(),
)


def _own(strategy: Callable[[st.SearchStrategy[Model]], st.SearchStrategy[Workload]]) -> Any:
    return st.tuples(
        strategy(some.own_models()), st.sampled_from(MODEL_FIGURES), st.integers(1, 64)
    )


PROPERTIES: tuple[Property, ...] = (
    more_of_a_service("context", 65_536),
    more_of_a_service("sessions", 2000),
    more_of_a_service("max_num_seqs", 1024),
    more_of_a_service("max_num_batched_tokens", 16_384),
    Property(
        "more sessions never answer sooner",
        grown(some.fixed_services(), 500),
        more_sessions_take_longer,
    ),
    more_of_a_run("micro_batch", 64),
    more_of_a_run("sequence", 16_384),
    Property("a wider adapter never needs less", grown(some.fixed_runs(), 256), more_rank),
    Property(
        "a larger model never serves in less",
        _own(some.fixed_services),
        more_of_a_model(SERVING_PARTS),
    ),
    Property(
        "a larger model never trains in less",
        _own(some.fixed_runs),
        more_of_a_model(TRAINING_PARTS),
    ),
    Property(
        "more stated parameters never need less",
        grown(some.fixed_services(), 100),
        more_parameters,
    ),
    Property("more GPUs never serve with more on each", some.fixed_services(), more_gpus_serve),
    Property("more GPUs never train with more on each", some.fixed_runs(), more_gpus_train),
    Property(
        "more tensor ranks never hold more states on each", some.fixed_runs(), more_ranks_train
    ),
    Property("nothing is negative, infinite or no number", anything, nothing_is_negative),
    Property("a range holds its value", anything, ranges_hold_their_value),
    Property("a total is the sum of its parts", anything, totals_are_sums),
    Property(
        "the ledger's parts come to its total",
        st.one_of(some.fixed_services(), some.fixed_runs(), some.open_runs()),
        the_ledger_adds_up,
    ),
    Property("an answer is the same when it is asked again", anything, an_answer_is_repeated),
    Property("a layout that was chosen holds", some.open_services(), a_chosen_layout_holds),
    Property("a layout that was chosen trains", some.open_runs(), a_chosen_layout_trains),
    Property(
        "other units change nothing",
        st.tuples(st.integers(1, 5000), st.sampled_from(DATA_UNITS), st.sampled_from(TIME_UNITS)),
        units,
    ),
    Property(
        "a decimal is exact",
        st.tuples(st.integers(1, 10**6), st.sampled_from((*DATA_UNITS, *TIME_UNITS))),
        decimals,
    ),
    Property("billions are thousands of millions", st.integers(2700, 24_000), parameters),
)


def by_name(names: Iterable[str]) -> tuple[Property, ...]:
    """The properties of those names, or all where none is named."""
    wanted = set(names)
    return tuple(one for one in PROPERTIES if not wanted or one.name in wanted)
