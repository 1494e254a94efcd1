"""Memory of a training step on the most loaded GPU, and of its host: parts that add up.

A step has three moments at which memory can peak: the loss, where all kept activations and the
logits exist; the backward pass of one layer; and the optimizer's step, where activations are gone
and its temporaries exist. The largest of the three counts, and its parts are reported.
"""

from __future__ import annotations

from generator.record import Record, record
from generator.sizing.architecture import Transformer
from generator.sizing.nonsense import Nonsense
from generator.sizing.train.activations import in_flight_layers
from generator.sizing.train.calibration import CALIBRATION, TrainingCalibration
from generator.sizing.train.frameworks import Framework, framework_named
from generator.sizing.train.run import Recompute, TrainingRun, checked
from generator.sizing.train.states import RunStates, states_of
from generator.sizing.train.tensors import LayerTensors, kept_tensors, logit_bytes

FUSED_LOSS_SHARE = 1 / 8
"""Share of the logits that exist at a time where head and loss are computed in chunks. Published:
torchtune, chunked cross-entropy with eight chunks."""


@record
class TrainingMemory(Record):
    """Bytes per GPU at the peak of a step, by purpose; they add up to ``total_bytes``.

    ``moment`` says which peak it is: ``loss``, ``backward`` or ``step``. ``static_bytes`` is what
    lasts from step to step. ``host_bytes`` is the memory of all hosts together that offloading
    needs, ``all_gpus_bytes`` the total over all GPUs, each taken as the most loaded one.
    """

    moment: str
    weight_bytes: float
    gradient_bytes: float
    optimizer_bytes: float
    activation_bytes: float
    logits_bytes: float
    buffer_bytes: float
    runtime_bytes: float
    static_bytes: float
    host_bytes: float
    gpus: int

    @property
    def total_bytes(self) -> float:
        """What the device must have free."""
        return self.tensor_bytes + self.runtime_bytes

    @property
    def tensor_bytes(self) -> float:
        """What the framework's allocator counts: all parts but the runtime."""
        return (
            self.weight_bytes
            + self.gradient_bytes
            + self.optimizer_bytes
            + self.activation_bytes
            + self.logits_bytes
            + self.buffer_bytes
        )

    @property
    def all_gpus_bytes(self) -> float:
        """The total over all GPUs of the run."""
        return self.gpus * self.total_bytes


def training_memory(
    model: Transformer,
    run: TrainingRun,
    *,
    calibration: TrainingCalibration = CALIBRATION,
) -> TrainingMemory:
    """The peak of one optimizer step on the most loaded GPU.

    Raises ``Nonsense`` for a run that cannot be, see ``run.checked``. Sources: Rajbhandari et al.,
    ZeRO, sections 3 and 5, for states; ``tensors`` for activations; Korthikanti et al., section
    4.2.3, for pipeline stages.
    """
    checked(run)
    _fits_the_model(model, run)
    recipe = framework_named(run.framework)
    states = states_of(model, run, recipe)
    runtime = calibration.runtime_bytes
    if run.gpus > 1:
        runtime += calibration.communicator_bytes
    tensors = kept_tensors(model, run, recipe)
    early = _early_gradients(run, recipe, states)
    candidates = [
        _at_loss(model, run, recipe, states, tensors, early),
        _at_backward(model, run, recipe, states, tensors, early),
        _at_step(states),
    ]
    slack_ratio = calibration.allocator_slack_ratio
    peak = max(candidates, key=lambda one: one.total_bytes + slack_ratio * one.freed_bytes)
    return TrainingMemory(
        moment=peak.name,
        weight_bytes=states.weight_bytes,
        gradient_bytes=peak.gradient_bytes,
        optimizer_bytes=states.optimizer_bytes,
        activation_bytes=peak.activation_bytes,
        logits_bytes=peak.logits_bytes,
        buffer_bytes=peak.buffer_bytes,
        runtime_bytes=runtime + slack_ratio * peak.freed_bytes,
        static_bytes=states.weight_bytes + states.gradient_bytes + states.optimizer_bytes,
        host_bytes=states.host_bytes,
        gpus=run.gpus,
    )


def _fits_the_model(model: Transformer, run: TrainingRun) -> None:
    parallel = run.parallel
    if model.heads % parallel.tensor:
        raise Nonsense(
            "train.parallel.tensor",
            f"{model.heads} attention heads do not divide by {parallel.tensor}",
            f"state a divisor of {model.heads}",
        )
    if parallel.pipeline > max(1, model.layers):
        raise Nonsense(
            "train.parallel.pipeline",
            f"{model.layers} layers do not fill {parallel.pipeline} stages",
            f"state {model.layers} or fewer",
        )
    if parallel.expert > 1 and not model.experts:
        raise Nonsense(
            "train.parallel.expert",
            f"{model.name} has no experts to share out",
            "state 1",
        )


@record
class _Moment(Record):
    """What differs between the moments of a step."""

    name: str
    gradient_bytes: float
    activation_bytes: float
    logits_bytes: float
    buffer_bytes: float

    @property
    def total_bytes(self) -> float:
        return self.gradient_bytes + self.activation_bytes + self.logits_bytes + self.buffer_bytes

    @property
    def freed_bytes(self) -> float:
        """What is allocated and freed within a step, so that the allocator holds more than that."""
        return self.activation_bytes + self.logits_bytes


def _at_loss(
    model: Transformer,
    run: TrainingRun,
    recipe: Framework,
    states: RunStates,
    tensors: LayerTensors,
    early_gradient_bytes: float,
) -> _Moment:
    """All kept activations and the logits; gradients only where earlier passes left some."""
    return _Moment(
        name="loss",
        gradient_bytes=early_gradient_bytes,
        activation_bytes=_kept_bytes(model, run, tensors, last_stage=True),
        logits_bytes=_logits_bytes(model, run, recipe),
        buffer_bytes=states.working_bytes,
    )


def _at_backward(
    model: Transformer,
    run: TrainingRun,
    recipe: Framework,
    states: RunStates,
    tensors: LayerTensors,
    early_gradient_bytes: float,
) -> _Moment:
    """All kept activations and the layer that the backward pass works on."""
    recompute = run.recompute if run.recompute is not None else recipe.recompute
    # Inputs alone weigh little beside the gradients that fill up while they go.
    filled = recompute is Recompute.FULL
    live = _per_token(tensors, run, live=True) * run.rank_tokens
    return _Moment(
        name="backward",
        gradient_bytes=states.gradient_bytes if filled else early_gradient_bytes,
        activation_bytes=_kept_bytes(model, run, tensors, last_stage=False) + live,
        logits_bytes=0.0,
        buffer_bytes=states.working_bytes,
    )


def _at_step(states: RunStates) -> _Moment:
    """No activations, all gradients and what the optimizer adds."""
    return _Moment(
        name="step",
        gradient_bytes=states.gradient_bytes,
        activation_bytes=0.0,
        logits_bytes=0.0,
        buffer_bytes=states.step_bytes,
    )


def _early_gradients(run: TrainingRun, recipe: Framework, states: RunStates) -> float:
    """Gradients that exist when the backward pass begins."""
    there = recipe.keeps_gradients or run.micro_batches > 1
    return states.gradient_bytes if there else 0.0


def _kept_bytes(
    model: Transformer, run: TrainingRun, tensors: LayerTensors, *, last_stage: bool
) -> float:
    """Kept activations of all layers in flight on the first stage, or on the last one."""
    layers = model.layers + model.encoder_layers
    parallel = run.parallel
    flying = in_flight_layers(
        layers,
        pipeline=parallel.pipeline,
        virtual_stages=parallel.virtual_stages,
        micro_batches=run.micro_batches,
    )
    if last_stage and parallel.pipeline > 1:
        flying = _last_stage_layers(layers, run)
    return flying * _per_token(tensors, run, live=False) * run.rank_tokens


def _last_stage_layers(layers: int, run: TrainingRun) -> float:
    """Layers in flight on the last stage: its own, or all chunks but the last when interleaved.

    Source: Narayanan et al. (2021), section 2.2: (v - 1) p + 1 chunks of L/(p v) layers.
    """
    stages, chunks = run.parallel.pipeline, run.parallel.virtual_stages
    return layers * ((chunks - 1) * stages + 1) / (chunks * stages)


def _per_token(tensors: LayerTensors, run: TrainingRun, *, live: bool) -> float:
    part = tensors.live if live else tensors.kept
    return part.on_rank_bytes(tensor=run.parallel.tensor, sequence_parallel=run.parallel.sequence)


def _logits_bytes(model: Transformer, run: TrainingRun, recipe: Framework) -> float:
    """Copies of the logits at the loss, of which a fused loss makes one chunk at a time."""
    whole = run.rank_tokens * model.vocabulary * logit_bytes(run, recipe) / run.parallel.tensor
    return whole * FUSED_LOSS_SHARE if run.fused_loss else whole
