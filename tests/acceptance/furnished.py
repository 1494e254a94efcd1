"""A vCenter with at least one object of every kind that a reading knows.

The release of the shipped example is in it, applied by Terraform and the apply script; this adds
what a site has besides: rules and groups, pools, attributes, roles, quotas, a subscribed library.
What SOAP takes is made by SOAP and what REST takes by REST; the rest is set by the control.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any

from pyVmomi import vim

from tests.acceptance import vcenter

OPTIONS = "configurationEx.drsConfig.option"
NAMESPACE = "acme-ml-dev-research"
SPEC_CLASS = "spec-2x80"
CLUSTER = "gpu-a"
POLICY = "vSAN Default Storage Policy"

Ids = Mapping[str, Mapping[str, str]]
"""Managed object ids by type and name."""


def furnish(endpoint: vcenter.Endpoint) -> Ids:
    """Adds one of everything and returns the ids by which later wishes refer to objects."""
    with vcenter.soap(endpoint) as instance, vcenter.Rest(endpoint) as rest:
        ids = _ids(instance)
        _cluster(instance)
        _access(instance)
        _attribute(instance)
        _classes(rest)
        _namespace(rest)
        _library(rest, ids)
        _tags(rest, ids)
    vcenter.command(endpoint, *_settings(), {"do": "keep"})
    return ids


def named(instance: Any, kind: Any, name: str) -> Any:
    """The object of a type that has this name."""
    return next(each for each in vcenter.inventory_objects(instance, kind) if each.name == name)


def _ids(instance: Any) -> Ids:
    kinds: dict[str, Any] = {
        "HostSystem": vim.HostSystem,
        "VirtualMachine": vim.VirtualMachine,
        "Datastore": vim.Datastore,
        "ClusterComputeResource": vim.ClusterComputeResource,
        "ResourcePool": vim.ResourcePool,
        "Folder": vim.Folder,
        "Datacenter": vim.Datacenter,
        "DistributedVirtualPortgroup": vim.dvs.DistributedVirtualPortgroup,
        "DistributedVirtualSwitch": vim.DistributedVirtualSwitch,
    }
    return {
        kind: {each.name: each._moId for each in vcenter.inventory_objects(instance, managed)}
        for kind, managed in kinds.items()
    }


def _cluster(instance: Any) -> None:
    """Rules, groups and what single VMs have otherwise."""
    cluster = named(instance, vim.ClusterComputeResource, CLUSTER)
    machines = sorted(vcenter.inventory_objects(instance, vim.VirtualMachine), key=_name)
    hosts = sorted(cluster.host, key=_name)
    spec = vim.cluster
    change = spec.ConfigSpecEx(
        groupSpec=[
            _add(spec.GroupSpec, spec.VmGroup(name="trainers", vm=machines[:2])),
            _add(spec.GroupSpec, spec.HostGroup(name="left", host=hosts[:2])),
            _add(spec.GroupSpec, spec.HostGroup(name="spare", host=hosts[3:])),
            _add(spec.GroupSpec, spec.VmGroup(name="idle", vm=machines[8:9])),
        ],
        rulesSpec=[
            _add(
                spec.RuleSpec,
                spec.AntiAffinityRuleSpec(name="apart", enabled=True, vm=machines[2:4]),
            ),
            _add(
                spec.RuleSpec,
                spec.VmHostRuleInfo(
                    name="keep-left", enabled=True, mandatory=False,
                    vmGroupName="trainers", affineHostGroupName="left",
                ),
            ),
        ],
        drsVmConfigSpec=[
            _add(
                spec.DrsVmConfigSpec,
                spec.DrsVmConfigInfo(key=machines[5], enabled=True, behavior="manual"),
            )
        ],
        dasVmConfigSpec=[
            _add(
                spec.DasVmConfigSpec,
                spec.DasVmConfigInfo(
                    key=machines[5],
                    dasSettings=spec.DasVmSettings(restartPriority="high"),
                ),
            )
        ],
    )  # fmt: skip
    wait(cluster.ReconfigureComputeResource_Task(change, modify=True))


def _add(kind: Any, entry: Any) -> Any:
    return kind(operation="add", info=entry)


def _name(entity: Any) -> str:
    return str(entity.name)


def wait(task: Any) -> Any:
    """The result of a task.

    Raises:
        RuntimeError: where it failed.
    """
    while task.info.state not in ("success", "error"):
        pass
    if task.info.state == "error":
        raise RuntimeError(str(task.info.error))
    return task.info.result


def _access(instance: Any) -> None:
    manager = instance.content.authorizationManager
    role = manager.AddAuthorizationRole(
        "ml-operator", ["System.View", "VirtualMachine.Interact.PowerOn"]
    )
    manager.AddAuthorizationRole("nobody", ["System.View"])
    folder = named(instance, vim.Folder, "acme-ml")
    manager.SetEntityPermissions(
        entity=folder,
        permission=[
            vim.AuthorizationManager.Permission(
                principal="CORP\\ml-ops", group=True, propagate=True, roleId=role
            )
        ],
    )


def _attribute(instance: Any) -> None:
    manager = instance.content.customFieldsManager
    field = manager.AddCustomFieldDef("owner", vim.VirtualMachine)
    manager.AddCustomFieldDef("cost", vim.VirtualMachine)
    machine = named(instance, vim.VirtualMachine, "vm-00002")
    manager.SetField(entity=machine, key=field.key, value="team-a")


def _classes(rest: vcenter.Rest) -> None:
    """A class in the form of 8.0.2: devices in a configuration spec (vim.vm.ConfigSpec as JSON)."""

    def gpu(key: int) -> dict[str, Any]:
        backing = {
            "_typeName": "VirtualPCIPassthroughVmiopBackingInfo",
            "vgpu": "nvidia_h100-80c",
        }
        device = {"_typeName": "VirtualPCIPassthrough", "key": key, "backing": backing}
        return {"_typeName": "VirtualDeviceConfigSpec", "operation": "add", "device": device}

    size = {"_typeName": "string", "_value": "512"}
    option = {"_typeName": "OptionValue", "key": "pciPassthru.64bitMMIOSizeGB", "value": size}
    rest.call(
        "POST",
        vcenter.CLASSES,
        {
            "id": SPEC_CLASS,
            "cpu_count": 32,
            "memory_MB": 262144,
            "memory_reservation": 100,
            "config_spec": {
                "_typeName": "VirtualMachineConfigSpec",
                "deviceChange": [gpu(-100), gpu(-101)],
                "extraConfig": [option],
                "memoryReservationLockedToMax": True,
            },
        },
    )


def _namespace(rest: vcenter.Rest) -> None:
    rest.call(
        "PATCH",
        f"{vcenter.NAMESPACES}/{NAMESPACE}",
        {"resource_spec": {"cpu_limit": 64000, "memory_limit": 524288, "pod_count": 200}},
    )


def _library(rest: vcenter.Rest, ids: Ids) -> None:
    backing = {"datastore_id": ids["Datastore"]["fc-gold-01"], "type": "DATASTORE"}
    for name in ("images", "old-images"):
        body = {"name": name, "description": "of the site", "type": "LOCAL"}
        rest.call("POST", "/api/content/local-library", {**body, "storage_backings": [backing]})


def _tags(rest: vcenter.Rest, ids: Ids) -> None:
    """A tag on one object of each kind that bears tags."""
    base = "/api/cis/tagging"
    body = {"description": "by site", "cardinality": "MULTIPLE", "associable_types": ["HostSystem"]}
    scratch = {"name": "scratch", "description": "", "cardinality": "SINGLE"}
    rest.call("POST", f"{base}/category", {**scratch, "associable_types": []})
    category = rest.call("POST", f"{base}/category", {"name": "site", **body})
    tag = rest.call(
        "POST", f"{base}/tag", {"name": "ams", "description": "Amsterdam", "category_id": category}
    )
    rest.call(
        "POST", f"{base}/tag", {"name": "ams-spare", "description": "", "category_id": category}
    )
    for kind, name in (("HostSystem", "esx-01"), ("VirtualMachine", "vm-00002")):
        rest.call(
            "POST",
            f"{base}/tag-association/{tag}?action=attach",
            {"object_id": {"type": kind, "id": ids[kind][name]}},
        )


def option(key: str, value: str) -> dict[str, Any]:
    """An option value as the control takes it: its type is stated."""
    return {
        "_typeName": "OptionValue",
        "key": key,
        "value": {"_typeName": "string", "_value": value},
    }


def put(target: str, path: str, value: Any) -> dict[str, Any]:
    """The wish to set a property."""
    return {"do": "set", "object": target, "path": path, "value": value}


def _settings() -> list[dict[str, Any]]:
    """What the simulator's own methods drop (govmomi's cluster_compute_resource.go)."""
    cluster = f"ClusterComputeResource:{CLUSTER}"
    policy = {
        "_typeName": "ClusterFailoverResourcesAdmissionControlPolicy",
        "cpuFailoverResourcesPercent": 25,
        "memoryFailoverResourcesPercent": 25,
        "failoverLevel": 1,
    }
    group = "DistributedVirtualPortgroup:pg-wl-01"
    order = "config.defaultPortConfig.uplinkTeamingPolicy"
    return [
        put(cluster, f"{OPTIONS}[+]", option("VmDevicesStunTimeTolerated", "60")),
        put(cluster, "configurationEx.dasConfig.option[+]", option("das.iostatsinterval", "120")),
        put(cluster, "configurationEx.dasConfig.admissionControlPolicy", policy),
        put(cluster, "summary.currentEVCModeKey", "intel-icelake"),
        put(cluster, "configurationEx.vsanConfigInfo.enabled", True),
        put("Datacenter:ams1", "overallStatus", "green"),
        put(group, f"{order}.policy.value", "loadbalance_loadbased"),
        put(group, f"{order}.uplinkPortOrder.activeUplinkPort", ["dvUplink1"]),
        put(group, f"{order}.uplinkPortOrder.standbyUplinkPort", ["dvUplink2"]),
        put("OptionManager:VpxSettings", "setting[+]", option("vgpu.hotmigrate.enabled", "true")),
    ]


Furnish = Callable[[vcenter.Endpoint], Ids]
