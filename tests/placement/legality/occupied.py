"""What runs on a random host already: vGPUs of others in every mode, whole GPUs, our own VMs."""

from __future__ import annotations

from dataclasses import replace
from random import Random

from generator.blueprint.model.hosts import GpuDevice, Host
from generator.quantity import GIB, Quantity
from generator.supply.model import RunningVgpu, RunningVm
from tests.placement.legality.tables import (
    BOARDS,
    MIXED_SIZE_IDS,
    MOST_COMPUTE_SLICES,
    Board,
)

KINDS = (
    "none",
    "held",
    "same-size tenant",
    "mixed-size tenant",
    "mixed-size tenant without place",
    "MIG tenant",
    "MIG tenant without place",
    "tenant of another series",
    "passthrough",
    "powered off",
    "ours",
    "vGPU on no known device",
    "maintenance",
    "reserved for others",
)
"""The kinds of occupancy, as coverage counts them."""


def occupy(random: Random, host: Host, share: float) -> tuple[Host, list[RunningVm]]:
    """A host with something on this share of its GPUs."""
    gpus: list[GpuDevice] = []
    running: list[RunningVm] = []
    for index, gpu in enumerate(host.gpus):
        vms: list[RunningVm] = []
        if random.random() < share and gpu.model in BOARDS:
            gpu, vms = _on_gpu(random, host.name, index, gpu)  # noqa: PLW2901
        gpus.append(gpu)
        running += vms
    if host.gpus and host.gpus[0].model in BOARDS and random.random() < 0.1 * share + 0.01:
        board = BOARDS[host.gpus[0].model]
        running.append(_vm(host.name, "lost", RunningVgpu(profile=_whole(board))))
    if random.random() < 0.1:
        running.append(replace(_vm(host.name, "plain"), vcpu=random.choice((2, 8))))
    return replace(host, gpus=tuple(gpus)), running


def _on_gpu(
    random: Random, host: str, index: int, gpu: GpuDevice
) -> tuple[GpuDevice, list[RunningVm]]:
    board = BOARDS[gpu.model]
    kinds = [*KINDS[1:3], "passthrough", "powered off", "ours", "tenant of another series"]
    kinds += KINDS[3:5] * 2 if board.mixed else ()
    kinds += KINDS[5:7] if board.mig else ()
    kinds += KINDS[5:6] if board.mig else ()
    kind = random.choice(kinds)
    name = f"g{index}"
    if kind == "held":
        return replace(gpu, held_by="vdi"), []
    if kind == "passthrough":
        return replace(gpu, mode="passthrough"), [_vm(host, name, passthrough=(str(gpu.pci),))]
    if kind == "tenant of another series":
        return gpu, [_vm(host, name, RunningVgpu(profile=f"{board.prefix}-2q", pci=gpu.pci))]
    if kind in ("same-size tenant", "powered off", "ours"):
        return _same_size(random, kind, host, name, gpu)
    vgpus = _mixed(random, board) if kind.startswith("mixed") else _cut(random, board)
    known = not kind.endswith("without place")
    vms = [
        _vm(
            host,
            f"{name}-{n}",
            RunningVgpu(
                profile=f"{board.prefix}-{code}", pci=gpu.pci, placement=start if known else None
            ),
        )
        for n, (code, start) in enumerate(vgpus)
    ]
    if kind.startswith("mixed"):
        sizes = {code for code, _ in vgpus}
        said = True if len(sizes) == 1 else random.choice((True, None))
        return replace(gpu, mode="time-sliced", mixed_size=said), vms
    shared = any(board.mig[code].share > 1 for code, _ in vgpus)
    return replace(gpu, mode="mig-time-sliced" if shared else "mig"), vms


def _same_size(
    random: Random, kind: str, host: str, name: str, gpu: GpuDevice
) -> tuple[GpuDevice, list[RunningVm]]:
    board = BOARDS[gpu.model]
    size = random.choice(list(board.counts))
    count = random.randint(1, min(3, board.counts[size]))
    profile = f"{board.prefix}-{size}c"
    said = random.choice((None, False))
    vms = [
        replace(
            _vm(host, f"{name}-{n}", RunningVgpu(profile=profile, pci=gpu.pci)),
            power="off" if kind == "powered off" else random.choice((None, "on")),
            foreign=False if kind == "ours" else random.choice((None, True)),
        )
        for n in range(count)
    ]
    return replace(gpu, mode="time-sliced", mixed_size=said), vms


def _vm(
    host: str, name: str, vgpu: RunningVgpu | None = None, passthrough: tuple[str, ...] = ()
) -> RunningVm:
    return RunningVm(
        name=f"{host}-{name}",
        host=host,
        foreign=True,
        vcpu=4,
        memory_bytes=Quantity(16 * GIB),
        vgpus=(vgpu,) if vgpu else (),
        passthrough=passthrough,
    )


def _whole(board: Board) -> str:
    return f"{board.prefix}-{board.gb}c"


def _mixed(random: Random, board: Board) -> list[tuple[str, int]]:
    """One to three vGPUs at placement ids that do not overlap."""
    ids = [
        (size, start)
        for size, starts in MIXED_SIZE_IDS[board.mixed].items()
        for start in starts
        if size != board.gb
    ]
    random.shuffle(ids)
    taken: set[int] = set()
    found: list[tuple[str, int]] = []
    for size, start in ids:
        span = set(range(start, start + size))
        if len(found) < random.choice((1, 2, 3)) and not taken & span:
            taken |= span
            found.append((f"{size}c", start))
    return found


def _cut(random: Random, board: Board) -> list[tuple[str, int]]:
    """One to three MIG instances that do not overlap, some with several vGPUs where that can be."""
    places = [(code, start) for code, mig in board.mig.items() for start in mig.instance.starts]
    random.shuffle(places)
    wanted = random.choice((1, 2, 3))
    taken: set[int] = set()
    compute, media = 0, False
    found: list[tuple[str, int]] = []
    for code, start in places:
        mig = board.mig[code]
        span = set(range(start, start + mig.instance.size))
        compute_left = MOST_COMPUTE_SLICES[board.geometry] - compute
        if wanted == 0 or taken & span or mig.instance.compute > compute_left:
            continue
        if mig.media and media:
            continue
        taken |= span
        compute += mig.instance.compute
        media |= mig.media
        wanted -= 1
        found += [(code, start)] * random.randint(1, mig.share)
    return found
