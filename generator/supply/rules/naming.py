"""The site's naming convention: fields that mlgen can fill, names that can be told apart."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Mapping

from generator.blueprint.labels import MAX_LABEL, dns_label
from generator.blueprint.model.blueprint import Blueprint
from generator.blueprint.rules.subject import mend_name
from generator.finding import Check, Finding, Path, Severity
from generator.supply.rules.subject import SiteFacts, Supplied

ANYWHERE = ("site", "env", "platform", "kind", "seq")
"""Fields that every kind of object has."""

KINDS: Mapping[str, tuple[str, ...]] = {
    "vm_class": ("gpu", "profile", "rev"),
    "direct_path_profile": ("gpu", "profile"),
    "namespace": ("team",),
    "vks_cluster": ("team",),
    "node_pool": ("name",),
    "storage_policy": ("tier",),
    "folder": (),
    "environment_folder": (),
    "resource_pool": (),
    "vm": ("name", "index"),
}
"""The kinds that are named by pattern, each with the fields that it has of its own."""

FIELDS = frozenset((*ANYWHERE, *(field for fields in KINDS.values() for field in fields)))

_BRACES = re.compile(r"\{[^{}]*\}?|\}")
_FIELD = re.compile(r"\{([a-z_]+)(?::0?([0-9]))?\}")
_LITERAL = re.compile(r"(?:^|(?<=\}))[^{}]+")
_CHANGED = re.compile(r"[^a-z0-9-]")
_MANY = 2


class KnownFields(Check[Supplied]):
    """A naming pattern has a field that cannot be filled."""

    id = "MLG-F050"
    title = "Naming patterns have fields that mlgen can fill"
    reason = "the braces would stay in the name, and no product takes them"
    source = "field rule F17"

    @classmethod
    def check(cls, subject: Supplied) -> Iterator[Finding]:
        """Judges the general pattern and those per kind."""
        for facts, path, kind, pattern in _patterns(subject):
            known = (*ANYWHERE, *KINDS[kind]) if kind in KINDS else tuple(sorted(FIELDS))
            for braces in _BRACES.findall(pattern):
                field = _FIELD.fullmatch(braces)
                if field is not None and field[1] in known:
                    continue
                of = f" of {kind}" if kind in KINDS else ""
                yield cls.breach(
                    f"{braces} in a pattern{of} cannot be filled",
                    **subject.at_site(facts, path),
                    mend=mend_name(field[1], known, "take it out")
                    if field
                    else "write a field as {env}, or {seq:02} to pad it with zeros",
                )


class KnownKinds(Check[Supplied]):
    """There is a pattern for something that mlgen does not name."""

    id = "MLG-F051"
    title = "Naming patterns are for kinds of object that mlgen names"
    severity = Severity.WARNING
    reason = "nothing will be named by it"
    source = "field rule F17"

    @classmethod
    def check(cls, subject: Supplied) -> Iterator[Finding]:
        """Judges the keys of ``per_kind``."""
        for facts, path, kind, _ in _patterns(subject):
            if kind and kind not in KINDS:
                yield cls.breach(
                    f"mlgen names nothing of kind {kind}",
                    **subject.at_site(facts, path),
                    mend=mend_name(kind, KINDS, "take the pattern out"),
                )


class ClassesHaveRevision(Check[Supplied]):
    """VM classes would keep their name when their content changes."""

    id = "MLG-F052"
    title = "Names of VM classes carry a revision"
    reason = (
        "an edited class changes no running VM; only a class of another name rolls the nodes, and "
        "the old one must stay for the way back"
    )
    source = "field rule F3"

    @classmethod
    def check(cls, subject: Supplied) -> Iterator[Finding]:
        """Judges the pattern of VM classes."""
        for facts, path, kind, pattern in _patterns(subject):
            if kind == "vm_class" and "rev" not in _fields(pattern):
                yield cls.breach(
                    f"the pattern of VM classes, {pattern}, has no {{rev}}",
                    **subject.at_site(facts, path),
                    mend="add -r{rev} to it",
                )


class TellsApart(Check[Supplied]):
    """A pattern gives the same name to different objects."""

    id = "MLG-F053"
    title = "Naming patterns tell the objects of a kind apart"
    reason = "the second object of that name would replace the first, or be refused"
    source = "requirements section 6: name collisions"

    @classmethod
    def check(cls, subject: Supplied) -> Iterator[Finding]:
        """Judges each pattern by what the blueprint will name with it."""
        needs = _needs(subject.blueprint)
        for facts, path, kind, pattern in _patterns(subject):
            fields = _fields(pattern)
            for field, others, why in needs.get(kind, ()):
                if not fields & {field, *others}:
                    yield cls.breach(
                        f"the pattern {pattern} gives one name to {why}",
                        **subject.at_site(facts, path),
                        mend=f"add {{{field}}} to it",
                    )


class NamesFit(Check[Supplied]):
    """A name will be longer than allowed."""

    id = "MLG-F054"
    title = "Names fit the longest that is allowed"
    reason = f"a namespace takes {MAX_LABEL} characters, and the site's own limit may be lower"
    source = "RFC 1123; field rule F17: naming.max_length"

    @classmethod
    def check(cls, subject: Supplied) -> Iterator[Finding]:
        """Judges the longest name that each pattern of namespaces and clusters makes."""
        blueprint = subject.blueprint
        team = _longest(team.name for team in blueprint.organisation.teams)
        groups = {
            name: team if item.supervisor_namespaces == "one-per-team" else "all"
            for name, item in blueprint.environments.items()
        }
        for facts in subject.sites:
            naming = facts.inventory.naming
            limit = min(naming.max_length or MAX_LABEL, MAX_LABEL)
            values = {"site": _site(blueprint, facts), "platform": blueprint.metadata.name}
            for kind in ("namespace", "vks_cluster"):
                pattern = naming.per_kind.get(kind, "{platform}-{env}-{team}")
                values |= {"kind": kind, "seq": "00"}
                name = _longest(
                    _filled(pattern, {**values, "env": env, "team": group})
                    for env, group in groups.items()
                )
                if len(name) > limit:
                    yield cls.breach(
                        f"{kind} {name} has {len(name)} characters; {limit} are allowed",
                        **subject.at_site(facts, _path(kind, naming.per_kind)),
                        mend="shorten the pattern, or the names of platform, environment or team",
                    )


class NothingRenamed(Check[Supplied]):
    """A site wants objects renamed that exist, which nothing rendered does."""

    id = "MLG-F055"
    title = "Objects that exist keep their names"
    severity = Severity.WARNING
    reason = "a rename of a namespace or a cluster is a delete and a create, and others refer to it"
    source = "field rules F2, F11 and F17"

    @classmethod
    def check(cls, subject: Supplied) -> Iterator[Finding]:
        """Judges the naming of every site."""
        for facts in subject.sites:
            if facts.inventory.naming.existing == "rename":
                yield cls.breach(
                    "objects that exist are to be renamed, and nothing rendered renames them",
                    **subject.at_site(facts, ("naming", "existing")),
                    mend="set existing: keep, and have them renamed by whom they belong to",
                )


class NamedAsWritten(Check[Supplied]):
    """A pattern has characters that names come out without."""

    id = "MLG-F056"
    title = "Names come out as their patterns are written"
    severity = Severity.WARNING
    reason = (
        "a name is in lower case with hyphens, since namespaces, classes and clusters take no "
        "other; whoever looks for the name of the convention does not find it"
    )
    source = "RFC 1123; field rule F17"

    @classmethod
    def check(cls, subject: Supplied) -> Iterator[Finding]:
        """Judges what stands between the fields of each pattern."""
        for facts, path, _, pattern in _patterns(subject):
            if _CHANGED.search(_BRACES.sub("", pattern)):
                shown = _LITERAL.sub(lambda match: _as_named(match[0]), pattern)
                yield cls.breach(
                    f"names by the pattern {pattern} come out as {shown.strip('-')}",
                    **subject.at_site(facts, path),
                    mend=f"write {shown.strip('-')}; or list the objects that exist under objects",
                )


RULES: tuple[type[Check[Supplied]], ...] = (
    KnownFields,
    KnownKinds,
    ClassesHaveRevision,
    TellsApart,
    NamesFit,
    NothingRenamed,
    NamedAsWritten,
)


def _patterns(subject: Supplied) -> Iterator[tuple[SiteFacts, Path, str, str]]:
    """Every pattern with its place and kind; the general one has no kind."""
    for facts in subject.sites:
        naming = facts.inventory.naming
        if naming.pattern is not None:
            yield facts, ("naming", "pattern"), "", naming.pattern
        for kind, pattern in naming.per_kind.items():
            yield facts, ("naming", "per_kind", kind), kind, pattern


def _as_named(literal: str) -> str:
    """A part between fields as it stands in a name: hyphens at its ends part it from them."""
    inner = dns_label(f"x{literal}x")
    return inner[1:-1]


def _fields(pattern: str) -> set[str]:
    return {match[1] for match in _FIELD.finditer(pattern)}


def _needs(blueprint: Blueprint) -> dict[str, list[tuple[str, tuple[str, ...], str]]]:
    """By kind: a field, others that would do, and what cannot be told apart without."""
    needs: dict[str, list[tuple[str, tuple[str, ...], str]]] = {}
    if len(blueprint.environments) >= _MANY:
        needs["environment_folder"] = [("env", (), "the folders of all environments")]
        needs["namespace"] = [("env", (), "the namespaces of all environments")]
    if _one_per_team(blueprint) and len(blueprint.organisation.teams) >= _MANY:
        needs.setdefault("namespace", []).append(("team", ("seq",), "the namespaces of all teams"))
        needs["vks_cluster"] = [("team", ("seq",), "the clusters of all teams")]
    tiers = [t for t in blueprint.storage_compute.storage.tiers if t.policy_name is None]
    if len(tiers) >= _MANY:
        needs["storage_policy"] = [("tier", ("seq",), "the policies of all storage tiers")]
    if len(blueprint.workloads) >= _MANY:
        needs["node_pool"] = [("name", ("seq",), "the node pools of all workloads")]
    return needs


def _one_per_team(blueprint: Blueprint) -> bool:
    stated = (item.supervisor_namespaces for item in blueprint.environments.values())
    return "one-per-team" in stated


def _longest(names: Iterable[str]) -> str:
    return max((dns_label(name) for name in names), key=len, default="")


def _site(blueprint: Blueprint, facts: SiteFacts) -> str:
    name = facts.inventory.metadata.name
    sites = blueprint.storage_compute.sites
    return next((s.name for s in sites if (s.inventory or s.name) == name), name)


def _filled(pattern: str, values: Mapping[str, str]) -> str:
    return dns_label(_FIELD.sub(lambda match: values.get(match[1], ""), pattern))


def _path(kind: str, per_kind: Mapping[str, str]) -> Path:
    return ("naming", "per_kind", kind) if kind in per_kind else ("naming",)
