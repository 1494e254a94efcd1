"""Names: each stands once in its list and stays itself once it is cleaned."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from typing import NamedTuple, Protocol

from generator.blueprint.labels import MAX_LABEL, dns_label
from generator.blueprint.model.blueprint import Blueprint
from generator.blueprint.rules.subject import Judged
from generator.finding import Check, Finding, Path, dotted


class HasName(Protocol):
    """An item with a name."""

    @property
    def name(self) -> str:
        """Its name."""


class Named(NamedTuple):
    """A list whose items have names; ``objects`` says whether objects are named after them."""

    at: Path
    names: tuple[str, ...]
    objects: bool = False

    def path(self, index: int) -> Path:
        """Where the name of an item stands."""
        return (*self.at, index, "name")


def named_lists(blueprint: Blueprint) -> Iterator[Named]:
    """Every list of a blueprint whose items have names."""
    supply, managed = blueprint.storage_compute, blueprint.resource_management
    developing = blueprint.development_environment
    yield _list(("organisation", "teams"), blueprint.organisation.teams, objects=True)
    yield _list(("organisation", "projects"), blueprint.organisation.projects)
    yield _list(("governance", "policies"), blueprint.governance.policies)
    yield _list(("storage_compute", "sites"), supply.sites, objects=True)
    yield _list(("storage_compute", "storage", "tiers"), supply.storage.tiers, objects=True)
    yield _list(("storage_compute", "datasets"), supply.datasets, objects=True)
    yield _list(("storage_compute", "dataflows"), supply.dataflows)
    yield _list(("resource_management", "orchestrators"), managed.orchestrators, objects=True)
    yield _list(("resource_management", "queues"), managed.queues, objects=True)
    yield _list(("resource_management", "pipelines"), managed.pipelines, objects=True)
    yield _list(("ml_platform", "components"), blueprint.ml_platform.components, objects=True)
    yield _list(("development_environment", "images"), developing.images)
    yield _list(("development_environment", "catalogue"), developing.catalogue)
    yield _list(("workloads",), blueprint.workloads, objects=True)
    for index, site in enumerate(supply.sites):
        yield _list(("storage_compute", "sites", index, "hosts"), site.hosts)
    for index, dataset in enumerate(supply.datasets):
        yield _list(("storage_compute", "datasets", index, "transforms"), dataset.transforms)
    for index, pipeline in enumerate(managed.pipelines):
        at = ("resource_management", "pipelines", index, "steps")
        yield _list(at, pipeline.steps, objects=True)


def _list(at: Path, items: Iterable[HasName], *, objects: bool = False) -> Named:
    return Named(at, tuple(item.name for item in items), objects)


class UniqueNames(Check[Judged]):
    """Two items of one list have the same name."""

    id = "MLG-B001"
    title = "A name stands once in its list"
    reason = "whatever refers to the name could mean either, and lists are merged by name"
    source = "design section 3: lists of named items"

    @classmethod
    def check(cls, subject: Judged) -> Iterator[Finding]:
        """Names the second item and points at the first as well."""
        for named in named_lists(subject.blueprint):
            first: dict[str, int] = {}
            for index, name in enumerate(named.names):
                if first.setdefault(name, index) != index:
                    yield cls.breach(
                        f"{dotted(named.at)} has two items called {name}",
                        **subject.at(named.path(index), named.path(first[name])),
                        mend="give one of them another name, or merge the two",
                    )


class DistinctLabels(Check[Judged]):
    """Two names of one list become the same object name."""

    id = "MLG-B002"
    title = "Names stay distinct once they are cleaned"
    reason = (
        "objects are named in lower-case letters, digits and hyphens: two names that differ "
        "in case, dots or underscores only would be one object"
    )
    source = "RFC 1123; requirements section 6: name collisions after sanitising"

    @classmethod
    def check(cls, subject: Judged) -> Iterator[Finding]:
        """Judges the lists that objects are named after; equal names are another rule's."""
        for named in named_lists(subject.blueprint):
            first: dict[str, int] = {}
            for index, name in enumerate(named.names if named.objects else ()):
                other = first.setdefault(dns_label(name), index)
                if named.names[other] != name:
                    yield cls.breach(
                        f"{named.names[other]} and {name} of {dotted(named.at)} both become "
                        f"{dns_label(name)}",
                        **subject.at(named.path(index), named.path(other)),
                        mend=f"rename one of them; {dns_label(name)}-2 would do",
                    )


class LegalLabels(Check[Judged]):
    """A name cannot become the name of a Service."""

    id = "MLG-B003"
    title = "What serves has a name that begins with a letter"
    reason = (
        "its Service takes an RFC 1035 label, which a digit cannot begin and which has at most "
        f"{MAX_LABEL} characters"
    )
    source = "RFC 1035, section 2.3.1; Kubernetes documentation, object names"

    @classmethod
    def check(cls, subject: Judged) -> Iterator[Finding]:
        """Judges components and the workloads that serve."""
        blueprint = subject.blueprint
        serving: list[tuple[Path, str]] = [
            (("ml_platform", "components", index, "name"), component.name)
            for index, component in enumerate(blueprint.ml_platform.components)
        ]
        serving += [
            (("workloads", index, "name"), workload.name)
            for index, workload in enumerate(blueprint.workloads)
            if workload.serving is not None
        ]
        for path, name in serving:
            label = dns_label(name)
            if not label[:1].isalpha() or len(label) > MAX_LABEL:
                yield cls.breach(
                    f"{name} becomes {label!r}, which no Service can be called",
                    **subject.at(path),
                    mend=f"begin it with a letter, as in m{label[: MAX_LABEL - 1]}",
                )


RULES: tuple[type[Check[Judged]], ...] = (UniqueNames, DistinctLabels, LegalLabels)
