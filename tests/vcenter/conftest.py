"""Simulated vCenters for the tests that read one."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator
from contextlib import ExitStack
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pytest
from pyVmomi import vim

from generator.vcenter.settings import Connection, connections
from tests.acceptance import shipped, vcenter

UUID = "3f2a7c1e-0d54-4b7b-9a61-7e5f2f8f0a11"
"""The instance id of the shipped inventory."""
_METHOD = re.compile(r'<(\w+) xmlns="urn:(?:vim25|pbm)[^"]*"><_this')


@dataclass
class Simulated:
    """A running simulator, and what has reached it so far."""

    endpoint: vcenter.Endpoint
    folder: Path

    def environment(self, **more: str) -> dict[str, str]:
        """What a reader of this vCenter needs."""
        return {
            "VSPHERE_SERVER": self.endpoint.server,
            "VSPHERE_USER": self.endpoint.user,
            "VSPHERE_PASSWORD": vcenter.PASSWORD,
            "VSPHERE_CA_FILE": self.endpoint.ca_file,
            **more,
        }

    def connection(self, ref: str = "vc-ams1", **more: str) -> Connection:
        (made,) = connections([ref], self.environment(**more))
        return made

    def methods(self, since: int = 0) -> list[str]:
        """The SOAP methods in the trace from a position on."""
        return _METHOD.findall((self.folder / "trace").read_text("utf-8", "replace")[since:])

    def position(self) -> int:
        return len((self.folder / "trace").read_text("utf-8", "replace"))

    def requests(self) -> list[str]:
        """``GET /path`` of every request."""
        import json

        lines = (self.folder / "requests.jsonl").read_text("utf-8").splitlines()
        found = map(json.loads, lines)
        return [f"{each['method']} {each['path']}" for each in found]

    def rest_sessions(self) -> int:
        """REST sessions that were opened and not closed."""
        came = self.requests()
        return came.count("POST /api/session") - came.count("DELETE /api/session")

    def soap_sessions(self) -> int:
        """SOAP sessions on the server, without the one that asks."""
        with vcenter.soap(self.endpoint) as instance:
            return len(instance.content.sessionManager.sessionList) - 1


Start = Callable[..., Simulated]


@pytest.fixture(scope="session")
def start(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Start]:
    """Starts a simulator of the shipped inventory; all are ended with the session."""
    with ExitStack() as running:

        def begin(*flags: str, inventory: Path = shipped.INVENTORY) -> Simulated:
            folder = tmp_path_factory.mktemp("vcenter")
            flags = ("-trace", str(folder / "trace"), *flags)
            endpoint = running.enter_context(vcenter.simulator(inventory, folder, *flags))
            return Simulated(endpoint, folder)

        yield begin


@pytest.fixture(scope="session")
def simulated(start: Start) -> Simulated:
    """One that has an object of every kind that it can hold; nobody changes it."""
    made = start()
    with vcenter.soap(made.endpoint) as instance, vcenter.Rest(made.endpoint) as rest:
        furnish_soap(instance)
        furnish_rest(rest)
    return made


def named(instance: Any, kind: Any, name: str) -> Any:
    """The object of a type that has this name."""
    return next(each for each in vcenter.inventory_objects(instance, kind) if each.name == name)


def done(task: Any) -> Any:
    """The result of a task."""
    while task.info.state not in ("success", "error"):
        pass
    assert task.info.state == "success", task.info.error
    return task.info.result


GPU_VM, PLAIN_VM = "trainer", "plain"


def furnish_soap(instance: Any) -> None:
    """VMs, a pool, rules, groups, an attribute and a permission."""
    cluster = named(instance, vim.ClusterComputeResource, "gpu-a")
    center = named(instance, vim.Datacenter, "ams1")
    folder = center.vmFolder.CreateFolder("acme-ml")
    pool = cluster.resourcePool.CreateResourcePool("ml", allocation())
    gpu = done(folder.CreateVM_Task(vm_spec(GPU_VM, gpus=2), pool, cluster.host[0]))
    plain = done(center.vmFolder.CreateVM_Task(vm_spec(PLAIN_VM), pool, cluster.host[1]))
    spec = vim.cluster
    entries = spec.ConfigSpecEx(
        groupSpec=[
            spec.GroupSpec(operation="add", info=spec.VmGroup(name="trainers", vm=[gpu])),
            spec.GroupSpec(
                operation="add", info=spec.HostGroup(name="left", host=cluster.host[:2])
            ),
        ],
        rulesSpec=[
            spec.RuleSpec(
                operation="add",
                info=spec.AntiAffinityRuleSpec(name="apart", enabled=True, vm=[gpu, plain]),
            )
        ],
        drsVmConfigSpec=[
            spec.DrsVmConfigSpec(
                operation="add", info=spec.DrsVmConfigInfo(key=gpu, enabled=True, behavior="manual")
            )
        ],
    )
    done(cluster.ReconfigureComputeResource_Task(entries, modify=True))
    fields = instance.content.customFieldsManager
    owner = fields.AddCustomFieldDef("owner", vim.VirtualMachine)
    fields.SetField(entity=gpu, key=owner.key, value="team-a")


def allocation() -> Any:
    shares = vim.SharesInfo(level="normal", shares=4000)
    plain = vim.ResourceAllocationInfo(
        reservation=0, limit=-1, expandableReservation=True, shares=shares
    )
    return vim.ResourceConfigSpec(cpuAllocation=plain, memoryAllocation=plain)


def vm_spec(name: str, gpus: int = 0) -> Any:
    """A VM with a secret in its extra configuration, and vGPUs where they are asked for."""
    device = vim.vm.device
    backing = device.VirtualPCIPassthrough.VmiopBackingInfo(vgpu="nvidia_h100-80c")
    options = {"guestinfo.userdata": "TOKEN"}
    if gpus:
        options["pciPassthru.64bitMMIOSizeGB"] = "512"
    return vim.vm.ConfigSpec(
        name=name,
        memoryMB=65536,
        numCPUs=8,
        guestId="ubuntu64Guest",
        firmware="efi",
        version="vmx-21",
        files=vim.vm.FileInfo(vmPathName="[vsan-gpu-a]"),
        memoryReservationLockedToMax=bool(gpus),
        deviceChange=[
            device.VirtualDeviceSpec(
                operation="add", device=device.VirtualPCIPassthrough(key=-10 - n, backing=backing)
            )
            for n in range(gpus)
        ],
        extraConfig=[vim.option.OptionValue(key=key, value=text) for key, text in options.items()],
    )


def furnish_rest(rest: vcenter.Rest) -> None:
    """A VM class and a namespace."""
    rest.call(
        "POST",
        vcenter.CLASSES,
        {
            "id": "gpu-1x80", "cpu_count": 8, "memory_MB": 65536, "memory_reservation": 100,
            "devices": {"vgpu_devices": [{"profile_name": "nvidia_h100-80c"}]},
        },
    )  # fmt: skip
    rest.call(
        "POST",
        f"{vcenter.NAMESPACES}/v2",
        {
            "namespace": "ml-dev",
            "supervisor": "5f7a0c9e-2d41-4e0f-8a55-1c2b3d4e5f60",
            "vm_service_spec": {"vm_classes": ["gpu-1x80"], "content_libraries": []},
            "storage_specs": [{"policy": "aa6d5a82-1c88-45da-85d3-3d74b91a5bad", "limit": 1024}],
        },
    )
