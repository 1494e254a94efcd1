"""Where VMs may start again while nothing is lost, found as it is asked for and kept.

A loss changes few hosts, and ten thousand losses ask about the same kinds of VM. So what the GPUs
of a host answer is kept for all VMs that take the same of a GPU, however many cores they need.
"""

from __future__ import annotations

from typing import NamedTuple

from generator.placement.constraint import Constraint
from generator.placement.failures.binding import ease, gpus_lack, lack
from generator.placement.failures.lanes import Lane
from generator.placement.failures.machine import Machine
from generator.placement.failures.running import Kind, Running, Stay
from generator.placement.failures.victims import Cheapest, victims_on
from generator.placement.hosts.ask import Ask


class Scope(NamedTuple):
    """Where VMs may start again: on one cluster, or at any of ``orders`` where that is stated."""

    cluster: tuple[str, str, str] | None = None
    orders: tuple[int, ...] = ()


class Havens:
    """Every host as it stands while nothing is lost."""

    def __init__(self, running: Running) -> None:
        self.running = running
        self._within: dict[Scope, Haven] = {}
        self._on_gpus: dict[Ask, Ask] = {}
        self._seats: dict[Ask, dict[int, Stay | None]] = {}
        self._lacks: dict[Ask, dict[int, Constraint | None]] = {}
        models = {device.model for machine in running.machines for device in machine.devices}
        self._free = {
            model: [_free_mib(machine, model) for machine in running.machines]
            for model in sorted(models)
        }

    def within(self, scope: Scope) -> Haven:
        """The hosts of a scope."""
        if scope not in self._within:
            self._within[scope] = Haven(self, scope)
        return self._within[scope]

    def free_mib(self, model: str, order: int) -> int:
        """The framebuffer that is free on a host's GPUs of a model in every slot."""
        return self._free[model][order]

    def fits(self, order: int, ask: Ask) -> Stay | None:
        """Where on a host a VM could start; None for nowhere."""
        machine = self.running.machines[order]
        if not machine.has(ask) or not self.running.may_share(machine, ask):
            return None
        seats = self._seats.setdefault(self._of_gpus(ask), {})
        if order not in seats:
            seats[order] = self.running.devices_for(machine, ask)
        return seats[order]

    def lack(self, order: int, ask: Ask) -> Constraint:
        """The one thing that a host lacks for a VM that does not fit on it, or ``SEVERAL``."""
        machine = self.running.machines[order]
        lacks = self._lacks.setdefault(self._of_gpus(ask), {})
        if order not in lacks:
            lacks[order] = gpus_lack(self.running, machine, ask)
        return lack(self.running, machine, ask, lacks[order])

    def _of_gpus(self, ask: Ask) -> Ask:
        """What a VM asks of GPUs alone."""
        found = self._on_gpus.get(ask)
        if found is None:
            found = self._on_gpus[ask] = ask._replace(
                site="", millicores=0, memory_bytes=0, apart=None, nvme_bytes=0, ports=()
            )
        return found


class Haven:
    """The hosts of one scope while nothing is lost.

    Copies that keep apart differ in who is there already, not in where there is room.
    """

    def __init__(self, havens: Havens, scope: Scope) -> None:
        self._havens = havens
        machines = havens.running.machines
        if scope.cluster is None:
            self._machines = [machines[order] for order in scope.orders]
        else:
            self._machines = [m for m in machines if m.cluster == scope.cluster]
        self._orders: dict[tuple[str, str], list[int]] = {}
        self._starts: dict[Ask, Lane[Stay]] = {}
        self._victims: dict[Kind, Lane[Cheapest]] = {}
        self._lacks: dict[Ask, list[tuple[Constraint, list[int]]]] = {}

    def starts(self, ask: Ask) -> Lane[Stay]:
        """A place on every host on which the VM can start."""
        if ask not in self._starts:
            alone = ask._replace(apart=None)
            if alone not in self._starts:
                fits = self._havens.fits
                orders = self._in_order(ask)
                self._starts[alone] = Lane(orders, lambda order: fits(order, alone))
            self._starts[ask] = self._starts[alone]
        return self._starts[ask]

    def victims(self, kind: Kind) -> Lane[Cheapest]:
        """The cheapest victims on every host that has enough of them."""
        if kind not in self._victims:
            alone = kind._replace(ask=kind.ask._replace(apart=None))
            if alone not in self._victims:
                running, orders = self._havens.running, self._in_order(kind.ask)
                self._victims[alone] = Lane(
                    orders, lambda order: victims_on(running, running.machines[order], alone)
                )
            self._victims[kind] = self._victims[alone]
        return self._victims[kind]

    def short_of(self, ask: Ask, down: frozenset[int]) -> Constraint:
        """What the hosts that are not down lack for a VM while nothing is lost.

        Of all their lacks it is the one that is lifted most easily; that there is no host is one.
        """
        if ask not in self._lacks:
            self._lacks[ask] = self._lacks_for(ask)
        for constraint, orders in self._lacks[ask]:
            if len(orders) > len(down) or not down.issuperset(orders):
                return constraint
        return Constraint.CLUSTER

    def _lacks_for(self, ask: Ask) -> list[tuple[Constraint, list[int]]]:
        """Each lack with the hosts that have it, the easiest first."""
        alone = ask._replace(apart=None)
        if alone not in self._lacks:
            found: dict[Constraint, list[int]] = {}
            for machine in self._machines:
                found.setdefault(self._havens.lack(machine.order, alone), []).append(machine.order)
            self._lacks[alone] = sorted(found.items(), key=lambda each: ease(each[0]))
        return self._lacks[alone]

    def _in_order(self, ask: Ask) -> list[int]:
        """Hosts in the order in which they are asked: those whose GPUs have least free first.

        VMs without a GPU keep off hosts that have some.
        """
        key = ask.model, ask.site
        if key not in self._orders:
            machines = [m for m in self._machines if ask.site in ("", m.host.site)]
            if ask.model:
                machines = [m for m in machines if any(d.model == ask.model for d in m.devices)]
                free = self._havens.free_mib
                machines.sort(key=lambda m: (free(ask.model, m.order), m.order))
            else:
                machines.sort(key=lambda m: (len(m.devices) > 0, m.order))
            self._orders[key] = [machine.order for machine in machines]
        return self._orders[key]


def _free_mib(machine: Machine, model: str) -> int:
    return sum(device.least_free_mib() for device in machine.devices if device.model == model)
