"""Datacenters, folders, pools and datastores."""

from __future__ import annotations

import pytest

from generator.vcenter.soap_kinds import places
from tests.vcenter.answers import fields, named, prop, world

SHARES = "<shares>4000</shares><level>{}</level>"


def test_a_datacenter_tells_the_release_that_was_applied_below_it() -> None:
    known = world(named("Folder", "group-v2", "acme-ml", "group-v1"))
    known.tags_read = True
    known.tags = {
        "group-v2": ("mlgen-release/acme-ml-3", "mlgen/acme-ml"),
        "elsewhere": ("mlgen-release/other-1",),
    }
    assert fields(places.datacenters(known)) == {
        "folder": "", "release": ("acme-ml-3",), "tags": (),
    }  # fmt: skip


def test_the_folders_that_every_datacenter_has_are_none() -> None:
    types = "<string>Folder</string><string>VirtualMachine</string>"
    children = prop("childType", "ArrayOfString", types)
    known = world(named("Folder", "group-v2", "ml", "group-v1", children))
    (folder,) = places.folders(known)
    assert (folder.key, folder.within, folder.fields) == ("ams1/vm/ml", "ams1/vm", {"type": "vm"})


def test_a_pool_is_keyed_below_its_cluster() -> None:
    known = world(
        named("ResourcePool", "resgroup-2", "ml", "resgroup-1"),
        named(
            "ResourcePool", "resgroup-3", "train", "resgroup-2",
            prop("config.cpuAllocation.shares", "SharesInfo", SHARES.format("custom")),
            prop("config.memoryAllocation.shares", "SharesInfo", SHARES.format("high")),
            prop("config.memoryAllocation.limit", "xsd:long", "-1"),
        ),
    )  # fmt: skip
    first, second = places.pools(known)
    assert (first.key, second.key, second.within) == ("gpu-a/ml", "gpu-a/ml/train", "gpu-a/ml")
    assert second.fields["cpu_shares"] == "4000"
    assert second.fields["memory_shares"] == "high"
    assert second.fields["memory_limit_mib"] == -1
    assert second.fields["cpu_limit_mhz"] is None
    assert places.pool_key(known, "resgroup-1") == "gpu-a"


@pytest.mark.parametrize(
    ("mount", "hosts"),
    [
        ("<mountInfo><accessible>true</accessible></mountInfo>", ("esx-01",)),
        ("<mountInfo><mounted>false</mounted></mountInfo>", ()),
        ("<mountInfo><accessible>false</accessible></mountInfo>", ()),
        ("<mountInfo/>", ("esx-01",)),
    ],
)
def test_a_datastore_counts_the_hosts_that_reach_it(mount: str, hosts: tuple[str, ...]) -> None:
    found = f'<DatastoreHostMount><key type="HostSystem">host-1</key>{mount}</DatastoreHostMount>'
    known = world(
        named("HostSystem", "host-1", "esx-01", "domain-c9"),
        named("Datastore", "datastore-1", "vsan", "",
              prop("host", "ArrayOfDatastoreHostMount", found),
              prop("summary.capacity", "xsd:long", "1024")),
    )  # fmt: skip
    (store,) = places.datastores(known)
    assert (store.key, store.fields["hosts"]) == ("vsan", hosts)
    assert store.fields["capacity_bytes"] == 1024
