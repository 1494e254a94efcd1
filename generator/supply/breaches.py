"""What can go wrong between a blueprint's sites and their inventories."""

from __future__ import annotations

from generator.finding import Rule

_DESIGN = "design: sites[].inventory"


class UnknownInventory(Rule):
    """A site names an inventory that is in no file."""

    id = "MLG-I001"
    title = "A site's inventory is in the same folder or named by --site"
    reason = "without the site's facts nothing can be placed, and mlgen does not guess them"
    source = _DESIGN


class AmbiguousInventory(Rule):
    """Two inventories have the same name."""

    id = "MLG-I002"
    title = "An inventory's name stands once"
    reason = "which facts count would hang on the order in which files are read"
    source = _DESIGN


class DisagreeingFacts(Rule):
    """Inline hosts and the inventory say different things."""

    id = "MLG-I003"
    title = "Inline hosts agree with the inventory"
    reason = "one of the two is out of date, and a plan made on it will not fit"
    source = _DESIGN


class IllFormedCatalogueRow(Rule):
    """A row of the blueprint's own catalogue cannot be used."""

    id = "MLG-I004"
    title = "Rows of the blueprint's catalogue are complete"
    reason = "a GPU with a wrong figure would be packed wrongly"
    source = "design: a blueprint can override or add any row without code"


RULES: tuple[type[Rule], ...] = (
    UnknownInventory,
    AmbiguousInventory,
    DisagreeingFacts,
    IllFormedCatalogueRow,
)
