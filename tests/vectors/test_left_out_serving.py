"""What the fit says about what it has not seen: each GPU and model, and each source, left out."""

from __future__ import annotations

from functools import cache

import pytest

from generator.sizing.serve.calibration import CALIBRATION, ORIGINS
from tests.vectors.fitted_serving import (
    BOUNDS,
    Case,
    error,
    fit,
    grouped,
    is_odd,
    measured,
    median,
    saturated,
)
from tests.vectors.left_out import SHARE, Group, above, listed


@cache
def cases() -> tuple[Case, ...]:
    """Every fourth row of the sample, and all saturated ones: a fit must not take minutes."""
    usual = [case for case in measured() if not is_odd(case)]
    return (*usual[::4], *saturated())


@cache
def left_out() -> dict[str, Group]:
    """For each group its size, and its median error with and without it in the fit."""
    found = {}
    keys = {"pair": lambda case: case.pair, "source": lambda case: f"source {case.campaign}"}
    for key in keys.values():
        for name, group in sorted(grouped(cases(), key).items()):
            held = set(map(id, group))
            without = fit([case for case in cases() if id(case) not in held])
            found[name] = Group(
                rows=len(group),
                fitted=median(error(case) for case in group),
                left_out=median(error(case, without) for case in group),
            )
    return found


def test_every_constant_has_its_origin() -> None:
    """Range, unit and the rows it was fitted on, all in one file."""
    fields = set(CALIBRATION.__dataclass_fields__)
    assert set(ORIGINS) == fields
    for name in fields:
        origin = ORIGINS[name]
        assert origin.fitted_on
        assert origin.low <= getattr(CALIBRATION, name) * 1.0001
        assert origin.high * 1.0001 >= getattr(CALIBRATION, name)


def test_nothing_beats_its_physical_limit() -> None:
    """No share of a bandwidth or a peak above one."""
    for name, (low, high) in BOUNDS.items():
        assert low <= getattr(CALIBRATION, name) <= high * 1.0001


def test_the_committed_constants_are_a_fit() -> None:
    """Fitting again does not find constants that are much better."""
    again = fit(cases())
    before = median(error(case) for case in cases())
    after = median(error(case, again) for case in cases())
    assert before <= after * 1.1


def test_the_sample_agrees() -> None:
    """All rows of the sample, odd ones too: far more than the rows that are gates."""
    found = sorted(abs(error(case)) for case in measured())
    middle, tail = found[len(found) // 2], found[int(0.9 * len(found))]
    print(f"{len(found)} rows: median {middle:.1%}, p90 {tail:.1%}")
    assert middle <= 0.10
    assert tail <= 0.30


def test_what_was_left_out_is_predicted(capsys: pytest.CaptureFixture[str]) -> None:
    """At most one group in ten misses by more than 1.5 times what the fit makes of it."""
    usual = median(error(case) for case in cases())
    with capsys.disabled():
        print("", *listed("serving", left_out(), usual), sep="\n")
    assert len(above(left_out(), usual)) <= SHARE * len(left_out())
