"""The coverage contract: kind by kind, who does it and what a comparison can see of it."""

from __future__ import annotations

from collections.abc import Sequence

from generator.platform.classes import by_terraform
from generator.platform.objects import Coverage, Manage, Vcenter, VksCluster


def coverage(
    vcenters: Sequence[Vcenter], clusters: Sequence[VksCluster], policies_by_hand: Sequence[str]
) -> tuple[Coverage, ...]:
    """A row for every kind of object of the state, and for what a person has to do beside it."""
    classes = [vm_class for vcenter in vcenters for vm_class in vcenter.vm_classes]
    by_tf = sum(by_terraform(vm_class) for vm_class in classes)
    untagged = sum(len(p.untagged) for v in vcenters for p in v.storage_policies)
    namespaces = sum(n.manage is Manage.CREATE for v in vcenters for n in v.namespaces)
    policies = sum(p.manage is Manage.CREATE for v in vcenters for p in v.storage_policies)
    found = sum(len(v.namespaces) for v in vcenters) - namespaces
    found += sum(len(v.storage_policies) for v in vcenters) - policies
    folders = sum(len(v.folders) + len(v.environment_folders) for v in vcenters)
    rows = (
        ("tag-category", "all", "terraform", "10-foundation", "import", "all",
         sum(len(v.tag_categories) for v in vcenters)),
        ("tag", "all", "terraform", "10-foundation", "import", "all",
         sum(len(v.tags) for v in vcenters)),
        ("tag-attachment", "on datastores", "person", "vSphere Client, Tags", "manifest",
         "all", untagged),
        ("storage-policy", "tag rules", "terraform", "10-foundation", "manifest", "all",
         policies),
        ("storage-policy", "vSAN rules", "person", "vSphere Client, Policies and Profiles",
         "manifest", "all", len(policies_by_hand)),
        ("folder", "all", "terraform", "10-foundation, 40-<environment>-vms", "import", "all",
         folders),
        ("vm-class", "at most one vGPU", "terraform", "20-classes", "manifest",
         "by REST; plan sees nothing", by_tf),
        ("vm-class", "several vGPUs or a large MMIO window", "rest", "supervisor/vm-classes",
         "manifest", "by REST", len(classes) - by_tf),
        ("namespace", "policies, libraries, classes", "terraform", "30-<environment>-namespaces",
         "manifest", "all by REST", namespaces),
        ("namespace", "quotas, access, zones", "person", "vSphere Client, Workload Management",
         "manifest", "all by REST", namespaces),
        ("vks-cluster", "all", "kubernetes", "<environment>/tanzu", "kubectl",
         "all but what the resolver writes",
         sum(c.manage is not Manage.REFERENCE for c in clusters)),
        ("existing namespaces and policies", "looked up", "person", "their owner", "-", "all",
         found),
        ("host", "graphics mode, MIG mode, assignment policy", "person", "plan.json, placements",
         "-", "graphics settings", sum(bool(v.vm_classes) for v in vcenters)),
    )  # fmt: skip
    return tuple(
        Coverage(
            object_kind=kind,
            fields=fields,
            actor=actor,
            where=where,
            adoptable=adoptable,
            seen_by_diff=seen,
            count=count,
        )
        for kind, fields, actor, where, adoptable, seen, count in rows
        if count
    )
