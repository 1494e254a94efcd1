"""What a run leaves behind: the state that it goes on from, and the model that it made."""

from __future__ import annotations

from dataclasses import replace

from generator.blueprint.model.blueprint import Blueprint
from generator.blueprint.model.model import Adapter, Model
from generator.blueprint.model.workloads import Workload
from generator.catalog import Catalog
from generator.record import Record, record
from generator.sizing.architecture import Transformer
from generator.sizing.assumption import Assumption
from generator.sizing.estimate.inputs import DEFAULT_PRECISION, Subject, subject
from generator.sizing.nonsense import Nonsense
from generator.sizing.precision import bytes_per_value
from generator.sizing.storage.checkpoints import (
    adapter,
    optimizer_state_bytes,
    training_state,
    weights_only,
)

DEFAULT_OPTIMIZER = "adamw"
"""The optimizer where none is stated. Assumed: it keeps the most state of the usual ones."""

ADAPTER_PRECISION = "fp32"
"""PEFT keeps and saves trained adapters in 32 bits."""

MATRICES_PER_ADAPTER = 2
"""Tensors of an adapter beside one matrix: down and up. Hu et al., LoRA, section 4.1."""


@record
class Artefact(Record):
    """A model in training: ``trained`` parameters in ``precision``, and its optimizer.

    ``tensors`` above zero are those of an adapter, which alone is saved. ``file_bytes`` is the size
    of a model that is stated as a file. ``optimizer_is_stated`` is False where it is assumed.
    """

    trained: float = 0.0
    precision: str = DEFAULT_PRECISION
    optimizer: str = DEFAULT_OPTIMIZER
    optimizer_is_stated: bool = False
    tensors: int = 0
    file_bytes: float = 0.0

    @property
    def model_bytes(self) -> float:
        """What is stored of the finished model: its file, its adapter or its weights."""
        if self.file_bytes:
            return self.file_bytes
        if self.tensors:
            saved = adapter(self.trained, precision=self.precision, tensors=self.tensors)
            return saved.total_bytes
        return weights_only(self.trained, self.precision).total_bytes

    @property
    def state_bytes(self) -> float:
        """What a run saves to go on from: weights or adapter, and the optimizer's state."""
        if not self.trained:
            return self.file_bytes
        width = bytes_per_value(self.precision)
        state = training_state(
            self.trained,
            weight_bytes=width,
            optimizer_bytes=optimizer_state_bytes(self.optimizer, weight_bytes=width),
        )
        return state.total_bytes

    @property
    def state_rule(self) -> str:
        """How the state comes about, in words."""
        if not self.trained:
            return "the size of the model's file"
        width = bytes_per_value(self.precision)
        state = optimizer_state_bytes(self.optimizer, weight_bytes=width)
        what = "adapter parameters" if self.tensors else "parameters"
        return f"{what} x ({width:g} B {self.precision} + {state:g} B of {self.optimizer})"


def assumed_optimizer(made: Artefact) -> tuple[Assumption, ...]:
    """The assumption about the optimizer, where none is stated; SGD keeps no state of its own."""
    if made.optimizer_is_stated or not made.trained:
        return ()
    return (
        Assumption(
            name="optimizer state",
            value=_state(made.optimizer, made),
            unit="B/parameter",
            rule=f"{made.optimizer}, because none is stated; sgd keeps the least",
            source="default",
            low=_state("sgd", made),
            high=_state(DEFAULT_OPTIMIZER, made),
            changes=(("optimizer", "sgd", DEFAULT_OPTIMIZER),),
        ),
    )


def _state(optimizer: str, made: Artefact) -> float:
    return optimizer_state_bytes(optimizer, weight_bytes=bytes_per_value(made.precision))


def artefacts(blueprint: Blueprint, catalog: Catalog) -> dict[str, Artefact | str]:
    """What the runs of each workload leave behind, by its name; see ``artefact``."""
    return {workload.name: artefact(workload, catalog) for workload in blueprint.workloads}


def artefact(workload: Workload, catalog: Catalog) -> Artefact | str:
    """What a workload's runs leave behind, or the path of what it would have to state.

    A model that cannot be is a model of unknown size here: the workload's own sizing reports it.
    """
    at = f"workloads[{workload.name}]"
    if workload.model is None:
        return f"{at}.model"
    try:
        about = subject(workload, catalog)
        made = _made(workload, workload.model, about)
    except Nonsense as nonsense:
        return f"{at}.{nonsense.field}"
    return made or f"{at}.model.params, or a family of the catalogue"


def _made(workload: Workload, model: Model, about: Subject) -> Artefact | None:
    stated = workload.train.optimizer if workload.train else None
    file_bytes = float(model.size_bytes.value) if model.size_bytes else 0.0
    if not about.parameters:
        return Artefact(file_bytes=file_bytes) if file_bytes else None
    own = Artefact(
        trained=about.parameters,
        precision=about.precision,
        optimizer=stated or DEFAULT_OPTIMIZER,
        optimizer_is_stated=stated is not None,
        file_bytes=file_bytes,
    )
    method = model.method
    beside = (method.lora or method.qlora or method.dora) if method else None
    if method is None or beside is None or about.transformer is None:
        return own
    return _adapted(own, about.transformer, beside, dora=method.dora is not None)


def _adapted(own: Artefact, base: Transformer, beside: Adapter, *, dora: bool) -> Artefact:
    """The base stays as it is: only what is trained beside it is saved."""
    from generator.sizing.train.adapters import adapter_parameters

    matrices = len(beside.targets or base.linear_shapes)
    return replace(
        own,
        trained=float(adapter_parameters(base, beside.rank, beside.targets, dora=dora)),
        precision=ADAPTER_PRECISION,
        tensors=matrices * MATRICES_PER_ADAPTER * (base.layers + base.encoder_layers),
        file_bytes=0.0,
    )
