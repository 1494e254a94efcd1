"""generator.catalog.names: what others call models and GPUs."""

from __future__ import annotations

from contextlib import suppress

import pytest
from hypothesis import given
from hypothesis import strategies as st

from generator.catalog import Catalog, UnknownRow
from generator.catalog.names import ALIASES, find_accelerator, find_model

CATALOG = Catalog.builtin()


@pytest.mark.parametrize(
    ("name", "row_id"),
    [
        ("meta-llama/Llama-3.1-8B-Instruct", "llama-3.1-8b"),
        ("meta-llama/Meta-Llama-3-8B", "llama-3-8b"),
        ("Llama 3.3 70B", "llama-3.3-70b"),
        ("Llama-3.3-70B-FP8", "llama-3.3-70b"),
        ("Llama-3.1-405B-FP8", "llama-3.1-405b-fp8"),
        ("Llama 2 7B", "llama-2-7b"),
        ("llama2-13b", "llama-2-13b"),
        ("llama 8b", "llama-3.1-8b"),
        ("LLaMA-65B", "llama-65b"),
        ("Code Llama 13B Instruct", "codellama-13b"),
        ("CodeLlama 34B", "codellama-34b"),
        ("Qwen/Qwen3-32B", "qwen3-32b"),
        ("Qwen3-32B bf16", "qwen3-32b"),
        ("RedHatAI/Qwen3-8B-FP8-dynamic", "qwen3-8b"),
        ("Qwen/Qwen3-32B-FP8-Static-PerTensor", "qwen3-32b"),
        ("Qwen/Qwen3-30B-A3B-Thinking-2507", "qwen3-30b-a3b"),
        ("Qwen-72B-Chat", "qwen-72b"),
        ("Qwen/Qwen2.5-Coder-32B-Instruct-AWQ", "qwen2.5-32b"),
        ("openai/gpt-oss-20b", "gpt-oss-20b"),
        ("phi-1.5", "phi-1.5"),
        ("microsoft/phi-1_5", "phi-1.5"),
        ("StableLM Alpha 3B", "stablelm-alpha-3b"),
        ("stabilityai/stablelm-base-alpha-3b", "stablelm-alpha-3b"),
        ("Falcon 40B", "falcon-40b"),
        ("bigscience/T0_3B", "t0-3b"),
        ("gemma3-27b", "gemma-3-27b"),
        ("RedHatAI/gemma-3-27b-it-quantized.w4a16", "gemma-3-27b"),
        ("gptj-6b", "gpt-j-6b"),
        ("Mistral-7B-v0.3", "mistral-7b-v0.3"),
        ("mistralai/Mixtral-8x7B-Instruct-v0.1", "mixtral-8x7b"),
        ("Mistral-Small-3.2-24B", "mistral-small-24b"),
        ("mistralai/Mistral-Small-24B-Instruct-2501", "mistral-small-24b-2501"),
        ("deepseek-ai/DeepSeek-R1-0528", "deepseek-v3"),
        ("bartowski/Llama-3.1-8B-Instruct-Q4_K_M", "llama-3.1-8b"),
        ("BAAI/bge-large-en-v1.5", "bge-large"),
        ("ResNet-50", "resnet50"),
        ("runwayml/stable-diffusion-v1-5", "stable-diffusion-1.5"),
    ],
)
def test_a_model_is_found_by_what_others_call_it(name: str, row_id: str) -> None:
    """Organisation, tuning, format and release do not count."""
    assert find_model(name) == row_id


@pytest.mark.parametrize(
    ("name", "row_id"),
    [
        ("A100", "nvidia-a100-sxm4-80"),
        ("A100 SXM", "nvidia-a100-sxm4-80"),
        ("A100 PCIe", "nvidia-a100-pcie-80"),
        ("A100-40GB", "nvidia-a100-sxm4-40"),
        ("a100_80gb", "nvidia-a100-sxm4-80"),
        ("A100-SXM4-40GB", "nvidia-a100-sxm4-40"),
        ("NVIDIA A100-SXM4-80GB", "nvidia-a100-sxm4-80"),
        ("H100", "nvidia-h100-sxm5-80"),
        ("H100-80", "nvidia-h100-sxm5-80"),
        ("H100 79.18 GiB", "nvidia-h100-sxm5-80"),
        ("h100_sxm", "nvidia-h100-sxm5-80"),
        ("H100 NVL", "nvidia-h100-nvl-94"),
        ("H200", "nvidia-h200-sxm-141"),
        ("GH200 141GB", "nvidia-gh200-144"),
        ("H800", "nvidia-h800-sxm5-80"),
        ("B200 SXM", "nvidia-b200-sxm-180"),
        ("8xB200", "nvidia-b200-sxm-180"),
        ("gb200", "nvidia-gb200-186"),
        ("V100-32GB", "nvidia-v100-sxm2-32"),
        ("Tesla T4", "nvidia-t4"),
        ("L40S", "nvidia-l40s"),
        ("L40", "nvidia-l40"),
        ("RTX PRO 6000", "nvidia-rtx-pro-6000-blackwell-se"),
        ("MI300X", "amd-mi300x"),
        ("Flex 170", "intel-flex-170"),
    ],
)
def test_a_gpu_is_found_by_what_others_call_it(name: str, row_id: str) -> None:
    """A bare chip is the SXM module with the most memory."""
    assert find_accelerator(name) == row_id


@pytest.mark.parametrize("row_id", CATALOG.ids("models"))
def test_every_model_is_found_by_its_id(row_id: str) -> None:
    """No two ids are alike without their separators."""
    assert find_model(row_id) == row_id
    assert find_model(f"someone/{row_id.upper()}-Instruct") == row_id


@pytest.mark.parametrize("row_id", CATALOG.ids("accelerators"))
def test_every_gpu_is_found_by_its_id(row_id: str) -> None:
    """With and without its vendor."""
    assert find_accelerator(row_id) == row_id
    assert find_accelerator(row_id.partition("-")[2]) == row_id


@pytest.mark.parametrize(("alias", "row_id"), ALIASES.items())
def test_an_alias_stands_for_a_row_and_hides_none(alias: str, row_id: str) -> None:
    """A name that has a row is that row."""
    assert alias not in CATALOG.ids("models")
    assert find_model(alias) == row_id


@pytest.mark.parametrize("name", ["13B dense", "Llama-7-900B", "", "///", "DeepSeek-V9"])
def test_a_name_of_no_model_is_refused(name: str) -> None:
    """It is a KeyError, as for an id."""
    with pytest.raises(UnknownRow, match="the catalogue has no row"):
        find_model(name)


@pytest.mark.parametrize("name", ["A1", "H100 40GB", "A100 NVL", "TPU v4", ""])
def test_a_name_of_no_gpu_is_refused(name: str) -> None:
    """What is stated must fit: there is no H100 of 40 GB."""
    with pytest.raises(UnknownRow, match="the catalogue has no row"):
        find_accelerator(name)


def test_a_refusal_names_what_is_near() -> None:
    """A slip of the finger is mended in one reading."""
    with pytest.raises(UnknownRow) as caught:
        find_model("meta-llama/Lama-3.1-8B")

    assert "llama-3.1-8b" in caught.value.near


def test_a_model_that_a_blueprint_brings_is_found_too() -> None:
    """The catalogue can be another one."""
    catalog = CATALOG.with_rows(
        {"models": [{"id": "acme-9b", "product": "Acme", "kind": "dense-transformer"}]}
    )

    assert find_model("acme/Acme-9B-Instruct", catalog) == "acme-9b"


def test_a_gpu_that_a_blueprint_brings_is_found_too() -> None:
    """Even under an id without a vendor."""
    row = {**CATALOG.fields("accelerators", "nvidia-l4"), "id": "x1"}
    catalog = CATALOG.with_rows({"accelerators": [row]})

    assert find_accelerator("X1", catalog) == "x1"
    assert find_accelerator("L4", catalog) == "nvidia-l4"


@given(st.text(max_size=40))
def test_any_text_is_found_or_refused(name: str) -> None:
    """Names come from documents that somebody else wrote."""
    for find, kind in ((find_model, "models"), (find_accelerator, "accelerators")):
        with suppress(UnknownRow):
            assert find(name) in CATALOG.ids(kind)
