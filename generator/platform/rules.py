"""What the desired state must obey, one class per rule."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from generator.blueprint.labels import MAX_LABEL
from generator.finding import Check, Finding, Rule, Severity
from generator.platform import adoption_rules, machine_rules
from generator.platform.objects import DesiredState, Manage, OpenQuestion
from generator.platform.rules_storage import CHECKS as STORAGE
from generator.platform.stamps import STAMP_CATEGORY

Claim = tuple[str, str, str]
"""(vCenter, kind, name) of an object that one platform creates, or of its output folder."""


class OneClaim(Check[Sequence[DesiredState]]):
    """Two platforms create an object of the same vCenter-wide name."""

    id = "MLG-D001"
    title = "A vCenter-wide name has one owner"
    reason = "the second apply fails or takes over what the first platform relies on"
    source = "field rules F1 and F6"

    @classmethod
    def check(cls, subject: Sequence[DesiredState]) -> Iterator[Finding]:
        """Judges all states together."""
        owners: dict[Claim, int] = {}
        for number, state in enumerate(subject):
            for vcenter, kind, name in sorted(claims(state)):
                owner = owners.setdefault((vcenter, kind, name), number)
                if owner != number:
                    first = subject[owner].platform
                    yield cls.breach(
                        f"{first} and {state.platform} both claim {kind} {name} on {vcenter}",
                        path=f"{vcenter}/{kind}/{name}",
                        mend="put {platform} into the naming pattern, or list it under the "
                        "SiteInventory's objects with manage: reference",
                    )


class LegalNames(Check[Sequence[DesiredState]]):
    """A rendered name that vCenter or Kubernetes refuses."""

    id = "MLG-D002"
    title = "Rendered names are DNS labels of at most 63 characters"
    reason = "Kubernetes and the Supervisor refuse anything else, at apply time"
    source = "RFC 1123; vCenter VirtualMachineClasses API"

    @classmethod
    def check(cls, subject: Sequence[DesiredState]) -> Iterator[Finding]:
        """Judges every name that becomes a DNS label."""
        for state in subject:
            for kind, name in sorted(_labels(state)):
                if not name or len(name) > MAX_LABEL:
                    yield cls.breach(
                        f"{kind} {name!r} has {len(name)} characters; 1 to 63 are legal",
                        path=f"{kind}/{name}",
                        mend="shorten the name or its naming pattern",
                    )


class DistinctNames(Check[Sequence[DesiredState]]):
    """Two objects of one platform come out with the same name."""

    id = "MLG-D003"
    title = "Objects of one kind have distinct names"
    reason = "one of the two would silently replace the other"
    source = "requirements section 6: collisions after sanitising"

    @classmethod
    def check(cls, subject: Sequence[DesiredState]) -> Iterator[Finding]:
        """Judges namespaces, clusters, policies and pools within their containers."""
        for state in subject:
            seen: set[tuple[str, str]] = set()
            for container, name in _contained(state):
                if (container, name) in seen:
                    yield cls.breach(
                        f"two objects of {container} are called {name}",
                        path=f"{container}/{name}",
                        mend="give the naming pattern a field that tells them apart",
                    )
                seen.add((container, name))


class UnansweredQuestion(Rule):
    """A fact is missing, and what stands on it is left out."""

    id = "MLG-D004"
    title = "Every fact that an object needs is stated"
    severity = Severity.QUESTION
    reason = "a default would be a guess about somebody's site"
    source = "field rules F17 and F33"

    @classmethod
    def of(cls, question: OpenQuestion) -> Finding:
        """The finding for one open question."""
        return cls.breach(
            f"{question.question} ({question.owner}) {question.why}; "
            f"left out: {', '.join(question.blocks)}",
            path=question.subject,
            mend=f"state {question.subject}",
        )


def claims(state: DesiredState) -> set[Claim]:
    """What a platform creates that has one name for the whole vCenter, and its own name."""
    return (
        {("output", "platform", state.platform)}
        | {
            (vcenter.name, thing.kind, thing.name)
            for vcenter in state.vcenters
            for things in (
                vcenter.tag_categories,
                vcenter.vm_classes,
                vcenter.storage_policies,
                vcenter.namespaces,
                vcenter.roles,
                vcenter.infrastructure.stamped,
                vcenter.infrastructure.libraries,
                vcenter.supervisors,
            )
            for thing in things
            if getattr(thing, "manage", Manage.CREATE) is not Manage.REFERENCE
        }
        | {
            (vcenter.name, "custom-attribute", STAMP_CATEGORY)
            for vcenter in state.vcenters
            if vcenter.infrastructure.stamped and not vcenter.infrastructure.stamp_exists
        }
        | {
            (vcenter.name, "folder", f"{folder.datacenter}/{folder.path}")
            for vcenter in state.vcenters
            for folder in vcenter.folders
        }
    )


def _labels(state: DesiredState) -> set[tuple[str, str]]:
    return (
        {("vm-class", c.name) for v in state.vcenters for c in v.vm_classes}
        | {("vm", m.name) for v in state.vcenters for f in v.fabrics for m in f.machines}
        | {("namespace", n.name) for v in state.vcenters for n in v.namespaces}
        | {("vks-cluster", c.name) for c in state.clusters}
        | {("node-pool", p.name) for c in state.clusters for p in c.pools}
    )


def _contained(state: DesiredState) -> Iterator[tuple[str, str]]:
    for vcenter in state.vcenters:
        for namespace in vcenter.namespaces:
            yield f"namespaces of {vcenter.name}", namespace.name
        for policy in vcenter.storage_policies:
            yield f"StorageClasses of {vcenter.name}", policy.storage_class
        for _, folder in vcenter.environment_folders:
            yield f"folders of {vcenter.name}/{folder.datacenter}", folder.path
        for fabric in vcenter.fabrics:
            for machine in fabric.machines:
                yield f"VMs of {vcenter.name}", machine.name
            for held in fabric.pools:
                yield f"resource pools of {vcenter.name}/{held.cluster}", held.name
    for cluster in state.clusters:
        yield f"clusters of {cluster.environment}", cluster.name
        for pool in cluster.pools:
            yield f"node pools of {cluster.environment}/{cluster.name}", pool.name


CHECKS: tuple[type[Check[Sequence[DesiredState]]], ...] = (
    OneClaim,
    LegalNames,
    DistinctNames,
    *STORAGE,
    *machine_rules.CHECKS,
    *adoption_rules.CHECKS,
)
RULES: tuple[type[Rule], ...] = (*CHECKS, UnansweredQuestion)


def judge(states: Sequence[DesiredState]) -> Iterator[Finding]:
    """All findings over the states that were given together."""
    for rule in CHECKS:
        yield from rule.check(states)
    for state in states:
        for question in state.questions:
            yield UnansweredQuestion.of(question)
