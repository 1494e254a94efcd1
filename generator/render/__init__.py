"""Desired state to files: one module per target, one template per kind of object."""

from __future__ import annotations

from generator.ledger import Entry
from generator.placement.plan import Plan
from generator.platform.objects import DesiredState
from generator.render import classes, foundation, namespaces, supervisor, tanzu, vms
from generator.render.manifest import manifest
from generator.render.plan import plan_file
from generator.render.target import RenderedFile, Target

TARGETS: tuple[Target, ...] = (
    foundation.files,
    classes.files,
    namespaces.files,
    vms.files,
    supervisor.files,
    tanzu.files,
)


def render_platform(
    state: DesiredState, plan: Plan, ledger: tuple[Entry, ...], *, source_hash: str
) -> tuple[RenderedFile, ...]:
    """Every file of a platform, paths relative to its folder, the manifest last. Pure."""
    files = [file for target in TARGETS for file in target(state)]
    files.append(plan_file(state, plan, ledger))
    files.append(manifest(state, files, source_hash=source_hash))
    return tuple(files)
