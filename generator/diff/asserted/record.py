"""An object as it ought to be, in the words of a snapshot."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import field
from typing import Literal

from generator.record import Record, altered, record
from generator.vcenter.snapshot import Value, texts

Owner = Literal["reference", "adopt", "create"]
Actor = Literal["terraform", "rest", "powercli", "kubectl", "person"]

_STRENGTH: Mapping[str, int] = {"reference": 0, "adopt": 1, "create": 2}


@record
class Mend(Record):
    """The command that would bring a live object back; ``diff`` never runs it.

    ``address`` and ``import_id`` say how Terraform takes the object over, empty where it cannot
    (F14); ``step`` is the root or script in whose turn it is.
    """

    by: Actor
    command: str
    step: str = ""
    address: str = ""
    import_id: str = ""


@record
class Asserted(Record):
    """One object, and of its fields those that somebody states.

    ``stamp`` is how it is known by what it carries, whatever it is called: a tag or a
    description. ``ident`` is vCenter's own id where the site states it; ``called`` is False for
    what is found by it alone, as the site's reference is no name. ``within`` lists containers as
    (kind, key), nearest first. ``facts`` are the fields that the site states and no release;
    ``known`` says that of the object itself. Where ``mark`` is given an object of others may be
    there in its place and serves as well: ours has the stated name, or a description that starts
    with the mark. ``mends`` are by field, the whole object's under "".
    """

    kind: str
    key: str
    vcenter: str
    owner: Owner
    fields: Mapping[str, Value] = field(default_factory=dict)
    stamp: str = ""
    ident: str = ""
    called: bool = True
    within: tuple[tuple[str, str], ...] = ()
    facts: frozenset[str] = frozenset()
    known: bool = False
    mends: Mapping[str, Mend] = field(default_factory=dict)
    mark: str = ""

    @property
    def identity(self) -> tuple[str, str, str]:
        """vCenter, kind and key."""
        return self.vcenter, self.kind, self.key


def merged(found: Iterable[Asserted]) -> Iterator[Asserted]:
    """One object per identity; several parts of a plan may say something of one object.

    Sets join; of a scalar the plan's word stands before the site's, and the first before others.
    """
    parts: dict[tuple[str, str, str], Asserted] = {}
    for one in found:
        former = parts.get(one.identity)
        parts[one.identity] = one if former is None else _joined(former, one)
    yield from parts.values()


def _joined(one: Asserted, other: Asserted) -> Asserted:
    owner = max(one.owner, other.owner, key=lambda word: _STRENGTH[word])
    fields = dict(one.fields)
    facts = set(one.facts)
    for name, value in other.fields.items():
        if name not in fields:
            fields[name] = value
            facts |= {name} & other.facts
        elif isinstance(value, tuple) and isinstance(fields[name], tuple):
            fields[name] = tuple(sorted({*texts(fields[name]), *value}))
            facts -= set() if name in other.facts else {name}
        elif name in facts and name not in other.facts:
            fields[name] = value
            facts -= {name}
    return altered(
        one,
        owner=owner,
        fields=fields,
        stamp=one.stamp or other.stamp,
        ident=one.ident or other.ident,
        called=one.called and other.called,
        within=one.within or other.within,
        facts=frozenset(facts),
        known=one.known and other.known,
        mends={**other.mends, **one.mends},
    )
