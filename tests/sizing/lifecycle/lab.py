"""Blueprints for the tests of the lifecycle, from fixtures or laid over the lab."""

from __future__ import annotations

from pathlib import Path

from generator.blueprint.extend import extended, merged
from generator.blueprint.model.blueprint import Blueprint
from generator.blueprint.read import read_blueprint
from generator.catalog import Catalog
from generator.finding import Finding
from generator.ledger import Entry
from generator.sizing.lifecycle import lifecycle
from generator.sizing.lifecycle_case import GpuSupply, gpu_supply
from generator.source import Document, parse, read
from generator.supply.read import Shelf

FIXTURES = Path(__file__).parent / "rules"
CATALOG = Catalog.builtin()

Judged = tuple[list[Entry], list[Finding]]


def document_of(file: Path) -> Document:
    """A fixture laid over its base."""
    return extended(read(file)[0])


def supply_of(document: Document) -> GpuSupply:
    """The GPUs of a fixture's sites."""
    blueprint = read_blueprint(document)
    return gpu_supply(blueprint, Shelf().sites(blueprint, document).inventories)


def judged(document: Document) -> Judged:
    """The lifecycle of a fixture, with its sites."""
    return lifecycle(read_blueprint(document), CATALOG, supply_of(document))


def lab(text: str) -> Blueprint:
    """A blueprint of ``text`` over the lab's base."""
    base, own = read(FIXTURES / "base.yaml")[0], parse(text.encode(), file="test.yaml")[0]
    return read_blueprint(Document("test.yaml", merged(base.root, own.root), own.start))


def at_the_lab(text: str) -> Judged:
    """The lifecycle of ``text`` over the lab, with its sites."""
    return lifecycle(lab(text), CATALOG, supply_of(read(FIXTURES / "base.yaml")[0]))


def on_paper(text: str) -> Judged:
    """The lifecycle of ``text`` over the lab, without any inventory."""
    return lifecycle(lab(text), CATALOG)


def of_workload(fields: str, *, name: str = "w", phase: str = "serving") -> str:
    """A document with one workload of these fields, in the flow style."""
    return f"workloads: [{{name: {name}, owner: ml-eng, phase: {phase}, {fields}}}]"


def figure(found: Judged, subject: str, name: str) -> Entry:
    """The one figure of that name."""
    (one,) = [each for each in found[0] if (each.subject, each.name) == (subject, name)]
    return one


def names(found: Judged, subject: str) -> list[str]:
    """The names of a subject's figures."""
    return [each.name for each in found[0] if each.subject == subject]


def rules(found: Judged) -> list[str]:
    """The ids of the rules that are broken."""
    return [finding.rule for finding in found[1]]
