"""Roles as Terraform, PowerCLI and Markdown: read back by independent readers."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

import pytest
from markdown_it import MarkdownIt

from generator.roles.model import Purpose, RoleSet
from generator.roles.written import (
    LINE,
    NOBODY,
    markdown,
    on,
    open_points,
    places,
    powercli,
    terraform,
)
from tests.render.powershell import faults, parsed, texts
from tests.roles import examples
from tests.roles.examples import ACME, PLAIN, ROOT

CASES = [(path, purpose) for path in (ACME, PLAIN) for purpose in Purpose]
every = pytest.mark.parametrize(("path", "purpose"), CASES)
EVIL = "x'; Remove-VIRole *; \"${HOME}` $(whoami)\n# |<b>"


def names_and_privileges(roles: RoleSet) -> set[str]:
    """All that a file about them must say."""
    return {role.name for role in roles.roles} | set(roles.privileges)


@every
def test_the_script_parses_and_names_every_role_and_privilege(path: Path, purpose: Purpose) -> None:
    roles = examples.one(path, purpose)
    tree = parsed(powercli(roles))
    assert faults(tree) == []
    objects = {a.name for role in roles.roles for a in role.assignments}
    assert names_and_privileges(roles) | objects <= set(texts(tree))


@every
def test_the_script_writes_nothing_without_apply(path: Path, purpose: Purpose) -> None:
    """Both cmdlets that write stand right behind the question."""
    lines = [line.strip() for line in powercli(examples.one(path, purpose)).splitlines()]
    writes = [
        i for i, line in enumerate(lines) if "New-VIRole" in line or "New-VIPermission" in line
    ]
    assert [lines[i - 1] for i in writes] == ["if ($Apply) {"] * 2
    assert not any(f"{verb}-VI" in line for line in lines for verb in ("Set", "Remove"))


@every
def test_terraform_makes_our_roles_and_no_permission(path: Path, purpose: Purpose) -> None:
    """F2: a permission resource takes those of others away."""
    roles = examples.one(path, purpose)
    text = terraform(roles)
    assert text.count('resource "vsphere_role"') == sum(role.ours for role in roles.roles)
    assert text.count("prevent_destroy = true") == text.count('resource "')
    assert "vsphere_entity_permissions" not in text
    assert all(f'"{name}"' in text for name in roles.privileges)


@every
def test_markdown_has_a_row_for_each_privilege_and_object(path: Path, purpose: Purpose) -> None:
    roles = examples.one(path, purpose)
    page = MarkdownIt("commonmark").enable("table").parse(markdown([roles]))
    rows = sum(token.type == "tr_open" for token in page)
    tables = sum(token.type == "table_open" for token in page)
    grants = sum(len(role.grants) for role in roles.roles)
    objects = sum(len(role.assignments) for role in roles.roles)
    unreadable = len({(u.kind, u.fields) for u in roles.unreadable})
    assert rows - tables == grants + objects + unreadable


def test_what_a_blueprint_says_stays_text() -> None:
    """A group and an object with everything that could end a text."""
    roles = examples.one(ACME, Purpose.APPLY)
    moved = tuple(
        replace(role, assignments=tuple(replace(a, name=EVIL) for a in role.assignments))
        for role in roles.roles
    )
    evil = replace(roles, principal=EVIL, roles=moved)
    assert faults(parsed(powercli(evil))) == []
    assert "\n# |<b>" not in terraform(evil)
    page = MarkdownIt("commonmark").enable("table").parse(markdown([evil]))
    assert not any(token.type == "html_block" for token in page)


def test_many_hosts_stand_behind_each_other() -> None:
    (role,) = (r for r in examples.one(ACME, Purpose.APPLY).roles if "host" in r.name)
    assert list(places(role)) == ["hosts esx-01, esx-02, esx-03, esx-04"]


def test_lines_stay_short_and_lose_no_host() -> None:
    roles = examples.of(ROOT / "blueprints" / "thousand-gpus.yaml", Purpose.APPLY)
    hosts = [role for each in roles for role in each.roles if "-host" in role.name]
    assert hosts
    for role in hosts:
        lines = list(places(role))
        assert max(map(len, lines)) <= LINE
        assert {a.name for a in role.assignments} <= set(" ".join(lines).replace(",", "").split())


def test_a_group_that_nobody_named_is_said_to_be_so() -> None:
    roles = examples.one(PLAIN, Purpose.APPLY)
    assert NOBODY in terraform(roles)
    assert "Which group runs vCenter? (virtualisation)" in set(open_points(roles))


def test_what_is_not_known_is_among_the_open_points() -> None:
    roles = replace(examples.one(ACME, Purpose.APPLY), unlisted=("script new.ps1",))
    assert "the privileges of 'script new.ps1' are not known" in set(open_points(roles))


def test_no_blueprint_is_an_empty_page() -> None:
    assert markdown([]).startswith("# vCenter roles")


@pytest.mark.parametrize(
    ("kind", "said"),
    [
        ("global", "global permission, propagating (Administration > Global Permissions, by hand)"),
        ("vcenter", "the root of vc-ams1"),
        ("folder", "folder ams1/vm/acme-ml, propagating, once 10-foundation is applied"),
        ("datacenter", "datacenter ams1, propagating"),
    ],
)
def test_an_object_reads_as_a_person_names_it(kind: str, said: str) -> None:
    roles = examples.one(ACME, Purpose.APPLY).roles
    assert said in {on(a) for role in roles for a in role.assignments if a.kind == kind}
