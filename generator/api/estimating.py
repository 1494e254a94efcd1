"""The figures of one workload, and what observations change."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from pathlib import Path

from generator.api.assessing import Project, assess
from generator.blueprint.configs import with_configs
from generator.blueprint.read import as_written, read_workload
from generator.catalog import Catalog
from generator.finding import CannotRun, Refused
from generator.source import read

TYPE_CHECKING = False
if TYPE_CHECKING:
    from generator.sizing.estimate import Estimate
    from generator.sizing.revision import Revision


def estimate(path: Path | str) -> Estimate:
    """The figures of the one workload in a file; raises as ``estimate_observed`` does."""
    return estimate_observed(path, ())[0]


def estimate_observed(
    path: Path | str, observations: Sequence[Path | str]
) -> tuple[Estimate, Revision]:
    """The figures of a workload (``"-"``: standard input), and what its observations change.

    Raises:
        Refused: with every finding about the files, their shape, or figures that cannot be.
        CannotRun: where the workload's file holds no document, or several.
    """
    from generator.blueprint.observed import read_observations
    from generator.sizing.estimate import estimate as estimate_workload
    from generator.sizing.nonsense import Nonsense
    from generator.sizing.revision import named_by, revise
    from generator.sizing.rules import CannotBe

    documents = read(path)
    if len(documents) != 1:
        raise CannotRun(f"{path} holds {len(documents)} documents; estimate takes one")
    document = documents[0]
    workload, seen = read_workload(document), read_observations(observations)
    workload = workload if "name" in document.root else named_by(workload, seen)
    catalog = with_configs(Catalog.builtin(), document)
    revision = revise((workload,), catalog, seen, are_all=False)
    try:
        return estimate_workload(revision.workloads[0], catalog, proposing=True), revision
    except Nonsense as raised:
        nonsense = raised.at(as_written(raised.field, document))
        place = document.find(nonsense.field) or document.start
        raise Refused([CannotBe.of(nonsense, places=(place,))]) from raised


def observe(project: Project, observations: Sequence[Path | str]) -> tuple[Project, Revision]:
    """The project with what was measured, and what that changes; ``Refused`` for bad files."""
    from generator.blueprint.observed import read_observations
    from generator.sizing.revision import revise

    seen = read_observations(observations)
    revision = revise(project.blueprint.workloads, project.catalog, seen)
    blueprint = replace(project.blueprint, workloads=revision.workloads)
    assessed = assess(blueprint, project.sites, project.catalog, keep=project.keep)
    return replace(project, blueprint=blueprint, assessed=assessed), revision
