"""What holds for everybody on a cluster, a host or a network."""

from __future__ import annotations

from collections.abc import Iterator

from generator.finding import Finding
from generator.guard.planned import Effect, PlannedChange
from generator.guard.rules.rule import LABELS, Stopping
from generator.guard.values import beyond, listed, lost

_OPTIONS = ("drs_advanced_options", "ha_advanced_options")
_WORDS = frozenset({"description", "contact_detail", "contact_name", *LABELS})


class ClustersStay(Stopping):
    """A cluster's own settings change."""

    id = "MLG-G020"
    title = "No cluster is reconfigured"
    reason = (
        "its settings hold for every VM on it, those of others too; whatever changes, the "
        "provider reconfigures vSAN with it"
    )
    source = "field rule F2; vmware/vsphere provider, vsphere_compute_cluster"
    kinds = frozenset({"vsphere_compute_cluster"})

    @classmethod
    def judge(cls, change: PlannedChange) -> Iterator[Finding]:
        """Any update."""
        yield cls.stop(
            change,
            f"cluster {change.name} is reconfigured: {listed(change.changed) or 'no attribute'}",
            mend="refer to the cluster by a data source and let its owner set this",
        )


class ForeignOptionsKept(Stopping):
    """Advanced options of DRS or HA that somebody else set go."""

    id = "MLG-G021"
    title = "No advanced option of a cluster goes"
    reason = "the map is complete: what stands on the cluster and not in it is removed"
    source = "field rules F2 and F10; vmware/vsphere provider, expandAdvancedOptions"
    kinds = frozenset({"vsphere_compute_cluster", "vsphere_datastore_cluster"})

    @classmethod
    def judge(cls, change: PlannedChange) -> Iterator[Finding]:
        """Keys before and not after, map by map."""
        for name in (*_OPTIONS, "sdrs_advanced_options"):
            going = lost(change.before, change.after, name)
            if going:
                yield cls.stop(
                    change,
                    f"{change.name} loses {name}: {listed(change.shown(name, going))}",
                    mend="read the map from the cluster and keep every key that is there",
                )


class VsanStays(Stopping):
    """vSAN is switched or changed."""

    id = "MLG-G022"
    title = "vSAN is not changed by a plan"
    reason = "it holds the disks of every VM of the cluster; some switches reformat disk groups"
    source = "field rule F2; vSAN administration: encryption, deduplication and ESA"
    kinds = frozenset({"vsphere_compute_cluster"})

    @classmethod
    def judge(cls, change: PlannedChange) -> Iterator[Finding]:
        """Attributes of vSAN."""
        names = [name for name in change.changed if name.startswith("vsan_")]
        if names:
            yield cls.stop(
                change,
                f"vSAN of cluster {change.name} changes: {listed(names)}",
                mend="let the owner of the storage do it in a window",
            )


class HostsStay(Stopping):
    """A host's settings, cluster or connection change."""

    id = "MLG-G023"
    title = "No host is reconfigured"
    reason = "a host leaves its cluster, locks itself or evacuates with every VM that it runs"
    source = "field rules F2 and F26"
    kinds = frozenset({"vsphere_host", "vsphere_dpm_host_override", "vsphere_license"})

    @classmethod
    def judge(cls, change: PlannedChange) -> Iterator[Finding]:
        """Any update but of labels."""
        names = beyond(change, LABELS)
        if names:
            yield cls.stop(
                change,
                f"{change.kind} {change.name} changes {listed(names)}",
                mend="leave the host to whoever governs its cluster",
            )


class DatacentersStay(Stopping):
    """A datacenter changes."""

    id = "MLG-G024"
    title = "No datacenter is changed"
    reason = "everything in it inherits its permissions, tags and attributes"
    source = "field rule F2"
    kinds = frozenset({"vsphere_datacenter"})

    @classmethod
    def judge(cls, change: PlannedChange) -> Iterator[Finding]:
        """Any update."""
        yield cls.stop(
            change,
            f"datacenter {change.name} changes {listed(change.changed) or 'no attribute'}",
            mend="refer to the datacenter by a data source",
        )


class NetworksStay(Stopping):
    """VLAN, MTU, uplinks or policies of a network that VMs are on change."""

    id = "MLG-G025"
    title = "No switch or port group is reconfigured"
    reason = "every VM and host on it may lose its network at once, storage and vMotion included"
    source = "field rule F2"
    kinds = frozenset({
        "vsphere_distributed_port_group", "vsphere_distributed_virtual_switch",
        "vsphere_distributed_virtual_switch_pvlan_mapping", "vsphere_host_port_group",
        "vsphere_host_virtual_switch", "vsphere_vnic",
    })  # fmt: skip

    @classmethod
    def judge(cls, change: PlannedChange) -> Iterator[Finding]:
        """Any update but of descriptions and labels."""
        names = beyond(change, _WORDS)
        if names:
            yield cls.stop(
                change,
                f"{change.kind} {change.name} changes {listed(names)}",
                mend="make a second port group and move the VMs over",
            )


class SupervisorsStay(Stopping):
    """A Supervisor is enabled or changed."""

    id = "MLG-G026"
    title = "No plan enables or changes a Supervisor"
    reason = (
        "it takes over whole clusters; most of its arguments are ignored in an update or replace it"
    )
    source = "field rules F2 and F19; vmware/vsphere provider, vsphere_supervisor"
    kinds = frozenset({"vsphere_supervisor", "vsphere_supervisor_v2"})
    effects = frozenset({Effect.CREATE, Effect.UPDATE, Effect.REPLACE})

    @classmethod
    def judge(cls, change: PlannedChange) -> Iterator[Finding]:
        """Any update or replacement, and the create, which is done to clusters that are there."""
        enables = change.effect is Effect.CREATE
        what = "would be enabled" if enables else f"changes {listed(change.changed)}"
        yield cls.stop(
            change,
            f"Supervisor {change.name} {what}",
            mend="let the owner of the vCenter do it by hand, and refer to the Supervisor by id",
        )


class ProfilesStay(Stopping):
    """A configuration profile is put on a cluster or changed."""

    id = "MLG-G027"
    title = "No plan writes a configuration profile"
    reason = "it sets every host of the cluster, and cannot be switched off again"
    source = "field rules F2 and F26"
    kinds = frozenset({"vsphere_configuration_profile", "vsphere_offline_software_depot"})
    effects = frozenset({Effect.CREATE, Effect.UPDATE})

    @classmethod
    def judge(cls, change: PlannedChange) -> Iterator[Finding]:
        """Create and update."""
        yield cls.stop(
            change,
            f"{change.kind} on {change.name} would be {change.effect.value}d",
            mend="hand the document to whoever governs the cluster",
        )


class PlacementRulesKept(Stopping):
    """Groups, rules and overrides of a cluster lose members or change."""

    id = "MLG-G028"
    title = "Groups and rules of a cluster only grow"
    reason = "DRS moves VMs to obey the new rule, and HA may find no host for them"
    source = "field rule F2; vSphere Resource Management: affinity rules"
    kinds = frozenset({
        "vsphere_compute_cluster_host_group", "vsphere_compute_cluster_vm_affinity_rule",
        "vsphere_compute_cluster_vm_anti_affinity_rule",
        "vsphere_compute_cluster_vm_dependency_rule", "vsphere_compute_cluster_vm_group",
        "vsphere_compute_cluster_vm_host_rule", "vsphere_drs_vm_override",
        "vsphere_ha_vm_override", "vsphere_datastore_cluster_vm_anti_affinity_rule",
        "vsphere_storage_drs_vm_override",
    })  # fmt: skip

    @classmethod
    def judge(cls, change: PlannedChange) -> Iterator[Finding]:
        """Members lost, and any other attribute; a new member alone passes."""
        lists = ("host_system_ids", "virtual_machine_ids")
        going = [one for name in lists for one in lost(change.before, change.after, name)]
        names = beyond(change, lists)
        if going or names:
            what = [f"loses {listed(going)}"] if going else []
            what += [f"changes {listed(names)}"] if names else []
            yield cls.stop(
                change,
                f"{change.kind} {change.name} {' and '.join(what)}",
                mend="add members or make a second rule",
            )


RULES: tuple[type[Stopping], ...] = (
    ClustersStay, ForeignOptionsKept, VsanStays, HostsStay, DatacentersStay, NetworksStay,
    SupervisorsStay, ProfilesStay, PlacementRulesKept,
)  # fmt: skip
