"""Where a workload comes from, and what a cloud prototype needs when it comes home.

Sources: requirements S1-1; field rule F39.
"""

from __future__ import annotations

from collections.abc import Mapping

from generator.catalog.accelerator import Accelerator
from generator.ledger import Basis
from generator.record import Record, record
from generator.sizing.choice.cloud import Instance, instance
from generator.sizing.choice.precision import computed_in
from generator.sizing.nonsense import Nonsense, positive
from generator.sizing.queueing.whole import rounded_up

TARGET_UTILISATION = 0.8
"""How busy the GPUs of a plan may be on average. Assumed."""
TARGET_UTILISATION_RANGE = (0.6, 0.9)
"""Where that may lie: above it queues grow fast, below it GPUs are bought to idle."""


@record
class OriginFacts(Record):
    """What follows from an origin: the stacks that it needs and what must be stated for it."""

    stacks: tuple[str, ...]
    requires: str
    reason: str


ORIGINS: Mapping[str, OriginFacts] = {
    "vendor-app": OriginFacts(
        stacks=("inference", "availability-monitoring"),
        requires="shape",
        reason="a bought appliance is a VM of fixed shape: its model is its vendor's business",
    ),
    "built": OriginFacts(
        stacks=("model-development", "training", "deployment", "inference", "model-monitoring"),
        requires="",
        reason="what is built here is also trained, deployed and watched here",
    ),
    "repatriated": OriginFacts(
        stacks=("model-development", "training", "deployment", "inference", "model-monitoring"),
        requires="calibration",
        reason="its use in the cloud is measured already: size from that, not from a guess",
    ),
}
"""By the words of ``workloads[].origin``."""


@record
class Calibrated(Record):
    """What a prototype used in its cloud, and what that comes to here.

    ``gpus_rented`` is what was paid for, ``gpus_busy`` that times the utilisation (None where it is
    not known). ``gpus`` are GPUs to plan, ``gpus_low`` and ``gpus_high`` its range;
    ``memory_bytes_most`` bounds what one of them needs: more did not fit there. Utilisation of a
    GPU counts the time in which anything ran on it, so ``gpus`` is an upper bound.
    """

    instance: Instance
    gpus_rented: float
    gpus_busy: float | None
    gpus: int
    gpus_low: int
    gpus_high: int
    memory_bytes_most: int
    vcpus: int
    host_memory_bytes: int
    basis: Basis
    reason: str


def missing_for(
    origin: str,
    *,
    shape: bool = False,
    instance_type: str | None = None,
    usage_export: str | None = None,
) -> str:
    """What a workload of that origin still has to state, in words; empty where nothing is missing.

    Raises ``Nonsense`` for an unknown origin.
    """
    if origin not in ORIGINS:
        raise Nonsense(
            "workloads.origin", f"{origin!r} is not known", f"state one of {', '.join(ORIGINS)}"
        )
    wanted = ORIGINS[origin].requires
    if wanted == "shape" and not shape:
        return "workloads.shape: what the vendor of the application asks for"
    if wanted == "calibration" and not (instance_type or usage_export):
        return "workloads.calibration: the instance type in the cloud, or an export of its use"
    return ""


def calibrate(
    instance_type: str,
    *,
    rented: Accelerator,
    target: Accelerator,
    instances: int = 1,
    utilisation_ratio: float | None = None,
    precision: str = "bf16",
) -> Calibrated:
    """The GPUs of ``target`` that do the work of a prototype on ``rented``.

    GPUs rented x utilisation x peak of the rented GPU / (peak of the target x planned utilisation),
    rounded up; one for one where a peak is not known, or the utilisation. ``rented`` is the
    catalogue's GPU that ``cloud.instance`` names. Raises ``Nonsense`` for an unknown instance type,
    another GPU than its own, and figures out of range.
    """
    known = _known(instance_type)
    if rented.id != known.accelerator:
        raise Nonsense(
            "workloads.calibration.instance_type",
            f"{known.name} has {known.accelerator} and not {rented.id}",
            "give the GPU that the instance type has",
        )
    positive("workloads.calibration.instances", instances)
    gpus = known.gpus * instances
    if utilisation_ratio is None:
        all_of_them = rounded_up(gpus)
        counts = (all_of_them, 1, all_of_them)
        reason = "how busy the GPUs were is not known: as many as were rented"
    else:
        _utilisation(utilisation_ratio)
        scale = utilisation_ratio * _peak_ratio(rented, target, precision)
        low, high = TARGET_UTILISATION_RANGE
        counts = (
            rounded_up(gpus * scale / TARGET_UTILISATION),
            rounded_up(gpus * scale / high),
            rounded_up(gpus * scale / low),
        )
        reason = (
            f"{gpus:g} GPUs x {utilisation_ratio:.0%} busy, scaled by the peaks in {precision}, "
            f"planned to be {TARGET_UTILISATION:.0%} busy here"
        )
    return Calibrated(
        instance=known,
        gpus_rented=gpus,
        gpus_busy=None if utilisation_ratio is None else gpus * utilisation_ratio,
        gpus=counts[0],
        gpus_low=counts[1],
        gpus_high=counts[2],
        memory_bytes_most=int(rented.passthrough_memory_bytes * min(1.0, known.gpus)),
        vcpus=known.vcpus * instances,
        host_memory_bytes=known.memory_bytes * instances,
        basis=Basis.ASSUMED if utilisation_ratio is None else Basis.MEASURED,
        reason=reason,
    )


def _known(instance_type: str) -> Instance:
    known = instance(instance_type)
    if known is None:
        raise Nonsense(
            "workloads.calibration.instance_type",
            f"{instance_type!r} is no instance type that mlgen knows",
            "state the GPUs under accelerator, or give a usage export",
        )
    return known


def _utilisation(value: float) -> None:
    if not 0.0 < value <= 1.0:
        raise Nonsense(
            "workloads.calibration.gpu_utilisation",
            f"{value:g} is no share of the time",
            "state above 0 % to 100 %, or leave it out",
        )


def _peak_ratio(rented: Accelerator, target: Accelerator, precision: str) -> float:
    """Peak of the rented GPU over that of the target; 1 where one of them is not known."""
    peaks = []
    for gpu in (rented, target):
        name = computed_in(gpu, precision) or "fp16"
        peaks.append(gpu.peak_dense_tflops.get(name))
    old, new = peaks
    return old / new if old and new else 1.0
