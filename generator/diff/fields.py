"""The field table: how each field compares, how much a difference weighs and what follows from it.

A field without a row compares by its form and is a warning. ``diff`` and the tests read the same
table, so that a leaf that ``kinds`` gains is compared from its first day.
"""

from __future__ import annotations

from collections.abc import Mapping
from functools import cache

from generator.diff import equality as by
from generator.finding import Severity
from generator.record import Record, record
from generator.vcenter.kinds import KINDS, Leaf

ERROR, WARNING, NOTICE = Severity.ERROR, Severity.WARNING, Severity.NOTICE


@record
class FieldRule(Record):
    """How a field is judged.

    ``consequence`` says what a difference leads to; ``{running}`` in it is the count of VMs that
    run of a class. ``churns`` marks what changes in lawful operation (F9): it is never asserted
    and not compared between snapshots. ``refers`` is the kind of the objects that entries name.
    """

    equality: by.Equality
    severity: Severity = WARNING
    consequence: str = ""
    churns: bool = False
    refers: str = ""


_BY_FORM: Mapping[str, by.Equality] = {
    "text": by.exact,
    "number": by.number,
    "flag": by.exact,
    "set": by.contains,
    "list": by.unordered,
    "map": by.option,
}

_CLASS = "edited class: future nodes differ from {running} running ones; no running VM changes (F3)"
_PINNED = "a VM that is pinned to a device or reserves its memory cannot start as planned"
_PLACEMENT = "vGPU VMs no longer start where the plan puts them"
_FEWER = "the supply that the plan counts on is not there"
_RESERVE = "what HA keeps free is not what the plan counted with"

CHURN: Mapping[str, str] = {
    "host": "connection maintenance power",
    "gpu": "vms",
    "datastore": "free_bytes maintenance",
    "vm": "host power guest",
    "vm-class": "vms namespaces",
    "namespace": "status",
    "supervisor": "config_status kubernetes_status",
    "vks-cluster": "phase",
    "k8s-namespace": "phase label",
}
"""Fields that lawful operation changes all the time: moves, restarts, maintenance, rollouts."""

_ROWS: Mapping[str, Mapping[str, FieldRule]] = {
    "vcenter": {
        "setting": FieldRule(
            equality=by.option, severity=ERROR,
            consequence="no vGPU VM moves, also not for maintenance",
        ),
        "version": FieldRule(equality=by.version_prefix, severity=NOTICE),
    },
    "cluster": {
        "drs_automation": FieldRule(
            equality=by.exact, consequence="DRS places VMs otherwise than the plan assumes"
        ),
        "drs_enabled": FieldRule(
            equality=by.exact, severity=ERROR, consequence="nothing places or moves VMs"
        ),
        "drs_option": FieldRule(
            equality=by.option, consequence="vGPU VMs move otherwise than the plan assumes (F16)"
        ),
        "ha_enabled": FieldRule(
            equality=by.exact, severity=ERROR, consequence="a failed host's VMs stay down"
        ),
        "ha_host_failures": FieldRule(equality=by.number, consequence=_RESERVE),
        "ha_cpu_reserve_percent": FieldRule(equality=by.number, consequence=_RESERVE),
        "ha_memory_reserve_percent": FieldRule(equality=by.number, consequence=_RESERVE),
        "evc": FieldRule(
            equality=by.folded, consequence="guests see other CPU features than were measured with"
        ),
        "hosts": FieldRule(equality=by.contains, severity=ERROR, refers="host"),
    },
    "host": {
        "cluster": FieldRule(
            equality=by.exact, severity=ERROR, consequence=_FEWER, refers="cluster"
        ),
        "memory_bytes": FieldRule(equality=by.memory, severity=ERROR, consequence=_FEWER),
        "sockets": FieldRule(equality=by.number, severity=ERROR, consequence=_FEWER),
        "cores": FieldRule(equality=by.number, severity=ERROR, consequence=_FEWER),
        "version": FieldRule(equality=by.version_prefix, severity=NOTICE),
        "graphics_default_type": FieldRule(
            equality=by.exact, severity=ERROR, consequence="no vGPU starts on this host"
        ),
        "assignment_policy": FieldRule(
            equality=by.folded,
            severity=ERROR,
            consequence="a spread policy breaks NVLink groups, consolidation fills GPUs that "
            "should share work",
        ),
        "module_option": FieldRule(
            equality=by.exact,
            consequence="vGPUs share the GPU's time by another scheduler than was planned",
        ),
        "vgpu_types": FieldRule(equality=by.contains, consequence=_PLACEMENT),
    },
    "gpu": {
        "device_id": FieldRule(equality=by.one_of, severity=ERROR, consequence=_FEWER),
        "model": FieldRule(equality=by.board, severity=ERROR, consequence=_FEWER),
        "graphics_type": FieldRule(
            equality=by.exact, severity=ERROR, consequence="no vGPU starts on this GPU"
        ),
        "configured_type": FieldRule(
            equality=by.exact, severity=ERROR,
            consequence="after the next restart no vGPU starts on this GPU",
        ),
        "vgpu_mode": FieldRule(equality=by.vgpu_mode, severity=ERROR, consequence=_PLACEMENT),
        "configured_vgpu_mode": FieldRule(
            equality=by.exact, severity=ERROR, consequence=_PLACEMENT
        ),
        "passthrough": FieldRule(equality=by.exact, severity=ERROR, consequence=_PLACEMENT),
        "numa_node": FieldRule(
            equality=by.exact, consequence="VMs were sized for memory beside another socket"
        ),
    },
    "nic": {
        "speed_mbit": FieldRule(equality=by.number, consequence="flows take longer than was sized"),
    },
    "resource-pool": {
        "memory_reservation_mib": FieldRule(
            equality=by.number, severity=ERROR, consequence="reserved VMs may not power on"
        ),
    },
    "network": {
        "vlan": FieldRule(equality=by.exact, severity=ERROR, consequence="VMs lose their network"),
    },
    "switch": {
        "mtu": FieldRule(
            equality=by.number, severity=ERROR, consequence="large frames are dropped"
        ),
    },
    "datastore": {
        "type": FieldRule(equality=by.folded),
        "capacity_bytes": FieldRule(
            equality=by.at_least, severity=ERROR, consequence="volumes of the plan do not fit"
        ),
        "accessible": FieldRule(
            equality=by.exact, severity=ERROR, consequence="what is on it cannot be reached"
        ),
        "hosts": FieldRule(
            equality=by.contains, severity=ERROR, refers="host",
            consequence="VMs on these hosts cannot use it",
        ),
    },
    "vm": {
        "name": FieldRule(equality=by.exact, severity=NOTICE),
        "cluster": FieldRule(equality=by.exact, severity=ERROR, refers="cluster"),
        "pool": FieldRule(
            equality=by.exact, refers="resource-pool",
            consequence="it takes from, and counts against, another share",
        ),
        "host": FieldRule(
            equality=by.exact, severity=ERROR, refers="host",
            consequence="its passed-through GPU is on another host",
        ),
        "memory_reservation_mib": FieldRule(
            equality=by.number, severity=ERROR, consequence=_PINNED
        ),
        "memory_locked": FieldRule(equality=by.exact, severity=ERROR, consequence=_PINNED),
        "vgpus": FieldRule(
            equality=by.unordered, severity=ERROR, consequence="its work has another GPU or none"
        ),
        "passthrough": FieldRule(
            equality=by.unordered, severity=ERROR, consequence="its work has another GPU or none"
        ),
        "hardware_version": FieldRule(equality=by.at_least),
        "mmio_gib": FieldRule(
            equality=by.number, severity=ERROR, consequence="it does not start with its GPUs"
        ),
        "networks": FieldRule(equality=by.contains, severity=ERROR, refers="network"),
        "datastores": FieldRule(equality=by.contains, refers="datastore"),
    },
    "rule": {
        "vms": FieldRule(
            equality=by.contains, severity=ERROR, refers="vm-name",
            consequence="one lost host may take several copies of a service along",
        ),
        "enabled": FieldRule(
            equality=by.exact, severity=ERROR,
            consequence="one lost host may take several copies of a service along",
        ),
    },
    "override": {
        "drs_enabled": FieldRule(
            equality=by.exact, consequence="DRS tries to move a VM that cannot move"
        ),
    },
    "role": {
        "privileges": FieldRule(
            equality=by.unordered, severity=ERROR,
            consequence="whoever has the role may do more, or less, than was agreed",
        ),
    },
    "permission": {
        "role": FieldRule(
            equality=by.exact, severity=ERROR,
            consequence="a group may do more, or less, than was agreed",
        ),
    },
    "storage-policy": {
        "rule": FieldRule(
            equality=by.exact, severity=ERROR,
            consequence="new volumes get other storage; old ones stop complying",
        ),
        "compatible_datastores": FieldRule(
            equality=by.contains, severity=ERROR, refers="datastore",
            consequence="volumes of this policy find no place where the plan puts them (F15)",
        ),
        "k8s_name": FieldRule(
            equality=by.exact, severity=ERROR, consequence="manifests name a StorageClass "
            "that is not there",
        ),
    },
    "tag-category": {
        "cardinality": FieldRule(equality=by.folded),
        "associable_types": FieldRule(equality=by.contains, severity=ERROR),
    },
    "content-library": {"type": FieldRule(equality=by.folded)},
    "vm-class": {
        name: FieldRule(equality=how, severity=ERROR, consequence=_CLASS)
        for name, how in (
            ("vcpus", by.number),
            ("memory_mib", by.number),
            ("cpu_reservation_percent", by.number),
            ("memory_reservation_percent", by.number),
            ("vgpus", by.unordered),
            ("device_group", by.exact),
            ("mmio_gib", by.number),
            ("pci_devices", by.unordered),
            ("instance_storage_policy", by.exact),
            ("instance_storage_volumes_mib", by.unordered),
        )
    }
    | {"description": FieldRule(equality=by.exact, severity=NOTICE)},
    "namespace": {
        "vm_classes": FieldRule(
            equality=by.contains, severity=ERROR, refers="vm-class",
            consequence="clusters here can make no more nodes of these classes",
        ),
        "storage_policies": FieldRule(
            equality=by.contains, severity=ERROR, refers="storage-policy",
            consequence="claims for these storage classes stay pending",
        ),
        "content_libraries": FieldRule(
            equality=by.contains, severity=ERROR, refers="content-library",
            consequence="new nodes find no image",
        ),
        "supervisor": FieldRule(equality=by.exact, severity=ERROR, refers="supervisor"),
        "zones": FieldRule(equality=by.contains, severity=ERROR, refers="zone"),
        "cpu_limit_mhz": FieldRule(equality=by.exact),
        "memory_limit_mib": FieldRule(equality=by.exact),
        "storage_limit_mib": FieldRule(equality=by.exact),
        "zone_reservation": FieldRule(
            equality=by.exact, severity=ERROR,
            consequence="what the zone keeps for this namespace is not what was promised (F30)",
        ),
        "access": FieldRule(
            equality=by.folded, severity=ERROR,
            consequence="a team may do more, or less, than was agreed",
        ),
    },
    "zone": {"clusters": FieldRule(equality=by.contains, severity=ERROR, refers="cluster")},
    "supervisor": {
        "clusters": FieldRule(equality=by.contains, severity=ERROR, refers="cluster"),
        "zones": FieldRule(equality=by.contains, severity=ERROR, refers="zone"),
        "version": FieldRule(equality=by.version_prefix, severity=NOTICE),
        "control_plane_size": FieldRule(equality=by.folded),
    },
    "vks-cluster": {
        "cluster_class": FieldRule(equality=by.same_family_or_newer),
        "kubernetes_version": FieldRule(equality=by.version_prefix),
        "pod_cidrs": FieldRule(equality=by.unordered, severity=ERROR),
        "service_cidrs": FieldRule(equality=by.unordered, severity=ERROR),
        "variable": FieldRule(
            equality=by.includes, consequence="nodes are replaced when it is put right"
        ),
        "pool": FieldRule(
            equality=by.exact, severity=ERROR,
            consequence="the pool makes other nodes, or another number of them, than was planned",
        ),
    },
}  # fmt: skip

_TAGS = FieldRule(
    equality=by.contains, refers="tag", consequence="what looks for the tag finds it no more"
)
_STAMPED = FieldRule(
    equality=by.exact, severity=NOTICE, consequence="apply no longer knows it for its own (F1)"
)
_SHARED: Mapping[str, FieldRule] = {"tags": _TAGS, "description": _STAMPED}
"""Rules of fields that many kinds have."""


@cache
def rule_of(kind: str, field: str) -> FieldRule:
    """How a field is judged; ``field`` may be a key of a map (``drs_option.LBMaxVmotion``)."""
    name = field.partition(".")[0]
    leaf = leaf_of(kind, field)
    found = _ROWS.get(kind, {}).get(name) or _SHARED.get(name)
    if found is None:
        found = FieldRule(equality=_BY_FORM[leaf.form if leaf else "text"])
    if name in CHURN.get(kind, "").split():
        return FieldRule(
            equality=found.equality, severity=found.severity,
            consequence=found.consequence, churns=True, refers=found.refers,
        )  # fmt: skip
    return found


@cache
def leaf_of(kind: str, field: str) -> Leaf | None:
    """The leaf that a field is, or that it is spread from."""
    return _LEAVES.get((kind, field)) or _LEAVES.get((kind, field.partition(".")[0]))


_LEAVES = {(kind.name, leaf.name): leaf for kind in KINDS for leaf in kind.leaves}
SOURCES: Mapping[str, str] = {kind.name: kind.source for kind in KINDS}
ORDER: Mapping[str, int] = {kind.name: number for number, kind in enumerate(KINDS)}
"""The order of kinds in reports."""
