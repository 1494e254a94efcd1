"""generator.sizing.vision: layers, parameters and memory of vision networks."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from generator.catalog import Catalog
from generator.quantity import GIB
from generator.sizing.nonsense import Nonsense
from generator.sizing.vision.layers import convolution_parameters, linear_parameters
from generator.sizing.vision.memory import (
    feature_map_bytes,
    inference_bytes,
    largest_batch,
    map_bytes,
    network_training_memory,
    state_bytes,
)
from generator.sizing.vision.networks import knows, network_named

CATALOG = Catalog.builtin()
KNOWN = tuple(name for name in CATALOG.ids("models") if knows(name))
VGG16, RESNET50 = network_named("vgg16"), network_named("resnet50")


def test_vgg_and_resnet_and_vit_are_known() -> None:
    assert {"alexnet", "vgg16", "resnet18", "resnet152", "inception-v3", "vit-b-16"} <= set(KNOWN)
    assert not knows("yolov8n")


@pytest.mark.parametrize("name", KNOWN)
def test_the_parameters_counted_by_layers_are_the_published_ones(name: str) -> None:
    assert network_named(name).parameters == CATALOG.model(name).parameters


def test_a_convolution_counts_its_bias_once_per_output() -> None:
    assert convolution_parameters(3, 3, 64) == 1792
    assert convolution_parameters(3, 64, 64) == 36_928
    assert convolution_parameters(7, 192, 192, height=1, bias=False) == 7 * 192 * 192
    assert linear_parameters(25_088, 4096) == 102_764_544


def test_vgg_16_is_mostly_its_connected_layers() -> None:
    connected = sum(layer.parameters for layer in VGG16.layers if layer.kind == "linear")
    assert connected == 123_642_856
    assert VGG16.parameters - connected == 14_714_688


def test_the_maps_of_vgg_16_take_what_textbooks_count() -> None:
    assert VGG16.layers[0].output_values * 32 == 102_760_448
    assert feature_map_bytes(VGG16, 1) == 60_444_672
    assert feature_map_bytes(VGG16, 32) == 1_934_229_504
    assert 4 * VGG16.largest_pair_values == pytest.approx(25.69e6, rel=0.001)


def test_inference_holds_the_weights_and_two_maps() -> None:
    assert inference_bytes(VGG16, 1) == 4 * (138_357_544 + 2 * 3_211_264)
    assert inference_bytes(VGG16, 1, "fp16") == inference_bytes(VGG16, 1) / 2


def test_more_pixels_mean_larger_maps_and_the_same_weights() -> None:
    larger = network_named("resnet50", 448)
    assert larger.parameters == RESNET50.parameters
    assert larger.kept_values == pytest.approx(4 * RESNET50.kept_values, rel=0.01)
    assert network_named("vgg16", 448).parameters == VGG16.parameters


def test_an_image_too_small_for_the_network_is_refused() -> None:
    with pytest.raises(Nonsense, match="smaller than its window"):
        network_named("alexnet", 32)


def test_an_unknown_network_is_refused_with_the_known_ones() -> None:
    with pytest.raises(Nonsense, match="resnet50"):
        network_named("lenet")


def test_training_keeps_every_map_and_a_norm_twice() -> None:
    memory = network_training_memory(RESNET50, 64)
    assert memory.moment == "loss"
    assert memory.activation_bytes == 64 * 4 * RESNET50.kept_values
    assert RESNET50.kept_values > 1.9 * RESNET50.feature_map_values
    parts = (
        memory.weight_bytes + memory.optimizer_bytes + memory.activation_bytes + memory.buffer_bytes
    )
    assert memory.total_bytes == pytest.approx(parts + memory.runtime_bytes)


def test_one_image_in_vgg_16_peaks_at_the_step() -> None:
    memory = network_training_memory(VGG16, 1)
    assert memory.moment == "step"
    assert memory.gradient_bytes == 4 * VGG16.parameters
    assert memory.static_bytes == 3 * 4 * VGG16.parameters


@pytest.mark.parametrize(("optimizer", "each"), [("sgd", 8), ("sgd-momentum", 12), ("adamw", 16)])
def test_states_follow_the_optimizer(optimizer: str, each: int) -> None:
    memory = network_training_memory(RESNET50, 1, optimizer=optimizer)
    assert memory.static_bytes == each * RESNET50.parameters


def test_mixed_precision_halves_the_maps() -> None:
    wide = network_training_memory(RESNET50, 64).activation_bytes
    assert (
        network_training_memory(RESNET50, 64, precision="bf16-mixed").activation_bytes == wide / 2
    )
    assert network_training_memory(RESNET50, 64, precision="bf16").activation_bytes == wide / 2


def test_the_largest_batch_fits_and_the_next_does_not() -> None:
    most = largest_batch(RESNET50, 16 * GIB)
    assert most > 64
    assert network_training_memory(RESNET50, most).total_bytes <= 16 * GIB
    assert network_training_memory(RESNET50, most + 1).total_bytes > 16 * GIB
    assert largest_batch(RESNET50, 1 * GIB) == 0


@pytest.mark.parametrize("batch", [0, -1])
def test_a_batch_without_images_is_refused(batch: int) -> None:
    with pytest.raises(Nonsense, match=r"train\.batch"):
        network_training_memory(RESNET50, batch)


@given(st.integers(1, 512), st.sampled_from(KNOWN))
def test_more_images_never_need_less(batch: int, name: str) -> None:
    network = network_named(name)
    now = network_training_memory(network, batch).total_bytes
    assert now <= network_training_memory(network, batch + 1).total_bytes


def test_a_saved_network_holds_its_norms_statistics() -> None:
    """Accelerate's estimate-memory counts ResNet-50 to the byte; VGG-16 has no norm."""
    assert state_bytes(network_named("resnet50")) == 102_441_032
    assert state_bytes(VGG16) == 4 * VGG16.parameters
    vit = network_named("vit-b-16")
    assert state_bytes(vit, "fp16") == 2 * vit.parameters


def test_one_feature_map_is_a_product() -> None:
    """VGG-16's first, of a batch of 32."""
    assert map_bytes(32, 224, 224, 64) == 411_041_792
    assert map_bytes(32, 224, 224, 64, "fp16") * 2 == 411_041_792
