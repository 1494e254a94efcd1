"""A plan laid out on its hosts: which site each VM is on, and how full each cluster gets."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from math import ceil
from operator import add
from typing import NamedTuple

from generator.catalog import Catalog
from generator.placement.directpath import profile_named
from generator.placement.hosts.stock import Gpu, Host, stock
from generator.placement.moments import MILLI, millicores_of, slots
from generator.placement.plan import Chosen, Placed
from generator.platform.classes import vm_classes
from generator.platform.scope import local_policies, storage_of
from generator.platform.sites import homes, namers
from generator.platform.whatif.records import Capacity, Shape, Situation, Spot
from generator.quantity import GIB
from generator.record import Record, record

Key = tuple[str, str]
"""Environment and name of a demand."""

_MIB_PER_GIB = 1024


@record
class Layout(Record):
    """One side, looked up by demand. ``hosts`` is keyed by site and name.

    ``short`` says why fewer of a demand run than wanted.
    """

    situation: Situation
    hosts: Mapping[Key, Host]
    chosen: Mapping[Key, Chosen]
    placed: Mapping[Key, tuple[Placed, ...]]
    classes: Mapping[Key, str]
    short: Mapping[Key, str]


def spot(vm: Placed) -> Spot:
    """Where a VM is."""
    return Spot(site=vm.site, cluster=vm.cluster, host=vm.host, gpus=vm.gpus, start=vm.start)


def layout(situation: Situation) -> Layout:
    """The situation's plan, looked up by demand."""
    plan = situation.plan
    placed: dict[Key, list[Placed]] = {}
    for vm in sorted(plan.placed, key=lambda p: (p.environment, p.demand, p.index)):
        placed.setdefault((vm.environment, vm.demand), []).append(vm)
    found = homes(situation.blueprint, situation.inventories)
    named = namers(situation.blueprint, found)
    storage = storage_of(situation.blueprint, {home.environment: home for home in found}, named)
    local = local_policies(situation.blueprint, storage)
    classes = vm_classes(plan, situation.catalog, named, local)
    return Layout(
        situation=situation,
        hosts={(host.site, host.name): host for host in stock(situation.inventories)},
        chosen={(c.demand.environment, c.demand.name): c for c in plan.chosen},
        placed={key: tuple(some) for key, some in placed.items()},
        classes={key: vm_class.name for key, vm_class in classes.items()},
        short={(s.environment, s.demand): s.because for s in plan.shortfalls},
    )


def shape(laid: Layout, key: Key) -> Shape | None:
    """The shape of a demand; None where the side does not have it, or no GPU can carry it."""
    choice = laid.chosen.get(key)
    if choice is None:
        return None
    demand, vms = choice.demand, laid.placed.get(key, ())
    return Shape(
        wanted=demand.count,
        placed=len(vms),
        vcpus=demand.vcpus,
        memory_gib=_gib(demand.memory_bytes),
        gpus=demand.gpu.gpus if demand.gpu else 0,
        model=choice.model,
        profile=choice.profile,
        device_group=choice.device_group,
        vm_class=laid.classes.get(key, ""),
        hosts=tuple(sorted(vm.host for vm in vms)),
    )


def capacity(laid: Layout) -> tuple[Capacity, ...]:
    """Every cluster that has a host the platform may use, by site and name."""
    clusters = sorted({(host.site, host.cluster) for host in laid.hosts.values()})
    used = gpus_in_use(laid)
    return tuple(_cluster(laid, used, *cluster) for cluster in clusters)


def gpus_in_use(laid: Layout) -> dict[Key, set[str]]:
    """The names of the GPUs that carry a vGPU of the plan, by site and host."""
    used: dict[Key, set[str]] = {}
    for vms in laid.placed.values():
        for vm in vms:
            used.setdefault((vm.site, vm.host), set()).update(vm.gpus)
    return used


def _cluster(laid: Layout, used: Mapping[Key, set[str]], site: str, cluster: str) -> Capacity:
    hosts = [h for h in laid.hosts.values() if (h.site, h.cluster) == (site, cluster)]
    lost = laid.situation.lost_gpus
    gpus = [gpu for host in hosts for gpu in host.gpus if f"{site}/{gpu.name}" not in lost]
    ours = [gpu for gpu in gpus if gpu.name in used.get((site, gpu.host), ())]
    rest = [gpu for gpu in gpus if gpu.name not in used.get((site, gpu.host), ())]
    empty = [gpu for gpu in rest if not of_others(gpu)]
    taken = _worst(laid, site, cluster)
    return Capacity(
        site=site,
        cluster=cluster,
        hosts=len(hosts),
        gpus=len(gpus),
        gpus_used=len(ours),
        gpus_held=len(rest) - len(empty),
        gpus_free=len(empty),
        framebuffer_gib=_framebuffer([*ours, *empty], laid.situation.catalog),
        framebuffer_used_gib=round(taken.framebuffer_mib / _MIB_PER_GIB, 2),
        cores=sum(host.free_cores for host in hosts),
        cores_used=ceil(taken.millicores / MILLI),
        memory_gib=_gib(sum(host.free_memory_bytes for host in hosts)),
        memory_used_gib=_gib(taken.memory_bytes),
    )


def of_others(gpu: Gpu) -> bool:
    """Whether something runs on a GPU that is not the platform's."""
    return bool(gpu.held_by) or any(not tenant.ours for tenant in gpu.tenants)


def _framebuffer(gpus: Iterable[Gpu], catalog: Catalog) -> float | None:
    """All framebuffer of GPUs, in GiB; None where one is unknown."""
    known = set(catalog.ids("accelerators"))
    total = 0
    for gpu in gpus:
        size = catalog.accelerator(gpu.model).framebuffer_mib if gpu.model in known else None
        if size is None:
            return None
        total += size
    return round(total / _MIB_PER_GIB, 2)


class _Taken(NamedTuple):
    """What VMs take together."""

    framebuffer_mib: int = 0
    millicores: int = 0
    memory_bytes: int = 0


def _worst(laid: Layout, site: str, cluster: str) -> _Taken:
    """What the plan takes of a cluster: of each host and each GPU at its worst moment.

    VMs that never run together may have the same place (requirements S2-9), so that their sum may
    be more than there is.
    """
    week = slots(choice.demand for choice in laid.chosen.values())
    hosts: dict[str, list[_Taken]] = {}
    gpus: dict[str, list[int]] = {}
    for key, some in laid.placed.items():
        choice = laid.chosen[key]
        mask = week.mask(choice.demand)
        each = _Taken(
            millicores=millicores_of(choice.demand), memory_bytes=choice.demand.memory_bytes
        )
        for vm in some:
            if (vm.site, vm.cluster) != (site, cluster):
                continue
            host = hosts.setdefault(vm.host, [_Taken()] * week.count)
            of_gpus = [gpus.setdefault(gpu, [0] * week.count) for gpu in vm.gpus]
            size = _framebuffer_mib(choice, vm, laid.situation.catalog)
            for slot in (n for n in range(week.count) if mask >> n & 1):
                host[slot] = _Taken(0, *map(add, host[slot][1:], each[1:]))
                for gpu in of_gpus:
                    gpu[slot] += size
    return _Taken(
        framebuffer_mib=sum(map(max, gpus.values())),
        millicores=sum(max(one.millicores for one in host) for host in hosts.values()),
        memory_bytes=sum(max(one.memory_bytes for one in host) for host in hosts.values()),
    )


def _framebuffer_mib(choice: Chosen, vm: Placed, catalog: Catalog) -> int:
    """What a VM takes of each of its GPUs."""
    if not choice.model or not vm.gpus:
        return 0
    return profile_named(catalog.accelerator(choice.model), vm.profile).framebuffer_mib


def _gib(size_bytes: int) -> float:
    return round(size_bytes / GIB, 2)
