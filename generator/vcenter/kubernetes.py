"""VM classes, VKS clusters and namespaces as a Supervisor's Kubernetes shows them."""

from __future__ import annotations

import json
from collections.abc import Iterator, Mapping
from typing import Any
from urllib.parse import quote

from generator.record import altered
from generator.vcenter import kubeconfig
from generator.vcenter.calls import check_kubernetes
from generator.vcenter.failures import Unreadable
from generator.vcenter.rest import RestSession
from generator.vcenter.rest_kinds.answers import mapping
from generator.vcenter.settings import Connection
from generator.vcenter.snapshot import Seen, Value

_VMOPERATOR, _CAPI = "vmoperator.vmware.com", "cluster.x-k8s.io"
_PAGE = 500
_MOST_PAGES = 200
_AUTOSCALER = "cluster.x-k8s.io/cluster-api-autoscaler-node-group-"
_REWRITTEN = frozenset(("TKR_DATA",))
"""Variables that the release resolver fills in, with kilobytes that nobody stated (F9)."""


class KubernetesSession(RestSession):
    """Requests to one Kubernetes, by the account of a kubeconfig; there is no session to end."""

    def __init__(self, connection: Connection) -> None:
        found = kubeconfig.read(connection.kubeconfig, verified=connection.verified)
        at = altered(connection, host=found.host, port=found.port)
        super().__init__(at, found.context)
        self._account = found.token
        self._prefix = found.prefix

    def _check(self, method: str, path: str) -> None:
        check_kubernetes(method, path.removeprefix(self._prefix))

    def _headers(self) -> dict[str, str]:
        known = {"Authorization": f"Bearer {self._account}"} if self._account else {}
        return {"Accept": "application/json", "User-Agent": "mlgen", **known}

    def version(self, group: str) -> str:
        """``group/version`` that the server prefers."""
        found = mapping(self.get(f"{self._prefix}/apis/{group}"))
        return str(mapping(found.get("preferredVersion"))["groupVersion"])

    def every(self, path: str) -> Iterator[Mapping[str, Any]]:
        """All objects of a list, page by page."""
        after = ""
        for _ in range(_MOST_PAGES):
            found = mapping(self.get(f"{self._prefix}{path}?limit={_PAGE}{after}"))
            yield from map(mapping, found.get("items") or ())
            token = mapping(found.get("metadata")).get("continue")
            if not token:
                return
            after = f"&continue={quote(str(token), safe='')}"
        raise Unreadable("failed", f"{path}: more than {_PAGE * _MOST_PAGES} objects")


def namespaces(session: KubernetesSession) -> list[Seen]:
    """Namespaces with their labels."""
    return [
        _seen("k8s-namespace", each, {
            "phase": mapping(each.get("status")).get("phase"),
            **{f"label.{name}": str(value) for name, value in _metadata(each, "labels").items()},
        })
        for each in session.every("/api/v1/namespaces")
    ]  # fmt: skip


def classes(session: KubernetesSession) -> list[Seen]:
    """VM classes as they are bound in namespaces."""
    path = f"/apis/{session.version(_VMOPERATOR)}/virtualmachineclasses"
    return [
        _seen("k8s-vm-class", each, _class(mapping(each["spec"]))) for each in session.every(path)
    ]


def _class(spec: Mapping[str, Any]) -> dict[str, Value]:
    hardware = mapping(spec.get("hardware"))
    memory = hardware.get("memory")
    changes = mapping(spec.get("configSpec")).get("deviceChange") or ()
    backings = (mapping(mapping(mapping(each).get("device")).get("backing")) for each in changes)
    devices = mapping(hardware.get("devices")).get("vgpuDevices") or ()
    vgpus = [str(each["vgpu"]) for each in backings if each.get("vgpu")]
    return {
        "vcpus": hardware.get("cpus"),
        "memory": None if memory is None else str(memory),
        "vgpus": tuple(vgpus or [str(each["profileName"]) for each in devices]),
    }


def clusters(session: KubernetesSession) -> list[Seen]:
    """VKS clusters with their variables and node pools, in either version of the API."""
    path = f"/apis/{session.version(_CAPI)}/clusters"
    return [_seen("vks-cluster", each, _cluster(each)) for each in session.every(path)]


def _cluster(each: Mapping[str, Any]) -> dict[str, Value]:
    spec = mapping(each.get("spec"))
    topology, network = mapping(spec.get("topology")), mapping(spec.get("clusterNetwork"))
    pools = mapping(topology.get("workers")).get("machineDeployments") or ()
    fields: dict[str, Value] = {
        "cluster_class": topology.get("class") or mapping(topology.get("classRef")).get("name"),
        "kubernetes_version": topology.get("version"),
        "control_plane_replicas": mapping(topology.get("controlPlane")).get("replicas"),
        "phase": mapping(each.get("status")).get("phase"),
        "pod_cidrs": _blocks(network, "pods"),
        "service_cidrs": _blocks(network, "services"),
    }
    for name, value in _variables(topology).items():
        fields[f"variable.{name}"] = _written(value)
    for pool in map(mapping, pools):
        for name, value in _pool(pool).items():
            fields[f"pool.{pool['name']}.{name}"] = value
    return fields


def _blocks(network: Mapping[str, Any], name: str) -> tuple[str, ...]:
    return tuple(map(str, mapping(network.get(name)).get("cidrBlocks") or ()))


def _variables(holder: Mapping[str, Any]) -> dict[str, Any]:
    found = map(mapping, holder.get("variables") or ())
    return {str(one["name"]): one.get("value") for one in found if one["name"] not in _REWRITTEN}


def _written(value: Any) -> Value:
    """A text as it is, anything else as compact JSON with sorted keys."""
    if isinstance(value, str):
        return value
    return json.dumps(value, sort_keys=True, separators=(",", ":"), ensure_ascii=False)


def _pool(pool: Mapping[str, Any]) -> dict[str, Value]:
    """A node pool; the autoscaler's bounds are text in annotations."""
    notes = mapping(mapping(pool.get("metadata")).get("annotations"))
    overrides = mapping(pool.get("variables")).get("overrides") or ()
    own = _variables({"variables": overrides})
    bounds = {
        name: int(notes[f"{_AUTOSCALER}{size}-size"])
        for name, size in (("minimum", "min"), ("maximum", "max"))
        if str(notes.get(f"{_AUTOSCALER}{size}-size", "")).isdigit()
    }
    return {
        "vm_class": own.get("vmClass"),
        "replicas": pool.get("replicas"),
        "failure_domain": pool.get("failureDomain"),
        **bounds,
    }


def _metadata(each: Mapping[str, Any], name: str) -> Mapping[str, Any]:
    return mapping(mapping(each.get("metadata")).get(name))


def _seen(kind: str, each: Mapping[str, Any], fields: Mapping[str, Value]) -> Seen:
    """An object by ``namespace/name``, or by its name where it has no namespace."""
    known = mapping(each.get("metadata"))
    space = str(known.get("namespace") or "")
    name = str(known["name"])
    key = f"{space}/{name}" if space else name
    return Seen(kind=kind, key=key, ident=str(known.get("uid") or key), fields=fields, within=space)


KINDS_READ = {"k8s-namespace": namespaces, "k8s-vm-class": classes, "vks-cluster": clusters}
"""How each kind is read, in the order of reports."""
