"""When the VMs of a demand run in a week, and that what nobody can tell counts as always."""

from __future__ import annotations

import pytest

from generator.ledger import Entry
from generator.sizing.demand import Demand, RunWindow, Sized
from generator.sizing.engine import size
from generator.sizing.queueing.windows import DAY_S, WEEK_S
from tests.sizing.lifecycle.lab import CATALOG, lab

HOUR_S = 3600
PLACES = """
environments: {dev: {runs_on: [k], sites: [attic]}, prod: {runs_on: [k], sites: [hall]}}
"""
SPARK = (
    "{name: w, owner: ml-eng, phase: data-prep, "
    "spark: {input: 1GiB, window: 3h, executor: {vcpu: 2, memory: 8GiB}}}"
)
SERVICE = (
    "{name: w, owner: ml-eng, phase: serving, serving: {mode: MODE, window: 2h}, "
    "model: {family: bge-m3}}"
)


def sized(pipelines: str, workload: str = SPARK, more: str = PLACES) -> Sized:
    """The lab with pipelines and one workload."""
    managed = f"orchestrators: [{{name: k, kind: vks}}], pipelines: [{pipelines}]"
    return size(
        lab(f"resource_management: {{{managed}}}\nworkloads: [{workload}]\n{more}"), CATALOG
    )


def nightly(cron: str = "0 2 * * *", *, steps: str = "", more: str = "") -> str:
    """A pipeline on a schedule, of which the last step runs the workload."""
    return (
        f"{{name: p, schedule: '{cron}', {more} "
        f"steps: [{steps}{{name: s, stage: model-training, workload: w}}]}}"
    )


def one(found: Sized, name: str = "w") -> Demand:
    """The demand of that name."""
    (demand,) = [each for each in found.demands if each.name == name]
    return demand


def entry(found: Sized, subject: str = "w") -> Entry:
    """The figure about its hours."""
    (hours,) = [e for e in found.ledger if e.subject == subject and "hours a week" in e.name]
    return hours


def hours(windows: tuple[RunWindow, ...]) -> list[tuple[float, float]]:
    """Windows as (start, end) in hours of the week."""
    return [(w.start_s / HOUR_S, (w.start_s + w.duration_s) / HOUR_S) for w in windows]


def test_a_nightly_step_runs_every_night_for_its_duration() -> None:
    found = sized(nightly())

    assert hours(one(found).windows) == [(24 * day + 2, 24 * day + 5) for day in range(7)]
    assert (entry(found).value, entry(found).unit) == (21.0, "h")
    assert "p on '0 2 * * *': 7 runs, the first on Mon 02:00" in entry(found).rule


def test_a_step_starts_when_those_before_it_have_ended() -> None:
    before = "{name: a, stage: data-ingestion, duration: 90m}, "
    found = sized(nightly("0 2 * * 1", steps=before).replace("s, stage", "s, after: [a], stage"))

    assert hours(one(found).windows) == [(3.5, 6.5)]


def test_a_step_after_one_of_unknown_duration_may_run_until_the_window_ends() -> None:
    before = "{name: a, stage: data-ingestion}, "
    text = nightly("0 2 * * 1", steps=before, more="window: 8h,")
    found = sized(text.replace("s, stage", "s, after: [a], stage"))

    assert hours(one(found).windows) == [(2, 10)]


def test_what_passes_the_end_of_the_week_goes_on_at_its_beginning() -> None:
    found = sized(nightly("0 23 * * 0"))

    assert hours(one(found).windows) == [(0, 2), (167, 168)]


def test_a_step_that_starts_in_the_next_week_starts_early_on_monday() -> None:
    before = "{name: a, stage: data-ingestion, duration: 2h}, "
    found = sized(nightly("0 23 * * 0", steps=before).replace("s, stage", "s, after: [a], stage"))

    assert hours(one(found).windows) == [(1, 4)]


def test_the_runs_of_two_pipelines_count_together() -> None:
    second = nightly("0 4 * * 1").replace("name: p", "name: q")
    found = sized(f"{nightly('0 2 * * 1')}, {second}")

    assert hours(one(found).windows) == [(2, 7)]


def test_an_environment_may_have_a_schedule_of_its_own() -> None:
    more = PLACES.replace("dev: {", "dev: {schedules: {p: '0 20 * * 5'}, ")
    both = SPARK.replace("phase", "environments: [dev, prod], phase")
    dev, prod = [d for d in sized(nightly("0 2 * * 1"), both, more).demands if d.name == "w"]

    assert hours(dev.windows) == [(24 * 4 + 20, 24 * 4 + 23)]
    assert hours(prod.windows) == [(2, 5)]


@pytest.mark.parametrize(
    ("pipeline", "why"),
    [
        (nightly(more="triggers: [drift],"), "p may also be started by drift"),
        (nightly().replace("schedule: '0 2 * * *', ", ""), "p has no schedule in prod"),
        (nightly("0 2 * * MOO"), "p cannot be timed"),
        (nightly("* * * * *"), "its runs leave no time between them"),
        (nightly(steps="{name: s, stage: data-ingestion, duration: 1h}, "), "p cannot be timed"),
    ],
    ids=["trigger", "no schedule", "unreadable", "every minute", "names twice"],
)
def test_what_may_run_at_any_time_counts_as_always_there(pipeline: str, why: str) -> None:
    text = SPARK.replace("phase", "environments: [prod], phase")
    found = sized(pipeline, text)

    assert one(found).windows == ()
    assert entry(found).value == WEEK_S / HOUR_S
    assert entry(found).rule.startswith("counts as always there: ")
    assert why in entry(found).rule


def test_an_environment_that_stops_the_schedule_leaves_starts_by_hand() -> None:
    more = PLACES.replace("prod: {", "prod: {schedules: {p: none}, ")
    found = sized(nightly(), more=more)

    assert one(found).windows == ()
    assert "p has no schedule in prod" in entry(found).rule


def test_a_step_that_ends_nobody_knows_when_counts_as_always_there() -> None:
    found = sized(nightly(), "{name: w, owner: ml-eng, phase: data-prep}")

    assert one(found).windows == ()
    assert "nobody knows when p/s ends" in entry(found).rule


def test_a_window_that_is_over_before_a_step_starts_tells_no_time() -> None:
    before = "{name: a, stage: data-ingestion, duration: 5h}, "
    text = nightly(steps=before, more="window: 4h,").replace("s, stage", "s, after: [a], stage")
    found = sized(text, "{name: w, owner: ml-eng, phase: data-prep}")

    assert "the window of p is over before it starts" in entry(found).rule


def test_work_that_no_pipeline_runs_is_always_there_without_a_word() -> None:
    found = sized("")

    assert one(found).windows == ()
    assert [e for e in found.ledger if e.subject == "w" and "hours a week" in e.name] == []


def test_a_service_that_a_pipeline_deploys_stays() -> None:
    found = sized(nightly(), SERVICE.replace("MODE", "service"))

    assert (one(found).permanent, one(found).windows) == (True, ())
    assert "a service answers at any time" in entry(found).rule


def test_serving_in_batches_comes_and_goes_with_its_window() -> None:
    found = sized(nightly("0 2 * * 1"), SERVICE.replace("MODE", "batch"))

    assert not one(found).permanent
    assert hours(one(found).windows) == [(2, 4)]


def test_work_that_is_stated_permanent_has_no_windows() -> None:
    found = sized(nightly(), SPARK.replace("phase", "persistence: permanent, phase"))

    assert (one(found).permanent, one(found).windows) == (True, ())
    assert "it is permanent" in entry(found).rule


TEAM = (
    "{name: NAME, members: {data-scientist: 4}, access: notebook, "
    "working_hours: {from: 'FROM', to: 'TO', zone: ZONE}, notebooks: {concurrency: 0.5CULL}}"
)


def team(
    name: str = "lab", begin: str = "08:00", end: str = "18:00", *,
    zone: str = "Europe/Amsterdam", cull: str = ", idle_cull: 30m",
) -> str:  # fmt: skip
    """A team with notebooks and hours."""
    text = TEAM.replace("NAME", name).replace("FROM", begin).replace("TO", end)
    return text.replace("ZONE", zone).replace("CULL", cull)


def with_teams(*teams: str, pipelines: str = "") -> Sized:
    """The lab with these teams."""
    return sized(pipelines, more=f"{PLACES}organisation: {{teams: [{', '.join(teams)}]}}")


def test_notebooks_run_on_workdays_until_idle_ones_have_stopped() -> None:
    found = with_teams(team())
    demand = one(found, "notebooks-lab")

    assert hours(demand.windows) == [(24 * day + 8, 24 * day + 18.5) for day in range(5)]
    assert not demand.permanent
    assert entry(found, "notebooks-lab").value == 52.5
    assert "Europe/Amsterdam" in entry(found, "notebooks-lab").rule


def test_a_night_shift_ends_on_the_next_day() -> None:
    windows = one(with_teams(team(begin="22:00", end="06:00")), "notebooks-lab").windows

    assert hours(windows)[0] == (22, 30.5)
    assert len(windows) == 5


def test_hours_that_end_when_they_begin_are_whole_days() -> None:
    (window,) = one(with_teams(team(begin="08:00", end="08:00")), "notebooks-lab").windows

    assert (window.start_s, window.duration_s) == (8 * HOUR_S, 5 * DAY_S + HOUR_S // 2)


def test_notebooks_that_nothing_stops_are_always_there() -> None:
    found = with_teams(team(cull=""))

    assert one(found, "notebooks-lab").windows == ()
    assert one(found, "notebooks-lab").permanent
    assert "nothing stops an idle notebook" in entry(found, "notebooks-lab").rule


def test_hours_of_several_zones_are_not_compared() -> None:
    """Six hours apart, they would seem to take turns with work that they meet."""
    found = with_teams(team("a"), team("b", zone="America/New_York"))

    assert one(found, "notebooks-a").windows == one(found, "notebooks-b").windows == ()
    assert "America/New_York and Europe/Amsterdam are not compared" in (
        entry(found, "notebooks-a").rule
    )


def test_schedules_are_read_on_the_clock_of_the_working_hours() -> None:
    found = with_teams(team(), pipelines=nightly())

    assert entry(found).rule.endswith("local time, taken as that of Europe/Amsterdam")
