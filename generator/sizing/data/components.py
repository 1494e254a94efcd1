"""What the components of the platform keep: registries, feature and vector stores, metadata.

A registry holds ``runs x artefact x retention`` (requirements S2-20): a search of 500 trials that
each keep a checkpoint is 500 checkpoints. What nobody states stays unknown.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import replace

from generator.blueprint.model.blueprint import Blueprint
from generator.blueprint.model.ml_platform import Component
from generator.finding import Finding
from generator.ledger import Basis
from generator.record import Record, record
from generator.sizing import rules
from generator.sizing.data.artefacts import Artefact
from generator.sizing.data.course import Course
from generator.sizing.data.feeders import Feeder, fed_by, feeders
from generator.sizing.data.images import image_registry
from generator.sizing.data.metadata import keeps_lineage, lineage
from generator.sizing.data.registries import registry
from generator.sizing.data.runs import Runs
from generator.sizing.data.stored import StoredKind, Wanted
from generator.sizing.figures import Figures
from generator.sizing.nonsense import Nonsense, positive
from generator.sizing.storage.offers import Pattern


@record
class _Part(Record):
    """What a part of the platform keeps, and how it reads that; ``mounted`` needs a volume."""

    kind: StoredKind
    pattern: Pattern | None = None
    mounted: bool = True


_STATEFUL: Mapping[str, _Part] = {
    "model-store": _Part(kind=StoredKind.MODEL_REGISTRY, mounted=False),
    "experiment-tracking": _Part(kind=StoredKind.EXPERIMENT_REGISTRY, mounted=False),
    "registry": _Part(kind=StoredKind.IMAGE_REGISTRY, mounted=False),
    "feature-store": _Part(kind=StoredKind.FEATURE_STORE, pattern=Pattern.KEY_VALUE),
    "vector-database": _Part(kind=StoredKind.VECTOR_STORE, pattern=Pattern.KEY_VALUE),
    "data-versioning": _Part(kind=StoredKind.METADATA, pattern=Pattern.KEY_VALUE),
    "lineage-store": _Part(kind=StoredKind.METADATA, pattern=Pattern.KEY_VALUE),
    "database": _Part(kind=StoredKind.COMPONENT, pattern=Pattern.KEY_VALUE),
    "monitoring": _Part(kind=StoredKind.COMPONENT, pattern=Pattern.KEY_VALUE),
    "labelling": _Part(kind=StoredKind.COMPONENT, pattern=Pattern.KEY_VALUE),
    "notebooks": _Part(kind=StoredKind.COMPONENT),
    "object-store": _Part(kind=StoredKind.COMPONENT),
}
"""Parts that keep what exists nowhere else. Databases read single keys; registries keep files."""

_REGISTRIES = (StoredKind.MODEL_REGISTRY, StoredKind.EXPERIMENT_REGISTRY)


def component_volumes(
    blueprint: Blueprint, made: Mapping[str, Artefact | str], runs: Mapping[str, Runs]
) -> Iterator[Wanted | Finding]:
    """The volume of every component that keeps something and is not others' to keep.

    An object store without a stated volume is left out: what lies in it is counted on its tier.
    """
    fed = feeders(blueprint, made, runs)
    for component in blueprint.ml_platform.components:
        part = _STATEFUL.get(component.implements)
        stated = component.storage_bytes
        if component.manage == "reference" or (stated is None and part is None):
            continue
        if stated is None and component.implements == "object-store":
            continue
        try:
            yield _volume(component, part or _Part(kind=StoredKind.COMPONENT), blueprint, fed)
        except Nonsense as nonsense:
            yield rules.CannotBe.of(nonsense)


def _volume(
    component: Component, part: _Part, blueprint: Blueprint, fed: tuple[Feeder, ...]
) -> Wanted:
    path = f"ml_platform.components[{component.name}]"
    base = Wanted(
        name=component.name,
        kind=part.kind,
        path=path,
        course=None,
        pattern=part.pattern,
        mounted=part.mounted,
        lasting=component.persistence != "ephemeral"
        and (component.protection is None or component.protection.method != "none"),
    )
    figures = Figures(component.name)
    if component.storage_bytes is not None:
        size = positive(f"{path}.storage", figures.stated("storage", component.storage_bytes, "B"))
        return _sized(base, figures, Course(start_bytes=size))
    course: Course | str = f"{path}.storage"
    if part.kind in _REGISTRIES:
        mine = fed_by(component, blueprint, fed)
        course = registry(component, mine, figures, models=part.kind is _REGISTRIES[0])
    elif part.kind is StoredKind.IMAGE_REGISTRY:
        course = image_registry(component, blueprint, figures)
    elif keeps_lineage(component, blueprint):
        course = lineage(component, blueprint, fed, figures)
    if isinstance(course, str):
        return replace(base, missing=course, ledger=tuple(figures.entries))
    return _sized(base, figures, course)


def _sized(base: Wanted, figures: Figures, course: Course) -> Wanted:
    figures.gib(
        "logical volume",
        course.at(0),
        rule="what it keeps, and what this month adds" if course.additions else "what it keeps",
        source="requirements S2-20",
        basis=Basis.ANALYTIC,
    )
    return replace(base, course=course, ledger=tuple(figures.entries))
