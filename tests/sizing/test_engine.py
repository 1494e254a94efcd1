"""Where work runs, and that nothing runs nowhere in silence."""

from __future__ import annotations

from dataclasses import replace

from generator.blueprint.model.blueprint import Blueprint
from generator.catalog import Catalog
from generator.sizing.demand import Demand
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


def demands_of(wanted: Blueprint) -> dict[str, Demand]:
    """Every demand by its name."""
    return {each.name: each for each in size(wanted, Catalog.builtin()).demands}


def test_what_gives_way_is_in_the_order_of_the_blueprint_and_comes_and_goes() -> None:
    """Of hpo and training, the only permanent one stays."""
    managed = blueprint().resource_management
    failover = replace(managed.failover, preempt=("hpo", "training"))
    wanted = replace(blueprint(), resource_management=replace(managed, failover=failover))
    found = demands_of(wanted)
    names = ("vision-hpo", "llm-lora", "vision-cnn", "rag-llm")
    assert [found[name].gives_way for name in names] == [0, 1, None, None]


def test_a_workload_may_state_its_priority() -> None:
    """It ranks and gives way as that priority does."""
    stated = replace(
        blueprint(),
        workloads=tuple(
            replace(w, priority="hpo") if w.name == "llm-lora" else w for w in blueprint().workloads
        ),
    )
    assert demands_of(blueprint())["llm-lora"].priority == 2
    assert (demands_of(stated)["llm-lora"].priority, demands_of(stated)["llm-lora"].gives_way) == (
        4,
        0,
    )


def test_a_stated_ratio_of_vcpus_reaches_the_demands() -> None:
    """Add-on nodes too; a VM with a GPU keeps its cores."""
    policy = replace(blueprint().resource_management.cpu, overcommit={"dev": 2})
    managed = replace(blueprint().resource_management, cpu=policy)
    found = demands_of(replace(blueprint(), resource_management=managed))
    assert found["system-ml-eng"].cpu_overcommit == 2.0
    assert found["llm-lora"].cpu_overcommit == 1.0
    assert found["churn-tabular"].cpu_overcommit == 1.0
