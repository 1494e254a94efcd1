"""What is made on an empty target: valid as a whole, applied where the simulator can follow.

The simulator answers no vSAN reconfiguration, so that the provider can make no cluster there; it
knows no switch by its UUID, so that neither switches nor port groups are made; and it enables no
Supervisor (``simulator/cluster_compute_resource.go``, ``simulator/dvs.go``,
``vapi/namespace/simulator``). Those are valid and planned, the rest of their root is applied.
"""

from __future__ import annotations

import json
from collections import Counter
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
import yaml

from generator.api import guard
from tests.acceptance import vcenter
from tests.acceptance.conftest import rendered
from tests.acceptance.roots import (
    Cli,
    changes,
    data_blocks,
    lift,
    protected_resources,
    root_folders,
)
from tests.acceptance.shipped import ROOT
from tests.contracts import provider_schema

pytestmark = pytest.mark.tools

FOLDER = ROOT / "tests" / "fixtures" / "greenfield"
LISTS = ("datacenters", "clusters", "zones", "supervisors", "libraries", "switches", "networks")

# Infrastructure: the attribute that carries stamps; one datacenter, a cluster for GPUs and one for
# CPUs, a switch with three port groups. Foundation: both libraries beside what a platform has.
CREATED = {
    "00-infrastructure": {
        "vsphere_custom_attribute": 1,
        "vsphere_datacenter": 1,
        "vsphere_compute_cluster": 2,
        "vsphere_distributed_virtual_switch": 1,
        "vsphere_distributed_port_group": 3,
    },
    "25-supervisor": {"vsphere_supervisor_v2": 1},
}
APPLIED = ("vsphere_custom_attribute.mlgen", "vsphere_datacenter.bud2")
NOT_APPLIABLE = {
    "vsphere_compute_cluster": "VsanClusterReconfig is not answered",
    "vsphere_distributed_virtual_switch": "QueryDvsByUuid is not answered",
    "vsphere_distributed_port_group": "needs its switch",
    "vsphere_supervisor_v2": "/supervisors?action=enable_on_compute_cluster is not answered",
}
"""By kind, why the simulator cannot have it."""


@pytest.fixture(scope="module")
def tree(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return rendered(FOLDER / "greenfield.yaml", tmp_path_factory.mktemp("green")) / "vc-bud1"


@pytest.fixture(scope="module")
def endpoint(
    start_simulator: Callable[..., vcenter.Endpoint], tmp_path_factory: pytest.TempPathFactory
) -> vcenter.Endpoint:
    """A vCenter before the first apply: what is to be made is not in it."""
    site = yaml.safe_load((FOLDER / "greenfield.site.yaml").read_text("utf-8"))
    for name in (*LISTS, "hosts"):
        site[name] = [each for each in site[name] if each.get("manage") != "create"]
    there = {each["name"] for each in site["clusters"]}
    site["datastores"] = [d for d in site["datastores"] if set(d["clusters"]) <= there]
    file = tmp_path_factory.mktemp("site") / "before.site.yaml"
    file.write_text(yaml.safe_dump(site), "utf-8")
    return start_simulator(inventory=file)


@pytest.fixture(scope="module")
def cli(command_line: Callable[[str], Cli]) -> Cli:
    return command_line("terraform")


@pytest.fixture(scope="module")
def folders(tree: Path, cli: Cli) -> dict[str, Path]:
    """The roots, initialised where they were rendered."""
    found = {path.name: path for path in root_folders(tree)}
    for folder in found.values():
        done = cli.run(folder, "init", "-no-color", "-backend=false")
        assert done, done.output
    return found


def test_every_file_is_formatted(cli: Cli, tree: Path) -> None:
    done = cli.run(tree, "fmt", "-check", "-diff", "-recursive")
    assert done, done.output


@pytest.mark.parametrize("root", ["00-infrastructure", "10-foundation", "25-supervisor"])
def test_every_root_is_valid(cli: Cli, folders: dict[str, Path], root: str) -> None:
    done = cli.run(folders[root], "validate", "-no-color")
    assert done, done.output


def test_the_newest_provider_would_take_every_block(folders: dict[str, Path]) -> None:
    for folder in folders.values():
        assert provider_schema.problems(data_blocks([folder]), provider_schema.load()) == []


@pytest.mark.parametrize("root", CREATED)
def test_it_says_what_was_counted_by_hand(folders: dict[str, Path], root: str) -> None:
    counted = provider_schema.counted(data_blocks([folders[root]]))
    made = {kind: n for kind, n in counted.items() if not kind.startswith("data.")}
    assert made == CREATED[root]


def test_f2_nothing_that_is_made_can_be_destroyed_by_a_plan(folders: dict[str, Path]) -> None:
    for root, kinds in CREATED.items():
        protected = protected_resources(data_blocks([folders[root]]))
        assert Counter(kind for kind, _ in protected) == kinds


def test_each_kind_is_applied_or_listed_with_its_reason() -> None:
    kinds = {kind for some in CREATED.values() for kind in some}
    applied = {each.partition(".")[0] for each in APPLIED}
    assert kinds == applied | set(NOT_APPLIABLE)
    assert not applied & set(NOT_APPLIABLE)


@pytest.fixture(scope="module")
def infrastructure(
    cli: Cli, folders: dict[str, Path], endpoint: vcenter.Endpoint
) -> dict[str, Any]:
    """Root 00 planned as a whole, then applied as far as the simulator follows, and taken back."""
    folder, settings = folders["00-infrastructure"], endpoint.environment()
    targets = [f"-target={each}" for each in APPLIED]
    seen: dict[str, Any] = {"before": vcenter.snapshot(endpoint)}

    def plan(*flags: str) -> Any:
        made = cli.run(folder, "plan", "-no-color", "-out=plan.bin", *flags, settings=settings)
        assert made, made.output
        return json.loads(cli.run(folder, "show", "-json", "plan.bin").output)

    def run(*arguments: str) -> Any:
        return cli.run(folder, *arguments, "-auto-approve", "-no-color", settings=settings)

    seen["whole"] = plan()
    seen["applied"] = run("apply", *targets)
    seen["between"] = vcenter.snapshot(endpoint)
    seen["again"] = plan(*targets)
    seen["refused"] = run("destroy")
    lift(folder)
    seen["destroyed"] = run("destroy")
    seen["after"] = vcenter.snapshot(endpoint)
    return seen


def test_the_whole_root_is_planned(infrastructure: dict[str, Any]) -> None:
    found = changes(infrastructure["whole"])
    assert Counter(each["type"] for each in found) == CREATED["00-infrastructure"]
    assert {tuple(each["change"]["actions"]) for each in found} == {("create",)}


def test_the_guard_lets_a_first_apply_pass(infrastructure: dict[str, Any], tmp_path: Path) -> None:
    (tmp_path / "plan.json").write_text(json.dumps(infrastructure["whole"]), "utf-8")
    assert guard(tmp_path / "plan.json", as_of="2026-11-20").stops == ()


def test_what_the_simulator_can_have_is_applied_and_then_stays(
    infrastructure: dict[str, Any],
) -> None:
    assert infrastructure["applied"], infrastructure["applied"].output
    assert "bud2" in infrastructure["between"]["datacenters"]
    assert changes(infrastructure["again"]) == []


def test_f2_destroy_is_refused_and_then_complete(infrastructure: dict[str, Any]) -> None:
    assert infrastructure["refused"].code == 1
    assert "prevent_destroy" in infrastructure["refused"].output
    assert infrastructure["destroyed"], infrastructure["destroyed"].output
    assert infrastructure["after"] == infrastructure["before"]


def test_the_foundation_makes_the_libraries_and_takes_none_back_unasked(
    cli: Cli, folders: dict[str, Path], endpoint: vcenter.Endpoint
) -> None:
    folder, settings = folders["10-foundation"], endpoint.environment()
    before = vcenter.snapshot(endpoint)["libraries"]
    targets = [f"-target=vsphere_content_library.{each}" for each in ("vkr_bud2", "images_bud2")]
    made = cli.run(folder, "apply", "-auto-approve", "-no-color", *targets, settings=settings)
    assert made, made.output
    assert vcenter.snapshot(endpoint)["libraries"] == sorted([*before, "images-bud2", "vkr-bud2"])
    again = cli.run(folder, "plan", "-detailed-exitcode", "-no-color", *targets, settings=settings)
    assert again.code == 0, again.output
    refused = cli.run(folder, "destroy", "-auto-approve", *targets, settings=settings)
    assert "prevent_destroy" in refused.output
    assert vcenter.snapshot(endpoint)["libraries"] == sorted([*before, "images-bud2", "vkr-bud2"])
    lift(folder)
    done = cli.run(folder, "destroy", "-auto-approve", "-no-color", *targets, settings=settings)
    assert done, done.output
    assert vcenter.snapshot(endpoint)["libraries"] == before


def test_the_supervisor_is_planned_once_what_it_stands_on_is_there(
    cli: Cli, folders: dict[str, Path], start_simulator: Callable[..., vcenter.Endpoint]
) -> None:
    built = start_simulator(inventory=FOLDER / "greenfield.site.yaml")
    folder, settings = folders["25-supervisor"], built.environment()
    planned = cli.run(folder, "plan", "-no-color", "-out=plan.bin", settings=settings)
    assert planned, planned.output
    plan = json.loads(cli.run(folder, "show", "-json", "plan.bin").output)
    (supervisor,) = changes(plan)
    assert supervisor["type"] == "vsphere_supervisor_v2"
    assert supervisor["change"]["actions"] == ["create"]
    assert supervisor["change"]["after"]["cluster"].startswith("domain-c")
