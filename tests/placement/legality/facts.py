"""A platform and a plan for it in the checker's own words; nothing here knows the product."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field

WEEK_S = 7 * 24 * 3600

Windows = tuple[tuple[int, int], ...]
"""Start and duration in seconds from Monday 00:00 on, every week; empty for always."""


@dataclass(frozen=True)
class Vgpu:
    """A vGPU that runs for somebody else; ``start`` is its place, None where nobody knows it."""

    vm: str
    profile: str
    start: int | None = None


@dataclass(frozen=True)
class Gpu:
    """A GPU; ``linked`` are PCI addresses of its neighbours, ``held_by`` has all of it.

    ``mixed_size`` is None where nobody says in which way it is time-sliced.
    """

    name: str
    model: str
    pci: str
    linked: tuple[str, ...] = ()
    mixed_size: bool | None = None
    held_by: str = ""
    running: tuple[Vgpu, ...] = ()


@dataclass(frozen=True)
class Host:
    """A host. ``cores`` and ``memory_bytes`` are what others leave.

    ``gpus_of_others`` are whole GPUs that somebody has or is promised, nobody says which.
    """

    name: str
    site: str
    cluster: str
    vcenter: str
    cores: int
    memory_bytes: int
    nvlink: str = ""
    maintenance: bool = False
    gpus: tuple[Gpu, ...] = ()
    gpus_of_others: int = 0


@dataclass(frozen=True)
class Supervisor:
    """What a Supervisor says that it covers."""

    site: str
    clusters: tuple[str, ...] = ()
    zones: tuple[str, ...] = ()


@dataclass(frozen=True)
class WorkGpu:
    """GPUs of one VM: what each must leave usable, and how it may be shared.

    ``sharing`` is ``mig``, ``time-sliced`` or ``full``.
    """

    usable_bytes: int
    sharing: str
    gpus: int = 1
    nvlink: bool = False
    precision: str = ""
    model: str = ""
    profile: str = ""


@dataclass(frozen=True)
class Work:
    """Equal VMs that are wanted. ``memory_bytes`` 0 leaves it to the framebuffer."""

    name: str
    environment: str
    site: str
    count: int
    vcpus: int
    memory_bytes: int
    gpu: WorkGpu | None = None
    windows: Windows = ()
    vcpus_per_core: float = 1.0


@dataclass(frozen=True)
class Facts:
    """Everything that a plan must respect.

    ``isolation`` is ``none``, ``gpu``, ``host`` or ``cluster``; ``versions`` are the stated ones.
    ``zones`` maps a site and a zone to its clusters.
    """

    hosts: tuple[Host, ...]
    works: tuple[Work, ...]
    isolation: str = "gpu"
    versions: Mapping[str, str] = field(default_factory=dict)
    supervisors: tuple[Supervisor, ...] = ()
    zones: Mapping[tuple[str, str], frozenset[str]] = field(default_factory=dict)


@dataclass(frozen=True)
class Placement:
    """One VM on a host; ``start`` is its place on its GPU, -1 where it has none."""

    work: str
    environment: str
    index: int
    site: str
    host: str
    cluster: str
    vcpus: int
    memory_bytes: int
    profile: str = ""
    gpus: tuple[str, ...] = ()
    start: int = -1
