"""What the licences of a plan are counted by."""

from __future__ import annotations

from dataclasses import replace

from generator.catalog import Catalog
from generator.placement.licences import plan_licences
from generator.placement.plan import Plan
from generator.sizing.licences import PlatformLicences
from generator.sizing.machine.licences import Foundation
from generator.supply.model import SiteInventory
from tests.example import planned, site, without


def counted(facts: SiteInventory | None = None, plan: Plan | None = None) -> PlatformLicences:
    """The licences of the example."""
    found = plan_licences(plan or planned(), {"ams1": facts or site()}, Catalog.builtin())
    assert found is not None
    return found


def test_the_example_needs_256_cores_and_no_further_subscription() -> None:
    """All eight H100 are in use, and each has its subscription in the box."""
    found = counted()
    assert found.cores is not None
    assert found.cores.total == 256
    assert found.ai_enterprise.value("h100") == 8
    assert found.ai_enterprise.total == 0


def test_its_84_tib_of_vsan_are_brought_by_the_cores_of_vcf_only() -> None:
    """24 devices of 3.84 TB; nobody states the bundle."""
    tib = {name: bill.total for name, bill in counted().vsan_tib.items()}
    assert tib == {Foundation.VCF: 0, Foundation.VVF: 20}


def test_a_lifecycle_of_vcf_tells_the_bundle() -> None:
    """Only VCF has it."""
    vcenters = tuple(replace(v, lifecycle="vcf-9.0") for v in site().vcenters)
    assert set(counted(without(site(), vcenters=vcenters)).vsan_tib) == {Foundation.VCF}


def test_gpus_that_nothing_is_on_need_nothing() -> None:
    """A plan of one VM on one GPU."""
    plan = planned()
    one = next(spot for spot in plan.placed if len(spot.gpus) == 1)
    assert counted(plan=replace(plan, placed=(one,))).ai_enterprise.value("h100") == 1


def test_two_vgpus_on_one_gpu_are_one_gpu() -> None:
    """Notebooks share theirs."""
    plan = planned()
    notebooks = tuple(spot for spot in plan.placed if spot.demand == "notebooks-research")
    assert len(notebooks) == 8
    found = counted(plan=replace(plan, placed=notebooks))
    assert found.ai_enterprise.value("h100") == len({g for s in notebooks for g in s.gpus})


def test_clusters_that_carry_nothing_are_not_counted() -> None:
    """Another cluster of the site."""
    first, *rest = site().hosts
    idle = replace(first, name="idle", cluster="other", gpus=())
    found = counted(without(site(), hosts=(first, *rest, idle)))
    assert found.cores is not None
    assert found.cores.total == 256


def test_a_host_without_stated_devices_leaves_vsan_open() -> None:
    """None is not zero."""
    first, *rest = site().hosts
    found = counted(without(site(), hosts=(replace(first, nvme=None), *rest)))
    assert found.vsan_tib == {}


def test_hosts_of_unknown_cores_leave_the_cores_open() -> None:
    """A plan may use its neighbours."""
    plan = planned()
    first, *rest = site().hosts
    found = counted(without(site(), hosts=(replace(first, cpu=None), *rest)), plan)
    assert found.cores is None


def test_demands_of_no_site_are_found_by_their_hosts() -> None:
    """An environment may leave its site open."""
    plan = planned()
    anywhere = tuple(replace(c, demand=replace(c.demand, site="")) for c in plan.chosen)
    assert counted(plan=replace(plan, chosen=anywhere)) == counted()


def test_a_plan_that_uses_nothing_has_none() -> None:
    """Not zero of everything."""
    plan = replace(planned(), placed=())
    assert plan_licences(plan, {"ams1": site()}, Catalog.builtin()) is None
