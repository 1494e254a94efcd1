"""From files to judged projects."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from pathlib import Path

from generator.api.assessing import Project, assess
from generator.api.judging import judged, stops
from generator.api.keeping import NOTHING_KEPT, Kept
from generator.blueprint.configs import with_configs
from generator.blueprint.extend import extended
from generator.blueprint.model.blueprint import Blueprint
from generator.blueprint.read import faults, read_blueprint
from generator.catalog import Catalog, IllFormedRow
from generator.finding import CannotRun, Finding, Refused, in_order
from generator.record import Record, record
from generator.source import Document, in_canonical_order, read
from generator.supply.read import Shelf


@record
class Examined(Record):
    """What reading files led to: the blueprints, every finding, and what was only half judged.

    ``shapes`` names the files of which only the shape was checked, because no blueprint that was
    given uses them.
    """

    projects: tuple[Project, ...] = ()
    findings: tuple[Finding, ...] = ()
    shapes: tuple[str, ...] = ()


def load(
    paths: Sequence[Path | str],
    *,
    sites: Sequence[Path | str] = (),
    as_of: str | None = None,
    keep: Kept = NOTHING_KEPT,
) -> tuple[Project, ...]:
    """The blueprints in ``paths`` with their sites, after every rule has been judged.

    ``keep`` are the placements of earlier plans by platform: what still fits stays where it was.

    Raises:
        Refused: with every finding, where one of them is an error; that a datastore or a network
            is too small today is none, but an obstacle of the plan.
        CannotRun: where there is no blueprint in the files.
    """
    return sound(paths, sites=sites, as_of=as_of, keep=keep).projects


def sound(
    paths: Sequence[Path | str],
    *,
    sites: Sequence[Path | str] = (),
    as_of: str | None = None,
    keep: Kept = NOTHING_KEPT,
) -> Examined:
    """As ``load``, together with the findings that are no errors."""
    examined = examine(paths, sites=sites, as_of=as_of, keep=keep)
    if stops(examined.findings):
        raise Refused(examined.findings)
    if not examined.projects:
        raise CannotRun(f"no PlatformBlueprint in {', '.join(map(str, paths))}")
    return examined


def validate(
    paths: Sequence[Path | str],
    *,
    sites: Sequence[Path | str] = (),
    as_of: str | None = None,
) -> tuple[Finding, ...]:
    """Every finding about the documents in ``paths``, from loading to the desired state.

    Documents of any kind are taken. A document that breaks its schema is judged no further.
    """
    return examine(paths, sites=sites, as_of=as_of).findings


def examine(
    paths: Sequence[Path | str],
    *,
    sites: Sequence[Path | str] = (),
    as_of: str | None = None,
    keep: Kept = NOTHING_KEPT,
) -> Examined:
    """Reads and judges the documents in ``paths``; nothing that they say raises."""
    try:
        shelf = Shelf(sites)
    except Refused as refused:
        return Examined(findings=refused.findings)
    projects, others, findings = list[Project](), list[str](), list[Finding]()
    for path in paths:
        try:
            projects += _projects(path, shelf, as_of, others, keep)
        except Refused as refused:
            findings += refused.findings
    used = {one.file for project in projects for one in project.sites.documents.values()}
    used = {str(Path(file).resolve()) for file in used}
    return Examined(
        projects=tuple(projects),
        findings=in_order([*findings, *judged(projects)]),
        shapes=tuple(file for file in others if str(Path(file).resolve()) not in used),
    )


def _projects(
    path: Path | str, shelf: Shelf, as_of: str | None, others: list[str], keep: Kept
) -> Iterator[Project]:
    """The blueprints of one file; its other documents are checked against their schemas.

    A file of other documents only is added to ``others``.
    """
    findings: list[Finding] = []
    documents = read(path)
    kinds = {str(document.root.get("kind")) for document in documents}
    if kinds <= {"SiteInventory", "WorkloadRequest"}:
        others.append(documents[0].file)
    for document in documents:
        try:
            if document.root.get("kind") == "PlatformBlueprint":
                yield project_of(document, shelf, as_of, keep=keep)
            else:
                findings += faults(document)
        except Refused as refused:
            findings += refused.findings
    if findings:
        raise Refused(findings)


def project_of(
    document: Document, shelf: Shelf, as_of: str | None, *, keep: Kept = NOTHING_KEPT
) -> Project:
    """The blueprint in a document with its sites, sized and placed; rules are judged elsewhere.

    Raises:
        Refused: with every finding about its shape, its bases or its sites.
    """
    merged = in_canonical_order(extended(document))
    blueprint = read_blueprint(merged)
    catalog = with_configs(_catalog(blueprint, merged), merged)
    sites = shelf.sites(blueprint, merged)
    kept = keep.get(blueprint.metadata.name, ())
    return Project(
        blueprint=blueprint,
        document=merged,
        sites=sites,
        catalog=catalog,
        as_of=as_of or blueprint.release.as_of,
        keep=kept,
        assessed=assess(blueprint, sites, catalog, keep=kept),
    )


def _catalog(blueprint: Blueprint, document: Document) -> Catalog:
    """The catalogue with the blueprint's own rows."""
    from generator.supply.breaches import IllFormedCatalogueRow

    rows = blueprint.catalogue
    overrides = {"accelerators": rows.accelerators, "cpus": rows.cpus, "models": rows.models}
    stated = {kind: list(some) for kind, some in overrides.items() if some}
    try:
        return Catalog.builtin().with_rows(stated) if stated else Catalog.builtin()
    except IllFormedRow as error:
        ill_formed = IllFormedCatalogueRow.breach(
            str(error),
            mend="compare it with mlgen catalog and docs/catalogue.md",
            places=(document.place(("catalogue",)),),
            path="catalogue",
        )
        raise Refused([ill_formed]) from error
