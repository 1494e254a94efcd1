"""The GPU layer of the example and of its variants."""

from __future__ import annotations

import re
from dataclasses import replace

import pytest

from generator.catalog import Catalog
from generator.platform.gpu_drs import cluster_settings
from generator.platform.gpu_settings import scheduler_value
from generator.platform.gpus import gpu_layer
from generator.platform.objects import HostSetting
from generator.platform.scope import scope_of
from generator.render import TARGETS
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
    hows = {s.how for s in profile if s.actor == "profile"}
    assert all("configuration profile" in how and "esxcli" not in how for how in hows)
    assert all(s.hosts_at_once == 1 for s in settings() if s.needs)


def test_f25_under_vcf_the_driver_is_the_image_s_whatever_the_cluster_says() -> None:
    """F25: hosts belong to SDDC Manager or the Fleet; no script of ours puts a driver on them."""
    vcenters = tuple(replace(v, lifecycle="vcf-9.0") for v in site().vcenters)
    state = desired(facts=without(site(), vcenters=vcenters))
    assert actors(state.vcenters[0].host_settings, "nvidia.driver") == {"image"}


def test_f25_under_vcf_nothing_of_the_fleet_becomes_a_resource() -> None:
    """F25: hosts, clusters, switches and vCenter are looked up at most."""
    vcenters = tuple(replace(v, lifecycle="vcf-9.0") for v in site().vcenters)
    state = desired(facts=without(site(), vcenters=vcenters))
    text = "".join(file.text for target in TARGETS for file in target(state))
    owned = set(re.findall(r'^resource "(vsphere_\w+)"', text, re.MULTILINE))
    assert "vsphere_folder" in owned
    assert owned & {
        "vsphere_compute_cluster", "vsphere_host", "vsphere_datacenter", "vsphere_supervisor",
        "vsphere_distributed_virtual_switch", "vsphere_distributed_port_group",
        "vsphere_supervisor_v2", "vsphere_configuration_profile",
    } == set()  # fmt: skip


def test_f5_a_shared_cluster_gets_proposals_only() -> None:
    """F5: a VM of others is enough."""
    foreign = RunningVm(name="erp-db", cluster="gpu-a", foreign=True)
    state = desired(facts=without(site(), occupancy=(foreign,)))
    assert {s.actor for s in state.vcenters[0].host_settings} == {"proposed"}
    assert [f.what for f in state.vcenters[0].host_facts] == ["VM of others: erp-db"]


def test_f5_a_cluster_of_which_nobody_says_so_counts_as_shared() -> None:
    """The language promises it; a script would set the hosts of others."""
    silent = governed(shared=None)
    assert {s.actor for s in settings(silent)} == {"proposed"}
    unnamed = without(site(), clusters=())
    assert {s.actor for s in settings(unnamed)} == {"proposed"}
    (fact,) = desired(facts=silent).vcenters[0].host_facts
    assert fact.cluster == "gpu-a"
    assert "clusters[].shared" in fact.what
    assert "script" in {s.actor for s in settings()}
    assert desired().vcenters[0].host_facts == ()


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


def test_every_powercli_line_says_of_what_it_reads_and_sets() -> None:
    """``Get-AdvancedSetting`` asks for its entity where none is given, and shows nothing."""
    lines = {line for s in settings() for line in (s.how, s.check) if "AdvancedSetting" in line}
    assert len(lines) == 6
    entity = ("Get-Cluster 'gpu-a' | ", "Get-AdvancedSetting -Entity $global:DefaultVIServer ")
    assert all(line.startswith(entity) for line in lines)


def test_a_cluster_is_named_to_powercli_as_it_is() -> None:
    """Blanks end an argument, and an apostrophe the text around it."""
    name = "Zoë's GPU cluster"
    found = [
        line
        for setting in cluster_settings(name, "advisory", shared=False)
        for line in (setting.how, setting.check)
    ]
    assert len(found) == 6
    assert all("'Zoë''s GPU cluster'" in line for line in found)


def test_the_vgpu_mode_is_checked_by_a_command() -> None:
    """ESXCLI does not show it."""
    checks = {s.check for s in settings() if s.setting == "graphics.vgpu-mode"}
    assert (
        "(Get-View (Get-VMHost 'esx-01').ExtensionData.ConfigManager.GraphicsManager)"
        ".GraphicsConfig.DeviceType | Select-Object DeviceId, VgpuMode"
    ) in checks


@pytest.mark.parametrize(
    ("target", "host", "there"),
    [
        ("8.0U3", None, True),
        ("9.0", None, True),
        ("8.0U2", None, False),
        ("8.0U3", "8.0U2", False),
        (None, None, True),
    ],
)
def test_a_host_that_knows_no_vgpu_mode_is_not_told_one(
    target: str | None, host: str | None, there: bool
) -> None:
    """Before 8.0 Update 3 a GPU has one size at a time and no word for it."""
    platform = blueprint().platform
    targets = replace(platform.targets, esx=target)
    wanted = replace(blueprint(), platform=replace(platform, targets=targets))
    facts = without(site(), hosts=tuple(replace(h, version=host) for h in site().hosts))
    scope = scope_of(wanted, {"ams1": facts}, planned(), CATALOG)
    found = {s.setting for s in gpu_layer(scope, "vc-ams1")}
    assert ("graphics.vgpu-mode" in found) is there
    assert "graphics.default-type" in found


def test_f17_a_gpu_without_an_address_is_asked_for_and_set_by_nobody() -> None:
    """A command with a name in its place fails, or sets what nobody meant."""
    first, *rest = site().hosts
    silent = replace(first, gpus=tuple(replace(gpu, pci=None) for gpu in first.gpus))
    state = desired(facts=without(site(), hosts=(silent, *rest)))
    (question,) = state.questions
    assert question.subject == "SiteInventory ams1: hosts of cluster gpu-a: gpus[].pci"
    assert question.blocks == ("GPU settings of esx-01",)
    here = [s for s in state.vcenters[0].host_settings if s.host == "esx-01"]
    assert {s.device for s in here} == {""}
    assert "nvidia.RmPVMRL" not in {s.setting for s in here}
    assert "graphics.default-type" in {s.setting for s in here}
    assert "gpu1" not in str(state.vcenters[0].host_settings)


def test_drs_of_a_cluster_that_nobody_names_is_left_alone() -> None:
    """Without a name the options would read as those of the vCenter."""
    hosts = tuple(replace(host, cluster=None) for host in site().hosts)
    found = settings(without(site(), hosts=hosts))
    assert {s.setting for s in found if not s.host} == {"vgpu.hotmigrate.enabled"}
