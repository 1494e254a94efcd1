"""F25: what is asked of whoever keeps the hosts."""

from __future__ import annotations

from dataclasses import replace
from functools import cache
from pathlib import Path

import pytest

from generator.api import Project, handoff, load
from generator.blueprint.model.words import Requests
from generator.handoff.requests import Request, requests

BLUEPRINTS = Path(__file__).resolve().parents[2] / "blueprints"


@cache
def asked(name: str) -> tuple[Request, ...]:
    """The request sheet of a shipped blueprint."""
    (project,) = load([BLUEPRINTS / f"{name}.yaml"])
    return tuple(requests(project.assessed.state, project.sites.inventories))


def test_f25_with_cloud_foundation_each_change_of_a_host_is_a_request() -> None:
    (project,) = load([BLUEPRINTS / "vcf9.yaml"])
    (vcenter,) = project.assessed.state.vcenters
    lines = " ".join(row.asked for row in asked("vcf9"))
    assert vcenter.host_settings
    assert [
        s.setting for s in vcenter.host_settings if f"{s.setting} = {s.value}" not in lines
    ] == []


def test_f25_the_tools_of_the_keeper_are_named() -> None:
    rows = {(row.keeper, row.where): row.asked for row in asked("vcf9")}
    assert rows["Fleet of VCF 9.1", "image of cluster wld-gpu"] == (
        "nvidia.driver = 20 on esx-fra1, esx-fra2"
    )
    assert ("Fleet of VCF 9.1", "configuration profile of cluster wld-gpu") in rows


def test_f25_clusters_and_networks_are_to_stay_as_the_placement_found_them() -> None:
    kept = {row.where: row.asked for row in asked("vcf9") if row.asked.startswith("keep ")}
    assert kept == {
        "cluster wld-gpu": "keep 3 hosts, DRS fully-automated, HA for 1 host failures",
        "port group fra1-mgmt": "keep VLAN 300, MTU 1500",
        "port group fra1-vpc": "keep VLAN 304, MTU 9000",
    }


def ordering(how: Requests) -> Project:
    """The shipped blueprint with its third host still to come."""
    (project,) = load([BLUEPRINTS / "vcf9.yaml"])
    facts = project.sites.inventories["fra1"]
    hosts = tuple(
        replace(h, manage="create" if h.name == "esx-fra3" else None) for h in facts.hosts
    )
    vcenters = tuple(replace(v, requests=how) for v in facts.vcenters)
    sites = replace(
        project.sites, inventories={"fra1": replace(facts, hosts=hosts, vcenters=vcenters)}
    )
    return replace(project, sites=sites)


@pytest.mark.parametrize("how", ["sheet", "provider-input"])
def test_f25_a_host_that_is_not_there_yet_is_ordered(how: Requests) -> None:
    project = ordering(how)
    rows = tuple(requests(project.assessed.state, project.sites.inventories))
    assert [row.asked for row in rows if row.where == "cluster wld-gpu"][:2] == [
        "commission esx-fra3 (8 x nvidia-h100-sxm5-80), and put it into wld-gpu",
        "keep 2 hosts, DRS fully-automated, HA for 1 host failures",
    ]


def test_f25_the_order_is_a_step_before_anything_that_stands_on_it() -> None:
    ((document, *_),) = (each.documents for each in handoff([ordering("provider-input")]))
    text = document.text
    assert text.index("Order the hosts of vc-fra1") < text.index("Set up the GPU hosts")
    assert text.index("Set up the GPU hosts") < text.index("Apply vc-fra1/10-foundation")
    assert "handoff/vcf/vc-fra1/vcf9-1" in text


@pytest.mark.parametrize(("how", "count"), [("sheet", 0), ("provider-input", 8)])
def test_f25_the_input_comes_on_demand_alone(how: Requests, count: int) -> None:
    ((_, *others),) = (each.documents for each in handoff([ordering(how)]))
    assert len(others) == count
    assert all(file.path.startswith("handoff/vcf/vc-fra1/vcf9-1/") for file in others)


def test_without_cloud_foundation_nothing_is_requested() -> None:
    assert asked("acme-ml") == ()


def test_the_sheet_stands_in_the_hand_off() -> None:
    (project,) = load([BLUEPRINTS / "vcf9.yaml"])
    ((document,),) = (each.documents for each in handoff([project]))
    assert "## Requests to whoever keeps the hosts" in document.text
    assert document.text.count("Fleet of VCF 9.1") == len(asked("vcf9"))
