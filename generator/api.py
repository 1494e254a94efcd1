"""The verbs as functions: what the command line calls, for programs.

This module joins the rooms; it computes nothing itself. ``load`` and ``validate`` read files, the
rest is pure.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import replace
from pathlib import Path

from generator.blueprint.configs import with_configs
from generator.blueprint.extend import extended
from generator.blueprint.model.blueprint import Blueprint
from generator.blueprint.read import as_written, faults, read_blueprint, read_workload
from generator.catalog import Catalog, IllFormedRow
from generator.finding import CannotRun, Finding, Refused, Rule, Severity, in_order, worst
from generator.ledger import Entry, assumed_once
from generator.placement.plan import Plan
from generator.platform.objects import DesiredState
from generator.record import Record, record
from generator.sizing.demand import Sized
from generator.source import Document, in_canonical_order, read
from generator.supply.read import Shelf, Sites

TYPE_CHECKING = False
if TYPE_CHECKING:
    from generator.render.target import RenderedFile
    from generator.sizing.estimate import Estimate
    from generator.sizing.revision import Revision


@record
class Assessed(Record):
    """What a project needs and where it goes, with the whole ledger and all findings."""

    sized: Sized
    plan: Plan
    state: DesiredState
    ledger: tuple[Entry, ...]
    findings: tuple[Finding, ...]


@record
class Project(Record):
    """A blueprint with the facts of its sites and the catalogue that it sees.

    ``as_of`` is the day by which expiries are judged, ``assessed`` what follows from all this.
    """

    blueprint: Blueprint
    document: Document
    sites: Sites
    catalog: Catalog
    as_of: str
    assessed: Assessed


@record
class Rendered(Record):
    """A platform's files, and the state and plan behind them."""

    state: DesiredState
    plan: Plan
    files: tuple[RenderedFile, ...]


def size(blueprint: Blueprint, catalog: Catalog, sites: Sites | None = None) -> Sized:
    """The demands and volumes of a blueprint, with their ledger.

    With ``sites`` volumes and flows are judged by what their datastores and networks offer.
    """
    from generator.sizing.engine import size as size_workloads

    return size_workloads(blueprint, catalog, sites.inventories if sites else None)


def estimate(path: Path | str) -> Estimate:
    """The figures of the one workload in a file; raises as ``estimate_observed`` does."""
    return estimate_observed(path, ())[0]


def estimate_observed(
    path: Path | str, observations: Sequence[Path | str]
) -> tuple[Estimate, Revision]:
    """The figures of a workload (``"-"``: standard input), and what its observations change.

    Raises:
        Refused: with every finding about the files, their shape, or figures that cannot be.
        CannotRun: where the workload's file holds no document, or several.
    """
    from generator.blueprint.observed import read_observations
    from generator.sizing.estimate import estimate as estimate_workload
    from generator.sizing.nonsense import Nonsense
    from generator.sizing.revision import named_by, revise
    from generator.sizing.rules import CannotBe

    documents = read(path)
    if len(documents) != 1:
        raise CannotRun(f"{path} holds {len(documents)} documents; estimate takes one")
    document = documents[0]
    workload, seen = read_workload(document), read_observations(observations)
    workload = workload if "name" in document.root else named_by(workload, seen)
    catalog = with_configs(Catalog.builtin(), document)
    revision = revise((workload,), catalog, seen, are_all=False)
    try:
        return estimate_workload(revision.workloads[0], catalog, proposing=True), revision
    except Nonsense as raised:
        nonsense = raised.at(as_written(raised.field, document))
        place = document.find(nonsense.field) or document.start
        raise Refused([CannotBe.of(nonsense, places=(place,))]) from raised


def observe(project: Project, observations: Sequence[Path | str]) -> tuple[Project, Revision]:
    """The project with what was measured, and what that changes; ``Refused`` for bad files."""
    from generator.blueprint.observed import read_observations
    from generator.sizing.revision import revise

    seen = read_observations(observations)
    revision = revise(project.blueprint.workloads, project.catalog, seen)
    blueprint = replace(project.blueprint, workloads=revision.workloads)
    assessed = assess(blueprint, project.sites, project.catalog)
    return replace(project, blueprint=blueprint, assessed=assessed), revision


def place(sized: Sized, blueprint: Blueprint, sites: Sites, catalog: Catalog) -> Plan:
    """Where the demands go on the hosts of the sites."""
    from generator.placement.engine import place as place_demands
    from generator.placement.licences import licensed
    from generator.placement.stock import stock
    from generator.placement.terms import terms_of

    plan = place_demands(sized, stock(sites.inventories), catalog, terms_of(blueprint, catalog))
    return licensed(plan, sites.inventories, catalog)


def assess(blueprint: Blueprint, sites: Sites, catalog: Catalog) -> Assessed:
    """Sizes, places and derives the desired state; findings are those of these rooms. Pure."""
    from generator.placement.rules import DoesNotFit
    from generator.platform.build import desired_state

    sized = size(blueprint, catalog, sites)
    plan = place(sized, blueprint, sites, catalog)
    return Assessed(
        sized=sized,
        plan=plan,
        state=desired_state(blueprint, sites.inventories, plan, catalog),
        ledger=tuple(assumed_once((*sized.ledger, *plan.ledger))),
        findings=(
            *sized.findings,
            *plan.findings,
            *(DoesNotFit.of(shortfall) for shortfall in plan.shortfalls),
        ),
    )


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
) -> tuple[Project, ...]:
    """The blueprints in ``paths`` with their sites, after every rule has been judged.

    Raises:
        Refused: with every finding, where one of them is an error.
        CannotRun: where there is no blueprint in the files.
    """
    return sound(paths, sites=sites, as_of=as_of).projects


def sound(
    paths: Sequence[Path | str],
    *,
    sites: Sequence[Path | str] = (),
    as_of: str | None = None,
) -> Examined:
    """As ``load``, together with the findings that are no errors."""
    examined = examine(paths, sites=sites, as_of=as_of)
    if worst(examined.findings) is Severity.ERROR:
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
) -> Examined:
    """Reads and judges the documents in ``paths``; nothing that they say raises."""
    try:
        shelf = Shelf(sites)
    except Refused as refused:
        return Examined(findings=refused.findings)
    projects, others, findings = list[Project](), list[str](), list[Finding]()
    for path in paths:
        try:
            projects += _projects(path, shelf, as_of, others)
        except Refused as refused:
            findings += refused.findings
    used = {one.file for project in projects for one in project.sites.documents.values()}
    used = {str(Path(file).resolve()) for file in used}
    return Examined(
        projects=tuple(projects),
        findings=in_order([*findings, *_judged(projects)]),
        shapes=tuple(file for file in others if str(Path(file).resolve()) not in used),
    )


def _projects(
    path: Path | str, shelf: Shelf, as_of: str | None, others: list[str]
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
                yield _project(document, shelf, as_of)
            else:
                findings += faults(document)
        except Refused as refused:
            findings += refused.findings
    if findings:
        raise Refused(findings)


def _project(document: Document, shelf: Shelf, as_of: str | None) -> Project:
    merged = in_canonical_order(extended(document))
    blueprint = read_blueprint(merged)
    catalog = with_configs(_catalog(blueprint, merged), merged)
    sites = shelf.sites(blueprint, merged)
    return Project(
        blueprint=blueprint,
        document=merged,
        sites=sites,
        catalog=catalog,
        as_of=as_of or blueprint.release.as_of,
        assessed=assess(blueprint, sites, catalog),
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


def _judged(projects: Sequence[Project]) -> list[Finding]:
    """The findings of all rooms over projects that were given together, waivers applied."""
    from generator.platform.rules import OneClaim

    findings = [finding for project in projects for finding in _of_project(project)]
    return [*findings, *OneClaim.check([project.assessed.state for project in projects])]


def _of_project(project: Project) -> Iterable[Finding]:
    from generator.blueprint.rules import judge as judge_blueprint
    from generator.blueprint.rules.subject import Judged
    from generator.blueprint.waivers import apply_waivers
    from generator.platform.rules import judge as judge_states
    from generator.supply.rules import judge as judge_supply
    from generator.supply.rules.subject import SiteFacts, Supplied

    facts = tuple(
        SiteFacts(inventory=inventory, document=project.sites.documents.get(name))
        for name, inventory in sorted(project.sites.inventories.items())
    )
    found = (
        *judge_blueprint(Judged(project.blueprint, project.document, project.as_of)),
        *judge_supply(
            Supplied(project.blueprint, project.document, facts, project.catalog, project.as_of)
        ),
        *(located(finding, project.document) for finding in project.assessed.findings),
        *judge_states([project.assessed.state]),
    )
    if not project.blueprint.waivers:
        return found
    return apply_waivers(
        found,
        project.blueprint.waivers,
        project.as_of,
        document=project.document,
        known=frozenset(rule.id for rule in all_rules()),
    )


def located(finding: Finding, document: Document) -> Finding:
    """The finding with the place of its object path, where it has none of its own."""
    if finding.places:
        return finding
    place = document.find(finding.path) or document.start
    return replace(finding, places=(place,))


def render(projects: Sequence[Project], *, out: Path | None = None) -> tuple[Rendered, ...]:
    """The files of each project. Nothing is written.

    ``out`` is the folder of the last render: what Terraform managed there and would no longer is
    let go of, not destroyed. Without it there is no earlier release.

    Raises:
        Refused: where an output path would not work on every file system.
    """
    return tuple(_rendered(project, out) for project in projects)


def _rendered(project: Project, out: Path | None) -> Rendered:
    from generator.render import render_platform
    from generator.render.canonical import fingerprint
    from generator.render.letting_go import well_formed
    from generator.render.output import remembered
    from generator.render.rules import PortablePaths
    from generator.render.target import RenderedFile

    assessed = project.assessed
    sources = [project.document.root, *(d.root for d in project.sites.documents.values())]
    files = render_platform(
        assessed.state,
        assessed.plan,
        assessed.sized,
        assessed.ledger,
        source_hash=fingerprint(sources),
        former=well_formed(remembered(out / assessed.state.platform) if out else None),
    )
    folder = RenderedFile(assessed.state.platform, "")
    findings = tuple(PortablePaths.check([folder, *files]))
    if findings:
        raise Refused(findings)
    return Rendered(state=assessed.state, plan=assessed.plan, files=files)


def all_rules() -> tuple[type[Rule], ...]:
    """Every rule of every room, by room and id."""
    from generator.blueprint.breaches import RULES as SCHEMA
    from generator.blueprint.observed.rules import RULES as OBSERVED
    from generator.blueprint.rules import RULES as BLUEPRINT
    from generator.placement.rules import RULES as PLACEMENT
    from generator.platform.rules import RULES as PLATFORM
    from generator.render.rules import RULES as RENDER
    from generator.sizing.rules import RULES as SIZING
    from generator.source.rules import RULES as SOURCE
    from generator.supply.breaches import RULES as INVENTORY
    from generator.supply.rules import RULES as SUPPLY

    rooms: tuple[tuple[type[Rule], ...], ...] = (
        SOURCE, SCHEMA, BLUEPRINT, OBSERVED, INVENTORY, SUPPLY, SIZING, PLACEMENT, PLATFORM, RENDER,
    )  # fmt: skip
    return tuple(rule for room in rooms for rule in sorted(room, key=lambda rule: rule.id))
