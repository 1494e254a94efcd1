"""Documents that look right for another version of a class and must fail on this one."""

from __future__ import annotations

from typing import Any

import pytest
from jsonschema import Draft202012Validator

from generator.catalog import Catalog

LEAST: dict[str, Any] = {"vmClass": "guaranteed-large", "storageClass": "nvme"}
CATALOG = Catalog.builtin()


def volume(capacity: object, **more: object) -> dict[str, Any]:
    """A volume with a capacity, as text or as an object."""
    return {"name": "images", "mountPath": "/var/lib/containerd", "capacity": capacity, **more}


SSHD = {"osConfiguration": {"sshd": {"banner": "no entry"}}}
ETCD = {"kubernetes": {"etcdConfiguration": {"maximumDBSizeGiB": 4}}}
PODS = {"kubernetes": {"kubeletConfiguration": {"maxPods": 60}}}
CNI = {"bootstrapAddons": {"cniRef": {"name": "antrea"}}}
CRI = {"node": {"cri": {"runtimeClasses": []}}}
OBJECT_CAPACITY = {"volumes": [volume({"storage": "100Gi"})]}
TEXT_CAPACITY = {"nodePoolVolumes": [volume("100Gi")]}
FLAT_LABELS = {"nodePoolLabels": [{"key": "gpu", "value": "h100"}]}
HALF_PROXY = {"osConfiguration": {"systemProxy": {"http": "http://proxy:80"}}}
LIST_OF_LABELS = {"node": {"labels": [{"key": "gpu", "value": "h100"}]}}
FLAT_PROXY = {"proxy": {"httpProxy": "http://proxy:80"}}
FEW_PODS = {"kubernetes": {"kubeletConfiguration": {"maxPods": 5}}}
BIG_ETCD = {"kubernetes": {"etcdConfiguration": {"maximumDBSizeGiB": 64}}}
NAMELESS_CNI = {"bootstrapAddons": {"cniRef": {"namespace": "vks"}}}
FLAT_NTP = {"ntp": "10.20.0.11"}
RELATIVE_MOUNT = {"volumes": [{"name": "a", "mountPath": "var/lib", "capacity": "1Gi"}]}

WRONG: dict[str, tuple[dict[str, Any], ...]] = {
    "builtin-generic-v3.1.0": (
        {"node": {"labels": {"gpu": "h100"}}},
        {"volumes": [volume("100Gi")]},
        TEXT_CAPACITY,
        {"nodePoolLabels": {"gpu": "h100"}},
        {"osConfiguration": {"ntp": {"servers": ["10.20.0.11"]}}},
    ),
    "builtin-generic-v3.2.0": (SSHD, OBJECT_CAPACITY, FLAT_LABELS, HALF_PROXY, FLAT_NTP),
    "builtin-generic-v3.3.0": (ETCD, PODS, LIST_OF_LABELS, FLAT_PROXY, OBJECT_CAPACITY),
    "builtin-generic-v3.4.0": (ETCD, CNI, FLAT_LABELS, HALF_PROXY, RELATIVE_MOUNT),
    "builtin-generic-v3.5.0": (CNI, CRI, FEW_PODS, BIG_ETCD, TEXT_CAPACITY),
    "builtin-generic-v3.6.0": (CRI, NAMELESS_CNI, BIG_ETCD, LIST_OF_LABELS, FLAT_PROXY),
    "builtin-generic-v3.7.0": (FEW_PODS, NAMELESS_CNI, HALF_PROXY, OBJECT_CAPACITY, FLAT_NTP),
}
CASES = [(name, number) for name, wrong in WRONG.items() for number in range(len(wrong))]


def test_every_version_has_five_different_wrong_documents() -> None:
    assert set(WRONG) == {n for n in CATALOG.ids("cluster_classes") if n.startswith("builtin")}
    assert {len({str(each) for each in wrong}) for wrong in WRONG.values()} == {5}
    assert len(CASES) == 35


@pytest.mark.parametrize(("name", "number"), CASES)
def test_the_table_of_a_version_refuses_what_it_does_not_know(name: str, number: int) -> None:
    """Exactly one thing is wrong: without it the document is taken."""
    schema = Draft202012Validator(CATALOG.cluster_class(name).variables)
    assert schema.is_valid(LEAST)
    assert not schema.is_valid(LEAST | WRONG[name][number])


@pytest.mark.parametrize(("name", "number"), CASES)
def test_the_overrides_of_a_pool_are_held_to_the_same_table(name: str, number: int) -> None:
    schema = Draft202012Validator(CATALOG.cluster_class(name).overrides)
    assert not schema.is_valid(WRONG[name][number])
