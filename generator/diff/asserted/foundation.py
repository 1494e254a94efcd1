"""Tags, policies, folders, zones and roles as they ought to be."""

from __future__ import annotations

import json
from collections.abc import Iterator

from generator.diff.asserted.ground import (
    FOUNDATION,
    Ground,
    owner,
    person,
    tags_of,
)
from generator.diff.asserted.record import Asserted, Mend
from generator.platform.objects import (
    Folder,
    Manage,
    Reference,
    Role,
    StoragePolicy,
    Tag,
    TagAttachment,
    TagCategory,
    Zone,
)
from generator.platform.stamps import STAMP_CATEGORY, stamp
from generator.render.terraform.foundation import tag_label
from generator.vcenter.snapshot import Value

CATEGORY_FILE = "vsphere_tag_category"


def tag_category(ground: Ground, it: TagCategory) -> Iterator[Asserted]:
    """A category with its cardinality and kinds; types may be added and never taken away."""
    yield Asserted(
        kind="tag-category",
        key=it.name,
        vcenter=ground.vcenter.name,
        owner="create",
        fields=ground.said(
            it.kind,
            it.name,
            {
                "cardinality": "MULTIPLE" if it.multiple else "SINGLE",
                "associable_types": tuple(sorted(it.associable_types)),
                "description": it.description,
            },
        ),
        stamp=it.description,
        mends={"": ground.terraform(FOUNDATION, CATEGORY_FILE, it.name, it.name)},
    )


def tag(ground: Ground, it: Tag) -> Iterator[Asserted]:
    """A tag; that of the release is renamed by each, and shows who applied what."""
    import_id = json.dumps({"category_name": it.category, "tag_name": it.name})
    yield Asserted(
        kind="tag",
        key=f"{it.category}/{it.name}",
        vcenter=ground.vcenter.name,
        owner="create",
        fields=ground.said(it.kind, it.name, {"description": it.description}, it.category),
        stamp=it.description if it.renamed_by_release else "",
        within=(("tag-category", it.category),),
        mends={"": ground.terraform(FOUNDATION, "vsphere_tag", tag_label(it), import_id)},
    )


def attachment(ground: Ground, it: TagAttachment) -> Iterator[Asserted]:
    """A tag on a datastore of others: own entries count, foreign ones stay (F10, F15)."""
    yield Asserted(
        kind="datastore",
        key=it.datastore,
        vcenter=ground.vcenter.name,
        owner="reference",
        fields={"tags": (f"{it.category}/{it.tag}",)},
        mends={"tags": ground.rest("tag-attachment")},
    )


def folder(ground: Ground, it: Folder, environment: str = "") -> Iterator[Asserted]:
    """A VM folder with our tags; its stamp finds it under another name."""
    root = f"40-{environment}-vms" if environment else FOUNDATION
    yield folder_object(ground, it.datacenter, it.path, it.tags, root)


def folder_object(
    ground: Ground, datacenter: str, path: str, tags: tuple[tuple[str, str], ...], root: str
) -> Asserted:
    """A folder of any level."""
    key = ground.vm_path(datacenter, path)
    return Asserted(
        kind="folder",
        key=key,
        vcenter=ground.vcenter.name,
        owner="create",
        fields=ground.said("folder", path, {"type": "vm", "tags": tags_of(tags)}),
        stamp=stamp_tag_in(tags),
        within=ground.folder_chain(datacenter, path),
        mends={"": ground.terraform(root, "vsphere_folder", path, f"/{key}")},
    )


def stamp_tag_in(tags: tuple[tuple[str, str], ...]) -> str:
    """The tag of mlgen's category among some, as a snapshot writes it."""
    return next((f"{c}/{name}" for c, name in tags if c == STAMP_CATEGORY), "")


def storage_policy(ground: Ground, it: StoragePolicy) -> Iterator[Asserted]:
    """A policy with its rules and the datastores that it must find (F15)."""
    fields: dict[str, Value] = {"compatible_datastores": tuple(sorted(it.datastores))}
    if it.manage is Manage.CREATE:
        fields["description"] = it.description
        fields["k8s_name"] = it.storage_class
        fields |= {f"rule.{rule.namespace}.{rule.id}": rule.value for rule in it.rules}
        if it.tag:
            fields[f"rule.tag.{it.tag_category}"] = (it.tag,)
    yield Asserted(
        kind="storage-policy",
        key=it.name,
        vcenter=ground.vcenter.name,
        owner=owner(it.manage),
        fields=fields,
        stamp=it.description if it.manage is Manage.CREATE else "",
        mends={"": _policy_mend(ground, it), "compatible_datastores": _tagging(ground, it)},
    )


def _policy_mend(ground: Ground, it: StoragePolicy) -> Mend:
    if it.by_script:
        return ground.rest("storage-policy")
    if it.by_terraform:
        return ground.terraform(FOUNDATION, "vsphere_vm_storage_policy", it.name)
    return person(f"ask the owner of the storage policy {it.name}")


def _tagging(ground: Ground, it: StoragePolicy) -> Mend:
    if it.untagged:
        return ground.rest("tag-attachment")
    return person(f"ask the storage team why {', '.join(it.datastores)} no longer meets {it.name}")


def zone(ground: Ground, it: Zone) -> Iterator[Asserted]:
    """A zone over whole clusters."""
    yield Asserted(
        kind="zone",
        key=it.name,
        vcenter=ground.vcenter.name,
        owner="create",
        fields={"clusters": tuple(sorted(it.clusters)), "description": it.description},
        stamp=stamp(ground.platform, f"zone/{it.name}"),
        mends={"": ground.rest("zone")},
    )


def role(ground: Ground, it: Role) -> Iterator[Asserted]:
    """A role with its privileges; one of others only has to be there."""
    ours = it.manage is Manage.CREATE
    yield Asserted(
        kind="role",
        key=it.label,
        vcenter=ground.vcenter.name,
        owner=owner(it.manage),
        fields={"privileges": tuple(sorted(it.privileges))} if ours else {},
        mends={
            "": ground.terraform(FOUNDATION, "vsphere_role", it.name, it.label)
            if ours
            else person(f"ask vCenter's administrator for the role {it.label}")
        },
    )


REFERENCES = {
    "datacenter": "datacenter",
    "compute_cluster": "cluster",
    "content_library": "content-library",
    "tag_category": "tag-category",
    "tag": "tag",
    "supervisor": "supervisor",
}
"""The kinds of things that are looked up, as a snapshot calls them."""


def reference(ground: Ground, it: Reference) -> Iterator[Asserted]:
    """What is looked up must be there (F1); nothing of it is ours."""
    kind = REFERENCES[it.what]
    key = f"{it.parent}/{it.name}" if it.what == "tag" else it.name
    ident: dict[str, Value] = {"id": it.id} if it.what == "supervisor" and it.id else {}
    lies: dict[str, Value] = {"folder": it.parent.strip("/")} if it.what == "datacenter" else {}
    placed = {field: value for field, value in lies.items() if value}
    yield Asserted(
        kind=kind,
        key=key,
        vcenter=ground.vcenter.name,
        owner="reference",
        fields={**ident, **placed},
        ident=it.id if ident else "",
        mends={"": person(f"ask the owner of the {kind} {key}: it is looked up, never made")},
    )
