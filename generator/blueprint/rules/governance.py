"""Consent and duty: who may sign off, what a model in prod must state, who has rights there."""

from __future__ import annotations

from collections.abc import Iterator

from generator.blueprint.model.workloads import Workload
from generator.blueprint.rules.subject import Judged
from generator.blueprint.standing import PROD, in_prod
from generator.finding import Check, Finding, Severity

_VALIDATION = ("governance", "validation")
_AUTHORS = ("training", "hpo", "retraining", "serving")
"""Phases whose owner is an author of the model."""


class ApproverNamed(Check[Judged]):
    """Validation is independent, but nobody is named who validates."""

    id = "MLG-B040"
    title = "Independent validation names its approver"
    reason = "a gate without a keeper is either always open or never"
    source = "requirements S4-14"

    @classmethod
    def check(cls, subject: Judged) -> Iterator[Finding]:
        """Judges governance.validation."""
        validation = subject.blueprint.governance.validation
        if validation is not None and validation.independent and validation.approver is None:
            yield cls.breach(
                "validation is independent, but no team is named that signs off",
                **subject.at(_VALIDATION),
                mend="name a team in governance.validation.approver",
            )


class AuthorIsNotApprover(Check[Judged]):
    """The team that signs off a model is the team that made it."""

    id = "MLG-B041"
    title = "Nobody approves their own model"
    reason = "validation is independent only while author and approver are different people"
    source = "requirements S4-14: approver is not the author's team"

    @classmethod
    def check(cls, subject: Judged) -> Iterator[Finding]:
        """Judges owners of models, owners of pipelines with a gate, and directory groups."""
        blueprint = subject.blueprint
        validation = blueprint.governance.validation
        if validation is None or not validation.independent or validation.approver is None:
            return
        approver = validation.approver
        approval = (*_VALIDATION, "approver")
        mend = f"let another team own it, or name another approver than {approver}"
        authors: dict[str, int] = {}
        for index, workload in enumerate(blueprint.workloads):
            if workload.phase not in _AUTHORS:
                continue
            authors.setdefault(workload.owner, index)
            if workload.owner == approver:
                yield cls.breach(
                    f"{approver} owns {workload.name} and would sign it off as well",
                    **subject.at(("workloads", index, "owner"), approval),
                    mend=mend,
                )
        for index, pipeline in enumerate(blueprint.resource_management.pipelines):
            gated = any(step.gate == "independent-approval" for step in pipeline.steps)
            if gated and pipeline.owner == approver:
                at = ("resource_management", "pipelines", index, "owner")
                yield cls.breach(
                    f"{approver} owns pipeline {pipeline.name} and is the gate in it",
                    **subject.at(at, approval),
                    mend=mend,
                )
        yield from cls._groups(subject, approver, authors)

    @classmethod
    def _groups(cls, subject: Judged, approver: str, authors: dict[str, int]) -> Iterator[Finding]:
        groups = {
            team.name: (index, team.groups.edit)
            for index, team in enumerate(subject.blueprint.organisation.teams)
            if team.groups is not None and team.groups.edit is not None
        }
        if approver not in groups:
            return
        place, group = groups[approver]
        for author in authors:
            index, edit = groups.get(author, (place, None))
            if author != approver and edit == group:
                yield cls.breach(
                    f"{author} and its approver {approver} are the same group, {group}",
                    **subject.at(
                        ("organisation", "teams", place, "groups", "edit"),
                        ("organisation", "teams", index, "groups", "edit"),
                    ),
                    mend=f"give {approver} a directory group of its own",
                )


class GoalStated(Check[Judged]):
    """A workload does not say what it is for."""

    id = "MLG-B042"
    title = "No goal, no prod"
    reason = "capacity is given to what the business gains; outside prod this is a warning"
    source = "requirements S2-1; field rule F41"

    @classmethod
    def check(cls, subject: Judged) -> Iterator[Finding]:
        """Judges every workload."""
        for index, (workload, prod) in enumerate(_with_prod(subject)):
            if workload.goal is None or not workload.goal.strip():
                yield cls.breach(
                    f"{workload.name} has no goal" + (" and runs in prod" if prod else ""),
                    **subject.at(("workloads", index)),
                    mend="say in goal what the business gains",
                    severity=Severity.ERROR if prod else Severity.WARNING,
                )


class DriftWatched(Check[Judged]):
    """A model serves in prod and nobody would notice that it decays."""

    id = "MLG-B043"
    title = "A model that serves in prod has a drift metric"
    reason = "models decay in silence: latency and errors stay fine while answers get worse"
    source = "field rule F41; requirements S3-4 (bought applications excepted: S1-1)"

    @classmethod
    def check(cls, subject: Judged) -> Iterator[Finding]:
        """Judges every workload that serves a model in prod."""
        for index, (workload, prod) in enumerate(_with_prod(subject)):
            if workload.serving is None or workload.model is None or not prod:
                continue
            watched = workload.monitoring is not None and workload.monitoring.drift
            if not watched and workload.origin != "vendor-app":
                yield cls.breach(
                    f"{workload.name} serves a model in prod without a drift metric",
                    **subject.at(("workloads", index, "monitoring")),
                    mend="name at least one metric in monitoring.drift, as in [psi]",
                )


class GroupsInProd(Check[Judged]):
    """Single accounts would get rights in prod."""

    id = "MLG-B044"
    title = "Rights in prod belong to groups, not to single accounts"
    reason = "people leave and change teams; the directory knows, a rendered access list does not"
    source = "field rule F20"

    @classmethod
    def check(cls, subject: Judged) -> Iterator[Finding]:
        """Judges the teams that own something in prod or sign off for it."""
        blueprint = subject.blueprint
        owners = {workload.owner for workload, prod in _with_prod(subject) if prod}
        validation = blueprint.governance.validation
        if validation is not None and validation.approver and PROD in blueprint.environments:
            owners.add(validation.approver)
        for index, team in enumerate(blueprint.organisation.teams):
            if team.name in owners and team.groups is not None and team.groups.accounts:
                yield cls.breach(
                    f"team {team.name} gives {len(team.groups.accounts)} single account(s) "
                    "rights in prod",
                    **subject.at(("organisation", "teams", index, "groups", "accounts")),
                    mend="put the people into the directory group that groups.edit names",
                )


RULES: tuple[type[Check[Judged]], ...] = (
    ApproverNamed,
    AuthorIsNotApprover,
    GoalStated,
    DriftWatched,
    GroupsInProd,
)


def _with_prod(subject: Judged) -> Iterator[tuple[Workload, bool]]:
    return zip(subject.blueprint.workloads, in_prod(subject.blueprint), strict=True)
