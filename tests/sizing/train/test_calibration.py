"""generator.sizing.train.calibration: every constant has a range, a unit and a source."""

from __future__ import annotations

from dataclasses import fields

import pytest

from generator.sizing.train.calibration import CALIBRATION, ORIGIN, TrainingCalibration

NAMES = [field.name for field in fields(TrainingCalibration)]


def test_every_constant_has_an_origin_and_no_other_has() -> None:
    assert list(ORIGIN) == NAMES


@pytest.mark.parametrize("name", NAMES)
def test_a_constant_lies_in_its_range(name: str) -> None:
    origin = ORIGIN[name]
    assert origin.low <= getattr(CALIBRATION, name) <= origin.high
    assert origin.unit in {"B", "ratio", "count"}
    assert len(origin.source) > 20
