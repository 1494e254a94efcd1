"""Taking over what is there already: Terraform's ``import`` blocks, and in which order (F14).

An object of which a field differs is refused: its first plan would not be empty. No importer
exists for VM classes, namespaces, storage policies, zones and permissions; those are taken over
by their entry in the manifest, and a class's spec is never patched (F3).
"""

from __future__ import annotations

import json
from collections.abc import Iterator

from generator.diff.differences import Adoption
from generator.diff.fields import ORDER
from generator.diff.pairs import Pair
from generator.diff.ways import Compared
from generator.record import altered

ROOTS = ("10-foundation", "20-classes", "supervisor", "gpu", "30-", "40-", "tanzu", "owner")
"""The order in which what is rendered stands one upon another."""


def adoptions(vcenter: str, compared: Compared, *, first: bool) -> tuple[Adoption, ...]:
    """What no applied release made and is there under our names, in the order of taking over.

    ``first``: this vCenter names no release, so whatever is there was not made by one.
    """
    differing: dict[tuple[str, str], list[str]] = {}
    for one in compared.differences:
        if one.field:
            differing.setdefault((one.kind, one.key), []).append(one.field)
    found = [
        each
        for (kind, key), pair in compared.ours.items()
        for each in _adoption(vcenter, pair, differing.get((kind, key), []), first=first)
    ]
    return tuple(sorted(found, key=_turn))


def _turn(one: Adoption) -> tuple[int, str, int, str]:
    number = next((n for n, root in enumerate(ROOTS) if one.step.startswith(root)), len(ROOTS))
    return number, one.step, ORDER.get(one.kind, 0), one.key


def _adoption(vcenter: str, pair: Pair, fields: list[str], *, first: bool) -> Iterator[Adoption]:
    one, live, mend = pair.desired, pair.live, pair.one.mends.get("")
    if one is None or live is None or mend is None or one.owner == "reference":
        return
    if pair.applied is not None and not (first or one.owner == "adopt"):
        return
    plain = Adoption(
        vcenter=vcenter, kind=one.kind, key=live.key, step=mend.step, by="manifest",
        command=mend.command,
    )  # fmt: skip
    if fields and one.owner == "create":
        yield altered(plain, by="refused", command="", fields=tuple(sorted(fields)))
    elif mend.address:
        block = f"import {{\n  to = {mend.address}\n  id = {_hcl(mend.import_id)}\n}}\n"
        command = mend.command.replace(" apply ", " plan ", 1)
        yield altered(plain, by="import", block=block, command=command)
    else:
        yield plain


def _hcl(text: str) -> str:
    """A literal of Terraform's language; templates start with a sign and a brace."""
    return json.dumps(text, ensure_ascii=False).replace("${", "$${").replace("%{", "%%{")
