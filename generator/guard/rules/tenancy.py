"""What teams live in: namespaces, VM classes, zones, libraries."""

from __future__ import annotations

from collections.abc import Iterator

from generator.finding import Finding
from generator.guard.planned import PlannedChange
from generator.guard.rules.rule import Stopping
from generator.guard.values import block, listed, lost

_CLASS = "vsphere_virtual_machine_class"


class BindingsKept(Stopping):
    """A namespace loses classes, libraries or policies."""

    id = "MLG-G030"
    title = "No namespace loses a class, a library or a policy"
    reason = "nodes of that class, image or volume cannot be built again: the next repair fails"
    source = "field rules F2 and F10"
    kinds = frozenset({"vsphere_namespace"})

    @classmethod
    def judge(cls, change: PlannedChange) -> Iterator[Finding]:
        """Entries before and not after, list by list."""
        before, after = (block(values, "vm_service") for values in (change.before, change.after))
        going = {
            "vm_classes": lost(before, after, "vm_classes"),
            "content_libraries": lost(before, after, "content_libraries"),
            "storage_policies": lost(change.before, change.after, "storage_policies"),
        }
        for name, entries in going.items():
            if entries:
                yield cls.stop(
                    change,
                    f"namespace {change.name} loses {name}: {listed(entries)}",
                    mend="keep the entry until nothing in the namespace uses it",
                )


class RenamesWork(Stopping):
    """A namespace or a class gets another name or Supervisor, which the provider cannot do."""

    id = "MLG-G031"
    title = "Namespaces and VM classes are not renamed"
    reason = (
        "the provider plans an update in place that changes nothing or another object, and the "
        "state says otherwise from then on"
    )
    source = "field rule F3; vmware/vsphere provider, updates of namespace and VM class"
    kinds = frozenset({"vsphere_namespace", _CLASS})

    @classmethod
    def judge(cls, change: PlannedChange) -> Iterator[Finding]:
        """A new name, or for a namespace a new Supervisor."""
        for name in ("name", "supervisor"):
            if change.changes(name):
                yield cls.stop(
                    change,
                    f"{change.kind} {change.name} would change its {name} to "
                    f"{_after(change, name)}, which does nothing",
                    mend="make a second one beside it, move over, and retire the first",
                )


def _after(change: PlannedChange, name: str) -> str:
    value = change.after.get(name)
    return listed(change.shown(name, [str(value)])) if value else "what is known after apply"


class ClassesStay(Stopping):
    """A VM class is edited."""

    id = "MLG-G032"
    title = "VM classes are immutable"
    reason = (
        "no running VM gets the new values, every later one does: nodes of one pool differ; a "
        "class with reserved capacity cannot be edited at all"
    )
    source = "field rule F3; vCenter VirtualMachineClasses API"
    kinds = frozenset({_CLASS})

    @classmethod
    def judge(cls, change: PlannedChange) -> Iterator[Finding]:
        """Any update but of the name, which is a trap of its own."""
        names = [name for name in change.changed if name != "name"]
        if names:
            yield cls.stop(
                change,
                f"VM class {change.name} changes {listed(names)}",
                mend="make a class with a new name, bind it, and let the node pools roll to it",
            )


class ZonesKeepClusters(Stopping):
    """A zone loses a cluster."""

    id = "MLG-G033"
    title = "No zone loses a cluster"
    reason = "nodes of the zone on that cluster have no place to be built again"
    source = "field rule F2; vmware/vsphere provider, vsphere_zone"
    kinds = frozenset({"vsphere_zone"})

    @classmethod
    def judge(cls, change: PlannedChange) -> Iterator[Finding]:
        """Associations before and not after."""
        going = lost(change.before, change.after, "cluster_ids")
        if going:
            yield cls.stop(
                change,
                f"zone {change.name} loses {listed(going)}",
                mend="empty the cluster first",
            )


class LibrariesStay(Stopping):
    """A content library or an item changes."""

    id = "MLG-G034"
    title = "No content library is changed"
    reason = "node images come from it; another path or subscription is another library"
    source = "field rule F2; vmware/vsphere provider: no update of a content library"
    kinds = frozenset({"vsphere_content_library", "vsphere_content_library_item"})

    @classmethod
    def judge(cls, change: PlannedChange) -> Iterator[Finding]:
        """Any update."""
        yield cls.stop(
            change,
            f"{change.kind} {change.name} changes {listed(change.changed) or 'no attribute'}",
            mend="make a second library and bind it beside the first",
        )


RULES: tuple[type[Stopping], ...] = (
    BindingsKept, RenamesWork, ClassesStay, ZonesKeepClusters, LibrariesStay,
)  # fmt: skip
