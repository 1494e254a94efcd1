"""Cluster API v1beta1 and v1beta2 differ in shape, and the newer one takes no empty list."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace
from typing import Any

import pytest
import yaml

from generator.platform.objects import DesiredState, NodeCare, VksCluster
from generator.render.tanzu import clusters as tanzu
from generator.render.tanzu.topology import class_reference, duration, node_care, rollout
from tests.example import desired

CARE = NodeCare(drain_s=600, volume_detach_s=300, deletion_s=90, startup_s=3600, unhealthy_s=30)


def of_version(api_version: str) -> DesiredState:
    """The example with all its clusters written for one API version."""
    state = desired()
    clusters = tuple(replace(each, api_version=api_version) for each in state.clusters)
    return replace(state, clusters=clusters)


def documents(api_version: str) -> list[dict[str, Any]]:
    """What is rendered for an API version."""
    texts = [f.text for f in tanzu.files(of_version(api_version)) if "kustomization" not in f.path]
    return [yaml.safe_load(text) for text in texts]


def cluster(api_version: str, class_namespace: str) -> VksCluster:
    """A cluster on a class that lives somewhere."""
    first = desired().clusters[0]
    return replace(
        first, api_version=api_version, cluster_class="c", class_namespace=class_namespace
    )


def empties(node: Any, path: str = "") -> Iterator[str]:
    """The paths of all empty lists and mappings."""
    members = node.items() if isinstance(node, dict) else enumerate(node)
    for key, value in members:
        if isinstance(value, (dict, list)):
            yield from [f"{path}/{key}"] if not value else empties(value, f"{path}/{key}")


@pytest.mark.parametrize(
    ("api_version", "namespace", "expected"),
    [
        ("v1beta1", "", {"class": "c"}),
        ("v1beta1", "public", {"class": "c", "classNamespace": "public"}),
        ("v1beta2", "", {"classRef": {"name": "c"}}),
        ("v1beta2", "public", {"classRef": {"name": "c", "namespace": "public"}}),
    ],
)
def test_the_class_is_referred_to_as_the_version_does(
    api_version: str, namespace: str, expected: dict[str, Any]
) -> None:
    """A namespace is named only where the class is not copied into each of them."""
    assert class_reference(cluster(api_version, namespace)) == expected


def test_timeouts_are_durations_in_v1beta1() -> None:
    """As the API server writes them back."""
    written = node_care(CARE, "v1beta1")
    assert written["nodeDrainTimeout"] == "10m0s"
    assert written["nodeDeletionTimeout"] == "1m30s"
    assert written["machineHealthCheck"]["nodeStartupTimeout"] == "1h0m0s"
    assert "healthCheck" not in written


def test_timeouts_are_whole_seconds_in_v1beta2() -> None:
    """Under other names, with the removal in a part of its own."""
    written = node_care(CARE, "v1beta2")
    assert written["deletion"] == {
        "nodeDrainTimeoutSeconds": 600,
        "nodeVolumeDetachTimeoutSeconds": 300,
        "nodeDeletionTimeoutSeconds": 90,
    }
    assert written["healthCheck"]["checks"]["nodeStartupTimeoutSeconds"] == 3600
    assert "machineHealthCheck" not in written


@pytest.mark.parametrize(
    ("seconds", "text"), [(0, "0s"), (30, "30s"), (90, "1m30s"), (3600, "1h0m0s"), (7325, "2h2m5s")]
)
def test_a_duration_is_spelled_as_go_does(seconds: int, text: str) -> None:
    assert duration(seconds) == text


@pytest.mark.parametrize(
    ("api_version", "at"), [("v1beta1", ("strategy",)), ("v1beta2", ("rollout", "strategy"))]
)
def test_f4_a_gpu_node_goes_before_its_successor_comes(
    api_version: str, at: tuple[str, ...]
) -> None:
    """A node more than planned would wait for a GPU, or take one that is promised to another."""
    found: Any = rollout(api_version, gpu=True)
    for key in at:
        found = found[key]
    assert found == {
        "type": "RollingUpdate",
        "rollingUpdate": {"maxSurge": 0, "maxUnavailable": 1},
    }


@pytest.mark.parametrize("api_version", ["v1beta1", "v1beta2"])
def test_a_node_without_a_gpu_is_replaced_as_the_class_says(api_version: str) -> None:
    assert rollout(api_version, gpu=False) == {}


@pytest.mark.parametrize(("api_version", "key"), [("v1beta1", "strategy"), ("v1beta2", "rollout")])
def test_f4_just_the_pools_with_a_gpu_say_how_they_are_replaced(api_version: str, key: str) -> None:
    pools = [
        pool
        for d in documents(api_version)
        for pool in d["spec"]["topology"]["workers"]["machineDeployments"]
    ]
    image = "run.tanzu.vmware.com/resolve-os-image"
    ubuntu = [p["name"] for p in pools if "ubuntu" in p["metadata"]["annotations"][image]]
    assert len(ubuntu) >= 5
    assert [p["name"] for p in pools if key in p] == ubuntu


@pytest.mark.parametrize("api_version", ["v1beta1", "v1beta2"])
def test_every_document_is_of_the_wanted_version_and_has_nothing_empty(api_version: str) -> None:
    """Three clusters of the example; v1beta2 refuses empty lists."""
    found = documents(api_version)
    assert [each["apiVersion"] for each in found] == [f"cluster.x-k8s.io/{api_version}"] * 3
    assert list(empties(found)) == []
