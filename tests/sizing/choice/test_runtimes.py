"""Model formats, their runtimes and where these run."""

from __future__ import annotations

from typing import get_args

import pytest

from generator.blueprint.model.words import ModelFormat
from generator.catalog import Catalog
from generator.sizing.choice.runtimes import FORMATS, judge_format, model_format, runnable
from generator.sizing.nonsense import Nonsense

CATALOG = Catalog.builtin()
A100 = CATALOG.accelerator("nvidia-a100-pcie-80")
A100_SXM = CATALOG.accelerator("nvidia-a100-sxm4-80")
A40 = CATALOG.accelerator("nvidia-a40")
H100 = CATALOG.accelerator("nvidia-h100-pcie-80")
T4 = CATALOG.accelerator("nvidia-t4")
MI300X = CATALOG.accelerator("amd-mi300x")


def test_every_format_of_the_language_has_a_row_with_a_source() -> None:
    assert set(FORMATS) == set(get_args(ModelFormat))
    assert all(row.source for row in FORMATS.values())


def test_an_engine_built_on_ampere_does_not_run_on_hopper() -> None:
    verdict = judge_format("tensorrt", serving=H100, built_on=A100)
    assert not verdict.allowed
    assert "hopper" in verdict.reason
    assert judge_format("tensorrt", serving=A100_SXM, built_on=A100).allowed


def test_one_architecture_with_two_capabilities_is_not_one_engine() -> None:
    """A100 is 8.0 and A40 is 8.6: both Ampere."""
    assert not judge_format("tensorrt", serving=A40, built_on=A100).allowed


def test_hardware_compatible_engines_run_from_ampere_on() -> None:
    def compatible(serving: object, built_on: object) -> bool:
        return judge_format(
            "tensorrt",
            serving=serving,  # type: ignore[arg-type]
            built_on=built_on,  # type: ignore[arg-type]
            hardware_compatible=True,
        ).allowed

    assert compatible(H100, A100)
    assert not compatible(A100, T4)


def test_an_engine_of_unknown_build_is_refused_until_somebody_says() -> None:
    verdict = judge_format("tensorrt", serving=H100)
    assert (verdict.allowed, verdict.mend) == (False, "state model.built_on")


def test_an_engine_runs_on_no_cpu_and_no_other_vendor() -> None:
    assert not judge_format("tensorrt", serving=None, built_on=A100).allowed
    assert not judge_format("tensorrt", serving=MI300X, built_on=A100).allowed


def test_a_pickle_in_production_needs_an_exception() -> None:
    assert not judge_format("pickle", serving=None, production=True).allowed
    assert judge_format("pickle", serving=None, production=True, excepted=True).allowed
    assert judge_format("pickle", serving=None).allowed


def test_gguf_runs_on_cpu_and_gpu() -> None:
    assert [r.runtime for r in runnable("gguf", "cpu")] == ["llama.cpp"]
    assert judge_format("gguf", serving=MI300X).allowed
    assert judge_format("gguf", serving=None).allowed


def test_pmml_never_needs_a_gpu() -> None:
    assert not runnable("pmml", "nvidia")
    assert not judge_format("pmml", serving=H100).allowed
    assert judge_format("pmml", serving=None).allowed


def test_a_custom_format_is_its_owners_business() -> None:
    assert judge_format("custom", serving=H100).allowed
    assert runnable("custom", "nvidia") == ()


def test_a_format_that_nobody_lists_is_refused() -> None:
    with pytest.raises(Nonsense) as refused:
        model_format("docx")
    assert refused.value.field == "model.format"
