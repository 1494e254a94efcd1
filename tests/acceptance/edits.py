"""An edit of a Terraform root, and the resources that the edits start from.

The states are written by hand; Terraform makes the plans from them with the provider's own schema.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

Attributes = Mapping[str, Any]


@dataclass(frozen=True, slots=True)
class Edit:
    """One resource before (its attributes in the state) and after (its configuration in HCL).

    No configuration is a resource that was taken out of it. ``rule`` and ``told`` say what stops
    the edit and what the message must name; an edit without a rule passes.
    """

    name: str
    kind: str
    before: Attributes = field(default_factory=dict)
    after: str | None = None
    rule: str = ""
    told: str = ""

    @property
    def address(self) -> str:
        """The resource's address."""
        return f"{self.kind}.{self.name}"


NAMESPACE: Attributes = {
    "id": "acme-ml-prod-all",
    "name": "acme-ml-prod-all",
    "supervisor": "sup-1",
    "storage_policies": ["policy-1", "policy-2"],
    "vm_service": [{"content_libraries": ["lib-1"], "vm_classes": ["small", "h100"]}],
}
CLASS: Attributes = {
    "id": "h100-40c-r10da02",
    "name": "h100-40c-r10da02",
    "cpus": 4,
    "memory": 81920,
    "cpu_reservation": 0,
    "memory_reservation": 100,
    "vgpu_devices": ["nvidia_h100-40c"],
}
ZONE: Attributes = {"id": "z1", "name": "z1", "description": "old", "cluster_ids": ["domain-c1"]}
LIBRARY: Attributes = {
    "id": "lib-1",
    "name": "vkr-ams1",
    "description": "",
    "storage_backing": ["datastore-1"],
}
ROLE: Attributes = {
    "id": "-700",
    "name": "ml-team",
    "label": "ml-team",
    "role_privileges": ["System.Read", "System.View", "VirtualMachine.Inventory.Create"],
}
PERMISSIONS: Attributes = {
    "id": "group-v1",
    "entity_id": "group-v1",
    "entity_type": "Folder",
    "permissions": [
        {"user_or_group": "corp\\ml", "is_group": True, "propagate": True, "role_id": "-700"},
        {"user_or_group": "corp\\vdi", "is_group": True, "propagate": True, "role_id": "-1"},
    ],
}
CLUSTER: Attributes = {
    "id": "domain-c1",
    "name": "gpu-a",
    "datacenter_id": "datacenter-1",
    "drs_enabled": True,
    "drs_automation_level": "fullyAutomated",
    "ha_enabled": True,
    "drs_advanced_options": {"PassthroughDrsAutomation": "1", "ForeignOption": "2"},
}
CATEGORY: Attributes = {
    "id": "category-1",
    "name": "ml-tier",
    "cardinality": "MULTIPLE",
    "description": "old",
    "associable_types": ["Datastore", "Folder"],
}
TAG: Attributes = {
    "id": "tag-1",
    "name": "acme-ml-7",
    "description": "mlgen:acme-ml/release",
    "category_id": "category-1",
}
POLICY: Attributes = {
    "id": "policy-1",
    "name": "acme-ml-bulk",
    "description": "old",
    "tag_rules": [
        {"tag_category": "ml-tier", "tags": ["bulk"], "include_datastores_with_tags": True}
    ],
}
GROUP: Attributes = {
    "id": "group-1",
    "name": "gpu-hosts",
    "compute_cluster_id": "domain-c1",
    "host_system_ids": ["host-1", "host-2"],
}
PORT_GROUP: Attributes = {
    "id": "dvportgroup-1",
    "name": "ml-workload",
    "distributed_virtual_switch_uuid": "50 01",
    "vlan_id": 1204,
    "type": "earlyBinding",
    "auto_expand": True,
    "network_resource_pool_key": "-1",
}
SWITCH: Attributes = {
    "id": "50 01",
    "name": "dvs-1",
    "datacenter_id": "datacenter-1",
    "max_mtu": 9000,
}
HOST: Attributes = {
    "id": "host-1",
    "hostname": "esx-01",
    "username": "root",
    "password": "not-to-be-shown",
    "cluster": "domain-c1",
    "maintenance": False,
}
SUPERVISOR: Attributes = {
    "id": "sup-1",
    "name": "sup-ams1",
    "cluster": "domain-c1",
    "control_plane": [
        {
            "network": [
                {
                    "backing": [{"network": "network-1"}],
                    "services": [{"dns": [{"servers": ["10.0.0.2"], "search_domains": ["x"]}]}],
                }
            ]
        }
    ],
    "workloads": [
        {
            "network": [{"network": "w"}],
            "edge": [{"id": "e"}],
            "kube_api_server_options": [{"security": [{"certificate_dns_names": ["k"]}]}],
        }
    ],
}
SUPERVISOR_WITH_NEW_DNS = """
  name    = "sup-ams1"
  cluster = "domain-c1"
  control_plane {
    network {
      backing { network = "network-1" }
      services {
        dns {
          servers        = ["10.0.0.3"]
          search_domains = ["x"]
        }
      }
    }
  }
  workloads {
    network { network = "w" }
    edge { id = "e" }
    kube_api_server_options {
      security { certificate_dns_names = ["k"] }
    }
  }
"""
PROFILE: Attributes = {
    "id": "domain-c1",
    "cluster_id": "domain-c1",
    "configuration": "{}",
    "schema": "{}",
}


def configuration(edits: tuple[Edit, ...]) -> str:
    """The root that wants all edits at once."""
    return "\n".join(
        f'resource "{edit.kind}" "{edit.name}" {{\n{edit.after}}}\n'
        for edit in edits
        if edit.after is not None
    )


def state(edits: tuple[Edit, ...]) -> dict[str, Any]:
    """The state before all edits."""
    return {
        "version": 4,
        "terraform_version": "1.9.0",
        "serial": 1,
        "lineage": "written-by-hand",
        "outputs": {},
        "resources": [
            {
                "mode": "managed",
                "type": edit.kind,
                "name": edit.name,
                "provider": 'provider["registry.terraform.io/vmware/vsphere"]',
                "instances": [{"schema_version": 0, "attributes": dict(edit.before)}],
            }
            for edit in edits
            if edit.before
        ],
    }
