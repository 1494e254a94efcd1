"""``import`` blocks for what is there and is taken over (F14).

They stay for good: Terraform passes over one whose object is in the state already.
"""

from __future__ import annotations

import json
from collections.abc import Iterator, Mapping
from typing import Any, NamedTuple

from generator.platform.objects import Adoption, DesiredState, Vcenter
from generator.platform.stamps import RELEASE_CATEGORY
from generator.render.engine import fill
from generator.render.escape import Escaped, hcl, hcl_label
from generator.render.target import RenderedFile
from generator.render.terraform.letting_go import Addresses
from generator.render.terraform.root import datacenter_path

_LOOKED_UP = {"role": "label", "content-library": "name"}
"""Kinds whose importer takes an id that people rarely know, with the argument that finds it."""

_TYPES = {
    "tag-category": "vsphere_tag_category",
    "tag": "vsphere_tag",
    "folder": "vsphere_folder",
    "role": "vsphere_role",
    "resource-pool": "vsphere_resource_pool",
    "custom-attribute": "vsphere_custom_attribute",
    "content-library": "vsphere_content_library",
}

WORDS: Mapping[str, tuple[str, ...]] = {
    "tag-category": ("description",),
    "tag": ("description",),
    "folder": ("tags", "custom_attributes"),
    "resource-pool": ("tags", "custom_attributes"),
    "content-library": ("description", "publication", "subscription"),
}
"""What stays as others wrote it: words and labels, and what no update of a library can change."""


class _Import(NamedTuple):
    """An import block, and the lookup that its id comes from, if any."""

    block: Mapping[str, Any]
    lookup: Mapping[str, Any] | None


def imports(state: DesiredState, now: Addresses) -> Iterator[RenderedFile]:
    """An ``imports.tf`` for each root that takes something over."""
    for vcenter in state.vcenters:
        for root, addresses in now.items():
            if root.startswith(f"{vcenter.name}/"):
                taken = list(_taken(vcenter, set(addresses)))
                if taken:
                    lookups = [each.lookup for each in taken if each.lookup]
                    blocks = [each.block for each in taken]
                    text = fill("terraform/imports.tf.j2", lookups=lookups, imports=blocks)
                    yield RenderedFile(f"{root}/imports.tf", text)


def ignored(vcenter: Vcenter, kind: str, name: str, within: str = "") -> list[Escaped]:
    """The list of attributes that Terraform leaves alone, none for what it makes itself."""
    if not vcenter.adopts(kind, name, within) or kind not in WORDS:
        return []
    return [Escaped(f"[{', '.join(WORDS[kind])}]")]


def _taken(vcenter: Vcenter, addresses: set[str]) -> Iterator[_Import]:
    for adoption in vcenter.adoptions:
        address = f"{_TYPES[adoption.of]}.{hcl_label(_named(adoption))}"
        if address in addresses:
            label, kind = hcl_label(f"adopted-{adoption.name}"), Escaped(_TYPES[adoption.of])
            argument = "" if adoption.id else _LOOKED_UP.get(adoption.of, "")
            lookup = {
                "kind": kind,
                "label": label,
                "argument": Escaped(argument),
                "name": adoption.name,
            }
            found = Escaped(f"data.{kind}.{label}.id")
            yield _Import(
                {"to": Escaped(address), "id": found if argument else hcl(_id(vcenter, adoption))},
                lookup if argument else None,
            )


def _named(adoption: Adoption) -> str:
    """The name behind the address, as the part that renders the resource makes it."""
    if adoption.of == "tag":
        release = adoption.within == RELEASE_CATEGORY
        return adoption.within if release else f"{adoption.within}/{adoption.name}"
    return adoption.name


def _id(vcenter: Vcenter, adoption: Adoption) -> str:
    """What the importer of a kind takes. Source: vmware/vsphere provider, its pages on import."""
    if adoption.of == "tag":
        return json.dumps({"category_name": adoption.within, "tag_name": adoption.name})
    datacenter = datacenter_path(vcenter, adoption.datacenter)
    if adoption.of == "folder":
        return f"/{datacenter}/vm/{adoption.name}"
    if adoption.of == "resource-pool":
        return f"/{datacenter}/host/{adoption.within}/Resources/{adoption.name}"
    return adoption.id or adoption.name
