"""What the rules of this room judge: a blueprint with the facts of its sites and the catalogue."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from typing import NamedTuple

from generator.blueprint.model.blueprint import Blueprint
from generator.blueprint.model.hosts import GpuDevice, Host
from generator.blueprint.rules.subject import Where, where
from generator.catalog import Catalog, UnknownRow
from generator.catalog.accelerator import Accelerator
from generator.finding import Path
from generator.source.document import Document
from generator.supply.model import SiteInventory


@dataclass(frozen=True, slots=True)
class SiteFacts:
    """An inventory; ``document`` is None where it was made of a blueprint's inline hosts."""

    inventory: SiteInventory
    document: Document | None = None


class Board(NamedTuple):
    """A physical GPU with its host; ``accelerator`` is None where the catalogue lacks it."""

    facts: SiteFacts
    path: Path
    host: Host
    gpu: GpuDevice
    accelerator: Accelerator | None


class Stock(NamedTuple):
    """GPUs that work may use, and the models among them that the catalogue knows, by id."""

    boards: tuple[Board, ...]
    models: Mapping[str, Accelerator]


@dataclass(frozen=True, slots=True)
class Supplied:
    """A blueprint, the facts of its sites, and the catalogue with the blueprint's own rows.

    ``as_of`` is the ISO day to judge dates by; empty means the release's own.
    """

    blueprint: Blueprint
    document: Document
    sites: tuple[SiteFacts, ...]
    catalog: Catalog
    as_of: str = ""
    _stocks: dict[tuple[object, ...], Stock] = field(
        default_factory=dict, init=False, repr=False, compare=False
    )

    @property
    def day(self) -> str:
        """The ISO day that dates are judged by; never the clock's."""
        return self.as_of or self.blueprint.release.as_of

    def at(self, *paths: Path) -> Where:
        """Where the values at ``paths`` of the blueprint stand; the first gives the path."""
        return where(self.document, *paths)

    def at_site(self, facts: SiteFacts, *paths: Path) -> Where:
        """The same for a site: in its inventory, or among the blueprint's inline hosts."""
        if facts.document is not None:
            return where(facts.document, *paths)
        sites = self.blueprint.storage_compute.sites
        name = facts.inventory.metadata.name
        index = next((n for n, site in enumerate(sites) if site.name == name), 0)
        return self.at(*(("storage_compute", "sites", index, *path) for path in paths))

    def at_both(self, path: Path, facts: SiteFacts, *paths: Path) -> Where:
        """Where a value of the blueprint stands, and then those of a site."""
        here, there = self.at(path), self.at_site(facts, *paths)
        return {"places": (*here["places"], *there["places"]), "path": here["path"]}

    def facts_of(self, site: str) -> SiteFacts | None:
        """The facts of the blueprint's site of that name, where there are any."""
        for stated in self.blueprint.storage_compute.sites:
            if stated.name == site:
                wanted = stated.inventory or stated.name
                return next((f for f in self.sites if f.inventory.metadata.name == wanted), None)
        return None

    def sites_of(self, environment: str) -> tuple[SiteFacts, ...]:
        """The facts of an environment's sites, all sites where it names none."""
        stated = self.blueprint.environments.get(environment)
        if stated is None or not stated.sites:
            return self.sites
        found = (self.facts_of(site) for site in stated.sites)
        return tuple(facts for facts in found if facts is not None)

    def boards(self, sites: tuple[SiteFacts, ...] | None = None) -> Iterator[Board]:
        """Every GPU of these sites (of all, unless said), held by others or not."""
        known: dict[str, Accelerator | None] = {}
        for facts in self.sites if sites is None else sites:
            for index, host in enumerate(facts.inventory.hosts):
                for place, gpu in enumerate(host.gpus):
                    if gpu.model not in known:
                        known[gpu.model] = self.accelerator(gpu.model)
                    path = ("hosts", index, "gpus", place)
                    yield Board(facts, path, host, gpu, known[gpu.model])

    def stock(self, environments: tuple[str, ...], model: str | None = None) -> Stock:
        """The GPUs that work in these environments may use; all where it is in none.

        Those held by others are left out, and all but ``model`` where one is stated.
        """
        sites = {id(facts): facts for name in environments for facts in self.sites_of(name)}
        key = (tuple(sites), bool(environments), model)
        if key not in self._stocks:
            found = self.boards(tuple(sites.values()) if environments else self.sites)
            boards = tuple(
                board
                for board in found
                if not board.gpu.held_by and model in (None, board.gpu.model)
            )
            models = {b.gpu.model: b.accelerator for b in boards if b.accelerator is not None}
            self._stocks[key] = Stock(boards, models)
        return self._stocks[key]

    def accelerator(self, row_id: str) -> Accelerator | None:
        """A GPU of the catalogue, or None where there is no such row."""
        try:
            return self.catalog.accelerator(row_id)
        except UnknownRow:
            return None
