"""Judges blueprints by the rules of the blueprint and supply rooms, and by no other room."""

from __future__ import annotations

from pathlib import Path

from generator.blueprint import waivers
from generator.blueprint.extend import extended, merged
from generator.blueprint.read import read_blueprint
from generator.blueprint.rules import RULES as BLUEPRINT_RULES
from generator.blueprint.rules import judge as judge_blueprint
from generator.blueprint.rules.subject import Judged
from generator.catalog import Catalog
from generator.finding import Finding, Rule
from generator.source import Document, parse, read
from generator.supply.read import Shelf, read_site
from generator.supply.rules import RULES as SUPPLY_RULES
from generator.supply.rules import judge as judge_supply
from generator.supply.rules.subject import SiteFacts, Supplied

HERE = Path(__file__).parent
ROOT = HERE.parent.parent
BASE = HERE / "base.yaml"

RULES: tuple[type[Rule], ...] = (*BLUEPRINT_RULES, *SUPPLY_RULES)
IDS = tuple(rule.id for rule in RULES)

_SITE_HEAD = "apiVersion: mlgen/v1alpha1\nkind: SiteInventory\n"


def findings_of(file: Path) -> tuple[Finding, ...]:
    """All findings of both rooms about the blueprint in ``file``, waivers applied."""
    document = extended(read(file)[0])
    sites = Shelf().sites(read_blueprint(document), document)
    return _judged(
        document,
        tuple(
            SiteFacts(inventory, sites.documents.get(name))
            for name, inventory in sorted(sites.inventories.items())
        ),
    )


def findings_in(text: str, *sites: str) -> tuple[Finding, ...]:
    """All findings about ``text`` laid over the base; ``sites`` are inventories without head."""
    return _judged(*subject(text, *sites))


def broken(text: str, *sites: str) -> dict[str, str]:
    """The rule of each finding about ``text``, and its object path."""
    return {finding.rule: finding.path for finding in findings_in(text, *sites)}


def subject(text: str, *sites: str) -> tuple[Document, tuple[SiteFacts, ...]]:
    """A document made of ``text`` laid over the base, and the facts of its sites."""
    base, own = read(BASE)[0], parse(text.encode(), file="test.yaml")[0]
    document = Document("test.yaml", merged(base.root, own.root), own.start)
    inventories = [parse(f"{_SITE_HEAD}{site}".encode(), file="site.yaml")[0] for site in sites]
    return document, tuple(SiteFacts(read_site(one), one) for one in inventories)


def _judged(document: Document, facts: tuple[SiteFacts, ...]) -> tuple[Finding, ...]:
    blueprint = read_blueprint(document)
    catalog = Catalog.builtin().with_rows({"accelerators": blueprint.catalogue.accelerators})
    return waivers.apply_waivers(
        (
            *judge_blueprint(Judged(blueprint, document)),
            *judge_supply(Supplied(blueprint, document, facts, catalog)),
        ),
        blueprint.waivers,
        blueprint.release.as_of,
        document=document,
        known=IDS,
    )
