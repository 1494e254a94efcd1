"""Parity: what differs between prod and the environments before it is known and accepted."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import NamedTuple

from generator.blueprint.model.blueprint import Blueprint
from generator.blueprint.model.environments import Environment
from generator.blueprint.model.resource_management import Orchestrator
from generator.blueprint.rules.subject import Judged, mend_name
from generator.blueprint.standing import PROD, is_managed
from generator.finding import Check, Finding, Path, Severity

_EXCEPTIONS = ("development_environment", "parity", "exceptions")
_GPU = ("resource_management", "gpu")
_OVERCOMMIT = ("resource_management", "cpu", "overcommit")

FIELDS = (
    "sharing",
    "scheduling",
    "overcommit",
    "replicas",
    "data",
    "image_tags",
    "component_sizes",
    "orchestrator",
    "kubernetes",
    "cluster_class",
)
"""What is compared, by the words that exceptions use."""


Overrides = Mapping[str, str]


class Difference(NamedTuple):
    """A field that differs between an environment and prod, with both values and places."""

    field: str
    environment: str
    here: str
    there: str
    path: Path
    prod_path: Path


class DifferencesAccepted(Check[Judged]):
    """An environment differs from prod and nobody has said that this is fine."""

    id = "MLG-B071"
    title = "Environments differ from prod only where that is accepted"
    reason = "what was tried in dev says little about prod where the two are not alike"
    source = "requirements S4-9 and 3.3, report line 11"

    @classmethod
    def check(cls, subject: Judged) -> Iterator[Finding]:
        """Judges every environment against prod; sampled data is worth a notice only."""
        blueprint = subject.blueprint
        accepted = {item.field for item in blueprint.development_environment.parity.exceptions}
        for found in differences(blueprint):
            if found.field not in accepted:
                yield cls.breach(
                    f"{found.field} is {found.here} in {found.environment} and {found.there} "
                    f"in {PROD}",
                    **subject.at(found.path, found.prod_path),
                    mend=f"make them alike, or list {{field: {found.field}, reason: ...}} under "
                    f"{'.'.join(_EXCEPTIONS)}",
                    # Keeping production data out of dev is the usual duty of care, not a lapse.
                    severity=Severity.NOTICE if found.field == "data" else None,
                )


class ExceptionsInForce(Check[Judged]):
    """An accepted difference is past its day."""

    id = "MLG-B072"
    title = "Parity exceptions have not expired"
    reason = "it was accepted for a time; that time is over and the difference is still there"
    source = "requirements S4-9"

    @classmethod
    def check(cls, subject: Judged) -> Iterator[Finding]:
        """Judges every exception by the release's date."""
        for index, item in enumerate(subject.blueprint.development_environment.parity.exceptions):
            if item.expires is not None and item.expires < subject.day:
                yield cls.breach(
                    f"the exception for {item.field} ended on {item.expires}, and the release "
                    f"is of {subject.day}",
                    **subject.at((*_EXCEPTIONS, index, "expires")),
                    mend="end the difference, or decide again and write the new date",
                )


class ExceptionsUsed(Check[Judged]):
    """An exception accepts a difference that is not there."""

    id = "MLG-B073"
    title = "Parity exceptions accept something that differs"
    severity = Severity.WARNING
    reason = "a stale exception will one day hide a difference that nobody accepted"
    source = "requirements S4-9"

    @classmethod
    def check(cls, subject: Judged) -> Iterator[Finding]:
        """Judges every exception."""
        found = {difference.field for difference in differences(subject.blueprint)}
        for index, item in enumerate(subject.blueprint.development_environment.parity.exceptions):
            if item.field in found:
                continue
            known = item.field in FIELDS
            yield cls.breach(
                f"no environment differs from prod in {item.field}"
                if known
                else f"{item.field} is nothing that is compared between environments",
                **subject.at((*_EXCEPTIONS, index, "field")),
                mend="take the exception out"
                if known
                else mend_name(item.field, FIELDS, "take the exception out"),
            )


RULES: tuple[type[Check[Judged]], ...] = (
    DifferencesAccepted,
    ExceptionsInForce,
    ExceptionsUsed,
)


def differences(blueprint: Blueprint) -> Iterator[Difference]:
    """What differs between each environment and prod, as far as both are stated."""
    prod = blueprint.environments.get(PROD)
    if prod is None:
        return
    for name, environment in blueprint.environments.items():
        if name != PROD:
            yield from _gpu(blueprint, name)
            yield from _cpu(blueprint, name)
            yield from _overrides(blueprint, name, environment, prod)
            yield from _clusters(blueprint, name, environment, prod)


def _gpu(blueprint: Blueprint, name: str) -> Iterator[Difference]:
    policy = blueprint.resource_management.gpu
    sharing = (policy.sharing.get(name), policy.sharing.get(PROD))
    if None not in sharing and sharing[0] != sharing[1]:
        yield _between("sharing", name, *sharing, at=(*_GPU, "sharing"))
    # A scheduler matters where GPUs are shared by time, and its default is best effort.
    if sharing == ("time-sliced", "time-sliced"):
        here, there = (policy.scheduling.get(n, "best-effort") for n in (name, PROD))
        if here != there:
            yield _between("scheduling", name, here, there, at=(*_GPU, "scheduling"))


def _cpu(blueprint: Blueprint, name: str) -> Iterator[Difference]:
    stated = blueprint.resource_management.cpu.overcommit
    here, there = (f"{float(stated.get(each, 1)):g}" for each in (name, PROD))
    if here != there:
        yield _between("overcommit", name, here, there, at=_OVERCOMMIT)


def _overrides(
    blueprint: Blueprint, name: str, environment: Environment, prod: Environment
) -> Iterator[Difference]:
    for field, here, there in (
        ("replicas", _replicas(environment), _replicas(prod)),
        ("data", environment.data or "full", prod.data or "full"),
    ):
        if here != there:
            yield _stated(field, name, here, there, (field,))
    developing = blueprint.development_environment
    images = {item.name: item.ref for item in (*developing.images, *developing.catalogue)}
    sizes = {item.name: item.size or "small" for item in blueprint.ml_platform.components}
    mappings: tuple[tuple[str, Overrides, Overrides, Overrides], ...] = (
        ("image_tags", environment.image_tags, prod.image_tags, images),
        ("component_sizes", environment.component_sizes, prod.component_sizes, sizes),
    )
    for field, mine, theirs, declared in mappings:
        for key in sorted((mine.keys() | theirs.keys()) & declared.keys()):
            here, there = (side.get(key, declared[key]) for side in (mine, theirs))
            if here != there:
                yield _stated(field, name, f"{key} {here}", f"{key} {there}", (field, key))


def _clusters(
    blueprint: Blueprint, name: str, environment: Environment, prod: Environment
) -> Iterator[Difference]:
    """Differences between the first cluster that mlgen makes for each of the two."""
    known = {
        item.name: (index, item)
        for index, item in enumerate(blueprint.resource_management.orchestrators)
        if is_managed(item)
    }
    mine = next((known[o] for o in environment.runs_on if o in known), None)
    theirs = next((known[o] for o in prod.runs_on if o in known), None)
    if mine is None or theirs is None:
        return
    targets = blueprint.platform.targets
    one, other = mine[1], theirs[1]
    for field, key, here, there in (
        ("orchestrator", "kind", _kind(one), _kind(other)),
        ("kubernetes", "kubernetes", one.kubernetes or targets.kubernetes,
         other.kubernetes or targets.kubernetes),
        ("cluster_class", "cluster_class", one.cluster_class or targets.cluster_class,
         other.cluster_class or targets.cluster_class),
    ):  # fmt: skip
        if here is not None and there is not None and here != there:
            at = ("resource_management", "orchestrators")
            paths = ((*at, mine[0], key), (*at, theirs[0], key))
            yield Difference(field, name, here, there, *paths)


def _replicas(environment: Environment) -> str:
    return "as declared" if environment.replicas is None else str(environment.replicas)


def _kind(orchestrator: Orchestrator) -> str:
    return "vks" if orchestrator.kind == "tkg" else orchestrator.kind


def _between(field: str, name: str, here: str | None, there: str | None, *, at: Path) -> Difference:
    return Difference(field, name, str(here), str(there), (*at, name), (*at, PROD))


def _stated(field: str, name: str, here: str, there: str, steps: Path) -> Difference:
    paths = (("environments", name, *steps), ("environments", PROD, *steps))
    return Difference(field, name, here, there, *paths)
