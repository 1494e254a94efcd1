"""The field table: how each field compares, how much a difference weighs and what follows from it.

A field without a row compares by its form and is a warning. ``diff`` and the tests read the same
table, so that a leaf that ``kinds`` gains is compared from its first day.
"""

from __future__ import annotations

from collections.abc import Mapping
from functools import cache

from generator.diff import equality as by
from generator.diff.fields.machines import MACHINES
from generator.diff.fields.rule import NOTICE, FieldRule
from generator.diff.fields.supervisor import LOST, SUPERVISOR
from generator.diff.fields.vsphere import VSPHERE
from generator.record import altered
from generator.vcenter.kinds import KINDS, Leaf

__all__ = ["CHURN", "LOST", "ORDER", "ROWS", "SOURCES", "FieldRule", "leaf_of", "rule_of"]

_BY_FORM: Mapping[str, by.Equality] = {
    "text": by.exact,
    "number": by.number,
    "flag": by.exact,
    "set": by.contains,
    "list": by.unordered,
    "map": by.option,
}

CHURN: Mapping[str, str] = {
    "host": "connection maintenance power",
    "gpu": "vms",
    "datastore": "free_bytes maintenance",
    "vm": "host power guest",
    "vm-class": "vms namespaces",
    "direct-path-profile": "consumed remaining maximum unused_reservation",
    "namespace": "status",
    "supervisor": "config_status kubernetes_status",
    "vks-cluster": "phase",
    "k8s-namespace": "phase label",
}
"""Fields that lawful operation changes all the time: moves, restarts, maintenance, rollouts."""

ROWS: Mapping[str, Mapping[str, FieldRule]] = {**VSPHERE, **MACHINES, **SUPERVISOR}

_TAGS = FieldRule(
    equality=by.contains, refers="tag", consequence="what looks for the tag finds it no more"
)
_STAMPED = FieldRule(
    equality=by.exact, severity=NOTICE, consequence="apply no longer knows it for its own (F1)"
)
_SHARED: Mapping[str, FieldRule] = {"tags": _TAGS, "description": _STAMPED, "stamp": _STAMPED}
"""Rules of fields that many kinds have."""


@cache
def rule_of(kind: str, field: str) -> FieldRule:
    """How a field is judged; ``field`` may be a key of a map (``drs_option.LBMaxVmotion``)."""
    name = field.partition(".")[0]
    leaf = leaf_of(kind, field)
    found = ROWS.get(kind, {}).get(name) or _SHARED.get(name)
    if found is None:
        found = FieldRule(equality=_BY_FORM[leaf.form if leaf else "text"])
    if name in CHURN.get(kind, "").split():
        return altered(found, churns=True)
    return found


@cache
def leaf_of(kind: str, field: str) -> Leaf | None:
    """The leaf that a field is, or that it is spread from."""
    return _LEAVES.get((kind, field)) or _LEAVES.get((kind, field.partition(".")[0]))


_LEAVES = {(kind.name, leaf.name): leaf for kind in KINDS for leaf in kind.leaves}
SOURCES: Mapping[str, str] = {kind.name: kind.source for kind in KINDS}
ORDER: Mapping[str, int] = {kind.name: number for number, kind in enumerate(KINDS)}
"""The order of kinds in reports."""
