"""generator.sizing.data.rates: how fast a dataset is read, from what its readers must achieve."""

from __future__ import annotations

import pytest

from generator.quantity import GIB
from generator.sizing.data.rates import Reader, read_rates
from tests.example import blueprint
from tests.sizing.data.lab import lab

IMAGES = "storage_compute: {datasets: [{name: images, size: 100GB, items: 1000000}]}\n"


def readers(text: str) -> tuple[Reader, ...]:
    return read_rates(lab(IMAGES + text))["images"].readers


def only(text: str) -> Reader:
    (reader,) = readers(text)
    return reader


def workload(rest: str) -> str:
    return f"workloads: [{{name: w, owner: ml-eng, data: images, {rest}}}]\n"


def test_the_example_reads_its_images_at_523_mb_s() -> None:
    rate = read_rates(blueprint())["shop-images"]

    assert rate.together == pytest.approx(4000 * 156 * GIB / 1_280_000)
    assert rate.together == pytest.approx(523e6, rel=0.001)
    assert [reader.name for reader in rate.unknown] == ["vision-hpo"]


def test_a_step_that_must_end_in_its_pipelines_window_reads_all_in_it() -> None:
    assert read_rates(blueprint())["orders"].together == pytest.approx(300 * GIB / (4 * 3600))


def test_training_reads_every_item_once_per_epoch() -> None:
    found = only(workload("phase: training, train: {epochs: 10, deadline: 1000s}"))

    assert found.bytes_per_s == pytest.approx(100e9 * 10 / 1000)


def test_an_item_as_the_loader_reads_it_counts_more_than_the_datasets_mean() -> None:
    train = "train: {epochs: 10, deadline: 1000s, loader: {sample: 1kB}}"

    assert only(workload(f"phase: training, {train}")).bytes_per_s == pytest.approx(10e6)


def test_without_items_the_size_of_the_dataset_tells_the_rate() -> None:
    text = "storage_compute: {datasets: [{name: images, size: 100GB}]}\n"
    train = workload("phase: training, train: {epochs: 10, deadline: 1000s}")

    (found,) = read_rates(lab(text + train))["images"].readers
    assert found.bytes_per_s == pytest.approx(1e9)


def test_without_a_deadline_stated_gpus_and_their_throughput_tell_it() -> None:
    found = only(
        workload(
            "phase: training, train: {epochs: 10, throughput_per_gpu: 2500/s}, "
            "accelerator: {gpus: 2}"
        )
    )

    assert found.bytes_per_s == pytest.approx(2 * 2500 * 100_000)


def test_trials_that_run_at_once_read_at_once() -> None:
    found = only(
        workload(
            "phase: hpo, train: {epochs: 10}, "
            "hpo: {trials: 20, trial_time: 1000s, deadline: 10000s}"
        )
    )

    assert found.bytes_per_s == pytest.approx(2 * 100e9 * 10 / 1000)
    assert "2 trials at once" in found.rule


def test_a_spark_job_reads_its_input_in_its_window() -> None:
    found = only(workload("phase: data-prep, spark: {input: 50GB, window: 500s}"))

    assert found.bytes_per_s == pytest.approx(100e6)


def test_a_batch_of_some_items_reads_their_share() -> None:
    serving = "serving: {mode: batch, items: 500000, window: 100s}"

    assert only(workload(f"phase: serving, {serving}")).bytes_per_s == pytest.approx(500e6)


@pytest.mark.parametrize(
    ("rest", "says"),
    [
        ("phase: training, train: {epochs: 10}", "workloads[w].train.epochs and train.deadline"),
        ("phase: hpo, hpo: {trials: 20}", "workloads[w].train.epochs and hpo.trial_time"),
        ("phase: data-prep, spark: {input: 50GB}", "workloads[w].spark.window"),
        ("phase: serving, serving: {mode: batch}", "workloads[w].serving.window"),
        ("phase: serving, serving: {mode: service}", "read_rate"),
        ("phase: training, train: {epochs: 10, deadline: 0s}",
         "workloads[w].train.epochs and train.deadline"),
        ("phase: hpo, train: {epochs: 9}, hpo: {trials: 2, trial_time: 2h, deadline: 1h}",
         "hpo.deadline"),
    ],
)  # fmt: skip
def test_a_rate_that_does_not_follow_is_unknown_and_says_what_would_tell(
    rest: str, says: str
) -> None:
    found = only(workload(rest))

    assert (found.bytes_per_s, found.rule) == (None, says)


def test_a_step_with_a_workload_is_counted_once_and_one_without_window_is_unknown() -> None:
    pipelines = (
        "resource_management: {pipelines: [{name: p, steps: ["
        "{name: train, stage: model-training, workload: w, uses: images}, "
        "{name: look, stage: data-ingestion, uses: images}, "
        "{name: load, stage: data-ingestion, uses: images, duration: 100s}]}]}\n"
    )
    found = readers(pipelines + workload("phase: training, train: {epochs: 10, deadline: 1000s}"))

    assert [(each.name, each.bytes_per_s) for each in found] == [
        ("w", pytest.approx(1e9)),
        ("step look", None),
        ("step load", pytest.approx(1e9)),
    ]
    assert found[1].rule == "resource_management.pipelines[p].window"
