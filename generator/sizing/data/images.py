"""A registry of container images: every image that the blueprint names, and the tags it keeps."""

from __future__ import annotations

from generator.blueprint.model.blueprint import Blueprint
from generator.blueprint.model.ml_platform import Component
from generator.quantity import GIB
from generator.record import Record, record
from generator.sizing.assumption import Assumption, judge
from generator.sizing.data.course import Course
from generator.sizing.figures import Figures
from generator.sizing.storage.images import image_registry_bytes

PACKED_IMAGE_BYTES = 6e9
"""A compressed image of an ML framework in its registry. Assumed: training and serving images of
vLLM, NIM and PyTorch are 4 to 10 GB."""

PACKED_IMAGE_RANGE = (2e9, 12e9)
"""Assumed range of ``PACKED_IMAGE_BYTES``."""

TAGS_KEPT = 5
"""Tags of an image that are kept. Assumed."""

TAGS_RANGE = (2, 20)
"""Assumed range of ``TAGS_KEPT``: one to fall back to, or two years of monthly builds."""

CHANGED_LAYERS_RATIO = 0.5
"""Share of an image that differs between tags. Assumed: the framework's layers change with each
release of it and not with each build."""

CHANGED_LAYERS_RANGE = (0.1, 1.0)
"""Assumed range of ``CHANGED_LAYERS_RATIO``: own code alone, or all of it."""


@record
class _Images(Record):
    images: int
    image_bytes: float = PACKED_IMAGE_BYTES
    tags_kept: int = TAGS_KEPT
    changed_ratio: float = CHANGED_LAYERS_RATIO

    @property
    def total_bytes(self) -> float:
        return image_registry_bytes(
            images=self.images,
            tags_kept=self.tags_kept,
            image_bytes=self.image_bytes,
            changed_ratio=self.changed_ratio,
        )


def image_registry(component: Component, blueprint: Blueprint, figures: Figures) -> Course | str:
    """The volume of an image registry, or in words what would have to be stated."""
    count = _named(blueprint)
    if not count:
        return f"ml_platform.components[{component.name}].storage"
    figures.note("images", count, "", rule="images that the blueprint names", source="blueprint")
    stated = component.artefact_bytes
    size = figures.stated("image", stated, "B") if stated else PACKED_IMAGE_BYTES
    wanted = _Images(images=count, image_bytes=size)
    judge(
        tuple(_assumed(wanted, image_is_stated=stated is not None)),
        wanted,
        lambda other: other.total_bytes,
        figures,
        what="images",
        show=lambda total: f"{total / GIB:,.0f} GiB",
    )
    return Course(start_bytes=wanted.total_bytes)


def _named(blueprint: Blueprint) -> int:
    developing = blueprint.development_environment
    named = {
        *(a.ref for a in developing.images),
        *(a.ref for a in developing.catalogue if a.kind in (None, "image")),
        *(c.image for c in blueprint.ml_platform.components),
        *(w.image for w in blueprint.workloads),
    }
    return len(named - {None})


def _assumed(wanted: _Images, *, image_is_stated: bool) -> list[Assumption]:
    default = "default; nobody states it"
    found = [
        Assumption(
            name="tags kept",
            value=TAGS_KEPT,
            unit="",
            rule="releases of an image that can be gone back to",
            source=default,
            low=TAGS_RANGE[0],
            high=TAGS_RANGE[1],
            changes=(("tags_kept", *TAGS_RANGE),),
        ),
        Assumption(
            name="changed layers",
            value=CHANGED_LAYERS_RATIO,
            unit="",
            rule="share of an image that differs between tags",
            source=default,
            low=CHANGED_LAYERS_RANGE[0],
            high=CHANGED_LAYERS_RANGE[1],
            changes=(("changed_ratio", *CHANGED_LAYERS_RANGE),),
        ),
    ]
    if not image_is_stated:
        low, high = PACKED_IMAGE_RANGE
        found.append(
            Assumption(
                name="image",
                value=wanted.image_bytes,
                unit="B",
                rule="a compressed image of an ML framework",
                source=default,
                low=low,
                high=high,
                changes=(("image_bytes", low, high),),
            )
        )
    return found
