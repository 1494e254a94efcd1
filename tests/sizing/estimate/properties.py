"""What must hold for any workload. The suite tries each on a few cases, the deep run on many.

More of something is compared at fixed engine settings, layout and precision: a default that depends
on a size may switch, which ``test_switches`` shows on both sides.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable
from typing import Any

from hypothesis import strategies as st

from generator.blueprint.model.model import Model
from generator.blueprint.model.workloads import Workload
from tests.sizing.estimate import workloads as some
from tests.sizing.estimate.claims import (
    MODEL_FIGURES,
    SERVING_PARTS,
    TRAINING_PARTS,
    Property,
    grown,
)
from tests.sizing.estimate.monotone import (
    more_gpus_serve,
    more_gpus_train,
    more_of_a_model,
    more_of_a_run,
    more_of_a_service,
    more_parameters,
    more_rank,
    more_ranks_train,
    more_sessions_take_longer,
)
from tests.sizing.estimate.sound import (
    DATA_UNITS,
    TIME_UNITS,
    a_chosen_layout_holds,
    a_chosen_layout_trains,
    an_answer_is_repeated,
    decimals,
    nothing_is_negative,
    parameters,
    ranges_hold_their_value,
    the_ledger_adds_up,
    totals_are_sums,
    units,
)

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
