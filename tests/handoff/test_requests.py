"""F25: what is asked of whoever keeps the hosts."""

from __future__ import annotations

from functools import cache
from pathlib import Path

from generator.api import handoff, load
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


def test_without_cloud_foundation_nothing_is_requested() -> None:
    assert asked("acme-ml") == ()


def test_the_sheet_stands_in_the_hand_off() -> None:
    (project,) = load([BLUEPRINTS / "vcf9.yaml"])
    ((document,),) = (each.documents for each in handoff([project]))
    assert "## Requests to whoever keeps the hosts" in document.text
    assert document.text.count("Fleet of VCF 9.1") == len(asked("vcf9"))
