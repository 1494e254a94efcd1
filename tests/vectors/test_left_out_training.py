"""The constants of training, fitted again without a part of what they were fitted on."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from functools import cache

import pytest

from generator.sizing.train.calibration import CALIBRATION, ORIGIN, TrainingCalibration
from tests.vectors.left_out import SHARE, Group, above, listed
from tests.vectors.refit_training import (
    MEMORY_CONSTANTS,
    TIME_CONSTANTS,
    Case,
    fit,
    left_out,
    measured,
    median,
    sampled,
)

MEMORY_BAR, TIME_BAR = 0.10, 0.15


@cache
def fitted() -> TrainingCalibration:
    return fit(measured())


def cases(kind: str) -> tuple[Case, ...]:
    return tuple(case for case in measured() if case.of_memory == (kind == "memory"))


@pytest.mark.parametrize(("kind", "bar"), [("memory", MEMORY_BAR), ("time", TIME_BAR)])
def test_the_median_error_is_within_the_bar(kind: str, bar: float) -> None:
    assert median([case.error() for case in cases(kind)]) <= bar


def test_the_sample_agrees() -> None:
    """All rows of the sample, also those that nothing was fitted on."""
    found = sorted(case.error() for case in sampled())
    middle, tail = median(found), found[int(0.9 * len(found))]
    print(f"{len(found)} rows of training throughput: median {middle:.1%}, p90 {tail:.1%}")
    assert middle <= TIME_BAR / 2
    assert tail <= TIME_BAR


def test_every_source_is_known_by_name() -> None:
    assert all("github" not in case.source for case in measured())


def test_the_constants_are_those_of_the_fit() -> None:
    again = fitted()
    for name in (*MEMORY_CONSTANTS, *TIME_CONSTANTS):
        width = ORIGIN[name].high - ORIGIN[name].low
        assert getattr(again, name) == pytest.approx(getattr(CALIBRATION, name), abs=0.03 * width)


def test_a_fit_finds_its_way_back() -> None:
    away = replace(CALIBRATION, matmul_ratio=0.62, elementwise_passes=4.0)
    back = fit(cases("time"), away, rounds=20)
    assert back.matmul_ratio == pytest.approx(CALIBRATION.matmul_ratio, rel=0.05)


def _pair(case: Case) -> str:
    return case.pair


def _source(case: Case) -> str:
    return case.source


@cache
def groups_of(kind: str, group: Callable[[Case], str]) -> dict[str, Group]:
    return left_out(group, cases(kind), fitted())


def every_group() -> dict[str, Group]:
    """All pairs and sources of memory and time, each name with its kind."""
    return {
        f"{kind} {name}": found
        for kind in ("memory", "time")
        for group in (_pair, _source)
        for name, found in groups_of(kind, group).items()
    }


@pytest.mark.parametrize("kind", ["memory", "time"])
@pytest.mark.parametrize("group", [_pair, _source], ids=["GPU and model", "source"])
def test_a_group_left_out_is_predicted_as_well(
    kind: str, group: Callable[[Case], str], capsys: pytest.CaptureFixture[str]
) -> None:
    """Its median error is at most 1.5 times what the fit of all gives it, or all rows."""
    usual = median([case.error(fitted()) for case in cases(kind)])
    groups = groups_of(kind, group)
    with capsys.disabled():
        print("", *listed(f"training, {kind}", groups, usual), sep="\n")
    assert len(groups) >= 6
    assert len(above(groups, usual)) <= SHARE * len(groups)
