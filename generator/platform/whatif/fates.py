"""What happens to each VM between two plans.

VMs of a demand are equal, so which of them is which is free to choose: the pairing leaves as many
as it can where they are. All VMs are nodes of VKS clusters, and a node pool takes a change of its
class, its labels or its release by new nodes (field rule F3; Cluster API, managed topologies).
"""

from __future__ import annotations

from collections import deque
from collections.abc import Callable, Iterator, Sequence
from itertools import count

from generator.placement.directpath import profile_named
from generator.placement.plan import Placed
from generator.platform.whatif.layout import Key, Layout, spot
from generator.platform.whatif.records import Fate, Spot, VmChange
from generator.platform.whatif.versions import Upgrade

Pair = tuple[Placed, Placed]
_GRAVITY = (Fate.STAYS, Fate.MOVES, Fate.RESTARTS, Fate.RECREATED)


def fates(before: Layout, after: Layout, upgrade: Upgrade) -> tuple[VmChange, ...]:
    """Every VM of either side, by environment, demand and index."""
    keys = sorted({*before.chosen, *after.chosen})
    return tuple(change for key in keys for change in _of_demand(key, before, after, upgrade))


def paired(
    old: Sequence[Placed], new: Sequence[Placed], tests: Sequence[Callable[[Placed], object]]
) -> Iterator[Pair]:
    """Pairs of equal VMs: those that agree in the first test, then in the next, then any."""
    left, right = list(old), list(new)
    for test in (*tests, _any):
        waiting: dict[object, deque[Placed]] = {}
        for vm in right:
            waiting.setdefault(test(vm), deque()).append(vm)
        met, alone = list[Pair](), list[Placed]()
        for vm in left:
            partners = waiting.get(test(vm))
            if partners:
                met.append((vm, partners.popleft()))
            else:
                alone.append(vm)
        yield from met
        left, right = alone, [vm for some in waiting.values() for vm in some]


def _any(vm: Placed) -> object:
    """What every VM of a demand agrees in."""
    return vm.demand


def _of_demand(key: Key, before: Layout, after: Layout, upgrade: Upgrade) -> Iterator[VmChange]:
    old, new = before.placed.get(key, ()), after.placed.get(key, ())
    pairs = sorted(
        paired(old, new, (lambda vm: (vm.host, vm.gpus, vm.start), lambda vm: vm.host)),
        key=lambda pair: pair[0].index,
    )
    for pair in pairs:
        yield _kept(pair, before, after, upgrade)
    kept = {id(vm) for pair in pairs for vm in pair}
    for vm in old:
        if id(vm) not in kept:
            yield _change(vm, vm.index, Fate.STOPS, spot(vm), None, _why_stops(key, after))
    taken = {vm.index for vm in old}
    fresh = (index for index in count() if index not in taken)
    for vm in new:
        if id(vm) not in kept:
            reason = _why_starts(key, before)
            yield _change(vm, next(fresh), Fate.STARTS, None, spot(vm), reason)


def _change(
    vm: Placed, index: int, fate: Fate, old: Spot | None, new: Spot | None, *reasons: str
) -> VmChange:
    return VmChange(
        environment=vm.environment,
        demand=vm.demand,
        index=index,
        fate=fate,
        before=old,
        after=new,
        reasons=reasons,
    )


def _kept(pair: Pair, before: Layout, after: Layout, upgrade: Upgrade) -> VmChange:
    """A VM that both sides have: the gravest of what happens to it, and every reason."""
    old, new = pair
    spots = spot(old), spot(new)
    found = [*_rolled(old, before, after, upgrade), *_moved(*spots, after)]
    if not any(fate is Fate.MOVES for fate, _ in found):
        found += _replaced(old, new, after)
    found += upgrade.of_vm(spots[1], has_gpu=bool(new.gpus))
    fate = max((fate for fate, _ in found), key=_GRAVITY.index, default=Fate.STAYS)
    return _change(old, old.index, fate, *spots, *(reason for _, reason in found))


def _rolled(
    vm: Placed, before: Layout, after: Layout, upgrade: Upgrade
) -> Iterator[tuple[Fate, str]]:
    """What makes its node pool replace the VM."""
    key = vm.environment, vm.demand
    choices = before.chosen[key], after.chosen[key]
    classes = before.classes.get(key, ""), after.classes.get(key, "")
    if classes[0] != classes[1]:
        yield Fate.RECREATED, f"its class becomes {classes[1] or 'unnamed'}"
    if choices[0].demand.phase != choices[1].demand.phase:
        yield Fate.RECREATED, f"its phase label becomes {choices[1].demand.phase}"
    if choices[0].demand.group != choices[1].demand.group:
        yield Fate.RECREATED, "its namespace and cluster become others"
    yield from ((Fate.RECREATED, why) for why in upgrade.rolls(choices[1].demand.orchestrator))


def _moved(old: Spot, new: Spot, after: Layout) -> Iterator[tuple[Fate, str]]:
    if (old.site, old.host) not in after.hosts:
        yield Fate.MOVES, f"{old.host} is lost: it starts again on {new.host}"
    elif (old.site, old.host) != (new.site, new.host):
        yield Fate.MOVES, f"{old.host} to {new.host}"
    elif old.gpus != new.gpus:
        yield Fate.MOVES, f"{', '.join(old.gpus) or 'no GPU'} to {', '.join(new.gpus) or 'no GPU'}"


def _replaced(old: Placed, new: Placed, after: Layout) -> Iterator[tuple[Fate, str]]:
    """Another place on the same GPU; -1 is a vGPU without one, among vGPUs of its own size."""
    choice = after.chosen[new.environment, new.demand]
    if old.start == new.start or not choice.model or old.profile != new.profile:
        return
    board = after.situation.catalog.accelerator(choice.model)
    if profile_named(board, new.profile).is_mig:
        yield Fate.MOVES, f"MIG slice {old.start} to {new.start}"
    elif min(old.start, new.start) < 0:
        mode = "same-size" if new.start < 0 else "mixed-size"
        yield (
            Fate.MOVES,
            f"{', '.join(new.gpus)} changes to {mode} mode, for which it must be empty",
        )
    else:
        yield Fate.MOVES, f"placement id {old.start} to {new.start}"


def _why_stops(key: Key, after: Layout) -> str:
    if key in after.short:
        return f"it waits: {after.short[key]}"
    if key not in after.chosen:
        return "nothing asks for it any more"
    return f"{after.chosen[key].demand.count} are wanted"


def _why_starts(key: Key, before: Layout) -> str:
    if key in before.short:
        return "it waited and finds room"
    if key not in before.chosen:
        return "it is new"
    return f"{before.chosen[key].demand.count} were wanted"
