"""What a plan's catalogue of profiles can strand: figures for the ledger, and what to list instead.

The plan's own places strand what ``GpuPlan`` says; this is the worst that any order of arrival
could make of the same sizes.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace

from generator.catalog import Catalog
from generator.catalog.accelerator import Accelerator
from generator.finding import Finding
from generator.ledger import Basis, Entry
from generator.placement.catalogue import (
    Need,
    Offer,
    listed_profiles,
    offer_of,
    recommend,
)
from generator.placement.plan import Plan
from generator.placement.rules import StrandingCatalogue
from generator.placement.stranding import board_gb
from generator.placement.terms import Terms


def catalogued(plan: Plan, catalog: Catalog, terms: Terms) -> Plan:
    """The plan with the worst case of its catalogue in the ledger, and findings on a listed one."""
    return replace(
        plan,
        ledger=(*plan.ledger, *_entries(plan, catalog, terms)),
        findings=(*plan.findings, *_findings(plan, catalog, terms)),
    )


def _entries(plan: Plan, catalog: Catalog, terms: Terms) -> Iterator[Entry]:
    """One figure per GPU model and mode that the plan uses."""
    used: dict[tuple[str, bool], set[str]] = {}
    for choice in plan.chosen:
        if choice.model and choice.profile:
            is_mig = catalog.accelerator(choice.model).profile(choice.profile).is_mig
            used.setdefault((choice.model, is_mig), set()).add(choice.profile)
    for (model, is_mig), names in sorted(used.items()):
        accelerator = catalog.accelerator(model)
        offer = offer_of(accelerator, sorted(names), mixed_size=terms.mixed_size)
        yield _entry(accelerator, offer, is_mig=is_mig)


def _entry(accelerator: Accelerator, offer: Offer, *, is_mig: bool) -> Entry:
    worst, total = offer.worst, board_gb(accelerator)
    title = offer.title
    if is_mig:
        title = "{" + ",".join(_codes(accelerator, offer)) + "}"
    slices = f" and {worst.compute_slices} compute slices" if worst.compute_slices else ""
    at = f" ({worst.words})" if worst.gb or worst.compute_slices else ""
    return Entry(
        subject=accelerator.id,
        name=f"catalogue {title}",
        value=worst.gb,
        unit="GB stranded at worst",
        rule=(
            f"strands {worst.gb:g} of {total} GB{slices} in any order of arrival{at}, proved by "
            f"enumeration of {worst.states:,} states, {worst.full:,} of them full"
        ),
        source=_source(accelerator, is_mig=is_mig),
        basis=Basis.ANALYTIC,
    )


def _source(accelerator: Accelerator, *, is_mig: bool) -> str:
    """Who says what the places are: the sources of the row, none where the blueprint wrote it."""
    keys = accelerator.sources.get("mig" if is_mig else "vgpu", ())
    return f"catalogue: {', '.join(keys)}" if keys else "catalogue, a row of the blueprint"


def _codes(accelerator: Accelerator, offer: Offer) -> Iterator[str]:
    return (str(accelerator.profile(name).mig_profile) for name in offer.names)


def _findings(plan: Plan, catalog: Catalog, terms: Terms) -> Iterator[Finding]:
    """A finding for each board on which the listed sizes strand more than others would."""
    known = set(catalog.ids("accelerators"))
    for model in sorted({gpu.model for gpu in plan.gpus} & known if terms.sizes_bytes else ()):
        found = better_than_listed(catalog.accelerator(model), terms)
        if found is not None:
            yield StrandingCatalogue.of(model, board_gb(catalog.accelerator(model)), *found)


def better_than_listed(accelerator: Accelerator, terms: Terms) -> tuple[Offer, Offer] | None:
    """The listed catalogue on a board and the one that carries the same with less stranded.

    None where there is none. One size alone runs in same-size mode and meets no other.
    """
    names = listed_profiles(accelerator, terms.sizes_bytes)
    if len(names) <= 1:
        return None
    listed = offer_of(accelerator, names, mixed_size=terms.mixed_size)
    needs = [Need(accelerator.profile(name).usable_framebuffer_bytes) for name in names]
    found = recommend(accelerator, needs, mixed_size=terms.mixed_size)
    if found is None or found.chosen.worst.gb >= listed.worst.gb:
        return None
    return listed, found.chosen
