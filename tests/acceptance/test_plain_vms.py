"""Plain VMs without a Supervisor: rendered, valid, and applied to the simulator where it can."""

from __future__ import annotations

import shutil
import subprocess
import sys
from collections import Counter
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from pyVmomi import vim

from tests.acceptance import vcenter
from tests.acceptance.roots import (
    Cli,
    Life,
    changed_attributes,
    changes,
    data_blocks,
    live,
    root_folders,
)
from tests.acceptance.shipped import ROOT
from tests.contracts import provider_schema

pytestmark = pytest.mark.tools

FOLDER = ROOT / "tests" / "fixtures" / "plain-vms"
TEMPLATE = "ubuntu-24.04-cloud"

# Production: a service of two VMs, kept apart and off the host whose VM cannot move, first to be
# restarted, in a pool and a folder of everybody's; development: one VM with a passed-through GPU,
# which DRS leaves alone and HA restarts last.
CREATED = {
    "10-foundation": {
        "vsphere_tag_category": 3,
        "vsphere_tag": 9,
        "vsphere_folder": 1,
        "vsphere_vm_storage_policy": 1,
        "vsphere_role": 2,
    },
    "40-dev-vms": {
        "vsphere_folder": 2,
        "vsphere_entity_permissions": 1,
        "vsphere_resource_pool": 1,
        "vsphere_virtual_machine": 1,
        "vsphere_drs_vm_override": 1,
        "vsphere_ha_vm_override": 1,
    },
    "40-prod-vms": {
        "vsphere_folder": 2,
        "vsphere_entity_permissions": 1,
        "vsphere_resource_pool": 1,
        "vsphere_virtual_machine": 2,
        "vsphere_compute_cluster_vm_anti_affinity_rule": 1,
        "vsphere_compute_cluster_vm_group": 1,
        "vsphere_compute_cluster_host_group": 1,
        "vsphere_compute_cluster_vm_host_rule": 1,
        "vsphere_ha_vm_override": 2,
    },
}
APPLIED = ("10-foundation", "40-prod-vms")
"""The simulator passes no device through to a VM in a cluster: 40-dev-vms is only planned."""

INVENTED = {
    ("vsphere_tag_category", "associable_types"),
    ("vsphere_resource_pool", "scale_descendants_shares"),
    ("vsphere_virtual_machine", "swap_placement_policy"),
}
"""Field for field, as in simulator_inventions.json; a pool keeps no scalable shares in govmomi's
simulator/resource_pool.go (UpdateConfig), a clone no swap placement in its virtual_machine.go."""


@pytest.fixture(scope="module")
def rendered(tmp_path_factory: pytest.TempPathFactory) -> Path:
    out = tmp_path_factory.mktemp("plain")
    command = [sys.executable, "-m", "generator", "render", str(FOLDER / "plain.yaml")]
    done = subprocess.run(
        [*command, "--out", str(out)],
        cwd=ROOT,
        capture_output=True,
        text=True,
        timeout=60,
        check=False,
    )
    assert done.returncode == 0, done.stdout + done.stderr
    return out / "plain" / "vc-rtm1"


def seed_template(endpoint: vcenter.Endpoint) -> None:
    """A VM of the template's name with one disk, as the site's image builder would leave it.

    The simulator's first role has id 0, which the provider takes for none: somebody else has it.
    """
    with vcenter.soap(endpoint) as instance:
        instance.content.authorizationManager.AddAuthorizationRole(name="theirs", privIds=[])
        (datacenter,) = vcenter.inventory_objects(instance, vim.Datacenter)
        (cluster,) = vcenter.inventory_objects(instance, vim.ClusterComputeResource)
        controller = vim.vm.device.ParaVirtualSCSIController(
            key=1000, busNumber=0, sharedBus="noSharing"
        )
        disk = vim.vm.device.VirtualDisk(
            key=2000,
            controllerKey=1000,
            unitNumber=0,
            capacityInKB=20 * 1024 * 1024,
            backing=vim.vm.device.VirtualDisk.FlatVer2BackingInfo(
                fileName="", diskMode="persistent", thinProvisioned=True
            ),
        )
        add = vim.vm.device.VirtualDeviceSpec
        spec = vim.vm.ConfigSpec(
            name=TEMPLATE,
            guestId="ubuntu64Guest",
            firmware="efi",
            numCPUs=1,
            memoryMB=1024,
            files=vim.vm.FileInfo(vmPathName="[vmfs-plain]"),
            deviceChange=[
                add(operation="add", device=controller),
                add(operation="add", fileOperation="create", device=disk),
            ],
        )
        task = datacenter.vmFolder.CreateVM_Task(config=spec, pool=cluster.resourcePool)
        while task.info.state not in ("success", "error"):
            pass
        assert task.info.state == "success", task.info.error


@pytest.fixture(scope="module")
def life(
    rendered: Path,
    command_line: Callable[[str], Cli],
    start_simulator: Callable[..., vcenter.Endpoint],
    tmp_path_factory: pytest.TempPathFactory,
) -> Life:
    """The whole life of all roots; the module lies beside them as it is rendered."""
    endpoint = start_simulator(inventory=FOLDER / "plain.site.yaml")
    seed_template(endpoint)
    scratch = tmp_path_factory.mktemp("roots")
    shutil.copytree(rendered / "modules", scratch / "modules")
    return live(command_line("terraform"), rendered, scratch, endpoint)


@pytest.fixture(scope="module")
def blocks(rendered: Path) -> dict[str, Any]:
    paths = [*root_folders(rendered), rendered / "modules" / "vm"]
    return {path.name: data_blocks([path]) for path in paths}


def test_the_example_has_these_roots(rendered: Path) -> None:
    assert [path.name for path in root_folders(rendered)] == sorted(CREATED)


@pytest.mark.parametrize("tool", ["terraform", "opentofu"])
def test_every_file_is_formatted(
    command_line: Callable[[str], Cli], rendered: Path, tool: str
) -> None:
    done = command_line(tool).run(rendered, "fmt", "-check", "-diff", "-recursive")
    assert done, done.output


@pytest.mark.parametrize("root", [*CREATED, "vm"])
def test_the_provider_would_take_every_block(blocks: dict[str, Any], root: str) -> None:
    assert provider_schema.problems(blocks[root], provider_schema.load()) == []


@pytest.mark.parametrize("root", CREATED)
def test_the_configuration_is_valid(life: Life, root: str) -> None:
    assert life.valid[root], life.valid[root].output


@pytest.mark.parametrize("root", CREATED)
def test_a_first_plan_creates_what_was_counted_by_hand(life: Life, root: str) -> None:
    plan = life.planned[root]
    assert "error" not in plan, plan["error"]
    kinds = Counter(each["type"] for each in changes(plan))
    assert kinds == CREATED[root]
    assert {tuple(each["change"]["actions"]) for each in changes(plan)} == {("create",)}


@pytest.mark.parametrize("root", APPLIED)
def test_apply_succeeds(life: Life, root: str) -> None:
    assert life.applied[root], life.applied[root].output


@pytest.mark.parametrize("root", APPLIED)
def test_a_second_plan_shows_nothing_but_what_the_simulator_invents(life: Life, root: str) -> None:
    plan = life.again[root]
    assert "error" not in plan, plan["error"]
    assert changed_attributes(plan) <= INVENTED


@pytest.mark.parametrize("root", APPLIED)
def test_f2_destroy_is_refused(life: Life, root: str) -> None:
    assert life.refused[root].code == 1
    assert "prevent_destroy" in life.refused[root].output


def test_f2_a_refused_destroy_takes_nothing(life: Life) -> None:
    assert life.after_refusal == life.between
    assert len(life.between["machines"]) - len(life.before["machines"]) == 2
    assert len(life.between["pools"]) - len(life.before["pools"]) >= 1


@pytest.mark.parametrize("root", APPLIED)
def test_destroy_is_complete_once_the_protection_is_lifted(life: Life, root: str) -> None:
    assert life.destroyed[root], life.destroyed[root].output


def test_destroy_leaves_what_was_there(life: Life) -> None:
    assert life.after == life.before
