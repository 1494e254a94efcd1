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
from generator.placement.devices.catalogue import (
    Need,
    Offer,
    listed_profiles,
    offer_of,
    recommend,
)
from generator.placement.devices.stranding import board_gb
from generator.placement.plan import Catalogue, Plan
from generator.placement.rules import StrandingCatalogue
from generator.placement.terms import Terms
from generator.sizing.demand import Sharing


def catalogued(plan: Plan, catalog: Catalog, terms: Terms) -> Plan:
    """The plan with its catalogues and their worst case, and findings on a listed one."""
    found = tuple(_catalogues(plan, catalog, terms))
    return replace(
        plan,
        catalogues=found,
        ledger=(*plan.ledger, *(_entry(catalog.accelerator(c.model), c) for c in found)),
        findings=(*plan.findings, *_findings(plan, catalog, terms)),
    )


def _catalogues(plan: Plan, catalog: Catalog, terms: Terms) -> Iterator[Catalogue]:
    """One per GPU model and mode that the plan uses."""
    used: dict[tuple[str, bool], set[str]] = {}
    for choice in plan.chosen:
        if choice.model and choice.profile:
            is_mig = catalog.accelerator(choice.model).profile(choice.profile).is_mig
            used.setdefault((choice.model, is_mig), set()).add(choice.profile)
    on: dict[str, set[tuple[str, str]]] = {}
    for vm in plan.placed:
        on.setdefault(vm.profile, set()).update((vm.site, gpu) for gpu in vm.gpus)
    why = {drawn.model: drawn.why for drawn in plan.drawn}
    for (model, is_mig), names in sorted(used.items()):
        accelerator = catalog.accelerator(model)
        offer = offer_of(accelerator, sorted(names), mixed_size=terms.mixed_size)
        yield Catalogue(
            model=model,
            mode=(Sharing.MIG if is_mig else Sharing.TIME_SLICED).value,
            sizes="{" + ",".join(_codes(accelerator, offer)) + "}" if is_mig else offer.title,
            profiles=offer.names,
            why="the smallest that are enough" if is_mig else why.get(model, ""),
            gpus=len({gpu for name in names for gpu in on.get(name, ())}),
            stranded_gb=offer.worst.gb,
            board_gb=board_gb(accelerator),
            idle_slices=offer.worst.compute_slices,
            full_of=offer.worst.words,
            states=offer.worst.states,
            full_states=offer.worst.full,
        )


def _entry(accelerator: Accelerator, found: Catalogue) -> Entry:
    slices = f" and {found.idle_slices} compute slices" if found.idle_slices else ""
    at = f" ({found.full_of})" if found.stranded_gb or found.idle_slices else ""
    return Entry(
        subject=accelerator.id,
        name=f"catalogue {found.sizes}",
        value=found.stranded_gb,
        unit="GB stranded at worst",
        rule=(
            f"{found.why}; strands {found.stranded_gb:g} of {found.board_gb} GB{slices} in any "
            f"order of arrival{at}, proved by enumeration of {found.states:,} states, "
            f"{found.full_states:,} of them full"
        ),
        source=_source(accelerator, is_mig=found.mode == Sharing.MIG),
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
