"""The conditions of the decision table, by name."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence

from generator.record import Record, record
from generator.sizing.choice.needs import CPU_PHASES, DISTRIBUTED_PHASES, Needs
from generator.sizing.choice.offers import SINGLE, Kind, Offer

SMALL_BATCH = 4
"""Largest batch for which a CPU is considered. Published: inference runs in batches of 1 to 4
(F. Denneman, Machine Learning on VMware Platform Part 3, 2022)."""


@record
class Case(Record):
    """The needs together with what the offers at hand could hold at best.

    ``most_in_host`` is the most GPUs that one host gives to a VM, 0 where no several are offered.
    ``fraction_holds`` and ``single_holds`` say whether any part of a GPU, or any one GPU, has the
    memory.
    """

    needs: Needs
    most_in_host: int
    fraction_holds: bool
    single_holds: bool


_IN_ONE_HOST = (Kind.NVLINK, Kind.PCIE)


def case_of(needs: Needs, offers: Sequence[Offer]) -> Case:
    """What the offers could hold at best."""
    wanted = needs.memory_bytes or 0
    singles = [offer for offer in offers if offer.kind in SINGLE]
    return Case(
        needs=needs,
        most_in_host=max((o.gpus for o in offers if o.kind in _IN_ONE_HOST), default=0),
        # A MIG instance of all slices is no part of a GPU.
        fraction_holds=not singles
        or any(o.usable_bytes >= wanted for o in singles if o.framebuffer_bytes < o.board_bytes),
        single_holds=not singles or any(o.usable_bytes >= wanted for o in singles),
    )


def holds(name: str, case: Case) -> bool:
    """Whether a condition holds; KeyError for a name that the table may not use."""
    return CONDITIONS[name](case)


def cpu_objection(needs: Needs) -> str:
    """Why a CPU would not do, in words; empty where nothing speaks against it."""
    if needs.encodes:
        return "it encodes video on a GPU"
    if needs.gpus > 1:
        return f"it asks for {needs.gpus} GPUs"
    if needs.classic:
        return ""
    if needs.phase == "serving":
        return _service_objection(needs)
    return "it asks for GPU memory" if _asks_for_gpu(needs) else ""


def _service_objection(needs: Needs) -> str:
    if needs.batch is not None and needs.batch > SMALL_BATCH:
        return f"a batch of {needs.batch} is above {SMALL_BATCH}"
    if needs.latency_s is None:
        return "no service level is stated that a CPU could meet"
    if needs.cpu_latency_s is None:
        return "its latency on a CPU is not known: measure it, it may do without a GPU"
    if needs.cpu_latency_s > needs.latency_s:
        return f"{needs.cpu_latency_s:g} s on a CPU exceed {needs.latency_s:g} s"
    return ""


def _asks_for_gpu(needs: Needs) -> bool:
    return needs.wants_gpu or needs.memory_bytes is not None or needs.gpus > 1


def _several(case: Case) -> bool:
    needs = case.needs
    return needs.gpus > 1 or (needs.memory_bytes is not None and not case.single_holds)


def _alone(case: Case) -> bool:
    return case.needs.isolation in ("gpu", "host", "cluster") or case.needs.policy == "full"


def _behind_hardware(case: Case) -> bool:
    return case.needs.isolation == "mig" or case.needs.policy == "mig"


CONDITIONS: Mapping[str, Callable[[Case], bool]] = {
    "wishes-cpu": lambda case: case.needs.wish == "cpu",
    "wishes-passthrough": lambda case: case.needs.wish == "passthrough",
    "wishes-fraction": lambda case: case.needs.wish == "fraction",
    "wishes-full": lambda case: case.needs.wish == "full",
    "wishes-multi": lambda case: case.needs.wish == "multi",
    "classic-model": lambda case: case.needs.classic,
    "one-gpu-at-most": lambda case: case.needs.gpus == 1,
    "no-encoding": lambda case: not case.needs.encodes,
    "encodes": lambda case: case.needs.encodes,
    "serving": lambda case: case.needs.phase == "serving",
    "small-batch": lambda case: (case.needs.batch or 1) <= SMALL_BATCH,
    "cpu-meets-latency": lambda case: not cpu_objection(case.needs),
    "phase-without-gpu": lambda case: case.needs.phase in CPU_PHASES,
    "no-gpu-asked": lambda case: not _asks_for_gpu(case.needs),
    "several-gpus": _several,
    "exceeds-every-host": lambda case: 0 < case.most_in_host < case.needs.gpus,
    "distributable": lambda case: case.needs.phase in DISTRIBUTED_PHASES,
    "vendor-application": lambda case: case.needs.origin == "vendor-app",
    "footprint-unknown": lambda case: case.needs.memory_bytes is None,
    "footprint-known": lambda case: case.needs.memory_bytes is not None,
    "whole-gpu-alone": _alone,
    "no-fraction-holds-it": lambda case: not case.fraction_holds,
    "isolation-demanded": _behind_hardware,
    "production": lambda case: case.needs.production,
    "steady": lambda case: case.needs.steady,
    "latency-stated": lambda case: case.needs.latency_s is not None,
}
