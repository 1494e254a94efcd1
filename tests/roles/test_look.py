"""F8: the roles of ``diff`` and ``diff-host``, and what they cannot read."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

import pytest

from generator.api import Project
from generator.api import roles as all_roles
from generator.catalog.privileges import EVERYWHERE, Effect, call, privilege
from generator.roles.look import EXCEPTIONS, SESSIONS, look_roles, reach
from generator.roles.model import READ_ONLY, Purpose, RoleSet
from generator.roles.reads import READS, SESSION_LIST
from tests.roles import examples
from tests.roles.examples import ACME, EVERY, PLAIN

every = pytest.mark.parametrize("blueprint", EVERY, ids=lambda path: path.stem)


def looking(blueprint: Path, purpose: Purpose, *, sessions: bool = False) -> RoleSet:
    """The roles of one who looks at the first vCenter."""
    state = examples.state(blueprint)
    return look_roles(state, state.vcenters[0], purpose, sessions=sessions)


@every
def test_f8_diff_only_looks(blueprint: Path) -> None:
    for roles in examples.of(blueprint, Purpose.DIFF):
        assert {privilege(name).effect for name in roles.privileges} <= {Effect.VIEW}


@every
def test_f8_diff_host_adds_the_two_documented_exceptions_on_clusters(blueprint: Path) -> None:
    for roles in examples.of(blueprint, Purpose.DIFF_HOST):
        added = {
            (a.kind, grant.privilege)
            for role in roles.roles
            for grant in role.grants
            for a in role.assignments
            if privilege(grant.privilege).effect is not Effect.VIEW
        }
        assert added <= {("cluster", name) for name in EXCEPTIONS}


def test_f8_diff_is_read_only_plus_named_view_privileges() -> None:
    assert looking(ACME, Purpose.DIFF).privileges == (
        "StorageProfile.View",
        "VcIntegrity.lifecycleSoftwareSpecification.Read",
    )


def test_f8_sessions_are_seen_only_where_somebody_asks() -> None:
    """On the root alone, together with what the role there takes the place of."""
    plain, asked = (looking(ACME, Purpose.DIFF, sessions=each) for each in (False, True))
    assert set(asked.privileges) - set(plain.privileges) == set(SESSIONS)
    (role,) = (r for r in asked.roles if r.name.endswith("-sessions"))
    assert [(a.kind, a.propagate) for a in role.assignments] == [("vcenter", False)]
    assert set(plain.privileges) < {g.privilege for g in role.grants}


def test_diff_is_given_at_the_global_root() -> None:
    """Tags and libraries hang there, and a hidden subtree would look like missing objects (F9)."""
    (role,) = looking(ACME, Purpose.DIFF).roles
    assert [(a.kind, a.propagate) for a in role.assignments] == [("global", True)]


def test_the_policy_service_is_not_asked_where_nothing_is_stored_by_policy() -> None:
    vcenter = replace(examples.vcenter(ACME), storage_policies=())
    roles = look_roles(examples.state(ACME), vcenter, Purpose.DIFF)
    assert "StorageProfile.View" not in roles.privileges


def test_a_role_without_a_privilege_of_its_own_is_vcenters(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("generator.roles.look.READS", tuple(r for r in READS if r.kind == "host"))
    (role,) = looking(ACME, Purpose.DIFF).roles
    assert (role.name, role.ours, role.grants) == (READ_ONLY, False, ())


def test_f8_module_options_and_packages_are_unreadable_for_diff_by_design() -> None:
    beyond = {(u.call, u.needs, u.readable_with) for u in reach(Purpose.DIFF)}
    assert beyond >= {
        ("QueryConfiguredModuleOptionString", ("Host.Config.Settings",), "diff-host"),
        ("fetchSoftwarePackages", ("Host.Config.Image",), "diff-host"),
        ("SessionManager.sessionList", ("Sessions.TerminateSession",), "--sessions"),
    }


def test_a_supervisors_summary_is_beyond_every_role() -> None:
    """Its documentation asks for Namespaces.Manage, the right to disable it."""
    for purpose in (Purpose.DIFF, Purpose.DIFF_HOST):
        (name,) = {u.readable_with for u in reach(purpose, sessions=True) if u.kind == "supervisor"}
        assert "Namespaces.Manage" in name


@pytest.mark.parametrize("purpose", [Purpose.DIFF, Purpose.DIFF_HOST])
@pytest.mark.parametrize("sessions", [False, True])
def test_f8_each_read_is_in_reach_or_unreadable_by_design(
    purpose: Purpose, *, sessions: bool
) -> None:
    """Nothing between: a call that needs more than the role holds is listed with what it lacks."""
    held = {*looking(ACME, purpose, sessions=sessions).privileges, *EVERYWHERE}
    listed = {u.call: set(u.needs) for u in reach(purpose, sessions=sessions)}
    names = [name for read in (*READS, SESSION_LIST) for name in read.calls]
    lacking = {
        name: missing
        for name in names
        if (known := call(name)) is not None and (missing := set(known.privileges) - held)
    }
    assert listed == lacking


def test_the_group_is_the_vi_team_of_the_blueprint() -> None:
    """With the one domain that the site knows."""
    assert examples.one(ACME, Purpose.APPLY).principal == "corp.example\\vi-team"
    assert examples.one(ACME, Purpose.APPLY).questions == ()


def with_group(group: str, *domains: str) -> Project:
    """The example with another VI team, in a vCenter of these domains."""
    project = examples.project(ACME)
    governance = replace(project.blueprint.governance, approvers={"vi": group})
    sites = {
        name: replace(
            site, vcenters=tuple(replace(v, identity_sources=domains) for v in site.vcenters)
        )
        for name, site in project.sites.inventories.items()
    }
    return replace(
        project,
        blueprint=replace(project.blueprint, governance=governance),
        sites=replace(project.sites, inventories=sites),
    )


def test_a_group_with_its_domain_is_taken_as_it_is() -> None:
    (roles,) = all_roles([with_group("lab\\vi", "corp.example", "lab")], [Purpose.DIFF])
    assert (roles.principal, roles.questions) == ("lab\\vi", ())


def test_a_group_of_one_of_several_domains_is_asked_for() -> None:
    (roles,) = all_roles([with_group("vi", "corp.example", "lab")], [Purpose.DIFF])
    assert roles.principal == ""
    assert [q.question for q in roles.questions] == ["Which domain does vCenter show for vi?"]


def test_a_group_that_nobody_named_is_asked_for() -> None:
    roles = examples.one(PLAIN, Purpose.DIFF)
    assert roles.principal == ""
    assert [question.subject for question in roles.questions] == ["governance.approvers.vi"]


def test_a_stated_group_goes_before_the_blueprints() -> None:
    (roles,) = all_roles([examples.project(ACME)], [Purpose.DIFF], principal="corp.example\\audit")
    assert (roles.principal, roles.questions) == ("corp.example\\audit", ())
