"""Versions: known, supported on the day of the release, and fit for one another."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import fields

from generator.blueprint.standing import PROD
from generator.catalog.matrix import Versions
from generator.catalog.nearest import changes, nearest_fit, nearest_known
from generator.catalog.versions import Version
from generator.finding import Check, Finding, Path, Severity
from generator.supply.rules.subject import Supplied

_TARGETS = ("platform", "targets")
_OF_CLUSTERS = ("kubernetes", "cluster_class")

PROVIDER = "provider"
DRS_AUTOMATION = "vgpu-drs-automation"
RESERVATIONS = "zone-vm-reservations"
"""Features of the catalogue that a wish of the blueprint stands on."""


class KnownVersion(Check[Supplied]):
    """A version is targeted that the matrix does not know."""

    id = "MLG-F070"
    title = "Target versions are in the matrix"
    reason = "outputs differ between versions, and nobody could say what this one takes"
    source = "field rule F29; the catalogue's version matrix"

    @classmethod
    def check(cls, subject: Supplied) -> Iterator[Finding]:
        """Judges the targets and what orchestrators state instead."""
        versions = subject.catalog.versions
        for path, target, stated in _stated(subject):
            if versions.find(target, stated) is None:
                near = nearest_known(versions, target, stated)
                yield cls.breach(
                    f"{target} {stated} is not in the version matrix",
                    **subject.at(path),
                    mend=f"use {target} {near}, the nearest that it knows, or describe "
                    f"{stated} under catalogue.versions",
                )


class SupportedVersion(Check[Supplied]):
    """A version is targeted whose support is over."""

    id = "MLG-F071"
    title = "Target versions are supported on the day of the release"
    severity = Severity.WARNING
    reason = "no fix comes any more for what is found in it; a platform with prod may not run it"
    source = "field rule F29: an expired row warns, in prod fails; judged by release.as_of"

    @classmethod
    def check(cls, subject: Supplied) -> Iterator[Finding]:
        """Judges the targets and what orchestrators state instead, never by the clock."""
        versions = subject.catalog.versions
        used_by_prod = _used_by_prod(subject)
        for path, target, stated in _stated(subject):
            found = versions.find(target, stated)
            if found is None or not found.expired(subject.day):
                continue
            later = [
                name
                for name in versions.known(target)
                if (row := versions.find(target, name)) and not row.expired(subject.day)
            ]
            has_prod = PROD in subject.blueprint.environments
            prod = has_prod and (path[:2] == _TARGETS or path[2] in used_by_prod)
            yield cls.breach(
                f"{target} {stated} is out of support since {_end(found)}, and the release is "
                f"of {subject.day}{_doubt(found)}",
                **subject.at(path, ("release", "as_of")),
                mend=f"go to {' or '.join(later)}" if later else "none is supported: ask for one",
                severity=Severity.ERROR
                if prod and PROD in subject.blueprint.environments
                else None,
            )


class VersionsFit(Check[Supplied]):
    """Two target versions do not go together."""

    id = "MLG-F072"
    title = "Target versions go together"
    reason = "the vendor's matrix does not know the combination, so its support does not either"
    source = "field rule F29; the catalogue's version matrix"

    @classmethod
    def check(cls, subject: Supplied) -> Iterator[Finding]:
        """Judges the targets, and those of each orchestrator that states its own."""
        versions, targets = subject.catalog.versions, _targets(subject)
        sets: list[tuple[Path, dict[str, str]]] = [(_TARGETS, {})]
        for index, item in enumerate(subject.blueprint.resource_management.orchestrators):
            own = {key: getattr(item, key) for key in _OF_CLUSTERS if getattr(item, key)}
            if own and item.kind in ("vks", "tkg"):
                sets.append((("resource_management", "orchestrators", index), own))
        for at, own in sets:
            stated = {**targets, **own}
            conflicts = versions.conflicts(stated)
            mend = _nearest(versions, stated, subject.day) if conflicts else ""
            for conflict in conflicts:
                if own and not own.keys() & {conflict.target, conflict.other}:
                    continue
                paths = [
                    (*(at if key in own else _TARGETS), key)
                    for key in (conflict.target, conflict.other)
                ]
                yield cls.breach(
                    f"{conflict.target} {conflict.version} needs {conflict.other} "
                    f"{conflict.needs}, not {conflict.stated}",
                    **subject.at(*paths),
                    mend=mend,
                )


class WrittenForProvider(Check[Supplied]):
    """The site's mirror holds another provider than the one that the roots pin."""

    id = "MLG-F073"
    title = "The Terraform provider is the one that outputs are written for"
    reason = "arguments differ between its releases, and terraform init finds no other in a mirror"
    source = "field rule F6: the provider version is pinned exactly; the catalogue's version matrix"

    @classmethod
    def check(cls, subject: Supplied) -> Iterator[Finding]:
        """Judges a stated release that is known and not pinned."""
        versions, stated = subject.catalog.versions, subject.blueprint.platform.targets.provider
        found = versions.find(PROVIDER, stated) if stated is not None else None
        if found is None or "pinned" in found.facts:
            return
        pinned = next(
            row.facts["pinned"]
            for name in versions.known(PROVIDER)
            if (row := versions.find(PROVIDER, name)) and "pinned" in row.facts
        )
        yield cls.breach(
            f"outputs are written for provider vmware/vsphere {pinned}, not {stated}",
            **subject.at((*_TARGETS, PROVIDER)),
            mend=f"take {pinned} into the mirror",
        )


class ServedWish(Check[Supplied]):
    """Something is asked for that the stated versions do not have."""

    id = "MLG-F074"
    title = "What is asked for is served by the target versions"
    reason = "an option that a release does not know is taken without a word and does nothing"
    source = "field rule F29; the catalogue's features"

    @classmethod
    def check(cls, subject: Supplied) -> Iterator[Finding]:
        """Judges the wishes whose feature needs a release."""
        versions, targets = subject.catalog.versions, _targets(subject)
        for path, feature in _wishes(subject):
            title = versions.feature(feature).title
            for target, needs in versions.lacking(feature, targets):
                yield cls.breach(
                    f"{title}: {target} must be {needs}, not {targets[target]}",
                    **subject.at(path, (*_TARGETS, target)),
                    mend=f"drop the wish, or target {target} {needs}",
                )


RULES: tuple[type[Check[Supplied]], ...] = (
    KnownVersion,
    SupportedVersion,
    VersionsFit,
    WrittenForProvider,
    ServedWish,
)


def _wishes(subject: Supplied) -> Iterator[tuple[Path, str]]:
    """What the blueprint asks for by the features that it stands on."""
    blueprint = subject.blueprint
    gpu = blueprint.resource_management.gpu
    if gpu.drs == "override":
        yield ("resource_management", "gpu", "drs"), DRS_AUTOMATION
    for name, environment in blueprint.environments.items():
        if environment.limits is not None and environment.limits.reserve:
            yield ("environments", name, "limits", "reserve"), RESERVATIONS


def _nearest(versions: Versions, stated: Mapping[str, str], day: str) -> str:
    """How the stated combination becomes the nearest right one."""
    fit = nearest_fit(versions, stated, day)
    moved = [f"{target} {version}" for target, version in changes(stated, fit)]
    if not moved:
        return "no combination in support fits: ask the vendors for one"
    return f"the nearest right combination has {', '.join(moved)}"


def _targets(subject: Supplied) -> dict[str, str]:
    """The targets that are stated."""
    targets = subject.blueprint.platform.targets
    values = ((field.name, getattr(targets, field.name)) for field in fields(targets))
    return {name: value for name, value in values if value is not None}


def _stated(subject: Supplied) -> Iterator[tuple[Path, str, str]]:
    """Every version that is stated, with its place and target."""
    for target, stated in _targets(subject).items():
        yield (*_TARGETS, target), target, stated
    for index, item in enumerate(subject.blueprint.resource_management.orchestrators):
        # Only VKS has the releases of the matrix; other kinds have makers of their own.
        if item.kind in ("vks", "tkg"):
            for key in _OF_CLUSTERS:
                if getattr(item, key) is not None:
                    path = ("resource_management", "orchestrators", index, key)
                    yield path, key, getattr(item, key)


def _used_by_prod(subject: Supplied) -> set[str | int]:
    """The places of the orchestrators that prod runs on."""
    prod = subject.blueprint.environments.get(PROD)
    items = subject.blueprint.resource_management.orchestrators
    return {n for n, item in enumerate(items) if prod is not None and item.name in prod.runs_on}


def _end(version: Version) -> str:
    return version.supported_until or version.ended_by or ""


def _doubt(version: Version) -> str:
    """What the matrix itself is not sure of about the end of support."""
    doubts = (note for note in version.unverified if note.startswith("supported_until: "))
    note = next(doubts, "")
    return f" ({note.removeprefix('supported_until: ')})" if note else ""
