"""Environments and the platform's purpose: overrides of what exists, work that belongs here."""

from __future__ import annotations

from collections.abc import Iterator

from generator.blueprint.model.blueprint import Blueprint
from generator.blueprint.rules.references import image_names
from generator.blueprint.rules.resolves import Resolves, Use, keys
from generator.blueprint.rules.subject import Judged
from generator.finding import Check, Finding

_TRAINING = ("training", "hpo", "retraining")
_OUT_OF_PURPOSE = {"inference-only": _TRAINING, "training-only": ("serving", "monitoring")}


class KnownSchedule(Resolves):
    """An environment reschedules a pipeline that does not exist."""

    id = "MLG-B080"
    title = "Environments reschedule pipelines that exist"
    reason = "the override would be read by nobody, and the pipeline would run as declared"
    noun = "pipeline"
    declared_in = ("resource_management.pipelines",)

    @classmethod
    def uses(cls, blueprint: Blueprint) -> Iterator[Use]:
        """The keys of ``schedules``."""
        for name, environment in blueprint.environments.items():
            yield from keys(("environments", name, "schedules"), environment.schedules)


class KnownComponent(Resolves):
    """An environment resizes a component that does not exist."""

    id = "MLG-B081"
    title = "Environments resize components that exist"
    reason = "the override would be read by nobody, and the component would be built as declared"
    noun = "component"
    declared_in = ("ml_platform.components",)

    @classmethod
    def uses(cls, blueprint: Blueprint) -> Iterator[Use]:
        """The keys of ``component_sizes``."""
        for name, environment in blueprint.environments.items():
            yield from keys(("environments", name, "component_sizes"), environment.component_sizes)


class KnownTag(Resolves):
    """An environment retags an image that does not exist."""

    id = "MLG-B082"
    title = "Environments retag images that exist"
    reason = "the override would be read by nobody, and the image would run as declared"
    noun = "image"
    declared_in = ("development_environment.images",)

    @classmethod
    def known(cls, blueprint: Blueprint) -> Iterator[str]:
        """Images and the curated catalogue."""
        yield from image_names(blueprint)

    @classmethod
    def uses(cls, blueprint: Blueprint) -> Iterator[Use]:
        """The keys of ``image_tags``."""
        for name, environment in blueprint.environments.items():
            yield from keys(("environments", name, "image_tags"), environment.image_tags)


class FitsPurpose(Check[Judged]):
    """A workload contradicts what the platform is for."""

    id = "MLG-B083"
    title = "Workloads fit the platform's purpose"
    reason = "an inference-only platform gets no training pool, a training-only one no serving"
    source = "requirements S1-1"

    @classmethod
    def check(cls, subject: Judged) -> Iterator[Finding]:
        """Judges the phase of every workload."""
        purpose = subject.blueprint.platform.purpose
        for index, workload in enumerate(subject.blueprint.workloads):
            if workload.phase in _OUT_OF_PURPOSE.get(purpose, ()):
                yield cls.breach(
                    f"{workload.name} ({workload.phase}) is on a platform that is {purpose}",
                    **subject.at(("workloads", index, "phase"), ("platform", "purpose")),
                    mend="set platform.purpose to mixed, or move the workload elsewhere",
                )


RULES: tuple[type[Check[Judged]], ...] = (KnownSchedule, KnownComponent, KnownTag, FitsPurpose)
