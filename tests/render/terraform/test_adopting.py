"""Import blocks: the right object, by what its importer takes (F14)."""

from __future__ import annotations

from dataclasses import replace

import pytest

from generator.platform.objects import Adoption
from generator.render.terraform.adopting import WORDS, ignored, imports
from tests.platform.test_machines import desired

ROOT = "vc-rtm1/10-foundation"


def adoption(of: str, name: str, **fields: str) -> Adoption:
    """An adoption of an object in datacenter rtm1."""
    known = {"within": "", "datacenter": "rtm1", "id": "", **fields}
    return Adoption(of=of, name=name, **known)


def text(address: str, adopted: Adoption) -> str:
    """The file of a root that manages one address."""
    state = desired()
    (vcenter,) = state.vcenters
    taking = replace(state, vcenters=(replace(vcenter, adoptions=(adopted,)),))
    (file,) = imports(taking, {ROOT: [address], "vc-other/10-foundation": [address]})
    assert file.path == f"{ROOT}/imports.tf"
    return file.text


@pytest.mark.parametrize(
    ("address", "adopted", "identity"),
    [
        ("vsphere_folder.plain", adoption("folder", "plain"), '"/rtm1/vm/plain"'),
        (
            "vsphere_resource_pool.p",
            adoption("resource-pool", "p", within="gpu-a"),
            '"/rtm1/host/gpu-a/Resources/p"',
        ),
        ("vsphere_tag_category.tier", adoption("tag-category", "tier"), '"tier"'),
        (
            "vsphere_tag.mlgen_release",
            adoption("tag", "plain-1", within="mlgen-release"),
            r'"{\"category_name\": \"mlgen-release\", \"tag_name\": \"plain-1\"}"',
        ),
        ("vsphere_custom_attribute.mlgen", adoption("custom-attribute", "mlgen"), '"mlgen"'),
        ("vsphere_role.edit", adoption("role", "edit", id="-41"), '"-41"'),
        ("vsphere_role.edit", adoption("role", "edit"), "data.vsphere_role.adopted_edit.id"),
        (
            "vsphere_content_library.images",
            adoption("content-library", "images"),
            "data.vsphere_content_library.adopted_images.id",
        ),
    ],
)
def test_f14_each_importer_gets_what_it_takes(
    address: str, adopted: Adoption, identity: str
) -> None:
    written = text(address, adopted)
    assert f"  to = {address}\n  id = {identity}\n" in written
    assert ("postcondition" in written) is identity.startswith("data.")


def test_what_no_root_manages_is_not_imported() -> None:
    state = desired()
    (vcenter,) = state.vcenters
    taking = replace(state, vcenters=(replace(vcenter, adoptions=(adoption("folder", "other"),)),))
    assert list(imports(taking, {ROOT: ["vsphere_folder.plain"]})) == []


def test_only_words_and_labels_of_others_are_left_alone() -> None:
    """Rights, shares and the rest are asserted: a difference stops the adoption."""
    (vcenter,) = desired().vcenters
    adopted = replace(vcenter, adoptions=(adoption("folder", "plain"),))
    assert ignored(adopted, "folder", "plain") == ["[tags, custom_attributes]"]
    assert ignored(adopted, "folder", "plain/prod") == []
    assert "role" not in WORDS
