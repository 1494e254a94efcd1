"""Each single change to a vCenter is found and named exactly, and nothing else is."""

from __future__ import annotations

import random
from collections import Counter
from collections.abc import Iterator, Mapping
from typing import Any

import pytest

from generator.diff.between import between
from generator.diff.differences import Comparison
from generator.diff.fields import rule_of
from generator.record import altered
from generator.vcenter.kinds import KINDS
from generator.vcenter.snapshot import Seen, Value, VcenterSeen
from tests.acceptance import deeds, diffing, mutations, vcenter
from tests.acceptance.furnished import Ids
from tests.acceptance.mutation import Mutation, resolved
from tests.acceptance.mutations_hosts import GPU_STATE

pytestmark = pytest.mark.tools

SEED = 7
DRAWN = 10
PER_KIND = 3
LEAST = 60


@pytest.fixture(scope="module")
def ids(busy_site: tuple[diffing.Site, Ids]) -> Ids:
    return busy_site[1]


@pytest.fixture(scope="module")
def before(busy_site: tuple[diffing.Site, Ids]) -> Mapping[bool, VcenterSeen]:
    """Readings before any change: by the role for hosts, and by the plain one."""
    site = busy_site[0]
    return {host: site.read("diff-host" if host else "diff").vcenters[0] for host in (False, True)}


@pytest.fixture
def world(busy: diffing.Site, ids: Ids) -> Iterator[deeds.World]:
    """Sessions of another administrator."""
    with vcenter.Rest(busy.endpoint) as rest, vcenter.soap(busy.endpoint) as soap:
        yield deeds.World(rest, soap, ids)


def told(earlier: VcenterSeen, later: VcenterSeen) -> Comparison:
    return between([(earlier, later)], (), diffing.AS_OF)


def rows(found: Comparison) -> list[tuple[Any, ...]]:
    return [(one.kind, one.key, one.field, one.applied, one.live) for one in found.differences]


def row(one: Mutation | deeds.Deed) -> tuple[Any, ...]:
    return one.kind, one.key, one.leaf, one.before, one.after


def test_two_readings_of_the_same_differ_in_nothing(
    busy: diffing.Site, before: Mapping[bool, VcenterSeen]
) -> None:
    found = told(before[False], busy.read().vcenters[0])
    assert rows(found) == []
    assert found.unmanaged == ()
    assert found.complete


@pytest.mark.parametrize("one", mutations.ALL, ids=str)
def test_a_change_is_named_exactly_and_nothing_else_is(
    busy: diffing.Site,
    ids: Ids,
    before: Mapping[bool, VcenterSeen],
    one: Mutation,
) -> None:
    busy.tell(*resolved(one.wishes, ids))
    after = busy.read("diff-host" if one.host_role else "diff").vcenters[0]
    found = told(before[one.host_role], after)
    assert rows(found) == [row(one)]
    assert [each.what for each in found.differences] == [one.what]
    assert found.unmanaged == ()


@pytest.mark.parametrize("one", deeds.ALL, ids=str)
def test_a_deed_of_another_administrator_is_named_exactly(
    world: deeds.World,
    busy: diffing.Site,
    before: Mapping[bool, VcenterSeen],
    one: deeds.Deed,
) -> None:
    one.do(world)
    after = busy.read().vcenters[0]
    one.undo(world)
    found = told(before[False], after)
    assert rows(found) == [row(one)]
    assert [each.what for each in found.differences] == [one.what]
    assert found.unmanaged == ()


def test_there_are_enough_changes_of_every_kind() -> None:
    counts = Counter([*(one.kind for one in mutations.ALL), *(one.kind for one in deeds.ALL)])
    assert counts.total() >= LEAST
    assert {kind for kind, number in counts.items() if number < PER_KIND} == set()


def test_there_are_ten_changes_of_a_hosts_gpu_state() -> None:
    assert len(GPU_STATE) >= DRAWN


def drawn(seen: VcenterSeen) -> list[tuple[Seen, str, Value]]:
    """Fields of the field table, drawn by a seed among those that a reading filled, and what each
    is changed to."""
    chance = random.Random(SEED)
    judged = {
        (kind.name, leaf.name) for kind in KINDS for leaf in kind.leaves if leaf.form != "map"
    }
    fields = [
        (one, name)
        for one in seen.objects
        for name, value in sorted(one.fields.items())
        if (one.kind, name) in judged
        and value not in (None, ())
        and not rule_of(one.kind, name).churns
        and (one.kind != "vm" or one.fields.get("vgpus"))
    ]
    return [(one, name, other(one.fields[name])) for one, name in chance.sample(fields, DRAWN)]


def other(value: Value) -> Value:
    """A value of the same form that is not the same."""
    if isinstance(value, bool):
        return not value
    if isinstance(value, int):
        return value * 2 + 1
    if isinstance(value, tuple):
        return value[1:]
    return f"{value}-edited"


@pytest.mark.parametrize("number", range(DRAWN))
def test_a_field_drawn_by_a_seed_is_found(before: Mapping[bool, VcenterSeen], number: int) -> None:
    """The recorded reading is edited here, so that no field is out of the simulator's reach."""
    seen = before[False]
    one, name, value = drawn(seen)[number]
    edited = altered(one, fields={**one.fields, name: value})
    after = altered(seen, objects=tuple(edited if each is one else each for each in seen.objects))
    assert rows(told(seen, after)) == [(one.kind, one.key, name, one.fields[name], value)]
