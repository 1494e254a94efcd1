"""Programme hours: what a whole training programme takes beside its final run."""

from __future__ import annotations

from generator.sizing.train.calibration import CALIBRATION, TrainingCalibration
from generator.sizing.train.run import TrainingRun


def programme_factor(run: TrainingRun, *, calibration: TrainingCalibration = CALIBRATION) -> float:
    """Hours of the programme per hour of the final run.

    Model cards print GPU hours that hold failed, repeated and auxiliary runs. Fine-tuning with
    adapters is one run, so that its factor is 1.
    """
    return 1.0 if run.adapts else 1 / calibration.programme_ratio
