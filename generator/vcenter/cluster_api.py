"""A VKS cluster out of its Cluster API document, in the shapes of v1beta1 and v1beta2.

The two differ in the class reference, in health checks and in how timeouts are written
(kubernetes-sigs/cluster-api, ``api/core/v1beta1`` and ``v1beta2``, ``cluster_types.go``); the
fields of a snapshot are the same for both.
"""

from __future__ import annotations

import json
import re
from collections.abc import Iterator, Mapping
from typing import Any

from generator.vcenter.rest_kinds.answers import mapping
from generator.vcenter.snapshot import Value

STAMP, LABEL = "mlgen/stamp", "labels.mlgen/"
"""Annotations of a cluster that are ours: its stamp, and the blueprint's labels."""
_AUTOSCALER = "cluster.x-k8s.io/cluster-api-autoscaler-node-group-"
_CAPACITY = "capacity.cluster-autoscaler.kubernetes.io/"
_OS_IMAGE = "run.tanzu.vmware.com/resolve-os-image"
_REWRITTEN = frozenset(("TKR_DATA",))
"""Variables that the release resolver fills in, with kilobytes that nobody stated (F9)."""


def cluster_fields(document: Mapping[str, Any]) -> dict[str, Value]:
    """What a cluster is made of; labels, data and annotations of controllers are left out."""
    spec, notes = mapping(document.get("spec")), _annotations(document)
    topology, network = mapping(spec.get("topology")), mapping(spec.get("clusterNetwork"))
    reference, control = mapping(topology.get("classRef")), mapping(topology.get("controlPlane"))
    fields: dict[str, Value] = {
        "stamp": notes.get(STAMP),
        "cluster_class": topology.get("class") or reference.get("name"),
        "class_namespace": topology.get("classNamespace") or reference.get("namespace"),
        "kubernetes_version": topology.get("version"),
        "control_plane_replicas": control.get("replicas"),
        "phase": mapping(document.get("status")).get("phase"),
        "deleting": deleting(document),
        "pod_cidrs": _blocks(network, "pods"),
        "service_cidrs": _blocks(network, "services"),
        **_named("label", _below(notes, LABEL)),
        **_named("care", _care(control)),
        **_named("variable", _variables(topology)),
    }
    for pool in map(mapping, mapping(topology.get("workers")).get("machineDeployments") or ()):
        fields |= _named(f"pool.{pool['name']}", _pool(pool))
    return fields


def deleting(document: Mapping[str, Any]) -> bool:
    """Whether somebody deleted the object, and what it waits for is all that is left to do."""
    return bool(mapping(document.get("metadata")).get("deletionTimestamp"))


def _named(start: str, found: Mapping[str, Value]) -> dict[str, Value]:
    return {f"{start}.{name}": value for name, value in found.items()}


def _annotations(holder: Mapping[str, Any]) -> Mapping[str, Any]:
    return mapping(mapping(holder.get("metadata")).get("annotations"))


def _below(notes: Mapping[str, Any], start: str) -> dict[str, Value]:
    """The annotations that begin so, by the rest of their names."""
    return {
        name.removeprefix(start): str(value)
        for name, value in notes.items()
        if name.startswith(start)
    }


def _blocks(network: Mapping[str, Any], name: str) -> tuple[str, ...]:
    return tuple(map(str, mapping(network.get(name)).get("cidrBlocks") or ()))


def _variables(holder: Mapping[str, Any]) -> dict[str, Value]:
    found = map(mapping, holder.get("variables") or ())
    return {
        str(one["name"]): _written(one.get("value"))
        for one in found
        if one["name"] not in _REWRITTEN
    }


def _written(value: Any) -> Value:
    """A text as it is, anything else as compact JSON with sorted keys."""
    if isinstance(value, str):
        return value
    return json.dumps(value, sort_keys=True, separators=(",", ":"), ensure_ascii=False)


def _pool(pool: Mapping[str, Any]) -> dict[str, Value]:
    """A node pool; the autoscaler's bounds are text in annotations."""
    notes = _annotations(pool)
    own = _variables({"variables": mapping(pool.get("variables")).get("overrides")})
    vm_class = own.pop("vmClass", None)
    bounds = {
        name: int(notes[f"{_AUTOSCALER}{size}-size"])
        for name, size in (("minimum", "min"), ("maximum", "max"))
        if str(notes.get(f"{_AUTOSCALER}{size}-size", "")).isdigit()
    }
    return {
        "vm_class": vm_class,
        "replicas": pool.get("replicas"),
        "failure_domain": pool.get("failureDomain"),
        "os_image": notes.get(_OS_IMAGE),
        **bounds,
        **_named("capacity", _below(notes, _CAPACITY)),
        **_named("variable", own),
        **_care(pool),
    }


def _care(holder: Mapping[str, Any]) -> dict[str, Value]:
    """How long a node's replacement may take, in seconds, and whether its health is checked."""
    newer, removal = mapping(holder.get("healthCheck")), mapping(holder.get("deletion"))
    older = mapping(holder.get("machineHealthCheck"))
    checks = mapping(newer.get("checks"))
    found: dict[str, Value] = {
        "drain_s": _seconds(holder, "nodeDrainTimeout", removal),
        "volume_detach_s": _seconds(holder, "nodeVolumeDetachTimeout", removal),
        "deletion_s": _seconds(holder, "nodeDeletionTimeout", removal),
        "startup_s": _seconds(older, "nodeStartupTimeout", checks),
        "unhealthy_s": _unhealthy(
            older.get("unhealthyConditions") or checks.get("unhealthyNodeConditions") or ()
        ),
        "health_check": older.get("enable", newer.get("enabled")),
    }
    return {name: value for name, value in found.items() if value is not None}


def _seconds(older: Mapping[str, Any], name: str, newer: Mapping[str, Any]) -> Value:
    """A number of ``<name>Seconds``, else a duration of ``<name>``."""
    stated: Value = newer.get(f"{name}Seconds")
    return _duration(older.get(name)) if stated is None else stated


def _unhealthy(conditions: Any) -> Value:
    """How long a node may be not ready; the times by condition where they differ."""
    times = [
        _seconds(one, "timeout", one) for one in map(mapping, conditions) if one["type"] == "Ready"
    ]
    each = list(dict.fromkeys(times))
    return each[0] if len(each) == 1 else ",".join(map(str, times)) or None


_UNITS = {"h": 3600, "m": 60, "s": 1}


def _duration(written: Any) -> Value:
    """``1h10m0s`` as seconds; what is written otherwise stays as it is."""
    if written is None:
        return None
    text = str(written)
    if not re.fullmatch(r"(?:[0-9]+[hms])+", text):
        return text
    return sum(_parts(text))


def _parts(text: str) -> Iterator[int]:
    for amount, unit in re.findall(r"([0-9]+)([hms])", text):
        yield int(amount) * _UNITS[unit]
