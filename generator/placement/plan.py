"""The answer of placement: who runs where, what makes it so, and what does not fit."""

from __future__ import annotations

from enum import StrEnum

from generator.finding import Finding
from generator.ledger import Entry
from generator.placement.devices.shapes import Mode
from generator.record import Record, record
from generator.sizing.demand import Demand


class Grade(StrEnum):
    """How far vSphere holds a placement to the plan (F4), strongest first."""

    ENFORCED = "enforced"
    BY_POWER_ON_ORDER = "by-power-on-order"
    HOPE = "hope"


@record
class Chosen(Record):
    """A demand with its device: the GPU model and one profile per vGPU (none without a GPU).

    ``passthrough`` GPUs are whole ones by DirectPath I/O; ``profile`` is then empty.
    ``device_group`` is the NVLink group by vSphere's name. ``demand`` has its final vCPUs and
    memory.
    """

    demand: Demand
    model: str
    profile: str
    device_group: str
    passthrough: bool = False


@record
class Placed(Record):
    """One VM of a demand on its host. ``gpus`` names the devices, ``start`` its place on one.

    ``start`` is the first MIG slice or the placement id of mixed-size mode, -1 in modes that have
    no places. ``numa`` is the node that holds the VM, -1 where it is spread over several.
    ``lever`` is what makes the placement true on this version of vSphere; ``reserved`` where that
    is a reservation of its class in its zone (F30).
    """

    demand: str
    environment: str
    index: int
    site: str
    host: str
    cluster: str
    profile: str
    gpus: tuple[str, ...]
    start: int
    numa: int
    lever: str
    grade: Grade
    reserved: bool = False


@record
class Standing(Record):
    """One vGPU on a GPU: its VM, its profile and its place; ``runs`` if it is there already.

    ``demand`` is empty for a VM that is not the plan's; ``vm`` is then its name.
    """

    demand: str
    environment: str
    vm: str
    profile: str
    start: int
    runs: bool


@record
class GpuPlan(Record):
    """A GPU and what the plan makes of it (framebuffer in MiB).

    ``today`` is the mode in the facts, ``mode`` the one that its contents need. ``free_mib`` is
    what no vGPU holds, ``stranded_mib`` the part of it that no profile of the plan's catalogue can
    use any more. ``held_by`` has all of the GPU.
    """

    site: str
    host: str
    name: str
    model: str
    today: str
    mode: Mode
    held_by: str
    framebuffer_mib: int
    free_mib: int
    stranded_mib: int
    standing: tuple[Standing, ...]


@record
class Shortfall(Record):
    """A demand of which fewer run than wanted.

    ``fatal`` where even the minimum finds no room; otherwise the rest waits or bursts.
    ``because`` names what is missing.
    """

    demand: str
    environment: str
    wanted: int
    placed: int
    minimum: int
    fatal: bool
    because: str

    @property
    def sentence(self) -> str:
        """The shortfall in words."""
        must = f" ({self.minimum} must)" if self.fatal else ""
        return (
            f"{self.demand} in {self.environment}: {self.placed} of {self.wanted} fit{must}, "
            f"{self.wanted - self.placed} would wait: {self.because}"
        )


@record
class Obstacle(Record):
    """Something beside hosts and GPUs that is short: a datastore or the addresses of a network.

    ``where`` is its name (with its site where it has one), ``needed`` and ``free`` count ``unit``
    and ``path`` is what to mend. ``fatal`` where it is short today for certain; else it will be as
    the data grows, or is only if all that may meet does meet: ``when`` says so.
    """

    what: str
    where: str
    needed: int
    free: int
    unit: str
    path: str
    when: str
    fatal: bool

    @property
    def sentence(self) -> str:
        """The obstacle in words."""
        return (
            f"{self.what} of {self.where}: {self.needed:,} {self.unit} needed, "
            f"{self.free:,} free, {self.when}"
        )


class Origin(StrEnum):
    """Where the time-sliced sizes of a board come from."""

    LISTED = "listed"
    STATED = "stated"
    HALVES = "halves of the board"
    RECOMMENDED = "recommended"
    KEPT = "kept"


@record
class Drawn(Record):
    """The catalogue that a plan draws its time-sliced vGPUs of a GPU model from, and why."""

    model: str
    origin: Origin
    why: str


@record
class Catalogue(Record):
    """The vGPU sizes of a GPU model that a plan uses in one mode, and what they strand at worst.

    ``why`` says where they come from, ``gpus`` on how many GPUs they stand. ``stranded_gb`` of
    ``board_gb`` and ``idle_slices`` (MIG) is what the worst order of arrival leaves unusable on one
    of them, ``full_of`` the vGPUs that it is then full of. That is proved by ``states`` placed
    states, of which nothing can join ``full_states``.
    """

    model: str
    mode: str
    sizes: str
    profiles: tuple[str, ...]
    why: str
    gpus: int
    stranded_gb: float
    board_gb: int
    idle_slices: int
    full_of: str
    states: int
    full_states: int


@record
class Plan(Record):
    """Where everything goes.

    ``chosen`` has an entry per demand, ``placed`` one per VM, ``gpus`` one per GPU of the hosts.
    ``obstacles`` are what is short beside the hosts, ``drawn`` says where the vGPU sizes come from
    and ``catalogues`` what they are and can strand.
    """

    chosen: tuple[Chosen, ...]
    placed: tuple[Placed, ...]
    gpus: tuple[GpuPlan, ...]
    shortfalls: tuple[Shortfall, ...]
    ledger: tuple[Entry, ...]
    findings: tuple[Finding, ...]
    obstacles: tuple[Obstacle, ...] = ()
    drawn: tuple[Drawn, ...] = ()
    catalogues: tuple[Catalogue, ...] = ()

    @property
    def fits(self) -> bool:
        """Whether every demand has at least its minimum, and nothing else is short today."""
        short = any(shortfall.fatal for shortfall in self.shortfalls)
        return not short and not any(obstacle.fatal for obstacle in self.obstacles)
