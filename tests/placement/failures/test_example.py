"""The failures of the shipped example: report lines 4 to 6 of its brief, by the map as placed."""

from __future__ import annotations

from functools import cache

from generator.catalog import Catalog
from generator.placement.constraint import Constraint
from generator.placement.engine import place
from generator.placement.failures.promises import promised_by, promises_of
from generator.placement.failures.table import Failures, failures
from generator.placement.hosts.stock import stock
from generator.placement.loss import Level, Loss
from generator.placement.plan import Plan
from generator.placement.terms import terms_of
from generator.sizing.engine import size
from tests.example import blueprint, site

CATALOG = Catalog.builtin()


@cache
def plan() -> Plan:
    sized = size(blueprint(), CATALOG, {"ams1": site()})
    return place(sized, stock({"ams1": site()}), CATALOG, terms_of(blueprint(), CATALOG))


@cache
def table() -> Failures:
    return failures(
        plan(),
        stock({"ams1": site()}),
        CATALOG,
        terms_of(blueprint(), CATALOG),
        promises=promises_of(blueprint(), tuple(choice.demand for choice in plan().chosen)),
        ha=promised_by({"ams1": site()}),
    )


def host_of(demand: str, index: int = 0) -> str:
    return next(v.host for v in plan().placed if v.demand == demand and v.index == index)


def loss(host: str) -> Loss:
    return next(each for each in table().hosts if each.what == host)


def level(of: Loss, demand: str) -> Level:
    return next(each for each in of.levels if each.demand == demand)


def test_the_lost_pair_trains_again_only_where_searches_stop_for_it() -> None:
    """Line 4: no other pair is idle; its last checkpoint is at most half an hour old."""
    lost = loss(host_of("vision-cnn"))
    (trained,) = (each for each in lost.restarts if each.demand == "vision-cnn")
    assert {vm.rsplit("-", 1)[0] for vm in trained.preempts} == {"vision-hpo"}
    assert len(trained.gpus) == 2
    assert ("vision-cnn", 1800.0) in {(each.demand, each.seconds) for each in lost.lost}


def test_one_of_two_replicas_remains_and_that_was_accepted() -> None:
    """Line 5: 4g.40gb has no second place; 16 sessions are what one replica is sized for."""
    lost = loss(host_of("rag-llm"))
    waits = {each.demand: each.because for each in lost.waits if not each.gave_way}
    assert (level(lost, "rag-llm").running, level(lost, "rag-llm").before) == (1, 2)
    assert level(lost, "rag-llm").holds
    assert waits["rag-llm"] in {Constraint.FRAMEBUFFER, Constraint.SLICES}


def test_notebooks_start_again_only_once_searches_are_stopped() -> None:
    """Line 6."""
    lost = loss(host_of("notebooks-research"))
    again = [each for each in lost.restarts if each.demand == "notebooks-research"]
    stopped = {vm for each in again for vm in each.preempts}
    assert level(lost, "notebooks-research").running == 8
    assert stopped
    assert stopped <= {each.vm for each in lost.waits if each.gave_way}


def test_no_loss_of_a_host_takes_the_control_plane_of_prod() -> None:
    assert all(
        each.holds
        for lost in table().hosts
        for each in lost.levels
        if "control-plane" in each.demand
    )
