"""GPU-hours that are reserved for retraining, and those that pruning takes."""

from __future__ import annotations

from dataclasses import replace

import pytest
from hypothesis import given
from hypothesis import strategies as st

from generator.sizing.lifecycle import lifecycle
from tests.sizing.lifecycle.lab import (
    CATALOG,
    figure,
    lab,
    names,
    of_workload,
    on_paper,
    rules,
)

TRAIN = "data: images, train: {epochs: 10, deadline: 24h, throughput_per_gpu: 1000/s}"
"""10 GPU-hours: 3.6 million images, ten times, at 1,000 a second."""


def trained(more: str, *, phase: str = "training") -> str:
    """A training of ten GPU-hours."""
    return of_workload(f"model: {{family: resnet50}}, {TRAIN}, {more}", phase=phase)


def test_a_month_takes_the_runs_of_the_cadence() -> None:
    found = on_paper(trained("retraining: {cadence: weekly}"))

    assert figure(found, "w", "retraining reserve").value == pytest.approx(43.48, abs=0.01)
    assert figure(found, "retraining", "reserve").value == pytest.approx(43.48, abs=0.01)
    assert figure(found, "retraining", "GPUs of the reserve").value == pytest.approx(0.06, abs=5e-4)


@pytest.mark.parametrize(
    ("sparse", "frequent"),
    [("yearly", "quarterly"), ("monthly", "weekly"), ("weekly", "daily")],
)
def test_a_higher_cadence_reserves_more(sparse: str, frequent: str) -> None:
    less, more = (
        figure(on_paper(trained(f"retraining: {{cadence: {each}}}")), "retraining", "reserve")
        for each in (sparse, frequent)
    )
    assert float(less.value) < float(more.value)


def test_a_stated_budget_is_what_is_reserved() -> None:
    found = on_paper(trained("retraining: {cadence: monthly, budget_gpu_hours: 25}"))

    assert figure(found, "w", "retraining reserve").value == 25
    assert rules(found) == []


def test_no_cadence_reserves_nothing() -> None:
    assert on_paper(trained("retraining: {cadence: none}")) == ([], [])


def test_a_served_model_is_retrained_by_the_one_training_of_its_family() -> None:
    serves = (
        "{name: s, owner: ml-eng, phase: serving, model: {family: resnet50}, "
        "serving: {mode: service}, retraining: {cadence: monthly}}"
    )
    trains = f"{{name: t, owner: ml-eng, phase: training, model: {{family: resnet50}}, {TRAIN}}}"
    found = on_paper(f"workloads: [{serves}, {trains}]")

    assert figure(found, "s", "retraining reserve").value == 10
    assert "of t" in figure(found, "s", "retraining reserve").source


def test_a_training_of_unknown_length_stays_open_and_says_what_would_tell() -> None:
    serves = "model: {family: bge-m3}, serving: {mode: service}, retraining: {cadence: monthly}"
    found = on_paper(of_workload(serves))

    entry = figure(found, "w", "retraining reserve")
    assert entry.value == "unknown"
    assert "state retraining.budget_gpu_hours, or workloads[w].train" in entry.source
    assert figure(found, "retraining", "reserve not known").value == "w"
    assert "reserve" not in names(found, "retraining")


def test_a_training_on_a_named_gpu_is_estimated() -> None:
    model = "model: {family: llama-2-7b, method: {lora: {rank: 16}}}"
    train = "train: {sequence: 2048, micro_batch: 1, batch: 8, steps: 1000}"
    gpu = "accelerator: {model: nvidia-h100-pcie-80, gpus: 1}, retraining: {cadence: monthly}"
    found = on_paper(of_workload(f"{model}, {train}, {gpu}", phase="training"))

    entry = figure(found, "w", "retraining reserve")
    assert float(entry.value) > 0
    assert entry.source == "estimated on nvidia-h100-pcie-80"


def test_classic_models_take_no_gpu_hours() -> None:
    text = of_workload(
        "model: {family: gradient-boosting}, serving: {mode: service}, retraining: {cadence: daily}"
    )
    found = on_paper(text)

    assert figure(found, "w", "retraining reserve").value == "on CPUs"
    assert names(found, "retraining") == []


def test_pruning_takes_up_to_three_trainings_in_a_slot_that_comes_and_goes() -> None:
    pruned = "model: {family: resnet50, compression: {prune: {percent: 20%, iterations: 5}}}"
    entry = figure(
        on_paper(of_workload(f"{pruned}, {TRAIN}", phase="training")), "w", "pruning GPU-hours"
    )

    assert (entry.low, entry.value, entry.high) == (10, 30, 30)
    assert "ephemeral" in entry.rule


def test_pruning_after_a_training_of_unknown_length_stays_open() -> None:
    text = of_workload(
        "model: {family: bge-m3, compression: {prune: {percent: 20%}}}, serving: {mode: service}"
    )

    assert figure(on_paper(text), "w", "pruning GPU-hours").value == "unknown"


MONTHLY = lab(trained("retraining: {cadence: monthly}"))


@given(epochs=st.floats(0.1, 1000), more=st.floats(1.0, 10.0))
def test_longer_trainings_never_reserve_less(epochs: float, more: float) -> None:
    def reserve(times: float) -> float:
        (workload,) = MONTHLY.workloads
        assert workload.train is not None
        longer = replace(workload, train=replace(workload.train, epochs=times))
        found = lifecycle(replace(MONTHLY, workloads=(longer,)), CATALOG)
        return float(figure(found, "retraining", "reserve").value)

    assert 0 <= reserve(epochs) <= reserve(epochs * more)
