"""How many hosts like one that is there would be enough, and that one fewer is not."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace

from generator.placement.constraint import Constraint
from generator.placement.hosts.stock import Host
from generator.placement.relaxing.part import Part, Trial
from generator.placement.relaxing.relaxation import Cost, Relaxation, smallest

MOST_HOSTS = 16
"""More hosts of a kind than this are not looked for."""


def purchases(part: Part) -> Iterator[Relaxation]:
    """How many hosts like an existing one are needed at least, for each kind of host."""
    for like in _kinds(part):

        def more(count: int, like: Host = like) -> Trial:
            return part.tried(hosts=[*part.hosts, *(another(like, n) for n in range(count))])

        found = smallest(MOST_HOSTS, more)
        if found is not None:
            count, trial = found
            gpus = f" with {len(like.gpus)} x {like.gpus[0].model}" if like.gpus else ""
            yield Relaxation(
                lifts=Constraint.WHOLE if like.gpus else Constraint.CORES_AND_MEMORY,
                cost=Cost.PURCHASE,
                path="hosts",
                before=f"{len(part.hosts)} hosts",
                after=f"{len(part.hosts) + count} hosts",
                sentence=f"add {count} host(s) like {like.name}{gpus}",
                placed=trial.placed,
                wanted=trial.wanted,
                in_inventory=True,
                least=True,
            )


def _kinds(part: Part) -> list[Host]:
    """One host of each kind at the sites where the demand may run."""
    found: dict[object, Host] = {}
    for host in part.hosts:
        if part.demand.site in ("", host.site):
            models = tuple(sorted(gpu.model for gpu in host.gpus))
            kind = (models, host.nvlink, host.numa_nodes, host.numa_cores, host.numa_memory_bytes)
            found.setdefault(kind, host)
    return list(found.values())


def another(like: Host, number: int) -> Host:
    """A host of the same make on which nothing runs."""
    name = f"{like.name}-more-{number + 1}"
    return replace(
        like,
        name=name,
        free_cores=like.numa_cores * like.numa_nodes,
        free_memory_bytes=like.numa_memory_bytes * like.numa_nodes,
        gpus=tuple(replace(g, host=name, held_by="", tenants=(), mode="") for g in like.gpus),
    )
