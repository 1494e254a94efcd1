"""Every load that a host can feed, once, and none where there are too many."""

from __future__ import annotations

from itertools import product

import pytest

from generator.placement.bound import host_loads as module
from generator.placement.bound.host_loads import Feed, Tenant, loads
from generator.placement.devices.patterns import TooMany
from generator.placement.devices.shapes import EMPTY
from tests.placement.bound.test_proof import board
from tests.placement.build import H100
from tests.placement.devices.test_patterns import legal, shapes

HALF, QUARTER = shapes(H100, "40c")[0], shapes(H100, "20c")[0]
TENANTS = (Tenant(HALF, 2, 1), Tenant(QUARTER, 1, 1), Tenant(QUARTER, 1, 3))


def feed(cores: int, memory: int) -> Feed:
    return Feed(board(H100), EMPTY, cores, memory)


@pytest.mark.parametrize(("cores", "memory"), [(9, 9), (3, 9), (9, 3), (1, 3), (0, 0)])
def test_the_loads_are_those_that_trying_every_count_finds(cores: int, memory: int) -> None:
    tried = {
        counts
        for counts in product(range(5), repeat=len(TENANTS))
        if any(counts)
        and legal(H100, [tenant.shape for tenant in TENANTS], counts)
        and sum(n * tenant.cores for n, tenant in zip(counts, TENANTS, strict=True)) <= cores
        and sum(n * tenant.memory for n, tenant in zip(counts, TENANTS, strict=True)) <= memory
    }
    found = list(loads(feed(cores, memory), TENANTS))
    assert set(found) == tried
    assert len(found) == len(tried)


def test_as_many_loads_as_are_looked_at_are_listed(monkeypatch: pytest.MonkeyPatch) -> None:
    """The empty one counts."""
    found = list(loads(feed(9, 9), TENANTS))
    monkeypatch.setattr(module, "MOST_LOADS", len(found) + 1)
    assert list(loads(feed(9, 9), TENANTS)) == found


def test_one_load_more_is_too_many(monkeypatch: pytest.MonkeyPatch) -> None:
    found = list(loads(feed(9, 9), TENANTS))
    monkeypatch.setattr(module, "MOST_LOADS", len(found))
    with pytest.raises(TooMany):
        next(loads(feed(9, 9), TENANTS))
