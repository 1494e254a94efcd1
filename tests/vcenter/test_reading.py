"""A vCenter is read whole, by calls that only read."""

from __future__ import annotations

from typing import Any

import pytest
from pyVmomi import vim

from generator.api.observing import (
    observe_vcenters,
    observing,
    read_snapshot,
    write_snapshot,
)
from generator.vcenter.calls import REST, SOAP
from generator.vcenter.failures import Unreadable
from generator.vcenter.kinds import KINDS
from generator.vcenter.snapshot import Seen, Snapshot
from generator.vcenter.wanted import Wanted
from tests.acceptance import vcenter
from tests.vcenter.conftest import GPU_VM, PLAIN_VM, UUID, Simulated, Start, named

pytestmark = pytest.mark.tools

SOAP_KINDS = {
    "vcenter", "datacenter", "folder", "cluster", "host", "gpu", "nic", "pci-device",
    "resource-pool", "network", "switch", "datastore", "vm", "rule", "vm-group", "host-group",
    "override", "custom-attribute", "role", "permission",
}  # fmt: skip
OTHERS = {
    "storage-policy", "tag-category", "tag", "content-library", "vm-class", "namespace", "zone",
    "supervisor",
}  # fmt: skip
FROM_9 = {"direct-path-profile"}
"""What a vCenter of version 8, as this one is, does not have."""
OURS = Wanted(instance_uuids={"vc-ams1": UUID})


@pytest.fixture(scope="module")
def snapshot(simulated: Simulated) -> Snapshot:
    return observe_vcenters([simulated.connection()], OURS)


def objects(snapshot: Snapshot, kind: str) -> dict[str, Seen]:
    (seen,) = snapshot.vcenters
    return {one.key: one for one in seen.objects if one.kind == kind}


def test_every_kind_but_those_of_kubernetes_is_read(snapshot: Snapshot) -> None:
    (seen,) = snapshot.vcenters
    assert snapshot.failed == ()
    assert {one.kind for one in seen.objects} == SOAP_KINDS | OTHERS


def test_every_field_is_one_of_its_kind(snapshot: Snapshot, tmp_path: Any) -> None:
    """The file's reader knows no other."""
    write_snapshot(snapshot, tmp_path / "s")
    assert read_snapshot(tmp_path / "s") == snapshot


def test_every_leaf_is_read_or_said_to_be_unread(snapshot: Snapshot) -> None:
    (seen,) = snapshot.vcenters
    unread = {(one.kind, one.field) for one in seen.unread}
    stated = {(one.kind, name.partition(".")[0]) for one in seen.objects for name in one.fields}
    leaves = {
        (kind.name, leaf.name)
        for kind in KINDS
        for leaf in kind.leaves
        if kind.source != "kubernetes" and kind.name not in FROM_9 and leaf.form != "map"
    }
    assert leaves - stated - unread == set()


def test_the_gpu_vm_is_read_with_its_devices(snapshot: Snapshot) -> None:
    machine = objects(snapshot, "vm")[f"ams1/vm/acme-ml/{GPU_VM}"].fields
    assert machine["vgpus"] == ("nvidia_h100-80c", "nvidia_h100-80c")
    assert (machine["mmio_gib"], machine["memory_locked"]) == (512, True)
    assert (machine["cluster"], machine["pool"]) == ("gpu-a", "gpu-a/ml")
    assert (machine["hardware_version"], machine["firmware"]) == (21, "efi")
    assert machine["attribute.owner"] == "team-a"


def test_of_another_vm_no_device_is_read(snapshot: Snapshot) -> None:
    machine = objects(snapshot, "vm")[f"ams1/vm/{PLAIN_VM}"].fields
    assert not {"vgpus", "passthrough", "mmio_gib"} & set(machine)
    assert machine["memory_mib"] == 65536


def test_ours_are_read_with_their_devices_without_a_gpu(simulated: Simulated) -> None:
    ours = Wanted(pools=frozenset(["gpu-a/ml"]))
    found = observe_vcenters([simulated.connection()], ours)
    assert objects(found, "vm")[f"ams1/vm/{PLAIN_VM}"].fields["vgpus"] == ()


def test_no_secret_of_the_extra_configuration_is_even_sent(simulated: Simulated) -> None:
    """F13: the server answers with one entry, by its name."""
    before = simulated.position()
    observe_vcenters([simulated.connection()], OURS)
    trace = (simulated.folder / "trace").read_text("utf-8")[before:]
    assert "TOKEN" not in trace
    assert "64bitMMIOSizeGB" in trace


def test_what_is_joined_from_rest_and_soap_has_names(snapshot: Snapshot) -> None:
    namespace = objects(snapshot, "namespace")["ml-dev"].fields
    assert namespace["supervisor"] == "sup-ams1"
    assert namespace["storage_limit_mib.vSAN Default Storage Policy"] == 1024
    assert objects(snapshot, "zone")["z1"].fields["clusters"] == ("gpu-a",)
    assert objects(snapshot, "datastore")["fc-gold-01"].fields["tags"] == ("ml-tier/bulk",)
    assert objects(snapshot, "vm-class")["gpu-1x80"].fields["namespaces"] == ("ml-dev",)


def test_what_stands_in_a_cluster_is_read(snapshot: Snapshot) -> None:
    assert objects(snapshot, "rule")["gpu-a/apart"].fields["vms"] == (PLAIN_VM, GPU_VM)
    assert objects(snapshot, "vm-group")["gpu-a/trainers"].fields["vms"] == (GPU_VM,)
    assert objects(snapshot, "override")[f"gpu-a/{GPU_VM}"].fields["drs_automation"] == "manual"


def test_only_listed_calls_reach_the_server(simulated: Simulated) -> None:
    """F13: by the server's own trace, not by what the client says."""
    before, came = simulated.position(), len(simulated.requests())
    observe_vcenters([simulated.connection()], OURS)
    methods = set(simulated.methods(before))
    assert methods <= set(SOAP)
    assert {"Login", "Logout", "RetrievePropertiesEx", "PbmRetrieveContent"} <= methods
    strange = [
        each
        for each in simulated.requests()[came:]
        if not each.startswith(("POST /sdk", "POST /pbm"))
        and not any(
            verb == each.partition(" ")[0] and known.fullmatch(each.partition(" ")[2])
            for verb, known, _ in REST
        )
    ]
    assert strange == []


def test_what_only_the_host_role_sees_is_unread_by_design(snapshot: Snapshot) -> None:
    """F8."""
    (seen,) = snapshot.vcenters
    by_role = {(one.kind, one.field) for one in seen.unread if one.reason == "role"}
    assert by_role == {("host", "package"), ("host", "module_option")}


def test_the_host_role_asks_the_hosts(simulated: Simulated) -> None:
    before = simulated.position()
    (seen,) = observe_vcenters([simulated.connection()], OURS, "diff-host").vcenters
    assert "QueryConfiguredModuleOptionString" in simulated.methods(before)
    assert [one for one in seen.unread if one.reason == "role"] == []


def test_a_second_reading_sees_what_changed_since(start: Start) -> None:
    """F13."""
    made = start()
    with observing([made.connection()], OURS) as live:
        before = made.position()
        with vcenter.soap(made.endpoint) as instance:
            center = named(instance, vim.Datacenter, "ams1")
            center.vmFolder.CreateFolder("late")
        assert "ams1/vm/late" not in objects(live.snapshot, "folder")
        assert "ams1/vm/late" in objects(live.again(["folder"]), "folder")
        assert made.methods(before).count("CreateContainerView") == 2  # the test's own, and one


@pytest.mark.parametrize(
    ("flags", "kind", "reason"),
    [
        (("RetrieveAllPermissions", "", "no-permission"), "permission", "permission"),
        (("QueryOptions", "", "no-permission"), "vcenter", "permission"),
        (("RetrieveAllPermissions", "", "generic"), "permission", "failed"),
    ],
)
def test_one_refusal_does_not_lose_the_rest(
    start: Start, flags: tuple[str, ...], kind: str, reason: str
) -> None:
    (seen,) = observe_vcenters([start("-fault", ":".join(flags)).connection()], OURS).vcenters
    refused = {(one.kind, one.reason) for one in seen.unread}
    assert (kind, reason) in refused
    assert {"host", "zone", "storage-policy", "tag"} <= {one.kind for one in seen.objects}


def test_devices_that_are_lost_do_not_lose_their_vms(
    simulated: Simulated, monkeypatch: pytest.MonkeyPatch
) -> None:
    def lost(*_: Any) -> Any:
        raise Unreadable("failed", "lost")

    monkeypatch.setattr("generator.vcenter.reading.by_ids", lost)
    found = observe_vcenters([simulated.connection()], OURS)
    machine = objects(found, "vm")[f"ams1/vm/acme-ml/{GPU_VM}"].fields
    (seen,) = found.vcenters
    assert "vgpus" not in machine
    assert {one.field for one in seen.unread if one.kind == "vm" and one.reason == "failed"} == {
        "vgpus", "passthrough", "device_group", "mmio_gib", "stamp",
    }  # fmt: skip


def test_sessions_are_closed(simulated: Simulated) -> None:
    before = simulated.soap_sessions(), simulated.rest_sessions()
    observe_vcenters([simulated.connection()], OURS)
    assert (simulated.soap_sessions(), simulated.rest_sessions()) == before


def test_sessions_are_closed_after_an_error(simulated: Simulated) -> None:
    before = simulated.soap_sessions(), simulated.rest_sessions()
    with pytest.raises(ZeroDivisionError), observing([simulated.connection()], OURS):
        _ = 1 / 0
    assert (simulated.soap_sessions(), simulated.rest_sessions()) == before
