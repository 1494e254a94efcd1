"""Images: what runs in prod is one exact image, not whatever a tag points at today."""

from __future__ import annotations

import re
from collections.abc import Iterator
from typing import NamedTuple

from generator.blueprint.model.blueprint import Blueprint
from generator.blueprint.rules.subject import Judged
from generator.blueprint.standing import PROD, in_prod
from generator.finding import Check, Finding, Path

_PINNED = re.compile(r"@sha256:[0-9a-f]{64}$")


class Used(NamedTuple):
    """An image reference that prod uses, and where it is stated."""

    what: str
    ref: str
    path: Path


class PinnedInProd(Check[Judged]):
    """An image in prod is named by a tag."""

    id = "MLG-B070"
    title = "Images in prod are pinned by digest"
    reason = "a tag can be moved: the same release would start other code, and roll back to it"
    source = "requirements S1-7 and S2-12"

    @classmethod
    def check(cls, subject: Judged) -> Iterator[Finding]:
        """Judges every image that prod uses."""
        for used in _in_prod(subject.blueprint):
            if not _PINNED.search(used.ref):
                yield cls.breach(
                    f"{used.what} in prod is {used.ref}, which is not pinned",
                    **subject.at(used.path),
                    mend="end the reference in @sha256: and the 64 hex digits of its digest",
                )


RULES: tuple[type[Check[Judged]], ...] = (PinnedInProd,)


def _in_prod(blueprint: Blueprint) -> Iterator[Used]:
    if PROD not in blueprint.environments:
        return
    yield from _artefacts(blueprint)
    prod = blueprint.environments[PROD]
    for index, component in enumerate(blueprint.ml_platform.components):
        elsewhere = component.runs_on and not set(component.runs_on) & set(prod.runs_on)
        if component.image is not None and not elsewhere:
            path: Path = ("ml_platform", "components", index, "image")
            yield Used(f"component {component.name}", component.image, path)
    for index, (workload, here) in enumerate(
        zip(blueprint.workloads, in_prod(blueprint), strict=True)
    ):
        pin = workload.retraining.pin if workload.retraining else None
        if pin is not None and pin.image is not None and here:
            path = ("workloads", index, "retraining", "pin", "image")
            yield Used(f"the retraining of {workload.name}", pin.image, path)


def _artefacts(blueprint: Blueprint) -> Iterator[Used]:
    """Images that prod's workloads start from, or that are meant for prod; tags as overridden."""
    developing = blueprint.development_environment
    first = developing.images[0].name if developing.images else ""
    started = {
        workload.image or first
        for workload, here in zip(blueprint.workloads, in_prod(blueprint), strict=True)
        if here
    }
    overrides = blueprint.environments[PROD].image_tags
    for part, artefacts in (("images", developing.images), ("catalogue", developing.catalogue)):
        for index, artefact in enumerate(artefacts):
            if artefact.name in overrides:
                path: Path = ("environments", PROD, "image_tags", artefact.name)
                yield Used(f"image {artefact.name}", overrides[artefact.name], path)
            elif artefact.name in started or PROD in artefact.environments:
                path = ("development_environment", part, index, "ref")
                yield Used(f"image {artefact.name}", artefact.ref, path)
