"""What another version of a product does to hosts and VMs.

Sources: field rules F3, F26, F29 and F36; Broadcom's notes on vGPU and maintenance mode (KB
88271, 94881): DRS does not evacuate vGPU VMs unless it is told to, and each needs its profile free
on another host. VKS: a node is replaced when its class, image or version changes.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator, Mapping
from dataclasses import fields

from generator.catalog import Catalog
from generator.catalog.versions import meets
from generator.placement.hosts.stock import Host
from generator.placement.plan import Placed
from generator.platform.whatif.layout import Key, Layout, gpus_in_use, of_others
from generator.platform.whatif.records import Fate, HostWork, Situation, Spot, VersionChange
from generator.record import Record, record

_GPU_HOSTS = "vgpu_host"
_ALL_HOSTS = "esx"
_GUEST = "vgpu_guest"
_ROLLING = ("vks", "kubernetes", "cluster_class")
_OF_ORCHESTRATORS = ("kubernetes", "cluster_class")

_ACTIONS = {
    "vgpu_host": (
        "GPU hosts take the driver in maintenance mode and reboot one at a time, without vGPU VMs",
        "field rules F26 and F36; KB 88271, 94881",
    ),
    "esx": (
        "every host takes its image in maintenance mode and reboots, one at a time",
        "field rules F26 and F36",
    ),
    "vgpu_guest": (
        "the GPU Operator replaces it node by node and evicts the pods that use a GPU",
        "NVIDIA GPU Operator, driver.upgradePolicy",
    ),
    "vks": (
        "every node is rolled: a release brings its own ClusterClass and node images",
        "field rule F29; VKS best practices, node replacement",
    ),
    "kubernetes": (
        "every node is rolled: a pool takes another version by new nodes",
        "field rule F29; Cluster API, managed topologies",
    ),
    "cluster_class": (
        "every node is rolled: the templates behind its pool change",
        "field rule F29; Cluster API, managed topologies",
    ),
}
_NOTHING_RUNS = ("no VM of the platform is touched by this alone", "field rule F29")


@record
class Upgrade(Record):
    """The versions that change. ``hosts`` is keyed by site and name.

    ``by_orchestrator`` has the reasons to roll an orchestrator's nodes, ``guest`` what becomes of
    the driver in nodes with a GPU ("" where nothing does).
    """

    changes: tuple[VersionChange, ...]
    hosts: Mapping[Key, HostWork]
    by_orchestrator: Mapping[str, tuple[str, ...]]
    guest: str

    def rolls(self, orchestrator: str) -> tuple[str, ...]:
        """Why the nodes of an orchestrator are replaced; nothing where they are not."""
        return self.by_orchestrator.get(orchestrator, ())

    def of_vm(self, spot: Spot, *, has_gpu: bool) -> Iterator[tuple[Fate, str]]:
        """What the reboot of its host and another guest driver do to a VM."""
        work = self.hosts.get((spot.site, spot.host))
        if work and has_gpu:
            how = "leaves by vMotion or restarts" if work.has_room else "is powered off"
            yield Fate.RESTARTS, f"{work.host} reboots for {work.because}: it {how}"
        elif work:
            yield Fate.STAYS, f"{work.host} reboots for {work.because}: away by vMotion meanwhile"
        if has_gpu and self.guest:
            yield Fate.STAYS, self.guest


def upgrade(before: Layout, after: Layout) -> Upgrade:
    """The versions that differ between the sides, and what they ask for."""
    changes = tuple(_changes(before.situation, after.situation))
    targets = {change.target: change for change in changes if not change.subject}
    reasons = {
        item.name: tuple(
            f"{change.target} {change.before} to {change.after}"
            for change in changes
            if change.target in _ROLLING and change.subject in ("", item.name)
        )
        for item in after.situation.blueprint.resource_management.orchestrators
    }
    return Upgrade(
        changes=changes,
        hosts={(work.site, work.host): work for work in _work(after, targets)},
        by_orchestrator=reasons,
        guest=_guest(targets, after.situation),
    )


def _changes(before: Situation, after: Situation) -> Iterator[VersionChange]:
    old, new = before.blueprint.platform.targets, after.blueprint.platform.targets
    for field in fields(new):
        yield from _change(field.name, "", getattr(old, field.name), getattr(new, field.name))
    known = {o.name: o for o in before.blueprint.resource_management.orchestrators}
    for item in after.blueprint.resource_management.orchestrators:
        for name in _OF_ORCHESTRATORS:
            if item.name in known:
                stated = getattr(known[item.name], name), getattr(item, name)
                yield from _change(name, item.name, *stated)


def _change(
    target: str, subject: str, before: str | None, after: str | None
) -> Iterator[VersionChange]:
    if before != after:
        action, source = _ACTIONS.get(target, _NOTHING_RUNS)
        yield VersionChange(
            target=target,
            subject=subject,
            before=before or "",
            after=after or "",
            action=action,
            source=source,
        )


def _work(after: Layout, targets: Mapping[str, VersionChange]) -> Iterator[HostWork]:
    """The hosts that reboot: all for ESX, those with GPUs for the host driver."""
    causes = [targets[name] for name in (_ALL_HOSTS, _GPU_HOSTS) if name in targets]
    vms, used = _vms_by_host(after), gpus_in_use(after)
    spare = _spare(after, used)
    orders: dict[Key, int] = {}
    for (site, name), host in sorted(after.hosts.items()):
        mine = [c for c in causes if c.target == _ALL_HOSTS or host.gpus]
        if not mine:
            continue
        cluster = site, host.cluster
        orders[cluster] = orders.get(cluster, 0) + 1
        here = vms.get((site, name), ())
        yield HostWork(
            site=site,
            cluster=host.cluster,
            host=name,
            order=orders[cluster],
            because=", ".join(f"{c.target} {c.after}" for c in mine),
            gpu_vms=tuple(_called(vm) for vm in here if vm.gpus),
            other_vms=tuple(_called(vm) for vm in here if not vm.gpus),
            has_room=_has_room(host, used.get((site, name), set()), spare),
        )


def _vms_by_host(laid: Layout) -> dict[Key, tuple[Placed, ...]]:
    found: dict[Key, list[Placed]] = {}
    for key in sorted(laid.placed):
        for vm in laid.placed[key]:
            found.setdefault((vm.site, vm.host), []).append(vm)
    return {key: tuple(vms) for key, vms in found.items()}


def _called(vm: Placed) -> str:
    return f"{vm.environment}/{vm.demand}/{vm.index}"


def _spare(laid: Layout, used: Mapping[Key, set[str]]) -> Counter[tuple[str, str, str]]:
    """The empty GPUs of each site, cluster and model."""
    spare: Counter[tuple[str, str, str]] = Counter()
    for key, host in laid.hosts.items():
        for model, free in _empty(host, used.get(key, set())).items():
            spare[host.site, host.cluster, model] += free
    return spare


def _has_room(host: Host, used: set[str], spare: Mapping[tuple[str, str, str], int]) -> bool:
    """Whether the cluster has an empty GPU of its kind for each GPU of the host that is in use.

    That is enough, because an empty GPU takes any profile and mode of its model; less may do.
    """
    own = _empty(host, used)
    needed = Counter(gpu.model for gpu in host.gpus if gpu.name in used)
    return all(
        spare.get((host.site, host.cluster, model), 0) - own[model] >= gpus
        for model, gpus in needed.items()
    )


def _empty(host: Host, used: set[str]) -> Counter[str]:
    """The GPUs of a host with nothing on them, by model."""
    return Counter(g.model for g in host.gpus if g.name not in used and not of_others(g))


def _guest(targets: Mapping[str, VersionChange], after: Situation) -> str:
    """What the change of a driver means for the guest driver; "" where there is none."""
    if "vgpu_guest" in targets:
        return f"guest driver {targets['vgpu_guest'].after}: the GPU Operator replaces it"
    if _GPU_HOSTS not in targets:
        return ""
    fitting = _guests(targets[_GPU_HOSTS].after, after.catalog)
    stated = after.blueprint.platform.targets.vgpu_guest
    if not fitting:
        return "guest driver: the matrix knows none for this host driver"
    listed = " or ".join(fitting)
    return f"guest driver {stated} still fits" if stated else f"guest driver must be {listed}"


def _guests(host_driver: str, catalog: Catalog) -> list[str]:
    """The guest drivers that run under a host driver, by the version matrix."""
    versions = catalog.versions
    rows = ((name, versions.find(_GUEST, name)) for name in versions.known(_GUEST))
    return [
        name
        for name, row in rows
        if row is not None
        and host_driver
        and meets(host_driver, row.requires.get(_GPU_HOSTS, {"any_of": ()}))
    ]
