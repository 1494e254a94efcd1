"""What a namespace may take, and what its zones keep for it."""

from __future__ import annotations

from dataclasses import replace
from functools import cache
from typing import Any

import pytest

from generator.blueprint.bind import bind
from generator.blueprint.model.blueprint import Blueprint
from generator.blueprint.model.environments import Limits
from generator.catalog import Catalog
from generator.placement.engine import place
from generator.placement.hosts.stock import stock
from generator.placement.plan import Plan
from generator.placement.terms import terms_of
from generator.platform.build import desired_state
from generator.platform.objects import DesiredState, NamespaceShare, ZoneShare
from generator.sizing.engine import size
from generator.source import read
from generator.supply.model import SiteInventory
from tests.example import ROOT

CLOCK_MHZ = 2000
ZONE = "fra1-z1"


@cache
def wanted() -> Blueprint:
    """blueprints/vcf9.yaml."""
    (document,) = read(ROOT / "blueprints" / "vcf9.yaml")
    return bind(Blueprint, document.root)


@cache
def facts() -> SiteInventory:
    """Its site, with the clock of each host."""
    (document,) = read(ROOT / "blueprints" / "vcf9.site.yaml")
    site = bind(SiteInventory, document.root)
    return with_clocks(site, CLOCK_MHZ, CLOCK_MHZ, CLOCK_MHZ)


def with_clocks(site: SiteInventory, *clocks: int | None) -> SiteInventory:
    pairs = zip(site.hosts, clocks, strict=True)
    hosts = tuple(replace(h, cpu=replace(h.cpu, clock_mhz=c)) for h, c in pairs if h.cpu)
    return replace(site, hosts=hosts)


@cache
def plan() -> Plan:
    catalog = Catalog.builtin()
    needed = size(wanted(), catalog)
    return place(needed, stock({"fra1": facts()}), catalog, terms_of(wanted(), catalog))


def state(
    limits: dict[str, Any] | None = None,
    *,
    reserved: str = "",
    site: SiteInventory | None = None,
    vcenter: str = "9.1",
) -> DesiredState:
    """The platform with limits in every environment; ``reserved`` is held by a reservation."""
    stated = bind(Limits, limits) if limits is not None else None
    environments = {n: replace(e, limits=stated) for n, e in wanted().environments.items()}
    targets = replace(wanted().platform.targets, vcenter=vcenter)
    blueprint = replace(
        wanted(),
        environments=environments,
        platform=replace(wanted().platform, targets=targets),
    )
    placed = tuple(replace(p, reserved=p.demand == reserved) for p in plan().placed)
    held = replace(plan(), placed=placed)
    return desired_state(blueprint, {"fra1": site or facts()}, held, Catalog.builtin())


def shares(found: DesiredState) -> dict[str, NamespaceShare]:
    (vcenter,) = found.vcenters
    return {share.namespace: share for share in vcenter.shares}


def zone(share: NamespaceShare) -> ZoneShare:
    (found,) = share.zones
    return found


def test_nothing_stated_and_nothing_reserved_is_no_share() -> None:
    assert shares(state()) == {}


def test_f30_one_reserved_class_reserves_every_gpu_class_of_the_zone() -> None:
    """Without one, the others would get no GPU there; each at its planned count."""
    found = shares(state(reserved="assistant"))
    dev, prod = found["vcf9-dev-science"], found["vcf9-prod-all"]
    counts = {share.namespace: [r.count for r in zone(share).reservations] for share in (dev, prod)}
    assert counts == {"vcf9-dev-science": [1], "vcf9-prod-all": [2]}
    assert zone(dev).reserved_direct_path_only
    assert zone(prod).reserved_direct_path_only
    assert (zone(prod).name, zone(prod).cpu_reservation_mhz) == (ZONE, None)


def test_f30_a_zone_that_nobody_knows_is_asked_for() -> None:
    (supervisor,) = facts().supervisors
    site = replace(facts(), supervisors=(replace(supervisor, zones=()),))
    found = state(reserved="assistant", site=site)
    assert "vcf9-prod-all" not in shares(found)
    asked = {question.subject for question in found.questions}
    assert "SiteInventory fra1: clusters[wld-gpu].zone" in asked


def test_limits_hold_the_plan_a_rollout_and_the_headroom() -> None:
    """Dev: control plane, system and GPU node; each once, once more, and a half on top."""
    dev = shares(state({"headroom": "50%"}))["vcf9-dev-science"]
    demands = {c.demand.name: c.demand for c in plan().chosen if c.demand.environment == "dev"}
    cores = 2 * sum(demand.vcpus for demand in demands.values())
    assert dev.cpu_limit_mhz == cores * CLOCK_MHZ * 3 // 2
    own_mib = 2 * sum(demand.memory_bytes >> 20 for demand in demands.values())
    assert dev.memory_limit_mib is not None
    assert own_mib * 1.5 < dev.memory_limit_mib < own_mib * 1.6
    assert dev.zones == ()


def test_the_fastest_host_decides_a_limit_and_the_slowest_a_reservation() -> None:
    limits = {"headroom": "0%", "reserve": True}
    alike = shares(state(limits))["vcf9-prod-all"]
    site = with_clocks(facts(), CLOCK_MHZ // 2, CLOCK_MHZ, CLOCK_MHZ * 2)
    mixed = shares(state(limits, site=site))["vcf9-prod-all"]
    assert alike.cpu_limit_mhz
    assert mixed.cpu_limit_mhz == 2 * alike.cpu_limit_mhz
    kept = zone(alike).cpu_reservation_mhz
    assert kept
    assert zone(mixed).cpu_reservation_mhz == kept // 2


def test_a_reserved_class_is_not_kept_twice() -> None:
    free = zone(shares(state({"reserve": True}))["vcf9-prod-all"])
    held = zone(shares(state({"reserve": True}, reserved="assistant"))["vcf9-prod-all"])
    assert free.memory_reservation_mib
    assert held.memory_reservation_mib
    assert held.memory_reservation_mib < free.memory_reservation_mib


def test_only_zones_of_version_9_keep_anything() -> None:
    assert shares(state({"reserve": True}, vcenter="8.0U3")) == {}


@pytest.mark.parametrize("limits", [{"headroom": "10%"}, {"reserve": True}])
def test_an_unknown_clock_is_asked_for(limits: dict[str, Any]) -> None:
    found = state(limits, site=with_clocks(facts(), None, None, None))
    assert shares(found) == {}
    asked = {question.subject for question in found.questions}
    assert "SiteInventory fra1: hosts[].cpu.clock_mhz" in asked


def test_volumes_are_limited_by_the_policy_of_their_tier() -> None:
    found = shares(state({"storage": {"fast": "1TiB"}}))["vcf9-dev-science"]
    assert [(s.policy, s.limit_mib) for s in found.storage_limits] == [("vcf9-fast", 1 << 20)]
    assert found.cpu_limit_mhz is None
