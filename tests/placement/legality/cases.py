"""Small plans for one host, with a name and the rule that they break."""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import Any

from tests.placement.legality.facts import Facts, Gpu, Host, Placement, Windows, Work, WorkGpu
from tests.placement.legality.tables import BOARDS

GIB = 1 << 30
HOUR_S = 3600
DAY_S = 24 * HOUR_S
NIGHT: Windows = ((0, 8 * HOUR_S),)
DAY: Windows = ((8 * HOUR_S, 10 * HOUR_S),)
MORNING: Windows = ((6 * HOUR_S, 6 * HOUR_S),)
SUNDAY_NIGHT: Windows = ((6 * DAY_S + 20 * HOUR_S, 8 * HOUR_S),)

A30 = "nvidia-a30"
A100 = "nvidia-a100-pcie-80"
HGX_A100 = "nvidia-a100-sxm4-80"
B200 = "nvidia-b200-sxm-180"
H100 = "nvidia-h100-pcie-80"
HGX_H100 = "nvidia-h100-sxm5-80"
H200 = "nvidia-h200-sxm-141"
L4 = "nvidia-l4"
L40S = "nvidia-l40s"
RTX = "nvidia-rtx-pro-6000-blackwell-se"
T4 = "nvidia-t4"
V100 = "nvidia-v100-pcie-32"

NEW = {"esx": "8.0U3", "vcenter": "8.0U3", "vgpu_host": "17.4"}


@dataclass(frozen=True)
class Case:
    """A plan with a name, and the rule that it breaks (none: it is legal)."""

    name: str
    rule: str
    facts: Facts
    placements: tuple[Placement, ...]


@dataclass(frozen=True)
class On:
    """A vGPU that a plan puts on a GPU: its code, its place, when, whose, how many GPUs."""

    code: str
    start: int = -1
    windows: Windows = ()
    environment: str = "dev"
    gpus: tuple[int, ...] = (0,)
    nvlink: bool = False
    need: tuple[tuple[str, Any], ...] = ()
    shape: tuple[tuple[str, Any], ...] = ()


def host(model: str, gpus: int = 1, **other: Any) -> Host:
    """A large host with so many GPUs of a model."""
    made = Host(
        name="a",
        site="s",
        cluster="c",
        vcenter="v",
        cores=1024,
        memory_bytes=65536 * GIB,
        gpus=tuple(Gpu(name=f"a/gpu{n}", model=model, pci=f"p{n}") for n in range(gpus)),
    )
    return replace(made, **other)


def plan(name: str, rule: str, on: Host, *vms: On, **facts: Any) -> Case:
    """A plan for one host, with the demands that it serves."""
    placed = tuple(_placed(on, n, vm) for n, vm in enumerate(vms))
    works = tuple(_work(on, n, vm) for n, vm in enumerate(vms))
    stated = {"hosts": (on,), "works": works, "versions": NEW, **facts}
    return Case(name, rule, Facts(**stated), placed)


def _placed(on: Host, number: int, vm: On) -> Placement:
    board = BOARDS.get(on.gpus[vm.gpus[0]].model) if vm.gpus else None
    made = Placement(
        work=f"w{number}",
        environment=vm.environment,
        index=0,
        site=on.site,
        host=on.name,
        cluster=on.cluster,
        vcpus=4,
        memory_bytes=512 * GIB * max(1, len(vm.gpus)),
        profile=f"{board.prefix if board else 'nvidia_gh200'}-{vm.code}" if vm.gpus else "",
        gpus=tuple(f"a/gpu{gpu}" for gpu in vm.gpus),
        start=vm.start,
    )
    return replace(made, **dict(vm.shape))


def _work(on: Host, number: int, vm: On) -> Work:
    gpu = None
    if vm.gpus:
        model = on.gpus[vm.gpus[0]].model
        cut = model in BOARDS and vm.code in BOARDS[model].mig
        made = WorkGpu(
            usable_bytes=0,
            sharing="mig" if cut else "time-sliced",
            gpus=len(vm.gpus),
            nvlink=vm.nvlink,
        )
        gpu = replace(made, **dict(vm.need))
    return Work(f"w{number}", vm.environment, "", 1, 4, 8 * GIB, gpu, vm.windows)
