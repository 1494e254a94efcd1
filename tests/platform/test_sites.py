"""Where an environment is at home."""

from __future__ import annotations

from dataclasses import replace

import pytest

from generator.platform.sites import homes
from generator.supply.model import Cluster, Datacenter, SiteInventory
from tests.example import blueprint, desired, site, without
from tests.platform import test_infrastructure as greenfield

SEVERAL = (Datacenter(name="ams0"), Datacenter(name="ams1"))


def datacenters(facts: SiteInventory) -> set[str]:
    """The datacenters of all environments."""
    return {home.datacenter for home in homes(blueprint(), {"ams1": facts})}


@pytest.mark.parametrize(
    ("clusters", "expected"),
    [
        (site().clusters, "ams1"),
        ((*site().clusters, Cluster(name="other", datacenter="ams0")), "ams1"),
        (tuple(replace(c, datacenter="ams0") for c in site().clusters), "ams0"),
        (tuple(replace(c, datacenter=None) for c in site().clusters), ""),
    ],
)
def test_of_several_datacenters_the_one_whose_clusters_carry_the_work(
    clusters: tuple[Cluster, ...], expected: str
) -> None:
    """Not the first by name; where no cluster says in which it lies nobody guesses."""
    assert datacenters(replace(site(), datacenters=SEVERAL, clusters=clusters)) == {expected}


def test_an_unknown_datacenter_is_asked_for() -> None:
    silent = tuple(replace(cluster, datacenter=None) for cluster in site().clusters)
    facts = replace(site(), datacenters=SEVERAL, clusters=silent)
    (question,) = desired(facts=facts).questions
    assert question.subject == "SiteInventory ams1: datacenters"


def test_f9_the_vcenter_that_scripts_cannot_know_again_is_asked_for() -> None:
    """They refuse to run against one whose own id nobody stated."""
    vcenters = tuple(replace(each, instance_uuid=None) for each in site().vcenters)
    (question,) = desired(facts=replace(site(), vcenters=vcenters)).questions
    assert question.subject == "SiteInventory ams1: vcenters[vc-ams1].instance_uuid"
    assert question.blocks == ("apply.py and apply.ps1 on vc-ams1",)


@pytest.mark.parametrize(
    ("facts", "subject", "blocks"),
    [
        (
            {"vcenters": tuple(replace(v, lifecycle=None) for v in site().vcenters)},
            "SiteInventory ams1: vcenters[vc-ams1].lifecycle",
            ("the request sheet of vc-ams1, if there is a keeper",),
        ),
        (
            {"clusters": tuple(replace(c, shared=None) for c in site().clusters)},
            "SiteInventory ams1: clusters[gpu-a].shared",
            ("scripted settings of gpu-a and its hosts",),
        ),
        (
            {"clusters": ()},
            "SiteInventory ams1: clusters[gpu-a].shared",
            ("scripted settings of gpu-a and its hosts",),
        ),
        (
            {"services": replace(site().services, ntp=())},
            "SiteInventory ams1: services.ntp",
            (
                "time servers of acme-ml-dev-ml-eng",
                "time servers of acme-ml-dev-research",
                "time servers of acme-ml-prod-all",
            ),
        ),
    ],
)
def test_f17_a_fact_that_changes_what_is_rendered_is_asked_for(
    facts: dict[str, object], subject: str, blocks: tuple[str, ...]
) -> None:
    """Never a silent default."""
    (question,) = desired(facts=without(site(), **facts)).questions
    assert (question.subject, question.blocks) == (subject, blocks)
    assert question.owner == "vi-team"
    assert desired().questions == ()


def test_work_beside_a_supervisor_that_is_to_be_made_stays_where_its_hosts_are() -> None:
    """The new clusters lie in another datacenter, and have no host yet."""
    (vcenter,) = greenfield.desired().vcenters
    assert {folder.datacenter for folder in vcenter.folders} == {"bud1"}
