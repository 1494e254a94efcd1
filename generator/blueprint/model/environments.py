"""Environments and the few things that they may override."""

from collections.abc import Mapping
from dataclasses import field

from generator.blueprint.model.part import Part, part
from generator.blueprint.model.words import (
    EnvironmentData,
    Manage,
    Size,
    SupervisorNamespaces,
    SupervisorNeed,
)
from generator.quantity import Quantity


@part
class Limits(Part):
    """What a Supervisor namespace may take: headroom a ratio, storage in bytes by tier."""

    headroom_ratio: Quantity | None = None
    reserve: bool | None = None
    storage_bytes: Mapping[str, Quantity] = field(default_factory=dict)


@part
class Environment(Part):
    """Where an environment runs and what it overrides; ``replicas`` None means as declared."""

    runs_on: tuple[str, ...] = ()
    sites: tuple[str, ...] = ()
    supervisor_namespaces: SupervisorNamespaces | None = None
    supervisor_needs: tuple[SupervisorNeed, ...] = ()
    manage: Manage | None = None
    limits: Limits | None = None
    replicas: int | None = None
    data: EnvironmentData | None = None
    sample_ratio: Quantity | None = None
    schedules: Mapping[str, str] = field(default_factory=dict)
    component_sizes: Mapping[str, Size] = field(default_factory=dict)
    image_tags: Mapping[str, str] = field(default_factory=dict)
