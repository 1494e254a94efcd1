"""The network's share of a training step: what each dimension costs and how much of it shows."""

from __future__ import annotations

from generator.record import Record, record
from generator.sizing.network.constants import Constant
from generator.sizing.nonsense import not_negative, positive, ratio

BACKWARD_SHARE = 2 / 3
"""Share of the compute of a step that is its backward pass: twice the FLOP of the forward one.
Published: Narayanan et al., Efficient Large-Scale Language Model Training, appendix."""

HIDING_SHARE: dict[str, Constant] = {
    "data": Constant(
        value=BACKWARD_SHARE,
        low=0.4,
        high=1.0,
        source="Li et al., PyTorch Distributed, section 3.2.3: buckets go out during backward",
    ),
    "sharded": Constant(
        value=0.9,
        low=0.6,
        high=1.0,
        source="Zhao et al., PyTorch FSDP, section 3.3: the next layer is gathered beforehand",
    ),
    "context": Constant(
        value=0.3,
        low=0.1,
        high=0.5,
        source="Liu et al., Ring Attention, blocks travel during attention: the share is assumed",
    ),
    "pipeline": Constant(
        value=0.5,
        low=0.0,
        high=0.9,
        source="Narayanan et al. (2021), interleaved schedule: the share is assumed",
    ),
    "tensor": Constant(
        value=0.0,
        low=0.0,
        high=0.3,
        source="Shoeybi et al., Megatron-LM, section 3: the layer waits for its all-reduce",
    ),
    "expert": Constant(
        value=0.0,
        low=0.0,
        high=0.5,
        source="Lepikhin et al., GShard: tokens wait for their experts",
    ),
}
"""Share of a step's compute behind which the traffic of a dimension can hide. ``sharded`` is data
parallelism with ZeRO-3 or FSDP, whose gathers run beside both passes."""


@record
class Exchange(Record):
    """One dimension in one step: how long its traffic takes, and how much of that is waited for."""

    dimension: str
    duration_s: float
    exposed_s: float


@record
class StepTime(Record):
    """A step: its compute and its exchanges."""

    compute_s: float
    exchanges: tuple[Exchange, ...]

    @property
    def exposed_s(self) -> float:
        """Seconds in which accelerators wait for the network."""
        return sum(exchange.exposed_s for exchange in self.exchanges)

    @property
    def duration_s(self) -> float:
        """Seconds of the whole step."""
        return self.compute_s + self.exposed_s

    @property
    def exposed_share(self) -> float:
        """The share of the step that is waiting, between 0 and 1."""
        return self.exposed_s / self.duration_s


def exposed_s(traffic_s: float, compute_s: float, hiding_share: float) -> float:
    """Seconds of traffic that compute does not hide: what exceeds the share it can run beside."""
    not_negative("traffic", traffic_s)
    not_negative("compute", compute_s)
    return max(0.0, traffic_s - ratio("hiding_share", hiding_share) * compute_s)


def step_time(compute_s: float, traffic_s: dict[str, float]) -> StepTime:
    """A step from its compute and the seconds of traffic per dimension (keys of ``HIDING_SHARE``).

    Raises ``Nonsense`` for a step without compute, ``KeyError`` for an unknown dimension.
    """
    positive("step.compute", compute_s)
    return StepTime(
        compute_s=compute_s,
        exchanges=tuple(
            Exchange(
                dimension=name,
                duration_s=duration,
                exposed_s=exposed_s(duration, compute_s, HIDING_SHARE[name].value),
            )
            for name, duration in traffic_s.items()
        ),
    )
