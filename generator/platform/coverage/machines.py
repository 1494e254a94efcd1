"""Plain VMs: what holds them, who may touch them, and what a comparison sees."""

from __future__ import annotations

from collections.abc import Iterator

from generator.platform.coverage.row import Row
from generator.platform.objects import DesiredState, Manage
from generator.platform.scope import Scope


def machines(state: DesiredState, scope: Scope) -> Iterator[Row]:  # noqa: ARG001 - one shape
    """Roles, rights, pools, VMs and the rules between them."""
    fabrics = [fabric for vcenter in state.vcenters for fabric in vcenter.fabrics]
    made = [m for fabric in fabrics for m in fabric.machines if not m.vgpus]
    roles = sum(r.manage is Manage.CREATE for v in state.vcenters for r in v.roles)
    folders = [folder for fabric in fabrics for folder in fabric.folders]
    rights = sum(bool(folder.permissions) for folder in folders)
    pools = sum(len(fabric.pools) for fabric in fabrics)
    rules = sum(len(fabric.anti_affinities) for fabric in fabrics)
    fixed = sum(bool(machine.host) for machine in made)
    where = "40-<environment>-vms"
    yield "role", "all", "terraform", "10-foundation", "import", "all", roles
    yield "team folder", "all", "terraform", where, "import", "all", len(folders)
    yield "entity-permissions", "all of a folder", "terraform", where, "manifest", "all", rights
    yield "resource-pool", "shares, reservation", "terraform", where, "import", "all", pools
    fields, seen = "all but a vGPU", "all but foreign extra_config keys"
    yield "virtual-machine", fields, "terraform", where, "import", seen, len(made)
    yield "anti-affinity-rule", "all", "terraform", where, "import", "all", rules
    kept = sum(len(fabric.keep_offs) for fabric in fabrics)
    for kind in ("vm-group", "host-group", "vm-host-rule"):
        yield kind, "all", "terraform", where, "import", "all", kept
    restarted = sum(bool(machine.restart_priority) for machine in made)
    yield "ha-vm-override", "restart priority", "terraform", where, "import", "all", restarted
    yield "drs-vm-override", "all", "terraform", where, "import", "all", fixed
