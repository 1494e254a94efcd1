"""Who reads which data where: the uses of datasets that rules about data judge."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import NamedTuple

from generator.blueprint.model.blueprint import Blueprint
from generator.blueprint.model.storage_compute import Dataset
from generator.blueprint.model.workloads import Workload
from generator.blueprint.standing import homes
from generator.finding import Path

Found = Mapping[str, tuple[Path, Dataset]]


class Reading(NamedTuple):
    """One use of a dataset.

    ``path`` is where the use is stated. ``orchestrators`` are where the work runs: on one of them
    where ``any_will_do``, else on all. ``phase`` is empty for a step without a workload.
    """

    reader: str
    phase: str
    path: Path
    dataset: Dataset
    dataset_path: Path
    orchestrators: tuple[str, ...]
    any_will_do: bool


def readings(blueprint: Blueprint) -> Iterator[Reading]:
    """Every use of a dataset that exists, workloads first."""
    found: Found = {
        dataset.name: (("storage_compute", "datasets", index), dataset)
        for index, dataset in enumerate(blueprint.storage_compute.datasets)
    }
    # What a pipeline sends somewhere runs there, not where its environment does.
    sent = {
        step.workload
        for pipeline in blueprint.resource_management.pipelines
        for step in pipeline.steps
        if step.target
    }
    for index, (workload, home) in enumerate(
        zip(blueprint.workloads, homes(blueprint), strict=True)
    ):
        delivered = workload.serving.targets if workload.serving else ()
        choices = [delivered] if delivered or workload.name in sent else _choices(blueprint, home)
        for path, name in _stated(workload, ("workloads", index)):
            for orchestrators in choices if name in found else ():
                at, dataset = found[name]
                yield Reading(
                    workload.name, workload.phase, path, dataset, at,
                    orchestrators, any_will_do=not delivered,
                )  # fmt: skip
    yield from _steps(blueprint, found)


def _steps(blueprint: Blueprint, found: Found) -> Iterator[Reading]:
    workloads = {workload.name: workload for workload in blueprint.workloads}
    for index, pipeline in enumerate(blueprint.resource_management.pipelines):
        for place, step in enumerate(pipeline.steps):
            at = ("resource_management", "pipelines", index, "steps", place)
            workload = workloads.get(step.workload or "")
            names = {name: (*at, "workload") for _, name in _stated(workload, ())}
            if step.uses is not None:
                names[step.uses] = (*at, "uses")
            for name, path in names.items():
                if step.target and name in found:
                    place_of, dataset = found[name]
                    yield Reading(
                        f"step {step.name}", "", path, dataset, place_of,
                        (step.target,), any_will_do=False,
                    )  # fmt: skip


def _stated(workload: Workload | None, at: Path) -> Iterator[tuple[Path, str]]:
    if workload is None:
        return
    if workload.data is not None:
        yield (*at, "data"), workload.data
    for index, name in enumerate(workload.uses):
        if name != workload.data:
            yield (*at, "uses", index), name


def _choices(blueprint: Blueprint, home: tuple[str, ...]) -> list[tuple[str, ...]]:
    """The orchestrators of each environment in turn; one empty choice where there is none."""
    known = blueprint.environments
    return [known[name].runs_on for name in home if name in known] or [()]
