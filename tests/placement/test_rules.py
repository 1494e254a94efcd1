"""Rules about plans that are looked at together."""

from __future__ import annotations

from dataclasses import replace

from generator.catalog import Catalog
from generator.finding import Severity
from generator.placement.engine import place
from generator.placement.plan import Plan
from generator.placement.rules import OnePromise
from tests.placement.build import demand, host, need, sized


def plan(*, first: int = 0) -> Plan:
    """One vGPU on the first of four GPUs, or on a later host."""
    hosts = [host("esx-0"), host("esx-1")][first:]
    return place(sized(demand("d", need(9.0))), hosts, Catalog.builtin())


def test_a_gpu_that_two_platforms_count_on_is_named() -> None:
    (found,) = OnePromise.check([("a", {"s": "ams1"}, plan()), ("b", {"s": "ams1"}, plan())])
    assert found.severity is Severity.WARNING
    assert "a and b both count on 1 GPU(s) of ams1, esx-0/gpu0 among them" in found.message


def test_other_gpus_and_other_sites_are_no_conflict() -> None:
    alone, elsewhere = plan(), plan(first=1)
    assert not [*OnePromise.check([("a", {}, alone), ("b", {}, elsewhere)])]
    assert not [*OnePromise.check([("a", {"s": "ams1"}, alone), ("b", {"s": "lon1"}, alone)])]
    assert not [*OnePromise.check([("a", {}, replace(alone, placed=())), ("b", {}, alone)])]
