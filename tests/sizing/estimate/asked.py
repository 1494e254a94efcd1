"""Documents as ``mlgen estimate`` reads them, and workloads that are made without one."""

from __future__ import annotations

import json
from dataclasses import replace
from typing import Any

from generator.blueprint.model.model import Model
from generator.blueprint.model.workloads import Accelerator, Serving, Train, Workload
from generator.blueprint.read import read_workload
from generator.catalog import Catalog
from generator.sizing.estimate import Estimate, estimate
from generator.source import parse

Document = dict[str, Any]

CATALOG = Catalog.builtin()


def workload(document: Document) -> Workload:
    """The workload that a document states."""
    (read,) = parse(json.dumps(document).encode(), file="workload.yaml")
    return read_workload(read)


def ask(document: Document) -> Estimate:
    """The figures of a document."""
    return estimate(workload(document), CATALOG)


def answer(wanted: Workload) -> Estimate:
    """The figures of a workload."""
    return estimate(wanted, CATALOG)


def service(model: Model, serving: Serving, gpu: str | None = None, **wish: Any) -> Workload:
    """A service of a model, on a GPU where one is named."""
    return Workload(
        name="w",
        owner="o",
        phase="serving",
        model=model,
        serving=serving,
        accelerator=Accelerator(model=gpu, **wish) if gpu or wish else None,
    )


def run(model: Model, train: Train, gpu: str | None = None, gpus: int | None = None) -> Workload:
    """A training run of a model."""
    return Workload(
        name="w",
        owner="o",
        phase="training",
        model=model,
        train=train,
        accelerator=Accelerator(model=gpu, gpus=gpus) if gpu or gpus else None,
    )


def serving_with(wanted: Workload, **stated: Any) -> Workload:
    """The service with other figures."""
    assert wanted.serving is not None
    return replace(wanted, serving=replace(wanted.serving, **stated))


def training_with(wanted: Workload, **stated: Any) -> Workload:
    """The run with other figures."""
    assert wanted.train is not None
    return replace(wanted, train=replace(wanted.train, **stated))


def model_with(wanted: Workload, **stated: Any) -> Workload:
    """The workload with another model."""
    assert wanted.model is not None
    return replace(wanted, model=replace(wanted.model, **stated))
