"""What a checkpoint holds, how fast it is written, and what a run keeps."""

from __future__ import annotations

from typing import get_args

import pytest
from hypothesis import given
from hypothesis import strategies as st

from generator.blueprint.model.words import Optimizer
from generator.quantity import GIB
from generator.sizing.nonsense import Nonsense
from generator.sizing.storage import checkpoints

LLAMA_8B = {"hidden": 4096, "ffn": 14336, "heads": 32, "kv_heads": 8, "layers": 32}
LLAMA_70B = {"hidden": 8192, "ffn": 28672, "heads": 64, "kv_heads": 8, "layers": 80}
BENCHMARK_70B = LLAMA_70B | {"heads": 128}
LLAMA_405B = {"hidden": 16384, "ffn": 53248, "heads": 128, "kv_heads": 8, "layers": 126}
BENCHMARK_1T = {"hidden": 25872, "ffn": 98304, "heads": 192, "kv_heads": 32, "layers": 128}

parameters = st.floats(1, 1e13)
seconds = st.floats(0.1, 1e7)


@pytest.mark.parametrize(
    ("figures", "count"),
    [(LLAMA_8B, 8_030_261_248), (LLAMA_70B, 70_553_706_496), (LLAMA_405B, 405_853_388_800)],
)
def test_a_decoder_has_the_parameters_of_its_card(figures: dict[str, int], count: int) -> None:
    assert checkpoints.decoder_parameters(**figures, vocabulary=128_256) == count


@pytest.mark.parametrize(
    ("figures", "weights", "optimizer", "total"),
    [
        (LLAMA_8B, 15, 90, 105),
        (BENCHMARK_70B, 130, 781, 912),
        (LLAMA_405B, 755, 4533, 5290),
    ],
)
def test_a_training_state_is_as_large_as_the_benchmark_prints_in_gib(
    figures: dict[str, int], weights: int, optimizer: int, total: int
) -> None:
    count = checkpoints.decoder_parameters(**figures, vocabulary=128_256)
    state = checkpoints.training_state(count)
    assert state.weights_bytes / GIB == pytest.approx(weights, rel=0.005)
    assert state.optimizer_bytes / GIB == pytest.approx(optimizer, rel=0.005)
    assert state.total_bytes / GIB == pytest.approx(total, rel=0.005)


def test_the_trillion_row_is_what_its_own_figures_give_and_not_what_it_prints() -> None:
    count = checkpoints.decoder_parameters(**BENCHMARK_1T, vocabulary=128_256)
    assert count == pytest.approx(1.183e12, rel=1e-3)
    total = checkpoints.training_state(count).total_bytes / GIB
    assert total == pytest.approx(15_427, abs=1)


def test_heads_that_split_unevenly_keep_the_width_of_keys() -> None:
    halved = checkpoints.decoder_parameters(**BENCHMARK_70B, vocabulary=128_256)
    whole = checkpoints.decoder_parameters(**LLAMA_70B, vocabulary=128_256)
    assert whole - halved == 2 * 80 * 8192 * 512


def test_heads_without_a_whole_width_are_refused() -> None:
    with pytest.raises(Nonsense, match="no whole width"):
        checkpoints.decoder_parameters(
            hidden=100, ffn=400, heads=7, kv_heads=1, layers=2, vocabulary=10
        )
    with pytest.raises(Nonsense, match=r"model\.layers"):
        checkpoints.decoder_parameters(
            hidden=100, ffn=400, heads=10, kv_heads=1, layers=0, vocabulary=10
        )


def test_a_full_fine_tuning_saves_two_bytes_per_parameter() -> None:
    assert checkpoints.weights_only(3_212_749_824, "bf16").total_bytes == 6_425_499_648
    assert checkpoints.weights_only(3_212_749_824, "bf16-mixed").total_bytes == 6_425_499_648


@pytest.mark.parametrize(("trained", "size"), [(9_175_040, 36_715_216), (18_350_080, 73_415_408)])
def test_an_adapter_is_saved_in_32_bits_with_a_header(trained: int, size: int) -> None:
    found = checkpoints.adapter(trained, tensors=112)
    assert found.total_bytes == pytest.approx(size, abs=100)
    assert found.weights_bytes == 4 * trained


@pytest.mark.parametrize(
    ("optimizer", "weight_bytes", "state"),
    [
        ("adamw", 2, 12),
        ("adamw", 4, 8),
        ("adamw-8bit", 2, 6),
        ("sgd", 4, 0),
        ("sgd-momentum", 2, 8),
        ("lion", 2, 8),
    ],
)
def test_an_optimizer_keeps_its_moments_and_a_master_of_narrow_weights(
    optimizer: str, weight_bytes: float, state: float
) -> None:
    assert checkpoints.optimizer_state_bytes(optimizer, weight_bytes=weight_bytes) == state


@pytest.mark.parametrize("optimizer", get_args(Optimizer))
def test_every_optimizer_of_the_language_has_a_state(optimizer: str) -> None:
    assert 4 <= checkpoints.optimizer_state_bytes(optimizer) <= 12


def test_what_is_not_known_is_refused() -> None:
    with pytest.raises(Nonsense, match=r"train\.optimizer"):
        checkpoints.optimizer_state_bytes("sophia")
    with pytest.raises(Nonsense, match=r"model\.precision"):
        checkpoints.weights_only(1e9, "bf12")


def test_bloom_is_written_at_57_gigabytes_per_second_and_waits_eight_hours() -> None:
    assert checkpoints.write_bandwidth(2.3e12, stall_s=40) == 57.5e9
    assert checkpoints.write_time(2.3e12, bandwidth_bytes_per_s=57.5e9) == 40
    assert checkpoints.total_stall(checkpoints=720, seconds_each=40) == 8 * 3600


def test_a_run_saves_after_each_interval_and_at_its_end() -> None:
    assert checkpoints.count_in_run(duration_s=3600, interval_s=1800) == 2
    assert checkpoints.count_in_run(duration_s=3700, interval_s=1800) == 3


def test_the_oldest_checkpoint_stays_until_the_newest_is_written() -> None:
    assert checkpoints.retained_bytes(100, keep_last=3) == 400
    assert checkpoints.retained_bytes(100, keep_last=3, milestones=2) == 600
    assert checkpoints.retained_bytes(100, keep_last=3, milestones=2, milestone_bytes=14) == 428


@pytest.mark.parametrize(("size", "stall"), [(0, 1), (1, 0), (-1, 1), (1, -1)])
def test_a_bandwidth_of_nonsense_is_refused(size: float, stall: float) -> None:
    with pytest.raises(Nonsense):
        checkpoints.write_bandwidth(size, stall_s=stall)


@given(smaller=parameters, larger=parameters)
def test_more_parameters_never_make_a_smaller_checkpoint(smaller: float, larger: float) -> None:
    low, high = sorted((smaller, larger))
    sizes = [checkpoints.training_state(each).total_bytes for each in (low, high)]
    assert 0 < sizes[0] <= sizes[1]
    assert checkpoints.weights_only(low, "bf16").total_bytes <= sizes[0]


@given(size=st.floats(1, 1e15), stall=seconds)
def test_writing_at_the_bandwidth_of_a_stall_takes_that_stall(size: float, stall: float) -> None:
    bandwidth = checkpoints.write_bandwidth(size, stall_s=stall)
    assert checkpoints.write_time(size, bandwidth_bytes_per_s=bandwidth) == pytest.approx(stall)
