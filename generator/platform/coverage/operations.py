"""What goes by REST beside the VM classes."""

from __future__ import annotations

from collections.abc import Iterator

from generator.platform.coverage.row import Row
from generator.platform.objects import DesiredState, Manage
from generator.platform.scope import Scope


def by_rest(state: DesiredState, scope: Scope) -> Iterator[Row]:  # noqa: ARG001 - one shape
    """Zones, the lists of adopted namespaces, and access."""
    vcenters, seen = state.vcenters, "own entries by REST"
    adopted = [n for v in vcenters for n in v.namespaces if n.manage is Manage.ADOPT]
    where, lists = "supervisor/namespaces", "policies, libraries, classes of an adopted one"
    zones = sum(len(v.zones) for v in vcenters)
    yield "zone", "all", "rest", "supervisor/zones", "manifest", "all by REST", zones
    yield "namespace", lists, "rest", where, "merged", seen, len(adopted)
    groups = sum(len(v.accesses) for v in vcenters)
    yield "access", "role of a group", "rest", "supervisor/access", "manifest", seen, groups
