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
        "stamp": None, "class_namespace": None, "deleting": False,
        "cluster_class": "builtin-generic-v3.4.0", "kubernetes_version": "v1.33.1---vmware.1",
        "control_plane_replicas": 3, "phase": "Provisioned", "pod_cidrs": ("10.1.0.0/16",),
        "service_cidrs": (), "variable.vmClass": "system",
        "variable.kubernetes": '{"a":[true],"b":1}',
        "pool.gpu.vm_class": "gpu-1x80", "pool.gpu.replicas": None, "pool.gpu.minimum": 1,
        "pool.gpu.maximum": 4, "pool.gpu.failure_domain": "z1", "pool.gpu.os_image": None,
        "pool.cpu.os_image": None,
        "pool.cpu.vm_class": None, "pool.cpu.replicas": 2, "pool.cpu.failure_domain": None,
    }  # fmt: skip


def test_both_versions_name_their_class(serve: Any) -> None:
    newer = json.loads(json.dumps(CLUSTER))
    newer["spec"]["topology"]["classRef"] = {"name": newer["spec"]["topology"].pop("class")}
    session = serve({f"{CLUSTERS}?limit=500": items(newer)})
    assert fields(kubernetes.clusters(session))["cluster_class"] == "builtin-generic-v3.4.0"


OLDER_CARE = {
    "nodeDrainTimeout": "1h10m5s",
    "nodeVolumeDetachTimeout": "5m0s",
    "nodeDeletionTimeout": "0s",
    "machineHealthCheck": {
        "enable": True,
        "nodeStartupTimeout": "20m0s",
        "unhealthyConditions": [
            {"type": "Ready", "status": "False", "timeout": "90s"},
            {"type": "Ready", "status": "Unknown", "timeout": "1m30s"},
            {"type": "DiskPressure", "status": "True", "timeout": "7s"},
        ],
    },
}
NEWER_CARE = {
    "deletion": {
        "nodeDrainTimeoutSeconds": 4205,
        "nodeVolumeDetachTimeoutSeconds": 300,
        "nodeDeletionTimeoutSeconds": 0,
    },
    "healthCheck": {
        "enabled": True,
        "checks": {
            "nodeStartupTimeoutSeconds": 1200,
            "unhealthyNodeConditions": [
                {"type": "Ready", "status": "False", "timeoutSeconds": 90},
                {"type": "Ready", "status": "Unknown", "timeoutSeconds": 90},
            ],
        },
    },
}


@pytest.mark.parametrize("care", [OLDER_CARE, NEWER_CARE], ids=["v1beta1", "v1beta2"])
def test_how_long_a_node_may_take_reads_the_same_in_both_versions(
    serve: Any, care: dict[str, Any]
) -> None:
    document = json.loads(json.dumps(CLUSTER))
    document["spec"]["topology"]["controlPlane"] |= care
    document["spec"]["topology"]["workers"]["machineDeployments"][0] |= care
    found = fields(kubernetes.clusters(serve({f"{CLUSTERS}?limit=500": items(document)})))
    expected = {"drain_s": 4205, "volume_detach_s": 300, "deletion_s": 0, "startup_s": 1200,
                "unhealthy_s": 90, "health_check": True}  # fmt: skip
    assert {k: v for k, v in found.items() if k.startswith("care.")} == {
        f"care.{name}": value for name, value in expected.items()
    }
    assert {name: found[f"pool.gpu.{name}"] for name in expected} == expected


def test_times_that_differ_by_condition_are_both_told(serve: Any) -> None:
    document = json.loads(json.dumps(CLUSTER))
    care = json.loads(json.dumps(OLDER_CARE))
    care["machineHealthCheck"]["unhealthyConditions"][0]["timeout"] = "soon"
    document["spec"]["topology"]["controlPlane"] |= care
    found = fields(kubernetes.clusters(serve({f"{CLUSTERS}?limit=500": items(document)})))
    assert found["care.unhealthy_s"] == "soon,90"


def test_of_annotations_and_overrides_what_is_ours_is_kept(serve: Any) -> None:
    document = json.loads(json.dumps(CLUSTER))
    document["metadata"]["annotations"] = {
        "mlgen/stamp": "mlgen:acme-ml/vks-cluster/train", "labels.mlgen/team": "a", "theirs": "x",
    }  # fmt: skip
    pool = document["spec"]["topology"]["workers"]["machineDeployments"][0]
    pool["metadata"]["annotations"] |= {
        "run.tanzu.vmware.com/resolve-os-image": "os-name=ubuntu",
        "capacity.cluster-autoscaler.kubernetes.io/cpu": "8",
    }
    pool["variables"]["overrides"].append({"name": "node", "value": {"taints": [], "labels": {}}})
    found = fields(kubernetes.clusters(serve({f"{CLUSTERS}?limit=500": items(document)})))
    assert (found["stamp"], found["label.team"]) == ("mlgen:acme-ml/vks-cluster/train", "a")
    assert "x" not in found.values()
    assert found["pool.gpu.os_image"] == "os-name=ubuntu"
    assert found["pool.gpu.capacity.cpu"] == "8"
    assert found["pool.gpu.variable.node"] == '{"labels":{},"taints":[]}'
    assert "pool.gpu.variable.vmClass" not in found


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
    labels = {"team": "a", "pod-security.kubernetes.io/enforce": "restricted"}
    one = {"metadata": {"name": "ml", "labels": labels}, "status": {"phase": "Active"}}
    session = serve({"/api/v1/namespaces?limit=500": items(one)})
    (seen,) = kubernetes.namespaces(session)
    assert (seen.key, seen.fields) == ("ml", {
        "phase": "Active", "deleting": False, "label.team": "a", "policy.enforce": "restricted",
    })  # fmt: skip


def test_what_somebody_deleted_is_deleting(serve: Any) -> None:
    one = {"metadata": {"name": "ml", "deletionTimestamp": "2026-11-20T06:00:00Z"}}
    session = serve({"/api/v1/namespaces?limit=500": items(one)})
    assert fields(kubernetes.namespaces(session))["deleting"] is True


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
