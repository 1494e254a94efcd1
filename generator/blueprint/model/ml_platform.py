"""Layer 3: the components that make a platform of clusters."""

from generator.blueprint.model.governance import Protection
from generator.blueprint.model.part import Part, part
from generator.blueprint.model.words import Implements, Manage, Persistence, Size, Stage
from generator.quantity import Quantity


@part
class Component(Part):
    """A product that implements one part of the ML platform (storage in bytes)."""

    name: str
    stage: Stage
    implements: Implements
    product: str | None = None
    version: str | None = None
    image: str | None = None
    runs_on: tuple[str, ...] = ()
    online: str | None = None
    size: Size | None = None
    replicas: int | None = None
    storage_bytes: Quantity | None = None
    runs_per_month: int | None = None
    artefact_bytes: Quantity | None = None
    retention_s: Quantity | None = None
    persistence: Persistence | None = None
    manage: Manage | None = None
    protection: Protection | None = None


@part
class MlPlatform(Part):
    """Layer 3: the components that make a platform of clusters."""

    components: tuple[Component, ...] = ()
