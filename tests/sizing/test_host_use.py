"""What VMs take of their own host's NVMe and ports."""

from __future__ import annotations

import pytest

from generator.blueprint.read import read_blueprint
from generator.catalog import Catalog
from generator.quantity import GIB
from generator.sizing.demand import Demand, PortUse
from generator.sizing.engine import size
from tests.rules.judging import subject

BLUEPRINT = """
resource_management: {{orchestrators: [{{name: k, kind: vks}}]}}
environments: {{dev: {{runs_on: [k]}}, prod: {{runs_on: [k], data: sample, sample: 10%}}}}
storage_compute:
  sites: [{{name: here, inventory: lab}}]
  storage:
    tiers:
    - {{name: files, media: ssd, backing: {backing}, datastore: nfs-1}}
  datasets:
  - {{name: images, size: 1000GiB, tier: files, read_rate: 500MB/s, {more}}}
workloads:
- {{name: train, phase: training, owner: science, data: images, environments: [{environment}],
   accelerator: {{gpus: 1}}, train: {{}}, shape: {{vcpu: 8, memory: 64GiB, gpus: 1}}}}
"""

SITE = """
metadata: {name: lab}
hosts:
- {name: esx-1, cluster: gpu-a, nvme: {devices: 2, size: 300GiB}}
clusters: [{name: gpu-a}]
"""


def used(backing: str = "nfs3", more: str = "sites: [here]", environment: str = "dev") -> Demand:
    """The demand of the one workload."""
    text = BLUEPRINT.format(backing=backing, more=more, environment=environment)
    document, facts = subject(text, SITE)
    assert facts[0].inventory is not None
    sized = size(read_blueprint(document), Catalog.builtin(), {"here": facts[0].inventory})
    (found,) = [demand for demand in sized.demands if demand.name == "train"]
    return found


def test_reads_from_nfs_enter_through_the_ports_of_the_host() -> None:
    assert used().ports == (PortUse(traffic="nfs", bytes_per_s=500_000_000),)


def test_an_object_store_is_reached_by_the_ports_of_vms() -> None:
    assert used("s3").ports == (PortUse(traffic="vm", bytes_per_s=500_000_000),)


@pytest.mark.parametrize("backing", ["vsan-esa", "vmfs-fc", "vmfs-local"])
def test_what_does_not_surely_pass_a_port_is_left_to_the_platform(backing: str) -> None:
    assert used(backing).ports == ()


def test_a_node_cache_takes_the_smaller_of_dataset_and_nvme() -> None:
    assert used(more="cache: node-local").nvme_bytes == 600 * GIB


def test_a_cache_answers_what_it_holds() -> None:
    """600 of 1,000 GiB are on the node."""
    assert used(more="cache: node-local").ports == (
        PortUse(traffic="nfs", bytes_per_s=200_000_000),
    )


def test_without_a_cache_no_nvme_is_taken() -> None:
    assert used().nvme_bytes == 0


def test_an_environment_holds_no_more_than_it_sees() -> None:
    found = used(more="cache: node-local", environment="prod")
    assert found.nvme_bytes == 100 * GIB
    assert found.ports == (PortUse(traffic="nfs", bytes_per_s=20_000_000),)
