"""Edits of a Terraform root that are stopped, and edits that pass."""

from __future__ import annotations

from tests.acceptance.edits import (
    CATEGORY,
    CLASS,
    CLUSTER,
    GROUP,
    HOST,
    LIBRARY,
    NAMESPACE,
    PERMISSIONS,
    POLICY,
    PORT_GROUP,
    PROFILE,
    ROLE,
    SUPERVISOR,
    SUPERVISOR_WITH_NEW_DNS,
    SWITCH,
    TAG,
    ZONE,
    Edit,
)


def namespace(
    *, name: str = "acme-ml-prod-all", supervisor: str = "sup-1",
    policies: str = '"policy-1", "policy-2"', libraries: str = '"lib-1"',
    classes: str = '"small", "h100"',
) -> str:  # fmt: skip
    """The namespace's configuration; each argument is what differs."""
    return f"""
  name             = "{name}"
  supervisor       = "{supervisor}"
  storage_policies = [{policies}]
  vm_service {{
    content_libraries = [{libraries}]
    vm_classes        = [{classes}]
  }}
"""


def vm_class(*, name: str = "h100-40c-r10da02", memory_mib: int = 81920) -> str:
    """The VM class's configuration."""
    return f"""
  name               = "{name}"
  cpus               = 4
  memory             = {memory_mib}
  cpu_reservation    = 0
  memory_reservation = 100
  vgpu_devices       = ["nvidia_h100-40c"]
"""


def zone(*, description: str = "old", clusters: str = '"domain-c1"') -> str:
    """The zone's configuration."""
    return f'  name = "z1"\n  description = "{description}"\n  cluster_ids = [{clusters}]\n'


def role(privileges: str) -> str:
    """The role's configuration; vCenter adds the System privileges on its own."""
    return f'  name = "ml-team"\n  role_privileges = [{privileges}]\n'


def permission(group: str, role_id: str) -> str:
    """One row of an entity's permissions."""
    return (
        f'  permissions {{\n    user_or_group = "corp\\\\{group}"\n    is_group = true\n'
        f'    propagate = true\n    role_id = "{role_id}"\n  }}\n'
    )


def permissions(*granted: str) -> str:
    """The entity's permissions."""
    return '  entity_id = "group-v1"\n  entity_type = "Folder"\n' + "".join(granted)


def category(*, name: str = "ml-tier", types: str, description: str = "old") -> str:
    """The tag category's configuration."""
    return (
        f'  name = "{name}"\n  cardinality = "MULTIPLE"\n  description = "{description}"\n'
        f"  associable_types = [{types}]\n"
    )


def tag(name: str, description: str = "mlgen:acme-ml/release") -> str:
    """The tag's configuration."""
    return f'  name = "{name}"\n  description = "{description}"\n  category_id = "category-1"\n'


def policy(*, tag_name: str = "bulk", description: str = "old") -> str:
    """The storage policy's configuration."""
    return (
        f'  name = "acme-ml-bulk"\n  description = "{description}"\n'
        f'  tag_rules {{\n    tag_category = "ml-tier"\n    tags = ["{tag_name}"]\n  }}\n'
    )


def cluster(options: str, more: str = "") -> str:
    """The cluster's configuration."""
    return (
        '  name = "gpu-a"\n  datacenter_id = "datacenter-1"\n  drs_enabled = true\n'
        '  drs_automation_level = "fullyAutomated"\n  ha_enabled = true\n'
        f"  drs_advanced_options = {{ {options} }}\n{more}"
    )


def group(hosts: str) -> str:
    """The host group's configuration."""
    return (
        f'  name = "gpu-hosts"\n  compute_cluster_id = "domain-c1"\n  host_system_ids = [{hosts}]\n'
    )


_OPTIONS = 'PassthroughDrsAutomation = "1", ForeignOption = "2"'
_NS, _CLASS, _ZONE = "vsphere_namespace", "vsphere_virtual_machine_class", "vsphere_zone"
_LIBRARY, _CLUSTER, _ROLE = "vsphere_content_library", "vsphere_compute_cluster", "vsphere_role"
_CATEGORY, _POLICY, _TAG = "vsphere_tag_category", "vsphere_vm_storage_policy", "vsphere_tag"
_RIGHTS, _GROUP = "vsphere_entity_permissions", "vsphere_compute_cluster_host_group"
_PG, _DVS = "vsphere_distributed_port_group", "vsphere_distributed_virtual_switch"

HAZARDOUS: tuple[Edit, ...] = (
    Edit("deleted", _NS, NAMESPACE, None, "MLG-G001", "acme-ml-prod-all"),
    Edit("renamed", _NS, NAMESPACE, namespace(name="prod"), "MLG-G031", "name to prod"),
    Edit("moved", _NS, NAMESPACE, namespace(supervisor="sup-2"), "MLG-G031", "supervisor to sup-2"),
    Edit("drops_class", _NS, NAMESPACE, namespace(classes='"small"'), "MLG-G030", "h100"),
    Edit("drops_policy", _NS, NAMESPACE, namespace(policies='"policy-1"'), "MLG-G030", "policy-2"),
    Edit("drops_library", _NS, NAMESPACE, namespace(libraries=""), "MLG-G030", "lib-1"),
    Edit("edited", _CLASS, CLASS, vm_class(memory_mib=65536), "MLG-G032", "memory"),
    Edit("renamed", _CLASS, CLASS, vm_class(name="h100"), "MLG-G031", "name to h100"),
    Edit("retired", _CLASS, CLASS, None, "MLG-G001", "h100-40c-r10da02"),
    Edit("described", _ZONE, ZONE, zone(description="new"), "MLG-G002", "description"),
    Edit("shrunk", _ZONE, ZONE, zone(clusters=""), "MLG-G033", "domain-c1"),
    Edit(
        "moved", _LIBRARY, LIBRARY,
        '  name = "vkr-ams1"\n  storage_backing = ["datastore-2"]\n', "MLG-G002", "storage_backing",
    ),
    Edit("weaker", _ROLE, ROLE, role(""), "MLG-G011", "VirtualMachine.Inventory.Create"),
    Edit(
        "foreign", _RIGHTS, PERMISSIONS, permissions(permission("ml", "-700")),
        "MLG-G010", "corp\\vdi (removed)",
    ),
    Edit(
        "swapped", _RIGHTS, PERMISSIONS,
        permissions(permission("ml", "-2"), permission("vdi", "-1")),
        "MLG-G010", "corp\\ml (another role)",
    ),
    Edit(
        "resolver", "vsphere_supervisor_v2", SUPERVISOR, SUPERVISOR_WITH_NEW_DNS,
        "MLG-G026", "control_plane",
    ),
    Edit(
        "rehomed", "vsphere_supervisor_v2", SUPERVISOR,
        SUPERVISOR_WITH_NEW_DNS.replace("domain-c1", "domain-c2"), "MLG-G002", "cluster",
    ),
    Edit(
        "options", _CLUSTER, CLUSTER, cluster('PassthroughDrsAutomation = "1"'),
        "MLG-G021", "ForeignOption",
    ),
    Edit(
        "shared", _CLUSTER, CLUSTER, cluster(_OPTIONS, "  ha_vm_restart_timeout = 90\n"),
        "MLG-G020", "gpu-a",
    ),
    Edit(
        "vsan", _CLUSTER, CLUSTER, cluster(_OPTIONS, "  vsan_enabled = true\n"),
        "MLG-G022", "vsan_enabled",
    ),
    Edit("narrowed", _CATEGORY, CATEGORY, category(types='"Datastore"'), "MLG-G036", "Folder"),
    Edit("retagged", _POLICY, POLICY, policy(tag_name="fast"), "MLG-G035", "tag_rules"),
    Edit(
        "renamed", _TAG, {**TAG, "name": "bulk", "description": "tier"}, tag("fast", "tier"),
        "MLG-G037", "bulk",
    ),
    Edit("fewer", _GROUP, GROUP, group('"host-1"'), "MLG-G028", "host-2"),
    Edit(
        "vlan", _PG, PORT_GROUP,
        '  name = "ml-workload"\n  distributed_virtual_switch_uuid = "50 01"\n  vlan_id = 1300\n',
        "MLG-G025", "vlan_id",
    ),
    Edit(
        "mtu", _DVS, SWITCH,
        '  name = "dvs-1"\n  datacenter_id = "datacenter-1"\n  max_mtu = 1500\n',
        "MLG-G025", "max_mtu",
    ),
    Edit(
        "renamed", "vsphere_datacenter",
        {"id": "group-d1", "name": "ams1", "moid": "datacenter-1"}, '  name = "ams2"\n',
        "MLG-G002", "name",
    ),
    Edit(
        "host", "vsphere_host", HOST,
        '  hostname = "esx-01"\n  username = "root"\n  password = "not-to-be-shown"\n'
        '  cluster = "domain-c1"\n  maintenance = true\n', "MLG-G023", "maintenance",
    ),
    Edit(
        "profile", "vsphere_configuration_profile", PROFILE,
        '  cluster_id = "domain-c1"\n  configuration = "{\\"a\\": 1}"\n', "MLG-G027", "domain-c1",
    ),
)  # fmt: skip

HARMLESS: tuple[Edit, ...] = (
    Edit("same", _NS, NAMESPACE, namespace()),
    Edit("more_classes", _NS, NAMESPACE, namespace(classes='"small", "h100", "h200"')),
    Edit("more_policies", _NS, NAMESPACE, namespace(policies='"policy-1", "policy-2", "policy-3"')),
    Edit("new", _CLASS, {}, vm_class(name="h100-40c-r2")),
    Edit("more_clusters", _ZONE, ZONE, zone(clusters='"domain-c1", "domain-c2"')),
    Edit("next_release", _TAG, TAG, tag("acme-ml-8")),
    Edit("described", _TAG, {**TAG, "description": "a"}, tag("acme-ml-7", "b")),
    Edit(
        "wider", _CATEGORY, CATEGORY,
        category(types='"Datastore", "Folder", "ResourcePool"', description="new"),
    ),
    Edit("described", _POLICY, POLICY, policy(description="new")),
    Edit("more_hosts", _GROUP, GROUP, group('"host-1", "host-2", "host-3"')),
    Edit(
        "stronger", _ROLE, ROLE,
        role('"VirtualMachine.Inventory.Create", "VirtualMachine.Inventory.Delete"'),
    ),
    Edit("new", _RIGHTS, {}, permissions(permission("ml", "-700"))),
    Edit(
        "more_rights", _RIGHTS, PERMISSIONS,
        permissions(permission("ml", "-700"), permission("vdi", "-1"), permission("ops", "-1")),
    ),
)  # fmt: skip
