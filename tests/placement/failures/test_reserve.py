"""N+k with GPUs: which free places serve as the reserve, and who is short of one."""

from __future__ import annotations

import pytest

from generator.catalog import Catalog
from generator.finding import Severity
from generator.placement.engine import place
from generator.placement.failures.failing import Failing
from generator.placement.failures.promises import ClusterHa, Promise
from generator.placement.failures.reserve import Reserve, findings, reserves
from generator.placement.hosts.stock import Host
from generator.placement.terms import Terms
from generator.sizing.demand import Demand
from tests.placement.build import demand, host, need, sized

CATALOG, TERMS = Catalog.builtin(), Terms()


def reserve(*demands: Demand, hosts: list[Host], failures: int = 1, most: int = 1000) -> Reserve:
    (found,) = every(*demands, hosts=hosts, failures=failures, most=most)
    return found


def every(
    *demands: Demand,
    hosts: list[Host],
    failures: int | None = 1,
    most: int = 1000,
    promises: dict[tuple[str, str], Promise] | None = None,
) -> tuple[Reserve, ...]:
    plan = place(sized(*demands), hosts, CATALOG, TERMS)
    table = Failing(plan, hosts, CATALOG, TERMS, promises=promises or {})
    return reserves(table, {("s", "c"): ClusterHa(host_failures=failures)}, most)


def whole(name: str, count: int, **other: object) -> Demand:
    return demand(name, need(60), count=count, phase="serving", **other)


def test_a_free_gpu_on_another_host_is_the_reserve_of_all() -> None:
    found = reserve(whole("x", 2), hosts=[host(name, gpus=1) for name in "abc"])
    assert found.survives
    assert found.proven
    assert [(place.gpu, place.losses) for place in found.places] == [("c/gpu0", 2)]
    assert (found.gpus, found.framebuffer_mib) == (1, 81920)


def test_what_one_loss_or_another_takes_counts_once() -> None:
    """The empty GPU takes four 20C if a is lost, or two 40C if b is: never more than it has."""
    fours = demand("fours", need(16), count=4, phase="training", priority=0)
    twos = demand("twos", need(30), count=2, phase="training", priority=1)
    found = reserve(fours, twos, hosts=[host(name, gpus=1) for name in "abc"])
    assert found.gpus == 1
    assert found.framebuffer_mib == 81920


def test_two_lost_at_once_need_two() -> None:
    hosts = [host(name, gpus=1) for name in "abcd"]
    assert reserve(whole("x", 2), hosts=hosts, failures=2).gpus == 2
    assert reserve(whole("x", 2), hosts=hosts, failures=2).losses == 6
    assert reserve(whole("x", 2), hosts=hosts, failures=2).survives
    assert not reserve(whole("x", 3), hosts=hosts, failures=2).survives


def test_where_there_are_too_many_ways_the_worst_are_played_and_said() -> None:
    """Both copies of x on the two hosts that are lost: with one spare host one of them waits."""
    hosts = [host(name, gpus=1) for name in "abc"]
    found = reserve(whole("x", 2), hosts=hosts, failures=2, most=1)
    assert not found.proven
    assert found.argument.startswith("not proven")
    assert [short.level.running for short in found.short] == [1]


@pytest.mark.parametrize("failures", [None, 0])
def test_no_promise_no_reserve(failures: int | None) -> None:
    assert every(whole("x", 2), hosts=[host("a"), host("b")], failures=failures) == ()


def test_production_that_breaks_is_a_finding_and_a_stated_level_an_error() -> None:
    hosts = [host("a", gpus=1), host("b", gpus=1)]
    prod = whole("x", 2, environment="prod")
    stated = {("prod", "x"): Promise(least=2, stated=True, why="degraded_sessions 2")}
    (warned,) = findings(every(prod, hosts=hosts))
    (refused,) = findings(every(prod, hosts=hosts, promises=stated))

    assert (warned.rule, warned.severity) == ("MLG-P004", Severity.WARNING)
    assert "runs 1 of 2 VMs once a of c is lost" in warned.message
    assert "framebuffer" in warned.message
    assert refused.severity is Severity.ERROR


def test_what_holds_or_is_not_production_is_no_finding() -> None:
    hosts = [host("a", gpus=1), host("b", gpus=1)]
    degraded = {("prod", "x"): Promise(least=1, stated=True)}
    prod = whole("x", 2, environment="prod")
    assert list(findings(every(prod, hosts=hosts, promises=degraded))) == []
    assert list(findings(every(whole("x", 2), hosts=hosts))) == []
