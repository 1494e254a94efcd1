"""The GPU layer of the example and of its variants."""

from __future__ import annotations

from dataclasses import replace

import pytest

from generator.catalog import Catalog
from generator.platform.gpu_settings import scheduler_value
from generator.platform.gpus import gpu_layer
from generator.platform.objects import HostSetting
from generator.platform.scope import scope_of
from generator.supply.model import Cluster, RunningVm, SiteInventory
from tests.example import blueprint, desired, planned, site, without

CATALOG = Catalog.builtin()


def settings(facts: SiteInventory | None = None) -> tuple[HostSetting, ...]:
    """All settings of the only vCenter."""
    return desired(facts=facts).vcenters[0].host_settings


def governed(**facts: object) -> SiteInventory:
    """The site whose cluster has other facts."""
    return without(site(), clusters=tuple(replace(c, **facts) for c in site().clusters))  # type: ignore[arg-type]


def actors(found: tuple[HostSetting, ...], setting: str) -> set[str]:
    """Who makes a setting."""
    return {s.actor for s in found if s.setting == setting}


@pytest.mark.parametrize(
    ("scheduling", "slice_ms", "value"),
    [
        ("best-effort", 2, "0x00"),
        ("equal-share", None, "0x01"),
        ("equal-share", 24, "0x00180001"),
        ("fixed-share", None, "0x11"),
        ("fixed-share", 2, "0x00020011"),
    ],
)
def test_the_scheduler_is_nvidias_number(scheduling: str, slice_ms: int | None, value: str) -> None:
    assert scheduler_value(scheduling, slice_ms) == value


def test_f26_the_master_of_a_host_decides_who_sets_it() -> None:
    """F26: image component, configuration profile, script only otherwise."""
    assert actors(settings(), "nvidia.driver") == {"person"}
    assert actors(settings(governed(image="gpu-8u3")), "nvidia.driver") == {"image"}
    assert actors(settings(), "graphics.default-type") == {"script"}
    profile = settings(governed(configuration_profile=True))
    assert actors(profile, "graphics.default-type") == {"profile"}
    assert all(s.hosts_at_once == 1 for s in settings() if s.needs)


def test_f5_a_shared_cluster_gets_proposals_only() -> None:
    """F5: a VM of others is enough."""
    foreign = RunningVm(name="erp-db", cluster="gpu-a", foreign=True)
    state = desired(facts=without(site(), occupancy=(foreign,)))
    assert {s.actor for s in state.vcenters[0].host_settings} == {"proposed"}
    assert [f.what for f in state.vcenters[0].host_facts] == ["VM of others: erp-db"]


def test_f27_what_misleads_is_shown() -> None:
    """F27: an unknown setting is kept and named, never dropped."""
    hosts = tuple(replace(h, settings={"Misc.X": "1"}, dpu="bluefield-3") for h in site().hosts)
    facts = desired(facts=without(site(), hosts=hosts)).vcenters[0].host_facts
    assert {f.what for f in facts} == {"unknown setting: Misc.X = 1", "DPU: bluefield-3"}


def test_f31_mig_layouts_come_by_the_order_of_power_on() -> None:
    """F31: on the host large before small; no instance is made by hand."""
    layouts = [s for s in settings() if s.setting == "nvidia.mig-layout"]
    assert layouts[0].value.startswith("rag-llm-0 (nvidia_h100-4-40c at 0), embed-rerank-0")
    assert not any("-cgi" in s.how for s in settings())


def test_f24_vsan_tiers_become_rules_by_capability() -> None:
    """F24: erasure coding that tolerates one failure, and none that tolerates none."""
    policies = {p.name: p for p in desired().vcenters[0].storage_policies}
    values = {n: [r.value for r in p.rules] for n, p in policies.items()}
    assert values["acme-ml-nvme"] == [1, "RAID-5/6 (Erasure Coding) - Capacity"]
    assert values["acme-ml-scratch"] == [0, "RAID-1 (Mirroring) - Performance"]


def test_hosts_of_another_vcenter_of_the_site_are_none_of_its_business() -> None:
    """Neither their settings nor their lifecycle: the script logs in to one vCenter."""
    here = site()
    there = Cluster(name="far", vcenter="vc-b")
    hosts = tuple(replace(h, cluster="far") if h.name == "esx-04" else h for h in here.hosts)
    second = replace(here.vcenters[0], ref="vc-b", lifecycle="vcf-9.0")
    facts = without(
        here,
        supervisors=(),
        vcenters=(*here.vcenters, second),
        clusters=(*here.clusters, there),
        hosts=hosts,
    )
    scope = scope_of(blueprint(), {"ams1": facts}, planned(), CATALOG)
    homes = {name: replace(home, vcenter="vc-ams1") for name, home in scope.homes.items()}
    found = tuple(gpu_layer(replace(scope, homes=homes), "vc-ams1"))
    assert {s.host for s in found} - {""} == {"esx-01", "esx-02", "esx-03"}
    assert actors(found, "nvidia.driver") == {"person"}


@pytest.mark.parametrize(("manage", "said"), [("reference", True), ("create", False)])
def test_f2_a_cluster_that_terraform_makes_has_its_drs_options_from_it_alone(
    manage: str, *, said: bool
) -> None:
    """Never both: the provider's map of options is complete and would take the script's away."""
    found = settings(governed(manage=manage))
    assert any(s.setting.startswith("drs.") for s in found) is said
    assert any(s.setting == "graphics.default-type" for s in found)


def wishing(**policy: object) -> tuple[HostSetting, ...]:
    """All settings where the blueprint states something else about GPUs."""
    management = blueprint().resource_management
    gpu = replace(management.gpu, **policy)  # type: ignore[arg-type]
    wanted = replace(blueprint(), resource_management=replace(management, gpu=gpu))
    return desired(wanted).vcenters[0].host_settings


def values(found: tuple[HostSetting, ...], setting: str) -> set[tuple[str, str]]:
    """Who sets a setting, and to what."""
    return {(s.actor, s.value) for s in found if s.setting == setting}


def test_f16_the_cluster_is_fully_automated_and_vgpu_vms_stay() -> None:
    """Its owner sets the level; the options govern VMs with GPUs."""
    assert values(wishing(), "drs-level") == {("person", "FullyAutomated")}
    assert values(wishing(), "drs.PassthroughDrsAutomation") == {("script", "0")}
    assert values(wishing(), "drs.LBMaxVmotionPerHost") == set()


def test_f16_an_override_lets_drs_move_them_one_at_a_time() -> None:
    found = wishing(drs="override")
    assert values(found, "drs-level") == {("person", "FullyAutomated")}
    assert values(found, "drs.PassthroughDrsAutomation") == {("script", "1")}
    assert values(found, "drs.LBMaxVmotionPerHost") == {("script", "1")}
    assert values(found, "drs.VmDevicesStunTimeTolerated") == {("script", "100")}


@pytest.mark.parametrize(
    ("ecc", "expected"),
    [
        (None, {("person", "1")}),
        ("on", {("person", "1")}),
        ("off", {("person", "0")}),
        ("as-found", set()),
    ],
)
def test_ecc_is_the_blueprints_choice(ecc: str | None, expected: set[tuple[str, str]]) -> None:
    assert values(wishing(ecc=ecc), "nvidia.ecc") == expected
