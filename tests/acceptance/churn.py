"""Benign churn (F9): what happens in a vCenter all day and is nobody's drift.

Every operation is lawful and drawn by a seed. What vcsim can do is done through its API; what it
cannot (a move of a vGPU VM, an HA restart, a rollout's states, free space) is replayed as the
property changes that vCenter would record.
"""

from __future__ import annotations

import random
from collections import Counter
from collections.abc import Callable
from typing import Any

import yaml
from pyVmomi import vim

from tests.acceptance import diffing, shipped, vcenter
from tests.acceptance.furnished import CLUSTER, NAMESPACE, named, put, wait

GPU_HOLDER = "vm-00002"
TAGGING = "/api/cis/tagging"
STATES = ("CONFIGURING", "RUNNING")


class Churn:
    """A vCenter that is at work. ``done`` counts the operations by kind."""

    def __init__(self, site: diffing.Site, rest: vcenter.Rest, soap: Any, seed: int) -> None:
        self.done: Counter[str] = Counter()
        self._site, self._rest, self._soap = site, rest, soap
        self._chance = random.Random(seed)
        self._cluster = named(soap, vim.ClusterComputeResource, CLUSTER)
        self._hosts = sorted(self._cluster.host, key=lambda host: host.name)
        self._pool = named(soap, vim.ResourcePool, "crowd")
        self._plain = [
            machine
            for machine in vcenter.inventory_objects(soap, vim.VirtualMachine)
            if not _passed_through(machine)
        ]
        self._nodes: list[Any] = []
        self._made: list[Any] = []
        self._classes: list[str] = []
        self._tags: list[str] = []
        self._resting: Any = None
        self._number = 0
        self._node_pool, self._node_folder = self._home()
        site_facts = yaml.safe_load(shipped.INVENTORY.read_text("utf-8"))
        self._supervisor = site_facts["supervisors"][0]["id"]

    def _home(self) -> tuple[Any, Any]:
        """Where VM Service keeps the nodes of a namespace: a pool and a folder named after it."""
        datacenter = self._soap.content.rootFolder.childEntity[0]
        spec = vim.ResourceConfigSpec(cpuAllocation=_unbound(), memoryAllocation=_unbound())
        pool = self._cluster.resourcePool.CreateResourcePool("Namespaces", spec)
        folder = datacenter.vmFolder.CreateFolder("Namespaces")
        return pool.CreateResourcePool(NAMESPACE, spec), folder.CreateFolder(NAMESPACE)

    def step(self) -> str:
        """One operation; its kind."""
        kinds: list[Callable[[], None]] = [
            self.power, self.move, self.make, self.unmake, self.roll_node, self.tag, self.untag,
            self.other_class, self.maintenance, self.move_vgpu, self.restart, self.fill,
            self.configure, self.other_space, self.claim_vcls,
        ]  # fmt: skip
        chosen = self._chance.choice(kinds)
        chosen()
        self.done[chosen.__name__] += 1
        return chosen.__name__

    def _host(self) -> Any:
        """A host that takes machines."""
        return self._chance.choice([host for host in self._hosts if host != self._resting])

    def _machine(self) -> Any:
        """A machine of others on a host that is at work."""
        return self._chance.choice(
            [one for one in self._plain if one.runtime.host != self._resting]
        )

    def settle(self) -> None:
        """Ends what is under way."""
        if self._resting is not None:
            wait(self._resting.ExitMaintenanceMode_Task(timeout=0))
            self._resting = None
        self._state("RUNNING")

    def power(self) -> None:
        """Somebody turns a machine on or off."""
        machine = self._machine()
        on = machine.runtime.powerState == "poweredOn"
        wait(machine.PowerOffVM_Task() if on else machine.PowerOnVM_Task())

    def move(self) -> None:
        """VMotion."""
        machine = self._machine()
        spec = vim.vm.RelocateSpec(host=self._host(), pool=self._pool)
        wait(machine.RelocateVM_Task(spec))

    def _create(self, name: str, folder: Any, pool: Any) -> Any:
        spec = vim.vm.ConfigSpec(
            name=name, guestId="ubuntu64Guest", numCPUs=1, memoryMB=512,
            files=vim.vm.FileInfo(vmPathName="[vsan-gpu-a]"),
        )  # fmt: skip
        return wait(folder.CreateVM_Task(spec, pool, self._host()))

    def _next(self, prefix: str) -> str:
        self._number += 1
        return f"{prefix}-{self._number}"

    def make(self) -> None:
        """Others make a machine."""
        folder = named(self._soap, vim.Folder, "crowd")
        self._made.append(self._create(self._next("guest"), folder, self._pool))

    def unmake(self) -> None:
        """Others delete one."""
        if self._made:
            wait(self._made.pop(self._chance.randrange(len(self._made))).Destroy_Task())

    def roll_node(self) -> None:
        """Autoscaling, or a rollout: a new node comes, an old one goes (F16)."""
        name = self._next(f"{NAMESPACE}-pool")
        self._nodes.append(self._create(name, self._node_folder, self._node_pool))
        if len(self._nodes) > 3 or self._chance.random() < 0.3:
            wait(self._nodes.pop(0).Destroy_Task())

    def claim_vcls(self) -> None:
        """VCenter replaces one of the machines that it keeps for itself."""
        folder = named(self._soap, vim.Folder, "crowd")
        made = self._create(self._next("vCLS"), folder, self._cluster.resourcePool)
        wait(made.Destroy_Task())

    def tag(self) -> None:
        """Others invent a tag and put it on a host of ours."""
        body = {"description": "", "cardinality": "MULTIPLE", "associable_types": []}
        name = self._next("theirs")
        category = self._rest.call("POST", f"{TAGGING}/category", {"name": name, **body})
        tag = self._rest.call(
            "POST", f"{TAGGING}/tag", {"name": name, "description": "", "category_id": category}
        )
        host = self._chance.choice(self._hosts)
        self._rest.call(
            "POST",
            f"{TAGGING}/tag-association/{tag}?action=attach",
            {"object_id": {"type": "HostSystem", "id": host._moId}},
        )
        self._tags.append(category)

    def untag(self) -> None:
        """Others tidy up."""
        if self._tags:
            self._rest.call("DELETE", f"{TAGGING}/category/{self._tags.pop()}")

    def other_class(self) -> None:
        """Others make a VM class, or delete theirs."""
        if len(self._classes) > 2:
            self._rest.call("DELETE", f"{vcenter.CLASSES}/{self._classes.pop()}")
            return
        name = self._next("theirs")
        self._rest.call("POST", vcenter.CLASSES, {"id": name, "cpu_count": 1, "memory_MB": 1024})
        self._classes.append(name)

    def other_space(self) -> None:
        """Others make a namespace and delete it."""
        name = self._next("theirs")
        body = {"namespace": name, "supervisor": self._supervisor}
        self._rest.call("POST", f"{vcenter.NAMESPACES}/v2", body)
        if self._chance.random() < 0.7:
            self._rest.call("DELETE", f"{vcenter.NAMESPACES}/{name}")

    def maintenance(self) -> None:
        """A host goes into maintenance, or comes back."""
        if self._resting is None:
            self._resting = self._chance.choice(self._hosts)
            wait(self._resting.EnterMaintenanceMode_Task(timeout=0))
        else:
            wait(self._resting.ExitMaintenanceMode_Task(timeout=0))
            self._resting = None

    def move_vgpu(self) -> None:
        """VMotion of a machine with a vGPU: its host changes, and who is on which board."""
        machine = named(self._soap, vim.VirtualMachine, GPU_HOLDER)
        old, new = machine.runtime.host, self._host()
        here = {"type": "HostSystem", "value": new._moId}
        me = {"type": "VirtualMachine", "value": machine._moId}
        board = "config.graphicsInfo[0].vm"
        kept = [
            {"type": "VirtualMachine", "value": each._moId}
            for each in old.config.graphicsInfo[0].vm
            if each._moId != machine._moId
        ]
        others = [
            {"type": "VirtualMachine", "value": each._moId}
            for each in new.config.graphicsInfo[0].vm
            if each._moId != machine._moId
        ]
        self._site.tell(
            put(f"VirtualMachine:{GPU_HOLDER}", "runtime.host", here),
            put(f"HostSystem:{old.name}", board, kept),
            put(f"HostSystem:{new.name}", board, [*others, me]),
        )

    def restart(self) -> None:
        """HA starts a machine again on another host."""
        machine = self._machine()
        host = {"type": "HostSystem", "value": self._host()._moId}
        self._site.tell(
            put(f"VirtualMachine:{machine.name}", "runtime.host", host),
            {
                "do": "event", "event": "VmRestartedOnAlternateHostEvent", "user": "",
                "object": f"VirtualMachine:{machine.name}",
            },
        )  # fmt: skip

    def fill(self) -> None:
        """A datastore fills or empties."""
        free = self._chance.randrange(1 << 30, 20 << 40)
        self._site.tell(put("Datastore:vsan-gpu-a", "summary.freeSpace", free))

    def configure(self) -> None:
        """The Supervisor works on a namespace, or is done."""
        self._state(self._chance.choice(STATES))

    def _state(self, state: str) -> None:
        self._site.tell(
            {
                "do": "rest", "store": "namespaces", "key": NAMESPACE,
                "path": "config_status", "value": state,
            }
        )  # fmt: skip


def _passed_through(machine: Any) -> bool:
    return any(
        isinstance(device, vim.vm.device.VirtualPCIPassthrough)
        for device in machine.config.hardware.device
    )


def _unbound() -> Any:
    shares = vim.SharesInfo(level="normal", shares=4000)
    return vim.ResourceAllocationInfo(
        reservation=0, limit=-1, expandableReservation=True, shares=shares
    )
