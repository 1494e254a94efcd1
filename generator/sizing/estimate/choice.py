"""How a workload would be given compute where its GPU is not named, and what was rejected.

A proposal over every GPU of the catalogue, by the decision table of ``generator.sizing.choice``. It
knows no site and no stock: placement decides among the GPUs that are there.
"""

from __future__ import annotations

from collections.abc import Iterable
from math import ceil

from generator.blueprint.model.workloads import Serving, Workload
from generator.catalog import Catalog
from generator.sizing.choice.choose import Choice, Rejection, choose
from generator.sizing.choice.constraints import CONSTRAINTS
from generator.sizing.choice.needs import Needs
from generator.sizing.choice.offers import Kind, Offer, all_offers
from generator.sizing.estimate.answer import ChoiceAnswer, Estimate, RejectedAnswer
from generator.sizing.estimate.inputs import Subject
from generator.sizing.nonsense import Nonsense

CPU_KINDS = ("trees", "tabular")
"""Kinds of model whose inference meets its service level on CPUs."""

RUN_IN_PROD = ("serving", "validation")
"""Phases that run in production where a workload names no environment."""

MOST_REJECTED = 12
"""Rejected offers that an answer shows; chosen so that they fit a screen."""

SHOWN_TWICE = ("precision", "memory", "isolation", "sharing", "preference", "rank")
"""Constraints of which a second example says more: there the GPUs differ, not the workload."""

_ORDER = ("cpu", *CONSTRAINTS, "preference", "rank", "kind")
"""Constraints in the order of the answer: what the workload cannot have comes first."""


def choice_of(
    workload: Workload, about: Subject, answer: Estimate, catalog: Catalog
) -> ChoiceAnswer | None:
    """What the decision table proposes for an estimate; None where the GPU is named already.

    Never raises: wishes that contradict each other give a proposal without an offer which says so.
    """
    if about.accelerator is not None:
        return None
    try:
        offers = all_offers(catalog.accelerator(row) for row in catalog.ids("accelerators"))
        return answered(choose(needs_of(workload, about, answer), offers), offers)
    except Nonsense as nonsense:
        return ChoiceAnswer(
            reason=f"{nonsense.reason}; {nonsense.mend}",
            binding=nonsense.field.removeprefix(f"workloads.{workload.name}."),
        )


def needs_of(workload: Workload, about: Subject, answer: Estimate) -> Needs:
    """The demand of an estimated workload on compute."""
    serving, wish = workload.serving, workload.accelerator
    stated = workload.environments
    production = "prod" in stated if stated else workload.phase in RUN_IN_PROD
    return Needs(
        name=workload.name,
        phase=workload.phase,
        production=production,
        memory_bytes=_framebuffer(serving, about, answer),
        wants_gpu=answer.gpus > 0,
        gpus=max(1, answer.gpus),
        precision=about.precision if answer.gpus else "",
        latency_s=_level(serving),
        batch=serving.batch or serving.sessions if serving else None,
        rate_per_s=float(serving.rate_per_s.value) if serving and serving.rate_per_s else None,
        concurrent=_concurrent(answer),
        isolation=(wish.isolation if wish else None) or "none",
        classic=about.row is not None and about.row.kind in CPU_KINDS,
        origin=workload.origin or "built",
        wish=(wish.kind if wish else None) or "",
        wish_reason=(wish.reason if wish else None) or "",
    )


def answered(choice: Choice, offers: Iterable[Offer]) -> ChoiceAnswer:
    """A choice as an answer shows it, with its most telling rejections."""
    offer = choice.offer
    return ChoiceAnswer(
        kind=str(choice.kind) if choice.kind else "",
        gpu=offer.accelerator if offer else "",
        profile=offer.profile if offer else "",
        gpus=choice.gpus,
        hosts=choice.hosts,
        gpus_in_all=choice.gpus_in_all,
        row=choice.row,
        reason=choice.reason,
        source=choice.source,
        binding=choice.binding,
        rejected=telling(choice.rejected, offers),
    )


def telling(rejected: Iterable[Rejection], offers: Iterable[Offer]) -> tuple[RejectedAnswer, ...]:
    """The rejections that say most, by constraint: those that came nearest, of one GPU each.

    ``alike`` of the first of a constraint counts all others that it ruled out.
    """
    known = {offer.label: offer for offer in offers}
    groups: dict[str, list[Rejection]] = {}
    for each in rejected:
        groups.setdefault(each.constraint, []).append(each)
    names = sorted(groups, key=_ORDER.index)
    shown = {name: _nearest(groups[name], known) for name in names}
    room = MOST_REJECTED - sum(len(each[:1]) for each in shown.values())
    found: list[RejectedAnswer] = []
    for name in names:
        extra = int(room > 0 and name in SHOWN_TWICE and len(shown[name]) > 1)
        room -= extra
        for place, each in enumerate(shown[name][: 1 + extra]):
            found.append(
                RejectedAnswer(
                    offer=each.offer,
                    constraint=name,
                    reason=each.reason,
                    alike=0 if place else len(groups[name]) - 1 - extra,
                )
            )
    return tuple(found[:MOST_REJECTED])


def _nearest(rejected: list[Rejection], known: dict[str, Offer]) -> list[Rejection]:
    """The rejections of one constraint, nearest first, one for each GPU."""

    def distance(each: Rejection) -> tuple[int, str]:
        offer = known.get(each.offer)
        size = offer.usable_bytes * offer.gpus if offer else 0
        # Of what is too small the largest came nearest; of what fits, the smallest.
        return (-size if each.constraint == "memory" else size, each.offer)

    found: dict[str, Rejection] = {}
    for each in sorted(rejected, key=distance):
        offer = known.get(each.offer)
        found.setdefault(offer.accelerator if offer else "", each)
    return list(found.values())


def _framebuffer(serving: Serving | None, about: Subject, answer: Estimate) -> int | None:
    """What each GPU must leave usable; an engine that takes a share of it leaves the rest idle."""
    size = answer.memory.total_bytes
    if not answer.gpus or not size:
        return None
    if serving is not None and answer.memory.kv_bytes_per_token and about.transformer is not None:
        from generator.sizing.serve.engines import engine_kind

        stated = serving.memory_utilisation_ratio
        size /= float(stated.value) if stated else engine_kind(serving.engine).utilisation_ratio
    return ceil(size)


def _level(serving: Serving | None) -> float | None:
    """The service level in seconds: of a whole answer, else of its first or of each token."""
    if serving is None:
        return None
    for stated in (serving.p95_s, serving.p95_first_token_s, serving.p95_per_token_s):
        if stated is not None:
            return float(stated.value)
    return None


def _concurrent(answer: Estimate) -> int:
    """Equal slots at once: the trials of a search, the replicas of a service."""
    slots = answer.training.slots if answer.training else None
    replicas = answer.serving.replicas if answer.serving else None
    return slots or replicas or 1


def in_words(choice: ChoiceAnswer) -> str:
    """A proposal in one line: what, how many, and how it is given out."""
    if not choice.kind:
        return f"nothing fits ({choice.binding}): {choice.reason}"
    if choice.kind == Kind.CPU:
        return f"CPUs: {choice.reason}"
    hosts = f" on each of {choice.hosts} hosts" if choice.hosts > 1 else ""
    profile = f", {choice.profile}" if choice.profile else ""
    return f"{choice.gpus} x {choice.gpu}{profile} ({choice.kind}){hosts}: {choice.reason}"
