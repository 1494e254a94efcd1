"""Models and images on disk, and the host memory that loads them."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from generator.quantity import GIB
from generator.sizing.architecture import Transformer
from generator.sizing.nonsense import Nonsense
from generator.sizing.storage import images
from generator.sizing.storage.images import EngineProfile

LLAMA_2_7B = Transformer(
    name="llama-2-7b",
    layers=32,
    hidden=4096,
    heads=32,
    kv_heads=32,
    head_dim=128,
    ffn=11008,
    vocabulary=32000,
)
CODE_LLAMA_13B = Transformer(
    name="code-llama-13b",
    layers=40,
    hidden=5120,
    heads=40,
    kv_heads=40,
    head_dim=128,
    ffn=13824,
    vocabulary=32016,
)
LLAMA_31_8B = Transformer(
    name="llama-3.1-8b",
    layers=32,
    hidden=4096,
    heads=32,
    kv_heads=8,
    head_dim=128,
    ffn=14336,
    vocabulary=128_256,
)
PROFILES = {
    name: images.engine_profile(name)
    for name in (
        "fp16.tput.1gpu",
        "fp16.lat.2gpu",
        "fp16.tput.2gpu",
        "fp16.lat.4gpu",
        "fp8.tput.1gpu",
        "fp8.lat.2gpu",
    )
}


@pytest.mark.parametrize(
    ("model", "profile", "gib"),
    [
        (LLAMA_2_7B, "fp16.tput.1gpu", 12.62),
        (LLAMA_2_7B, "fp16.lat.2gpu", 12.93),
        (LLAMA_2_7B, "fp8.tput.1gpu", 6.57),
        (CODE_LLAMA_13B, "fp16.tput.2gpu", 24.63),
        (CODE_LLAMA_13B, "fp16.lat.4gpu", 25.32),
        (LLAMA_31_8B, "fp16.tput.1gpu", 15.04),
        (LLAMA_31_8B, "fp16.lat.2gpu", 16.12),
        (LLAMA_31_8B, "fp16.lat.4gpu", 18.41),
        (LLAMA_31_8B, "fp8.tput.1gpu", 8.5),
    ],
)
def test_a_model_takes_what_the_support_matrices_print_in_gib(
    model: Transformer, profile: str, gib: float
) -> None:
    found = images.model_files(model, PROFILES[profile])
    assert found.total_bytes / GIB == pytest.approx(gib, rel=0.015)


@pytest.mark.parametrize(("profile", "gib"), [("fp8.tput.1gpu", 9.76), ("fp8.lat.2gpu", 10.81)])
def test_llama_31_in_fp8_keeps_its_attention_in_16_bits(profile: str, gib: float) -> None:
    found = images.model_files(LLAMA_31_8B, PROFILES[profile], attention_quantised=False)
    assert found.total_bytes / GIB == pytest.approx(gib, rel=0.005)


def test_a_profile_says_precision_and_gpus() -> None:
    assert images.engine_profile("FP8.lat.2gpu") == EngineProfile(precision="fp8", gpus=2)
    assert images.engine_profile("bf16.tput-lora.1gpu") == EngineProfile(precision="bf16")
    with pytest.raises(Nonsense, match="names no profile"):
        images.engine_profile("fastest")


def test_an_unknown_precision_and_no_gpus_are_refused() -> None:
    with pytest.raises(Nonsense, match=r"model\.precision"):
        images.model_files(LLAMA_2_7B, EngineProfile(precision="fp5"))
    with pytest.raises(Nonsense, match=r"serving\.gpus"):
        images.model_files(LLAMA_2_7B, EngineProfile(precision="fp16", gpus=0))


def test_a_node_unpacks_the_container_beside_the_model() -> None:
    files = images.model_files(LLAMA_2_7B, PROFILES["fp16.tput.1gpu"])
    with_container = images.serving_image_bytes(files, container_bytes=10e9)
    assert with_container == files.total_bytes + 10e9
    assert images.serving_image_bytes(files) == files.total_bytes + images.CONTAINER_BYTES


@pytest.mark.parametrize(
    ("params", "gib"), [(8.03e9, 15), (70.55e9, 131), (7.25e9, 14), (46.7e9, 88)]
)
def test_loading_takes_two_bytes_of_host_memory_per_parameter(params: float, gib: float) -> None:
    assert images.host_weights_bytes(params) / GIB == pytest.approx(gib, rel=0.06)


def test_a_serving_vm_also_holds_its_system_and_shared_memory() -> None:
    whole = images.host_memory_bytes(8.03e9)
    assert whole == pytest.approx(16.06e9 + 10e9 + 16e9)
    assert images.host_memory_bytes(8.03e9, shared_memory_bytes=0) == pytest.approx(26.06e9)


def test_a_registry_keeps_models_times_versions_times_precisions() -> None:
    kept = images.model_registry_bytes(models=3, versions_kept=4, version_bytes=16e9, precisions=2)
    assert kept == 3 * 4 * 2 * 16e9
    assert images.model_registry_bytes(models=0, versions_kept=1, version_bytes=1) == 0


def test_a_further_tag_of_an_image_takes_its_changed_layers_only() -> None:
    kept = images.image_registry_bytes(images=2, tags_kept=5, image_bytes=10e9, changed_ratio=0.25)
    assert kept == 2 * 10e9 * 2


def test_a_node_has_room_for_two_generations_below_the_garbage_collection() -> None:
    disk = images.node_disk(image_bytes=40e9)
    assert disk.image_bytes == pytest.approx(100e9)
    assert disk.boot_bytes == images.GUEST_SYSTEM_BYTES
    with_scratch = images.node_disk(image_bytes=40e9, scratch_bytes=80e9)
    assert with_scratch.image_bytes == pytest.approx(200e9)


@given(
    gpus=st.integers(1, 16),
    precision=st.sampled_from(["fp32", "fp16", "fp8", "int4", "nvfp4"]),
    quantised=st.booleans(),
)
def test_a_gpu_more_never_saves_disk_and_a_wider_attention_neither(
    gpus: int, precision: str, quantised: bool
) -> None:
    def total(count: int, *, attention: bool) -> float:
        profile = EngineProfile(precision=precision, gpus=count)
        return images.model_files(LLAMA_31_8B, profile, attention_quantised=attention).total_bytes

    assert total(gpus + 1, attention=quantised) > total(gpus, attention=quantised)
    assert total(gpus, attention=False) >= total(gpus, attention=True)
