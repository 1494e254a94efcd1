"""What the apply script does beside the VM classes, by REST and SOAP."""

from __future__ import annotations

from collections.abc import Iterator

from generator.platform.coverage.row import BY_HAND, Row
from generator.platform.objects import DesiredState, Manage
from generator.platform.scope import Scope


def by_rest(state: DesiredState, scope: Scope) -> Iterator[Row]:  # noqa: ARG001 - one shape
    """Zones, the lists of adopted namespaces, their shares, and access."""
    vcenters, seen = state.vcenters, "own entries by REST"
    adopted = [n for v in vcenters for n in v.namespaces if n.manage is Manage.ADOPT]
    where, lists = "supervisor/namespaces", "policies, libraries, classes of an adopted one"
    zones = sum(len(v.zones) for v in vcenters)
    yield "zone", "all", "rest", "supervisor/zones", "manifest", "all by REST", zones
    profiles, place = sum(len(v.direct_path_profiles) for v in vcenters), "direct-path-profiles"
    by_soap = "all by SOAP, with capacity"
    yield "direct-path-profile", "all", "rest", f"supervisor/{place}", "manifest", by_soap, profiles
    yield "namespace", lists, "rest", where, "merged", seen, len(adopted)
    yield from _shares(state)
    yield from _matches(state)
    groups = sum(len(v.accesses) for v in vcenters)
    yield "access", "role of a group", "rest", "supervisor/access", "manifest", seen, groups


def _shares(state: DesiredState) -> Iterator[Row]:
    """Limits and reservations of namespaces; of the latter only the sum over a zone is shown."""
    shares = [share for vcenter in state.vcenters for share in vcenter.shares]
    where = "supervisor/namespace-shares"
    limited = sum(bool(s.cpu_limit_mhz or s.storage_limits) for s in shares)
    kept = sum(bool(share.zones) for share in shares)
    fields = "limits of cores, memory and volumes"
    yield "namespace-share", fields, "rest", where, "merged", "all by REST", limited
    fields, seen = "reservations of its zones", "the sum over a zone by REST"
    yield "namespace-share", fields, "rest", where, "merged", seen, kept


def _matches(state: DesiredState) -> Iterator[Row]:
    """Policies that are held against their datastores (F15)."""
    count = sum(len(vcenter.storage_policies) for vcenter in state.vcenters)
    where = "supervisor/policy-matches"
    yield "policy-match", "compatible datastores", "rest", where, BY_HAND, "all by pbm", count
