"""Notebook pools: how many people work at once, and what a notebook gets."""

from __future__ import annotations

from math import ceil

from generator.blueprint.model.organisation import Team
from generator.ledger import Basis, Entry
from generator.quantity import GIB
from generator.sizing.demand import GpuNeed, Sharing
from generator.sizing.figures import Figures
from generator.sizing.need import Need

NOTEBOOK_FRAMEBUFFER_BYTES = 9 * GIB
"""What a notebook's GPU must leave usable. Notebooks stay below 20 GB of data and get a 10C
profile on an 80 GB board, which leaves 9.34 GiB. Source: F. Denneman, Same Size vGPU Mode and
Right-sizing (2026)."""

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
    people = sum(team.members.values())
    share = team.notebooks.concurrency
    if share is None or team.notebooks.idle_cull_s is None:
        slots, why = people, "everybody keeps a slot: nothing culls an idle notebook"
    else:
        slots, why = ceil(people * share), "members x share of them at work, rounded up"
    figures.note(
        "notebooks at once", slots, "", rule=why, source="framebuffer cannot be overcommitted"
    )
    stated = team.notebooks.memory_bytes
    framebuffer = int(stated.value) if stated else NOTEBOOK_FRAMEBUFFER_BYTES
    figures.gib(
        "framebuffer",
        framebuffer,
        rule="as stated" if stated else "what a 10C profile leaves on an 80 GB board",
        source="blueprint" if stated else "F. Denneman, Same Size vGPU Mode and Right-sizing",
        basis=Basis.STATED if stated else Basis.ASSUMED,
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
