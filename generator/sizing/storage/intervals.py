"""How often to save a run, how often it fails, and what both cost.

Sources: J. W. Young, A first order approximation to the optimum checkpoint interval (1974);
J. T. Daly, A higher order estimate of the optimum checkpoint interval for restart dumps (2006);
Llama Team, The Llama 3 Herd of Models, section 3.3.4 (interruptions of a run on 16,384 GPUs).
"""

from __future__ import annotations

from math import sqrt

from generator.record import Record, record
from generator.sizing.nonsense import Nonsense, not_negative, positive

_HOUR = 3600
_DAY = 86_400

GPU_MTBF_S = 54 * _DAY * 16_384 / 419
"""Mean time between unexpected interruptions of a run, per GPU: about 50,700 h. Published: Llama 3,
419 in 54 days on 16,384 H100; 59 % of them were GPUs, so other hosts, software and networks
differ."""

GPU_MTBF_RANGE = (GPU_MTBF_S / 2, 2 * GPU_MTBF_S)
"""Assumed range of ``GPU_MTBF_S`` on other machines: half and double, 25,000 to 100,000 h."""


def observed_mtbf(*, duration_s: float, interruptions: int) -> float:
    """Seconds between the interruptions of a system that was watched for ``duration_s``."""
    watched = positive("duration", duration_s)
    return watched / positive("interruptions", interruptions)


def observed_gpu_mtbf(*, duration_s: float, interruptions: int, gpus: int) -> float:
    """GPU-seconds per interruption: the mean time between failures that each GPU answers for."""
    watched = observed_mtbf(duration_s=duration_s, interruptions=interruptions)
    return watched * positive("gpus", gpus)


def job_mtbf(*, gpus: int, gpu_mtbf_s: float = GPU_MTBF_S) -> float:
    """Seconds between failures of a job that stops when any of its GPUs does."""
    return positive("gpu_mtbf", gpu_mtbf_s) / positive("gpus", gpus)


def expected_failures(*, duration_s: float, gpus: int, gpu_mtbf_s: float = GPU_MTBF_S) -> float:
    """Failures that a run of ``duration_s`` meets on average."""
    return not_negative("duration", duration_s) / job_mtbf(gpus=gpus, gpu_mtbf_s=gpu_mtbf_s)


def young_interval(*, write_s: float, mtbf_s: float) -> float:
    """Seconds of work between checkpoints that lose least: sqrt(2 x write time x MTBF).

    Young (1974), for write times far below the MTBF. Raises ``Nonsense`` from half the MTBF on.
    """
    _far_below(write_s, mtbf_s)
    return sqrt(2 * write_s * mtbf_s)


def daly_interval(*, write_s: float, mtbf_s: float) -> float:
    """The same with Daly's correction (2006, equation 37): the whole MTBF where writing is slow.

    ``sqrt(2CM) (1 + sqrt(C/2M)/3 + (C/2M)/9) - C`` below ``C = 2M``, else ``M``.
    """
    write, mtbf = positive("checkpoint.stall", write_s), positive("mtbf", mtbf_s)
    if write >= 2 * mtbf:
        return mtbf
    share = write / (2 * mtbf)
    return sqrt(2 * write * mtbf) * (1 + sqrt(share) / 3 + share / 9) - write


def lost_ratio(
    *, write_s: float, mtbf_s: float, interval_s: float, restart_s: float = 0.0
) -> float:
    """Share of the time that goes to checkpoints, repeated work and restarts.

    ``C/tau + tau/(2M) + restart/M`` (Young's cost function): each interval is written once, and a
    failure costs half an interval on average. A first-order share; it can exceed 1.
    """
    interval = positive("checkpoint.interval", interval_s)
    mtbf = positive("mtbf", mtbf_s)
    written = positive("checkpoint.stall", write_s) / interval
    return written + interval / (2 * mtbf) + not_negative("restart", restart_s) / mtbf


def available_ratio(
    *, write_s: float, mtbf_s: float, interval_s: float, restart_s: float = 0.0
) -> float:
    """Share of the time in which the run gets on; machine time is work divided by it.

    Raises ``Nonsense`` where checkpoints and failures take all of it.
    """
    lost = lost_ratio(write_s=write_s, mtbf_s=mtbf_s, interval_s=interval_s, restart_s=restart_s)
    if lost >= 1:
        raise Nonsense(
            "checkpoint.interval",
            f"a failure every {mtbf_s:.0f} s leaves no time for work",
            "write faster, save less, or run on fewer GPUs",
        )
    return 1 - lost


@record
class SavingPlan(Record):
    """How a run is saved: every ``interval_s`` for ``write_s``, and what that costs.

    ``lost_at_most_s`` is the work that a failure destroys in the worst case; ``capped`` says that
    an allowed loss, and not the optimum, set the interval.
    """

    interval_s: float
    write_s: float
    mtbf_s: float
    lost_ratio: float
    available_ratio: float
    lost_at_most_s: float
    capped: bool


def saving_plan(
    *,
    write_s: float,
    gpus: int,
    gpu_mtbf_s: float = GPU_MTBF_S,
    restart_s: float = 0.0,
    allowed_loss_s: float | None = None,
) -> SavingPlan:
    """The cheapest interval for a job of ``gpus`` GPUs, no longer than an allowed loss permits.

    A failure during the write loses the interval and the write. Raises ``Nonsense`` where the
    allowed loss is shorter than a write, and where no time is left for work.
    """
    mtbf = job_mtbf(gpus=gpus, gpu_mtbf_s=gpu_mtbf_s)
    best = daly_interval(write_s=write_s, mtbf_s=mtbf)
    allowed = best if allowed_loss_s is None else allowed_loss_s - write_s
    if not allowed > 0:
        raise Nonsense(
            "checkpoint.interval",
            f"a write takes {write_s:.0f} s, more than the {allowed_loss_s:.0f} s that may be lost",
            "allow a longer loss, or a store that writes faster",
        )
    interval = min(best, allowed)
    return SavingPlan(
        interval_s=interval,
        write_s=write_s,
        mtbf_s=mtbf,
        lost_ratio=lost_ratio(
            write_s=write_s, mtbf_s=mtbf, interval_s=interval, restart_s=restart_s
        ),
        available_ratio=available_ratio(
            write_s=write_s, mtbf_s=mtbf, interval_s=interval, restart_s=restart_s
        ),
        lost_at_most_s=interval + write_s,
        capped=interval < best,
    )


def _far_below(write_s: float, mtbf_s: float) -> None:
    if positive("checkpoint.stall", write_s) >= positive("mtbf", mtbf_s) / 2:
        raise Nonsense(
            "checkpoint.stall",
            f"a write of {write_s:.0f} s is no small share of {mtbf_s:.0f} s between failures",
            "write faster, or take Daly's interval",
        )
