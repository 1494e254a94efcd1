"""Which Supervisor of a site carries the environments."""

from __future__ import annotations

from dataclasses import replace

import pytest

from generator.blueprint.model.hosts import GpuDevice, Host
from generator.supply.model import Cluster, SiteInventory, SiteMetadata, Supervisor, Zone
from generator.supply.supervisors import covered_by, home_supervisor, other_supervisor

GPU = Host(name="a", cluster="gpu", gpus=(GpuDevice(model="nvidia-l4"),))


def site(*supervisors: Supervisor) -> SiteInventory:
    return SiteInventory(
        metadata=SiteMetadata(name="s"),
        hosts=(GPU,),
        clusters=(Cluster(name="gpu", zone="z1"), Cluster(name="cpu")),
        zones=(Zone(name="z2", clusters=("cpu",)),),
        supervisors=supervisors,
    )


@pytest.mark.parametrize(
    ("supervisor", "clusters"),
    [
        (Supervisor(ref="s", clusters=("gpu", "cpu")), {"gpu", "cpu"}),
        (Supervisor(ref="s", zones=("z1",)), {"gpu"}),
        (Supervisor(ref="s", zones=("z2",)), {"cpu"}),
        (Supervisor(ref="s"), set()),
    ],
)
def test_clusters_are_covered_by_name_and_by_zone(
    supervisor: Supervisor, clusters: set[str]
) -> None:
    assert covered_by(supervisor, site(supervisor)) == clusters


def test_the_supervisor_over_gpus_is_the_home_and_another_keeps_its_clusters() -> None:
    cpu, gpu = Supervisor(ref="a", clusters=("cpu",)), Supervisor(ref="b", zones=("z1",))
    two = site(cpu, gpu)
    assert home_supervisor(two) == gpu
    assert other_supervisor("cpu", two) == cpu
    assert other_supervisor("gpu", two) is None
    assert other_supervisor("unheard-of", two) is None


def test_without_gpus_the_first_by_name_and_without_any_none() -> None:
    cpu, silent = Supervisor(ref="b", clusters=("cpu",)), Supervisor(ref="a")
    assert home_supervisor(site(cpu, silent)) == silent
    assert home_supervisor(site()) is None


def test_the_home_is_the_supervisor_over_most_gpus() -> None:
    """Not the first by name: what another one covers is no place for this platform."""
    many = Host(name="b", cluster="cpu", gpus=(GpuDevice(model="nvidia-l4"),) * 2)
    few, most = Supervisor(ref="a", clusters=("gpu",)), Supervisor(ref="b", clusters=("cpu",))
    assert home_supervisor(replace(site(few, most), hosts=(GPU, many))) == most


def test_of_equals_the_home_is_one_that_is_there() -> None:
    new = Supervisor(ref="a", clusters=("gpu",), manage="create")
    running = Supervisor(ref="b", clusters=("gpu",), id="domain-c8")
    assert home_supervisor(site(new, running)) == running
