"""The Kubernetes side of a Supervisor, where a kubeconfig is given."""

from __future__ import annotations

import copy
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest

from generator.api import observe_vcenters, vcenter_settings
from generator.diff.between import between
from generator.vcenter.snapshot import VcenterSeen
from tests.acceptance import diffing, shipped
from tests.acceptance.furnished import NAMESPACE
from tests.acceptance.supervisor_api import CLASSES, CLUSTERS, NAMESPACES, Kubernetes, served

pytestmark = pytest.mark.tools

CLASS = {
    "hardware": {
        "cpus": 16,
        "memory": "128Gi",
        "devices": {"vgpuDevices": [{"profileName": "nvidia_h100-40c"}]},
    }
}


@pytest.fixture(scope="module")
def kubernetes(platform: Path, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Kubernetes]:
    """A Supervisor to which the rendered clusters were applied."""
    made = Kubernetes(tmp_path_factory.mktemp("kubernetes"))
    made.apply(platform)
    made.bind(NAMESPACE, {"gpu": CLASS})
    with served(made):
        yield made


@pytest.fixture
def live(kubernetes: Kubernetes) -> Iterator[Kubernetes]:
    """That Supervisor; its documents are put back after a test."""
    before = copy.deepcopy(kubernetes.documents)
    yield kubernetes
    kubernetes.documents.clear()
    kubernetes.documents.update(before)


def read(site: diffing.Site, kubernetes: Kubernetes) -> VcenterSeen:
    environment = site.environment(MLGEN_KUBECONFIG=str(kubernetes.kubeconfig))
    return observe_vcenters(vcenter_settings((shipped.VCENTER,), environment)).vcenters[0]


def test_the_applied_clusters_differ_in_nothing(calm: diffing.Site, live: Kubernetes) -> None:
    """F9: the version that VKS completes and the data that it adds are its own."""
    ran = calm.diff(MLGEN_KUBECONFIG=str(live.kubeconfig))
    assert ran.rows == []
    assert ran.code == 0, ran.output
    assert "vks-cluster" not in {one["kind"] for one in ran.answer["unreadable"]}


def test_only_lists_are_read(calm: diffing.Site, live: Kubernetes) -> None:
    live.requests.clear()
    calm.diff(MLGEN_KUBECONFIG=str(live.kubeconfig))
    assert live.requests
    assert {method for method, _ in live.requests} == {"GET"}


def test_a_wrong_token_is_named_and_nothing_is_missing(
    calm: diffing.Site, live: Kubernetes
) -> None:
    text = live.kubeconfig.read_text("utf-8")
    live.kubeconfig.write_text(text.replace(live.token, "expired"), "utf-8")
    ran = calm.diff(MLGEN_KUBECONFIG=str(live.kubeconfig))
    live.kubeconfig.write_text(text, "utf-8")
    assert ran.code == 3, ran.output
    assert ran.rows == []
    assert "expired" not in ran.output + ran.said


def _cluster(live: Kubernetes) -> Any:
    return live.one(CLUSTERS, NAMESPACE)["spec"]


def _replicas(live: Kubernetes) -> None:
    _cluster(live)["topology"]["controlPlane"]["replicas"] = 3


def _class_of_cluster(live: Kubernetes) -> None:
    _cluster(live)["topology"]["class"] = "builtin-generic-v3.4.0"


def _pods(live: Kubernetes) -> None:
    _cluster(live)["clusterNetwork"]["pods"]["cidrBlocks"] = ["10.0.0.0/8"]


def _variable(live: Kubernetes) -> None:
    variables = _cluster(live)["topology"]["variables"]
    next(each for each in variables if each["name"] == "vmClass")["value"] = "other"


def _cpus(live: Kubernetes) -> None:
    live.one(CLASSES, "gpu")["spec"]["hardware"]["cpus"] = 8


def _memory(live: Kubernetes) -> None:
    live.one(CLASSES, "gpu")["spec"]["hardware"]["memory"] = "64Gi"


def _vgpu(live: Kubernetes) -> None:
    devices = live.one(CLASSES, "gpu")["spec"]["hardware"]["devices"]
    devices["vgpuDevices"] = [{"profileName": "nvidia_h100-20c"}]


def _no_class(live: Kubernetes) -> None:
    live.documents[CLASSES] = []


def _no_namespace(live: Kubernetes) -> None:
    live.documents[NAMESPACES] = [
        one for one in live.documents[NAMESPACES] if one["metadata"]["name"] != NAMESPACE
    ]


def _deleted(live: Kubernetes) -> None:
    """The API server marks it, and its controllers finish later."""
    found = live.one(NAMESPACES, NAMESPACE)
    found["metadata"]["deletionTimestamp"] = "2026-11-20T06:00:00Z"
    found["status"]["phase"] = "Terminating"


def _lax(live: Kubernetes) -> None:
    live.one(NAMESPACES, NAMESPACE)["metadata"]["labels"][SECURITY] = "privileged"


def _open(live: Kubernetes) -> None:
    del live.one(NAMESPACES, NAMESPACE)["metadata"]["labels"][SECURITY]


def _deleted_cluster(live: Kubernetes) -> None:
    found = live.one(CLUSTERS, NAMESPACE)
    found["metadata"]["deletionTimestamp"] = "2026-11-20T06:00:00Z"
    found["status"]["phase"] = "Deleting"


def _taints(live: Kubernetes) -> None:
    for each in _pool(live)["variables"]["overrides"]:
        if each["name"] == "node":
            each["value"]["taints"] = []


def _no_pool(live: Kubernetes) -> None:
    del _cluster(live)["topology"]["workers"]["machineDeployments"][0]


def _unchecked(live: Kubernetes) -> None:
    _cluster(live)["topology"]["controlPlane"]["machineHealthCheck"]["enable"] = False


def _drain(live: Kubernetes) -> None:
    _pool(live)["nodeDrainTimeout"] = "1h0m0s"


def _image(live: Kubernetes) -> None:
    notes = _pool(live)["metadata"]["annotations"]
    notes["run.tanzu.vmware.com/resolve-os-image"] = "os-name=windows"


def _stamp(live: Kubernetes) -> None:
    del live.one(CLUSTERS, NAMESPACE)["metadata"]["annotations"]["mlgen/stamp"]


def _pool(live: Kubernetes) -> Any:
    return _cluster(live)["topology"]["workers"]["machineDeployments"][0]


def _no_cluster(live: Kubernetes) -> None:
    live.documents[CLUSTERS] = [
        one for one in live.documents[CLUSTERS] if one["metadata"]["name"] != NAMESPACE
    ]


POOL = "pool.notebooks-research"
TAINT = '{"effect":"NoSchedule","key":"nvidia.com/gpu","value":"present"}'
NODE = (
    '{"labels":{"mlgen/gpu-model":"nvidia-h100-pcie-80","mlgen/phase":"concept",'
    '"mlgen/vgpu-profile":"nvidia_h100-10c","mlgen/workload":"notebooks-research"},'
    '"taints":[' + TAINT + "]}"
)
SECURITY = "pod-security.kubernetes.io/enforce"
KEY = f"{NAMESPACE}/{NAMESPACE}"
CHANGES = [
    (_replicas, "vks-cluster", KEY, "control_plane_replicas", 1, 3),
    (_class_of_cluster, "vks-cluster", KEY, "cluster_class",
     "builtin-generic-v3.7.0", "builtin-generic-v3.4.0"),
    (_pods, "vks-cluster", KEY, "pod_cidrs", ("172.22.0.0/16",), ("10.0.0.0/8",)),
    (_variable, "vks-cluster", KEY, "variable.vmClass", "cpu-4x16-r63068f", "other"),
    (_no_cluster, "vks-cluster", KEY, "", KEY, None),
    (_cpus, "k8s-vm-class", f"{NAMESPACE}/gpu", "vcpus", 16, 8),
    (_memory, "k8s-vm-class", f"{NAMESPACE}/gpu", "memory", "128Gi", "64Gi"),
    (_vgpu, "k8s-vm-class", f"{NAMESPACE}/gpu", "vgpus",
     ("nvidia_h100-40c",), ("nvidia_h100-20c",)),
    (_no_class, "k8s-vm-class", f"{NAMESPACE}/gpu", "", f"{NAMESPACE}/gpu", None),
    (_no_namespace, "k8s-namespace", NAMESPACE, "", NAMESPACE, None),
    (_deleted, "k8s-namespace", NAMESPACE, "deleting", False, True),
    (_lax, "k8s-namespace", NAMESPACE, "policy.enforce", "restricted", "privileged"),
    (_open, "k8s-namespace", NAMESPACE, "policy.enforce", "restricted", None),
    (_deleted_cluster, "vks-cluster", KEY, "deleting", False, True),
    (_stamp, "vks-cluster", KEY, "stamp",
     "mlgen:acme-ml/vks-cluster/acme-ml-dev-research", None),
    (_drain, "vks-cluster", KEY, f"{POOL}.drain_s", 1800, 3600),
    (_image, "vks-cluster", KEY, f"{POOL}.os_image",
     "os-name=ubuntu,os-version=24.04", "os-name=windows"),
    (_taints, "vks-cluster", KEY, f"{POOL}.variable.node",
     NODE, NODE.replace('"taints":[' + TAINT + "]", '"taints":[]')),
    (_no_pool, "vks-cluster", KEY, POOL, "h100-10c-r7bfd4b", None),
    (_unchecked, "vks-cluster", KEY, "care.health_check", True, False),
]  # fmt: skip


@pytest.mark.parametrize(
    ("change", "kind", "key", "field", "before", "after"),
    CHANGES,
    ids=[f"{kind} {field or 'gone'}" for _, kind, _, field, _, _ in CHANGES],
)
def test_a_change_is_named_exactly_and_nothing_else_is(
    calm: diffing.Site,
    live: Kubernetes,
    change: Callable[[Kubernetes], None],
    kind: str,
    key: str,
    field: str,
    before: Any,
    after: Any,
) -> None:
    earlier = read(calm, live)
    change(live)
    found = between([(earlier, read(calm, live))], (), diffing.AS_OF)
    rows = [(one.kind, one.key, one.field, one.applied, one.live) for one in found.differences]
    assert rows == [(kind, key, field, before, after)]


def test_what_controllers_and_others_do_is_no_drift(calm: diffing.Site, live: Kubernetes) -> None:
    """F9: replicas, defaults, labels, conditions, and annotations of other tools."""
    pool, topology = _pool(live), _cluster(live)["topology"]
    pool["replicas"] = 5
    pool["metadata"]["annotations"]["autoscaler.example/last"] = "now"
    for each in pool["variables"]["overrides"]:
        if each["name"] == "node":
            each["value"]["podPidsLimit"] = 4096
    topology["variables"].append({"name": "kubernetes", "value": {"endpointFQDNs": []}})
    topology["controlPlane"]["machineHealthCheck"]["maxUnhealthy"] = "100%"
    cluster, space = live.one(CLUSTERS, NAMESPACE), live.one(NAMESPACES, NAMESPACE)
    cluster["metadata"]["annotations"]["kubectl.kubernetes.io/last-applied-configuration"] = "{}"
    cluster["metadata"]["labels"] = {"run.tanzu.vmware.com/tkr": "v1.36.2"}
    cluster["status"] = {"phase": "Scaling", "conditions": [{"type": "Ready", "status": "False"}]}
    space["metadata"]["labels"]["argocd.argoproj.io/instance"] = "ml"
    ran = calm.diff(MLGEN_KUBECONFIG=str(live.kubeconfig))
    assert ran.rows == []
    assert ran.code == 0, ran.output
    assert ("vks-cluster", KEY) in {(t["kind"], t["key"]) for t in ran.answer["transitions"]}


@pytest.mark.parametrize(
    ("change", "kind", "key"),
    [(_deleted, "k8s-namespace", NAMESPACE), (_deleted_cluster, "vks-cluster", KEY)],
)
def test_a_deletion_under_way_is_drift_and_no_transition(
    calm: diffing.Site,
    live: Kubernetes,
    change: Callable[[Kubernetes], None],
    kind: str,
    key: str,
) -> None:
    """Nothing lawful deletes what was applied, however long its controllers take."""
    change(live)
    ran = calm.diff(MLGEN_KUBECONFIG=str(live.kubeconfig))
    assert ran.rows == [(kind, key, "deleting", False, True)]
    assert ran.code == 2


def test_a_cluster_that_was_edited_is_drift(calm: diffing.Site, live: Kubernetes) -> None:
    _variable(live)
    ran = calm.diff(MLGEN_KUBECONFIG=str(live.kubeconfig))
    assert ran.rows == [
        ("vks-cluster", KEY, "variable.vmClass", "cpu-4x16-r63068f", "other"),
    ]
    assert ran.code == 2
