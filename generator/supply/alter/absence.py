"""Findings about hosts that are not there, and hosts by the names that people give them."""

from __future__ import annotations

from collections.abc import Iterable, Sequence

from generator.blueprint.alter.rules import NoSuchThing
from generator.blueprint.near import did_you_mean, shown
from generator.finding import Finding, Place

_LISTED = 12


def resolved(
    name: str, known: Iterable[tuple[str, str]], place: Place, findings: list[Finding]
) -> list[tuple[str, str]]:
    """The site and name of a host; a finding and nothing where there is none, or several."""
    named = sorted(one for one in known if name in (one[1], "/".join(one)))
    if len(named) == 1:
        return named
    if named:
        several = ", ".join("/".join(one) for one in named)
        message = f"{len(named)} hosts are called {shown(name)}"
        findings.append(
            NoSuchThing.breach(message, mend=f"write one of {several}", places=(place,))
        )
        return []
    names = sorted({host for _, host in known})
    findings.append(absent("host", name, names, place))
    return []


def absent(what: str, name: str, names: Sequence[str], place: Place) -> Finding:
    """The finding that there is no ``what`` of that name; ``names`` are those that there are."""
    near = did_you_mean(name, names)
    listed = f"there are {', '.join(names[:_LISTED])}" if names else f"no {what} is known"
    mend = f"did you mean {near}?" if near else listed
    return NoSuchThing.breach(f"there is no {what} {shown(name)}", mend=mend, places=(place,))
