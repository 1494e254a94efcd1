"""Data goes only where its classification may go."""

from __future__ import annotations

from collections.abc import Iterator

from generator.blueprint.model.blueprint import Blueprint
from generator.blueprint.model.resource_management import Burst, Orchestrator
from generator.blueprint.model.storage_compute import Dataset
from generator.blueprint.rules.reading import readings
from generator.blueprint.rules.subject import Judged
from generator.blueprint.standing import is_managed
from generator.finding import Check, Finding, Path

_BURST = ("resource_management", "burst")


class StaysHome(Check[Judged]):
    """Work that may burst reads data that may not."""

    id = "MLG-B030"
    title = "Data that may not leave is not read by work that bursts"
    reason = "that data may leave is never inferred: its classification must say so"
    source = "requirements S2-16, S1-2 and S3-6 (personal data does not burst)"

    @classmethod
    def check(cls, subject: Judged) -> Iterator[Finding]:
        """Judges every dataset that an eligible workload reads."""
        blueprint = subject.blueprint
        burst = blueprint.resource_management.burst
        if burst is None:
            return
        for reading in readings(blueprint):
            if reading.phase not in burst.eligible:
                continue
            barrier = barred_from_burst(reading.dataset, burst, blueprint)
            if barrier:
                yield cls.breach(
                    f"workload {reading.reader} may burst to {burst.target}, but it reads "
                    f"{reading.dataset.name}, which {barrier}",
                    **subject.at(
                        reading.path,
                        (*reading.dataset_path, "classification"),
                        (*_BURST, "allowed_classifications"),
                    ),
                    mend=f"take {reading.phase} out of {'.'.join(_BURST)}.eligible, or give the "
                    "workload data that may leave",
                )


class GoesWhereAllowed(Check[Judged]):
    """Data is processed where its classification may not be."""

    id = "MLG-B031"
    title = "Data is processed only where its classification is allowed"
    reason = (
        "a cluster that mlgen does not make has rules of its own; until it declares that it may "
        "hold such data, it may not"
    )
    source = "requirements 3.3, report line 10; S1-2: governance is a hard filter"

    @classmethod
    def check(cls, subject: Judged) -> Iterator[Finding]:
        """Judges every dataset that a step or a workload takes somewhere."""
        blueprint = subject.blueprint
        ranked = blueprint.governance.classifications
        items = blueprint.resource_management.orchestrators
        places = {item.name: index for index, item in enumerate(items)}
        for reading in readings(blueprint):
            known = [places[name] for name in reading.orchestrators if name in places]
            barred = [
                index
                for index in known
                if not _permits(items[index], reading.dataset, ranked, blueprint)
            ]
            # Where there is a choice, one place that may hold the data is enough.
            if not barred or (reading.any_will_do and len(barred) < len(known)):
                continue
            yield cls.breach(
                f"{reading.reader} takes {reading.dataset.name} "
                f"({reading.dataset.classification or 'not classified'}) to "
                f"{', '.join(items[index].name for index in barred)}, "
                f"which {_stance(items[barred[0]])}",
                **subject.at(
                    reading.path,
                    *(_allowed_path(index) for index in barred),
                    (*reading.dataset_path, "classification"),
                ),
                mend=f"declare allowed_classifications on {items[barred[0]].name} if it may hold "
                "such data, or process it elsewhere",
            )


class LiesWhereAllowed(Check[Judged]):
    """Data lies at a site where its classification may not be."""

    id = "MLG-B032"
    title = "Data lies only at sites that allow its classification"
    reason = "where data lies is what an auditor asks first"
    source = "requirements S1-2: sites[].allowed_classifications"

    @classmethod
    def check(cls, subject: Judged) -> Iterator[Finding]:
        """Judges the sites that datasets name."""
        supply = subject.blueprint.storage_compute
        sites = {site.name: (index, site) for index, site in enumerate(supply.sites)}
        for place, dataset in enumerate(supply.datasets):
            for step, name in enumerate(dataset.sites):
                index, site = sites.get(name, (0, None))
                if site is None or not site.allowed_classifications:
                    continue
                if dataset.classification not in site.allowed_classifications:
                    yield cls.breach(
                        f"{dataset.name} ({dataset.classification or 'not classified'}) lies at "
                        f"{name}, which allows {', '.join(site.allowed_classifications)} only",
                        **subject.at(
                            ("storage_compute", "datasets", place, "sites", step),
                            ("storage_compute", "sites", index, "allowed_classifications"),
                        ),
                        mend="keep it at another site, or let this one allow its classification",
                    )


class PersonalDataClassified(Check[Judged]):
    """Personal data has no classification."""

    id = "MLG-B033"
    title = "Personal data has a classification"
    reason = "without one nothing decides where it may be processed and who may read it"
    source = "requirements 3.4: data classification must be explicit; S3-6"

    @classmethod
    def check(cls, subject: Judged) -> Iterator[Finding]:
        """Judges every dataset with personal data."""
        words = subject.blueprint.governance.classifications
        for index, dataset in enumerate(subject.blueprint.storage_compute.datasets):
            if dataset.pii and dataset.classification is None:
                yield cls.breach(
                    f"{dataset.name} holds personal data and has no classification",
                    **subject.at(("storage_compute", "datasets", index)),
                    mend=f"give it one of {', '.join(words)}"
                    if words
                    else "declare governance.classifications, and give it one of them",
                )


RULES: tuple[type[Check[Judged]], ...] = (
    StaysHome,
    GoesWhereAllowed,
    LiesWhereAllowed,
    PersonalDataClassified,
)


def barred_from_burst(dataset: Dataset, burst: Burst, blueprint: Blueprint) -> str:
    """Why a dataset may not burst, as a clause; "" where it may."""
    if dataset.pii:
        return "is personal data"
    if dataset.classification is None:
        return "has no classification"
    target = next(
        (o for o in blueprint.resource_management.orchestrators if o.name == burst.target), None
    )
    declared = target.allowed_classifications if target else ()
    if dataset.classification not in burst.allowed_classifications or (
        declared and dataset.classification not in declared
    ):
        return f"is {dataset.classification} and may not leave"
    for policy in blueprint.governance.policies:
        concerned = not policy.classifications or dataset.classification in policy.classifications
        if "no-burst" in policy.require and concerned and not policy.pii:
            return f"policy {policy.name} keeps at home"
    return ""


def _permits(
    item: Orchestrator, dataset: Dataset, ranked: tuple[str, ...], blueprint: Blueprint
) -> bool:
    """Whether an orchestrator may hold a dataset; ``ranked`` is least secret first.

    An unmanaged one that declares nothing may hold the least secret data only.
    """
    if dataset.classification is None and not ranked:
        return True
    declared = item.allowed_classifications
    burst = blueprint.resource_management.burst
    if not declared and burst is not None and burst.target == item.name:
        declared = burst.allowed_classifications
    if declared:
        return dataset.classification in declared
    return is_managed(item) or dataset.classification in ranked[:1]


def _stance(item: Orchestrator) -> str:
    allowed = item.allowed_classifications
    return f"allows {', '.join(allowed)} only" if allowed else "declares no classification"


def _allowed_path(index: int) -> Path:
    return ("resource_management", "orchestrators", index, "allowed_classifications")
