"""The command that would mend a difference; it is printed and never run."""

from __future__ import annotations

from generator.diff.asserted.record import Asserted, Mend
from generator.record import altered

NEW_CLASS = (
    "never patch a class (F3): give the plan a new one with mlgen render, bind it, let the "
    "clusters refer to it in a change window, and retire this one when nothing runs of it"
)


def mend_of(one: Asserted, field: str, mend: Mend, outcome: str) -> Mend:
    """What brings the object back, by its kind.

    A class is never patched (F3), a namespace never deleted by a script (F10), and a conflict is
    decided by people before anything is applied.
    """
    if field == "superfluous":
        return _retire(one)
    if one.kind == "vm-class" and field:
        return Mend(by="person", command=NEW_CLASS, step=mend.step)
    if outcome == "conflict":
        words = f"decide whose value stands, then: {mend.command}"
        return altered(mend, command=words)
    return mend


def _retire(one: Asserted) -> Mend:
    if one.kind == "vm-class":
        words = "retire it when its lists of vms and namespaces are empty; keep it for one release"
    elif one.kind == "namespace":
        words = "nobody's script: list the VMs, clusters and volumes in it, then delete it by hand"
    else:
        words = "remove it by hand once nothing uses it: Terraform has let go of it"
    return Mend(by="person", command=words, step="owner")
