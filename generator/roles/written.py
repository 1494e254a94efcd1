"""Roles as Terraform, as PowerCLI and as Markdown."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from textwrap import wrap
from typing import Any

from generator.render.engine import fill, table_if_any
from generator.render.escape import hcl_label
from generator.render.terraform.root import PROVIDER_VERSION
from generator.roles.model import Assignment, RoleSet, VcenterRole

NOBODY = "a group that nobody has named yet"
LINE = 88
SEVERAL = ("host", "cluster", "datastore", "network", "vm")
"""Kinds of which a role may have many."""


def terraform(roles: RoleSet) -> str:
    """One root module in one file: the roles, and in its head who gets them where.

    No permissions: Terraform's are authoritative for an object and would take those of others away
    (F2). Roles of vCenter's own are left out.
    """
    return fill(
        "roles/roles.tf.j2",
        **_head(roles),
        provider_version=PROVIDER_VERSION,
        given=[
            line
            for role in roles.roles
            for line in (f"{role.name}:", *(f"  {place}" for place in places(role)))
        ],
        roles=[
            {
                "label": hcl_label(role.name),
                "name": role.name,
                "privileges": [grant.privilege for grant in role.grants],
            }
            for role in roles.roles
            if role.ours
        ],
    )


def powercli(roles: RoleSet) -> str:
    """A script with a dry run that makes the roles and adds the permissions."""
    head = _head(roles) | {"principal": roles.principal}
    return fill(
        "roles/roles.ps1.j2",
        **head,
        instance_uuid=roles.instance_uuid,
        roles=[
            {
                "name": role.name,
                "ours": role.ours,
                "privileges": [grant.privilege for grant in role.grants],
                "objects": role.assignments,
            }
            for role in roles.roles
        ],
    )


def markdown(sets: Sequence[RoleSet]) -> str:
    """All roles with their reasons, for a change request."""
    return fill(
        "roles/roles.md.j2",
        platform=sets[0].platform if sets else "",
        sets=[
            _head(each)
            | {
                "roles": [_role(role) for role in each.roles],
                "unreadable": table_if_any(unreadable(each)),
                "open": table_if_any(open_points(each)),
            }
            for each in sets
        ],
    )


def on(each: Assignment) -> str:
    """An object as a person names it."""
    if each.kind == "global":
        return "global permission, propagating (Administration > Global Permissions, by hand)"
    name = f"{each.below}/vm/{each.name}" if each.below else each.name
    place = f"the root of {name}" if each.kind == "vcenter" else f"{each.kind} {name}"
    after = f", once {each.after} is applied" if each.after else ""
    return f"{place}{', propagating' if each.propagate else ''}{after}"


def places(role: VcenterRole) -> Iterator[str]:
    """The objects of a role on lines of bounded length, those of one kind behind each other."""
    alike: dict[tuple[str, ...], list[Assignment]] = {}
    for each in role.assignments:
        several = each.kind in SEVERAL
        key = (each.kind,) if several else (each.kind, each.name, each.below)
        alike.setdefault(key, []).append(each)
    for some in alike.values():
        text = on(some[0])
        if len(some) > 1:
            text = f"{some[0].kind}s {', '.join(each.name for each in some)}"
            text += ", propagating" if some[0].propagate else ""
        yield from wrap(text, LINE, subsequent_indent="  ", break_long_words=False)


def unreadable(roles: RoleSet) -> Iterator[dict[str, str]]:
    """What cannot be read, once per kind and fields."""
    rows = dict.fromkeys((u.kind, u.fields, u.readable_with) for u in roles.unreadable)
    for kind, fields, readable_with in rows:
        yield {"kind": kind, "fields": fields, "readable_with": readable_with}


def open_points(roles: RoleSet) -> Iterator[str]:
    """What is not known yet, in sentences."""
    for question in roles.questions:
        yield f"{question.question} ({question.owner})"
    for key in roles.unlisted:
        yield f"the privileges of {key!r} are not known"


def _head(roles: RoleSet) -> dict[str, Any]:
    return {
        "purpose": roles.purpose.value,
        "platform": roles.platform,
        "vcenter": roles.vcenter,
        "principal": roles.principal or NOBODY,
    }


def _role(role: VcenterRole) -> dict[str, Any]:
    return {
        "name": role.name,
        "objects": [_object(each) for each in role.assignments],
        "grants": table_if_any(
            {
                "privilege": grant.privilege,
                "label": grant.label,
                "effect": grant.effect,
                "operations": _joined(grant.operations),
                "calls": _joined(grant.calls),
                "sources": _joined(grant.sources),
            }
            for grant in role.grants
        ),
    }


def _object(each: Assignment) -> dict[str, str]:
    bare = Assignment(kind=each.kind, name=each.name, propagate=False, below=each.below)
    return {
        "on": "global permission (by hand)" if each.kind == "global" else on(bare),
        "propagates": "yes" if each.propagate else "no",
        "after": each.after or "-",
    }


def _joined(texts: Iterable[str]) -> str:
    return "; ".join(texts)
