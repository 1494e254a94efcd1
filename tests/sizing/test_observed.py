"""What was measured replaces what is assumed, and both are compared."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from generator.blueprint.bind import bind
from generator.blueprint.model.model import Model
from generator.blueprint.model.observations import Observation
from generator.blueprint.model.workloads import Hpo, Workload
from generator.blueprint.observed import Sighting
from generator.catalog import Catalog
from generator.finding import Place, Severity
from generator.ledger import Basis
from generator.quantity import GIB
from generator.sizing.estimate import Estimate, estimate
from generator.sizing.nonsense import Nonsense
from generator.sizing.observed import Change, compare, figure_of, observed
from generator.sizing.revision import named_by, revise
from generator.sizing.rules import FarFromMeasured
from generator.sizing.written import written

CATALOG = Catalog.builtin()
H200 = "nvidia-h200-sxm-141"


def service(**assume: str) -> Workload:
    """A service of Llama 3.1 8B on one H200."""
    return workload(
        serving={"mode": "service", "engine": "vllm", "context": 8192, "sessions": 20}, **assume
    )


def tuning(**assume: str) -> Workload:
    """LoRA of Llama 3.1 8B on one H200."""
    tuned = workload(
        train={"sequence": 2048, "micro_batch": 1, "steps": 1000, "framework": "peft"},
        **assume,
    )
    method = {"family": "llama-3.1-8b", "method": {"lora": {"rank": 16}}}
    other = bind(Workload, {"name": "w", "owner": "o", "phase": "training", "model": method})
    return replace(tuned, model=other.model)


def workload(*, serving: Any = None, train: Any = None, **assume: str) -> Workload:
    """A workload called w, with what its blueprint assumes itself."""
    stated = {
        "name": "w",
        "owner": "o",
        "phase": "serving" if serving else "training",
        "model": {"family": "llama-3.1-8b"},
        "accelerator": {"model": H200, "gpus": 1},
        **({"serving": serving} if serving else {"train": train}),
        **({"assume": assume} if assume else {}),
    }
    return bind(Workload, stated)


def seen(figure: Any, value: str, of: str = "w") -> Observation:
    """One observation."""
    return Observation(workload=of, figure=figure, value=value, source="a log", window="24h")


def answers(work: Workload, *observations: Observation) -> tuple[Estimate, Estimate]:
    """The estimate without and with observations."""
    return estimate(work, CATALOG), estimate(observed(work, observations), CATALOG)


def changes(work: Workload, *observations: Observation) -> dict[str, Change]:
    """Every change that observations make, by figure."""
    found = compare(*answers(work, *observations), observations)
    return {change.figure: change for change in found}


def sighting(observation: Observation, line: int = 1) -> Sighting:
    """An observation on a line of a file."""
    return Sighting(observation=observation, place=Place("seen.csv", line, 1))


def test_an_observation_fills_what_the_blueprint_leaves_open() -> None:
    """As an assumption whose source says who measured, and over what."""
    given_ = observed(service(), [seen("kv_room", "50GiB")]).assume
    assert given_ is not None
    assert given_.kv_room_bytes is not None
    assert given_.kv_room_bytes.value == 50 * GIB
    assert given_.kv_room_bytes.source == "a log, over 24h"


def test_what_the_blueprint_states_itself_counts_more() -> None:
    """Explicit beats observed."""
    stated = service(kv_room="40GiB")
    given_ = observed(stated, [seen("kv_room", "50GiB"), seen("runtime", "1GiB")]).assume
    assert given_ is not None
    assert given_.kv_room_bytes is not None
    assert given_.kv_room_bytes.value == 40 * GIB
    assert given_.runtime_bytes is not None


def test_an_explicit_figure_shows_that_the_observation_is_not_used() -> None:
    """It is compared all the same."""
    change = changes(service(per_token="20ms"), seen("per_token", "50ms"))["per_token"]
    assert not change.used
    assert (change.analytic, change.measured, change.result) == (0.02, 0.05, 0.02)
    assert change.is_far_off


def test_observations_of_others_change_nothing() -> None:
    """Nor does an empty list."""
    work = service()
    assert observed(work, [seen("total", "50GiB", of="x")]) is work
    assert observed(work, []) is work


def test_a_change_says_what_was_computed_and_what_was_measured() -> None:
    """Their ratio, and what the estimate says now."""
    before, _ = answers(service())
    computed = figure_of(before, "per_token")
    assert computed is not None
    change = changes(service(), seen("per_token", "100ms"))["per_token"]
    assert change.analytic == computed
    assert change.ratio == pytest.approx(0.1 / computed)
    assert (change.result, change.used) == (0.1, True)


def test_what_follows_from_an_observation_is_shown_too() -> None:
    """Tokens per second fall as the time per token grows."""
    found = changes(service(), seen("per_token", "100ms"))
    assert found["throughput"].measured is None
    assert found["throughput"].result < found["throughput"].analytic  # type: ignore[operator]


def test_less_room_for_the_cache_means_fewer_sessions() -> None:
    """Memory enters the formulas, it does not only replace a result."""
    before, after = answers(service(), seen("kv_room", "10GiB"))
    assert before.serving is not None
    assert after.serving is not None
    assert after.serving.kv_capacity_tokens == pytest.approx(10 * GIB / 131072, rel=1e-3)
    assert after.serving.sessions_guaranteed < before.serving.sessions_guaranteed  # type: ignore[operator]


def test_a_measured_total_decides_on_the_profile() -> None:
    """Not the computed one."""
    assert estimate(tuning(), CATALOG).profile != estimate(tuning(total="130GiB"), CATALOG).profile


def test_a_run_that_was_measured_to_fit_is_feasible() -> None:
    """Whatever the formulas said."""
    stated = {"sequence": 32768, "micro_batch": 64, "steps": 10, "framework": "huggingface"}
    too_large = workload(train=stated)
    before, after = answers(too_large, seen("total", "100GiB"))
    assert (before.feasible, after.feasible) == (False, True)
    assert before.reasons
    assert after.reasons == ()


def test_a_measured_step_scales_the_run() -> None:
    """Twice the time per step is twice the hours and half the utilisation."""
    before = estimate(tuning(), CATALOG).training
    assert before is not None
    assert before.step_s is not None
    assert before.hours is not None
    assert before.mfu is not None
    slow = f"{2 * before.step_s * 1e3:.6f}ms"
    after = estimate(observed(tuning(), [seen("step", slow)]), CATALOG).training
    assert after is not None
    assert after.hours == pytest.approx(2 * before.hours, rel=1e-6)
    assert after.mfu == pytest.approx(before.mfu / 2, rel=1e-6)


def test_a_measured_throughput_scales_the_run_as_well() -> None:
    """Half the tokens per second is twice the step."""
    before = estimate(tuning(), CATALOG).training
    assert before is not None
    assert before.step_s is not None
    assert before.tokens_per_s_per_gpu is not None
    half = f"{before.tokens_per_s_per_gpu / 2:.6f}/s"
    after = estimate(observed(tuning(), [seen("throughput", half)]), CATALOG).training
    assert after is not None
    assert after.step_s == pytest.approx(2 * before.step_s, rel=1e-6)


def test_measured_parts_of_a_runs_memory_add_up() -> None:
    """Weights that are larger than computed make the total larger by as much."""
    before, after = answers(tuning(), seen("weights", "20GiB"), seen("runtime", "2GiB"))
    assert (after.memory.weights_bytes, after.memory.runtime_bytes) == (20 * GIB, 2 * GIB)
    more = after.memory.total_bytes - before.memory.total_bytes
    weights = 20 * GIB - before.memory.weights_bytes
    assert more == pytest.approx(weights + 2 * GIB - before.memory.runtime_bytes)
    noted = {entry.name: entry for entry in after.ledger}
    assert noted["weights"].basis is Basis.MEASURED
    assert noted["total"].value == pytest.approx(after.memory.total_bytes)


def test_images_per_second_replace_those_of_a_pass() -> None:
    """Of a service that answers whole batches."""
    stated = {"mode": "service", "batch": 8}
    images = replace(workload(serving=stated), model=bind(Model, {"family": "resnet50"}))
    answer = estimate(observed(images, [seen("throughput", "700/s")]), CATALOG)
    assert answer.serving is not None
    assert (answer.serving.items_per_s, answer.serving.tokens_per_s) == (700, None)
    assert changes(images, seen("throughput", "700/s"))["throughput"].used


def test_a_search_lasts_as_long_as_its_trials_are_said_to() -> None:
    """A measured step of one trial changes no hours."""
    stated = {"trials": 50, "trial_time": "2h", "deadline": "20h"}
    search = replace(tuning(), hpo=bind(Hpo, stated))
    before, after = answers(search, seen("step", "9s"), seen("throughput", "5/s"))
    assert before.training is not None
    assert after.training is not None
    assert (after.training.step_s, after.training.hours) == (9, before.training.hours)


def test_a_measured_rate_of_a_run_that_had_none_stands_alone() -> None:
    """Without a GPU nothing is there to scale."""
    nowhere = replace(tuning(), accelerator=None)
    before, after = answers(nowhere, seen("throughput", "5000/s"), seen("step", "1s"))
    assert before.training is not None
    assert after.training is not None
    assert before.training.step_s is None
    assert (after.training.step_s, after.training.hours) == (1, None)


def test_throughput_is_per_gpu_while_a_replica_is_not() -> None:
    """Two GPUs of a replica give twice what each was measured at."""
    stated = {"mode": "service", "context": 4096, "sessions": 8, "tensor_parallel": 2}
    two = replace(workload(serving=stated), accelerator=None)
    two = replace(two, accelerator=replace(service().accelerator, gpus=2))  # type: ignore[type-var]
    after = estimate(observed(two, [seen("throughput", "500/s")]), CATALOG)
    assert after.serving is not None
    assert (after.gpus, after.serving.tokens_per_s) == (2, 1000)


def test_the_ledger_says_what_was_computed_instead() -> None:
    """With the measurement's source and basis."""
    answer = estimate(observed(service(), [seen("first_token", "700ms")]), CATALOG)
    (entry,) = [entry for entry in answer.ledger if entry.name == "first_token"]
    assert (entry.value, entry.basis, entry.source) == (0.7, Basis.MEASURED, "a log, over 24h")
    assert entry.effect.startswith("computed: ")


def test_the_ledger_follows_what_is_scaled() -> None:
    """No line says what the answer does not."""
    work = observed(tuning(), [seen("step", "9s")])
    answer = estimate(work, CATALOG)
    assert answer.training is not None
    noted = {entry.name: entry.value for entry in answer.ledger}
    assert noted["mfu"] == answer.training.mfu
    assert noted["hours"] == answer.training.hours


def test_a_figure_that_the_workload_lacks_is_not_used() -> None:
    """A service has no training step; unknown is not zero."""
    change = changes(service(), seen("step", "3s"))["step"]
    assert (change.analytic, change.ratio, change.result, change.used) == (None, None, None, False)


def test_without_an_estimate_there_is_nothing_to_compare_with() -> None:
    """The observation stands alone."""
    (only,) = compare(None, None, [seen("total", "50GiB")])
    assert (only.analytic, only.ratio, only.measured) == (None, None, 50 * GIB)
    assert not only.is_far_off


@pytest.mark.parametrize(
    ("ratio", "far"), [(1.3, False), (1.3001, True), (0.7, False), (0.6999, True), (None, False)]
)
def test_thirty_percent_is_far_off(ratio: float | None, far: bool) -> None:
    """In both directions, and more than that."""
    assert Change(workload="w", figure="total", ratio=ratio).is_far_off is far


def test_a_far_measurement_is_warned_of_where_it_stands() -> None:
    """With both figures."""
    (only,) = revise([service()], CATALOG, [sighting(seen("per_token", "1s"), 7)]).findings
    assert (only.rule, only.severity) == (FarFromMeasured.id, Severity.WARNING)
    assert only.places == (Place("seen.csv", 7, 1),)
    assert only.path == "workloads[w].assume.per_token"
    assert "was measured as 1 s and is estimated as" in only.message


def test_a_close_measurement_is_no_finding() -> None:
    """It is a change all the same."""
    computed = figure_of(estimate(service(), CATALOG), "per_token")
    assert computed is not None
    near = sighting(seen("per_token", f"{computed * 1.2e3:.6f}ms"))
    revision = revise([service()], CATALOG, [near])
    assert revision.findings == ()
    assert revision.changes[0].used


def test_an_observation_of_nobody_is_warned_of() -> None:
    """With the name that may be meant."""
    work = replace(service(), name="rag-llm")
    (only,) = revise([work], CATALOG, [sighting(seen("total", "50GiB", of="rag-lm"))]).findings
    assert (only.rule, only.severity) == ("MLG-O006", Severity.WARNING)
    assert only.mend == "did you mean rag-llm?"


def test_one_workload_of_many_is_not_told_of_the_others() -> None:
    """But where nothing speaks of it, that is said."""
    mine, other = sighting(seen("runtime", "1GiB")), sighting(seen("step", "3s", of="x"))
    both = revise([service()], CATALOG, [mine, other], are_all=False)
    assert {finding.rule for finding in both.findings} <= {"MLG-Z004"}
    none = revise([service()], CATALOG, [other], are_all=False)
    assert {finding.rule for finding in none.findings} == {"MLG-O006"}


def test_a_workload_that_cannot_be_estimated_takes_its_observations() -> None:
    """Nothing is compared, nothing is lost."""
    bare = replace(service(), serving=None)
    with pytest.raises(Nonsense):
        estimate(bare, CATALOG)
    revision = revise([bare], CATALOG, [sighting(seen("total", "50GiB"))])
    assert revision.workloads[0].assume is not None
    assert [change.analytic for change in revision.changes] == [None]


def test_a_nameless_workload_is_the_only_one_that_was_observed() -> None:
    """Of several it is none."""
    rows = [sighting(seen("step", "3s", of="a")), sighting(seen("total", "3GiB", of="a"))]
    assert named_by(service(), rows).name == "a"
    assert named_by(service(), [*rows, sighting(seen("step", "3s", of="b"))]).name == "w"
    assert named_by(service(), []).name == "w"


@given(st.floats(0.001, 1000), st.floats(0.001, 1000))
def test_a_slower_step_never_shortens_a_run(one: float, other: float) -> None:
    """Hours grow with the measured step."""
    hours = []
    for step in sorted((one, other)):
        training = estimate(observed(tuning(), [seen("step", f"{step:.6f}s")]), CATALOG).training
        assert training is not None
        assert training.hours is not None
        hours.append(training.hours)
    assert hours[0] <= hours[1]


@pytest.mark.parametrize(
    ("value", "unit", "text"),
    [
        (None, "B", "-"),
        (41.9 * GIB, "B", "41.90 GiB"),
        (1024.0, "B", "1024 B"),
        (1.5 * (1 << 20), "B", "1.50 MiB"),
        (0.0215, "s", "21.5 ms"),
        (2.5, "s", "2.5 s"),
        (2500.0, "/s", "2500/s"),
        (2, "", "2"),
        ("nvidia_h100-80c", "", "nvidia_h100-80c"),
    ],
)
def test_figures_are_written_in_units_for_people(value: Any, unit: str, text: str) -> None:
    """A dash for what is not known."""
    assert written(value, unit) == text
