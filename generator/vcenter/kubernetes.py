"""VM classes, VKS clusters and namespaces as a Supervisor's Kubernetes shows them."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any
from urllib.parse import quote

from generator.record import altered
from generator.vcenter import kubeconfig
from generator.vcenter.calls import check_kubernetes
from generator.vcenter.cluster_api import cluster_fields, deleting
from generator.vcenter.failures import Unreadable
from generator.vcenter.rest import RestSession
from generator.vcenter.rest_kinds.answers import mapping
from generator.vcenter.settings import Connection
from generator.vcenter.snapshot import Seen, Value

_VMOPERATOR, _CAPI = "vmoperator.vmware.com", "cluster.x-k8s.io"
_SECURITY = "pod-security.kubernetes.io/"
"""How the labels of Pod Security Admission begin (Kubernetes, Pod Security Standards)."""
_PAGE = 500
_MOST_PAGES = 200


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
    """Namespaces with their labels; those of pod security are policy, and nobody's to churn."""
    return [
        _seen("k8s-namespace", each, {
            "phase": mapping(each.get("status")).get("phase"),
            "deleting": deleting(each),
            **dict(_label(name, value) for name, value in _metadata(each, "labels").items()),
        })
        for each in session.every("/api/v1/namespaces")
    ]  # fmt: skip


def _label(name: str, value: Any) -> tuple[str, Value]:
    policy = name.removeprefix(_SECURITY)
    return (f"label.{name}" if policy == name else f"policy.{policy}"), str(value)


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
    return [_seen("vks-cluster", each, cluster_fields(each)) for each in session.every(path)]


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
