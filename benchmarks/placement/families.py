"""Seeded families of platforms for the gap between plans and their proven bound."""

from __future__ import annotations

import random
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass

from generator.catalog import Catalog
from generator.placement.hosts.stock import Gpu, Host
from generator.quantity import GIB
from generator.sizing.demand import Demand, GpuNeed, Sharing

CATALOG = Catalog.builtin()
L40S = "nvidia-l40s"
H100 = "nvidia-h100-pcie-80"
SXM = "nvidia-h100-sxm5-80"
NVL = "nvidia-h100-nvl-94"

ALIGNED = ("h100-80c", "h100-40c", "h100-20c", "h100-10c")
UNALIGNED = {
    L40S: ("l40s-24c", "l40s-16c", "l40s-12c", "l40s-8c"),
    H100: ("h100-40c", "h100-20c", "h100-16c", "h100-10c", "h100-8c"),
    NVL: ("47c", "23c", "15c", "11c"),
}
MIG = ("4-40c", "3-40c", "2-20c", "1-20c", "1-10c")


@dataclass(frozen=True)
class Case:
    """Demands and hosts; ``spare`` hosts must be able to fail."""

    demands: tuple[Demand, ...]
    hosts: tuple[Host, ...]
    spare: int = 0


def profiles(model: str, ends: Sequence[str]) -> list[str]:
    """The names of profiles of a model by their ends; ``40c`` is not ``4-40c``."""
    names = [p.name for p in CATALOG.accelerator(model).profiles]
    wanted = {end.rpartition("h100-")[2].rpartition("l40s-")[2] for end in ends}
    return [name for name in names if name.partition("-")[2] in wanted]


def demand(
    number: int,
    model: str,
    profile: str,
    vcpus: int,
    gib: int,
    *,
    gpus: int = 1,
    nvlink: bool = False,
) -> Demand:
    known = CATALOG.accelerator(model).profile(profile)
    return Demand(
        name=f"d{number:05d}",
        environment="dev" if number % 3 else "prod",
        orchestrator="dev",
        group="all",
        site="",
        team="t",
        phase="training",
        count=1,
        minimum=1,
        vcpus=vcpus,
        memory_bytes=gib * GIB,
        priority=1,
        permanent=False,
        gpu=GpuNeed(
            memory_bytes=0,
            sharing=Sharing.MIG if known.is_mig else Sharing.TIME_SLICED,
            gpus=gpus,
            nvlink=nvlink,
            model=model,
            profile=profile,
        ),
    )


def host(number: int, models: Sequence[str], cores: int, gib: int, nvlink: str = "") -> Host:
    name = f"esx-{number:04d}"
    half = max(1, len(models) // 2)
    return Host(
        name=name,
        site="s",
        cluster="c",
        vcenter="v",
        zone="z",
        numa_nodes=2,
        free_cores=cores,
        free_memory_bytes=gib * GIB,
        numa_cores=cores // 2,
        numa_memory_bytes=gib * GIB // 2,
        nvlink=nvlink,
        gpus=tuple(
            Gpu(
                host=name,
                index=n,
                pci=f"0000:{n:02x}:00.0",
                model=model,
                numa=n // half if n // half < 2 else 1,
                mode="",
                held_by="",
            )
            for n, model in enumerate(models)
        ),
    )


def sizes_of(demands: Sequence[Demand]) -> Iterator[tuple[str, float]]:
    """What each demand takes of GPUs of its model, by framebuffer."""
    for each in demands:
        assert each.gpu is not None
        board = CATALOG.accelerator(each.gpu.model)
        known = board.profile(each.gpu.profile)
        whole = 1 / known.max_per_gpu if known.is_mig else 0.0
        share = max(whole, known.framebuffer_mib / board.framebuffer_mib)
        yield each.gpu.model, each.gpu.gpus * share


def enough(demands: Sequence[Demand], room: float, gpus: int, cores: int, gib: int) -> int:
    """Hosts of which the fullest resource is taken to 1 / ``room``."""
    need = max(
        sum(share for _, share in sizes_of(demands)) / gpus,
        sum(each.vcpus for each in demands) / cores,
        sum(each.memory_bytes for each in demands) / GIB / gib,
    )
    return int(need * room) + 2


def single(
    model: str,
    ends: Sequence[str],
    vcpus: Sequence[int],
    gib: Sequence[int],
    cores: int,
    ram: int,
    room: float = 1.2,
) -> Callable[[random.Random, int], Case]:
    """Vgpus of some profiles on hosts with eight GPUs of a model."""

    def made(rng: random.Random, count: int) -> Case:
        names = profiles(model, ends)
        weights = [rng.uniform(0.2, 1.0) for _ in names]
        drawn = rng.choices(names, weights, k=count)
        demands = tuple(
            demand(n, model, name, rng.choice(vcpus), rng.choice(gib))
            for n, name in enumerate(drawn)
        )
        hosts = enough(demands, room, 8, cores, ram)
        return Case(demands, tuple(host(n, (model,) * 8, cores, ram) for n in range(hosts)))

    return made


def nvlink(rng: random.Random, count: int) -> Case:
    """Whole groups of 2, 4 and 8 joined GPUs beside fractions."""
    names = profiles(SXM, ("40c", "20c", "16c", "10c"))
    (whole,) = profiles(SXM, ("80c",))
    demands = []
    for n in range(count):
        gpus = rng.choices((1, 2, 4, 8), (80, 12, 6, 2))[0]
        name = rng.choice(names) if gpus == 1 else whole
        demands.append(demand(n, SXM, name, 4 * gpus, 64 * gpus, gpus=gpus, nvlink=gpus > 1))
    hosts = enough(demands, 1.2, 8, 224, 2048)
    return Case(
        tuple(demands), tuple(host(n, (SXM,) * 8, 224, 2048, "nvswitch") for n in range(hosts))
    )


def three_models(rng: random.Random, count: int) -> Case:
    """Hosts of three models in one cluster, each with its own profiles."""
    models = (L40S, H100, NVL)
    demands = tuple(
        demand(n, model, rng.choice(profiles(model, UNALIGNED[model])), 4, rng.choice((32, 64)))
        for n in range(count)
        for model in [rng.choice(models)]
    )
    hosts = []
    for place, model in enumerate(models):
        mine = [each for each in demands if each.gpu and each.gpu.model == model]
        needed = range(enough(mine, 1.2, 8, 128, 2048))
        hosts += [host(1000 * place + n, (model,) * 8, 128, 2048) for n in needed]
    return Case(demands, tuple(hosts))


def spare(rng: random.Random, count: int) -> Case:
    """One host may fail, and there are few more than that takes."""
    case = single(H100, UNALIGNED[H100], (4, 8), (32,), 192, 2048)(rng, count)
    hosts = enough(case.demands, 1.02, 8, 192, 2048) + 1
    return Case(case.demands, case.hosts[:hosts], spare=1)


FAMILIES: dict[str, Callable[[random.Random, int], Case]] = {
    "aligned 80": single(H100, ALIGNED, (4, 8), (32,), 192, 2048),
    "unaligned 48": single(L40S, UNALIGNED[L40S], (4, 8), (32,), 192, 2048),
    "unaligned 80": single(H100, UNALIGNED[H100], (4, 8), (32,), 192, 2048),
    "unaligned 94": single(NVL, UNALIGNED[NVL], (4, 8), (32,), 192, 2048),
    "MIG": single(H100, MIG, (4, 8), (32,), 192, 2048),
    "MIG and vGPU": single(H100, (*MIG, "40c", "16c", "10c"), (4, 8), (32,), 192, 2048),
    "NVLink groups": nvlink,
    "CPU-bound": single(H100, ("20c", "16c", "10c"), (8, 12, 16), (32,), 128, 4096, 1.05),
    "RAM-bound": single(H100, ("20c", "16c", "10c"), (4,), (64, 96, 128), 256, 1024, 1.05),
    "three models": three_models,
    "N+1": spare,
}
"""Families by name; one of them is aligned."""
