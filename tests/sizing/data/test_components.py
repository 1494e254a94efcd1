"""generator.sizing.data: registries, stores and metadata of the platform's components."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from generator.quantity import GIB
from generator.sizing.data.stored import DataSized, StoredKind
from tests.sizing.data.lab import entry, only, sized, volume

TRACKING = "{name: runs, stage: model-training, implements: experiment-tracking, retention: 12mo}"
STORE = "{name: models, stage: model-validation, implements: model-store, retention: 12mo}"


def platform(*components: str, workloads: str = "", rest: str = "") -> DataSized:
    return sized(
        f"ml_platform: {{components: [{', '.join(components)}]}}\nworkloads: [{workloads}]\n{rest}"
    )


def search(trials: int, name: str = "search") -> str:
    return (
        f"{{name: {name}, owner: ml-eng, phase: hpo, model: {{params: 25M, precision: bf16-mixed}},"
        f" hpo: {{trials: {trials}}}}}"
    )


SERVED = (
    "{name: llm, owner: ml-eng, phase: serving, model: {params: 8B, precision: bf16}, "
    "serving: {mode: service}}"
)
TRAINED = (
    "{name: net, owner: ml-eng, phase: training, model: {params: 1B, precision: bf16}, "
    "retraining: {cadence: weekly}}"
)


def test_500_trials_that_each_keep_a_checkpoint_are_500_checkpoints_a_month() -> None:
    found = platform(TRACKING, workloads=search(500))

    assert volume(found, "runs").logical_bytes == 500 * 14 * 25_000_000
    full = entry(found, "runs", "logical volume once the oldest expire")
    assert full.value == pytest.approx(12 * 500 * 14 * 25e6 / GIB, abs=0.01)


@given(st.integers(1, 2000), st.integers(1, 2000))
def test_the_registry_grows_with_the_trials(one: int, other: int) -> None:
    few, many = sorted((one, other))

    sizes = [
        volume(platform(TRACKING, workloads=search(n)), "runs").logical_bytes for n in (few, many)
    ]

    assert sizes[0] is not None
    assert sizes[1] is not None
    assert sizes[0] * many == sizes[1] * few


def test_how_often_a_search_runs_and_what_it_keeps_are_assumptions_with_their_effect() -> None:
    found = platform(TRACKING, workloads=search(500))

    runs = entry(found, "runs", "runs a month that nothing schedules")
    assert runs.effect == "added a month from 40.7 GiB to 651.9 GiB"
    kept = entry(found, "runs", "share of its optimizer state that a trial keeps")
    assert kept.effect == "added a month from 23.3 GiB to 163.0 GiB"
    added = entry(found, "runs", "added a month")
    assert added.low == pytest.approx(0.25 * 500 * 2 * 25e6 / GIB, abs=0.01)
    assert added.high == pytest.approx(4 * 500 * 14 * 25e6 / GIB, abs=0.01)


def test_trials_go_to_the_tracking_and_models_to_the_store() -> None:
    found = platform(STORE, TRACKING, workloads=f"{search(10)}, {SERVED}, {TRAINED}")

    # Two versions of what serves, and what this month's weekly trainings leave.
    weekly = 365.25 / 12 / 7
    assert volume(found, "models").logical_bytes == round(2 * 16e9 + weekly * 2e9)
    assert volume(found, "runs").logical_bytes == 10 * 14 * 25_000_000


@pytest.mark.parametrize("alone", [STORE, TRACKING])
def test_one_registry_alone_takes_everything(alone: str) -> None:
    found = platform(alone, workloads=f"{search(10)}, {TRAINED}")
    (stored,) = found.volumes

    assert stored.logical_bytes == round(10 * 14 * 25e6 + 365.25 / 12 / 7 * 2e9)


def test_results_go_where_their_workload_says() -> None:
    own = search(10)[:-1] + ", artefacts: {store: models, retention: 2mo}}"
    found = platform(STORE, TRACKING, workloads=own)

    assert volume(found, "models").logical_bytes_by_month[-1] == 2 * 10 * 14 * 25_000_000
    assert volume(found, "runs").logical_bytes is None


def test_a_registry_without_retention_is_unknown_but_what_a_month_adds_is_not() -> None:
    forgetful = STORE.replace(", retention: 12mo", "")
    found = platform(forgetful, workloads=search(100))

    stored = volume(found, "models")
    assert (stored.logical_bytes, stored.missing) == (
        None,
        "ml_platform.components[models].retention",
    )
    assert entry(found, "models", "added a month").value == pytest.approx(32.6, abs=0.01)


def test_models_that_only_serve_need_no_retention() -> None:
    found = platform(STORE.replace(", retention: 12mo", ""), workloads=SERVED)

    assert volume(found, "models").logical_bytes == 2 * 16e9


def test_runs_and_artefacts_that_are_stated_are_taken_as_they_are() -> None:
    stated = TRACKING[:-1] + ", runs_per_month: 600, artefact: 200MB}"

    assert volume(platform(stated), "runs").logical_bytes_by_month[-1] == 600 * 200e6 * 12


def test_stated_runs_leave_what_the_workloads_runs_leave_on_average() -> None:
    stated = TRACKING[:-1] + ", runs_per_month: 1000}"

    assert volume(platform(stated, workloads=search(500)), "runs").logical_bytes == (
        1000 * 14 * 25_000_000
    )


def test_a_stated_artefact_stands_for_every_run() -> None:
    stated = TRACKING[:-1] + ", artefact: 1GB}"
    unknown = "{name: w, owner: ml-eng, phase: training, model: {}}"

    found = platform(stated, workloads=f"{search(500)}, {unknown}")

    assert volume(found, "runs").logical_bytes == 501 * 1_000_000_000


def test_a_workload_whose_model_nobody_knows_is_named_and_not_counted() -> None:
    unknown = "{name: w, owner: ml-eng, phase: training, model: {}}"
    found = platform(TRACKING, workloads=f"{search(500)}, {unknown}")

    assert volume(found, "runs").logical_bytes == 500 * 14 * 25_000_000
    assert entry(found, "runs", "kept of w").rule.startswith("state workloads[w].model.params")


@pytest.mark.parametrize(
    ("component", "missing"),
    [
        (TRACKING, "ml_platform.components[runs].storage"),
        (TRACKING[:-1] + ", runs_per_month: 9}", "ml_platform.components[runs].artefact"),
        ("{name: f, stage: feature-engineering, implements: feature-store}",
         "ml_platform.components[f].storage"),
        ("{name: i, stage: model-deployment, implements: registry}",
         "ml_platform.components[i].storage"),
    ],
)  # fmt: skip
def test_a_store_that_nobody_describes_is_unknown_and_says_what_to_state(
    component: str, missing: str
) -> None:
    found = platform(component)
    (stored,) = found.volumes

    assert (stored.logical_bytes, stored.tier, stored.missing) == (None, None, missing)
    assert entry(found, "data", "volumes of unknown size").value == stored.name


def test_a_stated_volume_is_taken_and_finds_a_tier_that_can_be_mounted() -> None:
    component = "{name: f, stage: feature-engineering, implements: feature-store, storage: 500GiB}"
    found = volume(platform(component), "f")

    assert (found.kind, found.logical_bytes) == (StoredKind.FEATURE_STORE, 500 * GIB)
    # Keys starve on disks, and nothing asks for the fastest.
    assert found.tier == "bulk"
    assert {each.tier for each in found.refused} == {"fast", "disks"}


@pytest.mark.parametrize(
    "component",
    [
        "{name: x, stage: model-serving, implements: serving}",
        "{name: x, stage: data-processing, implements: object-store}",
        "{name: x, stage: model-validation, implements: model-store, manage: reference}",
    ],
)
def test_what_keeps_nothing_or_is_others_to_keep_has_no_volume(component: str) -> None:
    assert platform(component).volumes == ()


def test_anything_that_states_a_volume_gets_one() -> None:
    component = "{name: x, stage: model-serving, implements: serving, storage: 10GiB}"

    assert volume(platform(component), "x").kind is StoredKind.COMPONENT


def test_a_volume_of_nothing_is_refused() -> None:
    component = "{name: x, stage: model-serving, implements: serving, storage: 0GiB}"

    assert only(platform(component)).path == "ml_platform.components[x].storage"


IMAGES = (
    "development_environment: {images: [{name: a, ref: r/a}, {name: b, ref: r/b}, "
    "{name: again, ref: r/a}], catalogue: [{name: c, ref: r/c, kind: chart}]}\n"
)


def test_an_image_registry_keeps_each_image_once_and_its_changed_layers_per_tag() -> None:
    component = "{name: i, stage: model-deployment, implements: registry, artefact: 5GB}"
    found = platform(component, rest=IMAGES)

    assert volume(found, "i").logical_bytes == 2 * 5e9 * (1 + 4 * 0.5)
    assert entry(found, "i", "tags kept").effect == "images from 14 GiB to 98 GiB"


def test_an_image_whose_size_nobody_states_is_an_assumption() -> None:
    component = "{name: i, stage: model-deployment, implements: registry}"
    found = platform(component, rest=IMAGES)

    assert volume(found, "i").logical_bytes == 2 * 6e9 * 3
    assert entry(found, "i", "image").low == 2e9


LINEAGE = "governance: {lineage: {level: %s, retention: 24mo%s}}\n"
LAKE = "{name: lake, stage: data-processing, implements: data-versioning}"


def test_lineage_is_a_database_that_grows_with_every_run() -> None:
    found = platform(LAKE, workloads=search(500), rest=LINEAGE % ("dataset", ""))

    assert volume(found, "lake").logical_bytes == 1e9 + 500 * 100 * 200
    assert entry(found, "lake", "metadata of a run").low == 20 * 100


def test_columns_have_ten_times_the_rows() -> None:
    found = platform(LAKE, workloads=search(500), rest=LINEAGE % ("column", ""))

    assert volume(found, "lake").logical_bytes == 1e9 + 500 * 1000 * 200


def test_the_component_that_is_named_keeps_the_lineage() -> None:
    database = "{name: db, stage: data-processing, implements: database}"
    found = platform(LAKE, database, workloads=search(1), rest=LINEAGE % ("dataset", ", store: db"))

    assert volume(found, "db").logical_bytes == 1e9 + 100 * 200
    assert volume(found, "lake").logical_bytes is None


def test_lineage_without_retention_is_unknown() -> None:
    found = platform(LAKE, rest="governance: {lineage: {level: dataset}}\n")

    assert volume(found, "lake").missing == "governance.lineage.retention"


def test_where_no_lineage_is_recorded_nobody_keeps_it() -> None:
    found = platform(LAKE, rest="governance: {lineage: {level: none}}\n")

    assert volume(found, "lake").missing == "ml_platform.components[lake].storage"
