"""Where work runs, and that nothing runs nowhere in silence."""

from __future__ import annotations

from dataclasses import replace

from generator.blueprint.model.blueprint import Blueprint
from generator.catalog import Catalog
from generator.sizing.engine import size
from tests.example import blueprint


def homeless(wanted: Blueprint) -> set[str]:
    """The messages about work that runs nowhere."""
    return {f.message for f in size(wanted, Catalog.builtin()).findings if f.rule == "MLG-Z002"}


def test_everything_of_the_example_has_a_home() -> None:
    """Nothing is said."""
    assert homeless(blueprint()) == set()


def test_work_whose_environment_is_called_otherwise_is_named() -> None:
    """dev is looked for by name; without it the work must state its own."""
    environments = dict(blueprint().environments)
    environments["lab"] = environments.pop("dev")
    found = homeless(replace(blueprint(), environments=environments))
    assert "vision-hpo runs nowhere: no environment is its own" in found
    assert "notebooks-research runs nowhere: no environment is its own" in found


def test_the_finding_points_at_what_the_reader_wrote() -> None:
    """A notebook pool belongs to a team; it is no workload."""
    environments = dict(blueprint().environments)
    environments["lab"] = environments.pop("dev")
    sized = size(replace(blueprint(), environments=environments), Catalog.builtin())
    paths = {f.path for f in sized.findings if f.rule == "MLG-Z002"}
    assert {"workloads[vision-hpo]", "organisation.teams[research].notebooks"} <= paths


def test_work_on_unmanaged_orchestrators_alone_is_named() -> None:
    """Nothing is provisioned for them."""
    environments = dict(blueprint().environments)
    environments["prod"] = replace(environments["prod"], runs_on=("hadoop",))
    found = homeless(replace(blueprint(), environments=environments))
    assert "rag-llm runs nowhere: prod has no cluster that mlgen makes" in found


def test_an_environment_may_run_fewer_replicas() -> None:
    """The overlay counts, and the minimum follows it."""
    environments = dict(blueprint().environments)
    environments["prod"] = replace(environments["prod"], replicas=1)
    demands = size(replace(blueprint(), environments=environments), Catalog.builtin()).demands
    (rag,) = [demand for demand in demands if demand.name == "rag-llm"]
    assert (rag.count, rag.minimum) == (1, 1)
