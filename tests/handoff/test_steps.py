"""The order of work: each step finds what it needs, and says how it is checked and taken back."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

import pytest

from generator.handoff import steps
from generator.handoff.steps import Step, order_of_work
from generator.placement.plan import Grade, Plan
from generator.platform.objects import Adoption, Coverage, DesiredState, Manage, OpenQuestion
from generator.render import TARGETS
from tests.example import desired, planned
from tests.platform import test_infrastructure as greenfield


def worked(state: DesiredState | None = None, plan: Plan | None = None) -> tuple[Step, ...]:
    """The steps of the example, or of a variant of its state."""
    state = state or desired()
    paths = [file.path for target in TARGETS for file in target(state)]
    return order_of_work(state, plan or planned(), paths)


def titles(state: DesiredState | None = None) -> list[str]:
    """What is done, in order."""
    return [step.title for step in worked(state)]


def step(title: str, state: DesiredState | None = None) -> Step:
    """One step by its title."""
    (found,) = [each for each in worked(state) if each.title == title]
    return found


def waits(title: str, state: DesiredState | None = None) -> set[str]:
    """All steps that must be done before one, at any remove."""
    known = {each.title: set(each.after) for each in worked(state)}
    found: set[str] = set()
    open_ = set(known[title])
    while open_:
        found |= open_
        open_ = {before for each in open_ for before in known[each]} - found
    return found


def on_vcenter(**changes: Any) -> DesiredState:
    """The example with another vCenter."""
    state = desired()
    (vcenter,) = state.vcenters
    return replace(state, vcenters=(replace(vcenter, **changes),))


def test_a_step_comes_after_all_that_it_waits_for() -> None:
    """F35: no step looks ahead."""
    order = titles()
    assert all(order.index(before) < order.index(s.title) for s in worked() for before in s.after)


def test_a_title_names_one_step() -> None:
    """So that a step can be referred to."""
    assert len(set(titles())) == len(titles())


def test_every_step_has_a_check_an_expectation_and_a_way_back() -> None:
    """F35: wrong state at a check means stop."""
    assert all(s.owner and s.command and s.check and s.expected and s.rollback for s in worked())


def test_every_terraform_root_is_applied_in_the_order_of_its_number() -> None:
    """Later roots look up what earlier ones made."""
    roots = [title.removeprefix("Apply vc-ams1/") for title in titles() if "Apply" in title]
    assert roots == [
        "10-foundation", "20-classes", "30-dev-namespaces", "30-prod-namespaces", "40-dev-vms",
        "40-prod-vms",
    ]  # fmt: skip


CLASSES = "Send the VM classes of vc-ams1"
SHARES = "Send the rights and shares of vc-ams1"
DEV = "Apply vc-ams1/30-dev-namespaces"


def test_classes_by_rest_come_before_the_namespaces_that_bind_them() -> None:
    """A namespace that names an unknown class is refused."""
    assert CLASSES in waits(DEV)


def test_rights_by_rest_come_after_the_namespaces_that_they_are_of() -> None:
    """The script refuses a right in a namespace that is not there yet."""
    assert {DEV, "Apply vc-ams1/30-prod-namespaces"} <= waits(SHARES)


def test_rights_in_an_adopted_namespace_need_no_root() -> None:
    """F14: no root makes it, and its lists are merged all the same."""
    (vcenter,) = desired().vcenters
    adopted = tuple(replace(n, manage=Manage.ADOPT) for n in vcenter.namespaces)
    state = on_vcenter(namespaces=adopted)
    assert not [title for title in titles(state) if "namespaces" in title]
    assert "--only namespace --only access" in step(SHARES, state).command
    assert CLASSES in waits(SHARES, state)


def test_policies_are_held_against_their_datastores_before_a_namespace_offers_them() -> None:
    """F15: the policy service is asked as soon as tags and policies are there."""
    sent = step("Send the storage policies of vc-ams1")
    assert "--only storage-policy --only policy-match" in sent.command
    assert "Apply vc-ams1/10-foundation" in waits(sent.title)
    assert sent.title in waits(DEV)


@pytest.mark.parametrize(
    ("title", "kinds"),
    [(CLASSES, "--only vm-class"), (SHARES, "--only access")],
)
def test_what_goes_by_rest_has_its_command_check_and_way_back(title: str, kinds: str) -> None:
    found = step(title)
    call = f"python apply/apply.py vc-ams1 {kinds}"
    assert found.command == f"{call}; then the same with --apply"
    assert found.check == call
    assert found.expected.startswith("exit code 0")
    assert found.rollback == "python apply/apply.py vc-ams1 --rollback JOURNAL --apply"


def test_more_changes_than_the_script_allows_are_allowed_by_their_number() -> None:
    """It refuses more than 25 unless told."""
    access = desired().vcenters[0].accesses[0]
    many = tuple(replace(access, subject=f"group-{n}") for n in range(30))
    found = step(SHARES, on_vcenter(accesses=many))
    assert found.command.endswith("then the same with --apply --max-changes 30")


def test_f2_no_plan_is_applied_that_the_guard_has_not_seen() -> None:
    root = "vc-ams1/20-classes"
    shown = f"terraform -chdir={root} show -json plan.bin | mlgen guard - --plan ."
    for each in worked():
        assert ("apply plan.bin" in each.command) is each.title.startswith("Apply ")
    command = step(f"Apply {root}").command
    assert command.index(shown) < command.index(f"terraform -chdir={root} apply plan.bin")


def test_f6_a_root_without_a_backend_is_only_planned() -> None:
    found = step("Apply vc-ams1/20-classes", on_vcenter(backend=None))
    assert "apply" not in found.command
    assert "vcenters[].backend" in found.expected


def test_a_release_is_taken_back_by_a_render_that_lets_go() -> None:
    """Its old files alone would have Terraform destroy what only this release has."""
    assert "render it into this folder" in step("Apply vc-ams1/20-classes").rollback


def test_production_comes_before_development() -> None:
    """What serves comes first: it is powered on before what could take its GPUs (F4)."""
    assert "Create the clusters of prod" in waits("Create the clusters of dev")


def test_f4_pools_that_hold_by_their_order_are_brought_up_in_it() -> None:
    found = step("Bring up the GPU pools of prod in order")
    assert found.command.startswith(
        "before every other GPU pool, in this order: rag-llm of acme-ml-prod-all (nodes: 2). "
    )
    assert "machinedeployments" in found.check
    assert "wait clusters --all" in step("Create the clusters of prod").check
    assert found.title in waits("Create the clusters of dev")
    assert found.title in waits("By hand: cluster autoscaler (all)")


def test_pools_that_hold_in_any_order_need_no_step() -> None:
    enforced = tuple(replace(spot, grade=Grade.ENFORCED) for spot in planned().placed)
    found = worked(plan=replace(planned(), placed=enforced))
    assert [each.title for each in found if each.title.startswith("Bring up")] == []
    (made,) = [each for each in found if each.title == "Create the clusters of dev"]
    assert "wait machinedeployments --all" in made.check


def test_every_pool_of_every_cluster_is_waited_for() -> None:
    """A cluster is Provisioned long before its nodes run."""
    check = step("Bring up the GPU pools of dev in order").check
    assert "for n in acme-ml-dev-ml-eng acme-ml-dev-research;" in check
    assert "wait machinedeployments --all --for=jsonpath={.status.phase}=Running" in check


def test_a_cluster_comes_after_every_vcenter_is_done() -> None:
    """Its classes, namespace and hosts may be of any."""
    state = desired()
    (vcenter,) = state.vcenters
    both = replace(state, vcenters=(vcenter, replace(vcenter, name="vc-ams2")))
    before = waits("Create the clusters of prod", both)
    assert {SHARES, SHARES.replace("ams1", "ams2")} <= before
    assert {steps.HOSTS.format("vc-ams1"), steps.HOSTS.format("vc-ams2")} <= before


def test_the_secret_of_trusted_cas_is_there_before_its_cluster() -> None:
    """F28: a node that does not trust the registry pulls nothing."""
    state = desired()
    trusting = replace(state.clusters[-1], trust_secret="ca-secret", trusted_cas=("corp-root",))
    state = replace(state, clusters=(*state.clusters[:-1], trusting))
    found = step("Make the Secrets of trusted CAs of prod", state)
    assert found.command.startswith(
        "kubectl -n acme-ml-prod-all create secret generic ca-secret --from-file=corp-root="
    )
    assert found.title in waits("Create the clusters of prod", state)
    assert "Apply vc-ams1/30-prod-namespaces" in waits(found.title, state)


@pytest.mark.parametrize(
    ("kind", "fields", "before"),
    [
        ("storage tier", "export, mount, RWX", "Apply vc-ams1/10-foundation"),
        ("storage-policy", "other rules", "Apply vc-ams1/10-foundation"),
        ("storage-policy", "VM encryption", "Create the clusters of prod"),
        ("node image", "of the Kubernetes release", "Create the clusters of prod"),
        ("mirror", "images", "Create the clusters of prod"),
    ],
)
def test_what_people_make_first_comes_before_what_stands_on_it(
    kind: str, fields: str, before: str
) -> None:
    row = Coverage(
        object_kind=kind, fields=fields, actor="person", where="w", adoptable="-",
        seen_by_diff="nothing", count=1,
    )  # fmt: skip
    state = replace(desired(), coverage=(row,))
    title = f"By hand: {kind} ({fields})"
    assert title in waits(before, state)
    assert (step(title, state).owner == steps.STORAGE_TEAM) is kind.startswith("storage")


def test_only_the_gpu_hosts_need_power_off() -> None:
    """The mode of a GPU changes only while it is empty."""
    assert [s.title for s in worked() if s.power_off] == [HOSTS]


HOSTS = steps.HOSTS.format("vc-ams1")


def test_the_gpu_hosts_are_set_up_by_checklist_and_script() -> None:
    """Each with its way back; the script's own journal for what it set."""
    found = step(HOSTS)
    assert "vc-ams1/gpu/checklist.md" in found.command
    assert "vc-ams1/gpu/apply.ps1 -Apply -Only HOST" in found.command
    assert found.check.startswith("vc-ams1/gpu/apply.ps1; nvidia-smi")
    assert "vc-ams1/gpu/apply.ps1 -Rollback JOURNAL -Apply" in found.rollback


def test_f5_on_a_shared_cluster_the_owners_agree_first() -> None:
    """No script sets anything there."""
    (vcenter,) = desired().vcenters
    proposed = tuple(replace(each, actor="proposed") for each in vcenter.host_settings)
    found = step(HOSTS, on_vcenter(host_settings=proposed))
    assert "apply.ps1" not in found.command
    assert "owners of the shared cluster" in found.command


def test_nobody_is_asked_to_set_up_hosts_without_gpus() -> None:
    assert HOSTS not in titles(on_vcenter(host_settings=()))


def test_vcenter_is_backed_up_before_the_first_change() -> None:
    """F23: its own backups are prerequisites, so somebody takes them."""
    assert steps.BACKUPS in waits("Apply vc-ams1/10-foundation")
    assert steps.BACKUPS in waits(HOSTS)


def test_open_questions_come_first_with_their_owners() -> None:
    """F33: what is not known is asked before anything is done."""
    asked = OpenQuestion(subject="s", question="q", owner="net-team", why="w", blocks=("b",))
    first = worked(replace(desired(), questions=(asked,)))[0]
    assert (first.title, first.owner) == (steps.QUESTIONS, "net-team")


def test_f15_datastores_are_tagged_by_the_script_and_by_nobody_else() -> None:
    """Before the policies are held against them; no person is asked for what a script does."""
    found = {each.title: each for each in fresh()}
    sent = found["Send the storage policies of vc-bud1"]
    assert sent.command.startswith(
        "python apply/apply.py vc-bud1 --only tag-attachment --only policy-match;"
    )
    assert sent.after == ("Apply vc-bud1/10-foundation",)
    assert not [title for title in found if title.startswith("Tag ")]


def test_zones_are_there_before_the_supervisor_that_is_made_on_them() -> None:
    order = [each.title for each in fresh()]
    assert order.index("Send the zones of vc-bud1") < order.index("Apply vc-bud1/25-supervisor")


def fresh(**changes: Any) -> list[Step]:
    """The steps of a site where clusters and a Supervisor are made, with another vCenter."""
    state = greenfield.desired()
    state = replace(state, vcenters=(replace(state.vcenters[0], **changes),))
    paths = [file.path for target in TARGETS for file in target(state)]
    return list(order_of_work(state, planned(), paths))


def test_what_is_made_once_is_handed_over_before_anything_stands_on_it() -> None:
    """F2: hosts join by hand, and from then on the cluster is looked up."""
    order = [step.title for step in fresh()]
    handed = order.index("Hand over the clusters of vc-bud1")
    assert order.index("Apply vc-bud1/00-infrastructure") + 1 == handed
    assert handed < order.index("Apply vc-bud1/10-foundation")
    stated = order.index("State the Supervisors of vc-bud1")
    assert order.index("Apply vc-bud1/25-supervisor") + 1 == stated
    assert len(set(order)) == len(order)


def test_gpu_hosts_are_set_up_once_they_have_joined_a_new_cluster() -> None:
    """F26: what a host has of a vCenter's settings comes with its cluster."""
    settings = desired().vcenters[0].host_settings
    found = {each.title: each for each in fresh(host_settings=settings)}
    assert found[steps.HOSTS.format("vc-bud1")].after == ("Hand over the clusters of vc-bud1",)


def test_hosts_that_join_a_cluster_of_others_are_somebodys_work() -> None:
    """No root makes the cluster, so no hand-over has them join."""
    row = Coverage(
        object_kind="host", fields="joins its cluster", actor="person", where="w", adoptable="-",
        seen_by_diff="all", count=2,
    )  # fmt: skip
    state = replace(desired(), coverage=(row,))
    assert steps.JOIN in waits(HOSTS, state)
    assert steps.JOIN not in titles()
    assert steps.JOIN not in [each.title for each in fresh()]


def test_a_new_supervisor_gets_its_library_when_its_id_is_stated() -> None:
    """Terraform has no argument for it, and no node starts without an image."""
    (found,) = [each for each in fresh() if each.title == "State the Supervisors of vc-bud1"]
    assert "content library" in found.command
    assert not [s for s in fresh() if s.title == "By hand: supervisor (content libraries)"]


@pytest.mark.parametrize(
    ("kind", "check"),
    [
        ("GPU operator and licence", "kubectl get clusterpolicies.nvidia.com"),
        ("cluster autoscaler", "kubectl get deployments -A"),
        ("queues", "kubectl get clusterqueues"),
        ("platform component", "kubectl get pods -A"),
    ],
)
def test_what_people_do_in_a_cluster_is_checked_by_a_command(kind: str, check: str) -> None:
    (found,) = [each for each in worked() if each.title == f"By hand: {kind} (all)"]
    assert found.check.startswith(check)
    assert found.rollback != "undo by hand"


def test_f14_what_was_adopted_is_stamped_once_its_state_has_it() -> None:
    """The release tag lies on the folder, and an adopted one carries it only from then on."""
    taken = [
        Adoption(of=of, name=name, within="", datacenter="ams1", id="")
        for of, name in (("folder", "acme-ml"), ("content-library", "images"))
    ]
    title = "Have what was adopted on vc-ams1 carry its stamp"
    found = step(title, on_vcenter(adoptions=tuple(taken)))
    assert found.command.startswith("set manage: create for folder acme-ml in the SiteInventory")
    assert "images" not in found.command
    assert title not in titles()
