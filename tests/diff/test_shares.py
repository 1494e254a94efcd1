"""F30: what zones keep for a namespace, and what it may take, held against what REST shows."""

from __future__ import annotations

import json
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
from generator.render.supervisor.shares import share_body, zone_mark
from generator.vcenter.rest_kinds import classes, namespaces
from generator.vcenter.snapshot import Seen, Value, VcenterSeen
from generator.vcenter.world import World
from tests.diff import worlds
from tests.platform.test_shares import ZONE, shares, state
from tests.render.supervisor.apply_modules import part

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
    """What a vCenter shows after the update, as the reader makes it of the answer.

    It shows the zones of a namespace by name, and of what they keep only the mark that was written.
    """
    update: dict[str, Any] = dict(share_body(it)["update"])
    update["storage_specs"] = [{"policy": "id-gold", "limit": 1024}]
    update["description"] = script(it)._mark()
    update["zones"] = [
        {"zone": zone.name, "type": "WORKLOAD", "marked_for_removal": False} for zone in it.zones
    ]
    (found,) = namespaces.namespaces([(it.namespace, update)], NAMES)
    return found


def script(it: NamespaceShare) -> Any:
    """The operation of the apply script, as it reads the body."""
    return part("shares").NamespaceShare({}, json.loads(json.dumps(share_body(it))))


def kept(**counts: int) -> Seen:
    """The zone with what it keeps for all namespaces."""
    fields: dict[str, Value] = {f"reserved.{name}": count for name, count in counts.items()}
    return Seen(kind="zone", key=ZONE, ident=ZONE, fields=fields)


def of_namespace() -> Asserted:
    ground, it = wanted()
    return next(one for one in share(ground, it) if one.kind == "namespace")


def of_zone() -> Asserted:
    ground, it = wanted()
    return next(one for one in share(ground, it) if one.kind == "zone")


def differences(one: Asserted, *seen: Seen) -> list[tuple[str, str]]:
    """Field and standing of what differs."""
    reading: VcenterSeen = altered(worlds.world(), name=one.vcenter, objects=seen)
    found = compare([one], None, Index(reading))
    assert found.unreadable == []
    return [(d.field, d.standing) for d in found.differences]


def test_f30_a_share_as_it_was_written_differs_in_nothing() -> None:
    _, it = wanted()
    assert {"zone_mark", "memory_limit_mib"} <= set(of_namespace().fields)
    assert differences(of_namespace(), shown(it)) == []


@pytest.mark.parametrize("field", list(of_namespace().fields))
def test_f30_each_limit_and_the_mark_of_what_is_kept_are_compared(field: str) -> None:
    _, it = wanted()
    seen = shown(it)
    broken = worlds.broken("namespace", field, of_namespace().fields[field])
    assert differences(of_namespace(), altered(seen, fields={**seen.fields, field: broken})) == [
        (field, "drift")
    ]


def test_f30_another_reservation_is_another_mark() -> None:
    _, it = wanted()
    (zone,) = it.zones
    fewer = altered(zone, reservations=zone.reservations[:-1])
    assert zone_mark(it) != zone_mark(altered(it, zones=(fewer,)))
    assert zone_mark(altered(it, zones=())) == ""


@pytest.mark.parametrize(("more", "found"), [(-1, 1), (0, 0), (5, 0)])
def test_f30_a_zone_keeps_what_all_our_namespaces_were_promised_or_more(
    more: int, found: int
) -> None:
    """Others may have it keep VMs of a class too; only the sum is shown."""
    promised = {
        name.partition(".")[2]: count
        for name, count in of_zone().fields.items()
        if isinstance(count, int)
    }
    assert len(promised) == 2
    first = min(promised)
    there = kept(**{**promised, first: promised[first] + more})
    assert len(differences(of_zone(), there)) == found


def test_f30_a_zone_that_keeps_nothing_is_drift() -> None:
    assert {standing for _, standing in differences(of_zone(), kept())} == {"drift"}


def test_what_the_plan_leaves_open_is_others_business() -> None:
    """F12."""
    ground, it = wanted()
    one, *_ = share(ground, altered(it, cpu_limit_mhz=None, storage_limits=()))
    assert differences(one, shown(it)) == []


def test_a_share_is_mended_by_its_own_request() -> None:
    ground, it = wanted()
    one, *_ = share(ground, it)
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
