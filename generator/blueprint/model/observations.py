"""Observations: figures that were measured where workloads run."""

from collections.abc import Mapping
from dataclasses import fields

from generator.blueprint.bind import key_of
from generator.blueprint.model.part import Part, part
from generator.blueprint.model.words import Figure
from generator.blueprint.model.workloads import Assumptions
from generator.quantity import Dimension, Quantity, parse


def _dimension(field_name: str, key: str) -> Dimension:
    return Dimension(field_name.removeprefix(f"{key}_"))


FIELDS: Mapping[str, str] = {key_of(field): field.name for field in fields(Assumptions)}
"""The field of ``Assumptions`` that each figure fills."""

DIMENSIONS: Mapping[str, Dimension] = {key: _dimension(name, key) for key, name in FIELDS.items()}
"""What each figure measures: data for memory, a duration for times, a frequency for throughput."""


@part
class ObservationsMetadata(Part):
    """What the measurements are called."""

    name: str


@part
class Observation(Part):
    """One measured figure of one workload, its value as it was written."""

    workload: str
    figure: Figure
    value: str
    window: str | None = None
    source: str
    at: str | None = None

    @property
    def quantity(self) -> Quantity:
        """The value in the base unit of its figure, with where it comes from.

        Raises ``ValueError`` where the unit is not one of the figure's.
        """
        over = f", over {self.window}" if self.window else ""
        return Quantity(parse(self.value, DIMENSIONS[self.figure]), f"{self.source}{over}")


@part
class Observations(Part):
    """Measured figures of workloads, each at most once."""

    metadata: ObservationsMetadata
    observations: tuple[Observation, ...]
