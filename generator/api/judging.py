"""The findings of every room about projects, and the rules behind them."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import replace

from generator.api.assessing import Project
from generator.finding import Finding, Rule, Severity
from generator.placement.plan import Plan
from generator.source import Document


def stops(findings: Iterable[Finding]) -> bool:
    """Whether an error forbids to go on; what only does not fit is an answer of its own."""
    from generator.placement.obstacles import RULES_OF_FIT

    return any(f.severity is Severity.ERROR and f.rule not in RULES_OF_FIT for f in findings)


def judged(projects: Sequence[Project]) -> list[Finding]:
    """The findings of all rooms over projects that were given together, waivers applied."""
    from generator.placement.rules import OnePromise
    from generator.platform.rules import OneClaim

    findings = [finding for project in projects for finding in _of_project(project)]
    findings += OneClaim.check([project.assessed.state for project in projects])
    return [*findings, *OnePromise.check([_promises(project) for project in projects])]


def _promises(project: Project) -> tuple[str, Mapping[str, str], Plan]:
    """A project's plan, with the inventories behind the names that it gives its sites."""
    inventories = project.sites.inventories
    names = {name: inventory.metadata.name for name, inventory in inventories.items()}
    return project.blueprint.metadata.name, names, project.assessed.plan


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


def all_rules() -> tuple[type[Rule], ...]:
    """Every rule of every room, by room and id."""
    from generator.asbuilt.rules import RULES as AS_BUILT
    from generator.blueprint.alter.rules import RULES as SUPPOSED
    from generator.blueprint.breaches import RULES as SCHEMA
    from generator.blueprint.observed.rules import RULES as OBSERVED
    from generator.blueprint.rules import RULES as BLUEPRINT
    from generator.diff.rules import RULES as DIFF
    from generator.guard.rules import RULES as GUARD
    from generator.placement.rules import RULES as PLACEMENT
    from generator.platform.rules import RULES as PLATFORM
    from generator.render.rules import RULES as RENDER
    from generator.sizing.rules import RULES as SIZING
    from generator.source.rules import RULES as SOURCE
    from generator.supply.breaches import RULES as INVENTORY
    from generator.supply.rules import RULES as SUPPLY

    rooms: tuple[tuple[type[Rule], ...], ...] = (
        SOURCE, SCHEMA, BLUEPRINT, OBSERVED, INVENTORY, SUPPLY, SIZING, PLACEMENT, PLATFORM, RENDER,
        SUPPOSED, GUARD, DIFF, AS_BUILT,
    )  # fmt: skip
    return tuple(rule for room in rooms for rule in sorted(room, key=lambda rule: rule.id))
