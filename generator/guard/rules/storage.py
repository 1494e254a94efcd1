"""Where data lies and what finds it: policies, tags, datastores."""

from __future__ import annotations

from collections.abc import Iterator

from generator.finding import Finding
from generator.guard.planned import PlannedChange
from generator.guard.rules.rule import LABELS, Stopping
from generator.guard.values import beyond, listed, lost

RELEASE_STAMP = "/release"
"""How the description of the tag ends that carries the release's id; a release renames it."""


class PoliciesStay(Stopping):
    """A storage policy changes its rules or its name."""

    id = "MLG-G035"
    title = "Storage policies keep their rules and their name"
    reason = (
        "every volume of the policy is judged by the new rules at once, and the StorageClass "
        "bears the policy's name"
    )
    source = "field rule F2; vSphere with Tanzu: storage policies and storage classes"
    kinds = frozenset({"vsphere_vm_storage_policy"})

    @classmethod
    def judge(cls, change: PlannedChange) -> Iterator[Finding]:
        """Any update but of the description."""
        names = beyond(change, {"description"})
        if names:
            yield cls.stop(
                change,
                f"storage policy {change.name} changes {listed(names)}",
                mend="make a second policy and move the volumes over",
            )


class CategoriesStay(Stopping):
    """A tag category loses types, narrows, or is renamed."""

    id = "MLG-G036"
    title = "Tag categories only widen"
    reason = "vCenter takes no type away again, and storage policies name the category in rules"
    source = "field rule F2; vSphere Automation API, tagging Category.update"
    kinds = frozenset({"vsphere_tag_category"})

    @classmethod
    def judge(cls, change: PlannedChange) -> Iterator[Finding]:
        """Types lost, a new name, or a tag per object where there were several."""
        going = lost(change.before, change.after, "associable_types")
        if going:
            yield cls.stop(
                change,
                f"tag category {change.name} loses the types {listed(going)}",
                mend="keep the types, or make a second category",
            )
        narrows = change.changes("cardinality") and change.after.get("cardinality") != "MULTIPLE"
        names = [name for name, so in (
            ("cardinality", narrows), ("name", change.changes("name")),
        ) if so]  # fmt: skip
        if names:
            yield cls.stop(
                change,
                f"tag category {change.name} changes {listed(names)}",
                mend="make a second category beside it",
            )


class TagsKeepNames(Stopping):
    """A tag that policies may match is renamed."""

    id = "MLG-G037"
    title = "Tags keep their names"
    reason = "a storage policy matches tags by name: with another name it finds no datastore"
    source = "vmware/vsphere provider, vsphere_vm_storage_policy tag_rules; field rule F15"
    kinds = frozenset({"vsphere_tag"})

    @classmethod
    def judge(cls, change: PlannedChange) -> Iterator[Finding]:
        """A new name, unless the stamp says that the tag bears the release."""
        if change.changes("name") and not _bears_release(change):
            yield cls.stop(
                change,
                f"tag {change.name} would be renamed",
                mend="make a second tag, attach it, change the policies, and retire the first",
            )


def _bears_release(change: PlannedChange) -> bool:
    stamps = [values.get("description") for values in (change.before, change.after)]
    first = stamps[0]
    return (
        isinstance(first, str)
        and first.startswith("mlgen:")
        and first.endswith(RELEASE_STAMP)
        and stamps[0] == stamps[1]
    )


class DatastoresStay(Stopping):
    """A datastore is unmounted, moved or reconfigured."""

    id = "MLG-G038"
    title = "No datastore is reconfigured"
    reason = "the VMs on it lose their disks where a host loses the mount"
    source = "field rule F2"
    kinds = frozenset({
        "vsphere_datastore_cluster", "vsphere_nas_datastore", "vsphere_vmfs_datastore",
        "vsphere_virtual_disk", "vsphere_file",
    })  # fmt: skip

    @classmethod
    def judge(cls, change: PlannedChange) -> Iterator[Finding]:
        """Any update but of labels and of more hosts."""
        mounts = "host_system_ids"
        names = beyond(change, LABELS)
        if not lost(change.before, change.after, mounts):
            names = tuple(name for name in names if name != mounts)
        if names:
            yield cls.stop(
                change,
                f"{change.kind} {change.name} changes {listed(names)}",
                mend="let the owner of the storage do it",
            )


RULES: tuple[type[Stopping], ...] = (
    PoliciesStay, CategoriesStay, TagsKeepNames, DatastoresStay,
)  # fmt: skip
