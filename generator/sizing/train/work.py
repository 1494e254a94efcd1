"""One rank's work in one micro-batch: what the parts of a step are computed from."""

from __future__ import annotations

from math import ceil

from generator.record import Record, record
from generator.sizing.architecture import Transformer
from generator.sizing.train.calibration import TrainingCalibration
from generator.sizing.train.device import TrainingDevice
from generator.sizing.train.frameworks import Framework
from generator.sizing.train.run import Recompute, TrainingRun

VALUE_BYTES = 2
"""Bytes of what ranks exchange: 16-bit activations, weights and gradients."""

KEPT_HALF = 0.5
"""Share of a forward pass that is computed again where every second matrix product is kept."""


@record
class RankWork(Record):
    """The model, the run and the device of a step, with the recipe that the run follows."""

    model: Transformer
    run: TrainingRun
    recipe: Framework
    device: TrainingDevice
    calibration: TrainingCalibration
    recompute: Recompute

    @property
    def again(self) -> float:
        """Forward passes of the layers that recompute adds.

        Half a pass where half of it is kept. Recompute that stops early leaves out the last product
        of a layer, whose result nothing in its backward pass needs.
        """
        if self.recompute is Recompute.SELECTIVE and self.recipe.alternate_matrices:
            return KEPT_HALF
        if self.recompute is not Recompute.FULL:
            return 0.0
        return 1.0 - (self._last_share if self.recipe.stops_early else 0.0)

    @property
    def _last_share(self) -> float:
        """Share of a layer's weights that its last matrix holds."""
        shapes = self.model.linear_shapes
        inputs, outputs = shapes["down"]
        if self.model.experts:
            return 1 / 3 if self.model.gated else 1 / 2
        return inputs * outputs / sum(rows * columns for rows, columns in shapes.values())

    @property
    def repeats_layers(self) -> bool:
        """Whether recompute runs whole layers again, with what they exchange."""
        return self.recompute is Recompute.FULL

    @property
    def stage_layers(self) -> int:
        """Layers of the fullest pipeline rank, which sets the pace of all."""
        return ceil(self._layers / self.run.parallel.pipeline)

    @property
    def stage_share(self) -> float:
        """Share of the model's layers that the fullest pipeline rank holds."""
        return self.stage_layers / max(1, self._layers)

    @property
    def head_share(self) -> float:
        """Share of the head and the loss that the fullest pipeline rank has beside its layers.

        The last rank computes all of them while the others wait, unless it has a layer fewer, which
        is how uneven layers are laid out. Source: Llama Team, The Llama 3 Herd of Models, section
        3.3.2.
        """
        return 0.0 if self._layers % self.run.parallel.pipeline else 1.0

    @property
    def _layers(self) -> int:
        return self.model.layers + self.model.encoder_layers
