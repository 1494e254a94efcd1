"""What a demand promises, by what the blueprint says of its workload."""

from __future__ import annotations

from dataclasses import replace

import pytest

from generator.blueprint.model.workloads import Serving, Workload
from generator.placement.failures.promises import (
    ClusterHa,
    promise_of,
    promised_by,
    promises_of,
    sessions_per_replica,
)
from tests.example import blueprint, planned, site
from tests.placement.build import demand


def workload(name: str) -> Workload:
    """One of the shipped example."""
    return next(each for each in blueprint().workloads if each.name == name)


@pytest.mark.parametrize(
    ("stated", "each"),
    [
        ({"sessions": 32, "replicas": 2, "degraded_sessions": 16}, 16),
        ({"sessions": 32, "replicas": 2, "degraded_sessions": 24}, 24),
        ({"sessions": 30, "replicas": 4, "degraded_sessions": 30}, 10),
        ({"sessions": 7}, 7),
    ],
)
def test_a_replica_holds_its_share_and_what_must_remain(stated: dict[str, int], each: int) -> None:
    assert sessions_per_replica(Serving(mode="service", **stated)) == each  # type: ignore[arg-type]


def test_degraded_sessions_say_how_few_replicas_serve() -> None:
    found = promise_of(demand("rag-llm", phase="serving", count=2), workload("rag-llm"))
    assert (found.least, found.stated) == (1, True)
    assert found.why == "degraded_sessions 16 at 16 a replica"


def test_a_control_plane_needs_its_majority() -> None:
    assert promise_of(demand("control-plane-x", phase="control-plane", count=3)).least == 2


@pytest.mark.parametrize(
    ("name", "repeats", "seconds"),
    [
        ("vision-cnn", "up to 30 min of work since its last checkpoint", 1800.0),
        ("vision-hpo", "the trial that runs, up to 1.5 h", 5400.0),
        ("feature-spark", "all work since its start: no checkpoint is stated", None),
        ("rag-llm", "the requests under way", 0.0),
    ],
)
def test_what_a_stopped_vm_does_again(name: str, repeats: str, seconds: float | None) -> None:
    about = workload(name)
    found = promise_of(demand(name, phase=about.phase), about)
    assert (found.repeats, found.repeats_s) == (repeats, seconds)


def test_notebooks_lose_what_is_not_saved_and_systems_nothing() -> None:
    assert promise_of(demand("n", phase="concept")).repeats == "what the session has not saved"
    assert promise_of(demand("s", phase="system")).repeats == ""


def test_every_demand_of_a_blueprint_has_a_promise() -> None:
    demands = tuple(choice.demand for choice in planned().chosen)
    assert sorted(promises_of(blueprint(), demands)) == [(d.environment, d.name) for d in demands]


def test_ha_is_read_from_the_facts_and_unknown_where_they_are_silent() -> None:
    assert promised_by({"ams1": site()}) == {("ams1", "gpu-a"): ClusterHa(host_failures=1)}
    silent = replace(site(), clusters=(replace(site().clusters[0], ha=None),))
    assert promised_by({"ams1": silent}) == {("ams1", "gpu-a"): ClusterHa()}
