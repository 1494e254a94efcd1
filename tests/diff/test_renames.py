"""F12: a rename is one row, whatever is in the object or leads to it."""

from __future__ import annotations

import pytest

from generator.diff.between import between
from generator.record import altered
from generator.vcenter.snapshot import Seen, Value, VcenterSeen
from tests.diff import worlds
from tests.diff.renaming import called
from tests.diff.worlds import ACME, GREEN, PLAIN, told


def one(kind: str, key: str, ident: str, **fields: Value) -> Seen:
    return Seen(kind=kind, key=key, ident=ident, fields=fields)


GPU = "0000:17:00.0"
MACHINE = "ams1/vm/ml/train/node-1"
BUSY = altered(
    worlds.world(),
    objects=(
        one("vcenter", "", "vc", version="8.0.3"),
        one("custom-attribute", "owner", "7", object_type="VirtualMachine"),
        one("role", "ml-operator", "-700", privileges=("System.Read",)),
        one("datacenter", "ams1", "datacenter-1", folder="", release=("acme-ml-3",)),
        one("cluster", "gpu-a", "domain-c1", datacenter="ams1", hosts=("esx-01", "esx-02"),
            drs_enabled=True),
        one("host", "esx-01", "host-1", cluster="gpu-a"),
        one("host", "esx-02", "host-2", cluster="gpu-a"),
        one("gpu", f"esx-01/{GPU}", f"host-1:{GPU}", host="esx-01", vms=("node-1",)),
        one("nic", "esx-01/vmnic0", "host-1:vmnic0", host="esx-01", speed_mbit=25000),
        one("pci-device", "esx-01/0000:0b:00.0", "host-1:0000:0b:00.0", host="esx-01"),
        one("folder", "ams1/vm/ml", "group-v1", type="vm"),
        one("folder", "ams1/vm/ml/train", "group-v2", type="vm"),
        one("folder", "ams1/host/racks", "group-h2", type="host"),
        one("permission", "ams1|CORP\\ops", "datacenter-1|CORP\\ops", role="ml-operator"),
        one("permission", "ams1/vm/ml|CORP\\ml", "group-v1|CORP\\ml", role="ml-operator"),
        one("permission", "ams1/host/gpu-a|CORP\\ml", "domain-c1|CORP\\ml", role="ml-operator"),
        one("permission", "ams1/host/gpu-a/esx-01|CORP\\ml", "host-1|CORP\\ml", role="ml-operator"),
        one("permission", f"{MACHINE}|CORP\\ml", "vm-1|CORP\\ml", role="ml-operator"),
        one("resource-pool", "gpu-a/ml", "resgroup-1", cpu_shares="high"),
        one("resource-pool", "gpu-a/ml/train", "resgroup-2", cpu_shares="high"),
        one("switch", "dvs-1", "dvs-1", datacenter="ams1", hosts=("esx-01", "esx-02")),
        one("network", "pg-ml", "dvportgroup-1", switch="dvs-1"),
        one("datastore", "nfs-1", "datastore-1", hosts=("esx-01", "esx-02")),
        one("vm", MACHINE, "vm-1", name="node-1", host="esx-01", cluster="gpu-a",
            pool="gpu-a/ml/train", folder="ams1/vm/ml/train", networks=("pg-ml",),
            datastores=("nfs-1",), vgpus=("nvidia_h100-80c",), **{"attribute.owner": "a"}),
        one("vm-group", "gpu-a/trainers", "domain-c1:1", vms=("node-1",)),
        one("host-group", "gpu-a/left", "domain-c1:2", hosts=("esx-01",)),
        one("rule", "gpu-a/keep", "domain-c1:3", type="vm-host-affinity", vm_group="trainers",
            host_group="left", vms=()),
        one("rule", "gpu-a/apart", "domain-c1:4", type="vm-anti-affinity", vms=("node-1",)),
        one("override", "gpu-a/node-1", "domain-c1:vm-1", drs_enabled=False),
        one("storage-policy", "gold", "p-1", compatible_datastores=("nfs-1",)),
        one("tag-category", "site", "c-1", cardinality="SINGLE"),
        one("content-library", "images", "l-1", datastores=("nfs-1",)),
        one("namespace", "ml-dev", "ml-dev", supervisor="sup-1", content_libraries=("images",),
            storage_policies=("gold",), zones=("z1",), **{"storage_limit_mib.gold": 1024}),
        one("zone", "z1", "z1", clusters=("gpu-a",)),
        one("supervisor", "sup-1", "s-1", id="s-1", clusters=("gpu-a",), zones=("z1",)),
    ),
)  # fmt: skip
"""One of each kind that can be renamed, and all that leads to it."""

RENAMES = [
    ("datacenter", "ams1", "ams2"), ("cluster", "gpu-a", "gpu-b"), ("host", "esx-01", "esx-91"),
    ("folder", "ams1/vm/ml", "ai"), ("folder", "ams1/vm/ml/train", "learn"),
    ("resource-pool", "gpu-a/ml", "ai"), ("resource-pool", "gpu-a/ml/train", "learn"),
    ("vm", MACHINE, "node-9"), ("switch", "dvs-1", "dvs-9"), ("network", "pg-ml", "pg-ai"),
    ("datastore", "nfs-1", "nfs-9"), ("storage-policy", "gold", "silver"),
    ("content-library", "images", "pictures"), ("supervisor", "sup-1", "sup-9"),
    ("role", "ml-operator", "ai-operator"),
]  # fmt: skip


def rows(later: VcenterSeen, earlier: VcenterSeen = BUSY) -> list[tuple[str, str, str, str]]:
    return told(between([(earlier, later)], (), "2026-11-20").differences)


def test_the_busy_world_differs_in_nothing_from_itself() -> None:
    assert rows(BUSY) == []


@pytest.mark.parametrize(("kind", "key", "new"), RENAMES)
def test_between_two_snapshots_a_rename_is_one_row(kind: str, key: str, new: str) -> None:
    later = called(BUSY, (kind, key), new)
    head, slash, _ = key.rpartition("/")
    assert rows(later) == [(kind, f"{head}{slash}{new}", "name", "renamed")]


@pytest.mark.parametrize(("kind", "key", "new"), RENAMES)
def test_beside_a_rename_every_other_change_is_told(kind: str, key: str, new: str) -> None:
    """What follows a rename is compared as before, under its new key."""
    later = called(BUSY, (kind, key), new)
    at = worlds.at_of(later, "vm")
    found = rows(worlds.with_field(later, at, "vgpus", ("nvidia_h100-40c",)))
    assert sorted(found) == sorted([rows(later)[0], (*at, "vgpus", "changed")])


@pytest.mark.parametrize(("kind", "key", "new"), RENAMES)
def test_an_event_after_a_rename_is_that_of_the_object(kind: str, key: str, new: str) -> None:
    later = called(BUSY, (kind, key), new)
    (found,) = between([(BUSY, later)], (), "2026-11-20").differences
    assert (found.applied, found.live) == (key, found.key)


def _in_the_folder_above(it: Seen) -> Seen:
    key = it.key.replace("/train/node-1", "/node-1")
    folder = {"folder": "ams1/vm/ml"} if it.kind == "vm" else {}
    return altered(it, key=key, fields={**it.fields, **folder})


def test_a_vm_that_moves_to_another_folder_is_one_row() -> None:
    """Its path is its key: it is where nobody looks for it, and still the same VM."""
    later = worlds.with_objects(BUSY, _in_the_folder_above)
    assert rows(later) == [("vm", "ams1/vm/ml/node-1", "name", "renamed")]


BY_STAMP = [
    (GREEN, "datacenter"), (GREEN, "cluster"), (GREEN, "switch"), (GREEN, "network"),
    (GREEN, "content-library"), (PLAIN, "folder"), (PLAIN, "resource-pool"), (PLAIN, "vm"),
    (ACME, "folder"), (ACME, "storage-policy"), (ACME, "tag-category"),
]  # fmt: skip


@pytest.mark.parametrize(("name", "kind"), BY_STAMP)
def test_what_carries_our_stamp_is_found_under_any_name(name: str, kind: str) -> None:
    """Against the plan: every object of ours of a kind, one after the other."""
    for wanted in worlds.wanted(name):
        if wanted.kind == kind and wanted.stamp:
            seen = worlds.live_of(name, wanted)
            changed = called(worlds.world(name), (kind, seen.key), "renamed")
            head, slash, _ = seen.key.rpartition("/")
            expected = [(kind, f"{head}{slash}renamed", "name", "renamed")]
            assert told(worlds.judged(changed, name).differences) == expected
