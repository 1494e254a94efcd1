"""Finds the inventories of a blueprint's sites and reads them as facts."""

from __future__ import annotations

import os
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import field, replace
from functools import cached_property
from itertools import chain
from pathlib import Path

from generator.blueprint.model.blueprint import Blueprint
from generator.blueprint.model.storage_compute import Site
from generator.blueprint.model.words import Kind
from generator.blueprint.near import did_you_mean, shown
from generator.blueprint.read import read_part, require_kind
from generator.finding import Finding, Refused
from generator.finding import Path as ObjectPath
from generator.record import Record, record
from generator.source import MAX_BYTES, Document, parse, read
from generator.supply.agree import completed, disagreements
from generator.supply.breaches import AmbiguousInventory, DisagreeingFacts, UnknownInventory
from generator.supply.model import SiteInventory, SiteMetadata

_SUFFIXES = frozenset((".yaml", ".yml"))
_KIND: Kind = "SiteInventory"


def read_site(document: Document) -> SiteInventory:
    """The inventory in ``document``.

    Raises:
        Refused: with every finding about the document's shape.
    """
    return read_part(document, _KIND, SiteInventory)


def read_sites(files: Iterable[Path | str]) -> Iterator[SiteInventory]:
    """The inventories in some files, where no blueprint says which site is which.

    Raises:
        Refused: with every finding about a document that is no inventory.
    """
    for document in _named(files):
        yield read_site(document)


@record
class Sites(Record):
    """The facts of a blueprint's sites, both mappings keyed by the blueprint's site name.

    ``documents`` holds where they were read; sites with inline hosts only are not in it. A site
    of which nothing is known is in neither.
    """

    inventories: Mapping[str, SiteInventory] = field(default_factory=dict)
    documents: Mapping[str, Document] = field(default_factory=dict)


class Shelf:
    """The inventories that one run of a command may use; every file is read once, if at all.

    ``files`` are those named by ``--site``: they count before those beside a blueprint. One that
    cannot be read, or holds something else, raises ``Refused``. ``instead`` are inventories that
    are at hand and count before all others of their names.
    """

    def __init__(
        self, files: Iterable[Path | str] = (), *, instead: Sequence[Document] = ()
    ) -> None:
        taken = {_name(one) for one in instead}
        self._named = (*instead, *(one for one in _named(files) if _name(one) not in taken))
        self._folders: dict[Path, tuple[_File, ...]] = {}

    def sites(self, blueprint: Blueprint, document: Document) -> Sites:
        """The facts of the sites of ``blueprint``, which was read from ``document``.

        Raises:
            Refused: with every inventory that is missing, doubled or breaks its schema, and
                every inline host that contradicts one.
        """
        findings: list[Finding] = []
        inventories: dict[str, SiteInventory] = {}
        documents: dict[str, Document] = {}
        for index, site in enumerate(blueprint.storage_compute.sites):
            try:
                if site.inventory is None:
                    inventories |= _inline(site)
                else:
                    found = self._find(site.inventory, document, index)
                    documents[site.name] = found
                    inventories[site.name] = _joined(site, document, index, found)
            except Refused as refused:
                findings.extend(refused.findings)
        if findings:
            raise Refused(findings)
        return Sites(inventories=inventories, documents=documents)

    def _find(self, name: str, document: Document, index: int) -> Document:
        """The inventory of that name: named, beside the blueprint, or beside its base."""
        path = ("storage_compute", "sites", index, "inventory")
        place = document.place(path)
        folders = dict.fromkeys((_folder(document.file), _folder(place.file)))
        shelves = chain([self._named], (self._called(name, folder) for folder in folders))
        for documents in shelves:
            found = [one for one in documents if _name(one) == name]
            if len(found) > 1:
                double = AmbiguousInventory.breach(
                    f"{len(found)} inventories are called {shown(name)}",
                    mend="rename one, or name the file to use with --site",
                    places=[place, *(one.place(("metadata", "name")) for one in found)],
                    path=document.dotted(path),
                )
                raise Refused([double])
            if found:
                return found[0]
        files = [file for folder in folders for file in self._beside(folder)]
        known = chain(self._named, *(file.documents for file in files))
        missing = UnknownInventory.breach(
            f"there is no SiteInventory {shown(name)}",
            mend=_mend_missing(name, known, [file.name for file in files if file.is_unreadable]),
            places=[place],
            path=document.dotted(path),
        )
        raise Refused([missing])

    def _called(self, name: str, folder: Path) -> list[Document]:
        """The inventories of the files in ``folder`` that may hold one of that name."""
        files = (file for file in self._beside(folder) if file.may_hold(name))
        return [document for file in files for document in file.documents]

    def _beside(self, folder: Path) -> tuple[_File, ...]:
        """The files in ``folder`` that may hold inventories."""
        if folder not in self._folders:
            self._folders[folder] = tuple(_File(path) for path in sorted(_candidates(folder)))
        return self._folders[folder]


class _File:
    """A file that may hold inventories. One that cannot be read holds none, and is not refused.

    It is parsed where it may hold what is looked for: most files beside a blueprint do not.
    """

    def __init__(self, path: Path) -> None:
        self._path = path
        self.name = path.name
        try:
            with path.open("rb") as stream:
                content: bytes | None = stream.read(MAX_BYTES + 1)
        except OSError:
            content = None
        self._content = content

    def may_hold(self, name: str) -> bool:
        """Whether it may hold an inventory of that name: a name is written out or has escapes."""
        content = self._content or b""
        return _KIND.encode() in content and (name.encode() in content or b"\\" in content)

    @cached_property
    def _parsed(self) -> tuple[Document, ...] | None:
        """Its inventories; None where it cannot be read."""
        if self._content is None:
            return None
        if _KIND.encode() not in self._content:
            return ()
        try:
            read_ = parse(self._content, file=str(self._path))
        except Refused:
            return None
        return tuple(one for one in read_ if one.root.get("kind") == _KIND)

    @property
    def documents(self) -> tuple[Document, ...]:
        """Its inventories."""
        return self._parsed or ()

    @property
    def is_unreadable(self) -> bool:
        """Whether it cannot be read, or not to its end."""
        return self._parsed is None


def _named(files: Iterable[Path | str]) -> Iterator[Document]:
    """The documents in the files of ``--site``, each file once."""
    unique = {os.path.realpath(file): file for file in files}
    for file in unique.values():
        for document in read(file):
            require_kind(document, _KIND)
            yield document


def _folder(file: str) -> Path:
    """The folder of a document; the current one for standard input."""
    return Path(file).parent


def _candidates(folder: Path) -> Iterator[Path]:
    try:
        for entry in folder.iterdir():
            if entry.suffix.lower() in _SUFFIXES and entry.is_file():
                yield entry
    except OSError:
        return


def _name(document: Document) -> str | None:
    metadata = document.root.get("metadata")
    name = metadata.get("name") if isinstance(metadata, dict) else None
    return name if isinstance(name, str) else None


def _mend_missing(name: str, known: Iterable[Document], unreadable: list[str]) -> str:
    names = sorted({found for one in known if (found := _name(one))})
    near = did_you_mean(name, names)
    if near:
        return f"did you mean {near}?"
    mend = "put its file beside the blueprint or name it with --site"
    if names:
        mend += f"; known: {', '.join(names)}"
    if unreadable:
        mend += f"; could not be read: {', '.join(unreadable)}"
    return mend


def _inline(site: Site) -> dict[str, SiteInventory]:
    """The facts of a site that names no inventory: its inline hosts, if it has any."""
    if not site.hosts:
        return {}
    metadata = SiteMetadata(name=site.name)
    return {site.name: SiteInventory(metadata=metadata, hosts=site.hosts)}


def _joined(site: Site, document: Document, index: int, found: Document) -> SiteInventory:
    """The inventory, completed by inline hosts; raises ``Refused`` where the two disagree."""
    inventory = read_site(found)
    if not site.hosts:
        return inventory
    findings: list[Finding] = []
    hosts = list(inventory.hosts)
    at = {host.name: n for n, host in reversed(list(enumerate(hosts)))}
    for inline, host in enumerate(site.hosts):
        path = ("storage_compute", "sites", index, "hosts", inline)
        if host.name not in at:
            message = f"{shown(host.name)} is not in the inventory {shown(site.inventory)}"
            findings.append(_disagree(message, document, path, found, ("hosts",)))
            continue
        there = at[host.name]
        for below in disagreements(host, hosts[there]):
            message = f"{shown(host.name)} differs from the inventory {shown(site.inventory)}"
            places = (*path, *below), ("hosts", there, *below)
            findings.append(_disagree(message, document, places[0], found, places[1]))
        hosts[there] = completed(hosts[there], host)
    if findings:
        raise Refused(findings)
    return replace(inventory, hosts=tuple(hosts))


def _disagree(
    message: str, document: Document, here: ObjectPath, found: Document, there: ObjectPath
) -> Finding:
    return DisagreeingFacts.breach(
        message,
        mend="correct one of the two, or remove the inline host",
        places=(document.place(here), found.place(there)),
        path=document.dotted(here),
    )
