"""Node pools that only one side has."""

from __future__ import annotations

import pytest

from generator.diff.between import between
from generator.record import altered
from generator.vcenter.snapshot import Seen, VcenterSeen
from tests.diff import worlds
from tests.diff.worlds import told, world

CLUSTER = ("vks-cluster", "acme-ml-dev-research/acme-ml-dev-research")
POOL = "pool.notebooks-research"


def without_pool(seen: VcenterSeen) -> VcenterSeen:
    def less(one: Seen) -> Seen:
        fields = {k: v for k, v in one.fields.items() if not k.startswith(f"{POOL}.")}
        return altered(one, fields=fields)

    return worlds.with_objects(seen, less)


def test_a_pool_that_is_gone_is_one_row() -> None:
    (found,) = worlds.judged(without_pool(world())).differences
    assert (found.kind, found.key, found.field) == (*CLUSTER, POOL)
    assert (found.desired, found.live) == ("h100-10c-r7bfd4b", None)
    assert "makes other nodes" in found.consequence


@pytest.mark.parametrize(
    ("earlier", "later"), [(world(), without_pool(world())), (without_pool(world()), world())]
)
def test_a_pool_that_went_or_came_between_two_readings_is_one_row(
    earlier: VcenterSeen, later: VcenterSeen
) -> None:
    found = between([(earlier, later)], (), "2026-11-20").differences
    assert told(found) == [(*CLUSTER, POOL, "changed")]


def test_a_pool_that_somebody_added_is_nobodys() -> None:
    """F12: it takes GPUs, and no plan counts with it."""
    seen = worlds.with_field(world(), CLUSTER, "pool.extra.vm_class", "h100-80c")
    found = worlds.whole(seen)
    assert found.differences == ()
    (one,) = found.unmanaged
    assert (one.kind, one.key) == CLUSTER
    assert "node pool extra of h100-80c" in one.why
