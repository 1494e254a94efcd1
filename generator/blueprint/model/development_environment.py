"""Layer 4: what people work in, and how alike environments must be."""

from generator.blueprint.model.part import Part, part
from generator.blueprint.model.words import ArtefactKind


@part
class Artefact(Part):
    """Something that users may start from: an image, a chart or a template."""

    name: str
    ref: str
    kind: ArtefactKind | None = None
    owner: str | None = None
    approved_by: str | None = None
    environments: tuple[str, ...] = ()
    cuda: str | None = None


@part
class ParityException(Part):
    """A difference between dev and prod that is accepted."""

    field: str
    reason: str
    expires: str | None = None


@part
class Parity(Part):
    """How alike environments must be."""

    exceptions: tuple[ParityException, ...] = ()


@part
class Dependencies(Part):
    """Software that everything is built against."""

    lock: str | None = None
    cuda: str | None = None
    driver_branch: str | None = None


@part
class DevelopmentEnvironment(Part):
    """Layer 4: what people work in."""

    ide: tuple[str, ...] = ()
    git: str | None = None
    ci: str | None = None
    registries: tuple[str, ...] = ()
    images: tuple[Artefact, ...] = ()
    catalogue: tuple[Artefact, ...] = ()
    dependencies: Dependencies | None = None
    parity: Parity = Parity()
