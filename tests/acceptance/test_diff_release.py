"""The same single changes held against the blueprint: what it asserts is drift, all else is not."""

from __future__ import annotations

from typing import Any

import pytest

from generator.api.diffing import Asked, compared, sides_of, wanted_of
from generator.diff.differences import Comparison
from generator.diff.examine import Sides
from generator.vcenter.wanted import Role
from tests.acceptance import diffing, mutations
from tests.acceptance.furnished import Ids
from tests.acceptance.mutation import Mutation, resolved

pytestmark = pytest.mark.tools


@pytest.fixture(scope="module")
def ids(busy_site: tuple[diffing.Site, Ids]) -> Ids:
    return busy_site[1]


@pytest.fixture(scope="module")
def sides(busy_site: tuple[diffing.Site, Ids]) -> Sides:
    """The blueprint and the release that was applied."""
    site = busy_site[0]
    return sides_of(site.blueprint, asked(site))


def asked(site: diffing.Site) -> Asked:
    return Asked(out=site.out, as_of=diffing.AS_OF)


def held(site: diffing.Site, sides: Sides, *, host: bool) -> Comparison:
    role: Role = "diff-host" if host else "diff"
    seen = site.read(role, wanted_of(sides.desired))
    return compared(sides, seen, asked(site)._replace(role=role))


def rows(found: Comparison) -> list[tuple[Any, ...]]:
    return [(one.kind, one.key, one.field, one.live, one.standing) for one in found.differences]


def test_before_any_change_nothing_drifts(busy: diffing.Site, sides: Sides) -> None:
    assert rows(held(busy, sides, host=False)) == []


CLASSES = ("cpu-4x16-r63068f", "h100-40c-r10da02")
ASSERTED = {
    "gpu": "vgpu_mode graphics_type model configured_type device_id numa_node",
    "host": "graphics_default_type assignment_policy memory_bytes cores sockets",
    "cluster": "drs_enabled drs_automation drs_option.PassthroughDrsAutomation ha_enabled "
    "ha_host_failures",
    "network": "vlan",
    "datastore": "capacity_bytes type accessible hosts",
    "vm-class": "vcpus memory_mib cpu_reservation_percent vgpus",
    "namespace": "access.group:ml-research@corp.example",
    "supervisor": "zones service_cidr",
    "vcenter": "setting.vgpu.hotmigrate.enabled",
    "storage-policy": "description rule.VSAN.hostFailuresToTolerate k8s_name",
}
"""What the shipped blueprint and its site say of these objects, read off them by hand. All else
that the list of changes touches is the business of others (F12)."""


def is_asserted(one: Mutation) -> bool:
    ours = one.kind != "vm-class" or one.key in CLASSES
    return ours and one.leaf in ASSERTED.get(one.kind, "").split()


VALUES = [one for one in mutations.ALL if one.what == "changed" and not one.host_role]
DRIFT = [one for one in VALUES if is_asserted(one)]
OTHERS = [one for one in VALUES if not is_asserted(one)]


@pytest.mark.parametrize("one", DRIFT, ids=str)
def test_a_change_is_drift_where_the_blueprint_says_otherwise(
    busy: diffing.Site, ids: Ids, sides: Sides, one: Mutation
) -> None:
    busy.tell(*resolved(one.wishes, ids))
    found = held(busy, sides, host=False)
    assert rows(found) == [(one.kind, one.key, one.leaf, one.after, "drift")]
    assert [each.mend.command for each in found.differences] != [""]


@pytest.mark.parametrize("one", OTHERS, ids=str)
def test_a_change_of_what_nobody_asserts_is_none(
    busy: diffing.Site, ids: Ids, sides: Sides, one: Mutation
) -> None:
    busy.tell(*resolved(one.wishes, ids))
    assert rows(held(busy, sides, host=False)) == []


def test_every_asserted_field_is_in_the_list_of_changes() -> None:
    told = {(one.kind, one.leaf) for one in DRIFT}
    stated = {(kind, leaf) for kind, leaves in ASSERTED.items() for leaf in leaves.split()}
    assert told == stated


def test_the_driver_of_a_host_is_seen_in_the_role_for_hosts(
    busy: diffing.Site, sides: Sides
) -> None:
    """F8: the option that spreads vGPUs over time is asserted of each of the four hosts."""
    found = rows(held(busy, sides, host=True))
    assert [(kind, field) for kind, _, field, _, _ in found] == [
        ("host", "module_option.nvidia")
    ] * 4


@pytest.mark.parametrize("name", ["dev", "prod"])
def test_a_folder_that_is_gone_is_missing(busy: diffing.Site, sides: Sides, name: str) -> None:
    busy.tell({"do": "hide", "objects": [f"Folder:{name}"]})
    (found,) = held(busy, sides, host=False).differences
    assert (found.what, found.key, found.standing) == (
        "missing",
        f"ams1/vm/acme-ml/{name}",
        "drift",
    )


def test_a_folder_that_was_renamed_is_renamed(busy: diffing.Site, sides: Sides) -> None:
    """F12: its stamp tells that it is the same."""
    busy.tell({"do": "set", "object": "Folder:dev", "path": "name", "value": "test"})
    (found,) = held(busy, sides, host=False).differences
    assert (found.what, found.live) == ("renamed", "ams1/vm/acme-ml/test")
