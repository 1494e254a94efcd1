"""What a perfect vCenter would show after everything rendered was applied.

Built from the rendered files (Terraform, REST bodies, pbm documents, manifests) and from the raw
site document, in the way vCenter answers, and not from the records that ``diff`` projects: what
the projector and this file both say is a fact, and what only one of them says fails a test.
"""

from __future__ import annotations

import json
from collections.abc import Iterator, Mapping
from functools import cache, partial
from pathlib import Path
from typing import Any

import yaml

from generator.api import load, render
from generator.catalog import Catalog
from generator.vcenter.snapshot import Seen, Snapshot, Value, VcenterSeen
from tests.diff import hcl
from tests.diff.live_infrastructure import groups, infrastructure
from tests.example import ROOT

STARTED, ENDED = "2026-11-20T06:00:00Z", "2026-11-20T06:00:02Z"
GIB = 1 << 30

_DRS = {"fully-automated": "fullyAutomated"}
_TYPES = {"vsan-esa": "vsan", "vsan-osa": "vsan", "nfs41": "NFS41", "nfs3": "NFS"}


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
            self._site, partial(infrastructure, self), self._tags, self._folders, self._roles,
            self._policies, self._classes,
            self._namespaces, self._clusters, self._settings, self._machines,
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

    def _site(self) -> None:
        site = self.site
        self.put("vcenter", "", version=site["vcenters"][0].get("version", "8.0.3"), build="240")
        self.put("datacenter", self.datacenter, folder="", tags=(), release=())
        for cluster in (one for one in site.get("clusters", ()) if not _made(one)):
            ha = cluster.get("ha") or {}
            self.put(
                "cluster", cluster["name"], datacenter=self.datacenter, drs_enabled=True,
                drs_automation=_DRS[cluster["drs"]], drs_migration_threshold=3,
                ha_enabled=ha.get("enabled", bool(ha)),
                ha_host_failures=ha.get("host_failures", 0), vsan_enabled=True, tags=(),
                evc=cluster.get("evc"),
                configuration_profile=cluster.get("configuration_profile", False),
                hosts=tuple(h["name"] for h in site["hosts"] if h["cluster"] == cluster["name"]),
            )  # fmt: skip
            if cluster.get("zone"):
                self.put("zone", cluster["zone"], clusters=(cluster["name"],), description="")
        for supervisor in (one for one in site.get("supervisors", ()) if not _made(one)):
            self.put(
                "supervisor", f"{supervisor['ref']}.example",
                id=supervisor["id"], clusters=tuple(supervisor["clusters"]),
                zones=tuple(supervisor.get("zones", ())), config_status="RUNNING",
                control_plane_size=supervisor.get("control_plane_size", "SMALL"),
            )  # fmt: skip
        for library in (one for one in site.get("libraries", ()) if not _made(one)):
            kind = "subscribed" if library.get("subscribed") else "local"
            self.put("content-library", library["name"], type=kind, datastores=())
        for network in (one for one in site.get("networks", ()) if not _made(one)):
            self.put("network", network["port_group"], vlan=network["vlan"], tags=())
        for host in site["hosts"]:
            self._host(host)
        for datastore in site["datastores"]:
            self._datastore(datastore)
        for other in site.get("objects", ()):
            if other["kind"] == "storage-policy":
                stores = tuple(one["name"] for one in site["datastores"])
                self.put("storage-policy", other["name"], compatible_datastores=stores)

    def _host(self, host: Mapping[str, Any]) -> None:
        cpu, name = host["cpu"], host["name"]
        memory = int(host["memory"].removesuffix("GiB")) * GIB
        self.put(
            "host", name, cluster=host["cluster"], connection="connected", maintenance=False,
            power="poweredOn", version="8.0.3", sockets=cpu["sockets"],
            cores=cpu["sockets"] * cpu["cores_per_socket"],
            threads=2 * cpu["sockets"] * cpu["cores_per_socket"],
            memory_bytes=memory - memory // 200, graphics_default_type="shared",
            assignment_policy="performance", vgpu_types=(), tags=(),
        )  # fmt: skip
        for gpu in host.get("gpus", ()):
            board = Catalog.builtin().accelerator(gpu["model"])
            short = board.product.replace(" 80GB", "")
            self.put(
                "gpu", f"{name}/{gpu['pci']}", host=name, model=short,
                vendor_id=board.pci_ids[0].vendor, device_id=board.pci_ids[0].device,
                memory_mib=board.framebuffer_mib if hasattr(board, "framebuffer_mib") else 81920,
                graphics_type="shared", configured_type="shared", vgpu_mode="none",
                configured_vgpu_mode="sameSize", numa_node=gpu.get("numa"), vms=(),
                passthrough=gpu.get("mode") == "passthrough",
            )  # fmt: skip

    def _datastore(self, datastore: Mapping[str, Any]) -> None:
        hosts = [h["name"] for h in self.site["hosts"] if h["cluster"] in datastore["clusters"]]
        usable = int(datastore["usable"].removesuffix("TiB")) << 40
        self.put(
            "datastore", datastore["name"], type=_TYPES.get(datastore["kind"], "VMFS"),
            capacity_bytes=usable + (1 << 30), free_bytes=usable // 2, accessible=True,
            hosts=tuple(sorted(hosts)),
            tags=tuple(f"{t['category']}/{t['tag']}" for t in datastore.get("tags", ())),
        )  # fmt: skip
        for tag in datastore.get("tags", ()):
            self.put("tag-category", tag["category"], cardinality="SINGLE", associable_types=())
            self.put("tag", f"{tag['category']}/{tag['tag']}", description="")

    def _tags(self) -> None:
        for block in self.resources("vsphere_tag_category"):
            it = block.arguments
            self.put(
                "tag-category", it["name"], cardinality=it["cardinality"],
                associable_types=tuple(it["associable_types"]), description=it["description"],
            )  # fmt: skip
        for block in self.resources("vsphere_tag"):
            it = block.arguments
            key = f"{self.named_by(it['category_id'])}/{it['name']}"
            self.put("tag", key, description=it["description"])
        for path, text in self.files.items():
            if path.startswith("supervisor/zones/"):
                body = json.loads(text)
                clusters = tuple(body["clusters"])
                self.put("zone", body["zone"], clusters=clusters, description=body["description"])
            if path.startswith("supervisor/tag-attachments/"):
                body = json.loads(text)
                tag = f"{body['category']}/{body['tag']}"
                self.join("datastore", body["datastore"], "tags", tag)

    def _folders(self) -> None:
        for block in self.resources("vsphere_folder"):
            it = block.arguments
            tags = tuple(sorted(map(self.tag_by, it["tags"])))
            self.put("folder", f"{self.datacenter}/vm/{it['path']}", type="vm", tags=tags)
            for tag in tags:
                if tag.startswith("mlgen-release/"):
                    self.join("datacenter", self.datacenter, "release", tag.partition("/")[2])

    def _roles(self) -> None:
        for block in self.resources("vsphere_role"):
            it = block.arguments
            given = {*it["role_privileges"], "System.Anonymous", "System.Read", "System.View"}
            self.put("role", it["name"], privileges=tuple(sorted(given)), system=False)
        for (kind, _), block in self.named.items():
            if kind == "data.vsphere_role":
                label = block.arguments["label"]
                if ("role", label) not in self.found:
                    self.put("role", label, privileges=("System.Read",), system=True)
        for block in self.resources("vsphere_entity_permissions"):
            path = self.named["vsphere_folder", block.labels[1]].arguments["path"]
            for one in block.blocks:
                if one.kind == "permissions":
                    it = one.arguments
                    label = it["role_id"].split(".")[2]
                    principal = _printed(it["user_or_group"])
                    self.put(
                        "permission", f"{self.datacenter}/vm/{path}|{principal}",
                        role=self.named["data.vsphere_role", label].arguments["label"],
                        propagate=it["propagate"], is_group=it["is_group"],
                    )  # fmt: skip

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

    def _namespaces(self) -> None:
        for block in self.resources("vsphere_namespace"):
            name = block.arguments["name"]
            it, service = block.arguments, block.block("vm_service").arguments
            supervisor = f"{self.site['supervisors'][0]['ref']}.example"
            self.put(
                "namespace", name, supervisor=supervisor, description="", status="RUNNING",
                vm_classes=tuple(service["vm_classes"]),
                content_libraries=tuple(self.named_by(one) for one in service["content_libraries"]),
                storage_policies=tuple(self.named_by(one) for one in it["storage_policies"]),
                zones=(),
            )  # fmt: skip
        for path, text in self.files.items():
            if path.startswith("supervisor/namespaces/"):
                body = json.loads(text)
                supervisor = f"{self.site['supervisors'][0]['ref']}.example"
                lists = ("vm_classes", "content_libraries", "storage_policies")
                self.put(
                    "namespace", body["namespace"], supervisor=supervisor, status="RUNNING",
                    **{name: ("theirs", *body[name]) for name in lists},
                )  # fmt: skip
            elif path.startswith("supervisor/namespace-shares/"):
                body = json.loads(text)
                self.put("namespace", body["namespace"], **_share(body["update"]))
            elif path.startswith("supervisor/access/"):
                body = json.loads(text)
                subject = f"{body['subject_type'].lower()}:{body['subject']}@{body['domain']}"
                self.put("namespace", body["namespace"], **{f"access.{subject}": body["role"]})

    def _clusters(self) -> None:
        for text in self.manifests.values():
            document = yaml.safe_load(text)
            meta, spec = document["metadata"], document["spec"]
            topology, network = spec["topology"], spec["clusterNetwork"]
            fields: dict[str, Value] = {
                "cluster_class": topology.get("class") or topology["classRef"]["name"],
                # What the resolver makes of a prefix.
                "kubernetes_version": f"{topology['version']}.1---vmware.4-vkr.5",
                "control_plane_replicas": topology["controlPlane"]["replicas"],
                "phase": "Provisioned",
                "pod_cidrs": tuple(network["pods"]["cidrBlocks"]),
                "service_cidrs": tuple(network["services"]["cidrBlocks"]),
                "variable.TKR_DATA": '{"v1.36.1---vmware.4":{"labels":{}}}',
            }
            for variable in topology["variables"]:
                value = variable["value"]
                plain = value if isinstance(value, str) else json.dumps(value, sort_keys=True)
                fields[f"variable.{variable['name']}"] = plain
            for pool in topology["workers"]["machineDeployments"]:
                fields |= _pool(pool)
            self.put("vks-cluster", f"{meta['namespace']}/{meta['name']}", **fields)

    def _settings(self) -> None:
        settings = json.loads(self.files.get("gpu/settings.json", '{"settings": []}'))["settings"]
        for it in settings:
            if it["actor"] != "proposed":
                self._setting(it)

    def _setting(self, it: Mapping[str, str]) -> None:
        name, value, host = it["setting"], it["value"], it["host"]
        gpu = f"{host}/{it['device']}"
        if name.startswith("drs."):
            self.put("cluster", it["cluster"], **{f"drs_option.{name[4:]}": value})
        elif name == "vgpu.hotmigrate.enabled":
            self.put("vcenter", "", **{f"setting.{name}": value})
        elif name == "graphics.default-type":
            self.put("host", host, graphics_default_type="sharedDirect")
            for kind, key in list(self.found):
                if kind == "gpu" and key.startswith(f"{host}/"):
                    self.put(kind, key, graphics_type="sharedDirect",
                             configured_type="sharedDirect")  # fmt: skip
        elif name == "graphics.assignment-policy":
            self.put("host", host, assignment_policy=value.lower())
        elif name == "nvidia.RmPVMRL":
            self.put("host", host, **{"module_option.nvidia": value})
        else:
            of_gpus: dict[tuple[str, str], dict[str, Value]] = {
                ("graphics.vgpu-mode", value): {"configured_vgpu_mode": value},
                ("nvidia.mig-mode", "1"): {"vgpu_mode": "multiInstanceGpu"},
                ("pci.passthrough", "true"): {"passthrough": True},
            }
            if (name, value) in of_gpus:
                self.put("gpu", gpu, **of_gpus[name, value])

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

    def _machine(self, it: Mapping[str, Any]) -> None:
        folder = self.named_by(it["folder"])
        pool_block = self.named["vsphere_resource_pool", it["resource_pool_id"].split(".")[1]]
        cluster = self.named_by(pool_block.arguments["parent_resource_pool_id"])
        host = self.named_by(it["host_system_id"]) if "host_system_id" in it else "esx-01"
        path = f"{self.datacenter}/vm/{folder}/{it['name']}"
        memory, reserved = it["memory_mib"], it["memory_reserved"]
        self.put(
            "vm", path, name=it["name"], host=host, cluster=cluster,
            pool=f"{cluster}/{pool_block.arguments['name']}",
            folder=path.rpartition("/")[0], power="poweredOn", vcpus=it["vcpus"],
            memory_mib=memory, memory_reservation_mib=memory if reserved else None,
            memory_locked=reserved, hardware_version=it.get("hardware_version"), firmware="efi",
            networks=(self.named_by(it["network_id"]),),
            datastores=(self.named_by(it["datastore_id"]),),
            vgpus=(), passthrough=tuple(it.get("pci_device_ids") or ()),
            mmio_gib=it["mmio_gib"] or None, template=False,
        )  # fmt: skip


def _printed(principal: str) -> str:
    """A principal as vCenter prints it: the domain in capitals."""
    domain, slash, name = principal.rpartition("\\")
    return f"{domain.upper()}{slash}{name}"


def _share(update: Mapping[str, Any]) -> dict[str, Value]:
    """Limits and reservations of a namespace; a zone's keys are those of REST in lower case."""
    quota, zones = update.get("resource_spec", {}), update.get("zones", ())
    fields: dict[str, Value] = {"zones": tuple(zone["name"] for zone in zones)}
    fields |= {
        "cpu_limit_mhz": quota.get("cpu_limit"),
        "memory_limit_mib": quota.get("memory_limit"),
    }
    for one in update.get("storage_specs", ()):
        fields[f"storage_limit_mib.{one['policy']}"] = one["limit"]
    for zone in zones:
        at = f"zone_reservation.{zone['name']}"
        for one in zone.get("vm_reservations", ()):
            fields[f"{at}.vm_class.{one['reserved_vm_class']}"] = one["count"]
        plain = set(zone) - {"name", "vm_reservations"}
        fields |= {f"{at}.{name.lower()}": zone[name] for name in plain}
    return fields


def _made(thing: Mapping[str, Any]) -> bool:
    """Whether the site says that it is to be made, and so no fact yet."""
    return bool(thing.get("manage") == "create")


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
    fields |= {f"{at}.{name}": value for name, value in bounds.items()}
    if "failureDomain" in pool:
        fields[f"{at}.failure_domain"] = pool["failureDomain"]
    return fields


def path_of(name: str) -> Path:
    """A file of the repository."""
    return ROOT / name
