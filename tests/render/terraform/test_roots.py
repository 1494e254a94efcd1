"""Terraform roots: states that never meet, references that resolve whatever things are called."""

from __future__ import annotations

import re
from collections.abc import Iterable
from dataclasses import replace

import pytest

from generator.platform.objects import DesiredState
from generator.render import TARGETS
from generator.render.target import RenderedFile
from generator.render.terraform.adopting import imports
from generator.supply.model import Backend, OutsideObject, SiteInventory
from tests.example import blueprint, desired, site, without

DECLARED = re.compile(r'^(data|resource) "(\w+)" "(\w+)"', re.MULTILINE)
USED = re.compile(r"(?<![\w.\"])(data\.)?(vsphere_\w+)\.(\w+)\.\w+")


def files(state: DesiredState) -> list[RenderedFile]:
    """All files of a state."""
    return [file for target in TARGETS for file in target(state)]


def by_root(rendered: Iterable[RenderedFile]) -> dict[str, str]:
    """The text of each root module."""
    roots: dict[str, str] = {}
    for file in rendered:
        if file.path.endswith(".tf"):
            root = file.path.rpartition("/")[0]
            roots[root] = roots.get(root, "") + file.text
    return roots


def backed(kind: str) -> SiteInventory:
    """The site with another kind of backend."""
    vcenters = tuple(replace(v, backend=Backend(type=kind, ref="tfstate")) for v in site().vcenters)
    return without(site(), vcenters=vcenters)


@pytest.mark.parametrize("kind", ["s3", "azurerm", "gcs", "consul", "local"])
def test_f6_no_two_roots_share_a_state(kind: str) -> None:
    """Each would plan to destroy what the other made."""
    roots = by_root(files(desired(facts=backed(kind))))
    states = [re.findall(r'= "(acme-ml/[^"]+\.tfstate)"', text) for text in roots.values()]
    assert sorted(states) == sorted([f"acme-ml/{root}.tfstate"] for root in roots)


def test_f6_each_root_pins_terraform_and_the_provider_and_knows_one_vcenter() -> None:
    """F6: a provider block knows one vCenter; the lock file is the user's to commit."""
    rendered = files(desired())
    roots = by_root(rendered)
    assert {root.split("/")[0] for root in roots} == {"vc-ams1"}
    assert {root.split("/")[1] for root in roots} == {
        "10-foundation", "20-classes", "30-dev-namespaces", "30-prod-namespaces", "40-dev-vms",
        "40-prod-vms",
    }  # fmt: skip
    assert all('required_version = ">= ' in text for text in roots.values())
    assert all(len(re.findall(r'version += "2\.\d+\.\d+"', text)) == 1 for text in roots.values())
    assert [file.path for file in rendered if "lock.hcl" in file.path] == []
    assert not any(re.search(r"(password|user) *=", text) for text in roots.values())


def test_a_backend_without_a_known_key_is_left_to_its_file() -> None:
    """Nothing is invented for it."""
    roots = by_root(files(desired(facts=backed("http"))))
    assert all('backend "http" {' in text and 'tfstate"' not in text for text in roots.values())


def odd(name: str) -> DesiredState:
    """The example with one odd name for everything that the site names."""
    facts = without(
        site(),
        datacenters=tuple(replace(d, name=name) for d in site().datacenters),
        clusters=tuple(replace(c, datacenter=name) for c in site().clusters),
        libraries=tuple(replace(item, name=name) for item in site().libraries),
        supervisors=tuple(replace(s, ref=name) for s in site().supervisors),
    )
    storage = blueprint().storage_compute.storage
    tiers = tuple(replace(t, policy_name=name) if t.name == "bulk" else t for t in storage.tiers)
    compute = replace(blueprint().storage_compute, storage=replace(storage, tiers=tiers))
    return desired(replace(blueprint(), storage_compute=compute), facts)


@pytest.mark.parametrize("name", ["EU/ams1", "Gold / Bulk", "9", "-", "ünï", "a_b", "A-b", "a  b"])
def test_every_reference_is_declared_in_its_root(name: str) -> None:
    """Whatever datacenters, libraries, Supervisors and policies are called."""
    for text in by_root(files(odd(name))).values():
        declared = {
            f"{'data.' if block == 'data' else ''}{kind}.{label}"
            for block, kind, label in DECLARED.findall(text)
        }
        used = {f"{data}{kind}.{label}" for data, kind, label in USED.findall(text)}
        assert used <= declared
        assert len(DECLARED.findall(text)) == len(declared)


def in_a_folder() -> SiteInventory:
    """The site with its datacenter below a folder of datacenters."""
    datacenters = tuple(replace(d, folder="emea/nl") for d in site().datacenters)
    return without(site(), datacenters=datacenters)


def test_a_datacenter_in_a_folder_is_looked_up_by_its_path() -> None:
    """What lies in it is found by its path alone, and a bare name may be that of two."""
    roots = by_root(files(desired(facts=in_a_folder())))
    named = {
        name
        for text in roots.values()
        for name in re.findall(r'data "vsphere_datacenter" "ams1" \{\n  name = "([^"]+)"', text)
    }
    assert named == {"emea/nl/ams1"}
    assert 'path = "/emea/nl/ams1/vm/acme-ml"' in roots["vc-ams1/40-dev-vms"]


def test_a_folder_is_imported_by_the_path_of_its_datacenter() -> None:
    adopted = OutsideObject(kind="folder", name="acme-ml", manage="adopt")
    state = desired(facts=without(in_a_folder(), objects=(adopted,)))
    addresses = {"vc-ams1/10-foundation": ["vsphere_folder.acme_ml"]}
    (file,) = imports(state, addresses)
    assert 'id = "/emea/nl/ams1/vm/acme-ml"' in file.text
