"""The largest model that can be trained on some GPUs, where no model is named."""

from __future__ import annotations

from generator.blueprint.model.workloads import Workload
from generator.catalog import Catalog
from generator.ledger import Basis
from generator.sizing.estimate.answer import Estimate, MemoryAnswer, TrainingAnswer
from generator.sizing.estimate.inputs import Subject
from generator.sizing.estimate.training_run import run_of
from generator.sizing.figures import Figures
from generator.sizing.nonsense import Nonsense
from generator.sizing.train.sharding import measured_largest_model_parameters


def largest_model(
    workload: Workload, about: Subject, catalog: Catalog, figures: Figures
) -> Estimate:
    """Parameters whose states, with what activations usually leave of a GPU, fit the layout."""
    del catalog
    if about.device is None or about.accelerator is None:
        raise Nonsense(
            "model", "is missing", "state a model, or a gpu to ask for the largest that fits"
        )
    run = run_of(workload, about)
    parameters = measured_largest_model_parameters(
        about.device.memory_bytes,
        gpus=run.gpus,
        stage=run.sharding.stage,
        model_ranks=run.model_ranks,
    )
    figures.note(
        "largest model",
        parameters,
        "parameters",
        rule="bytes that activations leave / bytes of states per parameter, x ranks per copy",
        source="ZeRO, table 2: measured columns",
        basis=Basis.PUBLISHED,
    )
    usable = about.device.memory_bytes
    return Estimate(
        memory=MemoryAnswer(weights_bytes=usable, gpus=run.gpus),
        training=TrainingAnswer(largest_model_parameters=parameters),
        gpu=about.accelerator.id,
        gpus=run.gpus,
    )
