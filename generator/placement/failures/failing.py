"""A plan whose parts are lost one after the other, with what starts again where.

vSphere HA starts VMs again in their own cluster and never counts GPUs; a VM starts only on a GPU
that is in its mode and has its place free. What was stopped to make room starts again last, where
there is any room left. Sources: requirements 2.5 and 2.7; vSphere reference 6.3 and 6.4 (HA,
vMotion of vGPU VMs, DirectPath); NVIDIA vGPU guide (modes).
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator, Mapping, Sequence

from generator.catalog import Catalog
from generator.placement.constraint import Constraint
from generator.placement.failures.haven import Havens, Scope
from generator.placement.failures.machine import Machine
from generator.placement.failures.outage import Moved, Outage, Outcome, Waiting
from generator.placement.failures.promises import ClusterHa, ClusterKey, Promise, promise_of
from generator.placement.failures.running import Running, Vm
from generator.placement.hosts.stock import Host
from generator.placement.loss import By, Level, Loss, LostWork, Restart, Scene, Wait
from generator.placement.packing.asks import Models
from generator.placement.packing.replay import packed
from generator.placement.plan import Plan
from generator.placement.terms import Terms

NO_HA: Mapping[ClusterKey, ClusterHa] = {}
NO_PROMISES: Mapping[tuple[str, str], Promise] = {}


class Failing:
    """A plan whose parts are lost one after the other; nothing that is asked changes it.

    Equal losses are answered once: see ``outage``. ``replayed`` are the VMs with asks and spots.
    """

    def __init__(
        self,
        plan: Plan,
        hosts: Sequence[Host],
        catalog: Catalog,
        terms: Terms,
        *,
        promises: Mapping[tuple[str, str], Promise] = NO_PROMISES,
        ha: Mapping[ClusterKey, ClusterHa] = NO_HA,
    ) -> None:
        models = Models(hosts, catalog, terms)
        packing, vms = packed(plan, hosts, models, terms)
        self.plan = plan
        self.boards = models.boards
        self.replayed = vms
        self.running = Running(packing, vms, terms.isolation)
        self._havens = Havens(self.running)
        self._ha = ha
        self._promises = promises
        self._on: list[list[int]] = [[] for _ in hosts]
        for number, stay in enumerate(self.running.stays):
            assert stay is not None
            self._on[stay.order].append(number)
        self._before = Counter(vm.key for vm in self.running.vms)
        self._known: dict[tuple[object, ...], tuple[tuple[int, ...], Outcome]] = {}
        self._asked: dict[tuple[int, ...], Loss] = {}

    def hosts(self, orders: tuple[int, ...]) -> Loss:
        """The loss of hosts of one cluster, all at once; played through once for all who ask."""
        if orders not in self._asked:
            self._asked[orders] = self._hosts(orders)
        return self._asked[orders]

    def _hosts(self, orders: tuple[int, ...]) -> Loss:
        machines = [self.running.machines[order] for order in orders]
        lost = self._ranked(number for order in orders for number in self._on[order])
        if self._ha_is_off(machines[0]):
            outcome = Outcome((), tuple(Waiting(n, Constraint.HA_OFF) for n in lost))
        else:
            outcome = self._equal(lost, Scope(machines[0].cluster), frozenset(orders))
        name = "+".join(machine.host.name for machine in machines)
        return self._loss(Scene.HOST, name, machines[0], lost, outcome)

    def gpu(self, order: int, index: int) -> Loss:
        """The loss of one GPU of a host that runs on."""
        machine = self.running.machines[order]
        stays = self.running.stays
        lost = self._ranked(
            n for n in self._on[order] if (stay := stays[n]) is not None and index in stay.gpus
        )
        scope, down = Scope(machine.cluster), frozenset((order,))
        outcome = self._equal(lost, scope, down)
        if outcome.waiting or outcome.victims:
            outcome = self._at_home(lost, scope, machine, index)
        return self._loss(Scene.GPU, machine.host.gpus[index].name, machine, lost, outcome)

    def site(self, name: str) -> Loss:
        """The loss of all hosts of a site; what may run anywhere can be made again elsewhere."""
        machines = self.running.machines
        orders = frozenset(m.order for m in machines if m.host.site == name)
        lost = self._ranked(number for order in sorted(orders) for number in self._on[order])
        others = tuple(m.order for m in machines if m.order not in orders)
        outcome = self._play(lost, Scope(orders=others), orders, preempt=True)
        return self._loss(Scene.SITE, name, machines[min(orders)], lost, outcome)

    def maintenance(self, order: int) -> Loss:
        """A host is emptied: VMs move, and nothing is stopped to make room for them."""
        machine = self.running.machines[order]
        lost = self._ranked(self._on[order])
        outcome = self._equal(lost, Scope(machine.cluster), frozenset((order,)), preempt=False)
        return self._loss(Scene.MAINTENANCE, machine.host.name, machine, lost, outcome)

    def _ranked(self, numbers: Iterator[int] | Sequence[int]) -> tuple[int, ...]:
        """VMs in the order in which they start again, so that equal losses look alike."""
        return tuple(sorted(numbers, key=self.running.turns.__getitem__))

    def _ha_is_off(self, machine: Machine) -> bool:
        told = self._ha.get((machine.host.site, machine.host.cluster))
        return told is not None and told.enabled is False

    def _equal(
        self,
        lost: tuple[int, ...],
        scope: Scope,
        down: frozenset[int],
        *,
        preempt: bool = True,
    ) -> Outcome:
        """The outcome of a loss, taken from an equal one where that cannot differ."""
        if not lost:
            return Outcome((), ())
        key = (scope, tuple([self.running.vms[n].of_kind for n in lost]))
        if key not in self._known:
            self._known[key] = lost, self._as_if(lost, scope)
        like, outcome = self._known[key]
        if (preempt and self._may_preempt(outcome)) or any(
            moved.stay.order in down for moved in outcome.moved
        ):
            return self._play(lost, scope, down, preempt=preempt)
        now = dict(zip(like, lost, strict=True))
        return Outcome(
            tuple([moved._replace(vm=now[moved.vm]) for moved in outcome.moved]),
            tuple([self._named(now[w.vm], w.because, scope, down) for w in outcome.waiting]),
        )

    def _named(
        self, number: int, because: Constraint, scope: Scope, down: frozenset[int]
    ) -> Waiting:
        """A waiting VM of an equal loss: what it lacks is not to be had on the lost host."""
        if because is not Constraint.TURN:
            ask = self.running.vms[number].kind.ask
            because = self._havens.within(scope).short_of(ask, down)
        return Waiting(number, because)

    def _may_preempt(self, outcome: Outcome) -> bool:
        """Whether somebody waits for whom somebody else would be stopped."""
        vms, may = self.running.vms, self.running.may_preempt
        return any(may(vms[waiting.vm].kind) for waiting in outcome.waiting)

    def _as_if(self, lost: tuple[int, ...], scope: Scope) -> Outcome:
        """Where such VMs would start while nothing is lost: copies of them beside them."""
        outage = Outage(self.running, self._havens.within(scope), frozenset())
        stays = [self.running.stays[n] for n in lost]
        outcome = outage.settle(outage.play(lost, preempt=False))
        for number, stay in zip(lost, stays, strict=True):
            assert stay is not None
            self.running.stays[number] = stay
            if self.running.vms[number].kind.gives_way is not None:
                self.running.machines[stay.order].giving[number] = None
        return outcome

    def _play(
        self, lost: tuple[int, ...], scope: Scope, down: frozenset[int], *, preempt: bool
    ) -> Outcome:
        outage = Outage(self.running, self._havens.within(scope), down)
        for number in lost:
            outage.stop(number)
        return outage.settle(outage.play(lost, preempt=preempt))

    def _at_home(
        self, lost: tuple[int, ...], scope: Scope, machine: Machine, index: int
    ) -> Outcome:
        """Other hosts first, because a host with a broken GPU has to be emptied to mend it."""
        device = machine.devices[index]
        outage = Outage(self.running, self._havens.within(scope), frozenset((machine.order,)))
        for number in lost:
            outage.stop(number)
        was, device.closed = device.closed, True
        outcome = outage.play(lost, home=machine.order)
        device.closed = was
        return outage.settle(outcome)

    def _loss(
        self, scene: Scene, what: str, machine: Machine, lost: tuple[int, ...], outcome: Outcome
    ) -> Loss:
        vms = self.running.vms
        stopped = (*lost, *outcome.victims)
        return Loss(
            scene=scene,
            what=what,
            site=machine.host.site,
            cluster=machine.host.cluster if scene is not Scene.SITE else "",
            restarts=tuple([self._restart(scene, moved) for moved in outcome.moved]),
            waits=tuple(_waits(vms, lost, outcome)),
            lost=tuple(self._lost(stopped)) if scene is not Scene.MAINTENANCE else (),
            levels=tuple(self._levels(stopped, outcome)),
        )

    def _restart(self, scene: Scene, moved: Moved) -> Restart:
        vm, machine = self.running.vms[moved.vm], self.running.machines[moved.stay.order]
        environment, demand = vm.key
        names = machine.host.gpus
        return Restart(
            environment,
            demand,
            f"{demand}-{vm.copy}",
            machine.host.site,
            machine.host.name,
            tuple([names[gpu].name for gpu in moved.stay.gpus]),
            moved.stay.start,
            _by(scene, vm),
            tuple([_name(self.running.vms[victim]) for victim in moved.victims]),
        )

    def _lost(self, stopped: Sequence[int]) -> Iterator[LostWork]:
        """What the VMs that stopped do again, by demand."""
        counts = Counter(self.running.vms[number].key for number in dict.fromkeys(stopped))
        for key, count in sorted(counts.items()):
            promise = self._promise(key)
            if promise.repeats:
                yield LostWork(*key, count, promise.repeats, promise.repeats_s)

    def _levels(self, stopped: Sequence[int], outcome: Outcome) -> Iterator[Level]:
        """How many VMs of each demand that is touched run in the end."""
        vms = self.running.vms
        down = Counter(vms[waiting.vm].key for waiting in outcome.waiting)
        for key in sorted({vms[number].key for number in stopped}):
            promise, before = self._promise(key), self._before[key]
            yield Level(
                *key, before, before - down[key], promise.least, promise.stated, promise.why
            )

    def _promise(self, key: tuple[str, str]) -> Promise:
        if key not in self._promises:
            demands = {vm.key: vm.choice.demand for vm in self.running.vms}
            found = {k: promise_of(demand) for k, demand in demands.items()}
            self._promises = {**found, **self._promises}
        return self._promises[key]


def _waits(vms: Sequence[Vm], lost: Sequence[int], outcome: Outcome) -> Iterator[Wait]:
    own = set(lost)
    for number, because in outcome.waiting:
        environment, demand = vms[number].key
        yield Wait(environment, demand, _name(vms[number]), because, number not in own)


def _name(vm: Vm) -> str:
    return f"{vm.choice.demand.name}-{vm.copy}"


def _by(scene: Scene, vm: Vm) -> By:
    """How a VM of a loss comes to its new place.

    Device groups and DirectPath cannot move while they run; HA knows hosts, not GPUs.
    """
    if scene is Scene.MAINTENANCE:
        fixed = vm.kind.ask.gpus > 1 or vm.choice.passthrough
        return By.COLD if fixed else By.VMOTION
    return {Scene.HOST: By.HA, Scene.GPU: By.HAND, Scene.SITE: By.REMADE}[scene]
