"""What is there already and is taken over (F14)."""

from __future__ import annotations

from dataclasses import replace

import pytest

from generator.platform.objects import Manage, Vcenter
from generator.platform.rules import judge
from generator.supply.model import Library, OutsideObject, SiteInventory
from tests.platform.test_machines import desired, site


def with_objects(*objects: OutsideObject) -> SiteInventory:
    """The facts with objects that exist."""
    return replace(site(), objects=objects)


def vcenter(facts: SiteInventory) -> Vcenter:
    """The only vCenter."""
    (only,) = desired(facts=facts).vcenters
    return only


@pytest.mark.parametrize(
    ("kind", "name", "within"),
    [
        ("tag-category", "mlgen-tier", None),
        ("tag", "plain-bulk", "mlgen-tier"),
        ("folder", "plain", None),
        ("folder", "plain/prod", None),
        ("folder", "plain/prod/all", None),
        ("role", "plain-edit", None),
        ("resource-pool", "plain-prod", "plain-a"),
    ],
)
def test_f14_what_has_an_importer_stays_wanted_and_is_adopted(
    kind: str, name: str, within: str | None
) -> None:
    """It is managed as before, and not looked up."""
    thing = OutsideObject(kind=kind, name=name, within=within, manage="adopt")  # type: ignore[arg-type]
    found = vcenter(with_objects(thing))
    assert found.adopts(kind, name, within or "")
    assert found.tags == vcenter(site()).tags
    assert found.roles == vcenter(site()).roles
    assert found.unadopted == ()


def test_f14_what_has_none_is_looked_up_and_never_imported() -> None:
    """A role of others too: it was not to be adopted."""
    theirs = OutsideObject(kind="role", name="plain-edit", manage="reference")
    policy = OutsideObject(kind="storage-policy", name="plain-bulk", manage="adopt")
    found = vcenter(with_objects(theirs, policy))
    assert found.adoptions == ()
    assert {r.name: r.manage for r in found.roles}["plain-edit"] is Manage.REFERENCE


@pytest.mark.parametrize("within", ["plain-a", None])
def test_f14_a_pool_is_found_by_its_cluster_and_datacenter(within: str | None) -> None:
    """Where there is one cluster only, nobody has to name it."""
    thing = OutsideObject(kind="resource-pool", name="plain-prod", within=within, manage="adopt")
    (adoption,) = vcenter(with_objects(thing)).adoptions
    assert (adoption.within, adoption.datacenter) == ("plain-a", "rtm1")


def test_f14_a_library_is_adopted_as_one_that_is_made() -> None:
    library = Library(name="images", subscribed=False, datastore="vmfs-plain", manage="adopt")
    found = vcenter(replace(site(), libraries=(library,)))
    assert [x.name for x in found.infrastructure.libraries] == ["images"]
    assert found.adopts("content-library", "images")


def test_an_adoption_that_nothing_stands_for_is_a_finding() -> None:
    """MLG-D060: else the wish would be passed over in silence."""
    thing = OutsideObject(kind="folder", name="Plain VMs", manage="adopt")
    state = desired(facts=with_objects(thing))
    (finding,) = [f for f in judge([state]) if f.rule == "MLG-D060"]
    assert "Plain VMs" in finding.message
    assert [f for f in judge([desired()]) if f.rule == "MLG-D060"] == []


@pytest.mark.parametrize(
    ("manage", "expected"),
    [
        ("reference", Manage.REFERENCE),
        ("adopt", Manage.ADOPT),
        (None, Manage.REFERENCE),
        ("create", Manage.CREATE),
    ],
)
def test_f14_a_policy_that_is_there_is_not_made_under_the_name_of_the_pattern(
    manage: str | None, expected: Manage
) -> None:
    """vCenter refuses the second policy of a name, however the first came about."""
    thing = OutsideObject(kind="storage-policy", name="plain-bulk", manage=manage)  # type: ignore[arg-type]
    found = vcenter(with_objects(thing))
    assert {p.name: p.manage for p in found.storage_policies}["plain-bulk"] is expected
    if expected is not Manage.CREATE:
        assert found.tags == tuple(t for t in vcenter(site()).tags if t.name != "plain-bulk")
