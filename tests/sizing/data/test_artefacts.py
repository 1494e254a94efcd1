"""generator.sizing.data.artefacts: what a run leaves behind."""

from __future__ import annotations

import pytest

from generator.sizing.data.artefacts import Artefact, artefact
from tests.example import blueprint
from tests.sizing.data.lab import CATALOG, lab

WORKLOADS = {workload.name: workload for workload in blueprint().workloads}


def made(text: str) -> Artefact | str:
    head = "workloads: [{name: w, owner: ml-eng, phase: training, "
    return artefact(lab(f"{head}{text}}}]\n").workloads[0], CATALOG)


def known(text: str) -> Artefact:
    found = made(text)
    assert isinstance(found, Artefact), found
    return found


def test_an_adapter_alone_is_saved_and_not_its_base() -> None:
    found = artefact(WORKLOADS["llm-lora"], CATALOG)

    assert isinstance(found, Artefact)
    assert found.trained == 39_976_960
    # 32-bit values and the headers of two tensors beside each of 7 x 32 matrices.
    assert found.model_bytes == 4 * 39_976_960 + 134 * 2 * 7 * 32
    assert found.state_bytes == 12 * 39_976_960


def test_training_in_mixed_precision_saves_14_bytes_per_parameter() -> None:
    found = known("model: {params: 8B, precision: bf16-mixed}, train: {optimizer: adamw}")

    assert found.state_bytes == 14 * 8e9
    assert found.model_bytes == 2 * 8e9
    assert found.optimizer_is_stated


@pytest.mark.parametrize(
    ("optimizer", "precision", "state"),
    [
        ("sgd", "bf16", 6),
        ("sgd-momentum", "bf16", 10),
        ("adamw-8bit", "bf16", 8),
        ("adam", "fp32", 12),
    ],
)
def test_state_follows_the_optimizer_and_the_width_of_the_weights(
    optimizer: str, precision: str, state: int
) -> None:
    found = known(
        f"model: {{params: 1B, precision: {precision}}}, train: {{optimizer: {optimizer}}}"
    )

    assert found.state_bytes == state * 1e9


def test_a_model_that_is_a_file_is_as_large_as_its_file() -> None:
    found = known("model: {family: gradient-boosting, format: onnx, size: 40MB}")

    assert (found.model_bytes, found.state_bytes) == (40e6, 40e6)


@pytest.mark.parametrize(
    ("text", "missing"),
    [
        ("train: {epochs: 1}", "workloads[w].model"),
        ("model: {family: gradient-boosting}",
         "workloads[w].model.params, or a family of the catalogue"),
        ("model: {family: no-such-model}", "workloads[w].model.family"),
        ("model: {params: 1B, hidden: 64}", "workloads[w].model.layers"),
    ],
)  # fmt: skip
def test_a_model_of_unknown_size_says_what_to_state(text: str, missing: str) -> None:
    assert made(text) == missing
