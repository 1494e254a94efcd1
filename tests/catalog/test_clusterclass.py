"""generator.catalog.clusterclass: variables per class version."""

from __future__ import annotations

from typing import Any

import pytest
from jsonschema import Draft202012Validator

from generator.catalog import Catalog
from generator.catalog.clusterclass import SINCE, ClusterClass

CATALOG = Catalog.builtin()
CLASSES = [CATALOG.cluster_class(name) for name in CATALOG.ids("cluster_classes")]

LEAST: dict[str, Any] = {"vmClass": "guaranteed-large", "storageClass": "nvme"}
NESTED: dict[str, Any] = {
    **LEAST,
    "volumes": [{"name": "images", "mountPath": "/var/lib/containerd", "capacity": "100Gi"}],
    "node": {
        "labels": {"gpu": "h100"},
        "taints": [{"key": "nvidia.com/gpu", "value": "", "effect": "NoSchedule"}],
    },
    "osConfiguration": {"ntp": {"servers": ["10.20.0.11"]}},
    "kubernetes": {"security": {"podSecurityStandard": {"enforce": "baseline"}}},
    "vsphereOptions": {"persistentVolumes": {"defaultStorageClass": "nvme"}},
}
FLAT: dict[str, Any] = {
    **LEAST,
    "nodePoolVolumes": [
        {"name": "images", "mountPath": "/var/lib/containerd", "capacity": {"storage": "100Gi"}}
    ],
    "nodePoolLabels": [{"key": "gpu", "value": "h100"}],
}


def errors(name: str, value: dict[str, Any]) -> list[str]:
    """What is wrong with a set of variables for a class."""
    schema = CATALOG.cluster_class(name).variables
    return [error.message for error in Draft202012Validator(schema).iter_errors(value)]


@pytest.mark.parametrize("cluster_class", CLASSES, ids=lambda item: item.name)
def test_a_class_demands_vm_class_and_storage_class_and_no_more(
    cluster_class: ClusterClass,
) -> None:
    """Its schemas are sound, and overrides demand nothing."""
    Draft202012Validator.check_schema(cluster_class.variables)

    assert errors(cluster_class.name, LEAST) == []
    assert len(errors(cluster_class.name, {})) == 2
    assert Draft202012Validator(cluster_class.overrides).is_valid({})
    assert not Draft202012Validator(cluster_class.overrides).is_valid({"vmclass": "x"})
    assert cluster_class.worker_classes == ("node-pool",)


@pytest.mark.parametrize("name", ["builtin-generic-v3.2.0", "builtin-generic-v3.7.0"])
def test_a_nested_class_takes_a_gpu_pools_variables(name: str) -> None:
    """And none of the names of its predecessor."""
    assert errors(name, NESTED) == []
    assert errors(name, FLAT)


@pytest.mark.parametrize("name", ["tanzukubernetescluster", "builtin-generic-v3.1.0"])
def test_a_flat_class_takes_lists_and_capacity_objects(name: str) -> None:
    """And none of the names of its successor."""
    assert errors(name, FLAT) == []
    assert errors(name, NESTED)


@pytest.mark.parametrize(
    ("variables", "complaint"),
    [
        ({"nodePoolLabels": []}, "nodePoolLabels"),
        ({"volumes": [{"name": "a", "mountPath": "/a", "capacity": {"storage": "1Gi"}}]}, "string"),
        ({"node": {"labels": [{"key": "a", "value": "b"}]}}, "object"),
        ({"osConfiguration": {"systemProxy": {"http": "http://proxy:80"}}}, "https"),
        ({"osConfiguration": {"trust": {"additionalTrustedCAs": [{"caCert": {}}]}}}, "non-empty"),
        ({"kubernetes": {"certificateRotation": {"renewalDaysBeforeExpiry": 3}}}, "minimum"),
        ({"vmClass": 7}, "string"),
        ({"TKR_DATA": {}}, "TKR_DATA"),
    ],
    ids=["flat", "volume", "labels", "proxy", "trust", "rotation", "type", "resolver"],
)
def test_a_wrong_variable_is_refused(variables: dict[str, Any], complaint: str) -> None:
    """The API server would take some of these and fail later."""
    found = errors("builtin-generic-v3.4.0", LEAST | variables)

    assert any(complaint in message for message in found), found


@pytest.mark.parametrize(
    ("variables", "since"),
    [
        ({"osConfiguration": {"sshd": {"banner": "no entry"}}}, "3.3"),
        ({"kubernetes": {"etcdConfiguration": {"maximumDBSizeGiB": 4}}}, "3.5"),
        ({"kubernetes": {"kubeletConfiguration": {"maxPods": 60}}}, "3.5"),
        ({"bootstrapAddons": {"cniRef": {"name": "antrea"}}}, "3.6"),
        ({"node": {"cri": {"runtimeClasses": []}}}, "3.7"),
    ],
    ids=["sshd", "etcd", "kubelet", "cni", "cri"],
)
def test_a_variable_is_refused_before_the_class_version_that_has_it(
    variables: dict[str, Any], since: str
) -> None:
    """The tables grow with the class."""
    minor = int(since.split(".")[1])

    assert errors(f"builtin-generic-v3.{minor - 1}.0", LEAST | variables)
    assert errors(f"builtin-generic-v{since}.0", LEAST | variables) == []


@pytest.mark.parametrize(
    ("name", "namespace"),
    [
        ("builtin-generic-v3.3.0", None),
        ("builtin-generic-v3.4.0", "vmware-system-vks-public"),
        ("builtin-generic-v3.7.0", "vmware-system-vks-public"),
        ("tanzukubernetescluster", None),
    ],
)
def test_a_class_from_3_4_on_lives_in_the_public_namespace(
    name: str, namespace: str | None
) -> None:
    """Older ones are copied into every namespace."""
    assert CATALOG.cluster_class(name).namespace == namespace


def test_the_marks_of_the_table_stay_out_of_the_schema() -> None:
    """A validator would not know them."""
    assert SINCE not in str([item.variables for item in CLASSES])
    assert "bootstrapAddons" in CATALOG.cluster_class("builtin-generic-v3.6.0").names


def test_a_control_plane_has_one_or_three_nodes_and_five_from_3_7_on() -> None:
    """Nothing else keeps a quorum."""
    replicas = {item.name: item.control_plane_replicas for item in CLASSES}

    assert replicas["builtin-generic-v3.6.0"] == (1, 3)
    assert replicas["builtin-generic-v3.7.0"] == (1, 3, 5)
    assert len({hash(item) for item in CLASSES}) == len(CLASSES)
