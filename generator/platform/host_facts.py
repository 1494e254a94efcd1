"""Facts of hosts that mislead: kept, shown, and named for what they mean (F27, F5)."""

from __future__ import annotations

from collections.abc import Iterator

from generator.blueprint.model.hosts import Host
from generator.platform.gpus import Ground, grounds
from generator.platform.objects import HostFact
from generator.platform.scope import Scope


def host_facts(scope: Scope, vcenter: str) -> Iterator[HostFact]:
    """What is to be known of the hosts with the plan's GPUs, and of those who share them."""
    for ground in grounds(scope, vcenter):
        yield from _shared(ground)
        for host in ground.hosts:
            for what, consequence in _facts(host):
                yield HostFact(
                    cluster=ground.name, host=host.name, what=what, consequence=consequence
                )


def _shared(ground: Ground) -> Iterator[HostFact]:
    if ground.unknown:
        yield HostFact(
            cluster=ground.name,
            host="",
            what="nobody states whether others run here (clusters[].shared)",
            consequence="it counts as shared: every setting is proposed, and no script makes one",
        )
    for name in ground.foreign:
        yield HostFact(
            cluster=ground.name,
            host="",
            what=f"VM of others: {name}",
            consequence="each setting of its host affects it; its owner agrees first",
        )


def _facts(host: Host) -> Iterator[tuple[str, str]]:
    for device in host.other_devices:
        place = f" at {device.pci}" if device.pci else ""
        yield f"unknown device: {device.name}{place}", "not supported: nothing is planned on it"
    for name, value in sorted(host.settings.items()):
        yield f"unknown setting: {name} = {value}", "not supported: kept as it is"
    if host.memory_tier_bytes:
        yield "memory tiering", "reserved memory of GPU VMs must lie in DRAM alone"
    if host.dpu:
        yield f"DPU: {host.dpu}", "a VM on its switch moves only to hosts that have one"
    for nic in host.nics:
        name = nic.name or "a network port"
        if nic.upt:
            yield (
                f"uniform passthrough on {name}",
                "a VM with it needs it on every target of a move",
            )
        if nic.sr_iov:
            yield f"SR-IOV on {name}", "a VM with a virtual function cannot be moved"
