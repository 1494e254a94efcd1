"""One site as one vCenter has it, and how a fact of it is stated as an object of others."""

from __future__ import annotations

from collections.abc import Mapping
from typing import NamedTuple

from generator.catalog import Catalog
from generator.diff.asserted.ground import person
from generator.diff.asserted.record import Asserted
from generator.quantity import Quantity
from generator.supply.model import SiteInventory
from generator.vcenter.snapshot import Value

Fields = dict[str, Value]


class Facts(NamedTuple):
    """One site as one vCenter has it; ``alone`` where the site has no other vCenter."""

    vcenter: str
    inventory: SiteInventory
    catalog: Catalog
    alone: bool

    def here(self, vcenter: str | None) -> bool:
        """Whether something stated of a vCenter, or of none, is of this one."""
        return vcenter == self.vcenter or (vcenter is None and self.alone)

    def cluster_names(self) -> set[str]:
        """The clusters of this vCenter."""
        return {c.name for c in self.inventory.clusters if self.here(c.vcenter)}


def stated(
    facts: Facts,
    kind: str,
    key: str,
    fields: Mapping[str, Value],
    within: tuple[tuple[str, str], ...] = (),
    ident: str = "",
    *,
    called: bool = True,
) -> Asserted:
    """An object of others; a fact that is None is unknown and left out."""
    known = {name: value for name, value in fields.items() if value is not None}
    what = f"{kind} {key}".strip()
    words = f"find out who changed {what}, or correct SiteInventory {_name(facts)}"
    return Asserted(
        kind=kind,
        key=key,
        vcenter=facts.vcenter,
        owner="reference",
        fields=known,
        ident=ident,
        called=called,
        within=within,
        facts=frozenset(known),
        known=True,
        mends={"": person(words)},
    )


def _name(facts: Facts) -> str:
    return facts.inventory.metadata.name


def whole(amount: Quantity | None) -> int | None:
    """An amount as a snapshot has it; None where it is unknown."""
    return None if amount is None else int(amount.value)
