"""Which format a GPU computes in, and what a narrow one saves."""

from __future__ import annotations

import pytest

from generator.catalog import Catalog
from generator.sizing.choice.precision import (
    computed_in,
    judge_precision,
    lowest_precision,
    precision_saving,
)
from generator.sizing.nonsense import Nonsense

CATALOG = Catalog.builtin()
A100 = CATALOG.accelerator("nvidia-a100-sxm4-80")
H100 = CATALOG.accelerator("nvidia-h100-sxm5-80")
T4 = CATALOG.accelerator("nvidia-t4")
B200 = CATALOG.accelerator("nvidia-b200-sxm-180")


def test_tf32_saves_no_memory_and_only_speeds_up_the_arithmetic() -> None:
    saving = precision_saving(A100, "tf32")
    assert (saving.memory_ratio, saving.saves_memory) == (1.0, False)
    assert saving.arithmetic_ratio == pytest.approx(156 / 19.5)


def test_fp8_on_an_a100_saves_memory_and_no_arithmetic() -> None:
    saving = precision_saving(A100, "fp8", than="bf16")
    assert (saving.memory_ratio, saving.saves_memory) == (0.5, True)
    assert (saving.computed_in, saving.saves_arithmetic) == ("bf16", False)
    assert not judge_precision(A100, "fp8").allowed
    assert judge_precision(A100, "fp8", weights_only=True).allowed


def test_fp8_on_an_h100_saves_both() -> None:
    saving = precision_saving(H100, "fp8", than="bf16")
    assert saving.arithmetic_ratio == pytest.approx(2.0, rel=0.01)
    assert (saving.saves_memory, saving.saves_arithmetic) == (True, True)
    assert judge_precision(H100, "fp8").allowed


def test_halving_the_format_halves_the_memory() -> None:
    assert precision_saving(A100, "bf16").memory_ratio == 0.5
    assert precision_saving(A100, "bf16-mixed").memory_ratio == 0.5


def test_bf16_on_a_t4_is_refused_with_what_it_can_do() -> None:
    verdict = judge_precision(T4, "bf16")
    assert not verdict.allowed
    assert "fp16" in verdict.mend
    with pytest.raises(Nonsense):
        precision_saving(T4, "bf16")


def test_weights_of_four_bits_run_everywhere_in_sixteen() -> None:
    assert computed_in(T4, "nf4") == "fp16"
    assert computed_in(H100, "mxfp4") == "bf16"
    assert computed_in(B200, "mxfp4") == "fp4"
    assert judge_precision(T4, "nf4").allowed
    assert not judge_precision(H100, "mxfp4").allowed


@pytest.mark.parametrize(
    ("phase", "board", "expected"),
    [
        ("training", A100, "bf16"),
        ("training", T4, "fp16"),
        ("training", H100, "bf16"),
        ("serving", T4, "int8"),
        ("serving", A100, "int8"),
        ("serving", H100, "fp8"),
        ("serving", B200, "fp8"),
    ],
)
def test_the_lowest_format_is_what_phase_and_device_permit(
    phase: str, board: object, expected: str
) -> None:
    assert lowest_precision(phase, board).precision == expected  # type: ignore[arg-type]


def test_fp16_training_scales_its_losses_and_bf16_does_not() -> None:
    assert lowest_precision("training", T4).loss_scaling
    assert not lowest_precision("training", A100).loss_scaling
    assert lowest_precision("training", A100).master_copies
    assert not lowest_precision("serving", A100).master_copies


def test_four_bits_are_the_owners_decision() -> None:
    assert ("fp4", "below 8 bits quality is the owner's decision") in lowest_precision(
        "serving", B200
    ).rejected
    assert lowest_precision("serving", B200, floor_bits=4).precision == "fp4"


def test_a_format_without_a_known_peak_claims_no_gain() -> None:
    flex = CATALOG.accelerator("intel-max-1550")
    saving = precision_saving(flex, "bf16")
    assert saving.saves_memory
    assert saving.saves_arithmetic is None


def test_a_format_that_nobody_knows_is_refused() -> None:
    with pytest.raises(Nonsense):
        judge_precision(A100, "fp7")
