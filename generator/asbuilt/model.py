"""The as-built report as plain records. Framebuffer is in MiB, memory in bytes."""

from __future__ import annotations

from generator.finding import Finding
from generator.placement.devices.shapes import Mode
from generator.placement.hosts.beside import More
from generator.record import Record, record

OFF, UNKNOWN = "vGPU off", "unknown"
"""Modes that placement has no word for: the driver gives no vGPU there, and nobody knows."""
MODES = (*(mode.value for mode in Mode if mode is not Mode.EMPTY), OFF, UNKNOWN)


@record
class Tenancy(Record):
    """A VM on a GPU: its vGPU profile, "" for all of the GPU."""

    vm: str
    profile: str


@record
class Framebuffer(Record):
    """A GPU or many, cut by what can become of it; the parts add up to ``total_mib``.

    ``used_mib`` is what running vGPUs have, ``held_mib`` of GPUs that somebody has as a whole,
    ``free_mib`` can be given for certain, ``uncertain_mib`` only where vGPUs sit luckily,
    ``stranded_mib`` to nobody, ``shut_mib`` is on hosts that carry nothing now.
    """

    total_mib: int = 0
    used_mib: int = 0
    held_mib: int = 0
    free_mib: int = 0
    uncertain_mib: int = 0
    stranded_mib: int = 0
    shut_mib: int = 0

    def __add__(self, other: Framebuffer) -> Framebuffer:
        """Both together."""
        return Framebuffer(
            total_mib=self.total_mib + other.total_mib,
            used_mib=self.used_mib + other.used_mib,
            held_mib=self.held_mib + other.held_mib,
            free_mib=self.free_mib + other.free_mib,
            uncertain_mib=self.uncertain_mib + other.uncertain_mib,
            stranded_mib=self.stranded_mib + other.stranded_mib,
            shut_mib=self.shut_mib + other.shut_mib,
        )


@record
class GpuSeen(Record):
    """A GPU as it stands. ``model`` is the catalogue's id, ``mode`` one of ``MODES``.

    ``more`` says what starts beside what runs, ``why`` why framebuffer of it is of no use.
    ``starts`` are the places of the vGPUs in the worst case, as far as the mode has places.
    """

    name: str
    pci: str
    model: str
    mode: str
    tenants: tuple[Tenancy, ...]
    held_by: str
    framebuffer: Framebuffer
    more: tuple[More, ...]
    starts: tuple[int | None, ...] = ()
    why: str = ""


@record
class HostSeen(Record):
    """A host with GPUs. ``unreserved_bytes`` is memory that VMs with GPUs can still reserve.

    ``vms`` run there and have ``vcpus`` on ``cores``; None is not read.

    ``why`` says why it carries nothing now, "" where it does.
    """

    name: str
    cluster: str
    version: str
    hardware: str
    driver: str
    vms: int
    vcpus: int
    cores: int | None
    memory_bytes: int | None
    unreserved_bytes: int | None
    gpus: tuple[GpuSeen, ...]
    why: str = ""


@record
class Wait(Record):
    """A VM that would not start again after the loss of its host, and why."""

    vm: str
    host: str
    why: str


@record
class Fit(Record):
    """So many more vGPUs of a profile on a cluster's GPUs of a model, each profile alone.

    ``least`` start for certain, ``most`` where vGPUs sit luckily; ``after_loss`` once the VMs of
    the worst host to lose run elsewhere. ``reserved`` of them are kept for VM classes of namespaces
    (VCF 9). ``profile`` is ``passthrough`` for a whole GPU.
    """

    model: str
    profile: str
    running: int
    least: int
    most: int
    after_loss: int
    reserved: int = 0


@record
class ClusterSeen(Record):
    """A cluster, or hosts without one (name ""), with what fits there.

    ``waits`` are the VMs that would wait after the loss of their host; ``restarts`` counts VMs with
    GPUs that run. DRS and HA are None where they were not read.
    """

    name: str
    drs: str | None
    ha: bool | None
    admission: bool | None
    hosts: tuple[HostSeen, ...]
    plain_hosts: int
    restarts: int
    fits: tuple[Fit, ...]
    waits: tuple[Wait, ...]


@record
class Reserved(Record):
    """VMs of a class that a zone keeps for its namespaces, and how many of them run."""

    zone: str
    clusters: tuple[str, ...]
    vm_class: str
    vgpus: tuple[str, ...]
    reserved: int
    running: int


@record
class VersionSeen(Record):
    """A version that is in use. ``count`` objects have it, ``names`` are some of them.

    ``release`` is the row of the matrix, None where there is none. ``until`` is the last day of
    support, None where nobody knows it. ``state`` is ``supported``, ``ended``, ``undated`` or
    ``unmatched``.
    """

    target: str
    version: str
    release: str | None
    state: str
    until: str | None
    count: int
    names: tuple[str, ...]


@record
class Idle(Record):
    """Something that is there and serves nobody, as far as the snapshot tells."""

    kind: str
    name: str
    what: str


@record
class NotSeen(Record):
    """What was not read, why, and what would show it. ``privileges`` are vCenter's ids."""

    kind: str
    key: str
    field: str
    reason: str
    detail: str
    privileges: tuple[str, ...]
    mend: str


@record
class VcenterReport(Record):
    """One vCenter as it stands; ``account`` is a pseudonym where the snapshot is redacted."""

    name: str
    version: str
    build: str
    started: str
    ended: str
    role: str
    objects: int
    clusters: tuple[ClusterSeen, ...]
    versions: tuple[VersionSeen, ...]
    reserved: tuple[Reserved, ...]
    idle: tuple[Idle, ...]
    unread: tuple[NotSeen, ...]
    unknown_devices: tuple[tuple[str, str], ...]
    findings: tuple[Finding, ...]

    @property
    def hosts(self) -> tuple[HostSeen, ...]:
        """The hosts with GPUs of all clusters."""
        return tuple(host for cluster in self.clusters for host in cluster.hosts)


@record
class AsBuilt(Record):
    """The report: every vCenter that was read, and those that were not with reason and mend."""

    as_of: str
    vcenters: tuple[VcenterReport, ...]
    failed: tuple[tuple[str, str, str], ...]

    @property
    def framebuffer(self) -> Framebuffer:
        """Of all GPUs together."""
        gpus = (gpu for one in self.vcenters for host in one.hosts for gpu in host.gpus)
        return sum((gpu.framebuffer for gpu in gpus), Framebuffer())
