"""The GPUs of one host for one VM, each choice with its rank."""

from __future__ import annotations

from collections.abc import Iterator

from generator.placement.hosts.ask import Ask
from generator.placement.hosts.room import Room
from generator.placement.packing.policy import Policy, Rank


def spots(policy: Policy, room: Room, ask: Ask) -> Iterator[tuple[Rank, tuple[int, ...]]]:
    """The GPUs of a host that an ask may take, each with its rank; () where it asks for none."""
    if not ask.model:
        yield policy.none(room, ask), ()
    elif ask.gpus > 1:
        yield from _several(policy, room, ask)
    else:
        yield from _single(policy, room, ask)


def _single(policy: Policy, room: Room, ask: Ask) -> Iterator[tuple[Rank, tuple[int, ...]]]:
    """GPUs for one vGPU; of equal ones the first."""
    seen: set[tuple[object, ...]] = set()
    for index, model in enumerate(room.models):
        if model != ask.model:
            continue
        layouts = room.layouts[index]
        whole = room.intact(index) if room.groups and not any(layouts) else 0
        like = layouts, room.environments[index], whole
        if like not in seen:
            seen.add(like)
            after = room.joined(index, ask)
            if after is not None:
                yield policy.single(room, ask, index, after), (index,)


def _several(policy: Policy, room: Room, ask: Ask) -> Iterator[tuple[Rank, tuple[int, ...]]]:
    """The GPUs of one VM: whole and empty, of one NUMA node or astride, joined where asked."""
    empty = [
        index
        for index, model in enumerate(room.models)
        if model == ask.model and room.is_empty(index) and room.joined(index, ask) is not None
    ]
    if ask.nvlink:
        for group in room.groups:
            if len(group) == ask.gpus and set(group) <= set(empty):
                yield policy.several(room, ask, group, astride=False), group
        return
    numa = [gpu.numa for gpu in room.host.gpus]
    for node in sorted({numa[index] for index in empty}):
        local = tuple(index for index in empty if numa[index] == node)[: ask.gpus]
        if len(local) == ask.gpus:
            yield policy.several(room, ask, local, astride=False), local
    if len(empty) >= ask.gpus:
        some = tuple(empty[: ask.gpus])
        yield policy.several(room, ask, some, astride=True), some
