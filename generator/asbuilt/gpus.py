"""GPU by GPU: its mode, what runs on it, and what is free, uncertain or stranded, with the reason.

Geometry and legality are placement's; what vSphere alone knows (graphics types) is added here.
"""

from __future__ import annotations

from collections.abc import Sequence

from generator.asbuilt.model import OFF, UNKNOWN, Framebuffer, GpuSeen, Tenancy
from generator.catalog import Catalog
from generator.placement.devices.geometry import Board
from generator.placement.devices.shapes import Mode
from generator.placement.hosts.beside import Beside, beside, mode_of
from generator.placement.hosts.standing import MODE_OF_FACTS
from generator.placement.hosts.stock import Gpu
from generator.vcenter.snapshot import Seen

SHARED_DIRECT = "sharedDirect"
"""The graphics type in which a host gives vGPUs (vSphere Web Services API, HostGraphicsInfo)."""
_NO_PLACE = {
    Mode.MIXED_SIZE: "no placement id of the board's profiles is wholly free",
    Mode.MIG: "no MIG profile of the board fits the slices that are left",
    Mode.MIG_TIME_SLICED: "no MIG profile of the board fits the slices that are left",
}
NOT_TOLD = "its graphics type was not read"
_TOLD_NOWHERE = "vSphere does not tell where vGPUs sit: more fits only if they sit luckily"


class Boards:
    """The boards of the catalogue, and what was found out about GPUs that stand alike."""

    def __init__(self, catalog: Catalog) -> None:
        self._catalog = catalog
        self._boards: dict[str, Board] = {}
        self._known: dict[tuple[object, ...], Beside | None] = {}

    def __getitem__(self, model: str) -> Board:
        """The board of a model of the catalogue."""
        if model not in self._boards:
            self._boards[model] = Board(self._catalog.accelerator(model))
        return self._boards[model]

    def beside(self, gpu: Gpu) -> Beside | None:
        """What a GPU has left; GPUs that stand alike are looked at once."""
        alike = tuple((tenant.profile, tenant.start) for tenant in gpu.tenants)
        key = (gpu.model, gpu.mode, gpu.mixed_size, bool(gpu.held_by), alike)
        if key not in self._known:
            self._known[key] = beside(gpu, self[gpu.model])
        return self._known[key]


def gpu_seen(gpu: Gpu, seen: Seen | None, boards: Boards, *, direct: bool = False) -> GpuSeen:
    """A GPU of a host that carries VMs; ``seen`` is vCenter's word about the device.

    ``direct`` says that its holder has it by DirectPath.
    """
    board = boards[gpu.model]
    why_not = _no_vgpu(gpu, seen, board)
    if gpu.held_by:
        return _held(gpu, board, gpu.held_by, _holding(gpu, direct=direct))
    if why_not:
        return _without_vgpus(gpu, board, why_not)
    found = boards.beside(gpu)
    if found is None:
        return _held(gpu, board, "", _strange(gpu, board))
    return GpuSeen(
        name=gpu.name,
        pci=gpu.pci,
        model=gpu.model,
        mode=found.mode.value,
        tenants=_tenants(gpu),
        held_by="",
        framebuffer=Framebuffer(
            total_mib=board.total_mib,
            used_mib=found.used_mib,
            free_mib=found.free_mib,
            uncertain_mib=found.uncertain_mib,
            stranded_mib=found.stranded_mib,
        ),
        more=found.more,
        starts=found.starts,
        why="; ".join(_reasons(gpu, found)),
    )


def shut_gpu(name: str, pci: str, model: str, mode: str, why: str, boards: Boards) -> GpuSeen:
    """A GPU of a host that carries nothing now."""
    total = boards[model].total_mib
    return GpuSeen(
        name=name,
        pci=pci,
        model=model,
        mode=mode,
        tenants=(),
        held_by="",
        framebuffer=Framebuffer(total_mib=total, shut_mib=total),
        more=(),
        why=why,
    )


def mode_word(mode: str | None, *, mixed_size: bool | None) -> str:
    """The mode of a GPU as its facts state it."""
    if mode == "time-sliced":
        return (Mode.MIXED_SIZE if mixed_size else Mode.SAME_SIZE).value
    known = MODE_OF_FACTS.get(mode or "")
    return known.value if known else UNKNOWN


def _no_vgpu(gpu: Gpu, seen: Seen | None, board: Board) -> str:
    """Why nothing at all starts on a GPU; "" where something may."""
    if gpu.mode == Mode.PASSTHROUGH.value or gpu.tenants:
        return ""
    if not board.accelerator.profiles:
        return "the board has no vGPU profile, and DirectPath I/O is not enabled on it"
    kind = seen.fields.get("graphics_type") if seen is not None else None
    if kind is None:
        return NOT_TOLD
    if kind == SHARED_DIRECT:
        return ""
    asked = seen.fields.get("configured_type") if seen is not None else None
    if asked == SHARED_DIRECT:
        return f"its graphics type is {kind}, and Shared Direct from the next start of the host on"
    return f"its graphics type is {kind}: no vGPU starts before it is Shared Direct"


def _without_vgpus(gpu: Gpu, board: Board, why: str) -> GpuSeen:
    """A GPU on which nothing starts, or of which nobody knows whether anything would."""
    total = board.total_mib
    if why == NOT_TOLD:
        return _seen(gpu, UNKNOWN, Framebuffer(total_mib=total, uncertain_mib=total), why=why)
    return _seen(gpu, OFF, Framebuffer(total_mib=total, stranded_mib=total), why=why)


def _holding(gpu: Gpu, *, direct: bool) -> str:
    if direct or gpu.mode == Mode.PASSTHROUGH.value:
        return f"{gpu.held_by} has it by DirectPath I/O"
    return f"{gpu.held_by} has vGPUs on this host, and vSphere does not tell on which GPU"


def _strange(gpu: Gpu, board: Board) -> str:
    """Why nothing is reckoned beside what runs."""
    lost = sorted({one.profile for one in gpu.tenants if board.find(one.profile) is None})
    if lost:
        return f"the catalogue does not know {', '.join(lost)}: nothing is reckoned beside it"
    word = mode_of(gpu, board).value
    return f"what runs on it is no legal state of its mode ({word}): nothing is reckoned beside it"


def _reasons(gpu: Gpu, found: Beside) -> Sequence[str]:
    """Why framebuffer is of no use to anybody, or only perhaps."""
    reasons = []
    if found.stranded_mib:
        over = "the board's largest profile leaves it over"
        if gpu.tenants:
            size = gpu.tenants[0].profile
            over = f"locked to {size}: what is left behind its last place is smaller than that"
        reasons.append(_NO_PLACE.get(found.mode, over) if gpu.tenants else over)
    if found.uncertain_mib:
        reasons.append(_TOLD_NOWHERE)
    return reasons


def _held(gpu: Gpu, board: Board, by: str, why: str) -> GpuSeen:
    total = board.total_mib
    mode = mode_of(gpu, board).value
    whole = Framebuffer(total_mib=total, held_mib=total)
    return _seen(gpu, mode, whole, held_by=by, why=why)


def _seen(gpu: Gpu, mode: str, framebuffer: Framebuffer, *, why: str, held_by: str = "") -> GpuSeen:
    return GpuSeen(
        name=gpu.name,
        pci=gpu.pci,
        model=gpu.model,
        mode=mode,
        tenants=_tenants(gpu),
        held_by=held_by,
        framebuffer=framebuffer,
        more=(),
        why=why,
    )


def _tenants(gpu: Gpu) -> tuple[Tenancy, ...]:
    """Who is on a GPU, by name."""
    on = [Tenancy(vm=one.vm, profile=one.profile) for one in gpu.tenants]
    if gpu.held_by and gpu.held_by not in {one.vm for one in on}:
        on.append(Tenancy(vm=gpu.held_by, profile=""))
    return tuple(on)
