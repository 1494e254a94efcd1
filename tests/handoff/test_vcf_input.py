"""F25: what VCF's keeper is handed is Terraform that its provider takes; nothing is invented."""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import replace
from functools import cache
from pathlib import Path
from typing import Any

import pytest

from generator.blueprint.bind import bind
from generator.handoff.orders import orders
from generator.handoff.vcf_input import EVC_MODES, PROVIDER_VERSION, folder, vcf_input
from generator.source import read
from generator.supply.model import SiteInventory
from tests.contracts import provider_schema
from tests.tools import hcl

ORDERED = Path(__file__).resolve().parents[1] / "fixtures" / "vcf" / "ordered.site.yaml"
CONTRACT = provider_schema.load(provider_schema.VCF)


@cache
def site() -> SiteInventory:
    (document,) = read(ORDERED)
    return bind(SiteInventory, document.root)


def files(facts: SiteInventory) -> dict[str, str]:
    """What is handed over for a site, by file name."""
    made = vcf_input("lab", "lab-1", {"muc1": facts})
    return {file.path.rpartition("/")[2]: file.text for file in made}


@pytest.fixture(scope="module")
def blocks(tmp_path_factory: pytest.TempPathFactory) -> Mapping[str, Mapping[str, Any]]:
    """The blocks of every file, by HashiCorp's own parser."""
    place = tmp_path_factory.mktemp("vcf")
    texts = {name: text for name, text in files(site()).items() if name.endswith(".tf")}
    for name, text in texts.items():
        (place / name).write_text(text, encoding="utf-8")
    return hcl.read_blocks(sorted(place.glob("*.tf")))


def of_type(blocks: Mapping[str, Mapping[str, Any]], kind: str) -> list[Mapping[str, Any]]:
    return [b for body in blocks.values() for b in body["blocks"] if b["type"] == kind]


def test_f25_the_provider_would_take_every_block(blocks: Mapping[str, Any]) -> None:
    assert provider_schema.problems(blocks, CONTRACT) == []


def test_f25_a_block_for_each_host_and_cluster_of_the_order(blocks: Mapping[str, Any]) -> None:
    assert provider_schema.counted(blocks) == {
        "vcf_host": 14,
        "vcf_cluster": 6,
        "data.vcf_cluster": 2,
        "data.vcf_domain": 6,
        "data.vcf_network_pool": 7,
    }


def test_f25_the_order_holds_no_password_and_no_address(blocks: Mapping[str, Any]) -> None:
    """Each password is a sensitive variable without a default."""
    variables = {block["labels"][0]: block["attributes"] for block in of_type(blocks, "variable")}
    secret = [name for name, v in variables.items() if v.get("sensitive", {}).get("value")]
    assert sorted(secret) == ["host_credentials", "sddc_manager_password"]
    assert [name for name, v in variables.items() if "default" in v] == []
    passwords = [
        value["source"]
        for block in (*of_type(blocks, "resource"), *of_type(blocks, "provider"))
        for name, value in block["attributes"].items()
        if "password" in name
    ]
    assert len(passwords) == 15
    assert [source for source in passwords if not source.startswith("var.")] == []


def test_f25_every_variable_is_typed_described_and_used(blocks: Mapping[str, Any]) -> None:
    text = "".join(text for name, text in files(site()).items() if name.endswith(".tf"))
    for block in of_type(blocks, "variable"):
        name = block["labels"][0]
        assert {"type", "description"} <= set(block["attributes"])
        assert re.search(rf"var\.{name}\b", text.replace(f'variable "{name}"', "")) is not None


def test_f25_nothing_of_the_order_can_be_destroyed_by_it(blocks: Mapping[str, Any]) -> None:
    made = of_type(blocks, "resource")
    guarded = [
        inner["attributes"]["prevent_destroy"]["value"]
        for block in made
        for inner in block["blocks"]
        if inner["type"] == "lifecycle"
    ]
    assert guarded == [True] * len(made)


def test_f25_an_existing_cluster_is_imported_and_keeps_the_hosts_that_it_has() -> None:
    """F25: a host that the provider no longer finds in the list would be taken out."""
    made = files(site())
    text = made["existing_clusters.tf"] + made["extended_clusters.tf"]
    assert text.count("\nimport {") == 2
    assert (
        "for host in data.vcf_cluster.wld_gpu.host : host if "
        '!contains(["esx-03.muc.example", var.fqdns["esx-04"]], host.host_name)'
    ) in text
    assert "condition     = length(self.host) >= 2\n" in text


def test_f25_storage_follows_from_the_datastores_and_is_asked_for_where_it_is_unknown() -> None:
    hosts = files(site())["hosts.tf"]
    found = dict(re.findall(r'"(esx_[0-9]+)_?.*?storage_type    = (.*?)\n', hosts, re.DOTALL))
    assert {found[name] for name in ("esx_03", "esx_04", "esx_21")} == {'"VSAN"'}
    assert found["esx_11"] == '"VSAN_ESA"'
    assert found["esx_31"] == '"NFS"'
    assert found["esx_41"] == '"VMFS_FC"'
    assert found["esx_05"] == 'var.storage_types["wld-old"]'
    assert found["esx_99"] == "var.free_hosts.storage_type"


def test_f25_what_the_site_states_is_in_the_order_and_all_else_is_left_to_its_keeper() -> None:
    (order,) = orders({"muc1": site()})
    stated = {cluster.name: cluster for cluster in order.clusters}
    assert (order.vcenter, order.keeper, order.free) == (
        "vc-muc1", "Fleet of VCF 9.1", ("esx-99.muc.example",),
    )  # fmt: skip
    assert (stated["wld-esa"].high_availability, stated["wld-esa"].overlay_vlan) == (True, 1310)
    assert stated["wld-osa"].high_availability is False
    assert stated["wld-nfs"].high_availability is None
    assert stated["wld-fc"].datastores == ("fc-1", "fc-2")


def test_f25_an_evc_mode_that_the_provider_lacks_is_done_by_hand() -> None:
    made = files(site())
    assert 'evc_mode                  = "INTEL_CASCADELAKE"' in made["new_clusters.tf"]
    assert made["new_clusters.tf"].count("evc_mode  ") == 1
    assert "EVC intel-sapphirerapids" in made["README.md"]
    assert "INTEL_CASCADELAKE" in EVC_MODES


def test_f25_without_a_wish_nobody_gets_an_order() -> None:
    """F25: on demand alone; the request sheet is there all the same."""
    asked = tuple(replace(v, requests="sheet") for v in site().vcenters)
    assert files(replace(site(), vcenters=asked)) == {}
    assert files(replace(site(), vcenters=(replace(asked[0], requests=None),))) == {}
    assert files(replace(site(), hosts=(), clusters=())) == {}


def test_each_release_has_an_order_and_a_state_of_its_own() -> None:
    assert folder("vc-muc1", "lab-1") == "handoff/vcf/vc-muc1/lab-1"
    assert folder("vc-muc1", "lab-1") != folder("vc-muc1", "lab-2")


def test_hosts_without_a_cluster_need_no_file_of_clusters() -> None:
    alone = tuple(host for host in site().hosts if host.cluster is None)
    made = files(replace(site(), hosts=alone, clusters=()))
    assert sorted(made) == [
        "README.md", "hosts.tf", "provider.tf", "storage_variables.tf", "variables.tf",
        "versions.tf",
    ]  # fmt: skip


def test_the_pinned_provider_is_the_one_of_the_contract() -> None:
    text = (provider_schema.VCF.parent / "provenance.json").read_text(encoding="utf-8")
    assert f'"version": "{PROVIDER_VERSION}"' in text
    assert f'version = "{PROVIDER_VERSION}"' in files(site())["versions.tf"]


@pytest.mark.parametrize(
    "name", ['a"b', "${path.root}", "%{if true}", "line\nbreak", "free", "é x"]
)
def test_no_name_of_the_site_gets_out_of_its_quotes(name: str, tmp_path: Path) -> None:
    hosts = tuple(replace(h, cluster=name) if h.cluster == "wld-gpu" else h for h in site().hosts)
    hosts += (replace(site().hosts[2], name=f"{name}.example", cluster=name),)
    clusters = tuple(replace(c, name=name) if c.name == "wld-gpu" else c for c in site().clusters)
    made = files(replace(site(), hosts=hosts, clusters=clusters))
    for file in (each for each in made if each.endswith(".tf")):
        (tmp_path / file).write_text(made[file], encoding="utf-8")
    read_back = hcl.read_blocks(sorted(tmp_path.glob("*.tf")))
    assert provider_schema.problems(read_back, CONTRACT) == []
    labels = [tuple(b["labels"]) for b in of_type(read_back, "resource")]
    assert len(set(labels)) == len(labels) == 21
    lookups = [tuple(b["labels"]) for b in of_type(read_back, "data")]
    assert len(set(lookups)) == len(lookups)
    names = [b["attributes"]["name"]["value"] for b in of_type(read_back, "resource")
             if b["labels"][0] == "vcf_cluster"]  # fmt: skip
    assert name in names


def test_two_sites_of_one_vcenter_are_one_order() -> None:
    other = replace(site(), hosts=site().hosts[-1:], clusters=())
    (order,) = orders({"a": site(), "b": other})
    assert order.free == ("esx-99.muc.example",)
    assert len(order.clusters) == 6
