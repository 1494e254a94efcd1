"""Random occupied sites, and the judge of the way from them to a plan."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import replace
from random import Random
from typing import NamedTuple

from generator.catalog import Catalog
from generator.placement.devices.geometry import Board
from generator.placement.devices.shapes import PASSTHROUGH, Fixed, Mode
from generator.placement.engine import place
from generator.placement.hosts.stock import Gpu, Host, Tenant
from generator.placement.plan import Plan
from generator.placement.steps.occupancy import UNKNOWN_START, Gpus, Seat, fits, today
from generator.placement.steps.way import Action, Step
from generator.placement.terms import Terms
from generator.quantity import GIB
from generator.sizing.demand import Demand, Sharing
from tests.placement.build import demand, host, need, sized

CATALOG = Catalog.builtin()
MODELS = (
    "nvidia-h100-pcie-80",
    "nvidia-a100-pcie-80",
    "nvidia-h200-nvl-141",
    "nvidia-l40s",
    "nvidia-rtx-pro-6000-blackwell-se",
)
FACTS = {
    Mode.SAME_SIZE: ("time-sliced", False),
    Mode.MIXED_SIZE: ("time-sliced", True),
    Mode.MIG: ("mig", None),
    Mode.PASSTHROUGH: ("passthrough", None),
    None: ("", None),
}


class Case(NamedTuple):
    """A site with what runs on it, and a plan for it."""

    hosts: list[Host]
    terms: Terms
    plan: Plan
    boards: Mapping[str, Board]


def case(seed: int) -> Case:
    """A random occupied site and the plan for some random demands."""
    random = Random(seed)
    terms = Terms(
        isolation=random.choice(("none", "gpu", "host")),
        mixed_size=random.random() < 0.7,
        reservations=random.random() < 0.15,
    )
    models = random.sample(MODELS, random.choice((1, 1, 2)))
    boards = {m: Board(CATALOG.accelerator(m), mixed_size=terms.mixed_size) for m in sorted(models)}
    hosts = [_host(n, random, models, boards) for n in range(random.randint(1, 4))]
    plan = place(sized(*_demands(random, models)), hosts, CATALOG, terms)
    return Case(hosts, terms, plan, boards)


def _host(n: int, random: Random, models: Sequence[str], boards: Mapping[str, Board]) -> Host:
    model = random.choice(models)
    count = random.choice((1, 2, 2, 4, 8))
    made = host(f"esx-{n}", gpus=count, model=model)
    zone = random.choice(("z1", "z1", "z2"))
    links = random.choice(("", "bridge-pair", "bridge-quad", "nvswitch"))
    memory = random.choice((256, 512, 1024, 2048)) * GIB
    gpus = tuple(_occupied(gpu, random, boards[model]) for gpu in made.gpus)
    return replace(made, zone=zone, cluster=zone, nvlink=links, free_memory_bytes=memory, gpus=gpus)


def _occupied(gpu: Gpu, random: Random, board: Board) -> Gpu:
    """A GPU in some mode, empty, held, or with VMs that its host might have put there."""
    modes = [mode for mode in FACTS if mode is not Mode.MIG or board.accelerator.mig]
    mode = random.choice(modes)
    text, mixed = FACTS[mode]
    if random.random() < 0.1:
        return replace(gpu, mode=text, mixed_size=mixed, held_by="vdi-farm")
    running: list[Fixed] = []
    if mode in (Mode.SAME_SIZE, Mode.MIXED_SIZE, Mode.MIG):
        shapes = random.sample(range(len(board.shapes)), 3)
        for _ in range(random.randint(0, 4)):
            shape = random.choice(shapes)
            starts = board.legal_starts(running, mode, shape)
            if starts:
                running.append(Fixed(shape, random.choice(starts)))
    tenants = tuple(
        Tenant(
            vm=f"{random.choice(('old', 'vdi'))}-{gpu.name}-{n}",
            profile=board.shapes[one.shape].name,
            start=one.start if one.start >= 0 else None,
        )
        for n, one in enumerate(running)
    )
    ours = tuple(replace(tenant, ours=tenant.vm.startswith("old")) for tenant in tenants)
    return replace(gpu, mode=text, mixed_size=mixed, tenants=ours)


def _demands(random: Random, models: Sequence[str]) -> list[Demand]:
    return [_demand(n, random, models) for n in range(random.randint(1, 9))]


def _demand(n: int, random: Random, models: Sequence[str]) -> Demand:
    model = random.choice(models)
    sharing = random.choice((Sharing.TIME_SLICED, Sharing.TIME_SLICED, Sharing.MIG, Sharing.NONE))
    several = random.choice((1, 1, 2, 4)) if sharing is Sharing.NONE else 1
    wanted = need(
        0 if sharing is Sharing.NONE else random.choice((3, 8, 15, 30)),
        sharing,
        gpus=several,
        nvlink=several > 1 and random.random() < 0.6,
        model=random.choice((model, "")),
        passthrough=sharing is Sharing.NONE and random.random() < 0.25,
    )
    return demand(
        f"d{n}",
        None if random.random() < 0.15 else wanted,
        environment=random.choice(("dev", "prod")),
        permanent=random.random() < 0.5,
        count=random.choice((1, 2, 4, 8)),
        minimum=0,
        memory_bytes=random.choice((16, 48, 160)) * GIB,
        windows=(),
    )


class Judge:
    """Follows steps and says what is wrong with one; knows nothing of how they were found."""

    def __init__(self, hosts: Sequence[Host], boards: Mapping[str, Board]) -> None:
        self._boards = boards
        self.gpus: Gpus = today(hosts, boards)
        self._out: set[str] = set()
        self._known = {at for at in self.gpus if self._is_legal(at)}
        self.foreign = {
            name for state in self.gpus.values() for name, _, ours in state.on if not ours
        }

    def faults(self, steps: Iterable[Step]) -> list[str]:
        """Every step that may not be taken, and every state that may not be."""
        found: list[str] = []
        for step in steps:
            found += [f"{step.number} {step.action}: {fault}" for fault in self._faults(step)]
            self._take(step)
            found += [
                f"{step.number} {step.action}: {at} is illegal"
                for at in self._touched(step)
                if at in self._known and not self._is_legal(at)
            ]
        return found

    def _is_legal(self, at: tuple[str, str]) -> bool:
        state = self.gpus[at]
        if state.held_by:
            return not state.on
        return fits(self._boards.get(state.model), state.seats(), state.mode)

    def _touched(self, step: Step) -> list[tuple[str, str]]:
        seats = [seat.gpu for seat in (*step.seats, *step.to)] + ([step.gpu] if step.gpu else [])
        return [(step.site, gpu) for gpu in seats]

    def _faults(self, step: Step) -> list[str]:
        found: list[str] = []
        ours = step.vm not in self.foreign and step.vm != "vdi-farm"
        if step.action in (Action.MIGRATE, Action.POWER_OFF, Action.KEEP) and not ours:
            found.append("touches a foreign VM")
        if step.action is Action.CHANGE_MODE:
            state = self.gpus[step.site, step.gpu]
            found += ["the GPU is not empty"] if state.on or state.held_by else []
            reboot = step.needs_reboot and step.host not in self._out
            found += ["reboots outside maintenance"] if reboot else []
        if step.action is Action.ENTER_MAINTENANCE:
            busy = [s for s in self.gpus.values() if s.host == step.host and (s.on or s.held_by)]
            found += [f"{state.name} still carries a VM" for state in busy]
        if step.action in (Action.POWER_ON, Action.MIGRATE, Action.TELL_OWNER):
            found += ["starts on a host in maintenance"] if step.host in self._out else []
        if step.action is Action.MIGRATE:
            same = [s.profile for s in step.seats] == [s.profile for s in step.to]
            found += [] if same else ["changes its profile"]
        return found

    def _take(self, step: Step) -> None:
        if step.action is Action.ENTER_MAINTENANCE:
            self._out.add(step.host)
        elif step.action is Action.EXIT_MAINTENANCE:
            self._out.discard(step.host)
        elif step.action is Action.CHANGE_MODE:
            self.gpus[step.site, step.gpu].mode = Mode(step.mode)
            self._known.add((step.site, step.gpu))
        elif step.action in (Action.ASK_OWNER, Action.POWER_OFF):
            self._off(step, step.seats)
        elif step.action is Action.MIGRATE:
            self._off(step, step.seats)
            self._on(step, step.to)
        elif step.action in (Action.POWER_ON, Action.TELL_OWNER):
            self._on(step, step.seats)

    def _off(self, step: Step, seats: Sequence[Seat]) -> None:
        for seat in seats:
            self.gpus[step.site, seat.gpu].take_off(step.vm)

    def _on(self, step: Step, seats: Sequence[Seat]) -> None:
        for seat in seats:
            state = self.gpus[step.site, seat.gpu]
            if seat.profile:
                state.on.append((step.vm, seat, step.action is not Action.TELL_OWNER))
            else:
                state.held_by = step.vm

    def missing(self, plan: Plan) -> list[str]:
        """What the plan has on a GPU and the last state has not."""
        found: list[str] = []
        for gpu in plan.gpus:
            have = [(s.profile, s.start) for s in self.gpus[gpu.site, gpu.name].seats()]
            for standing in gpu.standing:
                seat = standing.profile or PASSTHROUGH, standing.start
                loose = next((h for h in have if h[0] == seat[0] and _as(h[1], seat[1])), None)
                if loose is None:
                    found.append(f"{standing.vm} is not on {gpu.name}")
                else:
                    have.remove(loose)
            found += [f"{gpu.name} carries {profile} besides" for profile, _ in have]
        return found


def _as(one: int, other: int) -> bool:
    """A place, or none where the mode, the facts or several whole GPUs do not have one."""
    return one == other or -1 in (one, other) or UNKNOWN_START in (one, other)
