"""Terraform root ``10-foundation``: tags, folders and tag-based storage policies of a vCenter."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from typing import Any

from generator.platform.objects import DesiredState, Folder, Manage, StoragePolicy, Tag, Vcenter
from generator.render.escape import Escaped, hcl_label
from generator.render.target import RenderedFile
from generator.render.terraform.adopting import ignored
from generator.render.terraform.infrastructure import library_parts
from generator.render.terraform.root import (
    address,
    datacenter_views,
    output,
    references,
    root_module,
)


def files(state: DesiredState) -> Iterator[RenderedFile]:
    """One root module per vCenter."""
    for vcenter in state.vcenters:
        yield from root_module(
            state.platform,
            vcenter,
            "10-foundation",
            (
                ("datacenters", {"datacenters": _datacenters(vcenter)}),
                ("tag_references", _tag_references(vcenter)),
                ("tags", _tags(vcenter)),
                ("folders", {"folders": [_folder(vcenter, f) for f in vcenter.folders]}),
                ("storage_policies", {"policies": _policies(vcenter)}),
                *library_parts(vcenter),
                ("roles", {"roles": _roles(vcenter)}),
                ("outputs", {"outputs": _outputs(vcenter)}),
            ),
        )


def folder_view(vcenter: Vcenter, folder: Folder, tag_ids: Iterable[Escaped]) -> dict[str, Any]:
    """A folder as the template prints it."""
    return {
        "ignored": ignored(vcenter, "folder", folder.path),
        "label": hcl_label(folder.path),
        "path": folder.path,
        "datacenter_id": address("vsphere_datacenter", folder.datacenter, "id", data=True),
        "tag_ids": references(tag_ids),
    }


def _folder(vcenter: Vcenter, folder: Folder) -> dict[str, Any]:
    return folder_view(vcenter, folder, (_tag_address(vcenter, *tag, "id") for tag in folder.tags))


def _datacenters(vcenter: Vcenter) -> list[dict[str, Any]]:
    names = {folder.datacenter for folder in vcenter.folders}
    names |= {library.datacenter for library in vcenter.infrastructure.libraries}
    return datacenter_views(vcenter, sorted(names))


def _tag_references(vcenter: Vcenter) -> dict[str, Any]:
    return tag_references_view(
        (r.name for r in vcenter.references if r.what == "tag_category"),
        ((r.parent, r.name) for r in vcenter.references if r.what == "tag"),
        absent="The SiteInventory names what this vCenter does not show.",
    )


def tag_references_view(
    categories: Iterable[str], tags: Iterable[tuple[str, str]], *, absent: str
) -> dict[str, Any]:
    """Tag categories and (category, tag) pairs to look up, with what to say where they are not."""
    return {
        "categories": [
            {"label": hcl_label(name), "name": name, "error": absent} for name in categories
        ],
        "tags": [
            {
                "label": hcl_label(f"{category}/{name}"),
                "name": name,
                "category_label": hcl_label(category),
                "error": absent,
            }
            for category, name in tags
        ],
    }


def tag_reference(category: str, name: str) -> Escaped:
    """The id of a tag that is looked up."""
    return address("vsphere_tag", f"{category}/{name}", "id", data=True)


def _tags(vcenter: Vcenter) -> dict[str, Any]:
    return {
        "categories": [
            {
                "label": hcl_label(category.name),
                "name": category.name,
                "description": category.description,
                "cardinality": "MULTIPLE" if category.multiple else "SINGLE",
                "associable_types": category.associable_types,
                "ignored": ignored(vcenter, "tag-category", category.name),
            }
            for category in vcenter.tag_categories
        ],
        "tags": [
            {
                "label": hcl_label(tag_label(tag)),
                "name": tag.name,
                "description": tag.description,
                "category": _category_address(vcenter, tag.category),
                "ignored": ignored(vcenter, "tag", tag.name, tag.category),
            }
            for tag in vcenter.tags
        ],
    }


def _policies(vcenter: Vcenter) -> list[dict[str, Any]]:
    return [_policy_view(vcenter, policy) for policy in _ours(vcenter)]


def _ours(vcenter: Vcenter) -> list[StoragePolicy]:
    """The policies that Terraform makes; others are looked up where they are used."""
    return [policy for policy in vcenter.storage_policies if policy.by_terraform]


def _policy_view(vcenter: Vcenter, policy: StoragePolicy) -> dict[str, Any]:
    return {
        "label": hcl_label(policy.name),
        "name": policy.name,
        "description": policy.description,
        "category": Escaped(f"{_category_address(vcenter, policy.tag_category)}.name"),
        "tag": _tag_address(vcenter, policy.tag_category, policy.tag, "name"),
    }


def _roles(vcenter: Vcenter) -> list[dict[str, Any]]:
    return [
        {"label": hcl_label(role.name), "name": role.name, "privileges": role.privileges}
        for role in vcenter.roles
        if role.manage is Manage.CREATE
    ]


def _outputs(vcenter: Vcenter) -> list[dict[str, Any]]:
    policies = [
        (policy.name, address("vsphere_vm_storage_policy", policy.name, "id"))
        for policy in _ours(vcenter)
    ]
    folders = [
        (folder.path, address("vsphere_folder", folder.path, "id")) for folder in vcenter.folders
    ]
    return [
        output(name, description, values)
        for name, description, values in (
            ("storage_policy_ids", "Ids of the storage policies, by name.", policies),
            ("folder_ids", "Ids of the platform's VM folders, by path.", folders),
        )
        if values
    ]


def tag_label(tag: Tag) -> str:
    """The name behind a tag's Terraform address; the release tag's outlives its value."""
    return tag.category if tag.renamed_by_release else f"{tag.category}/{tag.name}"


def _tag_address(vcenter: Vcenter, category: str, name: str, attribute: str) -> Escaped:
    for tag in vcenter.tags:
        if (tag.category, tag.name) == (category, name):
            return address("vsphere_tag", tag_label(tag), attribute)
    return address("vsphere_tag", f"{category}/{name}", attribute, data=True)


def _category_address(vcenter: Vcenter, name: str) -> Escaped:
    ours = any(category.name == name for category in vcenter.tag_categories)
    return Escaped(f"{'' if ours else 'data.'}vsphere_tag_category.{hcl_label(name)}")
