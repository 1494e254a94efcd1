"""What meets on a link: windows that overlap add up, and those that do not never do."""

from __future__ import annotations

from itertools import pairwise

from hypothesis import given
from hypothesis import strategies as st

from generator.sizing.connectivity.sized import LinkLoad, NetworkSized
from generator.sizing.queueing.windows import ALL_WEEK, WEEK_S, merged
from tests.sizing.connectivity.build import with_flows

ONE = "    - {name: one, from: erp, to: orders, volume: 90GB, window: 1h}\n"
TWO = "    - {name: two, from: crm, to: orders, volume: 90GB, window: 1h}\n"
BACK = "    - {name: back, from: orders, to: crm, volume: 90GB, window: 1h}\n"


def load(network: NetworkSized, link: str) -> LinkLoad:
    """The load of a link."""
    (found,) = [one for one in network.links if one.link == link]
    return found


def test_flows_of_which_nobody_states_the_time_are_taken_to_meet() -> None:
    """25 MB/s each; how much of the sum is certain is said."""
    found = load(with_flows(ONE + TWO), "here uplink in")
    assert found.flows == ("one", "two")
    assert (found.peak_bytes_per_s, found.certain_bytes_per_s) == (50e6, 0.0)
    assert found.at_s is None


def test_removing_a_flow_lowers_the_peak() -> None:
    """Requirements S0-4."""
    assert load(with_flows(ONE), "here uplink in").peak_bytes_per_s == 25e6


def test_the_two_directions_of_a_line_do_not_add_up() -> None:
    """It is full duplex."""
    network = with_flows(ONE + BACK)
    assert load(network, "here uplink in").flows == ("one",)
    assert load(network, "here uplink out").flows == ("back",)


def test_all_ports_of_all_hosts_carry_the_sum() -> None:
    """25 + 25 + 10 Gb/s."""
    found = load(with_flows(ONE), "here vm ports in")
    assert found.all_bytes_per_s == 7.5e9
    assert found.utilisation_ratio == 25e6 / 7.5e9


PIPELINES = """
resource_management:
  orchestrators: [{name: dev, kind: vks}]
  pipelines:
    - {name: early, schedule: "0 2 * * *", window: 2h, steps: [
        {name: load, stage: data-ingestion, workload: early-job}]}
    - {name: late, schedule: "0 LATE * * *", window: 2h, steps: [
        {name: load, stage: data-ingestion, workload: late-job}]}
environments: {dev: {runs_on: [dev]}, prod: {}}
workloads:
  - {name: early-job, owner: science, phase: data-prep, environments: [dev]}
  - {name: late-job, owner: science, phase: data-prep, environments: [dev]}
"""
SCHEDULED = """
    - {name: one, from: erp, to: early-job, volume: 90GB, window: 1h}
    - {name: two, from: erp, to: late-job, volume: 180GB, window: 1h}
"""


def scheduled(late: str, flows: str = SCHEDULED, change: tuple[str, str] = ("", "")) -> LinkLoad:
    """The uplink with two scheduled flows, the second from ``late`` o'clock on."""
    pipelines = PIPELINES.replace("LATE", late)
    rest = pipelines.replace(*change) if change[0] else pipelines
    return load(with_flows(flows, rest), "here uplink in")


def test_flows_of_pipelines_at_other_times_do_not_meet() -> None:
    """The larger one alone is the peak, on Monday at six."""
    found = scheduled("6")
    assert (found.flows, found.peak_bytes_per_s) == (("two",), 50e6)
    assert found.at_s == 6 * 3600
    assert found.certain_bytes_per_s == 50e6


def test_flows_of_pipelines_whose_windows_overlap_add_up() -> None:
    """From three to four both may run."""
    found = scheduled("3")
    assert (found.flows, found.peak_bytes_per_s) == (("one", "two"), 75e6)
    assert found.at_s == 3 * 3600


def test_windows_that_only_touch_do_not_add_up() -> None:
    """One ends at four, where the other starts."""
    assert scheduled("4").flows == ("two",)


def test_a_steady_flow_meets_every_other() -> None:
    """It has a rate and no window."""
    steady = "    - {name: feed, from: erp, to: orders, rate: 10MB/s}\n"
    found = scheduled("6", SCHEDULED + steady)
    assert (found.peak_bytes_per_s, found.certain_bytes_per_s) == (60e6, 60e6)


def test_a_pipeline_that_something_else_may_start_has_no_known_time() -> None:
    """Drift comes when it comes."""
    found = scheduled("6", change=("window: 2h, steps", "window: 2h, triggers: [drift], steps"))
    assert (found.peak_bytes_per_s, found.certain_bytes_per_s) == (75e6, 0.0)


def test_a_schedule_that_an_environment_overrides_counts_too() -> None:
    """In dev the late pipeline starts at two as well."""
    found = scheduled(
        "6", change=("{runs_on: [dev]}", '{runs_on: [dev], schedules: {late: "0 2 * * *"}}')
    )
    assert found.peak_bytes_per_s == 75e6


def test_a_schedule_that_an_environment_stops_changes_nothing() -> None:
    """The other environments still run it."""
    found = scheduled("6", change=("{runs_on: [dev]}", "{runs_on: [dev], schedules: {late: none}}"))
    assert found.peak_bytes_per_s == 50e6


def test_a_window_that_passes_midnight_on_sunday_begins_the_week_too() -> None:
    """So that it meets what runs early on Monday."""
    late_on_sunday = PIPELINES.replace("LATE", "0").replace('"0 2 * * *"', '"30 23 * * 0"')
    assert load(with_flows(SCHEDULED, late_on_sunday), "here uplink in").peak_bytes_per_s == 75e6


def test_spans_that_leave_no_gap_are_the_whole_week() -> None:
    """Every hour for an hour."""
    assert merged([(hour * 3600.0, 3600.0) for hour in range(168)]) == ALL_WEEK


@given(
    st.lists(
        st.tuples(st.integers(0, WEEK_S - 1).map(float), st.integers(1, 2 * WEEK_S).map(float)),
        min_size=1,
        max_size=12,
    )
)
def test_merged_spans_are_sorted_apart_and_as_long_as_their_union(
    spans: list[tuple[float, float]],
) -> None:
    """Compared with the union counted over the edges of all spans."""
    found = merged(spans)
    ends = [start + length for start, length in found]
    assert all(end < start for end, (start, _) in zip(ends, found[1:], strict=False))
    assert found[0][0] >= 0
    assert ends[-1] <= WEEK_S
    edges = sorted({0.0, float(WEEK_S), *(p for s, d in spans for p in (s, (s + d) % WEEK_S))})
    covered = sum(
        after - before
        for before, after in pairwise(edges)
        if any((before - s) % WEEK_S < d for s, d in spans)
    )
    assert sum(length for _, length in found) == covered


@given(st.lists(st.integers(1, 10**9), min_size=1, max_size=6), st.integers(0, 5))
def test_a_peak_never_falls_when_a_flow_is_added(rates: list[int], extra: int) -> None:
    """And is the sum, where all are steady."""
    texts = [
        f"    - {{name: f{n}, from: erp, to: orders, rate: {r}B/s}}\n" for n, r in enumerate(rates)
    ]
    whole = load(with_flows("".join(texts)), "here uplink in").peak_bytes_per_s
    assert whole == sum(rates)
    fewer = texts[: max(1, len(texts) - extra)]
    assert load(with_flows("".join(fewer)), "here uplink in").peak_bytes_per_s <= whole


def test_a_schedule_that_cannot_be_read_is_no_known_time() -> None:
    """The pipeline's own sizing reports it."""
    found = scheduled("6", change=('"0 6 * * *"', '"99 6 * * *"'))
    assert found.certain_bytes_per_s == 25e6


def test_a_pipeline_without_window_lasts_as_long_as_its_flow() -> None:
    """One hour from six on; without a window of the flow nobody knows when it ends."""
    bare = ('0 6 * * *", window: 2h,', '0 6 * * *",')
    assert scheduled("6", change=bare).certain_bytes_per_s == 50e6
