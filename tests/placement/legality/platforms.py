"""Random platforms: sites as inventories state them, and demands that ask for more than there is.

``platform(seed)`` is the same on every machine. ``occupied.py`` says what runs there already,
``wanted.py`` what is asked for.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from random import Random

from generator.blueprint.model.hosts import Cpu, GpuDevice, Host
from generator.blueprint.model.resource_management import Capacity
from generator.quantity import GIB, Quantity
from generator.sizing.demand import Demand
from generator.supply.model import Cluster, RunningVm, SiteInventory, SiteMetadata, Supervisor, Zone
from tests.placement.legality.occupied import occupy
from tests.placement.legality.tables import BOARDS, DOMAIN_SIZES, Board
from tests.placement.legality.wanted import demands

VERSIONS: tuple[Mapping[str, str], ...] = (
    {"esx": "8.0U3", "vcenter": "8.0U3", "vgpu_host": "17.4"},
    {"esx": "9.0", "vcenter": "9.0", "vgpu_host": "19.0", "nvaie_infra": "8.2"},
    {"esx": "8.0U3", "vcenter": "8.0U3", "vgpu_host": "18.0", "nvaie_infra": "6.3"},
    {"esx": "8.0U3"},
    {"esx": "8.0U2", "vcenter": "8.0U3", "vgpu_host": "17.4"},
    {"esx": "8.0U1", "vcenter": "8.0U1", "vgpu_host": "16.2"},
    {"esx": "7.0U3", "vcenter": "7.0U3"},
    {},
)
VERSION_WEIGHTS = (5, 5, 2, 1, 1, 1, 1, 1)

WITHOUT_VGPU = ("amd-mi300x", "nvidia-gh200-96")
"""GPUs that the catalogue knows and vSphere cannot share."""

RARE = ("nvidia-h200-nvl-141", "nvidia-h200-nvl-141", "nvidia-rtx-pro-6000-blackwell-se") * 2
"""The only boards with quads, and with several vGPUs on one MIG instance: they come more often."""


@dataclass(frozen=True)
class Platform:
    """A platform to be placed: inventories by site, demands, terms."""

    seed: int
    sites: Mapping[str, SiteInventory]
    demands: tuple[Demand, ...]
    isolation: str
    versions: Mapping[str, str]


def platform(seed: int) -> Platform:
    """The platform of a seed."""
    random = Random(seed)
    models = random.sample([*sorted(BOARDS), *RARE], random.choice((1, 1, 2)))
    names = ("ams", "fra")[: random.choice((1, 1, 1, 2))]
    sites = {name: _site(random, name, models) for name in names}
    isolation = random.choice(("none", "gpu", "gpu", "host", "cluster"))
    versions = random.choices(VERSIONS, VERSION_WEIGHTS)[0]
    return Platform(seed, sites, demands(random, sites), isolation, versions)


def _site(random: Random, name: str, models: list[str]) -> SiteInventory:
    count = random.choice((1, 1, 2))
    names = [f"{name}-c{n}" for n in range(count)]
    clusters = tuple(
        Cluster(name=c, vcenter=f"vc-{name}", zone=random.choice((None, f"z-{c}"))) for c in names
    )
    zones = tuple(
        Zone(name=f"by-list-{c.name}", clusters=(c.name,)) for c in clusters if c.zone is None
    )
    share = random.choice((0.0, 0.0, 0.05, 0.3))
    hosts: list[Host] = []
    running: list[RunningVm] = []
    for number in range(random.choice((1, 2, 2, 3))):
        host = _host(random, f"esx-{name}-{number}", random.choice(names), models)
        host, vms = occupy(random, host, share)
        hosts.append(host)
        running += vms
    return SiteInventory(
        metadata=SiteMetadata(name=name),
        clusters=clusters,
        zones=zones,
        supervisors=_supervisors(random, clusters),
        hosts=tuple(hosts),
        occupancy=tuple(running),
    )


def _supervisors(random: Random, clusters: tuple[Cluster, ...]) -> tuple[Supervisor, ...]:
    """None, one on some of the clusters by name or by zone, one that says nothing, or two.

    Of two each has clusters of its own, as far as there are more than one has.
    """
    kind = random.choice(("none", "none", "clusters", "zones", "silent", "two"))
    some = random.sample(clusters, random.randint(1, len(clusters)))
    named = Supervisor(ref="s-1", clusters=tuple(c.name for c in some))
    zoned = Supervisor(ref="s-2", zones=tuple(c.zone or f"by-list-{c.name}" for c in some))
    rest = tuple(c for c in clusters if c not in some) or tuple(some)
    other = Supervisor(ref="s-2", zones=tuple(c.zone or f"by-list-{c.name}" for c in rest))
    return {
        "none": (),
        "clusters": (named,),
        "zones": (zoned,),
        "silent": (Supervisor(ref="s-3"),),
        "two": (named, other),
    }[kind]


def _host(random: Random, name: str, cluster: str, models: list[str]) -> Host:
    model = random.choice(models)
    nvlink, count = _linked(random, BOARDS[model])
    fitted = [model] * count
    if nvlink == "none" and random.random() < 0.3:
        fitted[-1] = random.choice((*models, *models, *models, *WITHOUT_VGPU))
    tight = random.random() < 0.18
    memory = random.choice((96, 160, 256)) if tight else 64 * 1024
    cores = random.choice((8, 12, 16)) if random.random() < 0.12 else 512
    return Host(
        name=name,
        cluster=cluster,
        cpu=Cpu(sockets=2, cores_per_socket=cores),
        memory_bytes=Quantity(memory * GIB),
        nvlink=nvlink,  # type: ignore[arg-type]
        maintenance=random.choice((None, False)) if random.random() < 0.95 else True,
        reserved_for_others=_reserved(random) if random.random() < 0.12 else None,
        gpus=_devices(random, fitted, nvlink),
    )


def _reserved(random: Random) -> Capacity:
    return random.choice(
        (
            Capacity(cores=8),
            Capacity(memory_bytes=Quantity(64 * GIB)),
            Capacity(cores=4, memory_bytes=Quantity(32 * GIB), gpus=1),
        )
    )


def _linked(random: Random, board: Board) -> tuple[str, int]:
    """How the GPUs of a host are joined, and how many there are."""
    if 8 in board.groups and random.random() < 0.7:
        return "nvswitch", 8
    if 4 in board.groups and random.random() < 0.7:
        return "bridge-quad", random.choice((4, 8))
    if 2 in board.groups and random.random() < 0.8:
        return "bridge-pair", random.choice((2, 4))
    return "none", random.choice((1, 2, 3, 4))


def _devices(random: Random, fitted: list[str], nvlink: str) -> tuple[GpuDevice, ...]:
    """The GPUs; of some hosts the facts say which are joined, and that need not be neighbours."""
    pci = [f"0000:{n + 1:02x}:00.0" for n in range(len(fitted))]
    joined: dict[int, tuple[str, ...]] = {}
    size = DOMAIN_SIZES.get(nvlink, 0)
    if size and random.random() < 0.35:
        order = list(range(len(fitted)))
        random.shuffle(order)
        for start in range(0, len(order), size):
            domain = order[start : start + size]
            if len(domain) > 1:
                joined |= {n: tuple(pci[m] for m in domain if m != n) for n in domain}
    return tuple(
        GpuDevice(
            model=model,
            pci=pci[n],
            numa=0 if nvlink == "bridge-pair" and n < 2 else n * 2 // len(fitted),
            nvlink_with=joined.get(n, ()),
        )
        for n, model in enumerate(fitted)
    )
