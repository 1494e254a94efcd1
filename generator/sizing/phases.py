"""Which formula sizes which kind of workload."""

from __future__ import annotations

from generator.blueprint.model.blueprint import Blueprint
from generator.blueprint.model.workloads import Workload
from generator.catalog import Catalog
from generator.ledger import Entry
from generator.sizing.batch import hpo, plain_vm, small_cpu, spark
from generator.sizing.figures import Figures
from generator.sizing.model_facts import ModelFacts, model_facts
from generator.sizing.need import Need
from generator.sizing.serving import cpu_service, generative_service, model_service
from generator.sizing.training import fine_tuning, throughput_training


def size_workload(
    workload: Workload, blueprint: Blueprint, catalog: Catalog
) -> tuple[Need | str, list[Entry]]:
    """The need of a workload with its ledger, or in words what it would have to state."""
    figures = Figures(workload.name)
    facts = model_facts(workload.model, catalog) if workload.model else None
    need = _need(workload, blueprint, facts, figures)
    return need, figures.entries


def _need(
    workload: Workload, blueprint: Blueprint, facts: ModelFacts | None, figures: Figures
) -> Need | str:
    if workload.shape is not None:
        return plain_vm(workload.shape, workload, figures)
    if workload.spark is not None:
        return spark(workload.spark, figures)
    if workload.hpo is not None:
        return hpo(workload.hpo, workload, figures)
    if workload.serving is not None:
        return _serving(workload, facts, figures)
    if workload.phase in ("training", "retraining"):
        return _training(workload, blueprint, facts, figures)
    return small_cpu(workload, figures)


def _serving(workload: Workload, facts: ModelFacts | None, figures: Figures) -> Need | str:
    if facts is None:
        return "a model"
    assert workload.serving is not None
    assert workload.model is not None
    if facts.kind in CPU_KINDS:
        return cpu_service(workload.serving, workload.model, figures)
    if not facts.params:
        return "model.params, or a model.family of the catalogue"
    if workload.serving.context and not facts.transformer:
        return "model.layers, model.hidden, model.kv_heads and model.head_dim"
    if workload.serving.context:
        return generative_service(workload.serving, workload.model, facts, figures)
    return model_service(workload.serving, workload.model, facts, figures)


CPU_KINDS = ("trees", "tabular")
"""Kinds of model whose inference meets its service level on CPUs."""


def _training(
    workload: Workload, blueprint: Blueprint, facts: ModelFacts | None, figures: Figures
) -> Need | str:
    train = workload.train
    if train is None or workload.model is None or facts is None:
        return "model and train"
    if train.throughput_per_gpu_per_s is not None:
        items = next(
            (d.items for d in blueprint.storage_compute.datasets if d.name == workload.data), None
        )
        return throughput_training(train, items, figures)
    if not facts.transformer or not facts.params:
        return "train.throughput_per_gpu, or a transformer with its layers and hidden size"
    return fine_tuning(train, workload.model, facts, figures)
