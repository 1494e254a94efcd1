"""What the shipped example must come to, counted by hand from the blueprint and its site.

None of this is read from the renderer: where the two differ, one of them is wrong.
"""

from __future__ import annotations

from pathlib import Path

ROOT = Path(__file__).resolve().parents[2]
BLUEPRINT = ROOT / "blueprints" / "acme-ml.yaml"
INVENTORY = ROOT / "blueprints" / "acme-ams1.site.yaml"
PLATFORM = "acme-ml"
VCENTER = "vc-ams1"

# Foundation: two categories of stamps; a tag for the release and one for each of the three
# folders (platform, dev, prod); the platform's folder; the one policy that datastore tags can say.
# Policies by script: the two tiers on vSAN.
# Classes: one for each of the nine workloads and one for the system nodes of dev; churn-tabular
# shares its class with the system nodes of prod; vision-cnn has two vGPUs, which is REST's.
# Namespaces: ml-eng and research in dev, one for all in prod. Plain VMs: a folder each.
CREATED = {
    "10-foundation": {
        "vsphere_tag_category": 2,
        "vsphere_tag": 4,
        "vsphere_folder": 1,
        "vsphere_vm_storage_policy": 1,
    },
    "20-classes": {"vsphere_virtual_machine_class": 9},
    "30-dev-namespaces": {"vsphere_namespace": 2},
    "30-prod-namespaces": {"vsphere_namespace": 1},
    "40-dev-vms": {"vsphere_folder": 1},
    "40-prod-vms": {"vsphere_folder": 1},
}
CREATED_BY_REST = 1
CREATED_BY_SCRIPT = ("acme-ml-nvme", "acme-ml-scratch")

# The same as vCenter shows it.
ADDED = {
    "tag categories": 2,
    "tags": 4,
    "folders": 3,
    "policies": 1 + len(CREATED_BY_SCRIPT),
    "classes": 9 + CREATED_BY_REST,
    "namespaces": 3,
}

# A tag can be made again without loss; all else that is created is protected.
UNPROTECTED = frozenset({"vsphere_tag"})

# What each root looks up: the datacenter, the tag that the datastore bears, the parent folder and
# its stamps, the library and the policies.
_NAMESPACE_NEEDS = {"data.vsphere_content_library": 1, "data.vsphere_storage_policy": 3}
_FOLDER_NEEDS = {
    "data.vsphere_datacenter": 1,
    "data.vsphere_folder": 1,
    "data.vsphere_tag_category": 1,
    "data.vsphere_tag": 1,
}
LOOKED_UP: dict[str, dict[str, int]] = {
    "10-foundation": {
        "data.vsphere_datacenter": 1,
        "data.vsphere_tag_category": 1,
        "data.vsphere_tag": 1,
    },
    "20-classes": {},
    "30-dev-namespaces": _NAMESPACE_NEEDS,
    "30-prod-namespaces": _NAMESPACE_NEEDS,
    "40-dev-vms": _FOLDER_NEEDS,
    "40-prod-vms": _FOLDER_NEEDS,
}

# Kubernetes objects by environment: a cluster for each namespace.
OBJECTS = {"dev": {"Cluster": 2}, "prod": {"Cluster": 1}}
