"""The shipped example as typed documents, for the tests of the pure rooms."""

from __future__ import annotations

from dataclasses import replace
from functools import cache
from pathlib import Path

from generator.blueprint.bind import bind
from generator.blueprint.model.blueprint import Blueprint
from generator.catalog import Catalog
from generator.placement.engine import place
from generator.placement.hosts.stock import stock
from generator.placement.plan import Plan
from generator.platform.build import desired_state
from generator.platform.objects import DesiredState
from generator.sizing.engine import size
from generator.source import read
from generator.supply.model import SiteInventory

ROOT = Path(__file__).resolve().parents[1]


@cache
def blueprint() -> Blueprint:
    """blueprints/acme-ml.yaml."""
    (document,) = read(ROOT / "blueprints" / "acme-ml.yaml")
    return bind(Blueprint, document.root)


@cache
def site() -> SiteInventory:
    """blueprints/acme-ams1.site.yaml."""
    (document,) = read(ROOT / "blueprints" / "acme-ams1.site.yaml")
    return bind(SiteInventory, document.root)


def planned(wanted: Blueprint | None = None, facts: SiteInventory | None = None) -> Plan:
    """The plan of the example, or of a variant."""
    catalog = Catalog.builtin()
    needed = size(wanted or blueprint(), catalog)
    return place(needed, stock({"ams1": facts or site()}), catalog)


def desired(wanted: Blueprint | None = None, facts: SiteInventory | None = None) -> DesiredState:
    """The desired state of the example, or of a variant."""
    wanted, facts = wanted or blueprint(), facts or site()
    plan = planned(wanted, facts)
    return desired_state(wanted, {"ams1": facts}, plan, Catalog.builtin())


def without(facts: SiteInventory, **fields: object) -> SiteInventory:
    """The site with some facts replaced."""
    return replace(facts, **fields)  # type: ignore[arg-type]
