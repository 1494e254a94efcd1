"""F30: what zones keep for a namespace, and what it may take, held against what REST shows."""

from __future__ import annotations

from typing import Any

import pytest

from generator.diff.asserted import PROJECTORS, WITHIN
from generator.diff.asserted.ground import Ground
from generator.diff.asserted.record import Asserted
from generator.diff.asserted.supervisor import share, vm_class
from generator.diff.compare import compare
from generator.diff.index import Index
from generator.platform.objects import (
    InstanceStorage,
    Manage,
    NamespaceShare,
    StorageLimit,
    Vcenter,
    VmClass,
)
from generator.record import altered
from generator.render.supervisor.bodies import vm_class_body
from generator.render.supervisor.shares import share_body
from generator.vcenter.rest_kinds import classes, namespaces
from generator.vcenter.snapshot import Seen, VcenterSeen
from generator.vcenter.world import World
from tests.diff import worlds
from tests.platform.test_shares import shares, state

NAMES = namespaces.Names({"id-gold": "gold"}, {}, {})


def wanted() -> tuple[Ground, NamespaceShare]:
    """The share of a namespace with reservations, and with limits of every kind."""
    desired = state(reserved="assistant")
    (vcenter,) = desired.vcenters
    found = shares(desired)["vcf9-prod-all"]
    limits = {"cpu_limit_mhz": 20_000, "memory_limit_mib": 65_536}
    storage = (StorageLimit(policy="gold", limit_mib=1024),)
    return Ground("vcf9", vcenter, "out"), altered(found, **limits, storage_limits=storage)


def shown(it: NamespaceShare) -> Seen:
    """What a vCenter shows after the update, as the reader makes it of the answer."""
    update: dict[str, Any] = dict(share_body(it)["update"])
    update["storage_specs"] = [{"policy": "id-gold", "limit": 1024}]
    (found,) = namespaces.namespaces([(it.namespace, update)], NAMES)
    return found


def differences(one: Asserted, *seen: Seen) -> list[tuple[str, str]]:
    """Field and standing of what differs."""
    reading: VcenterSeen = altered(worlds.world(), name=one.vcenter, objects=seen)
    found = compare([one], None, Index(reading))
    assert found.unreadable == []
    return [(d.field, d.standing) for d in found.differences]


def test_f30_a_share_as_it_was_written_differs_in_nothing() -> None:
    ground, it = wanted()
    (one,) = share(ground, it)
    assert any(".vm_class." in field for field in one.fields)
    assert "memory_limit_mib" in one.fields
    assert differences(one, shown(it)) == []


def fields() -> list[str]:
    """Every field that a share asserts."""
    ground, it = wanted()
    (one,) = share(ground, it)
    return list(one.fields)


@pytest.mark.parametrize("field", fields())
def test_f30_each_reservation_and_limit_is_compared(field: str) -> None:
    ground, it = wanted()
    (one,) = share(ground, it)
    seen = shown(it)
    broken = worlds.broken("namespace", field, one.fields[field])
    assert differences(one, altered(seen, fields={**seen.fields, field: broken})) == [
        (field, "drift")
    ]


def test_what_the_plan_leaves_open_is_others_business() -> None:
    """F12."""
    ground, it = wanted()
    (one,) = share(ground, altered(it, cpu_limit_mhz=None, storage_limits=()))
    assert differences(one, shown(it)) == []


def test_a_share_is_mended_by_its_own_request() -> None:
    ground, it = wanted()
    (one,) = share(ground, it)
    assert {mend.command.split(" --only ")[1] for mend in one.mends.values()} == {
        "namespace-share --apply"
    }
    assert it.manage in (Manage.CREATE, Manage.ADOPT)


def test_instance_storage_is_part_of_a_class() -> None:
    """A policy by its id on the one side and its name on the other, sizes in MiB."""
    vcenter: Vcenter = worlds.sides().desired.vcenters[0]
    plain: VmClass = vcenter.vm_classes[-1]
    it = altered(plain, instance_storage=InstanceStorage(policy="gold", volumes_mib=(1024, 2048)))
    body = vm_class_body(it)
    body["instance_storage"]["policy"] = "id-gold"
    (seen,) = classes.objects([body], World())
    policy = Seen(kind="storage-policy", key="gold", ident="id-gold", fields={})
    (one,) = vm_class(Ground("acme-ml", vcenter, "out"), it)
    assert differences(one, seen, policy) == []
    assert differences(one, seen) == [("instance_storage_policy", "drift")]
    assert {NamespaceShare} <= set(PROJECTORS)
    assert WITHIN[InstanceStorage] is VmClass
