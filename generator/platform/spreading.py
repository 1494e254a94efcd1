"""Where DRS may put plain VMs: apart from each other, and off the hosts that others cannot leave.

For plain VMs only (F16): nodes of a VKS cluster are replaced under new ids, in pools of their own.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from generator.platform.objects import AntiAffinity, KeepOff, Machine
from generator.platform.scope import Scope
from generator.sizing.clusters import plain_fabrics


def apart(machines: Sequence[Machine]) -> Iterator[AntiAffinity]:
    """A rule for the VMs of one demand that share a cluster and that DRS may move."""
    alike: dict[tuple[str, str], list[Machine]] = {}
    for machine in _movable(machines):
        alike.setdefault((machine.demand, machine.cluster), []).append(machine)
    for (demand, cluster), some in sorted(alike.items()):
        if len(some) > 1:
            yield AntiAffinity(
                name=f"{some[0].pool}-{demand}",
                cluster=cluster,
                machines=tuple(machine.key for machine in some),
            )


def kept_off(scope: Scope, machines: Sequence[Machine]) -> Iterator[KeepOff]:
    """A rule per cluster in which a VM is fixed to hosts that the plan leaves to it.

    Memory that a moved VM takes there is missing when the fixed one is powered on again: it can
    go nowhere else. Where the plan itself needs those hosts for other work there is no rule.
    """
    alike: dict[str, list[Machine]] = {}
    for machine in _movable(machines):
        alike.setdefault(machine.cluster, []).append(machine)
    for cluster, some in sorted(alike.items()):
        fixed = fixed_hosts(scope, cluster)
        planned = {
            spot.host
            for spot in scope.plan.placed
            if spot.cluster == cluster and spot.host in fixed and not spot.gpus
        }
        hosts = tuple(sorted(fixed - planned))
        if hosts:
            pool = some[0].pool
            yield KeepOff(
                name=f"{pool}-off-fixed-hosts",
                cluster=cluster,
                datacenter=some[0].datacenter,
                vm_group=f"{pool}-movable",
                machines=tuple(machine.key for machine in some),
                host_group=f"{pool}-fixed-hosts",
                hosts=hosts,
            )


def fixed_hosts(scope: Scope, cluster: str) -> set[str]:
    """Hosts of a cluster to which a passed-through device ties a plain VM of any environment."""
    plain = plain_fabrics(scope.blueprint)
    tied = {
        (group.environment, chosen.demand.name)
        for group in scope.groups
        if group.orchestrator in plain
        for chosen in group.chosen
        if chosen.passthrough
    }
    return {
        spot.host
        for spot in scope.plan.placed
        if spot.cluster == cluster and (spot.environment, spot.demand) in tied
    }


def _movable(machines: Sequence[Machine]) -> Iterator[Machine]:
    return (machine for machine in machines if not machine.host and not machine.vgpus)
