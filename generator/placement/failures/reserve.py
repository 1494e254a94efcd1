"""Whether a cluster survives the loss of as many hosts as its HA promises, GPUs included.

Admission control of vSphere HA keeps cores and memory free and never looks at GPUs, so the reserve
is computed: every loss is played through, and the free places that VMs start on are the reserve.
Sources: vSphere reference 6.4; requirements 3.4 (``ha.host_failures``).
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Iterator, Mapping, Sequence
from itertools import combinations
from math import comb

from generator.finding import Finding
from generator.placement.failures.failing import Failing
from generator.placement.failures.machine import Machine
from generator.placement.failures.promises import ClusterHa, ClusterKey
from generator.placement.failures.slices import kept_mib
from generator.placement.loss import Level, Loss, Restart
from generator.placement.rules import SurvivesLoss
from generator.record import Record, record

MOST_LOSSES = 1_000
"""Losses that are played through for a cluster before the worst are chosen; bounds the time."""

EVERY = "every loss of as many hosts was played through"
WORST = (
    "not proven: of so many losses those were played through that take the most copies of each "
    "demand or the most framebuffer in use, as what a loss breaks is what it stops"
)


@record
class Reserved(Record):
    """A free place of a GPU on which VMs start after some loss; ``losses`` counts them."""

    site: str
    gpu: str
    profile: str
    start: int
    losses: int


@record
class Short(Record):
    """A demand that serves no longer once ``what`` is lost."""

    what: str
    level: Level
    because: str


@record
class Reserve(Record):
    """What a cluster keeps for the failures that its HA promises to survive.

    ``places`` are the free places of GPUs that serve as the reserve, on ``gpus`` GPUs, and
    ``framebuffer_mib`` what they come to; where two losses take the same place it counts once.
    ``proven`` says whether every loss was played through; ``argument`` says why the others need not
    be, or that they were not.
    """

    site: str
    cluster: str
    host_failures: int
    losses: int
    proven: bool
    argument: str
    places: tuple[Reserved, ...]
    gpus: int
    framebuffer_mib: int
    short: tuple[Short, ...]

    @property
    def survives(self) -> bool:
        """Whether every demand still serves after each of the losses."""
        return not self.short


def reserves(
    failing: Failing, ha: Mapping[ClusterKey, ClusterHa], most: int = MOST_LOSSES
) -> tuple[Reserve, ...]:
    """The reserve of each cluster whose HA promises to survive the loss of hosts.

    One lost host is always played through for every host; more at once as long as there are at
    most ``most`` ways, else the worst by what they stop.
    """
    clusters: dict[tuple[str, str, str], list[Machine]] = {}
    for machine in failing.running.machines:
        clusters.setdefault(machine.cluster, []).append(machine)
    found: list[Reserve] = []
    for (site, _, cluster), machines in sorted(clusters.items()):
        told = ha.get((site, cluster))
        failures = min((told.host_failures or 0) if told else 0, len(machines))
        if failures:
            found.append(_reserve(failing, machines, failures, most))
    return tuple(found)


def findings(
    reserves_: Sequence[Reserve],
    mends: Callable[[Reserve, Short], Sequence[str]] = lambda *_: (),
) -> Iterator[Finding]:
    """A finding for each demand of production that a promised loss breaks.

    ``mends`` says what was proved to help one.
    """
    for reserve in reserves_:
        seen: set[tuple[str, str]] = set()
        for short in reserve.short:
            key = (short.level.environment, short.level.demand)
            if short.level.environment == "prod" and key not in seen:
                seen.add(key)
                yield SurvivesLoss.of(
                    reserve.cluster,
                    reserve.host_failures,
                    short.what,
                    short.level,
                    short.because,
                    mends(reserve, short),
                )


def _reserve(failing: Failing, machines: Sequence[Machine], failures: int, most: int) -> Reserve:
    proven = failures == 1 or comb(len(machines), failures) <= most
    orders = [machine.order for machine in machines]
    sets = list(combinations(orders, failures)) if proven else _worst(failing, machines, failures)
    losses = [failing.hosts(each) for each in sets]
    places = tuple(_places(failing, losses))
    host = machines[0].host
    return Reserve(
        site=host.site,
        cluster=host.cluster,
        host_failures=failures,
        losses=len(losses),
        proven=proven,
        argument=EVERY if proven else WORST,
        places=places,
        gpus=len({place.gpu for place in places}),
        framebuffer_mib=_framebuffer_mib(failing, places),
        short=tuple(_short(losses)),
    )


def _worst(failing: Failing, machines: Sequence[Machine], failures: int) -> list[tuple[int, ...]]:
    """The hosts with the most copies of each demand, and those with the most framebuffer in use."""
    vms = failing.running.vms
    orders = {machine.order for machine in machines}
    copies: dict[tuple[str, str], Counter[int]] = {}
    used: Counter[int] = Counter(dict.fromkeys(sorted(orders), 0))
    for vm, stay in zip(vms, failing.running.stays, strict=True):
        if stay is not None and stay.order in orders:
            copies.setdefault(vm.key, Counter())[stay.order] += 1
            used[stay.order] += vm.size_mib
    by_use = sorted(used, key=lambda order: (-used[order], order))
    sets: dict[tuple[int, ...], None] = {tuple(sorted(by_use[:failures])): None}
    for _, here in sorted(copies.items()):
        most = sorted(here, key=lambda order: (-here[order], order))[:failures]
        rest = [order for order in by_use if order not in most]
        sets[tuple(sorted([*most, *rest][:failures]))] = None
    return list(sets)


def _places(failing: Failing, losses: Sequence[Loss]) -> Iterator[Reserved]:
    """The places that were free, on which a VM starts after some loss."""
    profiles = {vm.key: vm.choice.profile for vm in failing.running.vms}
    counted: Counter[tuple[str, str, str, int, int]] = Counter()
    for loss in losses:
        opened = {gpu for restart in loss.restarts if restart.preempts for gpu in restart.gpus}
        alike: Counter[tuple[str, str, str, int]] = Counter()
        for restart in loss.restarts:
            if opened.intersection(restart.gpus):
                continue
            for place in _of(restart, profiles):
                # Where a mode has no places, equal vGPUs on one GPU are told apart by counting.
                alike[place] += 1
                counted[*place, alike[place]] += 1
    for (site, gpu, profile, start, _), times in sorted(counted.items()):
        yield Reserved(site=site, gpu=gpu, profile=profile, start=start, losses=times)


def _framebuffer_mib(failing: Failing, places: Sequence[Reserved]) -> int:
    """What the places come to; what one loss or another takes of a GPU counts once."""
    on: dict[tuple[str, str], list[tuple[str, int]]] = {}
    for place in places:
        on.setdefault((place.site, place.gpu), []).append((place.profile, place.start))
    return sum(
        kept_mib(gpu, failing.boards[gpu.model].accelerator, on[gpu.site, gpu.name])
        for gpu in failing.plan.gpus
        if (gpu.site, gpu.name) in on
    )


def _of(
    restart: Restart, profiles: Mapping[tuple[str, str], str]
) -> Iterator[tuple[str, str, str, int]]:
    profile = profiles[restart.environment, restart.demand]
    for gpu in restart.gpus:
        yield restart.site, gpu, profile, restart.start


def _short(losses: Sequence[Loss]) -> Iterator[Short]:
    for loss in losses:
        for level in loss.levels:
            if not level.holds:
                lacks = [
                    wait.because.value
                    for wait in loss.waits
                    if (wait.environment, wait.demand) == (level.environment, level.demand)
                ]
                because = ", ".join(sorted(set(lacks)))
                yield Short(what=loss.what, level=level, because=because)
