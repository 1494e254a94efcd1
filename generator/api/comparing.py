"""What if: a project beside the one that it would be."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import replace
from pathlib import Path

from generator.api.assessing import Project
from generator.api.judging import judged, stops
from generator.api.loading import project_of, sound
from generator.api.rendering import rendered
from generator.finding import CannotRun, Finding, Place, Refused, in_order
from generator.record import Record, record
from generator.source import Document, MappingNode, in_canonical_order, parse_value, read
from generator.supply.read import Shelf

TYPE_CHECKING = False
if TYPE_CHECKING:
    from generator.blueprint.alter import Setting
    from generator.platform.whatif import Comparison, Situation
    from generator.supply.alter import Displaced, Hardware


@record
class Supposed(Record):
    """What is supposed. ``teams`` are mappings in YAML, ``workloads`` files of one each.

    What is added comes first, then settings, which may change it, then the hardware.
    """

    settings: tuple[Setting, ...] = ()
    hardware: Hardware | None = None
    teams: tuple[str, ...] = ()
    workloads: tuple[Path, ...] = ()


@record
class WhatIf(Record):
    """Both projects and what differs; ``displaced`` are foreign VMs of lost hosts."""

    before: Project
    after: Project
    comparison: Comparison
    displaced: tuple[Displaced, ...]


@record
class _Altered(Record):
    """The documents as they are supposed."""

    document: Document
    inventories: tuple[Document, ...]
    lost_gpus: tuple[str, ...]
    displaced: tuple[Displaced, ...]
    findings: tuple[Finding, ...]


def whatif(
    path: Path | str,
    supposed: Supposed,
    *,
    sites: Sequence[Path | str] = (),
    as_of: str | None = None,
) -> WhatIf:
    """Compares the blueprint in a file with what is supposed of it. Nothing is written.

    Raises:
        Refused: with every finding, where the blueprint has an error, a supposition cannot be
            made, or what it leads to has an error.
        CannotRun: where the file does not hold exactly one blueprint.
    """
    from generator.platform.whatif import compare

    examined = sound([path], sites=sites, as_of=as_of)
    if len(examined.projects) != 1:
        raise CannotRun(f"{path} holds several blueprints; whatif takes one")
    before = examined.projects[0]
    altered = _altered(before, supposed)
    after, findings = _after(before, altered, sites, as_of, examined.findings)
    old = _situation(before, examined.findings, former=None)
    new = _situation(after, findings, former=old.files, lost_gpus=altered.lost_gpus)
    return WhatIf(
        before=before,
        after=after,
        comparison=compare(old, new),
        displaced=altered.displaced,
    )


def _after(
    before: Project,
    altered: _Altered,
    sites: Sequence[Path | str],
    as_of: str | None,
    known: tuple[Finding, ...],
) -> tuple[Project, tuple[Finding, ...]]:
    """The project as it would be, with its findings; what can stay where it was does."""
    shelf = Shelf(sites, instead=altered.inventories)
    keep = {before.blueprint.metadata.name: before.assessed.plan.placed}
    after = project_of(altered.document, shelf, as_of, keep=keep)
    findings = in_order([*altered.findings, *judged([after])])
    if stops(findings):
        said = {_said(finding) for finding in known}
        raise Refused(finding for finding in findings if _said(finding) not in said)
    return after, findings


def _said(finding: Finding) -> tuple[str, ...]:
    return finding.rule, finding.path, finding.message


def _situation(
    project: Project,
    findings: tuple[Finding, ...],
    *,
    former: Mapping[str, str] | None,
    lost_gpus: tuple[str, ...] = (),
) -> Situation:
    """One side; ``former`` holds the files of the release before it, by path."""
    from generator.platform.whatif import Situation
    from generator.render.output import MANIFEST, terraform_of

    memory = terraform_of(former[MANIFEST]) if former else None
    files = {file.path: file.text for file in rendered(project, memory).files}
    return Situation(
        blueprint=project.blueprint,
        inventories=project.sites.inventories,
        catalog=project.catalog,
        plan=project.assessed.plan,
        findings=findings,
        files=files,
        lost_gpus=lost_gpus,
    )


def _altered(before: Project, supposed: Supposed) -> _Altered:
    """Copies of the project's documents with everything that is supposed, or every refusal."""
    from generator.blueprint.alter import copied, set_values
    from generator.supply.alter import Hardware, Outcome, alter, rosters

    root: MappingNode = copied(before.document.root)
    sources = {id(one): one for one in before.sites.documents.values()}
    trees: dict[int, MappingNode] = {key: copied(one.root) for key, one in sources.items()}
    by_site = {site: trees[id(one)] for site, one in before.sites.documents.items()}
    findings: list[Finding] = []
    notices: list[Finding] = []
    outcome = Outcome(lost_gpus=(), displaced=())
    findings += _with_teams(root, supposed.teams)
    findings += _with_workloads(root, supposed.workloads, notices)
    try:
        set_values(root, supposed.settings)
    except Refused as refused:
        findings += refused.findings
    try:
        outcome = alter(rosters(root, by_site), supposed.hardware or Hardware(), before.catalog)
    except Refused as refused:
        findings += refused.findings
    if findings:
        raise Refused(findings)
    return _Altered(
        document=in_canonical_order(replace(before.document, root=root)),
        inventories=tuple(
            in_canonical_order(replace(one, root=trees[key])) for key, one in sources.items()
        ),
        lost_gpus=outcome.lost_gpus,
        displaced=outcome.displaced,
        findings=tuple(notices),
    )


def _with_teams(root: MappingNode, teams: Sequence[str]) -> Iterator[Finding]:
    """Adds the teams; yields what keeps one from being read."""
    from generator.blueprint.alter import append

    for text in teams:
        try:
            team = parse_value(text, file="--add-team")
        except Refused as refused:
            yield from refused.findings
        else:
            append(root, ("organisation", "teams"), team.root, Place("--add-team", 1, 1))


def _with_workloads(
    root: MappingNode, files: Sequence[Path], notices: list[Finding]
) -> Iterator[Finding]:
    """Adds the work in the files; yields what keeps one from being read."""
    from generator.blueprint.alter import append, workload_of

    for file in files:
        try:
            for document in read(file):
                workload, said = workload_of(document, root)
                append(root, ("workloads",), workload, document.start)
                notices += said
        except Refused as refused:
            yield from refused.findings
