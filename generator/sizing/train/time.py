"""Time of a training step, part by part: what multiplies, what moves and what waits.

Matrix products run at a share of the rate that was measured for the largest ones, attention at a
share that depends on the architecture's kernels, element-wise work at the speed of the memory bus.
Tensor ranks wait for each other in every layer, sharded weights are gathered partly in the open,
and a pipeline idles while it fills. This, and not one utilisation, is why a small model, a long
sequence or more hosts reach less of the peak.
"""

from __future__ import annotations

from generator.record import Record, record
from generator.sizing.architecture import Transformer
from generator.sizing.train.calibration import CALIBRATION, TrainingCalibration
from generator.sizing.train.compute import attention_s, elementwise_s, matmul_s, optimizer_s
from generator.sizing.train.device import TrainingDevice
from generator.sizing.train.exchange import (
    data_exchange_s,
    expert_exchange_s,
    sharding_exchange_s,
    tensor_exchange_s,
)
from generator.sizing.train.flops import TokenFlops, flops_per_token, pipeline_bubble_ratio
from generator.sizing.train.frameworks import framework_named
from generator.sizing.train.run import TrainingRun, checked
from generator.sizing.train.states import states_of
from generator.sizing.train.work import RankWork


@record
class StepTime(Record):
    """Seconds of one optimizer step by purpose, and the rates that follow.

    The parts add up to ``step_s``. ``idle_s`` is the pipeline's bubble. Rates in FLOP count the
    full square of attention; ``hardware_flops_per_s`` adds what is recomputed.
    """

    matmul_s: float
    attention_s: float
    elementwise_s: float
    tensor_exchange_s: float
    expert_exchange_s: float
    sharding_exchange_s: float
    data_exchange_s: float
    idle_s: float
    optimizer_s: float
    tokens: float
    gpus: int
    model_flops_per_token: float
    hardware_flops_per_token: float
    peak_flops_per_s: float

    @property
    def step_s(self) -> float:
        """Seconds of the whole step."""
        return (
            self.matmul_s
            + self.attention_s
            + self.elementwise_s
            + self.tensor_exchange_s
            + self.expert_exchange_s
            + self.sharding_exchange_s
            + self.data_exchange_s
            + self.idle_s
            + self.optimizer_s
        )

    @property
    def tokens_per_s(self) -> float:
        """Tokens per second of all GPUs together."""
        return self.tokens / self.step_s

    @property
    def tokens_per_s_per_gpu(self) -> float:
        """Tokens per second and GPU."""
        return self.tokens_per_s / self.gpus

    @property
    def flops_per_s_per_gpu(self) -> float:
        """Operations per second and GPU that the model needs, recompute not counted."""
        return self.tokens_per_s_per_gpu * self.model_flops_per_token

    @property
    def hardware_flops_per_s_per_gpu(self) -> float:
        """Operations per second and GPU with what is recomputed."""
        return self.tokens_per_s_per_gpu * self.hardware_flops_per_token

    @property
    def mfu_ratio(self) -> float:
        """Model FLOPs utilisation: share of the peak, recompute not counted."""
        return self.flops_per_s_per_gpu / self.peak_flops_per_s

    @property
    def hfu_ratio(self) -> float:
        """Hardware FLOPs utilisation: the same with what is recomputed."""
        return self.hardware_flops_per_s_per_gpu / self.peak_flops_per_s


def step_time(
    model: Transformer,
    run: TrainingRun,
    device: TrainingDevice,
    *,
    calibration: TrainingCalibration = CALIBRATION,
) -> StepTime:
    """One optimizer step of ``run``.

    Raises ``Nonsense`` for a run that cannot be, see ``run.checked``. A stated utilisation replaces
    the model: all time is then booked as matrix products.
    """
    checked(run)
    recipe = framework_named(run.framework)
    recompute = run.recompute if run.recompute is not None else recipe.recompute
    one = RankWork(
        model=model,
        run=run,
        recipe=recipe,
        device=device,
        calibration=calibration,
        recompute=recompute,
    )
    needed = flops_per_token(model, run.sequence, method=run.method).total
    done = flops_per_token(model, run.sequence, method=run.method, recompute=recompute)
    tokens = float(run.samples_per_step * run.sequence)
    parts = _stated(one, needed, tokens) if run.utilisation_ratio else _parts(one, done)
    return StepTime(
        tokens=tokens,
        gpus=run.gpus,
        model_flops_per_token=needed,
        hardware_flops_per_token=done.total,
        peak_flops_per_s=device.peak_flops_per_s,
        **parts,
    )


_NO_PARTS = dict.fromkeys(
    ("matmul_s", "attention_s", "elementwise_s", "tensor_exchange_s", "expert_exchange_s",
     "sharding_exchange_s", "data_exchange_s", "idle_s", "optimizer_s"),
    0.0,
)  # fmt: skip


def _stated(one: RankWork, flops: float, tokens: float) -> dict[str, float]:
    assert one.run.utilisation_ratio is not None
    rate = one.run.utilisation_ratio * one.device.peak_flops_per_s * one.run.gpus
    return {**_NO_PARTS, "matmul_s": flops * tokens / rate}


def _parts(one: RankWork, done: TokenFlops) -> dict[str, float]:
    """Seconds of the whole step by purpose."""
    passes = one.run.micro_batches
    each = {
        "matmul_s": matmul_s(one, done),
        "attention_s": attention_s(one, done),
        "elementwise_s": elementwise_s(one),
        "tensor_exchange_s": tensor_exchange_s(one),
        "expert_exchange_s": expert_exchange_s(one),
        "sharding_exchange_s": sharding_exchange_s(one),
    }
    parallel = one.run.parallel
    bubble = pipeline_bubble_ratio(
        parallel.pipeline, passes, virtual_stages=parallel.virtual_stages
    )
    states = states_of(one.model, one.run, one.recipe)
    busy = passes * sum(each.values())
    return {
        **{name: passes * seconds for name, seconds in each.items()},
        "idle_s": bubble * busy,
        "data_exchange_s": data_exchange_s(one, states, busy),
        "optimizer_s": optimizer_s(one, states),
    }
