"""The blast radius counts what the plan of the platform holds, and is never a silent zero."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest

from generator.finding import CannotRun
from generator.guard import read_holdings
from generator.guard.blast import Basis, Blast, blast
from tests.guard.plans import update

PLAN: dict[str, Any] = json.loads(
    (Path(__file__).resolve().parents[1] / "golden" / "acme-ml" / "plan.json").read_text("utf-8")
)
HOLDINGS = read_holdings([PLAN])
PLACED = PLAN["placements"]


def radius(kind: str, name: str, **more: Any) -> Blast:
    """The reach of an update of an object of that name."""
    return blast(update(kind, {"name": name, "hostname": name, **more}), HOLDINGS)


def figures(found: Blast) -> tuple[int | None, int | None, int | None]:
    """VMs, nodes and GPUs."""
    return found.vms, found.nodes, found.gpus


def counted(*demands: str) -> tuple[int, int, int]:
    """VMs, nodes and GPUs of some demands, counted in the plan."""
    held = [one for one in PLACED if one["demand"] in demands]
    gpus = {(one["host"], gpu) for one in held for gpu in one["gpus"]}
    return len(held), len(held), len(gpus)


def test_a_namespace_holds_its_clusters_with_their_control_planes() -> None:
    found = radius("vsphere_namespace", "acme-ml-dev-ml-eng")
    expected = counted("llm-lora", "vision-cnn", "system-ml-eng", "control-plane-ml-eng")
    assert figures(found) == expected
    assert found.basis is Basis.PLANNED


def test_a_class_holds_the_nodes_of_its_pools() -> None:
    found = radius("vsphere_virtual_machine_class", "h100-40c-r10da02")
    assert figures(found) == counted("llm-lora")


def test_a_host_holds_what_is_placed_on_it() -> None:
    found = radius("vsphere_host", "esx-01")
    assert found.vms == sum(one["host"] == "esx-01" for one in PLACED)
    assert found.gpus == 2


@pytest.mark.parametrize(
    ("kind", "name"),
    [
        ("vsphere_compute_cluster", "gpu-a"),
        ("vsphere_supervisor_v2", "sup-ams1"),
        ("vsphere_content_library", "vkr-ams1"),
        ("vsphere_vm_storage_policy", "acme-ml-bulk"),
    ],
)
def test_what_all_depend_on_holds_all(kind: str, name: str) -> None:
    assert radius(kind, name).vms == len(PLACED)


def test_a_supervisor_is_known_by_its_id_too() -> None:
    found = radius("vsphere_supervisor", "other", id="5f7a0c9e-2d41-4e0f-8a55-1c2b3d4e5f60")
    assert found.vms == len(PLACED)


def test_a_kind_that_no_plan_knows_reaches_at_most_everything() -> None:
    found = radius("vsphere_role", "ml-team")
    assert (found.vms, found.basis) == (len(PLACED), Basis.AT_MOST)


def test_an_object_that_is_in_no_plan_is_unknown_and_not_zero() -> None:
    found = radius("vsphere_namespace", "foreign")
    assert (found.basis, figures(found)) == (Basis.UNKNOWN, (None, None, None))
    assert "foreign" in found.note


def test_without_a_plan_the_reach_is_unknown_and_not_zero() -> None:
    found = blast(update("vsphere_namespace", {"name": "acme-ml-prod-all"}), None)
    assert (found.basis, figures(found)) == (Basis.UNKNOWN, (None, None, None))
    assert "--plan" in found.note


def test_a_plain_vm_counts_itself_and_the_devices_passed_to_it() -> None:
    found = blast(update("vsphere_virtual_machine", {"pci_device_id": ["a", "b"]}), None)
    assert figures(found) == (1, 0, 2)


def test_an_object_of_the_plan_that_nobody_uses_holds_none() -> None:
    unused = {**PLAN, "placements": []}
    found = blast(
        update("vsphere_namespace", {"name": "acme-ml-prod-all"}), read_holdings([unused])
    )
    assert (figures(found), found.basis) == ((0, 0, 0), Basis.PLANNED)


@pytest.mark.parametrize(
    "tree", [None, [], {}, {"platform": 7}, {"platform": "p"}, {**PLAN, "clusters": {}}]
)
def test_what_is_no_plan_of_mlgen_is_refused(tree: object) -> None:
    with pytest.raises(CannotRun):
        read_holdings([tree])
