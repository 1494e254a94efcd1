"""Kubernetes objects in the shapes of both versions of the Cluster API."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest
import yaml

from generator.vcenter import kubernetes
from generator.vcenter.calls import NotARead, check_kubernetes
from generator.vcenter.failures import Unreadable
from generator.vcenter.kubernetes import KubernetesSession
from generator.vcenter.settings import Connection
from tests.vcenter.answers import fields
from tests.vcenter.test_kubeconfig import PLAIN

VERSIONS = {
    "/apis/cluster.x-k8s.io": {"preferredVersion": {"groupVersion": "cluster.x-k8s.io/v1beta2"}},
    "/apis/vmoperator.vmware.com": {
        "preferredVersion": {"groupVersion": "vmoperator.vmware.com/v1alpha3"}
    },
}
CLUSTERS = "/apis/cluster.x-k8s.io/v1beta2/clusters"
CLASSES = "/apis/vmoperator.vmware.com/v1alpha3/virtualmachineclasses"
POOL = {
    "class": "node-pool", "name": "gpu", "failureDomain": "z1",
    "metadata": {"annotations": {
        "cluster.x-k8s.io/cluster-api-autoscaler-node-group-min-size": "1",
        "cluster.x-k8s.io/cluster-api-autoscaler-node-group-max-size": "4",
    }},
    "variables": {"overrides": [{"name": "vmClass", "value": "gpu-1x80"}]},
}  # fmt: skip
TOPOLOGY = {
    "class": "builtin-generic-v3.4.0", "version": "v1.33.1---vmware.1",
    "controlPlane": {"replicas": 3},
    "variables": [
        {"name": "vmClass", "value": "system"},
        {"name": "kubernetes", "value": {"b": 1, "a": [True]}},
        {"name": "TKR_DATA", "value": {"long": "text"}},
    ],
    "workers": {"machineDeployments": [POOL, {"name": "cpu", "replicas": 2}]},
}  # fmt: skip
CLUSTER = {
    "metadata": {"namespace": "ml", "name": "train", "uid": "u-1"},
    "spec": {
        "topology": TOPOLOGY,
        "clusterNetwork": {"pods": {"cidrBlocks": ["10.1.0.0/16"]}, "services": None},
    },
    "status": {"phase": "Provisioned"},
}


@pytest.fixture
def serve(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Any:
    """A session that answers from a table."""

    def with_(answers: dict[str, Any]) -> KubernetesSession:
        (tmp_path / "config").write_text(yaml.safe_dump(PLAIN), "utf-8")
        connection = Connection(name="vc", host="vc", user="u", password="p",
                                kubeconfig=str(tmp_path / "config"))  # fmt: skip
        session = KubernetesSession(connection)
        known = {**VERSIONS, **answers}

        def get(path: str) -> Any:
            check_kubernetes("GET", path)
            if path not in known:
                raise Unreadable("endpoint", f"GET {path}: 404")
            return known[path]

        monkeypatch.setattr(session, "get", get)
        return session

    return with_


def items(*found: Any, more: str = "") -> dict[str, Any]:
    return {"items": list(found), "metadata": {"continue": more}}


def test_a_cluster_is_spread_over_leaves(serve: Any) -> None:
    session = serve({f"{CLUSTERS}?limit=500": items(CLUSTER)})
    (one,) = kubernetes.clusters(session)
    assert (one.key, one.ident, one.within) == ("ml/train", "u-1", "ml")
    assert one.fields == {
        "cluster_class": "builtin-generic-v3.4.0", "kubernetes_version": "v1.33.1---vmware.1",
        "control_plane_replicas": 3, "phase": "Provisioned", "pod_cidrs": ("10.1.0.0/16",),
        "service_cidrs": (), "variable.vmClass": "system",
        "variable.kubernetes": '{"a":[true],"b":1}',
        "pool.gpu.vm_class": "gpu-1x80", "pool.gpu.replicas": None, "pool.gpu.minimum": 1,
        "pool.gpu.maximum": 4, "pool.gpu.failure_domain": "z1",
        "pool.cpu.vm_class": None, "pool.cpu.replicas": 2, "pool.cpu.failure_domain": None,
    }  # fmt: skip


def test_both_versions_name_their_class(serve: Any) -> None:
    newer = json.loads(json.dumps(CLUSTER))
    newer["spec"]["topology"]["classRef"] = {"name": newer["spec"]["topology"].pop("class")}
    session = serve({f"{CLUSTERS}?limit=500": items(newer)})
    assert fields(kubernetes.clusters(session))["cluster_class"] == "builtin-generic-v3.4.0"


@pytest.mark.parametrize(
    "spec",
    [
        {"hardware": {"cpus": 8, "memory": "64Gi",
                      "devices": {"vgpuDevices": [{"profileName": "p"}]}}},
        {"hardware": {"cpus": 8, "memory": "64Gi"},
         "configSpec": {"deviceChange": [{"device": {"backing": {"vgpu": "p"}}},
                                         {"device": {"backing": {}}}]}},
    ],
)  # fmt: skip
def test_a_class_has_its_gpus_in_either_form(serve: Any, spec: Any) -> None:
    one = {"metadata": {"namespace": "ml", "name": "gpu"}, "spec": spec}
    found = fields(kubernetes.classes(serve({f"{CLASSES}?limit=500": items(one)})))
    assert found == {"vcpus": 8, "memory": "64Gi", "vgpus": ("p",)}


def test_a_namespace_has_its_labels(serve: Any) -> None:
    one = {"metadata": {"name": "ml", "labels": {"team": "a"}}, "status": {"phase": "Active"}}
    session = serve({"/api/v1/namespaces?limit=500": items(one)})
    (seen,) = kubernetes.namespaces(session)
    assert (seen.key, seen.fields) == ("ml", {"phase": "Active", "label.team": "a"})


def test_a_long_list_is_read_page_by_page(serve: Any) -> None:
    first = {"metadata": {"name": "a"}}
    second = {"metadata": {"name": "b"}}
    session = serve({
        "/api/v1/namespaces?limit=500": items(first, more="t/1="),
        "/api/v1/namespaces?limit=500&continue=t%2F1%3D": items(second),
    })  # fmt: skip
    assert [one.key for one in kubernetes.namespaces(session)] == ["a", "b"]


def test_a_list_without_an_end_is_not_followed_for_ever(serve: Any) -> None:
    endless = {f"/api/v1/namespaces?limit=500{after}": items(more="x")
               for after in ("", "&continue=x")}  # fmt: skip
    with pytest.raises(Unreadable, match="more than"):
        kubernetes.namespaces(serve(endless))


def test_a_group_that_is_not_served_is_an_endpoint_that_lacks(serve: Any) -> None:
    with pytest.raises(Unreadable) as caught:
        kubernetes.clusters(serve({}))
    assert caught.value.reason == "endpoint"


@pytest.mark.parametrize(
    ("method", "path"),
    [
        ("POST", "/api/v1/namespaces?limit=500"),
        ("GET", "/api/v1/secrets?limit=500"),
        ("GET", "/api/v1/namespaces/ml/secrets?limit=500"),
        ("DELETE", "/apis/cluster.x-k8s.io/v1beta1/clusters?limit=500"),
    ],
)
def test_nothing_else_is_asked(method: str, path: str) -> None:
    with pytest.raises(NotARead):
        check_kubernetes(method, path)


def test_the_account_travels_in_its_header(serve: Any) -> None:
    session = serve({})
    assert session._headers()["Authorization"] == "Bearer s3cret"
    session.close()
