"""Requests and their bodies: who gets which right, what is tagged, and what goes by REST at all."""

from __future__ import annotations

import json
from dataclasses import replace
from typing import Any

import pytest

from generator.blueprint.model.governance import Freeze, Governance
from generator.blueprint.model.organisation import Groups
from generator.platform.classes import by_terraform
from generator.platform.objects import DesiredState, Manage, OpenQuestion
from generator.render.supervisor import requests
from generator.supply.model import Zone
from tests.example import blueprint, desired, site, without

FOLDER = "vc-ams1/supervisor/"


def rendered(state: DesiredState) -> dict[str, Any]:
    """Every JSON file of the vCenter by its path below ``supervisor``."""
    files = {file.path: file.text for file in requests.files(state)}
    return {p.removeprefix(FOLDER): json.loads(t) for p, t in files.items() if p.endswith(".json")}


def of_kind(state: DesiredState, kind: str) -> list[dict[str, Any]]:
    """The bodies of one kind, in order."""
    files = rendered(state)
    entries = files.get("requests.json", {"requests": []})["requests"]
    return [files[entry["body"]] for entry in entries if entry["kind"] == kind]


def with_groups(groups: Groups) -> DesiredState:
    """The example where research has these groups and all other teams have none."""
    everyone = blueprint().organisation.teams
    teams = tuple(replace(t, groups=groups if t.name == "research" else None) for t in everyone)
    organisation = replace(blueprint().organisation, teams=teams)
    return desired(replace(blueprint(), organisation=organisation))


def test_each_body_has_a_request_and_no_class_is_made_twice() -> None:
    """REST posts what Terraform does not, and nothing else."""
    files = rendered(desired())
    bodies = [entry["body"] for entry in files["requests.json"]["requests"]]
    assert sorted(bodies) == sorted(set(files) - {"requests.json"})
    terraform = {c.name for c in desired().vcenters[0].vm_classes if by_terraform(c)}
    assert not terraform & {body["id"] for body in of_kind(desired(), "vm-class")}


def test_f20_groups_get_their_role_where_their_team_works() -> None:
    """The group of edit rights, and that of readers, by the domain of the one identity source."""
    found = of_kind(with_groups(Groups(provider="vcenter-sso", edit="ds", view="all")), "access")
    assert {(b["namespace"], b["subject"], b["role"]) for b in found} == {
        ("acme-ml-dev-research", "ds", "EDIT"),
        ("acme-ml-dev-research", "all", "VIEW"),
    }
    assert {(b["subject_type"], b["domain"]) for b in found} == {("GROUP", "corp.example")}


def test_f20_a_stated_domain_is_kept() -> None:
    found = of_kind(with_groups(Groups(provider="vcenter-sso", admin="other\\boss")), "access")
    assert [(b["domain"], b["subject"], b["role"]) for b in found] == [("other", "boss", "OWNER")]


def test_f20_a_group_of_two_roles_gets_the_stronger_once() -> None:
    found = of_kind(with_groups(Groups(provider="vcenter-sso", edit="ds", view="ds")), "access")
    assert [b["role"] for b in found] == ["EDIT"]


def test_f20_single_accounts_get_no_entry() -> None:
    """Rights belong to groups; in prod a rule of the blueprint refuses accounts."""
    groups = Groups(provider="vcenter-sso", accounts=("jdoe@corp.example",))
    assert of_kind(with_groups(groups), "access") == []


@pytest.mark.parametrize("sources", [(), ("corp.example", "lab.example")])
def test_f20_a_group_of_an_unknown_domain_is_asked_for(sources: tuple[str, ...]) -> None:
    (vcenter,) = site().vcenters
    facts = without(site(), vcenters=(replace(vcenter, identity_sources=sources),))
    state = desired(facts=facts)
    assert of_kind(state, "access") == []
    asked = [q for q in state.questions if q.subject.startswith("organisation.teams")]
    assert asked
    assert all(isinstance(q, OpenQuestion) and "domain" in q.question for q in asked)


def test_f15_a_datastore_without_the_tag_of_its_policy_gets_it() -> None:
    bare = tuple(replace(d, tags=()) for d in site().datastores)
    found = of_kind(desired(facts=without(site(), datastores=bare)), "tag-attachment")
    assert [(b["category"], b["datastore"]) for b in found] == [("mlgen-tier", "fc-gold-01")]
    assert of_kind(desired(), "tag-attachment") == []


def test_a_zone_is_made_only_where_the_site_says_so() -> None:
    wanted = Zone(name="z2", clusters=("gpu-a",), manage="create")
    facts = without(site(), zones=(wanted, replace(wanted, name="z3", manage="reference")))
    assert [b["zone"] for b in of_kind(desired(facts=facts), "zone")] == ["z2"]


def test_f10_an_adopted_namespace_is_merged_and_never_made() -> None:
    state = desired()
    (vcenter,) = state.vcenters
    first, *others = vcenter.namespaces
    adopted = replace(vcenter, namespaces=(replace(first, manage=Manage.ADOPT), *others))
    (body,) = of_kind(replace(state, vcenters=(adopted,)), "namespace")
    assert (body["namespace"], body["create"]) == (first.name, False)
    assert body["vm_classes"] == list(first.vm_classes)


def test_f22_windows_and_freezes_reach_the_script() -> None:
    freeze = Freeze(from_="2026-12-18", to="2027-01-04")
    (window,) = blueprint().governance.change_windows
    governance = Governance(change_windows=(window,), freezes=(freeze,))
    stated = rendered(desired(replace(blueprint(), governance=governance)))["requests.json"]
    assert stated["governance"] == {
        "change_windows": [
            {
                "rrule": "FREQ=WEEKLY;BYDAY=SA",
                "start": "06:00",
                "duration_s": 14400,
                "zone": "Europe/Amsterdam",
                "scope": ["gpu-a"],
            }
        ],
        "freezes": [{"from": "2026-12-18", "to": "2027-01-04", "reason": "", "scope": []}],
    }


def test_f22_a_right_in_one_environment_reaches_no_other() -> None:
    entries = rendered(desired())["requests.json"]["requests"]
    reach = {(e["kind"], tuple(e["reach"]["environments"])) for e in entries}
    assert reach == {
        ("vm-class", ("dev", "prod")),
        ("policy-match", ("dev", "prod")),
        ("access", ("dev",)),
        ("access", ("prod",)),
    }


def test_f15_every_policy_is_held_against_the_datastores_of_its_tier() -> None:
    (vcenter,) = desired().vcenters
    stated = {p.name: list(p.datastores) for p in vcenter.storage_policies}
    assert {b["policy"]: b["datastores"] for b in of_kind(desired(), "policy-match")} == stated


def test_policies_alone_have_requests_too() -> None:
    """The script reads them, whoever made the policies."""
    state = desired()
    (vcenter,) = state.vcenters
    bare = replace(vcenter, vm_classes=(), accesses=(), attachments=(), zones=(), namespaces=())
    assert of_kind(replace(state, vcenters=(bare,)), "policy-match")


@pytest.mark.parametrize(("provider", "carried"), [("external-oidc", True), ("vcenter-sso", False)])
def test_f20_only_groups_of_an_external_provider_name_it(provider: Any, carried: bool) -> None:
    groups = Groups(provider=provider, edit="ds", identity_provider="corp-oidc")
    (first, *_) = of_kind(with_groups(groups), "access")
    assert ("identity_provider" in first) is carried


def test_f20_a_provider_goes_by_its_name_on_the_supervisor() -> None:
    """Its id is looked up when it is applied, so nobody is asked for one."""
    groups = Groups(provider="external-oidc", edit="ds", identity_provider="corp-oidc")
    state = with_groups(groups)
    (supervisor,) = site().supervisors
    (body, *_) = of_kind(state, "access")
    assert body["identity_provider"] == {
        "supervisor": supervisor.id,
        "display_name": "corp-oidc",
    }
    assert not [q for q in state.questions if q.subject.startswith("organisation.teams")]
