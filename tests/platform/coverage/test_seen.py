"""Field by field: what the contract says that ``diff`` sees is seen, and nothing else."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Mapping
from functools import cache

import pytest

from generator.platform.coverage.fields import FieldClause, field_contract
from tests.platform.coverage.fields import (
    every_state,
    held,
    own_fields,
    variants_of,
)
from tests.platform.coverage.seen import Observed, Told, interface_of

CONTRACT = field_contract()
BY_PLACE = {(clause.kind, clause.variant, clause.field): clause for clause in CONTRACT}
SAMPLE = 6
"""Objects of one kind and variant, in one state, of which every field is tried at most."""
MANY = 40
"""Settings of hosts that are tried: few of them have a device."""
Place = tuple[str, str, str]


def seen_by(clause: FieldClause) -> set[str]:
    """The interfaces of a clause."""
    return set() if clause.seen == "-" else set(clause.seen.split(", "))


@cache
def observed() -> Mapping[Place, set[Told]]:
    """The rows that each field of each variant makes, over all states."""
    found: dict[Place, set[Told]] = defaultdict(set)
    for base in every_state():
        _observe(Observed(base), found)
    return found


def _observe(state: Observed, found: dict[Place, set[Told]]) -> None:
    counts: dict[Place, int] = defaultdict(int)
    for each in held(state.base):
        for name in own_fields(type(each.one)):
            places = [(each.kind, variant, name) for variant in variants_of(each.one)]
            open_ = [p for p in places if p in BY_PLACE and _is_open(p, found[p], counts[p])]
            told = state.rows(each, name) if open_ else set()
            for place in open_:
                counts[place] += 1
                found[place] |= told


def _is_open(place: Place, told: set[Told], tried: int) -> bool:
    """Whether more objects may still show what no other did."""
    few = tried < (MANY if place[0] == "host-setting" else SAMPLE)
    return few and not (told and seen_by(BY_PLACE[place]) <= interfaces(told))


def interfaces(told: set[Told]) -> set[str]:
    """By which interfaces some rows are read."""
    return {interface_of(one.kind, one.field) for one in told}


@pytest.mark.parametrize("clause", CONTRACT, ids=lambda c: f"{c.kind}-{c.variant}-{c.field}")
def test_a_changed_field_is_a_row_where_the_contract_says_so(clause: FieldClause) -> None:
    """By the interface that it names; and no row at all where it names none."""
    told = observed()[clause.kind, clause.variant, clause.field]
    assert bool(told) == (clause.seen != "-"), sorted(told)[:5]
    assert seen_by(clause) <= interfaces(told)


OTHERWISE = {
    ("vcenter", "instance_uuid"): "instance_uuid",
    ("compute-cluster", "vsan"): "vsan_enabled",
    ("tag-category", "multiple"): "cardinality",
    ("pci-device", "allowed"): "pci_devices",
    ("node-pool", "gpu"): "os_image",
    ("zone-share", "reserved_direct_path_only"): "zone_mark",
    ("zone-share", "cpu_reservation_mhz"): "zone_mark",
    ("zone-share", "memory_reservation_mib"): "zone_mark",
    ("class-reservation", "vm_class"): "zone_mark",
    ("host-setting", "setting"): "vgpu_mode setting.vgpu.hotmigrate.enabled missing",
    ("host-setting", "actor"): "vgpu_mode setting.vgpu.hotmigrate.enabled",
}
"""Fields whose values stand otherwise in vCenter, with the leaves that show them."""


@pytest.mark.parametrize(
    "clause",
    [one for one in CONTRACT if one.seen != "-"],
    ids=lambda c: f"{c.kind}-{c.variant}-{c.field}",
)
def test_the_row_says_a_value_of_the_field(clause: FieldClause) -> None:
    """The reader learns what was changed, and not only that something was."""
    told = observed()[clause.kind, clause.variant, clause.field]
    leaves = OTHERWISE.get((clause.kind, clause.field), "").split()
    assert any(one.named or one.field.endswith(tuple(leaves)) for one in told)
