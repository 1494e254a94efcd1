"""The GPU layer in the coverage contract: who makes which setting."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator

from generator.platform.coverage.row import BY_HAND, Row
from generator.platform.objects import DesiredState
from generator.platform.scope import Scope

_ACTORS = {
    "image": ("person", "the cluster's vLCM image"),
    "profile": ("person", "the cluster's configuration profile"),
    "script": ("powercli", "gpu/apply.ps1"),
    "person": ("person", "a shell on the host: gpu/checklist.md"),
    "proposed": ("person", "nobody before the owners of the shared cluster agree"),
}


def gpus(state: DesiredState, scope: Scope) -> Iterator[Row]:  # noqa: ARG001 - one shape
    """Settings of GPUs, hosts, clusters and vCenters by actor, and the firmware of the hosts."""
    settings = [s for vcenter in state.vcenters for s in vcenter.host_settings]
    counts = Counter(s.actor for s in settings)
    for kind, (actor, where) in _ACTORS.items():
        names = sorted({s.setting for s in settings if s.actor == kind})
        seen = "nothing" if kind == "proposed" else "settings"
        yield "host", ", ".join(names), actor, where, BY_HAND, seen, counts[kind]
    hosts = len({(s.cluster, s.host) for s in settings if s.host})
    yield "host", "firmware", "person", "gpu/checklist.md", BY_HAND, "nothing", hosts
