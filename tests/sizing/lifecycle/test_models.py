"""Origin, format and compression: what they say for a workload, and what speaks against it."""

from __future__ import annotations

import pytest

from generator.sizing.lifecycle import lifecycle
from tests.sizing.lifecycle.lab import (
    CATALOG,
    at_the_lab,
    figure,
    lab,
    names,
    of_workload,
    on_paper,
    rules,
)

SERVES = "serving: {mode: service}"


def served(model: str, *more: str) -> str:
    """A service with this model."""
    return of_workload(", ".join((f"model: {{{model}}}", SERVES, *more)))


def test_what_was_rented_comes_to_gpus_here() -> None:
    used = "calibration: {instance_type: p4d.24xlarge, gpu_utilisation: 40%}"
    found = at_the_lab(served("family: bge-m3", "origin: repatriated", used))

    planned = figure(found, "w", "GPUs to plan")
    assert figure(found, "w", "GPUs rented").value == 8
    assert (planned.low, planned.value, planned.high) == (2, 2, 3)
    assert planned.basis.value == "measured"
    assert "nvidia-h100-pcie-80" in planned.rule


def test_unmeasured_use_is_planned_as_it_was_rented_and_says_so() -> None:
    used = "calibration: {instance_type: g5.xlarge, instances: 3}"
    planned = figure(
        at_the_lab(served("family: bge-m3", "origin: repatriated", used)), "w", "GPUs to plan"
    )

    assert (planned.value, planned.basis.value) == (3, "assumed")
    assert planned.effect


@pytest.mark.parametrize(
    ("used", "says"),
    [
        ("instance_type: zz9.huge", "zz9.huge is no instance type that mlgen knows"),
        ("usage_export: usage/ml.csv", "give usage/ml.csv as observations"),
    ],
)
def test_use_that_cannot_be_read_stays_open(used: str, says: str) -> None:
    text = served("family: bge-m3", "origin: repatriated", f"calibration: {{{used}}}")
    found = at_the_lab(text)

    assert figure(found, "w", "GPUs to plan").value == "unknown"
    assert says in figure(found, "w", "GPUs to plan").source
    assert rules(found) == []


def test_use_of_no_time_at_all_is_refused_at_its_field() -> None:
    used = "calibration: {instance_type: g5.xlarge, gpu_utilisation: 0%}"
    _, (finding,) = at_the_lab(served("family: bge-m3", "origin: repatriated", used))

    assert (finding.rule, finding.path) == (
        "MLG-Z003",
        "workloads[w].calibration.gpu_utilisation",
    )


def test_a_bought_application_states_its_shape() -> None:
    shape = "shape: {vcpu: 8, memory: 32GiB}"

    assert rules(on_paper(of_workload("origin: vendor-app"))) == ["MLG-Z030"]
    assert rules(on_paper(of_workload(f"origin: vendor-app, {shape}"))) == []


@pytest.mark.parametrize(
    ("model", "runtimes"),
    [
        ("family: bge-m3, format: safetensors", "vllm, transformers, pytorch"),
        ("family: gradient-boosting, format: onnx", "onnxruntime, triton, openvino"),
        ("family: gradient-boosting, format: pmml", "jpmml"),
    ],
)
def test_the_runtimes_are_those_of_the_hardware(model: str, runtimes: str) -> None:
    assert figure(at_the_lab(served(model)), "w", "runtimes").value == runtimes


def test_an_engine_without_its_builder_is_refused_at_its_format() -> None:
    _, (finding,) = on_paper(served("family: bge-m3, format: tensorrt"))

    assert (finding.rule, finding.path) == ("MLG-Z033", "workloads[w].model.format")
    assert finding.mend == "state model.built_on"


def test_an_engine_is_judged_by_the_gpu_that_is_named_before_those_of_the_site() -> None:
    model = "family: bge-m3, format: tensorrt, built_on: nvidia-a100-pcie-80"
    named = "accelerator: {model: nvidia-a100-sxm4-80}"

    assert rules(at_the_lab(served(model, named))) == []
    assert rules(on_paper(served(model))) == []
    assert rules(on_paper(served(model, "accelerator: {model: nvidia-h100-pcie-80}"))) == [
        "MLG-Z033"
    ]


def test_an_engine_for_gpus_cannot_be_served_on_cpus() -> None:
    model = "family: bge-m3, format: tensorrt, built_on: nvidia-h100-pcie-80"

    assert rules(on_paper(served(model, "accelerator: {kind: cpu}"))) == ["MLG-Z032"]


def test_a_builder_that_nobody_knows_is_another_rules_finding() -> None:
    model = "family: bge-m3, format: tensorrt, built_on: nvidia-h1000"

    assert rules(on_paper(served(model))) == []


def test_a_pickle_in_prod_counts_even_where_nothing_serves_it() -> None:
    text = of_workload("model: {family: bge-m3, format: pickle}", phase="validation")

    assert rules(on_paper(text)) == ["MLG-Z031"]


def test_quantising_scales_weights_and_not_the_cache() -> None:
    found = at_the_lab(served("family: llama-3.1-8b, compression: {quantise: int8}"))
    entry = figure(found, "w", "weights after quantising")

    assert entry.value == 0.5
    assert "KV cache unchanged" in entry.rule


def test_pruning_single_weights_leaves_memory_as_it_was() -> None:
    found = at_the_lab(served("family: llama-3.1-8b, compression: {prune: {percent: 50%}}"))
    entry = figure(found, "w", "weights after pruning")

    assert entry.value == 1.0
    assert "0.5 of the file" in entry.rule


def test_quantising_to_what_is_no_narrower_is_refused() -> None:
    text = served("family: llama-3.1-8b, precision: int8, compression: {quantise: fp8}")
    _, (finding,) = on_paper(text)

    assert (finding.rule, finding.path) == (
        "MLG-Z003",
        "workloads[w].model.compression.quantise",
    )


SPARSE = "family: bge-m3, compression: {sparsity: '2:4'}"


def test_sparsity_is_open_where_nobody_names_a_gpu() -> None:
    found = on_paper(served(SPARSE))

    assert figure(found, "w", "2:4 sparsity").value == "unknown"
    assert rules(found) == []


def test_sparsity_for_a_gpu_without_its_units_is_refused_without_an_inventory_too() -> None:
    named = "accelerator: {model: nvidia-t4}"

    assert rules(on_paper(served(SPARSE, named))) == ["MLG-Z034"]


def test_sparsity_pruned_on_another_architecture_than_it_serves_is_refused() -> None:
    _, (finding,) = at_the_lab(served(SPARSE))

    assert finding.rule == "MLG-Z034"
    assert "pruned on ampere, served on hopper" in finding.message
    assert "waivers with rule MLG-Z034" in finding.mend


def test_sparsity_that_no_gpu_of_the_sites_knows_is_left_to_the_rule_that_says_so() -> None:
    assert lifecycle(lab(served(SPARSE)), CATALOG, {"prod": ("nvidia-t4",)})[1] == []


def test_an_origin_names_the_stacks_that_it_needs() -> None:
    bought = on_paper(of_workload("origin: vendor-app, shape: {vcpu: 8, memory: 32GiB}"))

    assert figure(bought, "w", "stacks").value == "inference, availability-monitoring"


def test_a_teacher_is_noted() -> None:
    found = on_paper(served("family: bge-m3, compression: {distil: llama-3.1-70b}"))

    assert figure(found, "w", "taught by").value == "llama-3.1-70b"


def test_a_workload_that_says_nothing_of_this_has_no_figures() -> None:
    assert names(on_paper(served("family: bge-m3")), "w") == []
