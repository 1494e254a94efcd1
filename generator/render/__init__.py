"""Desired state to files: one module per target, one template per kind of object."""

from __future__ import annotations

from generator.blueprint.model.governance import DiffIgnore
from generator.ledger import Entry
from generator.placement.plan import Plan
from generator.platform.objects import DesiredState
from generator.render.gpu import layer
from generator.render.manifest import manifest
from generator.render.plan import plan_file
from generator.render.storage import policies
from generator.render.supervisor import requests
from generator.render.tanzu import clusters
from generator.render.target import RenderedFile, Target
from generator.render.terraform import (
    classes,
    enablement,
    foundation,
    infrastructure,
    machines,
    namespaces,
    vms,
)
from generator.render.terraform.adopting import imports
from generator.render.terraform.letting_go import abandoned, let_go, managed
from generator.render.terraform.moving import Memory, lineages, moves
from generator.sizing.demand import Sized

TARGETS: tuple[Target, ...] = (
    infrastructure.files,
    foundation.files,
    classes.files,
    enablement.files,
    namespaces.files,
    vms.files,
    policies.files,
    layer.files,
    requests.files,
    machines.files,
    clusters.files,
)


def render_platform(
    state: DesiredState,
    plan: Plan,
    sized: Sized,
    ledger: tuple[Entry, ...],
    *,
    source_hash: str,
    former: Memory,
    diff_ignore: tuple[DiffIgnore, ...] = (),
) -> tuple[RenderedFile, ...]:
    """Every file of a platform, paths relative to its folder, the manifest last. Pure.

    ``former`` is what the last manifest remembers of Terraform's resources, ``diff_ignore`` what
    a comparison is to leave out.
    """
    files = [file for target in TARGETS for file in target(state)]
    remembered = managed(files)
    files += imports(state, remembered)
    lines = lineages(state, remembered, former.lineages)
    left: set[tuple[str, str]] = set()
    for file, addresses in moves(lines):
        files.append(file)
        left |= {(_root(file), address) for address in addresses}
    known = {
        root: [a for a in addresses if (root, a) not in left]
        for root, addresses in former.addresses.items()
    }
    for file, gone in let_go(remembered, known):
        files.append(file)
        remembered[_root(file)] = sorted([*remembered[_root(file)], *gone])
    for some, root, gone in abandoned(state, remembered, known):
        files += some
        remembered[root] = gone
    files.append(plan_file(state, plan, sized, ledger, diff_ignore))
    files.append(
        manifest(state, files, source_hash=source_hash, terraform=remembered, lineages=lines)
    )
    return tuple(files)


def _root(file: RenderedFile) -> str:
    return file.path.rpartition("/")[0]
