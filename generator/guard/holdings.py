"""Reads from trees of ``plan.json`` which VMs depend on which objects."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from typing import Any

from generator.finding import CannotRun
from generator.guard.blast import Holdings, Machine
from generator.guard.values import members, rows

_WORKLOAD = "mlgen/workload"
_CONTROL_PLANE = "control-plane-"
_SYSTEM = "system-"


def read_holdings(trees: Sequence[object]) -> Holdings | None:
    """The VMs of some plans, or None where no plan is given.

    Raises:
        CannotRun: where a tree is no plan of mlgen's.
    """
    if not trees:
        return None
    known: dict[str, set[str]] = {}
    machines: list[Machine] = []
    for tree in trees:
        plan = _checked(tree)
        namespaces = {
            _text(one, "name"): one
            for vcenter in rows(plan, "vcenters")
            for one in rows(vcenter, "namespaces")
        }
        _learn(known, plan, namespaces)
        nodes = _Nodes(plan)
        machines += (nodes.machine(row, namespaces) for row in rows(plan, "placements"))
    return Holdings(
        machines=tuple(machines),
        known={kind: frozenset(names) for kind, names in sorted(known.items())},
    )


def _checked(tree: object) -> Mapping[str, Any]:
    if not isinstance(tree, dict) or not isinstance(tree.get("platform"), str):
        raise CannotRun("this is no plan of mlgen: give a plan.json, or the folder of a platform")
    for name in ("placements", "clusters", "vcenters"):
        if not isinstance(tree.get(name), list):
            raise CannotRun(f"the plan of {tree['platform']} has no list of {name}")
    return tree


def _learn(
    known: dict[str, set[str]],
    plan: Mapping[str, Any],
    namespaces: Mapping[str, Mapping[str, Any]],
) -> None:
    """Adds the names that a plan knows."""
    placements = list(rows(plan, "placements"))
    vcenters = list(rows(plan, "vcenters"))
    pools = [pool for one in rows(plan, "clusters") for pool in rows(one, "pools")]
    named: Mapping[str, Iterator[str]] = {
        "namespace": iter(namespaces),
        "vm_class": (_text(c, "name") for v in vcenters for c in rows(v, "vm_classes")),
        "policy": (_text(p, "name") for v in vcenters for p in rows(v, "storage_policies")),
        "cluster": (_text(row, "cluster") for row in placements),
        "host": (_text(row, "host") for row in placements),
        "zone": (_text(pool, "failure_domain") for pool in pools),
        "supervisor": (
            _text(one, key)
            for one in namespaces.values()
            for key in ("supervisor", "supervisor_id")
        ),
        "library": (
            name for one in namespaces.values() for name in members(one, "content_libraries")
        ),
    }
    for kind, names in named.items():
        known.setdefault(kind, set()).update(name for name in names if name)


class _Nodes:
    """The VKS clusters of a plan by the demands that their nodes answer."""

    def __init__(self, plan: Mapping[str, Any]) -> None:
        self.platform = _text(plan, "platform")
        self.of: dict[tuple[str, str], tuple[Mapping[str, Any], Mapping[str, Any]]] = {}
        self.zones: dict[tuple[str, str], set[str]] = {}
        for cluster in rows(plan, "clusters"):
            environment = _text(cluster, "environment")
            control = {"vm_class": _text(cluster, "control_plane_class")}
            for pool in rows(cluster, "pools"):
                demand = _demand(pool)
                self.of[environment, demand] = (cluster, pool)
                self.zones.setdefault((environment, demand), set()).add(
                    _text(pool, "failure_domain")
                )
                if demand.startswith(_SYSTEM):
                    group = demand.removeprefix(_SYSTEM)
                    self.of[environment, _CONTROL_PLANE + group] = (cluster, control)

    def machine(
        self, placed: Mapping[str, Any], namespaces: Mapping[str, Mapping[str, Any]]
    ) -> Machine:
        """The VM of a placement. One that no VKS cluster has is a plain VM."""
        key = _text(placed, "environment"), _text(placed, "demand")
        cluster, pool = self.of.get(key, ({}, {}))
        namespace = _text(cluster, "namespace")
        holder = namespaces.get(namespace, {})
        return Machine(
            gpus=members(placed, "gpus"),
            node=key in self.of,
            platform=self.platform,
            host=_text(placed, "host"),
            cluster=_text(placed, "cluster"),
            namespace=namespace,
            supervisors=tuple(_text(holder, key) for key in ("supervisor", "supervisor_id")),
            vm_class=_text(pool, "vm_class"),
            zones=tuple(sorted(self.zones.get(key, set()) - {""})),
            policies=members(holder, "storage_policies"),
            libraries=members(holder, "content_libraries"),
        )


def _demand(pool: Mapping[str, Any]) -> str:
    """The demand that a pool's nodes answer: the label says it, whatever the pool is called."""
    for label in pool.get("labels", ()) if isinstance(pool.get("labels"), list) else ():
        if isinstance(label, list) and [*label[:1]] == [_WORKLOAD] and label[1:]:
            return str(label[1])
    return _text(pool, "name")


def _text(row: Mapping[str, Any], name: str) -> str:
    value = row.get(name)
    return value if isinstance(value, str) else ""
