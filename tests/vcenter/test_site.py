"""A vCenter as it stands becomes the supply side of a blueprint."""

from __future__ import annotations

from typing import Any

import pytest
import yaml
from hypothesis import given
from hypothesis import strategies as st

from generator.placement.hosts.stock import stock
from generator.source import parse
from generator.supply.model import SiteInventory
from generator.supply.read import read_site
from generator.vcenter.site import site_document, site_text
from generator.vcenter.site_devices import catalogue_id
from generator.vcenter.site_yaml import dumped
from generator.vcenter.snapshot import Snapshot
from tests.vcenter.snapshots import OBJECTS, SNAPSHOT, seen, vcenter_seen

SITE = site_document(SNAPSHOT, "ams1")
(HOST,) = SITE["hosts"]


def test_the_document_is_an_inventory_by_the_language() -> None:
    (document,) = parse(site_text(SNAPSHOT).encode(), file="site.yaml")
    read = read_site(document)
    assert read.metadata.name == "vc-ams1"
    assert read.vcenters[0].instance_uuid == SNAPSHOT.vcenters[0].instance_uuid
    assert read.hosts[0].gpus[0].pci == "0000:17:00.0"
    assert read.occupancy[0].vgpus[0].profile == "nvidia_h100-80c"


def test_it_says_where_its_facts_come_from() -> None:
    assert SITE["metadata"] == {
        "name": "ams1", "as_of": "2026-11-21", "source": "exported from vc-ams1",
    }  # fmt: skip


def test_a_gpu_has_the_id_of_the_catalogue() -> None:
    assert HOST["gpus"] == [
        {"model": "nvidia-h100-pcie-80", "pci": "0000:17:00.0", "numa": 0,
         "mode": "time-sliced", "mixed_size": False}
    ]  # fmt: skip


def test_a_gpu_that_the_catalogue_does_not_know_is_kept() -> None:
    assert HOST["other_devices"] == [{"name": "Strange GPU", "pci": "0000:65:00.0"}]


def test_a_host_states_what_it_is_and_nothing_that_is_unknown() -> None:
    assert HOST["cpu"] == {"sockets": 2, "cores_per_socket": 32}
    assert (HOST["memory"], HOST["hardware"]) == ("1024GiB", "Dell Inc. PowerEdge R760xa")
    assert HOST["nics"] == [{"name": "vmnic0", "speed": "25Gbps"}]
    assert "nvlink" not in HOST


def test_a_cluster_has_its_zone_and_its_reserve() -> None:
    assert SITE["clusters"] == [
        {"name": "gpu-a", "datacenter": "ams1", "zone": "z1", "drs": "fully-automated",
         "ha": {"enabled": True, "host_failures": 1, "cpu_reserve": "25%"},
         "vcenter": "vc-ams1", "manage": "reference"}
    ]  # fmt: skip


def test_a_datastore_belongs_to_the_clusters_of_its_hosts() -> None:
    (store,) = SITE["datastores"]
    assert (store["kind"], store["usable"], store["used"]) == ("nfs41", "20480GiB", "15360GiB")
    assert store["clusters"] == ["gpu-a"]
    assert store["tags"] == [{"category": "ml-tier", "tag": "bulk"}]


def test_what_runs_is_occupancy_and_a_template_is_not() -> None:
    assert SITE["occupancy"] == [
        {"name": "trainer", "cluster": "gpu-a", "host": "esx-01", "power": "on", "vcpu": 8,
         "memory": "64GiB", "reservation": {"memory": "64GiB"},
         "vgpus": [{"profile": "nvidia_h100-80c", "pci": "0000:17:00.0"}]}
    ]  # fmt: skip


def test_a_network_whose_name_does_not_say_its_role_is_left_to_a_person() -> None:
    assert [each["port_group"] for each in SITE["networks"]] == ["pg-wl-01"]
    assert "odd one" in site_text(SNAPSHOT).partition("apiVersion")[0]


def test_where_vms_are_too_many_to_list_those_without_a_gpu_are_sums_of_their_host(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    """The planner sees the same room either way."""
    more = [
        seen(
            "vm", f"v{n}", host="esx-01", cluster="gpu-a", name=f"v{n}", power=power, vcpus=2,
            memory_mib=4096, template=False, vgpus=(), passthrough=(),
        )
        for n, power in enumerate(("poweredOn", "poweredOff", "suspended"))
    ]  # fmt: skip
    snapshot = Snapshot(vcenters=(vcenter_seen(objects=(*OBJECTS, *more)),))
    listed = stock({"ams1": inventory(snapshot)})
    monkeypatch.setattr("generator.vcenter.site.MOST_LISTED", 4)
    summed = inventory(snapshot)
    assert [vm.name for vm in summed.occupancy] == ["trainer"]
    assert stock({"ams1": summed}) == listed
    assert "summed in reserved_for_others" in site_text(snapshot).replace("\n# ", " ")


def inventory(snapshot: Snapshot) -> SiteInventory:
    """The site as a blueprint's reader takes it."""
    (document,) = parse(site_text(snapshot).encode(), file="site.yaml")
    return read_site(document)


def test_a_name_in_a_comment_cannot_end_it() -> None:
    """YAML has five ends of a line; a port group may be called by any of them."""
    text = dumped({"a": "b"}, ["Port groups: x\ny: 1\x85y: 2\u2028y: 3\u2029y: 4\x00"])
    assert yaml.safe_load(text) == {"a": "b"}
    assert len(parse(text.encode(), file="site.yaml")) == 1


@pytest.mark.parametrize(
    ("device", "model", "memory", "found"),
    [
        ("2331", "NVIDIA H100 PCIe", 81559, "nvidia-h100-pcie-80"),
        ("25b6", "NVIDIA A16", 15356, "nvidia-a16"),
        ("25b6", "NVIDIA A2", 15356, "nvidia-a2"),
        ("ffff", "NVIDIA X", 1, None),
    ],
)
def test_boards_that_share_an_id_are_told_apart_by_name(
    device: str, model: str, memory: int, found: str | None
) -> None:
    fields = {"vendor_id": "10de", "device_id": device, "model": model, "memory_mib": memory}
    assert catalogue_id(fields) == found


@given(st.text(st.characters(codec="utf-8", exclude_categories=("C", "Z")), min_size=1))
def test_text_stays_text_by_the_rules_of_both_versions(text: str) -> None:
    written = dumped({"a": [text], "b": {"c": text}}, [])
    assert yaml.safe_load(written) == {"a": [text], "b": {"c": text}}


@pytest.mark.parametrize(
    "text", ["1e3", "0o17", "1_000", "12:30:45", "~", "yes", "0x1f", ".inf", "-"]
)
def test_what_could_be_a_number_is_quoted(text: str) -> None:
    assert f'"{text}"' in dumped({"a": text}, [])


def test_a_snapshot_with_pseudonyms_makes_a_site_too() -> None:
    from generator.vcenter.redaction import redacted

    (document,) = parse(site_text(redacted(SNAPSHOT, names=True)).encode(), file="site.yaml")
    found: Any = read_site(document)
    assert found.hosts[0].cluster == found.clusters[0].name
