"""Fields of what REST, the policy service and Kubernetes show: classes, namespaces, policies."""

from __future__ import annotations

from collections.abc import Mapping

from generator.diff import equality as by
from generator.diff.fields.rule import ERROR, NOTICE, WARNING, FieldRule
from generator.finding import Severity

_CLASS = "edited class: future nodes differ from {running}; no running VM changes (F3)"

LOST: Mapping[str, tuple[Severity, str]] = {
    "direct-path-profile": (
        WARNING, "vCenter does not count how many more of the device would start (F30)",
    ),
}  # fmt: skip
"""What weighs otherwise than other objects when it is gone, and what follows from that."""

SUPERVISOR: Mapping[str, Mapping[str, FieldRule]] = {
    "storage-policy": {
        "rule": FieldRule(
            equality=by.exact, severity=ERROR,
            consequence="new volumes get other storage; old ones stop complying",
        ),
        "compatible_datastores": FieldRule(
            equality=by.contains, severity=ERROR, refers="datastore",
            consequence="volumes of this policy find no place where the plan puts them (F15)",
        ),
        "k8s_name": FieldRule(
            equality=by.told, severity=ERROR, consequence="manifests name a StorageClass "
            "that is not there",
        ),
    },
    "vm-class": {
        name: FieldRule(equality=how, severity=ERROR, consequence=_CLASS)
        for name, how in (
            ("vcpus", by.number),
            ("memory_mib", by.number),
            ("cpu_reservation_percent", by.number),
            ("memory_reservation_percent", by.number),
            ("vgpus", by.unordered),
            ("device_group", by.exact),
            ("mmio_gib", by.number),
            ("pci_devices", by.unordered),
            ("instance_storage_volumes_mib", by.unordered),
        )
    }
    | {
        "instance_storage_policy": FieldRule(
            equality=by.exact, severity=ERROR, refers="storage-policy", consequence=_CLASS,
        ),
        "description": FieldRule(
            equality=by.exact, severity=NOTICE,
            consequence="apply no longer knows it for its own (F1)",
        ),
    },
    "direct-path-profile": {
        "name": FieldRule(
            equality=by.exact, severity=NOTICE,
            consequence="people look for another name",
        ),
        "description": FieldRule(
            equality=by.exact, severity=NOTICE,
            consequence="people do not see whose it is; under another name it would be others'",
        ),
    },
    "namespace": {
        "vm_classes": FieldRule(
            equality=by.contains, severity=ERROR, refers="vm-class",
            consequence="clusters here can make no more nodes of these classes",
        ),
        "storage_policies": FieldRule(
            equality=by.contains, severity=ERROR, refers="storage-policy",
            consequence="claims for these storage classes stay pending",
        ),
        "content_libraries": FieldRule(
            equality=by.contains, severity=ERROR, refers="content-library",
            consequence="new nodes find no image",
        ),
        "supervisor": FieldRule(
            equality=by.exact, severity=ERROR, refers="supervisor",
            consequence="its clusters run elsewhere than the plan counts with",
        ),
        "zones": FieldRule(
            equality=by.contains, severity=ERROR, refers="zone",
            consequence="pools that name the zone make no node",
        ),
        "cpu_limit_mhz": FieldRule(
            equality=by.exact, consequence="the team gets more, or less, than its share",
        ),
        "memory_limit_mib": FieldRule(
            equality=by.exact, consequence="the team gets more, or less, than its share",
        ),
        "storage_limit_mib": FieldRule(
            equality=by.exact, consequence="volumes of the plan do not fit, or those of others do",
        ),
        "zone_mark": FieldRule(
            equality=by.exact, severity=ERROR,
            consequence="what its zones keep for this namespace is not what was promised (F30)",
        ),
        "access": FieldRule(
            equality=by.folded, severity=ERROR,
            consequence="a team may do more, or less, than was agreed",
        ),
    },
    "zone": {
        "clusters": FieldRule(
            equality=by.contains, severity=ERROR, refers="cluster",
            consequence="pools of this zone have fewer hosts, or none",
        ),
        "reserved": FieldRule(
            equality=by.at_least, severity=ERROR,
            consequence="fewer VMs of the class can always start than was promised (F30)",
        ),
    },
    "supervisor": {
        "id": FieldRule(
            equality=by.exact, severity=ERROR,
            consequence="it was made anew: what was rendered names the one that is gone",
        ),
        "clusters": FieldRule(
            equality=by.contains, severity=ERROR, refers="cluster",
            consequence="no node of it can be made there",
        ),
        "zones": FieldRule(
            equality=by.contains, severity=ERROR, refers="zone",
            consequence="no node of it can be made there",
        ),
        "version": FieldRule(
            equality=by.version_prefix, severity=NOTICE,
            consequence="releases that clusters name may no longer be offered",
        ),
        "control_plane_size": FieldRule(
            equality=by.folded, consequence="it carries fewer clusters, or takes more room",
        ),
        **dict.fromkeys(("dns", "search_domains"), FieldRule(
            equality=by.exact, consequence="its control plane may not find vCenter or a registry",
        )),
        "ntp": FieldRule(
            equality=by.exact, consequence="its clock may drift until certificates do not hold",
        ),
        "workload_dns": FieldRule(
            equality=by.exact, consequence="nodes may not find what the platform names",
        ),
        "workload_ntp": FieldRule(
            equality=by.exact, consequence="nodes' clocks may drift until certificates do not hold",
        ),
        "service_cidr": FieldRule(
            equality=by.exact, severity=ERROR,
            consequence="another range is another Supervisor, or one that overlaps a network",
        ),
    },
    "k8s-namespace": {
        "deleting": FieldRule(
            equality=by.exact, severity=ERROR, stands=True,
            consequence="what is in it goes with it: VMs, clusters and volumes",
        ),
        "policy": FieldRule(
            equality=by.exact, consequence="Pods may do more, or less, than was agreed",
        ),
    },
    "vks-cluster": {
        "deleting": FieldRule(
            equality=by.exact, severity=ERROR, stands=True,
            consequence="its nodes go with it, and its volumes unless they are kept",
        ),
        "cluster_class": FieldRule(
            equality=by.same_family_or_newer,
            consequence="its variables have other names and shapes, and nodes are replaced",
        ),
        "kubernetes_version": FieldRule(
            equality=by.version_prefix,
            consequence="it runs another release than workloads were tested on",
        ),
        "control_plane_replicas": FieldRule(
            equality=by.number, severity=ERROR,
            consequence="a lost host may take its API along",
        ),
        "pod_cidrs": FieldRule(
            equality=by.unordered, severity=ERROR,
            consequence="addresses overlap with others, and cannot be changed in place",
        ),
        "service_cidrs": FieldRule(
            equality=by.unordered, severity=ERROR,
            consequence="addresses overlap with others, and cannot be changed in place",
        ),
        "variable": FieldRule(
            equality=by.includes, consequence="nodes are replaced when it is put right"
        ),
        "pool": FieldRule(
            equality=by.includes, severity=ERROR,
            consequence="the pool makes other nodes, or another number of them, than was planned",
        ),
        "care": FieldRule(
            equality=by.exact,
            consequence="its nodes are replaced sooner or later than was agreed, or never",
        ),
        "class_namespace": FieldRule(
            equality=by.exact, consequence="its nodes are made by another ClusterClass",
        ),
        "label": FieldRule(
            equality=by.exact, severity=NOTICE,
            consequence="what is charged or found by the label is another's",
        ),
    },
}  # fmt: skip
