"""The as-built report of vCenters: hosts and GPUs, what fits, what is stranded, what is stale."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import replace

from generator.asbuilt.capacity import capacity_findings
from generator.asbuilt.facts import Facts
from generator.asbuilt.fits import Standing, fits
from generator.asbuilt.gpus import Boards, gpu_seen, mode_word, shut_gpu
from generator.asbuilt.idle import idle, idle_findings
from generator.asbuilt.loads import NOTHING, loads
from generator.asbuilt.model import AsBuilt, ClusterSeen, GpuSeen, HostSeen, VcenterReport
from generator.asbuilt.reserved import kept_by_profile, reservations, reserved_findings
from generator.asbuilt.settings import settings
from generator.asbuilt.stale import versions_seen, vgpu_branches
from generator.asbuilt.unread import not_seen, unread_findings
from generator.asbuilt.versions import version_findings
from generator.blueprint.model.hosts import Host as HostFacts
from generator.catalog import Catalog
from generator.finding import Finding
from generator.placement.devices.shapes import PASSTHROUGH
from generator.placement.hosts.stock import Host, left_out, stock
from generator.quantity import MIB
from generator.record import altered
from generator.supply.model import RunningVgpu, RunningVm, SiteInventory
from generator.vcenter.snapshot import Seen, Snapshot, VcenterSeen

_SITE = "site"
"""The key of the one inventory that is looked at; nothing shows it."""
_CONNECTED = "connected"
_LOST = "vCenter does not reach it"


def as_built(
    snapshot: Snapshot, inventories: Sequence[SiteInventory], catalog: Catalog, day: str
) -> AsBuilt:
    """The report as of the ISO day ``day``; ``inventories`` are those of the vCenters, in order."""
    return AsBuilt(
        as_of=day,
        vcenters=tuple(
            _Vcenter(seen, inventory, catalog, day).report()
            for seen, inventory in zip(snapshot.vcenters, inventories, strict=True)
        ),
        failed=tuple((one.name, one.reason, one.mend) for one in snapshot.failed),
    )


class _Vcenter:
    """One vCenter while its report is made."""

    def __init__(
        self, seen: VcenterSeen, inventory: SiteInventory, catalog: Catalog, day: str
    ) -> None:
        self._seen, self._inventory, self._catalog, self._day = seen, inventory, catalog, day
        self._boards = Boards(catalog)
        self._reserved = tuple(reservations(seen))
        self._objects = {(one.kind, one.key): one for one in seen.objects}
        self._drivers = vgpu_branches(Snapshot(vcenters=(seen,)), catalog)
        self._loads = loads(seen)
        self._holding: dict[str, list[RunningVm]] = {}
        for vm in self._holders():
            self._holding.setdefault(vm.host or "", []).append(vm)
        self._facts = {host.name: host for host in inventory.hosts}
        # Without Supervisors: which of them carries environments is a blueprint's question.
        site = {_SITE: replace(inventory, supervisors=())}
        self._out = {one.host: one.why for one in left_out(site)}
        self._out |= dict.fromkeys(self._lost(), _LOST)
        self._hosts = {
            host.name: altered(host, free_memory_bytes=self._unreserved(host.name))
            for host in stock(site)
            if host.name not in self._out
        }

    def report(self) -> VcenterReport:
        """The vCenter's part of the report."""
        facts = Facts(
            day=self._day,
            seen=self._seen,
            catalog=self._catalog,
            clusters=tuple(self._clusters()),
            versions=versions_seen(self._seen, self._catalog, self._day),
            unknown_devices=tuple(
                sorted((h.name, d.name) for h in self._inventory.hosts for d in h.other_devices)
            ),
        )
        unread = tuple(not_seen(facts))
        return VcenterReport(
            name=self._seen.name,
            version=self._seen.version,
            build=self._seen.build,
            started=self._seen.started,
            ended=self._seen.ended,
            role=self._seen.role,
            objects=len(self._seen.objects),
            clusters=facts.clusters,
            versions=facts.versions,
            reserved=self._reserved,
            idle=tuple(idle(facts)),
            unread=unread,
            unknown_devices=facts.unknown_devices,
            findings=_ordered(
                (
                    *capacity_findings(facts),
                    *reserved_findings(facts),
                    *version_findings(facts),
                    *settings(facts),
                    *idle_findings(facts),
                    *unread_findings(facts, unread),
                )
            ),
        )

    def _lost(self) -> Iterator[str]:
        for (kind, key), one in self._objects.items():
            if kind == "host" and one.fields.get("connection") not in (None, _CONNECTED):
                yield key

    def _unreserved(self, host: str) -> int:
        """Memory of a host that no running VM has reserved (bytes)."""
        memory = self._facts[host].memory_bytes
        total = int(memory.value) if memory else 0
        reserved = self._loads.get(host, NOTHING).reserved_mib
        return max(0, total - reserved * MIB)

    def _clusters(self) -> Iterator[ClusterSeen]:
        by_name: dict[str, list[HostFacts]] = {}
        for host in sorted(self._inventory.hosts, key=lambda one: one.name):
            by_name.setdefault(host.cluster or "", []).append(host)
        for name in sorted({*by_name, *(key for kind, key in self._objects if kind == "cluster")}):
            yield self._cluster(name, by_name.get(name, []))

    def _cluster(self, name: str, facts: Sequence[HostFacts]) -> ClusterSeen:
        seen = self._objects.get(("cluster", name))
        fields: Mapping[str, object] = seen.fields if seen else {}
        enabled = fields.get("ha_enabled")
        hosts = tuple(self._host(one) for one in facts if one.gpus)
        gpus = {gpu.name: gpu for host in hosts for gpu in host.gpus}
        carrying = [self._hosts[one.name] for one in facts if one.name in self._hosts]
        holding = [vm for one in facts for vm in self._holding.get(one.name, ())]
        vms = [vm for vm in holding if vm.power == "on"]
        ha = enabled if isinstance(enabled, bool) else None
        models = sorted({gpu.model for gpu in gpus.values()})
        boards = {model: self._boards[model] for model in models}
        kept = kept_by_profile(self._reserved, name)
        found, waits = fits(Standing(carrying, gpus, vms, ha), boards, kept) if gpus else ((), ())
        return ClusterSeen(
            name=name,
            drs=_drs(fields),
            ha=ha,
            admission=_flag(fields.get("ha_admission_control")),
            hosts=hosts,
            plain_hosts=sum(1 for one in facts if not one.gpus),
            restarts=len(vms),
            fits=found,
            waits=waits,
        )

    def _host(self, facts: HostFacts) -> HostSeen:
        carrying, cpu = self._hosts.get(facts.name), facts.cpu
        load = self._loads.get(facts.name, NOTHING)
        known = cpu is not None and cpu.sockets and cpu.cores_per_socket
        return HostSeen(
            name=facts.name,
            cluster=facts.cluster or "",
            version=facts.version or "",
            hardware=facts.hardware or "",
            driver=self._drivers.get(facts.name, ""),
            vms=load.vms,
            vcpus=load.vcpus,
            cores=(cpu.sockets or 0) * (cpu.cores_per_socket or 0) if cpu and known else None,
            memory_bytes=int(facts.memory_bytes.value) if facts.memory_bytes else None,
            unreserved_bytes=carrying.free_memory_bytes if carrying else None,
            gpus=tuple(self._gpus(facts, carrying)),
            why=self._out.get(facts.name, ""),
        )

    def _gpus(self, facts: HostFacts, carrying: Host | None) -> Iterator[GpuSeen]:
        if carrying is not None:
            holding = self._holding.get(facts.name, ())
            direct = {vm.name for vm in holding if _directly(vm)}
            for gpu in carrying.gpus:
                device = self._device(facts.name, gpu.pci)
                yield gpu_seen(gpu, device, self._boards, direct=gpu.held_by in direct)
            return
        for index, one in enumerate(facts.gpus):
            mode = mode_word(one.mode, mixed_size=one.mixed_size)
            name = f"{facts.name}/gpu{index}"
            why = self._out.get(facts.name, "")
            yield shut_gpu(name, one.pci or "", one.model, mode, why, self._boards)

    def _device(self, host: str, pci: str) -> Seen | None:
        return self._objects.get(("gpu", f"{host}/{pci}"))

    def _holders(self) -> Iterator[RunningVm]:
        """VMs with a vGPU, or with a GPU of their host by DirectPath.

        Of dynamic DirectPath the inventory knows the holder of a device: its VM starts again on any
        device of the kind, as with a profile that takes all of it.
        """
        places = {gpu.pci for host in self._inventory.hosts for gpu in host.gpus}
        dynamic: dict[tuple[str, str], list[RunningVgpu]] = {}
        for host in self._inventory.hosts:
            for gpu in host.gpus:
                whole = RunningVgpu(profile=PASSTHROUGH, pci=gpu.pci)
                dynamic.setdefault((host.name, gpu.held_by or ""), []).append(whole)
        for vm in self._inventory.occupancy:
            direct = tuple(address for address in vm.passthrough if address in places)
            held = tuple(dynamic.get((vm.host or "", vm.name), ()))
            if vm.vgpus or direct or held:
                yield replace(vm, passthrough=direct, vgpus=(*vm.vgpus, *held))


def _directly(vm: RunningVm) -> bool:
    """Whether a VM has a whole GPU by DirectPath."""
    return bool(vm.passthrough) or any(one.profile == PASSTHROUGH for one in vm.vgpus)


def _drs(fields: Mapping[str, object]) -> str | None:
    """DRS of a cluster in a word; None where it was not read."""
    if fields.get("drs_enabled") is None:
        return None
    return str(fields.get("drs_automation") or "on") if fields.get("drs_enabled") else "off"


def _flag(value: object) -> bool | None:
    return value if isinstance(value, bool) else None


def _ordered(findings: Sequence[Finding]) -> tuple[Finding, ...]:
    """The gravest first, then by rule and object."""
    return tuple(
        sorted(dict.fromkeys(findings), key=lambda f: (f.severity.rank, f.rule, f.path, f.message))
    )
