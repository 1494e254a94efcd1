"""generator.sizing.network.traffic and step: what a step sends and how much of it shows."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from generator.sizing.network.step import HIDING_SHARE, exposed_s, step_time
from generator.sizing.network.traffic import (
    Scheme,
    context_parallel_elements,
    data_parallel_bytes,
    data_parallel_factor,
    expert_parallel_elements,
    payload_bytes,
    pipeline_elements,
    scheme_named,
    tensor_parallel_elements,
)
from generator.sizing.network.transfer import transfer_s
from generator.sizing.nonsense import Nonsense

MANY = 10**9


@pytest.mark.parametrize(
    ("name", "factor"),
    [("ddp", 2), ("zero1", 2), ("ZeRO-2", 2), ("zero3", 3), ("FSDP", 3), ("SHARD_GRAD_OP", 2)],
)
def test_zero_3_sends_half_as_much_again(name: str, factor: int) -> None:
    assert data_parallel_factor(scheme_named(name)) == factor


def test_an_unknown_scheme_is_refused() -> None:
    with pytest.raises(Nonsense, match="'zero4' is none"):
        scheme_named("zero4")


@pytest.mark.parametrize("scheme", list(Scheme))
def test_bytes_of_many_ranks_come_to_the_factor(scheme: Scheme) -> None:
    sent = data_parallel_bytes(1e9, scheme, ranks=MANY, gradient_bytes=2, parameter_bytes=2)

    assert sent == pytest.approx(data_parallel_factor(scheme) * 2e9)


def test_bert_large_exchanges_2720_mb_per_step_and_takes_870_ms_over_25_gbe() -> None:
    """F. Denneman, Multi-GPU for Distributed Training."""
    sent = data_parallel_bytes(340e6, Scheme.DDP, ranks=MANY, gradient_bytes=4, parameter_bytes=4)

    assert sent == pytest.approx(2.72e9)
    assert transfer_s(sent, 25e9 / 8) == pytest.approx(0.870, abs=0.001)


def test_accumulation_saves_traffic_only_where_gradients_are_whole() -> None:
    def sent(scheme: Scheme, micro_batches: int) -> float:
        return data_parallel_bytes(
            1e9,
            scheme,
            ranks=8,
            gradient_bytes=2,
            parameter_bytes=2,
            micro_batches=micro_batches,
        )

    assert sent(Scheme.DDP, 8) == sent(Scheme.DDP, 1)
    assert sent(Scheme.ZERO_1, 8) == sent(Scheme.ZERO_1, 1)
    assert sent(Scheme.ZERO_2, 8) > sent(Scheme.ZERO_2, 1)
    assert sent(Scheme.ZERO_3, 8) == 8 * sent(Scheme.ZERO_3, 1)


def test_one_replica_exchanges_no_gradients() -> None:
    for scheme in Scheme:
        assert not data_parallel_bytes(1e9, scheme, ranks=1, gradient_bytes=2, parameter_bytes=2)


def test_a_block_under_tensor_parallelism_moves_8_or_12_elements_per_activation() -> None:
    activations = 2048 * 4 * 8192

    assert tensor_parallel_elements(2048, 4, 8192, recompute=False) == 8 * activations
    assert tensor_parallel_elements(2048, 4, 8192, recompute=True) == 12 * activations
    assert tensor_parallel_elements(2048, 4, 8192, recompute=False, ranks=8) == 7 * activations


def test_a_stage_boundary_carries_activations_and_their_gradients() -> None:
    assert pipeline_elements(4096, 1, 8192) == 2 * 4096 * 8192
    assert pipeline_elements(4096, 1, 8192, tensor_parallel=8) == 2 * 4096 * 1024


def test_a_ring_of_context_passes_each_block_on_to_all_others() -> None:
    forward = context_parallel_elements(131_072, 1, 1024, ranks=8, backward=False)

    assert forward == 7 * 2 * 131_072 / 8 * 1024
    assert context_parallel_elements(131_072, 1, 1024, ranks=8) == 3 * forward
    assert context_parallel_elements(131_072, 1, 1024, ranks=1) == 0


def test_tokens_travel_to_their_experts_and_back() -> None:
    there_and_back = expert_parallel_elements(4096, 8, 7168, ranks=MANY, backward=False)

    assert there_and_back == pytest.approx(2 * 4096 * 8 * 7168)
    assert expert_parallel_elements(4096, 8, 7168, ranks=1) == 0


def test_a_payload_is_elements_times_bytes_times_passes() -> None:
    assert payload_bytes(2e9, 4, 2) == 16e9


@pytest.mark.parametrize("field", ["sequence", "micro_batch", "hidden"])
def test_an_empty_activation_is_nonsense(field: str) -> None:
    shape = {"sequence": 4096, "micro_batch": 1, "hidden": 8192, field: 0}

    with pytest.raises(Nonsense, match=field):
        tensor_parallel_elements(**shape, recompute=False)


def test_gradients_hide_behind_backward_and_the_rest_shows() -> None:
    step = step_time(0.42, {"data": 0.64})

    assert step.exposed_s == pytest.approx(0.64 - 0.28)
    assert step.duration_s == pytest.approx(0.42 + 0.36)
    assert step.exposed_share == pytest.approx(0.36 / 0.78)


def test_gradients_inside_a_node_hide_altogether_and_tensor_parallelism_never_does() -> None:
    step = step_time(0.42, {"data": 0.053, "tensor": 0.1})

    assert step.exposed_s == pytest.approx(0.1)
    assert [exchange.dimension for exchange in step.exchanges] == ["data", "tensor"]


def test_a_step_without_compute_is_nonsense() -> None:
    with pytest.raises(Nonsense, match=r"step\.compute"):
        step_time(0, {"data": 1.0})


@pytest.mark.parametrize("share", HIDING_SHARE.values(), ids=HIDING_SHARE)
def test_each_hiding_share_lies_in_its_range(share: object) -> None:
    assert share.low <= share.value <= share.high <= 1  # type: ignore[attr-defined]


@given(st.floats(0, 1e3), st.floats(0, 1e3), st.floats(0, 1))
def test_exposed_traffic_is_never_negative_nor_more_than_all(
    traffic: float, compute: float, share: float
) -> None:
    assert 0 <= exposed_s(traffic, compute, share) <= traffic


@given(
    st.sampled_from(list(Scheme)),
    st.integers(1, 4096),
    st.integers(1, 64),
    st.floats(0, 1e12),
)
def test_more_ranks_never_send_less_each(
    scheme: Scheme, ranks: int, rounds: int, parameters: float
) -> None:
    fewer, more = (
        data_parallel_bytes(
            parameters,
            scheme,
            ranks=count,
            gradient_bytes=2,
            parameter_bytes=2,
            micro_batches=rounds,
        )
        for count in (ranks, ranks + 1)
    )

    assert fewer <= more * (1 + 1e-12)
