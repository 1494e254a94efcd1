"""generator.sizing.train.adapters: what adapters train and what stays frozen."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from generator.sizing.nonsense import Nonsense
from generator.sizing.train.adapters import (
    adapter_parameters,
    frozen_weight_bytes,
    low_rank_parameters,
    rank_of,
    square_adapter_parameters,
    trained_parameters,
    unpacking_bytes,
)
from generator.sizing.train.run import Adapter, Method
from tests.sizing.train.cases import LLAMA_7B, LLAMA_70B, QWEN_MOE, model, run


@pytest.mark.parametrize(
    ("name", "rank", "parameters"),
    [("llama-2-7b", 8, 4_194_304), ("llama-2-13b", 8, 6_553_600), ("llama-3.2-3b", 32, 9_175_040)],
)
def test_adapters_of_q_and_v_train_what_is_published(name: str, rank: int, parameters: int) -> None:
    assert adapter_parameters(model(name), rank, ("q", "v")) == parameters


def test_adapters_of_all_matrices_of_llama_2_7b_train_40_million() -> None:
    assert adapter_parameters(LLAMA_7B, 16) == 39_976_960


def test_widths_alone_are_enough_for_attention() -> None:
    widths = {"layers": 28, "hidden": 3072, "kv_width": 1024}
    assert square_adapter_parameters(**widths, rank=32, targets=("q", "v")) == 9_175_040
    with pytest.raises(Nonsense, match="no matrix of attention"):
        square_adapter_parameters(**widths, rank=32, targets=("gate",))


def test_dora_adds_a_magnitude_per_output() -> None:
    assert low_rank_parameters([(10, 20)], 4, dora=True) == 4 * 30 + 20


def test_a_mixture_has_adapters_in_every_expert() -> None:
    beside_one = 8 * (2048 + 768)
    trained = adapter_parameters(QWEN_MOE, 8, ("up",))
    assert trained == 48 * 128 * beside_one


def test_a_matrix_that_the_model_lacks_is_refused() -> None:
    with pytest.raises(Nonsense, match="no matrix gate") as raised:
        adapter_parameters(model("phi-1.5"), 8, ("gate",))
    assert raised.value.field == "model.method.targets"


def test_the_rank_follows_from_what_is_trained() -> None:
    assert rank_of(LLAMA_7B, 4_194_304, ("q", "v")) == 8
    assert rank_of(LLAMA_7B, 1, ("q", "v")) == 1
    assert rank_of(LLAMA_7B, LLAMA_7B.parameters) is None


def test_full_training_trains_everything() -> None:
    assert trained_parameters(LLAMA_7B, run()) == LLAMA_7B.parameters
    adapter = Adapter(rank=8, targets=("q", "v", "head"))
    adapted = trained_parameters(LLAMA_7B, run(method=Method.LORA, adapter=adapter))
    assert adapted == 4_194_304 + 32_000 * 4096


@pytest.mark.parametrize(
    ("name", "saved_gb"), [("llama-2-7b", 0.31), ("llama-2-13b", 0.60), ("codellama-34b", 1.57)]
)
def test_double_quantisation_saves_what_was_measured(name: str, saved_gb: float) -> None:
    frozen = model(name)
    saved = frozen_weight_bytes(frozen, "nf4") - frozen_weight_bytes(frozen, "nf4-dq")
    assert saved / 1e9 == pytest.approx(saved_gb, abs=0.03)


def test_quantised_models_keep_their_tables_in_16_bits() -> None:
    tables = 2 * 2 * 32_000 * 4096
    assert frozen_weight_bytes(LLAMA_7B, "nf4") > tables + 0.5 * LLAMA_7B.body_parameters
    assert frozen_weight_bytes(LLAMA_7B, "bf16") == 2 * LLAMA_7B.parameters


def test_one_matrix_is_unpacked_at_a_time() -> None:
    assert unpacking_bytes(LLAMA_70B, "nf4") == 2 * 8192 * 28_672
    assert unpacking_bytes(LLAMA_70B, "bf16") == 0


@given(st.integers(1, 512))
def test_parameters_grow_with_the_rank(rank: int) -> None:
    assert adapter_parameters(LLAMA_7B, rank) == rank * adapter_parameters(LLAMA_7B, 1)
