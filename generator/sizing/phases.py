"""Which need a workload has, by what it states and the phase that it is in."""

from __future__ import annotations

from generator.blueprint.model.blueprint import Blueprint
from generator.blueprint.model.workloads import Workload
from generator.catalog import Catalog
from generator.ledger import Entry
from generator.sizing.batch import hpo, plain_vm, small_cpu, spark
from generator.sizing.estimate.inputs import Subject, subject
from generator.sizing.figures import Figures
from generator.sizing.need import Need
from generator.sizing.serving import (
    cpu_service,
    generative_service,
    model_service,
    service_on_cpus,
)
from generator.sizing.training import fine_tuning, throughput_training

CPU_KINDS = ("trees", "tabular")
"""Kinds of model whose inference meets its service level on CPUs."""


def size_workload(
    workload: Workload, blueprint: Blueprint, catalog: Catalog
) -> tuple[Need | str, list[Entry]]:
    """The need of a workload with its ledger, or in words what it would have to state.

    Raises:
        Nonsense: for a figure that cannot be.
    """
    figures = Figures(workload.name)
    need = _need(workload, blueprint, catalog, figures)
    return need, figures.entries


def _need(
    workload: Workload, blueprint: Blueprint, catalog: Catalog, figures: Figures
) -> Need | str:
    if workload.shape is not None:
        return plain_vm(workload.shape, workload, figures)
    if workload.spark is not None:
        return spark(workload.spark, figures)
    if workload.hpo is not None:
        return hpo(workload.hpo, workload, figures)
    if workload.serving is not None:
        return _serving(workload, catalog, figures)
    if workload.phase in ("training", "retraining"):
        return _training(workload, blueprint, catalog, figures)
    return small_cpu(workload, figures)


def _serving(workload: Workload, catalog: Catalog, figures: Figures) -> Need | str:
    assert workload.serving is not None
    if workload.model is None:
        return "a model"
    about = subject(workload, catalog)
    if about.row is not None and about.row.kind in CPU_KINDS:
        return cpu_service(workload, figures)
    if not about.parameters:
        return "model.params, or a model.family of the catalogue"
    wish = workload.accelerator
    if wish is not None and wish.kind == "cpu" and about.transformer is not None:
        return service_on_cpus(workload, about, catalog, figures)
    if workload.serving.context:
        if about.transformer is None:
            return "model.layers, model.hidden, model.heads and model.vocabulary"
        return generative_service(workload, about, catalog, figures)
    return model_service(workload, about, catalog, figures)


def _training(
    workload: Workload, blueprint: Blueprint, catalog: Catalog, figures: Figures
) -> Need | str:
    train = workload.train
    if train is None or workload.model is None:
        return "model and train"
    if train.throughput_per_gpu_per_s is not None:
        dataset = next(
            (d for d in blueprint.storage_compute.datasets if d.name == workload.data), None
        )
        return throughput_training(train, dataset, figures)
    about: Subject = subject(workload, catalog)
    if about.transformer is None or not about.parameters:
        return "train.throughput_per_gpu, or a transformer with its layers and hidden size"
    return fine_tuning(workload, about, figures)
