"""Pipelines: steps that exist, an order that can be kept, a gate before prod."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from generator.blueprint.model.resource_management import Step
from generator.blueprint.rules.cycles import cycles, in_words
from generator.blueprint.rules.subject import Judged, mend_name
from generator.blueprint.standing import PROD, homes
from generator.finding import Check, Finding, Path


class KnownSteps(Check[Judged]):
    """A step waits for a step that its pipeline does not have."""

    id = "MLG-B050"
    title = "Steps wait for steps of their own pipeline"
    reason = "the step would wait for ever, or not at all"
    source = "requirements S4-12"

    @classmethod
    def check(cls, subject: Judged) -> Iterator[Finding]:
        """Judges every ``after``."""
        for at, steps in _pipelines(subject):
            known = {step.name for step in steps}
            for place, step in enumerate(steps):
                for index, name in enumerate(step.after):
                    if name not in known:
                        yield cls.breach(
                            f"step {step.name} comes after {name}, which is no step here",
                            **subject.at((*at, place, "after", index)),
                            mend=mend_name(name, known - {step.name}, "add it to the steps"),
                        )


class AcyclicSteps(Check[Judged]):
    """The steps of a pipeline wait for one another in a circle."""

    id = "MLG-B051"
    title = "The steps of a pipeline have no cycle"
    reason = "no step of a cycle can ever start"
    source = "requirements S4-12: the graph is acyclic"

    @classmethod
    def check(cls, subject: Judged) -> Iterator[Finding]:
        """Prints each cycle as it would run."""
        for at, steps in _pipelines(subject):
            places = {step.name: place for place, step in enumerate(steps)}
            for cycle in cycles({step.name: step.after for step in steps}):
                # `after` points backwards; people read in the order of the runs.
                order = cycle[:1] + cycle[:0:-1]
                yield cls.breach(
                    f"steps wait for one another: {in_words(order)}",
                    **subject.at(*((*at, places[name], "after") for name in order)),
                    mend="take one of these steps out of the other's after",
                )


class AcyclicLineage(Check[Judged]):
    """A dataset is made from itself."""

    id = "MLG-B052"
    title = "No dataset is derived from itself"
    reason = "lineage is a way back to the sources; a circle leads nowhere"
    source = "requirements S0-10: lineage has no cycles"

    @classmethod
    def check(cls, subject: Judged) -> Iterator[Finding]:
        """Judges ``derived_from`` of all datasets."""
        datasets = subject.blueprint.storage_compute.datasets
        places = {dataset.name: index for index, dataset in enumerate(datasets)}
        for cycle in cycles({dataset.name: dataset.derived_from for dataset in datasets}):
            yield cls.breach(
                f"datasets are derived from one another: {in_words(cycle)}",
                **subject.at(
                    *(
                        ("storage_compute", "datasets", places[name], "derived_from")
                        for name in cycle
                    )
                ),
                mend="name the source, or another version of it, in derived_from",
            )


class GateBeforeProd(Check[Judged]):
    """A pipeline brings a model into prod past the approver."""

    id = "MLG-B053"
    title = "Where validation is independent, deployment to prod waits for approval"
    reason = "a gate that a pipeline can walk around is none"
    source = "requirements S4-14: promotion to prod needs the approver's sign-off"

    @classmethod
    def check(cls, subject: Judged) -> Iterator[Finding]:
        """Judges every deployment step and what it waits for."""
        blueprint = subject.blueprint
        validation = blueprint.governance.validation
        if validation is None or not validation.independent or PROD not in blueprint.environments:
            return
        home = dict(zip((w.name for w in blueprint.workloads), homes(blueprint), strict=True))
        for at, steps in _pipelines(subject):
            approved = _approved(steps)
            for place, step in enumerate(steps):
                to_prod = PROD in home.get(step.workload or "", (PROD,))
                if step.stage == "model-deployment" and to_prod and step.name not in approved:
                    yield cls.breach(
                        f"step {step.name} deploys to prod without independent approval",
                        **subject.at((*at, place)),
                        mend="set gate: independent-approval on it, or let it come after a "
                        "step that has it",
                    )


RULES: tuple[type[Check[Judged]], ...] = (
    KnownSteps,
    AcyclicSteps,
    AcyclicLineage,
    GateBeforeProd,
)


def _pipelines(subject: Judged) -> Iterator[tuple[Path, Sequence[Step]]]:
    for index, pipeline in enumerate(subject.blueprint.resource_management.pipelines):
        yield ("resource_management", "pipelines", index, "steps"), pipeline.steps


def _approved(steps: Sequence[Step]) -> set[str]:
    """The steps that have the gate, and all that come after one of them."""
    followers: dict[str, list[str]] = {}
    for step in steps:
        for name in step.after:
            followers.setdefault(name, []).append(step.name)
    found: set[str] = set()
    waiting = [step.name for step in steps if step.gate == "independent-approval"]
    while waiting:
        name = waiting.pop()
        if name not in found:
            found.add(name)
            waiting += followers.get(name, [])
    return found
