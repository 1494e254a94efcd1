"""Resources that the example does not render yet, applied, changed and destroyed.

Later targets build on them, so that the provider and the simulator must carry them already.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import pytest

from tests.acceptance import vcenter
from tests.acceptance.roots import Cli, Step
from tests.acceptance.shipped import INVENTORY
from tests.tools import build

pytestmark = pytest.mark.tools

SUPERVISOR = "5f7a0c9e-2d41-4e0f-8a55-1c2b3d4e5f60"

HEAD = """
terraform {
  required_providers {
    vsphere = {
      source = "vmware/vsphere"
    }
  }
}

variable "grown" {
  type = bool
}

data "vsphere_datacenter" "d" {
  name = "ams1"
}
"""

STATE_ALONE = "kept in the state alone"

# The root by kind of object, so that a failure names what it was about.
PARTS = {
    "classes and namespaces": f"""
resource "vsphere_virtual_machine_class" "c" {{
  name   = "c"
  cpus   = var.grown ? 4 : 2
  memory = 4096
}}

resource "vsphere_virtual_machine_class" "d" {{
  name               = "d"
  cpus               = 2
  memory             = 4096
  memory_reservation = 100
  vgpu_devices       = ["nvidia_h100-80c"]
}}

resource "vsphere_namespace" "n" {{
  name       = "n"
  supervisor = "{SUPERVISOR}"

  vm_service {{
    vm_classes = concat(
      [vsphere_virtual_machine_class.c.name],
      var.grown ? [vsphere_virtual_machine_class.d.name] : [],
    )
  }}
}}

data "vsphere_namespace" "n" {{
  name       = vsphere_namespace.n.name
  depends_on = [vsphere_namespace.n]
}}
""",
    "zones": """
data "vsphere_compute_cluster" "gpu" {
  name          = "gpu-a"
  datacenter_id = data.vsphere_datacenter.d.id
}

resource "vsphere_zone" "z" {
  name        = "z2"
  description = "second"
  cluster_ids = var.grown ? [data.vsphere_compute_cluster.gpu.id] : []
}

data "vsphere_zone" "z" {
  name = "z1"
}
""",
    "roles": """
resource "vsphere_role" "r" {
  count           = 2
  name            = "role-${count.index}"
  role_privileges = ["Datastore.Browse", "Network.Assign"]
}
""",
    "policies": """
resource "vsphere_tag_category" "c" {
  name             = "c"
  cardinality      = "SINGLE"
  associable_types = ["Datastore"]

  lifecycle {
    ignore_changes = [associable_types]
  }
}

resource "vsphere_tag" "t" {
  name        = "t"
  category_id = vsphere_tag_category.c.id
}

resource "vsphere_vm_storage_policy" "p" {
  name        = "p"
  description = var.grown ? "new" : "old"

  tag_rules {
    tag_category = vsphere_tag_category.c.name
    tags         = [vsphere_tag.t.name]
  }
}

data "vsphere_storage_policy" "p" {
  name = vsphere_vm_storage_policy.p.name
}
""",
    "inventory lookups": """
data "vsphere_network" "n" {
  name          = "pg-wl-01"
  datacenter_id = data.vsphere_datacenter.d.id
  retry_timeout = 5
}

data "vsphere_datastore" "s" {
  name          = "vsan-gpu-a"
  datacenter_id = data.vsphere_datacenter.d.id
}

data "vsphere_host" "h" {
  name          = "esx-01"
  datacenter_id = data.vsphere_datacenter.d.id
}

data "vsphere_host_pci_device" "g" {
  host_id    = data.vsphere_host.h.id
  vendor_id  = "10de"
  name_regex = "H100"

  lifecycle {
    postcondition {
      condition     = self.id == "0000:17:00.0"
      error_message = "Another device."
    }
  }
}

resource "vsphere_content_library" "l" {
  name            = "l"
  storage_backing = [data.vsphere_datastore.s.id]
}
""",
    STATE_ALONE: """
resource "vsphere_offline_software_depot" "d" {
  location = "https://depot.example.org/index.xml"
}
""",
}


@dataclass(slots=True)
class Course:
    """The steps of one part."""

    steps: dict[str, Step] = field(default_factory=dict)
    seen: dict[str, Any] = field(default_factory=dict)


def plan(cli: Cli, folder: Path, settings: dict[str, str]) -> Step:
    return cli.run(folder, "plan", "-no-color", "-detailed-exitcode", settings=settings)


widened_only = pytest.mark.skipif(
    build.own_mirror() is not None, reason="the published provider does more than keep state"
)


@pytest.fixture(
    scope="module",
    params=[
        *(part for part in PARTS if part != STATE_ALONE),
        pytest.param(STATE_ALONE, marks=widened_only),
    ],
)
def course(
    request: pytest.FixtureRequest,
    command_line: Callable[[str], Cli],
    endpoint: vcenter.Endpoint,
    tmp_path_factory: pytest.TempPathFactory,
) -> Course:
    folder = tmp_path_factory.mktemp("part")
    (folder / "main.tf").write_text(HEAD + PARTS[request.param], "utf-8")
    cli = command_line("terraform")
    small = {**endpoint.environment(), "TF_VAR_grown": "false"}
    grown = {**endpoint.environment(), "TF_VAR_grown": "true"}
    made = Course(seen={"before": vcenter.snapshot(endpoint)})
    made.steps["init"] = cli.run(folder, "init", "-no-color")
    made.steps["apply"] = cli.run(folder, "apply", "-auto-approve", "-no-color", settings=small)
    made.steps["plan"] = plan(cli, folder, small)
    made.steps["change"] = cli.run(folder, "apply", "-auto-approve", "-no-color", settings=grown)
    made.steps["plan after change"] = plan(cli, folder, grown)
    made.steps["destroy"] = cli.run(folder, "destroy", "-auto-approve", "-no-color", settings=grown)
    made.seen["after"] = vcenter.snapshot(endpoint)
    return made


@pytest.mark.parametrize("step", ["init", "apply", "change", "destroy"])
def test_the_step_succeeds(course: Course, step: str) -> None:
    assert course.steps[step], course.steps[step].output


@pytest.mark.parametrize("step", ["plan", "plan after change"])
def test_the_next_plan_is_empty(course: Course, step: str) -> None:
    assert course.steps[step].code == 0, course.steps[step].output


def test_nothing_is_left_behind(course: Course) -> None:
    assert course.seen["after"] == course.seen["before"]


def test_the_supervisor_is_that_of_the_inventory() -> None:
    assert SUPERVISOR in INVENTORY.read_text("utf-8")


@widened_only
def test_what_cannot_be_read_is_an_error_and_never_empty(
    command_line: Callable[[str], Cli], endpoint: vcenter.Endpoint, tmp_path: Path
) -> None:
    text = 'data "vsphere_host_base_images" "i" {}\n'
    (tmp_path / "main.tf").write_text(HEAD + text, "utf-8")
    cli = command_line("terraform")
    settings = {**endpoint.environment(), "TF_VAR_grown": "true"}
    assert cli.run(tmp_path, "init", "-no-color")
    done = plan(cli, tmp_path, settings)
    assert done.code == 1
    assert "cannot read it" in done.output
