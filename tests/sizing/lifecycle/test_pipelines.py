"""Pipelines: critical paths, and how many workers run at once in a week."""

from __future__ import annotations

import pytest

from tests.sizing.lifecycle.lab import at_the_lab, figure, names, on_paper, rules


def pipelines(*each: str, workloads: str = "") -> str:
    """A document with these pipelines, in the flow style."""
    return f"resource_management: {{pipelines: [{', '.join(each)}]}}\n{workloads}"


def nightly(name: str, cron: str, *steps: str, more: str = "") -> str:
    """A pipeline on a schedule."""
    return f"{{name: {name}, schedule: '{cron}', {more} steps: [{', '.join(steps)}]}}"


READ = "{name: read, stage: data-ingestion, duration: 2h}"
GPU = "{name: train, stage: model-training, needs: gpu, workers: 4, duration: 3h}"


def test_the_longest_chain_is_the_critical_path() -> None:
    found = on_paper(
        pipelines(
            nightly(
                "p",
                "0 2 * * *",
                READ,
                "{name: small, stage: data-processing, duration: 1h, after: [read]}",
                "{name: large, stage: data-processing, duration: 4h, after: [read]}",
            )
        )
    )

    entry = figure(found, "pipeline-p", "critical path")
    assert entry.value == 6 * 3600
    assert "read -> large" in entry.rule


def test_a_step_of_unknown_duration_makes_a_lower_bound() -> None:
    more = "{name: wait, stage: model-validation, after: [read]}"
    found = on_paper(pipelines(nightly("p", "0 2 * * *", READ, more)))

    assert "at least, wait" in figure(found, "pipeline-p", "critical path").rule
    assert figure(found, "pipelines", "steps not in the peak").value == "p/wait"


def test_staggered_windows_need_less_than_overlapping_ones() -> None:
    apart = on_paper(pipelines(nightly("a", "0 2 * * *", GPU), nightly("b", "0 6 * * *", GPU)))
    together = on_paper(pipelines(nightly("a", "0 2 * * *", GPU), nightly("b", "0 4 * * *", GPU)))

    assert figure(apart, "pipelines", "GPU workers at once").value == 4
    assert figure(together, "pipelines", "GPU workers at once").value == 8
    assert "8 if all met" in figure(apart, "pipelines", "GPU workers at once").rule


def test_the_peak_names_its_moment() -> None:
    found = on_paper(pipelines(nightly("a", "30 20 * * 5", GPU)))

    assert "Fri 20:30: a/train" in figure(found, "pipelines", "GPU workers at once").rule


def test_workers_of_cpus_and_gpus_are_counted_apart() -> None:
    found = on_paper(pipelines(nightly("a", "0 2 * * *", READ, GPU)))

    assert figure(found, "pipelines", "CPU workers at once").value == 1
    assert figure(found, "pipelines", "GPU workers at once").value == 4


def test_what_only_a_trigger_starts_has_no_place_in_the_week() -> None:
    found = on_paper(pipelines(f"{{name: p, triggers: [drift], steps: [{READ}]}}"))

    assert names(found, "pipelines") == []
    assert figure(found, "pipeline-p", "critical path").value == 2 * 3600


def test_a_training_of_stated_speed_has_a_duration() -> None:
    text = pipelines(
        nightly("p", "0 2 * * *", "{name: train, stage: model-training, workload: w}"),
        workloads="workloads: [{name: w, owner: ml-eng, phase: training, data: images, "
        "model: {family: resnet50}, "
        "train: {epochs: 10, deadline: 6h, throughput_per_gpu: 1000/s}}]",
    )

    # Ten GPU-hours on the two GPUs that the deadline asks for.
    assert figure(at_the_lab(text), "pipeline-p", "critical path").value == 5 * 3600


def test_a_search_holds_its_slots_until_its_last_trial() -> None:
    text = pipelines(
        nightly("p", "0 2 * * 1", "{name: tune, stage: model-training, workload: w}"),
        workloads="workloads: [{name: w, owner: ml-eng, phase: hpo, model: {family: resnet50}, "
        "hpo: {trials: 500, trial_time: 1.5h, memory: 16GiB, deadline: 72h}}]",
    )
    found = on_paper(text)

    assert figure(found, "pipelines", "GPU workers at once").value == 11
    assert figure(found, "pipeline-p", "critical path").value == 46 * 1.5 * 3600


def test_a_run_of_every_minute_is_always_there() -> None:
    found = on_paper(pipelines(nightly("p", "* * * * *", GPU)))

    # 180 runs of three hours overlap, of four workers each.
    assert figure(found, "pipelines", "GPU workers at once").value == 180 * 4
    assert rules(found) == ["MLG-Z038"]


def test_a_day_of_the_month_may_be_any_day() -> None:
    found = on_paper(pipelines(nightly("p", "0 2 1 * *", GPU)))

    assert "p may start on any day" in figure(found, "pipelines", "GPU workers at once").rule
    assert rules(found) == []


@pytest.mark.parametrize("cron", ["99 2 * * *", "0 2 * * MOO"])
def test_a_schedule_that_cannot_be_read_is_refused_at_its_field(cron: str) -> None:
    _, (finding,) = on_paper(pipelines(nightly("p", cron, READ)))

    assert (finding.rule, finding.path) == (
        "MLG-Z003",
        "resource_management.pipelines[p].schedule",
    )


def test_a_cycle_is_left_to_the_rule_that_names_it() -> None:
    one = "{name: a, stage: data-ingestion, duration: 1h, after: [b]}"
    other = "{name: b, stage: data-ingestion, duration: 1h, after: [a]}"

    assert on_paper(pipelines(nightly("p", "0 2 * * *", one, other))) == ([], [])
