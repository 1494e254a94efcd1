"""Measured figures: from tables, answers of Prometheus and documents to observations."""

from generator.blueprint.observed.read import Sighting, faults, read_observations

__all__ = ["Sighting", "faults", "read_observations"]
