"""The desired state of the shipped example, and what is left out when a fact is missing."""

from __future__ import annotations

from dataclasses import replace

import pytest

from generator.blueprint.model.blueprint import Blueprint
from generator.platform.classes import by_terraform, content_revision
from generator.platform.objects import DesiredState, Manage, Vcenter, VmClass
from generator.render import TARGETS
from generator.supply.model import OutsideObject, SiteInventory, Tag
from tests.example import blueprint, desired, site, without


def vcenter(state: DesiredState) -> Vcenter:
    """The only vCenter."""
    (only,) = state.vcenters
    return only


def vm_class(state: DesiredState, start: str) -> VmClass:
    """The class whose name starts so."""
    (only,) = [c for c in vcenter(state).vm_classes if c.name.startswith(start)]
    return only


def test_every_workload_has_the_class_of_the_worked_example() -> None:
    """Profiles, a group for the pair, one eighth and one half of a GPU."""
    profiles = {c.vgpus for c in vcenter(desired()).vm_classes}
    assert profiles == {
        (),
        ("nvidia_h100-10c",),
        ("nvidia_h100-20c",),
        ("nvidia_h100-40c",),
        ("nvidia_h100-4-40c",),
        ("nvidia_h100-1-10c",),
        ("nvidia_h100-80c", "nvidia_h100-80c"),
    }


def test_the_pair_goes_by_rest_with_its_window_and_group() -> None:
    """Two vGPUs are beyond Terraform; 512 GiB of MMIO, 28 vCPUs, 448 GiB, all reserved."""
    pair = vm_class(desired(), "h100-2x80c-r")
    assert not by_terraform(pair)
    assert (pair.vcpus, pair.memory_mib, pair.mmio_gib) == (28, 448 * 1024, 512)
    assert pair.memory_reservation_percent == 100
    assert pair.device_group == "Nvidia:2@nvidia_h100-80c%NVLink"


def test_gpu_classes_reserve_all_memory_and_production_its_cpu() -> None:
    """A vGPU VM powers on in no other way."""
    classes = vcenter(desired()).vm_classes
    assert {c.memory_reservation_percent for c in classes if c.vgpus} == {100}
    assert vm_class(desired(), "h100-4-40c").cpu_reservation_percent == 100
    assert vm_class(desired(), "h100-40c").cpu_reservation_percent == 0


def test_a_class_name_changes_with_its_content_and_with_nothing_else() -> None:
    """A new revision of the blueprint renames no class (F3)."""
    names = [c.name for c in vcenter(desired()).vm_classes]
    newer = replace(blueprint(), metadata=replace(blueprint().metadata, revision=8))
    assert [c.name for c in vcenter(desired(newer)).vm_classes] == names
    assert content_revision(4, 1024) != content_revision(4, 1025)


def test_the_release_is_a_tag_that_is_renamed() -> None:
    """The platform's folder carries it, and it names the release id."""
    here = vcenter(desired())
    (release,) = [tag for tag in here.tags if tag.renamed_by_release]
    assert (release.category, release.name) == ("mlgen-release", "acme-ml-7")
    assert (release.category, release.name) in here.folders[0].tags


def test_everything_that_can_carry_a_stamp_carries_one() -> None:
    """In descriptions, tags and annotations (F1)."""
    state = desired()
    here = vcenter(state)
    described = [*here.tag_categories, *here.tags, *here.storage_policies, *here.vm_classes]
    assert all(thing.description.startswith("mlgen:acme-ml/") for thing in described)
    assert all(cluster.stamp.startswith("mlgen:acme-ml/") for cluster in state.clusters)
    folders = [*here.folders, *(folder for _, folder in here.environment_folders)]
    assert all(any(category == "mlgen" for category, _ in f.tags) for f in folders)


def test_namespaces_follow_the_environments() -> None:
    """One per team in dev, one for all in prod; each with its classes, policies and libraries."""
    here = vcenter(desired())
    assert [n.name for n in here.namespaces] == [
        "acme-ml-dev-ml-eng",
        "acme-ml-dev-research",
        "acme-ml-prod-all",
    ]
    wanted = ("acme-ml-bulk", "acme-ml-nvme", "acme-ml-scratch")
    assert all(n.storage_policies == wanted for n in here.namespaces)
    assert all(n.content_libraries == ("vkr-ams1",) for n in here.namespaces)
    known = {c.name for c in here.vm_classes}
    assert all(set(n.vm_classes) <= known for n in here.namespaces)


def test_a_site_tag_is_looked_up_and_never_made() -> None:
    """The datastore carries ml-tier/bulk already."""
    here = vcenter(desired())
    assert ("tag", "bulk") in {(r.what, r.name) for r in here.references}
    assert "ml-tier" not in {category.name for category in here.tag_categories}


def test_a_datastore_without_a_tag_gets_one_to_attach() -> None:
    """The tag is created; its attachment is somebody's step (F15)."""
    bare = without(site(), datastores=tuple(replace(d, tags=()) for d in site().datastores))
    here = vcenter(desired(facts=bare))
    (policy,) = [p for p in here.storage_policies if p.by_terraform]
    assert policy.untagged == ("fc-gold-01",)
    assert (policy.tag_category, policy.tag) == ("mlgen-tier", "acme-ml-bulk")
    rows = {(row.object_kind, row.actor): row.count for row in desired(facts=bare).coverage}
    assert rows["tag-attachment", "rest"] == 1


def test_what_the_site_lists_as_there_is_referenced() -> None:
    """A second platform on the vCenter looks the shared categories up."""
    there = tuple(
        OutsideObject(kind="tag-category", name=name, manage="reference")
        for name in ("mlgen", "mlgen-release")
    )
    here = vcenter(desired(facts=without(site(), objects=there)))
    assert here.tag_categories == ()
    assert {r.name for r in here.references if r.what == "tag_category"} == {
        "ml-tier",
        "mlgen",
        "mlgen-release",
    }


def test_gpu_pools_are_pinned_to_their_zone_and_fixed_or_elastic() -> None:
    """Permanent pools have a number, the others scale from zero."""
    pools = {p.name: p for cluster in desired().clusters for p in cluster.pools}
    assert (pools["vision-cnn"].minimum, pools["vision-cnn"].maximum) == (1, 1)
    assert (pools["vision-hpo"].minimum, pools["vision-hpo"].maximum) == (0, 10)
    assert {p.failure_domain for p in pools.values() if p.gpu} == {"z1"}
    assert {p.failure_domain for p in pools.values() if not p.gpu} == {""}
    assert all(bool(p.taints) == p.gpu for p in pools.values())


def test_the_control_plane_is_larger_in_production() -> None:
    """Three nodes survive the loss of a host."""
    replicas = {c.environment: c.control_plane_replicas for c in desired().clusters}
    assert replicas == {"dev": 1, "prod": 3}


def drop(name: str) -> SiteInventory:
    """The site without one kind of fact."""
    return without(site(), **{name: ()})


def no_supervisor_id() -> SiteInventory:
    """The site with a Supervisor whose id nobody stated."""
    return without(site(), supervisors=tuple(replace(s, id=None) for s in site().supervisors))


def no_vcenter() -> SiteInventory:
    """The site with neither a vCenter nor a Supervisor."""
    return without(site(), supervisors=(), vcenters=())


@pytest.mark.parametrize(
    ("facts", "subject", "namespaces", "clusters"),
    [
        (drop("supervisors"), "supervisors", 0, 0),
        (no_supervisor_id(), "supervisors[sup-ams1].id", 0, 0),
        (drop("libraries"), "libraries with holds: vkr", 3, 0),
        (drop("datacenters"), "datacenters", 3, 3),
        (drop("datastores"), "storage_compute.storage.tiers", 3, 0),
    ],
    ids=["supervisor", "supervisor-id", "library", "datacenter", "datastore"],
)
def test_a_missing_fact_becomes_a_question_and_leaves_out_what_stands_on_it(
    facts: SiteInventory, subject: str, namespaces: int, clusters: int
) -> None:
    """Never a default (F17)."""
    state = desired(facts=facts)
    assert any(question.subject.endswith(subject) for question in state.questions)
    assert all(question.owner == "vi-team" for question in state.questions)
    assert (len(vcenter(state).namespaces), len(state.clusters)) == (namespaces, clusters)


def test_without_a_vcenter_nothing_of_it_is_made() -> None:
    """The question names what waits."""
    state = desired(facts=no_vcenter())
    assert state.vcenters == ()
    assert "namespace/acme-ml-prod-all" in {b for q in state.questions for b in q.blocks}


def orchestrators(**stated: object) -> Blueprint:
    """The example with something changed on every orchestrator."""
    management = blueprint().resource_management
    changed = tuple(
        replace(o, **stated) if o.kind == "vks" else o  # type: ignore[arg-type]
        for o in management.orchestrators
    )
    return replace(blueprint(), resource_management=replace(management, orchestrators=changed))


@pytest.mark.parametrize(
    ("wanted", "subject"),
    [
        (orchestrators(pod_cidr=None), "pod_cidr"),
        (orchestrators(service_cidr=None), "service_cidr"),
        (orchestrators(cluster_class="builtin-generic-v9.9.9"), "cluster_class"),
    ],
    ids=["pods", "services", "class"],
)
def test_a_cluster_waits_for_its_facts(wanted: Blueprint, subject: str) -> None:
    """Namespaces are made all the same."""
    state = desired(wanted)
    assert {q.subject.rpartition(".")[2] for q in state.questions} == {subject}
    assert (len(vcenter(state).namespaces), state.clusters) == (3, ())


def test_an_environment_without_a_known_site_is_left_out() -> None:
    """Its site has no inventory."""
    elsewhere = {
        name: replace(environment, sites=("nowhere",))
        for name, environment in blueprint().environments.items()
    }
    state = desired(replace(blueprint(), environments=elsewhere))
    assert state.vcenters == ()


def test_the_coverage_contract_counts_every_object() -> None:
    """Kind by kind, with an actor; nothing is left without one."""
    state = desired()
    here = vcenter(state)
    counts = {(row.object_kind, row.fields): (row.actor, row.count) for row in state.coverage}
    assert counts["vm-class", "at most one vGPU"] == ("terraform", len(here.vm_classes) - 1)
    assert counts["vm-class", "several vGPUs, a large MMIO window or disks"] == ("rest", 1)
    assert counts["vks-cluster", "all"] == ("kubernetes", 3)
    assert counts["storage-policy", "vSAN rules"] == ("script", 2)
    assert counts["folder", "all"] == ("terraform", 3)


def test_what_exists_is_looked_up_and_never_made() -> None:
    """Namespaces of an environment and the policy of a tier that are somebody else's (F1)."""
    storage = blueprint().storage_compute.storage
    tiers = tuple(
        replace(tier, policy_name="Gold Tier", manage="reference") if tier.name == "nvme" else tier
        for tier in storage.tiers
    )
    theirs = {
        name: replace(environment, manage="reference")
        for name, environment in blueprint().environments.items()
    }
    wanted = replace(
        blueprint(),
        environments=theirs,
        storage_compute=replace(blueprint().storage_compute, storage=replace(storage, tiers=tiers)),
    )
    state = desired(wanted)
    here = vcenter(state)
    assert {n.manage for n in here.namespaces} == {Manage.REFERENCE}
    assert [(p.name, p.manage) for p in here.storage_policies] == [
        ("acme-ml-bulk", Manage.CREATE),
        ("Gold Tier", Manage.REFERENCE),
        ("acme-ml-scratch", Manage.CREATE),
    ]
    classes = ("acme-ml-bulk", "gold-tier", "acme-ml-scratch")
    assert state.clusters[0].storage_classes == classes
    files = {f.path: f.text for target in TARGETS for f in target(state)}
    assert not any("namespaces" in path for path in files)
    assert "Gold Tier" not in files["vc-ams1/10-foundation/storage_policies.tf"]


def tier(**stated: object) -> Blueprint:
    """The example with something changed on its tagged tier."""
    compute = blueprint().storage_compute
    tiers = tuple(
        replace(t, **stated) if t.name == "bulk" else t  # type: ignore[arg-type]
        for t in compute.storage.tiers
    )
    storage = replace(compute.storage, tiers=tiers)
    return replace(blueprint(), storage_compute=replace(compute, storage=storage))


@pytest.mark.parametrize("manage", ["reference", "adopt"])
def test_a_policy_of_others_without_a_name_is_asked_for(manage: str) -> None:
    """It is never made instead."""
    state = desired(tier(manage=manage))
    assert not any(policy.tag for policy in vcenter(state).storage_policies)
    assert "storage_compute.storage.tiers[bulk].policy_name" in {q.subject for q in state.questions}


def tagged(*names: str) -> SiteInventory:
    """The site whose datastores carry some tags."""
    tags = tuple(Tag(category=f"c-{name}", tag=name) for name in names)
    return without(site(), datastores=tuple(replace(d, tags=tags) for d in site().datastores))


def test_the_tag_of_the_tiers_name_is_taken_among_several() -> None:
    """Whatever their order; without it nobody guesses."""
    policies = [
        vcenter(desired(facts=tagged(*names))).storage_policies[0]
        for names in (("backup", "bulk"), ("bulk", "backup"))
    ]
    assert {policy.tag for policy in policies} == {"bulk"}
    state = desired(facts=tagged("backup", "gold"))
    assert not any(policy.tag for policy in vcenter(state).storage_policies)
    assert "storage_compute.storage.tiers[bulk].name" in {q.subject for q in state.questions}


def test_listed_classes_and_namespaces_are_used_and_not_made() -> None:
    """A second platform may use what the first one made."""
    usual = vcenter(desired())
    name = usual.vm_classes[0].name
    listed = (
        OutsideObject(kind="vm-class", name=name, manage="reference"),
        OutsideObject(kind="namespace", name="acme-ml-prod-all", manage="reference"),
    )
    here = vcenter(desired(facts=without(site(), objects=listed)))
    assert name not in {c.name for c in here.vm_classes}
    assert any(name in namespace.vm_classes for namespace in here.namespaces)
    owners = {namespace.name: namespace.manage for namespace in here.namespaces}
    assert owners["acme-ml-prod-all"] is Manage.REFERENCE
    assert owners["acme-ml-dev-research"] is Manage.CREATE


def test_gpus_in_two_zones_get_a_pool_each() -> None:
    """A node elsewhere would find no GPU."""
    names = {host.name: f"gpu-{index % 2}" for index, host in enumerate(site().hosts)}
    facts = without(
        site(),
        hosts=tuple(replace(host, cluster=names[host.name]) for host in site().hosts),
        clusters=tuple(
            replace(site().clusters[0], name=f"gpu-{n}", zone=f"z{n}") for n in range(2)
        ),
        supervisors=tuple(
            replace(s, zones=("z0", "z1"), clusters=("gpu-0", "gpu-1")) for s in site().supervisors
        ),
    )
    pools = [p for c in desired(facts=facts).clusters for p in c.pools if p.gpu]
    assert {p.failure_domain for p in pools} == {"z0", "z1"}
    assert {"rag-llm-z0", "rag-llm-z1"} <= {p.name for p in pools}


def test_a_zone_that_nobody_states_is_asked_for() -> None:
    """Where the Supervisor has several."""
    facts = without(
        site(),
        clusters=tuple(replace(c, zone=None) for c in site().clusters),
        supervisors=tuple(replace(s, zones=("z0", "z1")) for s in site().supervisors),
    )
    assert "SiteInventory ams1: clusters[gpu-a].zone" in {
        question.subject for question in desired(facts=facts).questions
    }
