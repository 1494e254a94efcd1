"""Blueprints and supplies for the tests of the data, from fixtures or laid over the lab."""

from __future__ import annotations

from pathlib import Path

from generator.blueprint.extend import extended, merged
from generator.blueprint.model.blueprint import Blueprint
from generator.blueprint.read import read_blueprint
from generator.catalog import Catalog
from generator.finding import Finding
from generator.ledger import Entry
from generator.sizing.data.engine import size_data
from generator.sizing.data.stored import DataSized, StoredVolume, TierUse
from generator.sizing.data.supply import DataSupply, data_supply
from generator.source import Document, parse, read
from generator.supply.read import Shelf

HERE = Path(__file__).parent
FIXTURES = HERE / "rules"
CATALOG = Catalog.builtin()


def document_of(file: Path) -> Document:
    """A fixture laid over its base."""
    return extended(read(file)[0])


def supply_of(document: Document) -> DataSupply:
    """What the sites of a fixture offer."""
    return data_supply(Shelf().sites(read_blueprint(document), document).inventories)


def lab(text: str = "") -> Blueprint:
    """A blueprint of ``text`` over the lab's base."""
    base = read(FIXTURES / "base.yaml")[0]
    own = parse(text.encode() or b"{}", file="test.yaml")[0]
    return read_blueprint(Document("test.yaml", merged(base.root, own.root), own.start))


def lab_supply() -> DataSupply:
    """What the lab's site offers."""
    return supply_of(read(FIXTURES / "base.yaml")[0])


def sized(text: str, supply: DataSupply | None = None, **options: int) -> DataSized:
    """The data of ``text`` over the lab, by default with its site."""
    return size_data(lab(text), CATALOG, supply or lab_supply(), **options)


def bare(text: str) -> DataSized:
    """The data of ``text`` over the lab, without any inventory."""
    return size_data(lab(text), CATALOG)


def volume(found: DataSized, name: str) -> StoredVolume:
    """The volume of that name."""
    (one,) = [each for each in found.volumes if each.name == name]
    return one


def tier(found: DataSized, name: str) -> TierUse:
    """The use of the tier of that name."""
    (one,) = [each for each in found.tiers if each.tier == name]
    return one


def entry(found: DataSized, subject: str, name: str) -> Entry:
    """The one figure of that name."""
    (one,) = [each for each in found.ledger if (each.subject, each.name) == (subject, name)]
    return one


def rules(found: DataSized) -> list[str]:
    """The ids of the rules that are broken."""
    return [finding.rule for finding in found.findings]


def only(found: DataSized) -> Finding:
    """The only finding."""
    (one,) = found.findings
    return one
