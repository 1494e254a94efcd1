"""The share of each Supervisor namespace: limits that the blueprint states, and what zones keep.

The placement counts on ``vm_reservations`` of a zone with ``disallow_unreserved_direct_path_usage``
where no other lever holds (F30). Who has no reservation gets no GPU then, so in a zone where one
class needs it every GPU class of ours is reserved, each at its planned count.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Iterator, Mapping, Sequence
from functools import partial

from generator.blueprint.model.environments import Limits
from generator.placement.hosts.overhead import overhead_bytes
from generator.placement.plan import Chosen, Placed
from generator.placement.terms import terms_of
from generator.platform.objects import (
    ClassReservation,
    Manage,
    Namespace,
    NamespaceShare,
    OpenQuestion,
    StorageLimit,
    ZoneShare,
)
from generator.platform.questions import of_home
from generator.platform.scope import Scope
from generator.platform.sites import Home
from generator.platform.stamps import stamp
from generator.quantity import MIB
from generator.record import Record, record


@record
class Need(Record):
    """What one VM of a demand takes, in cores and MiB, and the part of it that is reserved."""

    demand: str
    vm_class: str
    gpu: bool
    vcpus: int
    memory_mib: int
    reserved_vcpus: int
    reserved_mib: int


@record
class Tenancy(Record):
    """A namespace, what its VMs need by demand, where the plan has them, and their clock in MHz."""

    namespace: Namespace
    home: Home
    needs: Mapping[str, Need]
    spots: tuple[Placed, ...]
    clocks_mhz: tuple[int, ...]

    def zone(self, spot: Placed) -> str:
        """The zone of a VM; "" where nobody knows it."""
        return self.home.zone(spot.cluster)


def shares(
    scope: Scope, namespaces: Mapping[str, Sequence[Namespace]]
) -> Iterator[NamespaceShare | OpenQuestion]:
    """The share of every namespace of ours that has one, or what it lacks."""
    tenancies = [
        _tenancy(scope, namespace)
        for some in namespaces.values()
        for namespace in some
        if namespace.manage is not Manage.REFERENCE
    ]
    guarded = {
        (tenancy.home.vcenter, tenancy.zone(spot))
        for tenancy in tenancies
        for spot in tenancy.spots
        if spot.reserved
    }
    zoned = terms_of(scope.blueprint, scope.catalog).reservations
    for tenancy in tenancies:
        limits = scope.blueprint.environments[tenancy.namespace.environment].limits or Limits()
        asked = tuple(_lacking(tenancy, limits))
        yield from asked
        if not asked:
            yield from _share(scope, tenancy, limits if zoned else _zoneless(limits), guarded)


def _zoneless(limits: Limits) -> Limits:
    """The limits without what only the zones of VCF 9 can keep."""
    return Limits(headroom_ratio=limits.headroom_ratio, storage_bytes=limits.storage_bytes)


def _tenancy(scope: Scope, namespace: Namespace) -> Tenancy:
    home = scope.homes[namespace.environment]
    members = [
        chosen
        for group in scope.groups_of(namespace.environment)
        if group.namespace == namespace.name
        for chosen in group.chosen
    ]
    needs = {chosen.demand.name: _need(scope, chosen) for chosen in members}
    inventory, supervisor = home.inventory, home.supervisor
    clusters = supervisor.clusters if supervisor else ()
    return Tenancy(
        namespace=namespace,
        home=home,
        needs=needs,
        spots=tuple(
            spot
            for spot in scope.plan.placed
            if (spot.environment, spot.site) == (namespace.environment, home.site)
            and spot.demand in needs
        ),
        clocks_mhz=tuple(
            host.cpu.clock_mhz
            for host in (inventory.hosts if inventory else ())
            if host.cpu and host.cpu.clock_mhz and host.cluster in clusters
        ),
    )


def _need(scope: Scope, chosen: Chosen) -> Need:
    demand = chosen.demand
    accelerator = scope.catalog.accelerator(chosen.model) if chosen.model else None
    vm_class = scope.classes[demand.environment, demand.name]
    overhead_mib = -(-overhead_bytes(demand, accelerator) // MIB)
    return Need(
        demand=demand.name,
        vm_class=vm_class.name,
        gpu=demand.gpu is not None,
        vcpus=vm_class.vcpus,
        memory_mib=vm_class.memory_mib + overhead_mib,
        reserved_vcpus=-(-vm_class.vcpus * vm_class.cpu_reservation_percent // 100),
        reserved_mib=vm_class.memory_mib * vm_class.memory_reservation_percent // 100
        + overhead_mib,
    )


def _lacking(tenancy: Tenancy, limits: Limits) -> Iterator[OpenQuestion]:
    """Facts without which a share cannot be said."""
    home, blocks = tenancy.home, (f"share of {tenancy.namespace.name}",)
    clusters = {s.cluster for s in tenancy.spots if s.reserved and not tenancy.zone(s)}
    for cluster in sorted(clusters):
        yield of_home(
            home,
            f"SiteInventory {home.site}: clusters[{cluster}].zone",
            f"In which vSphere Zone is cluster {cluster}?",
            "its GPUs are kept for the planned VMs by reservations of a zone",
            blocks,
        )
    if (limits.headroom_ratio or limits.reserve) and tenancy.spots and not tenancy.clocks_mhz:
        yield of_home(
            home,
            f"SiteInventory {home.site}: hosts[].cpu.clock_mhz",
            "What is the base clock of the hosts in MHz?",
            "the cores of a namespace are stated in MHz",
            blocks,
        )


def _share(
    scope: Scope, tenancy: Tenancy, limits: Limits, guarded: set[tuple[str, str]]
) -> Iterator[NamespaceShare]:
    """The share of a namespace; none where nothing is limited and nothing kept."""
    namespace = tenancy.namespace
    policies = {s.tier: s.policy.name for s in scope.storage.get(namespace.environment, ())}
    storage = tuple(
        StorageLimit(policy=policies[tier], limit_mib=int(size.value) // MIB)
        for tier, size in sorted(limits.storage_bytes.items())
        if tier in policies
    )
    zones = tuple(
        zone
        for name in sorted({tenancy.zone(spot) for spot in tenancy.spots} - {""})
        if (zone := _zone(tenancy, name, limits, guarded=(tenancy.home.vcenter, name) in guarded))
        != ZoneShare(name=name)
    )
    cpu, memory = _ceiling(tenancy, limits) if limits.headroom_ratio else (None, None)
    if storage or zones or cpu:
        yield NamespaceShare(
            namespace=namespace.name,
            manage=namespace.manage,
            environment=namespace.environment,
            supervisor=namespace.supervisor,
            supervisor_id=namespace.supervisor_id,
            stamp=stamp(scope.platform, f"namespace/{namespace.name}"),
            cpu_limit_mhz=cpu,
            memory_limit_mib=memory,
            storage_limits=storage,
            zones=zones,
        )


def _ceiling(tenancy: Tenancy, limits: Limits) -> tuple[int, int]:
    """MHz and MiB that a namespace may take: its VMs, one more of each demand, and the headroom.

    A rollout makes the new node before it takes the old one away. The fastest host decides, so that
    no limit is too tight on it.
    """
    needs = [*_by_spot(tenancy, tenancy.spots), *tenancy.needs.values()]
    more = partial(_with_headroom, limits)
    cores = sum(need.vcpus for need in needs)
    return more(cores * max(tenancy.clocks_mhz)), more(sum(need.memory_mib for need in needs))


def _zone(tenancy: Tenancy, name: str, limits: Limits, *, guarded: bool) -> ZoneShare:
    """What one zone keeps for a namespace."""
    here = [spot for spot in tenancy.spots if tenancy.zone(spot) == name]
    counts = Counter(need.vm_class for need in _by_spot(tenancy, here) if need.gpu and guarded)
    cpu, memory = _kept(tenancy, name, limits, guarded=guarded) if limits.reserve else (None, None)
    return ZoneShare(
        name=name,
        reservations=tuple(
            ClassReservation(vm_class=vm_class, count=count)
            for vm_class, count in sorted(counts.items())
        ),
        reserved_direct_path_only=bool(counts),
        cpu_reservation_mhz=cpu or None,
        memory_reservation_mib=memory or None,
    )


def _kept(tenancy: Tenancy, name: str, limits: Limits, *, guarded: bool) -> tuple[int, int]:
    """MHz and MiB that a zone keeps for VMs without a reserved class.

    VMs with a GPU stay in their zone; all others may come to any, so each zone has room for them.
    The reservation of a VM counts by the clock of the slowest host.
    """
    spots = [
        spot
        for spot in tenancy.spots
        if not tenancy.needs[spot.demand].gpu or (tenancy.zone(spot) == name and not guarded)
    ]
    needs = [
        *_by_spot(tenancy, spots),
        *(tenancy.needs[d] for d in sorted({s.demand for s in spots})),
    ]
    more = partial(_with_headroom, limits)
    cores = sum(need.reserved_vcpus for need in needs)
    return more(cores * min(tenancy.clocks_mhz)), more(sum(need.reserved_mib for need in needs))


def _by_spot(tenancy: Tenancy, spots: Iterable[Placed]) -> Iterator[Need]:
    return (tenancy.needs[spot.demand] for spot in spots)


def _with_headroom(limits: Limits, amount: int) -> int:
    ratio = float(limits.headroom_ratio.value) if limits.headroom_ratio else 0.0
    return -(-round(amount * (1000 + ratio * 1000)) // 1000)
