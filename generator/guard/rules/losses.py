"""What no plan may do to any object: take it away, or do what nobody can read."""

from __future__ import annotations

from collections.abc import Iterator, Mapping

from generator.finding import Finding
from generator.guard.planned import Effect, PlannedChange
from generator.guard.rules.rule import Stopping
from generator.guard.values import listed

CONSEQUENCES: Mapping[str, str] = {
    "vsphere_compute_cluster": "the cluster goes with its DRS and HA settings, groups and rules",
    "vsphere_configuration_profile": "the desired configuration of every host of the cluster goes",
    "vsphere_content_library": "every item goes, and VKS finds no node image any more",
    "vsphere_datacenter": "everything in the datacenter goes with it",
    "vsphere_distributed_port_group": "every VM on it loses its network",
    "vsphere_distributed_virtual_switch": "every host and VM on it loses its network",
    "vsphere_entity_permissions": "whoever has a right by it loses that right",
    "vsphere_folder": "its VMs lose the permissions and tags that they have from it",
    "vsphere_host": "the host leaves the cluster, and its GPUs with it",
    "vsphere_namespace": "every VKS cluster, VM and volume in it goes with it",
    "vsphere_resource_pool": "its VMs lose their reservation",
    "vsphere_role": "whoever has a right by it loses that right",
    "vsphere_supervisor": "every namespace, VKS cluster, VM and volume of the Supervisor goes",
    "vsphere_supervisor_v2": "every namespace, VKS cluster, VM and volume of the Supervisor goes",
    "vsphere_tag": "storage policies that match it find no datastore",
    "vsphere_tag_category": "all its tags go, and storage policies that match them find nothing",
    "vsphere_virtual_disk": "the data on it goes",
    "vsphere_virtual_machine": "the VM and its disks go",
    "vsphere_virtual_machine_class": "nodes of the class cannot be built again",
    "vsphere_vm_storage_policy": "volumes of the policy cannot be made, and running ones lose it",
    "vsphere_zone": "namespaces and node pools placed by it lose their failure domain",
}
"""What goes with an object, by its type; vSphere API and provider documentation."""


def _consequence(change: PlannedChange) -> str:
    found = CONSEQUENCES.get(change.kind)
    return f": {found}" if found else ""


class NothingDeleted(Stopping):
    """A plan deletes an object."""

    id = "MLG-G001"
    title = "A plan deletes nothing"
    reason = "what is deleted takes along what others keep in it, and no apply brings that back"
    source = "field rule F2"
    effects = frozenset({Effect.DELETE})

    @classmethod
    def judge(cls, change: PlannedChange) -> Iterator[Finding]:
        """Every delete."""
        yield cls.stop(
            change,
            f"{change.kind} {change.name} would be deleted{_consequence(change)}",
            mend="put it back into the configuration; to stop managing it, write a removed block "
            "with destroy = false",
        )


class NothingReplaced(Stopping):
    """A plan deletes an object and makes a new one, in whichever order."""

    id = "MLG-G002"
    title = "A plan replaces nothing"
    reason = "a replacement is a delete: the new object has another id and none of the contents"
    source = "field rule F2; vmware/vsphere provider: arguments that force a new resource"
    effects = frozenset({Effect.REPLACE})

    @classmethod
    def judge(cls, change: PlannedChange) -> Iterator[Finding]:
        """Every replacement, with the arguments that force it."""
        by = listed(change.forced_by) or "a change that forces it"
        yield cls.stop(
            change,
            f"{change.kind} {change.name} would be replaced because of {by}{_consequence(change)}",
            mend=f"set {by} back to what the object has, or make a second object beside it and "
            "move over",
        )


class KnownAction(Stopping):
    """A plan does something that the guard cannot read."""

    id = "MLG-G003"
    title = "Every action of a plan is known"
    reason = "what cannot be read cannot be judged"
    source = "Terraform, JSON output format: change representation"
    effects = frozenset({Effect.UNKNOWN})

    @classmethod
    def judge(cls, change: PlannedChange) -> Iterator[Finding]:
        """Actions outside the documented ones."""
        actions = listed(change.actions) or "none"
        yield cls.stop(
            change,
            f"{change.kind} {change.name}: the actions {actions} are not known",
            mend="plan with a version of Terraform or OpenTofu that mlgen was tested with",
        )


class AdoptedAsItIs(Stopping):
    """A plan takes over an object and changes it at once."""

    id = "MLG-G004"
    title = "An adopted object is not changed by its adoption"
    reason = "the configuration does not say what the object is, so its owner loses settings"
    source = "field rule F14: after adoption the first plan is empty"

    @classmethod
    def judge(cls, change: PlannedChange) -> Iterator[Finding]:
        """Imports with an update."""
        if change.adopted:
            yield cls.stop(
                change,
                f"{change.kind} {change.name} would be imported and changed: "
                f"{listed(change.changed)}",
                mend="write into the configuration what the object has",
            )


RULES: tuple[type[Stopping], ...] = (NothingDeleted, NothingReplaced, KnownAction, AdoptedAsItIs)
