"""What a perfect vCenter would show after everything rendered was applied.

Built from the rendered files (Terraform, REST bodies, pbm documents, manifests) and from the raw
site document, in the way vCenter answers, and not from the records that ``diff`` projects: what
the projector and this file both say is a fact, and what only one of them says fails a test.
"""

from __future__ import annotations

import json
import re
from collections.abc import Iterator, Mapping
from functools import cache, partial
from typing import Any

import yaml

from generator.api import load, render
from generator.vcenter.snapshot import Seen, Snapshot, Value, VcenterSeen
from tests.diff import hcl
from tests.diff.live_folders import folders, rights, tags
from tests.diff.live_infrastructure import groups, infrastructure
from tests.diff.live_namespaces import namespaces
from tests.diff.live_settings import gpu_settings
from tests.diff.live_site import site_facts
from tests.example import ROOT

STARTED, ENDED = "2026-11-20T06:00:00Z", "2026-11-20T06:00:02Z"
OS_IMAGE = "run.tanzu.vmware.com/resolve-os-image"


@cache
def rendered(blueprint: str = "blueprints/acme-ml.yaml") -> dict[str, str]:
    """The files of a blueprint by path."""
    (result,) = render(load([ROOT / blueprint]))
    return {file.path: file.text for file in result.files}


@cache
def snapshot(
    blueprint: str = "blueprints/acme-ml.yaml", site: str = "blueprints/acme-ams1.site.yaml"
) -> Snapshot:
    """The perfect vCenter of a blueprint with one site."""
    document = yaml.safe_load((ROOT / site).read_text("utf-8"))
    return Snapshot(vcenters=(vcenter(rendered(blueprint), document),))


def vcenter(files: Mapping[str, str], site: Mapping[str, Any]) -> VcenterSeen:
    """One vCenter with all that the files make of it and all that the site states."""
    about = site["vcenters"][0]
    return VcenterSeen(
        name=about["ref"],
        instance_uuid=about["instance_uuid"],
        version="8.0.3",
        build="24022515",
        role="diff-host",
        account="account-1",
        started=STARTED,
        ended=ENDED,
        objects=tuple(World(files, site, about["ref"]).objects()),
    )


class World:
    """The objects, made one upon another."""

    def __init__(self, files: Mapping[str, str], site: Mapping[str, Any], name: str) -> None:
        self.files = {
            path.removeprefix(f"{name}/"): text
            for path, text in files.items()
            if path.startswith(f"{name}/")
        }
        self.manifests = {p: t for p, t in files.items() if "/tanzu/" in p and "kustom" not in p}
        self.site = site
        self.datacenter = site["datacenters"][0]["name"]
        folder = site["datacenters"][0].get("folder")
        self.place = f"{folder}/{self.datacenter}" if folder else self.datacenter
        self.blocks = [
            block
            for path, text in sorted(self.files.items())
            if path.endswith(".tf") and not path.startswith("modules/")
            for block in hcl.blocks(text)
        ]
        self.named = {
            (f"data.{b.labels[0]}" if b.kind == "data" else b.labels[0], b.labels[1]): b
            for b in self.blocks
            if b.kind in ("resource", "data")
        }
        self.found: dict[tuple[str, str], Seen] = {}

    def objects(self) -> Iterator[Seen]:
        """All of them, each with an id of its own."""
        for make in (
            partial(site_facts, self), partial(infrastructure, self),
            partial(tags, self), partial(folders, self), partial(rights, self),
            self._policies, self._profiles, self._classes,
            partial(namespaces, self), self._clusters, partial(gpu_settings, self), self._machines,
            partial(groups, self),
        ):  # fmt: skip
            make()
        yield from self.found.values()

    def put(self, kind: str, key: str, /, **fields: Value) -> None:
        """An object, or more fields of one that is there."""
        former = self.found.get((kind, key))
        own = fields.get("id")
        ident = str(own) if own else (former.ident if former else f"{kind}-{len(self.found)}")
        merged = {**(former.fields if former else {}), **fields}
        self.found[kind, key] = Seen(kind=kind, key=key, ident=ident, fields=merged)

    def join(self, kind: str, key: str, field: str, *entries: str) -> None:
        """More entries of a set."""
        there = self.found[kind, key].fields.get(field) or ()
        assert isinstance(there, tuple)
        self.put(kind, key, **{field: tuple(sorted({*there, *entries}))})

    def resources(self, kind: str) -> list[hcl.Block]:
        """The Terraform resources of a type."""
        return [b for b in self.blocks if b.kind == "resource" and b.labels[0] == kind]

    def named_by(self, reference: str) -> str:
        """The name of what a reference leads to."""
        data, _, rest = reference.partition("data.")
        kind, label = (rest if not data and rest else reference).split(".")[:2]
        key = f"data.{kind}" if reference.startswith("data.") else kind
        arguments = self.named[key, label].arguments
        return str(arguments.get("name") or arguments["path"])

    def tag_by(self, reference: str) -> str:
        """A tag as ``category/name``."""
        parts = reference.split(".")
        data = parts[0] == "data"
        kind, label = parts[data : data + 2]
        block = self.named[f"data.{kind}" if data else kind, label]
        return f"{self.named_by(block.arguments['category_id'])}/{block.arguments['name']}"

    def _policies(self) -> None:
        classes = json.loads(self.files["storage/storage-classes.json"])["storage_classes"]
        names = {one["policy"]: one["storage_class"] for one in classes}
        for block in self.resources("vsphere_vm_storage_policy"):
            it, rules = block.arguments, block.block("tag_rules").arguments
            category = self.named_by(rules["tag_category"])
            tags = tuple(self.named_by(tag) for tag in rules["tags"])
            matching = (
                seen.key
                for seen in self.found.values()
                if seen.kind == "datastore"
                and {f"{category}/{tag}" for tag in tags} & set(seen.fields["tags"])  # type: ignore[arg-type]
            )
            self.put(
                "storage-policy", it["name"], description=it["description"],
                category="REQUIREMENT", k8s_name=names[it["name"]],
                compatible_datastores=tuple(sorted(matching)), **{f"rule.tag.{category}": tags},
            )  # fmt: skip
        vsan = tuple(d["name"] for d in self.site["datastores"] if d["kind"].startswith("vsan"))
        for path, text in self.files.items():
            if path.startswith("storage/policies/"):
                body = json.loads(text)
                rules = {
                    f"rule.{one['id']['namespace']}.{one['id']['id']}": one["constraint"][0][
                        "propertyInstance"
                    ][0]["value"]
                    for sub in body["constraints"]["subProfiles"]
                    for one in sub["capability"]
                }
                self.put(
                    "storage-policy", body["name"], description=body["description"],
                    category="REQUIREMENT", k8s_name=names[body["name"]],
                    compatible_datastores=vsan, **rules,
                )  # fmt: skip

    def _profiles(self) -> None:
        for path, text in self.files.items():
            if path.startswith("supervisor/direct-path-profiles/"):
                spec = json.loads(text)["spec"]
                config = spec["deviceConfig"]
                device = config.get("vgpuProfile") or config["deviceGroupName"]
                self.put(
                    "direct-path-profile", device, name=spec["name"], vendor="NVIDIA",
                    description=spec["description"],
                )  # fmt: skip

    def _classes(self) -> None:
        for block in self.resources("vsphere_virtual_machine_class"):
            it = block.arguments
            self._class(it["name"], it["cpus"], it["memory"], it["cpu_reservation"],
                        it["memory_reservation"], it["vgpu_devices"])  # fmt: skip
        for path, text in self.files.items():
            if path.startswith("supervisor/vm-classes/"):
                body = json.loads(text)
                spec = body["config_spec"]
                backings = [one["device"]["backing"] for one in spec["deviceChange"]]
                options = {o["key"]: o["value"]["_value"] for o in spec["extraConfig"]}
                self._class(
                    body["id"], body["cpu_count"], body["memory_MB"], body["cpu_reservation"],
                    body["memory_reservation"], [b["vgpu"] for b in backings if "vgpu" in b],
                )  # fmt: skip
                groups = spec.get("deviceGroups", {}).get("deviceGroup", [])
                devices = [
                    "|".join(f"{a['vendorId']:04x}:{a['deviceId']:04x}" for a in b["allowedDevice"])
                    for b in backings
                    if "allowedDevice" in b
                ]
                self.put(
                    "vm-class", body["id"], description=body["description"],
                    mmio_gib=int(options["pciPassthru.64bitMMIOSizeGB"]),
                    device_group=groups[0]["deviceGroupName"] if groups else None,
                    pci_devices=tuple(devices),
                )  # fmt: skip

    def _class(
        self, name: str, cpus: int, memory: int, cpu: int, reserved: int, vgpus: list[str]
    ) -> None:
        self.put(
            "vm-class", name, description="", vcpus=cpus, memory_mib=memory,
            cpu_reservation_percent=cpu, memory_reservation_percent=reserved,
            vgpus=tuple(vgpus), device_group=None, mmio_gib=None, pci_devices=(),
            instance_storage_policy=None, instance_storage_volumes_mib=(), vms=(), namespaces=(),
        )  # fmt: skip

    def _clusters(self) -> None:
        for text in self.manifests.values():
            document = yaml.safe_load(text)
            meta, spec = document["metadata"], document["spec"]
            topology, network = spec["topology"], spec["clusterNetwork"]
            notes = meta["annotations"]
            fields: dict[str, Value] = {
                "stamp": notes["mlgen/stamp"],
                "class_namespace": topology.get("classNamespace")
                or topology.get("classRef", {}).get("namespace"),
                "cluster_class": topology.get("class") or topology["classRef"]["name"],
                # What the resolver makes of a prefix.
                "kubernetes_version": f"{topology['version']}.1---vmware.4-vkr.5",
                "control_plane_replicas": topology["controlPlane"]["replicas"],
                "phase": "Provisioned",
                "deleting": False,
                "pod_cidrs": tuple(network["pods"]["cidrBlocks"]),
                "service_cidrs": tuple(network["services"]["cidrBlocks"]),
                "variable.TKR_DATA": '{"v1.36.1---vmware.4":{"labels":{}}}',
            }
            for variable in topology["variables"]:
                value = variable["value"]
                plain = value if isinstance(value, str) else json.dumps(value, sort_keys=True)
                fields[f"variable.{variable['name']}"] = plain
            fields |= {
                f"label.{name.removeprefix('labels.mlgen/')}": value
                for name, value in notes.items()
                if name.startswith("labels.mlgen/")
            }
            fields |= {f"care.{k}": v for k, v in _care(topology["controlPlane"]).items()}
            for pool in topology["workers"]["machineDeployments"]:
                fields |= _pool(pool)
            self.put("vks-cluster", f"{meta['namespace']}/{meta['name']}", **fields)

    def _machines(self) -> None:
        for block in self.resources("vsphere_resource_pool"):
            it = block.arguments
            cluster = self.named_by(it["parent_resource_pool_id"])
            self.put(
                "resource-pool", f"{cluster}/{it['name']}", cpu_shares=it["cpu_share_level"],
                memory_shares=it["memory_share_level"], cpu_reservation_mhz=0,
                memory_reservation_mib=it["memory_reservation"],
                memory_expandable=it["memory_expandable"], cpu_expandable=True,
                scale_descendants_shares=it["scale_descendants_shares"],
                tags=tuple(sorted(map(self.tag_by, it["tags"]))),
            )  # fmt: skip
        modules = {b.labels[0]: b.arguments for b in self.blocks if b.kind == "module"}
        for it in modules.values():
            self._machine(it)
        for block in self.resources("vsphere_compute_cluster_vm_anti_affinity_rule"):
            it = block.arguments
            machines = (modules[one.split(".")[1]]["name"] for one in it["virtual_machine_ids"])
            cluster = self.named_by(it["compute_cluster_id"])
            self.put(
                "rule", f"{cluster}/{it['name']}", type="vm-anti-affinity", enabled=it["enabled"],
                mandatory=it["mandatory"], vms=tuple(sorted(machines)),
            )  # fmt: skip
        for block in self.resources("vsphere_drs_vm_override"):
            it = block.arguments
            name = modules[block.labels[1]]["name"]
            cluster = self.named_by(it["compute_cluster_id"])
            self.put("override", f"{cluster}/{name}", drs_enabled=it["drs_enabled"],
                     drs_automation=it["drs_automation_level"])  # fmt: skip
        for block in self.resources("vsphere_ha_vm_override"):
            it = block.arguments
            name = modules[block.labels[1]]["name"]
            cluster = self.named_by(it["compute_cluster_id"])
            priority = it["ha_vm_restart_priority"]
            self.put("override", f"{cluster}/{name}", ha_restart_priority=priority)

    def _machine(self, it: Mapping[str, Any]) -> None:
        folder = self.named_by(it["folder"])
        pool_block = self.named["vsphere_resource_pool", it["resource_pool_id"].split(".")[1]]
        cluster = self.named_by(pool_block.arguments["parent_resource_pool_id"])
        host = self.named_by(it["host_system_id"]) if "host_system_id" in it else "esx-01"
        path = f"{self.place}/vm/{folder}/{it['name']}"
        memory, reserved = it["memory_mib"], it["memory_reserved"]
        self.put(
            "vm", path, name=it["name"], host=host, cluster=cluster,
            pool=f"{cluster}/{pool_block.arguments['name']}",
            folder=path.rpartition("/")[0], power="poweredOn", vcpus=it["vcpus"],
            memory_mib=memory, memory_reservation_mib=memory if reserved else None,
            memory_locked=reserved, hardware_version=it.get("hardware_version"), firmware="efi",
            networks=(self.named_by(it["network_id"]),),
            datastores=(self.named_by(it["datastore_id"]),),
            stamp=it["annotation"],
            vgpus=(), passthrough=tuple(it.get("pci_device_ids") or ()),
            mmio_gib=it["mmio_gib"] or None, template=False,
        )  # fmt: skip


def _pool(pool: Mapping[str, Any]) -> dict[str, Value]:
    at = f"pool.{pool['name']}"
    overrides = {o["name"]: o["value"] for o in pool["variables"]["overrides"]}
    notes = pool["metadata"].get("annotations", {})
    bounds = {
        name: int(notes[f"cluster.x-k8s.io/cluster-api-autoscaler-node-group-{word}-size"])
        for name, word in (("minimum", "min"), ("maximum", "max"))
        if f"cluster.x-k8s.io/cluster-api-autoscaler-node-group-{word}-size" in notes
    }
    fields: dict[str, Value] = {f"{at}.vm_class": overrides["vmClass"]}
    # The autoscaler writes the replicas of an elastic pool.
    fields[f"{at}.replicas"] = pool.get("replicas", bounds.get("minimum", 0))
    fields |= {f"{at}.{name}": value for name, value in {**bounds, **_care(pool)}.items()}
    fields[f"{at}.os_image"] = pool["metadata"]["annotations"][OS_IMAGE]
    capacity = "capacity.cluster-autoscaler.kubernetes.io/"
    for name, value in notes.items():
        if name.startswith(capacity):
            fields[f"{at}.capacity.{name.removeprefix(capacity)}"] = value
    for name, value in overrides.items():
        if name != "vmClass":
            text = value if isinstance(value, str) else json.dumps(value, sort_keys=True)
            fields[f"{at}.variable.{name}"] = text
    if "failureDomain" in pool:
        fields[f"{at}.failure_domain"] = pool["failureDomain"]
    return fields


def _care(holder: Mapping[str, Any]) -> dict[str, Value]:
    """The times of a node's replacement in either version of the Cluster API."""
    health = holder.get("machineHealthCheck")
    if health is not None:
        return {
            "drain_s": _seconds(holder["nodeDrainTimeout"]),
            "volume_detach_s": _seconds(holder["nodeVolumeDetachTimeout"]),
            "deletion_s": _seconds(holder["nodeDeletionTimeout"]),
            "startup_s": _seconds(health["nodeStartupTimeout"]),
            "unhealthy_s": _seconds(health["unhealthyConditions"][0]["timeout"]),
            "health_check": health["enable"],
        }
    removal, check = holder["deletion"], holder["healthCheck"]
    return {
        "drain_s": removal["nodeDrainTimeoutSeconds"],
        "volume_detach_s": removal["nodeVolumeDetachTimeoutSeconds"],
        "deletion_s": removal["nodeDeletionTimeoutSeconds"],
        "startup_s": check["checks"]["nodeStartupTimeoutSeconds"],
        "unhealthy_s": check["checks"]["unhealthyNodeConditions"][0]["timeoutSeconds"],
        "health_check": check["enabled"],
    }


def _seconds(duration: str) -> int:
    """``1h10m0s``."""
    found = re.fullmatch(r"(?:(\d+)h)?(?:(\d+)m)?(\d+)s", duration)
    assert found is not None
    hours, minutes, seconds = map(int, found.groups(default="0"))
    return hours * 3600 + minutes * 60 + seconds
