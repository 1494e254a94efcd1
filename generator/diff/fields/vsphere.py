"""Fields of what SOAP and tagging show of the site: clusters, hosts, GPUs, networks, tags."""

from __future__ import annotations

from collections.abc import Mapping

from generator.diff import equality as by
from generator.diff.fields.rule import ERROR, NOTICE, FieldRule

_PLACEMENT = "vGPU VMs no longer start where the plan puts them"
_FEWER = "the supply that the plan counts on is not there"
_OF_HOST = FieldRule(
    equality=by.exact, severity=ERROR, refers="host", consequence="it is in another host",
)  # fmt: skip
_RESERVE = "what HA keeps free is not what the plan counted with"

VSPHERE: Mapping[str, Mapping[str, FieldRule]] = {
    "vcenter": {
        "setting": FieldRule(
            equality=by.option, severity=ERROR,
            consequence="no vGPU VM moves, also not for maintenance",
        ),
        "version": FieldRule(
            equality=by.version_prefix, severity=NOTICE,
            consequence="features that the plan counts on may come or go with it",
        ),
    },
    "cluster": {
        "configuration_profile": FieldRule(
            equality=by.exact,
            consequence="hosts have another master, whose next remediation may revert them",
        ),
        "datacenter": FieldRule(
            equality=by.exact, severity=ERROR, refers="datacenter",
            consequence="folders, VMs and switches of the plan are in another datacenter",
        ),
        "vsan_enabled": FieldRule(
            equality=by.exact, severity=ERROR,
            consequence="vSAN policies of the plan find no datastore",
        ),
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
        "hosts": FieldRule(
            equality=by.contains, severity=ERROR, refers="host", consequence=_FEWER,
        ),
    },
    "host": {
        "cluster": FieldRule(
            equality=by.exact, severity=ERROR, consequence=_FEWER, refers="cluster"
        ),
        "memory_bytes": FieldRule(equality=by.memory, severity=ERROR, consequence=_FEWER),
        "sockets": FieldRule(equality=by.number, severity=ERROR, consequence=_FEWER),
        "cores": FieldRule(equality=by.number, severity=ERROR, consequence=_FEWER),
        "version": FieldRule(
            equality=by.version_prefix, severity=NOTICE,
            consequence="drivers and features that the plan counts on go with the version",
        ),
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
    "pci-device": {"host": _OF_HOST},
    "gpu": {
        "host": _OF_HOST,
        "device_id": FieldRule(equality=by.one_of, severity=ERROR, consequence=_FEWER),
        "model": FieldRule(equality=by.board, severity=ERROR, consequence=_FEWER),
        "graphics_type": FieldRule(
            equality=by.exact, severity=ERROR, consequence="no vGPU starts on this GPU"
        ),
        "configured_type": FieldRule(
            equality=by.told, severity=ERROR,
            consequence="after the next restart no vGPU starts on this GPU",
        ),
        "vgpu_mode": FieldRule(equality=by.vgpu_mode, severity=ERROR, consequence=_PLACEMENT),
        "configured_vgpu_mode": FieldRule(
            equality=by.configured_mode, severity=ERROR, consequence=_PLACEMENT
        ),
        "passthrough": FieldRule(equality=by.exact, severity=ERROR, consequence=_PLACEMENT),
        "numa_node": FieldRule(
            equality=by.exact, consequence="VMs were sized for memory beside another socket"
        ),
    },
    "nic": {
        "host": _OF_HOST,
        "speed_mbit": FieldRule(equality=by.number, consequence="flows take longer than was sized"),
    },
    "network": {
        "switch": FieldRule(
            equality=by.exact, severity=ERROR, refers="switch",
            consequence="VMs are on other uplinks than was sized",
        ),
        "teaming": FieldRule(
            equality=by.exact,
            consequence="traffic is spread over uplinks in another way than was agreed",
        ),
        "active_uplinks": FieldRule(
            equality=by.exact,
            consequence="traffic takes, and falls back to, other uplinks than were agreed",
        ),
        "standby_uplinks": FieldRule(
            equality=by.exact,
            consequence="traffic takes, and falls back to, other uplinks than were agreed",
        ),
        "vlan": FieldRule(equality=by.exact, severity=ERROR, consequence="VMs lose their network"),
    },
    "switch": {
        "datacenter": FieldRule(
            equality=by.exact, severity=ERROR, refers="datacenter",
            consequence="port groups of the plan are in another datacenter",
        ),
        "hosts": FieldRule(
            equality=by.contains, severity=ERROR, refers="host",
            consequence="VMs on these hosts have no network of it",
        ),
        "uplinks": FieldRule(
            equality=by.exact, severity=ERROR,
            consequence="port groups name uplinks that it does not have",
        ),
        "nioc": FieldRule(
            equality=by.exact, consequence="nothing shares the uplinks out under contention",
        ),
        "share": FieldRule(
            equality=by.number,
            consequence="under contention traffic gets another part of an uplink than was agreed",
        ),
        "mtu": FieldRule(
            equality=by.number, severity=ERROR, consequence="large frames are dropped"
        ),
    },
    "datastore": {
        "type": FieldRule(
            equality=by.folded, consequence="its speed and what may share it are not as was sized",
        ),
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
    "tag-category": {
        "cardinality": FieldRule(
            equality=by.folded, consequence="an object may carry several tags of it at once",
        ),
        "associable_types": FieldRule(
            equality=by.contains, severity=ERROR,
            consequence="its tags cannot be attached to what must carry them",
        ),
    },
    "content-library": {
        "type": FieldRule(
            equality=by.folded,
            consequence="its images come from elsewhere, or are renewed by nobody",
        ),
        "datastores": FieldRule(
            equality=by.contains,
            consequence="its images lie where the plan gave them no room",
            refers="datastore",
        ),
        "subscription_url": FieldRule(
            equality=by.address, severity=ERROR, consequence="its images come from elsewhere",
        ),
    },
    "datacenter": {
        "folder": FieldRule(
            equality=by.exact, refers="folder", consequence="paths that look it up find nothing",
        ),
    },
    "folder": {
        "type": FieldRule(
            equality=by.exact, severity=ERROR, consequence="VMs cannot lie in it",
        ),
    },
}  # fmt: skip
