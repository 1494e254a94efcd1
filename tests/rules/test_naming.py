"""Naming conventions: what a pattern may say and what it must."""

from __future__ import annotations

import pytest

from generator.platform import naming as platform_naming
from generator.supply.rules import naming
from tests.rules.judging import broken, findings_in

MANY = """
environments: {dev: {supervisor_namespaces: one-per-team}}
storage_compute:
  storage: {tiers: [{name: a, media: ssd, backing: s3}, {name: b, media: ssd, backing: s3}]}
workloads:
  - {name: v, goal: g, owner: ml-eng, phase: concept}
  - {name: w, goal: g, owner: ml-eng, phase: concept}
"""


def _site(patterns: str) -> str:
    return f"metadata: {{name: lab}}\nnaming: {{{patterns}}}"


def test_kinds_and_fields_are_those_that_objects_are_named_by() -> None:
    """Else a pattern would be judged by other words than it is filled with."""
    assert naming.KINDS.keys() == platform_naming.PATTERNS.keys()


@pytest.mark.parametrize("kind", platform_naming.PATTERNS)
def test_the_own_pattern_of_each_kind_breaks_no_rule(kind: str) -> None:
    """mlgen's patterns obey mlgen's rules."""
    pattern = platform_naming.PATTERNS[kind]
    assert broken(MANY, _site(f'per_kind: {{{kind}: "{pattern}"}}')) == {}


@pytest.mark.parametrize(
    ("kind", "pattern"),
    [
        ("namespace", "{platform}-{env}"),
        ("namespace", "{platform}-{team}"),
        ("vks_cluster", "{platform}-{env}"),
        ("storage_policy", "{platform}"),
        ("node_pool", "{platform}"),
        ("environment_folder", "{platform}"),
    ],
)
def test_a_pattern_without_what_tells_objects_apart_is_found(kind: str, pattern: str) -> None:
    """Where the blueprint has two of them; with one there is nothing to tell apart."""
    site = _site(f'per_kind: {{{kind}: "{pattern}"}}')
    assert broken(MANY, site) == {"MLG-F053": f"naming.per_kind.{kind}"}


def test_one_object_needs_nothing_to_tell_it_apart() -> None:
    """One team, one namespace for all of an environment."""
    assert broken("metadata: {revision: 2}", _site('per_kind: {vks_cluster: "{platform}"}')) == {}


@pytest.mark.parametrize(
    ("pattern", "mend"),
    [
        ("{platfrm}", "did you mean platform?"),
        ("{seq:3d}", "write a field as {env}, or {seq:02} to pad it with zeros"),
        ("{env", "write a field as {env}, or {seq:02} to pad it with zeros"),
        ("a}", "write a field as {env}, or {seq:02} to pad it with zeros"),
    ],
)
def test_braces_that_cannot_be_filled_are_found(pattern: str, mend: str) -> None:
    """A misspelt field, and anything that is no field."""
    (finding,) = findings_in("metadata: {revision: 2}", _site(f'pattern: "{pattern}"'))
    assert (finding.rule, finding.mend) == ("MLG-F050", mend)


def test_a_kind_has_only_its_own_fields() -> None:
    """A namespace has no GPU."""
    site = _site('per_kind: {namespace: "{platform}-{env}-{gpu}"}')
    assert broken("metadata: {revision: 2}", site) == {"MLG-F050": "naming.per_kind.namespace"}


@pytest.mark.parametrize(
    ("environments", "rules"),
    [
        ("{dev: {supervisor_namespaces: one-per-team}}", {"MLG-F054"}),
        ("{dev: {supervisor_namespaces: one}}", set()),
    ],
)
def test_the_longest_name_that_will_be_made_counts(environments: str, rules: set[str]) -> None:
    """A long team name makes long namespaces only where teams have their own."""
    text = f"""
organisation: {{teams: [{{name: {"t" * 60}}}]}}
environments: {environments}
"""
    assert set(broken(text, _site("existing: keep"))) == rules
