"""A training run as its author states it: what is trained, on how many GPUs and how it is split."""

from __future__ import annotations

from enum import StrEnum
from math import ceil

from generator.record import Record, record
from generator.sizing.nonsense import Nonsense, positive, ratio


class Method(StrEnum):
    """What is trained: every weight, or adapters beside frozen weights."""

    FULL = "full"
    LORA = "lora"
    QLORA = "qlora"
    DORA = "dora"


class Sharding(StrEnum):
    """What data-parallel ranks share out instead of each holding it all.

    ``fsdp`` shares out the same as ``zero-3``; ``none`` and ``ddp`` share nothing.
    """

    NONE = "none"
    DDP = "ddp"
    ZERO1 = "zero-1"
    ZERO2 = "zero-2"
    ZERO3 = "zero-3"
    FSDP = "fsdp"

    @property
    def stage(self) -> int:
        """The ZeRO stage, 0 to 3."""
        return {"zero-1": 1, "zero-2": 2, "zero-3": 3, "fsdp": 3}.get(self.value, 0)


class Recompute(StrEnum):
    """Which activations the backward pass computes again instead of keeping them.

    ``selective`` drops what is large and cheap, by the framework's own choice; ``full`` keeps only
    the input of each layer.
    """

    NONE = "none"
    SELECTIVE = "selective"
    FULL = "full"


TABLES = ("embedding", "head")
"""Targets of an adapter that are no matrices of a layer."""


@record
class Parallel(Record):
    """Ranks per dimension of parallelism.

    ``data`` None means: what the other dimensions leave of the GPUs. ``expert`` ranks are taken out
    of the data ranks. ``virtual_stages`` counts model chunks per pipeline rank, above 1 for the
    interleaved schedule. ``sequence`` is sequence parallelism inside the tensor ranks.
    """

    tensor: int = 1
    pipeline: int = 1
    virtual_stages: int = 1
    context: int = 1
    expert: int = 1
    data: int | None = None
    sequence: bool = False


@record
class Adapter(Record):
    """Low-rank adapters: their rank and the matrices they sit beside, all linear ones by default.

    ``targets`` are names of ``Transformer.linear_shapes``, and ``embedding`` and ``head`` for the
    tables, which are trained as a whole on copies of their own (``modules_to_save`` of PEFT).
    """

    rank: int = 8
    targets: tuple[str, ...] = ()

    @property
    def matrices(self) -> tuple[str, ...]:
        """The targets that adapters sit beside; empty means every matrix."""
        return tuple(target for target in self.targets if target not in TABLES)

    @property
    def tables(self) -> tuple[str, ...]:
        """The targets that are trained as a whole."""
        return tuple(target for target in self.targets if target in TABLES)


def step_samples(per_rank: int, data: int) -> int:
    """Samples of one optimizer step where each of ``data`` ranks works on ``per_rank`` of them."""
    return int(positive("train.batch", per_rank) * positive("train.parallel.data", data))


def model_parallel(ranks: int, *, host_gpus: int = 8, layers: int | None = None) -> Parallel:
    """How ``ranks`` GPUs share one copy of a model: tensor ranks fill a host, then come stages.

    With ``layers`` the schedule is interleaved with two chunks per rank where they divide. Source:
    Narayanan et al. (2021), takeaways 1 and 2.
    """
    tensor = min(int(positive("model_parallel", ranks)), host_gpus)
    if ranks % tensor:
        raise Nonsense(
            "train.parallel", f"{ranks} ranks do not fill hosts of {host_gpus}", "state a multiple"
        )
    stages = ranks // tensor
    chunks = 2 if layers and stages > 1 and layers % (2 * stages) == 0 else 1
    return Parallel(tensor=tensor, pipeline=stages, virtual_stages=chunks)


def virtual_stages(layers: int, pipeline: int, layers_per_chunk: int) -> int:
    """Model chunks per pipeline rank where each holds ``layers_per_chunk`` layers."""
    held = positive("train.parallel.pipeline", pipeline)
    held *= positive("train.parallel.virtual_stages", layers_per_chunk)
    if positive("model.layers", layers) % held:
        raise Nonsense(
            "train.parallel.virtual_stages",
            f"{layers} layers are no whole number of chunks of {layers_per_chunk}",
            "state a divisor of the layers of a stage",
        )
    return int(layers // held)


@record
class Offload(Record):
    """What lies in host memory instead of on the GPU, as DeepSpeed's ``offload_*`` options."""

    optimizer: bool = False
    parameters: bool = False


@record
class TrainingRun(Record):
    """One training or fine-tuning job; sizes count samples, lengths tokens.

    ``micro_batch`` is per data-parallel rank and pass, ``batch`` the samples of one optimizer step
    over all ranks; None means one pass per step. ``framework`` names the recipe whose choices apply
    where nothing is stated (see ``frameworks``): its bytes per parameter, what it recomputes, how
    it computes the loss. ``precision`` is that of the weights; for ``qlora`` it is the stored one
    of the frozen weights. ``gradient_precision`` None means the framework's own.
    ``utilisation_ratio`` is a measured MFU that replaces the model of time.
    ``fused_loss`` computes head and loss in chunks, so that logits are never whole; ``compiled``
    means that element-wise kernels are fused. ``attention`` ``flash`` never stores the score
    matrix, ``eager`` does.
    """

    sequence: int
    micro_batch: int = 1
    batch: int | None = None
    gpus: int = 1
    framework: str = "huggingface"
    precision: str = "bf16"
    gradient_precision: str | None = None
    optimizer: str = "adamw"
    sharding: Sharding = Sharding.NONE
    distributed_optimizer: bool = False
    parallel: Parallel = Parallel()
    recompute: Recompute | None = None
    attention: str = "flash"
    fused_loss: bool = False
    compiled: bool = False
    method: Method = Method.FULL
    adapter: Adapter = Adapter()
    offload: Offload = Offload()
    tokens: float | None = None
    steps: int | None = None
    epochs: float | None = None
    deadline_s: float | None = None
    utilisation_ratio: float | None = None

    @property
    def model_ranks(self) -> int:
        """GPUs that hold one copy of the model between them."""
        return self.parallel.tensor * self.parallel.pipeline

    @property
    def data_parallel(self) -> int:
        """Ranks that work on samples of their own."""
        if self.parallel.data is not None:
            return self.parallel.data
        return max(1, self.gpus // (self.model_ranks * self.parallel.context))

    @property
    def sharing_ranks(self) -> int:
        """Ranks that hold the same weights and can share out their states: data x context."""
        return self.data_parallel * self.parallel.context

    @property
    def micro_batches(self) -> int:
        """Passes of one rank per optimizer step."""
        if self.batch is None:
            return 1
        return max(1, ceil(self.batch / (self.micro_batch * self.data_parallel)))

    @property
    def samples_per_step(self) -> int:
        """Samples of one optimizer step over all ranks."""
        return self.batch or self.micro_batch * self.data_parallel

    @property
    def rank_tokens(self) -> float:
        """Tokens of one micro-batch that one rank works on: its share of each sequence."""
        return self.sequence * self.micro_batch / self.parallel.context

    @property
    def adapts(self) -> bool:
        """Whether adapters are trained beside frozen weights."""
        return self.method is not Method.FULL


def checked(run: TrainingRun) -> TrainingRun:
    """``run`` where it can be; ``Nonsense`` with the field's path in the blueprint otherwise."""
    for field in ("sequence", "micro_batch", "gpus"):
        positive(f"train.{field}", getattr(run, field))
    for field in ("batch", "tokens", "steps", "epochs"):
        stated = getattr(run, field)
        if stated is not None:
            positive(f"train.{field}", stated)
    if run.deadline_s is not None:
        positive("train.deadline", run.deadline_s)
    for field in ("tensor", "pipeline", "virtual_stages", "context", "expert"):
        positive(f"train.parallel.{field}", getattr(run.parallel, field))
    if run.adapts:
        positive("model.method.rank", run.adapter.rank)
    if run.utilisation_ratio is not None:
        positive("train.utilisation", ratio("train.utilisation", run.utilisation_ratio))
    _check_layout(run)
    return run


def _check_layout(run: TrainingRun) -> None:
    ranks = run.model_ranks * run.parallel.context
    if run.gpus % ranks:
        raise Nonsense(
            "train.parallel",
            f"tensor x pipeline x context = {ranks} does not divide {run.gpus} GPUs",
            f"take a multiple of {ranks} GPUs, or fewer ranks per copy of the model",
        )
    if run.parallel.data is not None and ranks * run.parallel.data != run.gpus:
        raise Nonsense(
            "train.parallel.data",
            f"{ranks} ranks per copy x {run.parallel.data} copies are not {run.gpus} GPUs",
            f"state {run.gpus // ranks}, or leave it out",
        )
    if run.parallel.virtual_stages > 1 and run.parallel.pipeline == 1:
        raise Nonsense(
            "train.parallel.virtual_stages",
            "a model in one stage has no schedule to interleave",
            "state 1, or more than one pipeline stage",
        )
    if run.batch is not None and run.batch < run.data_parallel:
        raise Nonsense(
            "train.batch",
            f"{run.batch} samples per step leave some of {run.data_parallel} ranks without work",
            f"state at least {run.data_parallel}, or fewer data-parallel ranks",
        )
