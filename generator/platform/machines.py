"""Plain VMs of environments without a Supervisor: who stands where, in what, under which rights."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence

from generator.blueprint.model.resource_management import Orchestrator
from generator.placement.levers.reach import guaranteed
from generator.placement.plan import Chosen, Placed
from generator.platform import questions, spreading
from generator.platform.clusters import Group, orchestrator_of
from generator.platform.objects import (
    Fabric,
    Machine,
    OpenQuestion,
    ResourcePool,
    TeamFolder,
    VmClass,
)
from generator.platform.personas import permissions
from generator.platform.scope import Scope
from generator.platform.sites import Home
from generator.platform.stamps import STAMP_CATEGORY, stamp_tag
from generator.platform.vcenters import environment_folder_path
from generator.record import Record, record
from generator.sizing.clusters import PROD, plain_fabrics
from generator.supply.model import Datastore, SiteInventory

SCALABLE_SHARES = "scaleCpuAndMemoryShares"
"""Stated, never left out: the provider has no default for it and shows drift (F16)."""


@record
class _Place(Record):
    """What every VM of a group has in common; ``pools`` are by cluster."""

    group: Group
    folder: str
    pools: dict[str, str]
    template: str
    network: str
    hardware_version: int


def fabric(scope: Scope, environment: str) -> Iterator[Fabric | OpenQuestion]:
    """The plain VMs of an environment; nothing where it has none, questions where facts lack."""
    plain = plain_fabrics(scope.blueprint)
    groups = [g for g in scope.groups_of(environment) if g.orchestrator in plain]
    home = scope.homes[environment]
    spots = {g.name: tuple(_spots(scope, g)) for g in groups}
    asked = [q for g in groups for q in _lacks(scope, home, g, spots[g.name])]
    yield from asked
    if asked or not groups or home.inventory is None:
        return
    pools = _pool_names(scope, environment, spots.values())
    machines = tuple(
        machine
        for group in groups
        for machine in _machines(scope, home, _place(scope, home, group, pools))
    )
    yield Fabric(
        environment=environment,
        folders=tuple(_folder(scope, home, group) for group in groups),
        pools=tuple(
            _pool(scope.platform, name, cluster, machines, prod=environment == PROD)
            for cluster, name in pools.items()
        ),
        machines=machines,
        anti_affinities=tuple(spreading.apart(machines)),
        keep_offs=tuple(spreading.kept_off(scope, machines)),
    )


def _lacks(
    scope: Scope, home: Home, group: Group, spots: Sequence[Placed]
) -> Iterator[OpenQuestion]:
    """The facts that the VMs of a group need and nobody stated."""
    blocks = tuple(sorted({f"virtual-machine/{spot.demand}" for spot in spots}))
    orchestrator = orchestrator_of(scope.blueprint, group)
    at = f"SiteInventory {home.site}"
    missing: list[tuple[str, str]] = []
    addresses = _pci_addresses(home.inventory)
    if not home.vcenter:
        missing.append((f"{at}: vcenters", "names and ids are those of one vCenter"))
    if not home.datacenter:
        missing.append((f"{at}: datacenters", "a VM stands in a datacenter"))
    if not orchestrator.vm_template:
        subject = f"resource_management.orchestrators[{orchestrator.name}].vm_template"
        missing.append((subject, "a VM is a clone of a template"))
    if not _network(home.inventory):
        missing.append((f"{at}: networks[workload].port_group", "a VM has a network"))
    missing += [
        (f"{at}: datastores of {cluster}", "a VM has a disk")
        for cluster in sorted({spot.cluster for spot in spots})
        if _datastore(home.inventory, cluster) is None
    ]
    missing += [
        (f"{at}: hosts: pci of {gpu}", "passthrough takes an address")
        for gpu in sorted({gpu for spot in spots if not spot.profile for gpu in spot.gpus})
        if not addresses.get(gpu)
    ]
    for subject, why in missing:
        yield questions.of_home(home, subject, f"What is {subject}?", why, blocks)


def _place(scope: Scope, home: Home, group: Group, pools: dict[str, str]) -> _Place:
    orchestrator: Orchestrator = orchestrator_of(scope.blueprint, group)
    return _Place(
        group=group,
        folder=_team_path(scope, group),
        pools=pools,
        template=orchestrator.vm_template or "",
        network=_network(home.inventory),
        hardware_version=_hardware_version(scope),
    )


def _machines(scope: Scope, home: Home, place: _Place) -> Iterator[Machine]:
    chosen = {c.demand.name: c for c in place.group.chosen}
    for spot in _spots(scope, place.group):
        vm_class = scope.classes[spot.environment, spot.demand]
        yield _machine(scope, home, place, spot, chosen[spot.demand], vm_class)


def _machine(
    scope: Scope, home: Home, place: _Place, spot: Placed, chosen: Chosen, shape: VmClass
) -> Machine:
    """One VM. A GPU and production reserve all memory; a passed-through GPU also fixes the host."""
    demand = chosen.demand
    addresses = _pci_addresses(home.inventory)
    devices = tuple(addresses[gpu] for gpu in spot.gpus) if chosen.passthrough else ()
    datastore = _datastore(home.inventory, spot.cluster)
    names = scope.namers[spot.environment]
    return Machine(
        name=names.name("vm", env=spot.environment, name=spot.demand, index=spot.index),
        key=f"{spot.demand}-{spot.index}",
        demand=spot.demand,
        folder=place.folder,
        datacenter=home.datacenter,
        cluster=spot.cluster,
        pool=place.pools[spot.cluster],
        datastore=datastore.name if datastore else "",
        network=place.network,
        template=place.template,
        vcpus=demand.vcpus,
        memory_mib=shape.memory_mib,
        reserved=bool(spot.gpus) or guaranteed(demand),
        hardware_version=place.hardware_version,
        mmio_gib=shape.mmio_gib,
        host=spot.host if devices else "",
        pci_devices=devices,
        vgpus=shape.vgpus,
        restart_priority=_restart_priority(spot.environment, fixed=bool(devices)),
    )


def _restart_priority(environment: str, *, fixed: bool) -> str:
    """When HA tries a VM: one that only its own host can take comes last, production first.

    Not ``disabled``: then nobody would start it again when its host is back.
    """
    if fixed:
        return "lowest"
    return "high" if environment == PROD else ""


def _spots(scope: Scope, group: Group) -> Iterator[Placed]:
    names = {chosen.demand.name for chosen in group.chosen}
    for spot in scope.plan.placed:
        if spot.environment == group.environment and spot.demand in names:
            yield spot


def _team_path(scope: Scope, group: Group) -> str:
    return f"{environment_folder_path(scope, group.environment)}/{group.name}"


def _folder(scope: Scope, home: Home, group: Group) -> TeamFolder:
    teams = {chosen.demand.team for chosen in group.chosen}
    path = _team_path(scope, group)
    return TeamFolder(
        path=path,
        parent=environment_folder_path(scope, group.environment),
        datacenter=home.datacenter,
        tags=((STAMP_CATEGORY, stamp_tag(scope.platform, f"folder/{path}")),),
        permissions=tuple(permissions(scope, group.environment, teams)),
    )


def _pool_names(
    scope: Scope, environment: str, spots: Iterable[Sequence[Placed]]
) -> dict[str, str]:
    """A pool per cluster, by cluster; the cluster tells their names apart where it must."""
    clusters = sorted({spot.cluster for some in spots for spot in some})
    name = scope.namers[environment].name("resource_pool", env=environment) if clusters else ""
    if len(clusters) == 1:
        return {clusters[0]: name}
    return {cluster: f"{name}-{cluster}" for cluster in clusters}


def _pool(
    platform: str, name: str, cluster: str, machines: Sequence[Machine], *, prod: bool
) -> ResourcePool:
    """Production counts double under contention and holds what its VMs reserve."""
    inside = [m for m in machines if m.cluster == cluster and not m.vgpus]
    return ResourcePool(
        name=name,
        cluster=cluster,
        shares="high" if prod else "normal",
        memory_reservation_mib=sum(m.memory_mib for m in inside if m.reserved),
        scale_descendants_shares=SCALABLE_SHARES,
        tags=((STAMP_CATEGORY, stamp_tag(platform, f"resource-pool/{name}")),),
    )


def _pci_addresses(inventory: SiteInventory | None) -> dict[str, str]:
    """The PCI address of each GPU, by the name that a plan gives it; "" where nobody states it."""
    return {
        f"{host.name}/gpu{index}": device.pci or ""
        for host in (inventory.hosts if inventory else ())
        for index, device in enumerate(host.gpus)
    }


def _network(inventory: SiteInventory | None) -> str:
    """The port group of the workload network; "" where nobody states it."""
    networks = inventory.networks if inventory else ()
    return next((n.port_group for n in networks if n.role == "workload" and n.port_group), "")


def _datastore(inventory: SiteInventory | None, cluster: str) -> Datastore | None:
    """The datastore of a cluster with the most free bytes as it is told, then the first by name."""
    here = [d for d in (inventory.datastores if inventory else ()) if cluster in d.clusters]
    return min(here, key=lambda d: (-_free(d), d.name), default=None)


def _free(datastore: Datastore) -> int:
    sizes = (datastore.usable_bytes, datastore.used_bytes)
    usable, used = (int(size.value) if size else 0 for size in sizes)
    return usable - used


def _hardware_version(scope: Scope) -> int:
    """The newest virtual hardware of the target release, 0 to keep the template's."""
    release = scope.blueprint.platform.targets.esx
    if not release:
        return 0
    try:
        return int(scope.catalog.versions.hardware_version(release).removeprefix("vmx-"))
    except KeyError:
        return 0
