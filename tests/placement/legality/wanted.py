"""What a random platform is asked for: every kind of demand, and more than there is room for."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import replace
from random import Random

from generator.quantity import GIB, MIB
from generator.sizing.demand import Demand, GpuNeed, RunWindow, Sharing
from generator.supply.model import SiteInventory
from tests.placement.legality.checker import usable_mib
from tests.placement.legality.tables import BOARDS, Board

HOUR_S = 3600
DAY_S = 24 * HOUR_S

NIGHTS = tuple((day * DAY_S + 20 * HOUR_S, 12 * HOUR_S) for day in range(7))
DAYS = tuple((day * DAY_S + 8 * HOUR_S, 12 * HOUR_S) for day in range(7))
WINDOWS = (
    NIGHTS,
    DAYS,
    ((5 * DAY_S, 2 * DAY_S),),
    ((6 * DAY_S, 2 * DAY_S),),
    ((DAY_S, 10 * HOUR_S), (3 * DAY_S, 6 * HOUR_S)),
    ((DAY_S + 5 * HOUR_S, 10 * HOUR_S),),
)
"""Nights, days, weekends, Sunday to Monday, mornings of two days, and one that cuts into them."""

ENVIRONMENTS = ("prod", "dev", "test")
PRECISIONS = ("bf16", "fp8", "fp16-mixed", "int8", "fp4", "tf32")


def demands(random: Random, sites: Mapping[str, SiteInventory]) -> tuple[Demand, ...]:
    """A handful of demands of every kind, then such as fill what is left."""
    here = [gpu.model for site in sites.values() for host in site.hosts for gpu in host.gpus]
    models = [model for model in here if model in BOARDS]
    environments = ENVIRONMENTS[: random.choice((1, 2, 2, 3))]
    weekly = random.random() < 0.35
    found: list[Demand] = []
    for number in range(random.randint(2, 6)):
        made = _demand(random, f"d{number}", random.choice(environments), models)
        if weekly and random.random() < 0.7:
            made = replace(made, windows=_windows(random), permanent=False)
        if random.random() < 0.1:
            made = replace(made, site=random.choice(sorted(sites)))
        found.append(made)
    if models and random.random() < 0.9:
        found += _fillers(random, environments, models)
    return tuple(found)


def _windows(random: Random) -> tuple[RunWindow, ...]:
    return tuple(
        RunWindow(start_s=start, duration_s=lasts) for start, lasts in random.choice(WINDOWS)
    )


def _demand(random: Random, name: str, environment: str, models: list[str]) -> Demand:
    gpu = None
    if models and random.random() < 0.9:
        model = random.choice(models)
        gpu = _need(random, model, BOARDS[model])
    count = random.choice((1, 2, 3, 5, 9))
    return Demand(
        name=name,
        environment=environment,
        orchestrator=environment,
        group="all",
        site="",
        team="t",
        phase=random.choice(("training", "serving", "hpo", "notebooks")),
        count=count,
        minimum=random.choice((0, 1, count)),
        vcpus=random.choice((2, 4, 8, 12)),
        memory_bytes=random.choice((8, 16, 32, 48, 0 if gpu else 24)) * GIB,
        priority=random.randint(0, 3),
        permanent=random.random() < 0.4,
        gpu=gpu,
        cpu_overcommit=random.choice((1.0, 1.0, 1.5, 3.0, 4.0)),
    )


def _need(random: Random, model: str, board: Board) -> GpuNeed:
    """A part of a GPU by its memory or by name, a MIG instance, a whole GPU, or several."""
    kinds = ["part", "part", "part by name", "part by name", "whole", "several", "several"]
    kinds += ["MIG", "MIG", "MIG by name"] if board.mig else []
    kind = random.choice(kinds)
    need = _several(random, board)
    if kind == "whole":
        need = GpuNeed(memory_bytes=0, sharing=Sharing.NONE)
    elif kind.startswith("part"):
        code = f"{random.choice(list(board.counts))}c"
        need = _leaving(random, board, code, Sharing.TIME_SLICED, by_name=kind.endswith("name"))
    elif kind.startswith("MIG"):
        code = random.choice([code for code, mig in board.mig.items() if not mig.media])
        need = _leaving(random, board, code, Sharing.MIG, by_name=kind.endswith("name"))
    if random.random() < 0.25:
        need = replace(need, model=model)
    if random.random() < 0.2:
        need = replace(need, precision=random.choice(PRECISIONS))
    return need


def _leaving(
    random: Random, board: Board, code: str, sharing: Sharing, *, by_name: bool
) -> GpuNeed:
    """A need that a type just meets, or just does not; or that states the type."""
    usable = usable_mib(board, code) * MIB
    if by_name:
        return GpuNeed(
            memory_bytes=min(usable, GIB), sharing=sharing, profile=f"{board.prefix}-{code}"
        )
    asked = random.choice((usable, usable + 1, usable // 2, usable - 100 * MIB))
    return GpuNeed(memory_bytes=asked, sharing=sharing, compute_first=random.random() < 0.5)


def _several(random: Random, board: Board) -> GpuNeed:
    linked = bool(board.groups) and random.random() < 0.8
    sizes = board.groups if linked else (2, 2, 3, 4)
    return GpuNeed(memory_bytes=0, sharing=Sharing.NONE, gpus=random.choice(sizes), nvlink=linked)


def _fillers(random: Random, environments: tuple[str, ...], models: list[str]) -> Iterator[Demand]:
    """Small VMs of low priority for what is left of each model, by slices and by time."""
    for model in sorted(set(models)):
        board, gpus = BOARDS[model], models.count(model)
        for number, environment in enumerate(environments):
            smallest = min(board.counts)
            kinds = {f"{smallest}c": (Sharing.TIME_SLICED, board.counts[smallest])}
            halves = [size for size in board.counts if size in (8, 10, 11, 12, 20, 23, 24)]
            for size in random.sample(halves, min(1, len(halves))):
                kinds[f"{size}c"] = (Sharing.TIME_SLICED, board.counts[size])
            if board.mig and random.random() < 0.7:
                code = [c for c, mig in board.mig.items() if mig.instance.compute == 1][-1]
                code = code.removesuffix("me")
                kinds[code] = (Sharing.MIG, board.mig[code].instance.most)
            kinds["whole"] = (Sharing.NONE, 1)
            for code, (sharing, most) in kinds.items():
                profile = "" if code == "whole" else f"{board.prefix}-{code}"
                gpu = GpuNeed(memory_bytes=0, sharing=sharing, model=model, profile=profile)
                priority = random.choice((8, 9)) if code == "whole" else 8
                yield _filler(f"f{number}-{model}-{code}", environment, most * gpus, priority, gpu)


def _filler(name: str, environment: str, count: int, priority: int, gpu: GpuNeed) -> Demand:
    return Demand(
        name=name,
        environment=environment,
        orchestrator=environment,
        group="all",
        site="",
        team="t",
        phase="notebooks",
        count=count,
        minimum=0,
        vcpus=2,
        memory_bytes=8 * GIB,
        priority=priority,
        permanent=False,
        gpu=gpu,
        cpu_overcommit=4.0,
    )
