"""From a demand to what packing is asked for: its GPU model, its profile and its weight."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from copy import copy
from dataclasses import fields, replace

from generator.catalog import Catalog
from generator.catalog.accelerator import Accelerator
from generator.catalog.vgpu import VgpuProfile
from generator.placement.devices.geometry import Board
from generator.placement.devices.profiles import choose
from generator.placement.directpath import by_directpath, offer
from generator.placement.hosts.ask import Ask
from generator.placement.hosts.overhead import overhead_bytes
from generator.placement.hosts.releases import can_give, lacking
from generator.placement.hosts.stock import Host
from generator.placement.moments import millicores_of
from generator.placement.terms import Terms
from generator.sizing.demand import Demand, GpuNeed

_NEED = tuple(field.name for field in fields(GpuNeed))

Option = tuple[Accelerator, VgpuProfile]
"""A GPU model and the profile of it that carries a demand."""

APART = ("serving", "control-plane", "system")
"""Phases whose copies keep away from one another: one lost host must not take them all."""


class Models:
    """The GPU models of the hosts that the catalogue knows, with their geometry.

    Open needs are drawn from the sizes that halve a board, unless it offers others (``offering``).
    """

    def __init__(self, hosts: Sequence[Host], catalog: Catalog, terms: Terms) -> None:
        known = set(catalog.ids("accelerators"))
        here: dict[str, dict[str, None]] = {}
        for host in hosts:
            for gpu in host.gpus:
                if gpu.model in known:
                    here.setdefault(gpu.model, {})[host.site] = None
        rows = sorted(
            (catalog.accelerator(model) for model in here), key=lambda a: (a.framebuffer_mib, a.id)
        )
        self._known: dict[tuple[object, ...], list[Option]] = {}
        self._terms = terms
        self._versions = catalog.versions
        self._sites = here
        self._rows = {row.id: row for row in rows}
        self.boards: Mapping[str, Board] = {
            row.id: Board(row, mixed_size=terms.mixed_size) for row in rows
        }
        self._offered: Mapping[str, tuple[str, ...]] = {}

    def offering(self, offered: Mapping[str, tuple[str, ...]]) -> Models:
        """The same models where some offer other time-sliced profiles, by name."""
        other = copy(self)
        vars(other).update(_known={}, _offered={**self._offered, **offered})
        return other

    @property
    def names(self) -> list[str]:
        """The models by name, sorted."""
        return sorted(self._rows)

    def gpus_per_vm(self, demand: Demand) -> int | None:
        """How many GPUs one VM of a demand may have; None where no version is stated."""
        whole = demand.gpu is not None and demand.gpu.passthrough
        return self._terms.devices_per_vm if whole else self._terms.vgpus_per_vm

    def options(self, demand: Demand) -> list[Option]:
        """Every board of the demand's site that can do the work, the smallest first."""
        need = demand.gpu
        if need is None:
            return []
        alike = (demand.site, *(getattr(need, name) for name in _NEED))
        found = self._known.get(alike)
        if found is None:
            found = self._known[alike] = list(self._options(demand))
        return found

    def released(self, demand: Demand) -> tuple[str, ...]:
        """Releases that would give the demand a board, as ``esx 8.0U2 or later``; () if none."""
        need = demand.gpu
        later = copy(self)
        vars(later).update(_known={}, _terms=replace(self._terms, targets={}))
        found: dict[str, str] = {}
        for accelerator, profile in later.options(demand) if need else ():
            stated = self._terms.targets
            found |= lacking(need, accelerator, self._versions, stated) if need else {}
            if not self._terms.allows(profile):
                found["esx"] = f"{profile.min_vsphere} or later"
        return tuple(f"{target} {bounds}" for target, bounds in sorted(found.items()))

    def _options(self, demand: Demand) -> Iterator[Option]:
        need = demand.gpu
        if need is None:
            return
        for model, accelerator in self._rows.items():
            if demand.site and demand.site not in self._sites[model]:
                continue
            if need.model and model != need.model:
                continue
            precision = need.precision.removesuffix("-mixed")
            if precision and precision not in accelerator.precisions:
                continue
            profile = self._profile(need, accelerator)
            if profile is not None:
                yield accelerator, profile

    def _profile(self, need: GpuNeed, accelerator: Accelerator) -> VgpuProfile | None:
        """What carries a need on a board; a VM gets no more vGPUs than its hardware takes."""
        if by_directpath(need, accelerator):
            return offer(need, accelerator, self._terms)
        most = self._terms.vgpus_per_vm
        if most is not None and need.gpus > most:
            return None
        if need.nvlink and need.gpus not in accelerator.device_group_sizes:
            return None
        if not accelerator.vgpu:
            return None
        if not can_give(need, accelerator, self._versions, self._terms.targets):
            return None
        return choose(need, accelerator, self._terms, self._offered.get(accelerator.id, ()))


def ask_for(
    demand: Demand,
    option: Option | None,
    models: Models,
    terms: Terms,
    slots: tuple[int, ...] = (0,),
) -> Ask:
    """A demand with its final vCPUs and memory, as packing sees it; ``slots`` are when it runs."""
    shape = -1
    if option is not None:
        shape = models.boards[option[0].id].shape(option[1].name)
    return Ask(
        site=demand.site,
        environment=demand.environment if terms.isolation != "none" else "",
        model=option[0].id if option else "",
        shape=shape,
        gpus=demand.gpu.gpus if demand.gpu else 0,
        nvlink=demand.gpu is not None and demand.gpu.nvlink and _by_group(option),
        millicores=millicores_of(demand),
        memory_bytes=demand.memory_bytes + overhead_bytes(demand, option[0] if option else None),
        slots=slots,
        apart=(demand.environment, demand.name)
        if demand.count > 1 and demand.phase in APART
        else None,
        nvme_bytes=demand.nvme_bytes,
        ports=tuple((use.traffic, use.bytes_per_s) for use in demand.ports),
    )


def _by_group(option: Option | None) -> bool:
    """Whether linked GPUs of a board are found by its groups; a mesh is taken whole."""
    return option is None or bool(option[0].device_group_sizes)


def able(hosts: Iterable[Host], demand: Demand, option: Option | None) -> list[Host]:
    """The hosts whose hardware could carry the demand if they were empty."""
    need = demand.gpu
    here = [host for host in hosts if not demand.site or host.site == demand.site]
    if need is None or option is None:
        return here
    model = option[0].id
    return [h for h in here if sum(gpu.model == model for gpu in h.gpus) >= need.gpus]
