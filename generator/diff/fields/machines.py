"""Fields of VMs and of what holds them: pools, rules, groups, roles and rights."""

from __future__ import annotations

from collections.abc import Mapping

from generator.diff import equality as by
from generator.diff.fields.rule import ERROR, NOTICE, FieldRule

_PINNED = "a VM that is pinned to a device or reserves its memory cannot start as planned"

MACHINES: Mapping[str, Mapping[str, FieldRule]] = {
    "resource-pool": {
        "cpu_shares": FieldRule(
            equality=by.exact,
            consequence="under contention its VMs get another share than was planned",
        ),
        "memory_shares": FieldRule(
            equality=by.exact,
            consequence="under contention its VMs get another share than was planned",
        ),
        "scale_descendants_shares": FieldRule(
            equality=by.exact,
            consequence="under contention its VMs get another share than was planned",
        ),
        "memory_expandable": FieldRule(
            equality=by.exact, consequence="its VMs may not power on beyond its own reservation",
        ),
        "memory_reservation_mib": FieldRule(
            equality=by.number, severity=ERROR, consequence="reserved VMs may not power on"
        ),
    },
    "vm": {
        "vcpus": FieldRule(
            equality=by.number, severity=ERROR,
            consequence="its work has more or less than was sized",
        ),
        "memory_mib": FieldRule(
            equality=by.number, severity=ERROR,
            consequence="its work has more or less than was sized",
        ),
        "firmware": FieldRule(
            equality=by.exact, severity=ERROR,
            consequence="a GPU VM boots with efi only (large MMIO window)",
        ),
        "name": FieldRule(
            equality=by.exact, severity=NOTICE, consequence="people look for another name",
            refers="vm-name",
        ),
        "folder": FieldRule(
            equality=by.exact, consequence="people and rights look for it elsewhere",
            refers="folder",
        ),
        "cluster": FieldRule(
            equality=by.exact, severity=ERROR, refers="cluster",
            consequence="it takes from another cluster than the plan counts with",
        ),
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
        "hardware_version": FieldRule(
            equality=by.at_least,
            consequence="it cannot hold as many GPUs, or as large, as planned",
        ),
        "mmio_gib": FieldRule(
            equality=by.number, severity=ERROR, consequence="it does not start with its GPUs"
        ),
        "networks": FieldRule(
            equality=by.contains, severity=ERROR, refers="network",
            consequence="it is not where its users look for it",
        ),
        "datastores": FieldRule(
            equality=by.contains, refers="datastore",
            consequence="its disks are on other storage than was sized",
        ),
    },
    "rule": {
        "type": FieldRule(
            equality=by.exact, severity=ERROR,
            consequence="the rule does something else than was planned",
        ),
        "mandatory": FieldRule(
            equality=by.exact, consequence="HA may not restart VMs that the rule would keep apart",
        ),
        "vm_group": FieldRule(
            equality=by.exact, severity=ERROR, consequence="the rule is about other VMs",
            refers="vm-group-name",
        ),
        "host_group": FieldRule(
            equality=by.exact, severity=ERROR, consequence="the rule is about other hosts",
            refers="host-group-name",
        ),
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
        "ha_restart_priority": FieldRule(
            equality=by.folded,
            consequence="after a host is lost it starts sooner or later than was agreed",
        ),
    },
    "role": {
        "privileges": FieldRule(
            equality=by.privileges, severity=ERROR,
            consequence="whoever has the role may do more, or less, than was agreed",
        ),
    },
    "permission": {
        "propagate": FieldRule(
            equality=by.exact, severity=ERROR,
            consequence="the right ends at this object, or goes on below it",
        ),
        "is_group": FieldRule(
            equality=by.exact, severity=ERROR,
            consequence="the right is that of another principal of the same name",
        ),
        "role": FieldRule(
            equality=by.exact, severity=ERROR, refers="role",
            consequence="a group may do more, or less, than was agreed",
        ),
    },
    "vm-group": {
        "vms": FieldRule(
            equality=by.contains, severity=ERROR,
            consequence="the rules of this group do not hold for them",
            refers="vm-name",
        ),
    },
    "host-group": {
        "hosts": FieldRule(
            equality=by.contains, severity=ERROR,
            consequence="the rules of this group do not hold for them",
            refers="host",
        ),
    },
}  # fmt: skip
