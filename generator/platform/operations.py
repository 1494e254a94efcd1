"""What goes to a vCenter by REST: access, tags on datastores, zones, and when it may go."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence

from generator.blueprint.model.governance import Governance
from generator.blueprint.model.organisation import Groups
from generator.platform.objects import (
    Access,
    Calendar,
    ChangeWindow,
    Freeze,
    Manage,
    Namespace,
    OpenQuestion,
    Reach,
    StoragePolicy,
    TagAttachment,
    Zone,
)
from generator.platform.scope import Scope
from generator.platform.sites import Home
from generator.platform.stamps import stamp

ROLES = (("admin", "OWNER"), ("edit", "EDIT"), ("view", "VIEW"))
"""Roles of the namespaces service, strongest first."""


def accesses(
    scope: Scope, namespaces: Mapping[str, Sequence[Namespace]]
) -> Iterator[Access | OpenQuestion]:
    """The rights of the teams whose work a namespace carries, or what they lack (F20).

    A group that several teams name gets its strongest role once.
    """
    for environment, some in namespaces.items():
        home = scope.homes[environment]
        for namespace in some:
            if namespace.manage is Manage.REFERENCE:
                continue
            found: dict[tuple[str, str], Access] = {}
            for access in _of_namespace(scope, home, namespace):
                if isinstance(access, OpenQuestion):
                    yield access
                else:
                    _keep_strongest(found, access)
            yield from (found[key] for key in sorted(found))


def attachments(policies: Sequence[StoragePolicy]) -> Iterator[TagAttachment]:
    """The tags that datastores lack; a tag policy without them matches nothing (F15)."""
    for policy in policies:
        for datastore in policy.untagged:
            yield TagAttachment(category=policy.tag_category, tag=policy.tag, datastore=datastore)


def zones(scope: Scope, vcenter: str) -> Iterator[Zone]:
    """The zones that the sites of a vCenter ask for; all others are looked up (F1)."""
    found = {}
    for home in scope.homes_of(vcenter).values():
        for zone in home.inventory.zones if home.inventory else ():
            if zone.manage == "create" and (zone.vcenter or vcenter) == vcenter and zone.clusters:
                found[zone.name] = Zone(
                    name=zone.name,
                    clusters=zone.clusters,
                    description=stamp(scope.platform, f"zone/{zone.name}"),
                )
    yield from (found[name] for name in sorted(found))


def reach(scope: Scope, vcenter: str) -> Reach:
    """All that a change to a whole vCenter may touch."""
    here = scope.homes_of(vcenter)
    clusters = {
        cluster.name
        for home in here.values()
        if home.inventory is not None
        for cluster in home.inventory.clusters
        if (cluster.vcenter or vcenter) == vcenter
    }
    return Reach(
        sites=tuple(sorted({home.site for home in here.values()})),
        environments=tuple(sorted(here)),
        clusters=tuple(sorted(clusters)),
    )


def calendar(governance: Governance) -> Calendar:
    """The change windows and freezes of a blueprint (F22)."""
    return Calendar(
        change_windows=tuple(
            ChangeWindow(
                rrule=window.rrule,
                start=window.start,
                duration_s=int(window.duration_s.value),
                zone=window.zone,
                scope=window.scope,
            )
            for window in governance.change_windows
        ),
        freezes=tuple(
            Freeze(first=f.from_, last=f.to, reason=f.reason or "", scope=f.scope)
            for f in governance.freezes
        ),
    )


def _of_namespace(
    scope: Scope, home: Home, namespace: Namespace
) -> Iterator[Access | OpenQuestion]:
    members = {
        chosen.demand.team
        for group in scope.groups_of(namespace.environment)
        if group.namespace == namespace.name
        for chosen in group.chosen
    }
    for index, team in enumerate(scope.blueprint.organisation.teams):
        if team.groups is None or team.name not in members | {namespace.team}:
            continue
        for field, role in ROLES:
            group = getattr(team.groups, field)
            if group is not None:
                at = f"organisation.teams[{index}].groups.{field}"
                yield _access(home, namespace, team.groups, (group, role, at))


def _access(
    home: Home, namespace: Namespace, groups: Groups, wish: tuple[str, str, str]
) -> Access | OpenQuestion:
    group, role, at = wish
    domain, slash, subject = group.rpartition("\\")
    if not slash:
        sources = _identity_sources(home)
        domain = sources[0] if len(sources) == 1 else ""
    if not domain:
        return OpenQuestion(
            subject=at,
            question=f"Which domain does vCenter show for {group}?",
            owner=_directory(home),
            why="a right is given to a subject of a domain that vCenter knows",
            blocks=(f"access of {group} to {namespace.name}",),
        )
    return Access(
        namespace=namespace.name,
        environment=namespace.environment,
        subject=subject,
        domain=domain,
        role=role,
        external=groups.provider == "external-oidc",
        identity_provider=groups.identity_provider or "",
        supervisor_id=namespace.supervisor_id,
    )


def _directory(home: Home) -> str:
    return (home.inventory.owners.get("directory") if home.inventory else None) or "directory"


def _identity_sources(home: Home) -> tuple[str, ...]:
    if home.inventory is None:
        return ()
    return next((v.identity_sources for v in home.inventory.vcenters if v.ref == home.vcenter), ())


def _keep_strongest(found: dict[tuple[str, str], Access], access: Access) -> None:
    rank = [role for _, role in ROLES]
    key = access.domain, access.subject
    former = found.get(key)
    if former is None or rank.index(access.role) < rank.index(former.role):
        found[key] = access
