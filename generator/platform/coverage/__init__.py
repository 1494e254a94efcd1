"""The coverage contract: kind by kind, who does it and what a comparison can see of it."""

from __future__ import annotations

from collections.abc import Callable, Iterator

from generator.platform.coverage.contract import by_people, supervisor, tags_and_storage
from generator.platform.coverage.gpus import gpus
from generator.platform.coverage.infrastructure import infrastructure
from generator.platform.coverage.machines import machines
from generator.platform.coverage.operations import by_rest
from generator.platform.coverage.row import Row
from generator.platform.coverage.storage import storage
from generator.platform.objects import Coverage, DesiredState
from generator.platform.scope import Scope

CLAUSES: tuple[Callable[[DesiredState, Scope], Iterator[Row]], ...] = (
    infrastructure,
    tags_and_storage,
    storage,
    supervisor,
    gpus,
    by_rest,
    machines,
    by_people,
)


def coverage(state: DesiredState, scope: Scope) -> tuple[Coverage, ...]:
    """A row for every kind of object of the state, and for what a person has to do beside it."""
    return tuple(
        Coverage(
            object_kind=kind,
            fields=fields,
            actor=actor,
            where=where,
            adoptable=adoptable,
            seen_by_diff=seen,
            count=count,
        )
        for clause in CLAUSES
        for kind, fields, actor, where, adoptable, seen, count in clause(state, scope)
        if count
    )
