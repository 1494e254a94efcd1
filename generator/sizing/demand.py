"""What a workload needs, in figures. A demand knows nothing of hosts or devices."""

from __future__ import annotations

from dataclasses import field
from enum import StrEnum

from generator.finding import Finding
from generator.ledger import Entry
from generator.record import Record, record
from generator.sizing.connectivity.sized import NetworkSized
from generator.sizing.data.stored import DataSized


class Sharing(StrEnum):
    """How the GPUs of a demand may be shared with others."""

    MIG = "mig"
    TIME_SLICED = "time-sliced"
    NONE = "full"


@record
class RunWindow(Record):
    """A time of the week in which VMs run, in seconds from Monday 00:00 local time on.

    It comes again every week; what passes the end of the week goes on at its beginning.
    """

    start_s: int
    duration_s: int


@record
class PortUse(Record):
    """What one VM reads through the ports of its host that carry a kind of traffic."""

    traffic: str
    bytes_per_s: int


@record
class GpuNeed(Record):
    """GPUs of one VM. ``memory_bytes`` is what each must leave usable, 0 for a whole GPU.

    ``precision`` is the arithmetic that the GPU must offer (``""`` for any), ``model`` and
    ``profile`` are choices that the blueprint states, ``compute_first`` asks for the most compute
    among equal framebuffers (latency), ``nvlink`` for GPUs of one NVLink domain, ``passthrough``
    for whole GPUs by DirectPath I/O.
    """

    memory_bytes: int
    sharing: Sharing
    gpus: int = 1
    nvlink: bool = False
    compute_first: bool = False
    precision: str = ""
    model: str = ""
    profile: str = ""
    passthrough: bool = False


@record
class Demand(Record):
    """Equal VMs for one purpose in one environment.

    ``group`` names the Supervisor namespace and VKS cluster that they belong to: a team's, or
    ``all`` where the environment has one for everybody. ``site`` is where it runs (``""`` for any).

    ``count`` is how many should run at once and ``minimum`` how few still serve; what lies between
    may wait or burst. ``priority`` 0 is served first. ``permanent`` VMs always run, the others
    come and go. ``whole_numa_node`` asks for all of a NUMA node but its headroom, of which
    ``vcpus`` and ``memory_bytes`` are then the least. ``memory_bytes`` 0 leaves the memory to the
    framebuffer that the VM gets; ``extra_memory_bytes`` then comes on top of it.

    ``windows`` are when the VMs run in a week, sorted and apart; none for what may run at any time,
    as permanent VMs do. ``gives_way`` is the place of its priority among those that are stopped to
    make room (0 is stopped first), None for what is never stopped. ``cpu_overcommit`` is how many
    of its vCPUs may share one core (1.0: none share). ``nvme_bytes`` is what each VM holds of its
    host's own NVMe, ``ports`` what it reads through its host's ports, by traffic.
    """

    name: str
    environment: str
    orchestrator: str
    group: str
    site: str
    team: str
    phase: str
    count: int
    minimum: int
    vcpus: int
    memory_bytes: int
    priority: int
    permanent: bool
    burstable: bool = False
    whole_numa_node: bool = False
    extra_memory_bytes: int = 0
    gpu: GpuNeed | None = None
    windows: tuple[RunWindow, ...] = ()
    gives_way: int | None = None
    cpu_overcommit: float = 1.0
    nvme_bytes: int = 0
    ports: tuple[PortUse, ...] = ()


@record
class Sized(Record):
    """Every demand of a blueprint, the ledger behind the figures, and what could not be sized.

    ``data`` is what must be stored and where, ``network`` what flows and what needs an address.
    """

    demands: tuple[Demand, ...]
    ledger: tuple[Entry, ...]
    findings: tuple[Finding, ...]
    data: DataSized = field(default_factory=DataSized)
    network: NetworkSized = field(default_factory=NetworkSized)
