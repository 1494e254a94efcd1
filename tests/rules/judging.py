"""Judges a fixture of the rules as ``validate`` judges a blueprint, by these two rooms only."""

from __future__ import annotations

from pathlib import Path

from generator.blueprint import waivers
from generator.blueprint.extend import extended
from generator.blueprint.read import read_blueprint
from generator.blueprint.rules import RULES as BLUEPRINT_RULES
from generator.blueprint.rules import judge as judge_blueprint
from generator.blueprint.rules.subject import Judged
from generator.catalog import Catalog
from generator.finding import Finding, Rule
from generator.source import read
from generator.supply.read import Shelf
from generator.supply.rules import RULES as SUPPLY_RULES
from generator.supply.rules import judge as judge_supply
from generator.supply.rules.subject import SiteFacts, Supplied

HERE = Path(__file__).parent
ROOT = HERE.parent.parent

RULES: tuple[type[Rule], ...] = (*BLUEPRINT_RULES, *SUPPLY_RULES)
IDS = tuple(rule.id for rule in RULES)


def findings_of(file: Path) -> tuple[Finding, ...]:
    """All findings of both rooms about the blueprint in ``file``, waivers applied."""
    judged, supplied = subjects_of(file)
    return waivers.apply_waivers(
        (*judge_blueprint(judged), *judge_supply(supplied)),
        judged.blueprint.waivers,
        judged.day,
        document=judged.document,
        known=IDS,
    )


def subjects_of(file: Path) -> tuple[Judged, Supplied]:
    """What the two rooms judge of the blueprint in ``file``."""
    document = extended(read(file)[0])
    blueprint = read_blueprint(document)
    sites = Shelf().sites(blueprint, document)
    facts = tuple(
        SiteFacts(inventory, sites.documents.get(name))
        for name, inventory in sorted(sites.inventories.items())
    )
    catalog = Catalog.builtin().with_rows({"accelerators": blueprint.catalogue.accelerators})
    supplied = Supplied(blueprint, document, facts, catalog)
    return Judged(blueprint, document), supplied
