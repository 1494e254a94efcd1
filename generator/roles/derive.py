"""The roles of ``apply``: from each rendered operation to a privilege on an object. Pure."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence

from generator.catalog.privileges import EVERYWHERE, Need, call, operation, privilege
from generator.platform.objects import DesiredState, OpenQuestion, Vcenter
from generator.render.target import RenderedFile
from generator.roles.model import READ_ONLY, Assignment, Grant, Purpose, RoleSet, VcenterRole
from generator.roles.operations import operations
from generator.roles.places import PLACES, Facts, assignments
from generator.supply.model import SiteInventory

Reasons = dict[str, set[tuple[str, str]]]
"""Per privilege why it is needed: (operation, call)."""


def apply_roles(
    state: DesiredState,
    vcenter: Vcenter,
    files: Iterable[RenderedFile],
    inventories: Mapping[str, SiteInventory],
    *,
    principal: str = "",
) -> RoleSet:
    """The roles of an account that applies everything rendered for one vCenter.

    One role for each kind of object and what it serves for: no object is given a privilege that
    nothing rendered needs on it. ``inventories`` are the facts of all sites.
    """
    facts = Facts(vcenter=vcenter, inventories=inventories)
    keys = operations(vcenter, files)
    objects: dict[Assignment, Reasons] = {}
    serves: dict[Assignment, set[str]] = {}
    questions = []
    for key in keys:
        known = operation(key)
        for need in known.needs if known is not None else ():
            where = assignments(need.place, facts)
            if not where:
                questions.append(_nowhere(key, need))
            for each in where:
                _note(objects.setdefault(each, {}), key, need)
                if need.privilege not in EVERYWHERE:
                    serves.setdefault(each, set()).add(PLACES[need.place].purpose)
    return RoleSet(
        purpose=Purpose.APPLY,
        platform=state.platform,
        vcenter=vcenter.name,
        instance_uuid=vcenter.instance_uuid,
        principal=principal,
        roles=_roles(state.platform, objects, serves),
        unreadable=(),
        questions=tuple(dict.fromkeys(questions)),
        unlisted=tuple(key for key in keys if operation(key) is None),
    )


def grant(privilege_id: str, reasons: Iterable[tuple[str, str]]) -> Grant:
    """A privilege with its reasons: (operation, call)."""
    known = privilege(privilege_id)
    why = sorted(reasons)
    calls = tuple(dict.fromkeys(name for _, name in why))
    said = {source for name in calls if (c := call(name)) is not None for source in c.sources}
    return Grant(
        privilege=privilege_id,
        label=known.label,
        effect=known.effect.value,
        operations=tuple(dict.fromkeys(key for key, _ in why)),
        calls=calls,
        sources=tuple(sorted(said | set(known.sources))),
    )


def _note(reasons: Reasons, key: str, need: Need) -> None:
    if need.privilege not in EVERYWHERE:
        reasons.setdefault(need.privilege, set()).add((key, need.call))


def _roles(
    platform: str, objects: Mapping[Assignment, Reasons], serves: Mapping[Assignment, set[str]]
) -> tuple[VcenterRole, ...]:
    """Objects of one kind that serve for the same share a role."""
    groups: dict[str, list[Assignment]] = {}
    for each in sorted(objects, key=lambda a: (a.kind, a.name)):
        groups.setdefault(_name(platform, each, serves.get(each)), []).append(each)
    return tuple(
        VcenterRole(
            name=name,
            ours=name != READ_ONLY,
            grants=_grants([objects[each] for each in groups[name]]),
            assignments=tuple(groups[name]),
        )
        for name in sorted(groups, key=lambda name: (name == READ_ONLY, name))
    )


def _name(platform: str, each: Assignment, purposes: Iterable[str] | None) -> str:
    if purposes is None:
        return READ_ONLY
    words = [platform, Purpose.APPLY.value, each.kind, *sorted(p for p in purposes if p)]
    return "-".join(words)


def _grants(found: Sequence[Reasons]) -> tuple[Grant, ...]:
    merged: Reasons = {}
    for reasons in found:
        for name, why in reasons.items():
            merged.setdefault(name, set()).update(why)
    return tuple(grant(name, merged[name]) for name in sorted(merged))


def _nowhere(key: str, need: Need) -> OpenQuestion:
    kind = PLACES[need.place].kind
    return OpenQuestion(
        subject=f"roles.apply.{need.place}",
        question=f"Which {kind} does {key!r} act on?",
        owner="virtualisation",
        why="a privilege is given on the objects that need it and on no other",
        blocks=(f"{need.privilege} on that {kind}",),
    )
