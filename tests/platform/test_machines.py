"""Plain VMs of a site without a Supervisor (F1, F2, F16, F20)."""

from __future__ import annotations

from dataclasses import replace
from functools import cache
from pathlib import Path

import pytest

from generator.blueprint.bind import bind
from generator.blueprint.model.blueprint import Blueprint
from generator.blueprint.model.organisation import Groups
from generator.catalog import Catalog
from generator.placement.engine import place
from generator.placement.hosts.stock import stock
from generator.platform.build import desired_state
from generator.platform.objects import DesiredState, Fabric, Manage
from generator.platform.rules import judge
from generator.sizing.engine import size
from generator.source import read
from generator.supply.model import SiteInventory
from tests import example

FOLDER = Path(__file__).resolve().parents[1] / "fixtures" / "plain-vms"


@cache
def blueprint() -> Blueprint:
    """The fixture's wishes."""
    (document,) = read(FOLDER / "plain.yaml")
    return bind(Blueprint, document.root)


@cache
def site() -> SiteInventory:
    """The fixture's facts."""
    (document,) = read(FOLDER / "plain.site.yaml")
    return bind(SiteInventory, document.root)


def desired(wanted: Blueprint | None = None, facts: SiteInventory | None = None) -> DesiredState:
    """The desired state of the fixture, or of a variant."""
    wanted, facts = wanted or blueprint(), facts or site()
    catalog, sites = Catalog.builtin(), {"rtm1": facts}
    plan = place(size(wanted, catalog), stock(sites), catalog)
    return desired_state(wanted, sites, plan, catalog)


def fabric(state: DesiredState, environment: str) -> Fabric:
    """The only fabric of an environment."""
    (only,) = [f for v in state.vcenters for f in v.fabrics if f.environment == environment]
    return only


def with_orchestrator(**fields: object) -> Blueprint:
    """The fixture with its orchestrator changed."""
    managed = blueprint().resource_management
    (only,) = managed.orchestrators
    changed = (replace(only, **fields),)  # type: ignore[arg-type]
    return replace(blueprint(), resource_management=replace(managed, orchestrators=changed))


def with_groups(team: str, groups: Groups) -> Blueprint:
    """The fixture with the directory groups of one team changed."""
    teams = tuple(
        replace(t, groups=groups) if t.name == team else t for t in blueprint().organisation.teams
    )
    return replace(blueprint(), organisation=replace(blueprint().organisation, teams=teams))


def test_plain_vms_take_the_place_of_namespaces_classes_and_clusters() -> None:
    state = desired()
    (vcenter,) = state.vcenters
    assert (vcenter.namespaces, vcenter.vm_classes, state.clusters) == ((), (), ())
    assert [m.name for m in fabric(state, "prod").machines] == [
        "plain-prod-churn-tabular-0",
        "plain-prod-churn-tabular-1",
    ]
    assert state.questions == ()


def test_a_passed_gpu_fixes_the_host_its_address_and_the_memory() -> None:
    (machine,) = fabric(desired(), "dev").machines
    assert machine.host in ("esx-11", "esx-12")
    assert machine.pci_devices == ("0000:17:00.0",)
    assert machine.reserved
    assert machine.mmio_gib >= 128


def test_f16_pools_hold_what_their_vms_reserve_and_scale_their_shares() -> None:
    (pool,) = fabric(desired(), "prod").pools
    reserved = sum(m.memory_mib for m in fabric(desired(), "prod").machines)
    assert (pool.shares, pool.memory_reservation_mib) == ("high", reserved)
    assert pool.scale_descendants_shares == "scaleCpuAndMemoryShares"


def test_f16_replicas_of_one_service_are_kept_apart() -> None:
    (rule,) = fabric(desired(), "prod").anti_affinities
    assert rule.machines == ("churn-tabular-0", "churn-tabular-1")
    assert fabric(desired(), "dev").anti_affinities == ()


def test_f20_each_group_gets_its_strongest_role_on_its_team_s_folder() -> None:
    (folder,) = fabric(desired(), "prod").folders
    assert [(p.principal, p.role) for p in folder.permissions] == [
        ("corp.example\\ml-admins", "plain-admin"),
        ("corp.example\\ml-all", "Read-only"),
        ("corp.example\\ml-eng", "plain-edit"),
    ]


def test_f1_the_read_only_role_is_vcenter_s_own() -> None:
    (vcenter,) = desired().vcenters
    assert [(r.name, r.manage) for r in vcenter.roles] == [
        ("Read-only", Manage.REFERENCE),
        ("plain-edit", Manage.CREATE),
        ("plain-admin", Manage.CREATE),
    ]


def test_f20_groups_of_an_external_provider_get_no_rights_in_vcenter() -> None:
    outside = Groups(provider="external-oidc", edit="ml-eng")
    (folder,) = fabric(desired(with_groups("ml-eng", outside)), "prod").folders
    assert folder.permissions == ()


@pytest.mark.parametrize(
    ("team", "environment", "accounts"),
    [("ml-eng", "prod", []), ("research", "dev", ["jdoe@corp.example"])],
)
def test_f20_single_accounts_get_rights_outside_production_only(
    team: str, environment: str, accounts: list[str]
) -> None:
    single = Groups(provider="vcenter-sso", edit="g", accounts=("jdoe@corp.example",))
    (folder,) = fabric(desired(with_groups(team, single)), environment).folders
    assert [p.principal for p in folder.permissions if not p.is_group] == accounts


def test_without_a_template_nothing_is_made_and_it_is_asked_for() -> None:
    state = desired(with_orchestrator(vm_template=None))
    assert [f for v in state.vcenters for f in v.fabrics] == []
    (question,) = state.questions
    assert question.subject == "resource_management.orchestrators[machines].vm_template"


@pytest.mark.parametrize(
    ("field", "subject"),
    [
        ("networks", "SiteInventory rtm1: networks[workload].port_group"),
        ("datastores", "SiteInventory rtm1: datastores of plain-a"),
    ],
)
def test_a_missing_fact_of_the_site_is_asked_for(field: str, subject: str) -> None:
    facts = replace(site(), **{field: ()})
    assert subject in [q.subject for q in desired(facts=facts).questions]


def test_the_address_of_a_passed_gpu_is_asked_for() -> None:
    hosts = tuple(
        replace(h, gpus=tuple(replace(g, pci=None) for g in h.gpus)) for h in site().hosts
    )
    subjects = [q.subject for q in desired(facts=replace(site(), hosts=hosts)).questions]
    assert [s for s in subjects if "pci of" in s] != []


def test_the_hardware_is_the_newest_of_the_target_release() -> None:
    platform = blueprint().platform
    targets = replace(platform.targets, esx="8.0U3")
    newer = replace(blueprint(), platform=replace(platform, targets=targets))
    assert {m.hardware_version for m in fabric(desired(newer), "prod").machines} == {21}
    assert {m.hardware_version for m in fabric(desired(), "prod").machines} == {0}


def test_a_vgpu_in_a_plain_vm_is_a_finding_that_names_the_way() -> None:
    """Terraform has no argument for it."""
    state = desired()
    (vcenter,) = state.vcenters
    dev = fabric(state, "dev")
    wished = replace(dev, machines=(replace(dev.machines[0], vgpus=("nvidia_h100-40c",)),))
    other = replace(state, vcenters=(replace(vcenter, fabrics=(wished,)),))
    (finding,) = [f for f in judge([other]) if f.rule == "MLG-D010"]
    assert "kind vks" in finding.mend
    assert [f for f in judge([state]) if f.rule == "MLG-D010"] == []


def test_f1_pools_and_team_folders_carry_a_stamp_that_the_foundation_makes() -> None:
    (vcenter,) = desired().vcenters
    prod = fabric(desired(), "prod")
    made = {(tag.category, tag.name) for tag in vcenter.tags}
    (pool,), (folder,) = prod.pools, prod.folders
    assert pool.tags == (("mlgen", "plain/resource-pool/plain-prod"),)
    assert folder.tags == (("mlgen", "plain/folder/plain/prod/all"),)
    assert {*pool.tags, *folder.tags} <= made


def test_f16_vms_that_can_move_keep_off_the_host_whose_vm_cannot() -> None:
    """The memory that they would take there is missing when the fixed one is started again."""
    (fixed,) = fabric(desired(), "dev").machines
    (rule,) = fabric(desired(), "prod").keep_offs
    assert rule.hosts == (fixed.host,)
    assert rule.machines == ("churn-tabular-0", "churn-tabular-1")
    assert fabric(desired(), "dev").keep_offs == ()


def test_f16_there_is_no_such_rule_where_the_plan_needs_the_host() -> None:
    """A rule that the plan itself breaks would only make DRS move VMs for nothing."""
    only = site().hosts[:1]
    state = desired(facts=replace(site(), hosts=only))
    assert [m.host for m in fabric(state, "dev").machines] == [only[0].name]
    ours = [f for v in state.vcenters for f in v.fabrics if f.environment == "prod"]
    assert [m.name for f in ours for m in f.machines] != []
    assert [f.keep_offs for f in ours] == [()]


def test_f16_overrides_of_drs_and_ha_are_for_plain_vms_only() -> None:
    """Nodes of VKS clusters are replaced under new ids: no group, rule or override names one."""
    acme = example.desired()
    assert acme.clusters
    assert [f.keep_offs or f.anti_affinities for v in acme.vcenters for f in v.fabrics] == []
    assert {row.object_kind for row in acme.coverage} & {
        "vm-group", "host-group", "vm-host-rule", "ha-vm-override", "drs-vm-override",
    } == set()  # fmt: skip


def test_ha_restarts_production_first_and_last_what_one_host_alone_can_take() -> None:
    assert {m.restart_priority for m in fabric(desired(), "prod").machines} == {"high"}
    assert {m.restart_priority for m in fabric(desired(), "dev").machines} == {"lowest"}
