"""Notebook pools: how many people work at once, and what a notebook gets."""

from __future__ import annotations

from generator.blueprint.model.organisation import Notebooks, Team
from generator.ledger import Basis, Entry
from generator.quantity import GIB
from generator.sizing.demand import GpuNeed, Sharing
from generator.sizing.figures import Figures
from generator.sizing.need import Need
from generator.sizing.queueing.notebooks import (
    NotebookPool,
    may_oversubscribe,
    notebook_pool,
)

NOTEBOOK_FRAMEBUFFER_BYTES = 9 * GIB
"""What a notebook's GPU must leave usable. Notebooks stay below 20 GB of data and get a 10C
profile on an 80 GB board, which leaves 9.34 GiB. Source: F. Denneman, Same Size vGPU Mode and
Right-sizing (2026)."""

NOTEBOOK_FRAMEBUFFER_RANGE = (4 * GIB, 19 * GIB)
"""Assumed range of it: what a 5C and a 20C profile leave on such a board."""

VCPUS_PER_GPU = 4
"""Floor of vCPUs per GPU: 16 vCPUs fed four A100 at near bare-metal speed. Source: MLPerf Training
3.0 on vSphere, cited by F. Denneman, Multi-GPU for Distributed Training (2023)."""

INFERENCE_RAM_BASE_BYTES = 32 * GIB
"""RAM of an inference VM beside its framebuffer; a default to be confirmed on site."""


def notebooks(team: Team) -> tuple[Need, list[Entry]] | None:
    """The pool of a team whose people work in notebooks; None for any other team."""
    if team.access != "notebook" or team.notebooks is None:
        return None
    figures = Figures(f"notebooks-{team.name}")
    pool = _pool(team, team.notebooks)
    slots = pool.slots
    figures.note(
        "notebooks at once",
        slots,
        "",
        rule=pool.reason,
        source="requirements S2-5: framebuffer cannot be overcommitted",
    )
    if pool.without_slot:
        verdict = may_oversubscribe("concept", idle_culled=team.notebooks.idle_cull_s is not None)
        figures.note(
            "members without a slot",
            pool.without_slot,
            "",
            rule=f"{pool.oversubscribed_ratio:.3g} members a slot; those who find none get a CPU "
            f"notebook or wait; {verdict.reason}",
            source=verdict.source,
            basis=Basis.PUBLISHED,
        )
    stated = team.notebooks.memory_bytes
    framebuffer = int(stated.value) if stated else NOTEBOOK_FRAMEBUFFER_BYTES
    low, high = (end / GIB for end in NOTEBOOK_FRAMEBUFFER_RANGE)
    figures.note(
        "framebuffer",
        round(framebuffer / GIB, 2),
        "GiB",
        rule="as stated" if stated else "what a 10C profile leaves on an 80 GB board",
        source="blueprint" if stated else "F. Denneman, Same Size vGPU Mode and Right-sizing",
        basis=Basis.STATED if stated else Basis.ASSUMED,
        low=None if stated else round(low, 2),
        high=None if stated else round(high, 2),
        effect="" if stated else f"{slots} x {low:.2f} GiB to {slots} x {high:.2f} GiB",
    )
    need = Need(
        count=slots,
        minimum=slots,
        vcpus=VCPUS_PER_GPU,
        memory_bytes=framebuffer + INFERENCE_RAM_BASE_BYTES,
        permanent=True,
        gpu=GpuNeed(memory_bytes=framebuffer, sharing=Sharing.TIME_SLICED),
    )
    return need, figures.entries


def _pool(team: Team, stated: Notebooks) -> NotebookPool:
    """The team's slots. Nobody at work, or nobody in the team, takes none."""
    people = sum(team.members.values())
    cull = stated.idle_cull_s
    culled = cull is not None and cull.value > 0
    if not people or (culled and stated.concurrency == 0):
        return NotebookPool(
            people=people,
            concurrent=0,
            slots=0,
            without_slot=0,
            oversubscribed_ratio=1.0,
            reason="members x the share of them at work: none",
        )
    share = stated.concurrency or None
    return notebook_pool(people, share, idle_cull_s=float(cull.value) if cull and culled else None)
