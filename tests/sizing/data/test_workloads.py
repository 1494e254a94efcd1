"""generator.sizing.data: checkpoints, results and captured requests of workloads."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from generator.ledger import Basis
from generator.quantity import GIB
from generator.sizing.data.stored import StoredKind
from tests.sizing.data.lab import entry, sized, volume

MONTH_S = 365.25 * 86_400 / 12


def workload(rest: str, phase: str = "training") -> str:
    return f"workloads: [{{name: w, owner: ml-eng, phase: {phase}, {rest}}}]\n"


MODEL = "model: {params: 1B, precision: bf16-mixed}, train: {optimizer: adamw}"


def test_three_checkpoints_and_the_one_that_is_written_are_kept() -> None:
    found = sized(workload(MODEL + ", checkpoint: {interval: 1000s, store: bulk}"))

    stored = volume(found, "w-checkpoints")
    assert (stored.kind, stored.tier) == (StoredKind.CHECKPOINTS, "bulk")
    assert stored.logical_bytes == 14e9 * 4
    assert stored.write_bytes_per_s == 14e6


def test_more_are_kept_where_the_workload_says_so() -> None:
    found = sized(workload(MODEL + ", checkpoint: {interval: 1000s, store: bulk, keep: 9}"))

    assert volume(found, "w-checkpoints").logical_bytes == 14e9 * 10


def test_each_trial_that_runs_keeps_its_own_checkpoints() -> None:
    search = "hpo: {trials: 500, trial_time: 1.5h, deadline: 72h}"
    found = sized(workload(f"{MODEL}, {search}, checkpoint: {{interval: 30m, store: bulk}}", "hpo"))

    assert volume(found, "w-checkpoints").logical_bytes == 14e9 * 4 * 11


def test_an_optimizer_that_nobody_states_is_an_assumption_with_its_effect() -> None:
    found = sized(
        workload("model: {params: 1B, precision: bf16}, checkpoint: {interval: 1h, store: bulk}")
    )

    assumed = entry(found, "w-checkpoints", "optimizer state")
    assert (assumed.value, assumed.low, assumed.high) == (12, 4, 12)
    assert assumed.basis is Basis.ASSUMED
    assert assumed.effect == "checkpoints from 22.35 GiB to 52.15 GiB"


@pytest.mark.parametrize(
    ("rest", "phase", "missing"),
    [
        ("model: {}", "training", "workloads[w].model.params, or a family of the catalogue"),
        (f"{MODEL}, hpo: {{trials: 5}}", "hpo", "workloads[w].hpo.trial_time"),
    ],
)
def test_checkpoints_of_unknown_size_stay_unknown(rest: str, phase: str, missing: str) -> None:
    found = sized(workload(f"{rest}, checkpoint: {{interval: 1h, store: bulk}}", phase))

    stored = volume(found, "w-checkpoints")
    assert (stored.logical_bytes, stored.missing) == (None, missing)
    assert stored.logical_bytes_by_month == ()
    assert entry(found, "w-checkpoints", "logical volume").value == "unknown"


def test_results_pile_up_with_each_run_for_as_long_as_they_stay() -> None:
    results = "artefacts: {store: bulk, retention: 3mo}, retraining: {cadence: monthly}"
    found = volume(sized(workload(f"{MODEL}, {results}")), "w-results")

    assert found.logical_bytes_by_month[:5] == (2e9, 4e9, 6e9, 6e9, 6e9)


def test_results_that_stay_for_good_never_stop_growing() -> None:
    found = sized(workload(MODEL + ", artefacts: {store: bulk}"))

    assert volume(found, "w-results").logical_bytes_by_month[-1] == 13 * 2e9
    assumed = entry(found, "w-results", "runs a month")
    assert (assumed.value, assumed.low, assumed.high) == (1.0, 0.25, 4.0)
    assert assumed.effect == "results a month from 0.47 to 7.45 GiB"


def test_results_of_a_model_of_unknown_size_stay_unknown() -> None:
    found = volume(sized(workload("model: {}, artefacts: {store: bulk}")), "w-results")

    assert (found.logical_bytes, found.tier) == (None, "bulk")


SERVING = "serving: {mode: service, rate: 500/s}"


def captured(rest: str, serving: str = SERVING) -> str:
    return workload(
        f"{serving}, retraining: {{cadence: monthly, trigger: drift, {rest}}}", "serving"
    )


def test_captured_requests_are_rate_x_share_x_record_a_month_for_a_year() -> None:
    found = sized(captured("capture_production_data: 5%, capture_record: 20kB"))

    stored = volume(found, "w-capture")
    assert stored.write_bytes_per_s == 500 * 0.05 * 20e3
    assert stored.logical_bytes == round(500e3 * MONTH_S)
    assert stored.logical_bytes_by_month[12] == stored.logical_bytes_by_month[11]
    full = entry(found, "w-capture", "logical volume once the oldest expire")
    assert full.value == pytest.approx(12 * 500e3 * MONTH_S / GIB, abs=0.01)
    # A month at a quarter of the rate, or two years at all of it.
    assert full.low == pytest.approx(500e3 * MONTH_S / 4 / GIB, abs=0.01)
    assert full.high == pytest.approx(24 * 500e3 * MONTH_S / GIB, abs=0.01)


@given(st.integers(1, 100), st.integers(1, 100))
def test_capturing_more_never_takes_less(one: int, other: int) -> None:
    few, many = sorted((one, other))
    sizes = [
        volume(
            sized(captured(f"capture_production_data: {share}%, capture_record: 1kB")), "w-capture"
        ).logical_bytes
        for share in (few, many)
    ]
    assert sizes[0] is not None
    assert sizes[1] is not None
    assert sizes[0] <= sizes[1]


@pytest.mark.parametrize(
    ("text", "missing"),
    [
        (captured("capture_production_data: 5%"), "workloads[w].retraining.capture_record"),
        (captured("capture_production_data: 5%, capture_record: 1kB", "serving: {mode: service}"),
         "workloads[w].serving.rate"),
    ],
)  # fmt: skip
def test_a_capture_without_its_figures_is_unknown_and_says_what_to_state(
    text: str, missing: str
) -> None:
    found = volume(sized(text), "w-capture")

    assert (found.logical_bytes, found.tier, found.missing) == (None, None, missing)


def test_where_nothing_is_captured_there_is_no_volume() -> None:
    assert sized(captured("reason: none")).volumes == ()


def test_a_capture_of_nothing_takes_nothing_and_needs_no_tier() -> None:
    found = sized(captured("capture_production_data: 0%, capture_record: 1kB"))

    assert (volume(found, "w-capture").logical_bytes, found.findings) == (0, ())


def test_a_share_above_all_requests_is_refused_at_its_workload() -> None:
    found = sized(captured("capture_production_data: 120%, capture_record: 1kB"))

    (finding,) = found.findings
    assert finding.rule == "MLG-Z003"
    assert finding.path == "workloads[w].retraining.capture_production_data"


def test_checkpoints_at_no_interval_have_no_write_rate() -> None:
    found = sized(workload(MODEL + ", checkpoint: {interval: 0s, store: bulk}"))

    assert volume(found, "w-checkpoints").write_bytes_per_s is None


def test_the_checkpoint_of_a_model_that_is_a_file_is_its_file() -> None:
    trees = "model: {family: gradient-boosting, size: 40MB}"
    found = sized(workload(f"{trees}, checkpoint: {{interval: 1h, store: bulk}}"))

    assert volume(found, "w-checkpoints").logical_bytes == 4 * 40e6
    assert entry(found, "w-checkpoints", "checkpoint").rule == "the size of the model's file"
