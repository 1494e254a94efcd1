"""generator.sizing.network.transfer: volumes over links, and flows that meet."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from generator.quantity import GIB
from generator.sizing.network.transfer import (
    Flow,
    bits_per_s,
    egress_cost,
    needed_bytes_per_s,
    peaks,
    transfer_s,
)
from generator.sizing.nonsense import Nonsense

HOUR = 3600


def flow(name: str, start_h: float, end_h: float, *, links: tuple[str, ...] = ("uplink",)) -> Flow:
    return Flow(
        name=name, links=links, volume_bytes=360e9, start_s=start_h * HOUR, end_s=end_h * HOUR
    )


def test_156_gib_take_22_minutes_over_a_gigabit() -> None:
    assert transfer_s(156 * GIB, 1e9 / 8) == pytest.approx(22.3 * 60, rel=0.01)


def test_an_efficiency_of_80_percent_takes_a_quarter_longer() -> None:
    assert transfer_s(1e9, 1e9, 0.8) == pytest.approx(1.25)


@pytest.mark.parametrize("efficiency", [0, -0.1, 1.2])
def test_an_efficiency_that_is_no_share_is_nonsense(efficiency: float) -> None:
    with pytest.raises(Nonsense, match="efficiency"):
        transfer_s(1e9, 1e9, efficiency)


def test_300_gib_in_four_hours_need_22_mb_per_second() -> None:
    needed = needed_bytes_per_s(300 * GIB, 4 * HOUR)

    assert needed == pytest.approx(22.4e6, rel=0.01)
    assert bits_per_s(needed) == pytest.approx(0.179e9, rel=0.01)


def test_a_window_of_nothing_is_nonsense() -> None:
    with pytest.raises(Nonsense, match="window"):
        needed_bytes_per_s(1, 0)


def test_an_unknown_price_makes_an_unknown_cost_and_never_zero() -> None:
    assert egress_cost(1e12, None) is None
    assert egress_cost(1e12, 0.05) == pytest.approx(50)


def test_overlapping_windows_add_up_on_their_link() -> None:
    found = peaks([flow("ingest", 0, 4), flow("backup", 2, 6)])["uplink"]

    assert found.rate_bytes_per_s == pytest.approx(50e6)
    assert found.at_s == 2 * HOUR
    assert found.flows == ("ingest", "backup")
    assert found.utilisation(100e6) == pytest.approx(0.5)


def test_windows_that_only_touch_do_not_add_up() -> None:
    found = peaks([flow("ingest", 0, 4), flow("backup", 4, 8)])["uplink"]

    assert found.rate_bytes_per_s == pytest.approx(25e6)


def test_a_flow_weighs_on_every_link_that_it_crosses() -> None:
    found = peaks([flow("ingest", 0, 1, links=("uplink", "vsan"))])

    assert found["uplink"].rate_bytes_per_s == found["vsan"].rate_bytes_per_s


def test_each_copy_is_a_load_of_its_own() -> None:
    twice = Flow(name="stage", links=("uplink",), volume_bytes=1e9, start_s=0, end_s=10, copies=2)

    assert twice.rate_bytes_per_s == pytest.approx(2e8)


def test_a_window_over_midnight_is_refused_with_the_way_to_write_it() -> None:
    with pytest.raises(Nonsense, match="split a window that passes midnight"):
        peaks([flow("backup", 22, 2)])


FLOWS = st.lists(
    st.builds(
        lambda start, length, volume: Flow(
            name="f", links=("l",), volume_bytes=volume, start_s=start, end_s=start + length
        ),
        st.integers(0, 100),
        st.integers(1, 50),
        st.floats(0, 1e12),
    ),
    min_size=1,
    max_size=8,
)


@given(FLOWS)
def test_a_peak_lies_between_the_largest_flow_and_all_together(flows: list[Flow]) -> None:
    peak = peaks(flows)["l"].rate_bytes_per_s
    rates = [flow.rate_bytes_per_s for flow in flows]

    assert max(rates) * (1 - 1e-9) <= peak <= sum(rates) * (1 + 1e-9)


@given(FLOWS)
def test_removing_a_flow_never_raises_the_peak(flows: list[Flow]) -> None:
    fewer = peaks(flows[1:])

    if fewer:
        all_of_them = peaks(flows)["l"].rate_bytes_per_s
        assert fewer["l"].rate_bytes_per_s <= all_of_them * (1 + 1e-9)
