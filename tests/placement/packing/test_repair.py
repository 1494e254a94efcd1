"""What went short finds room where others can move aside."""

from __future__ import annotations

from generator.catalog import Catalog
from generator.placement.moments import slots
from generator.placement.packing.asks import Models
from generator.placement.packing.attempt import Attempt, key_of
from generator.placement.packing.repair import repair
from generator.placement.terms import Terms
from generator.sizing.demand import Demand
from tests.placement.build import demand, host, need


def attempt(*demands: Demand) -> Attempt:
    """The demands on two hosts with one GPU each, in the order in which they are given."""
    hosts = [host("a", gpus=1), host("b", gpus=1)]
    models = Models(hosts, Catalog.builtin(), Terms())
    made = Attempt(hosts, models, Terms(), slots(demands))
    made.fill(demands, {key_of(d): models.options(d) for d in demands})
    return made


def test_a_copy_moves_aside_for_a_whole_gpu() -> None:
    """Two small copies keep apart, until somebody needs one of their GPUs whole."""
    made = attempt(
        demand("copies", need(9.0), count=2, phase="serving"), demand("whole", need(70.0))
    )
    assert [found.missing for found in made.filled] == [0, 1]
    repair(made)
    assert [found.missing for found in made.filled] == [0, 0]
    copies, whole = made.filled
    assert len({spot.order for spot in copies.spots}) == 1
    assert whole.spots[0].order not in {spot.order for spot in copies.spots}


def test_copies_of_what_is_more_important_stay_apart() -> None:
    """A lost host must not take them all, so that a search has room."""
    made = attempt(
        demand("copies", need(9.0), count=2, phase="serving", priority=0),
        demand("whole", need(70.0), priority=1),
    )
    repair(made)
    assert [found.missing for found in made.filled] == [0, 1]
    assert len({spot.order for spot in made.filled[0].spots}) == 2


def test_nothing_moves_where_it_does_not_help() -> None:
    made = attempt(
        demand("large", need(35.0), count=3), demand("whole", need(70.0), count=2, minimum=0)
    )
    before = list(made.filled)
    repair(made)
    assert made.filled == before
    assert [room.vms for room in made.packing.rooms] == [2, 1]
