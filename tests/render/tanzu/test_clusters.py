"""VKS clusters: the variables that their ClusterClass knows, in the shape of its version."""

from __future__ import annotations

from dataclasses import replace
from functools import cache
from typing import Any

import jsonschema
import pytest
import yaml

from generator.catalog import Catalog
from generator.platform.objects import VksCluster
from generator.render.tanzu import clusters as tanzu
from generator.render.tanzu.autoscaling import MAX_NODES
from tests.example import blueprint, desired

CLASSES = Catalog.builtin().ids("cluster_classes")


@cache
def research() -> VksCluster:
    """The cluster of a team whose notebooks stay, because nobody states its hours."""
    organisation = blueprint().organisation
    teams = tuple(replace(team, working_hours=None) for team in organisation.teams)
    wanted = replace(blueprint(), organisation=replace(organisation, teams=teams))
    (found,) = [c for c in desired(wanted).clusters if c.name == "acme-ml-dev-research"]
    return found


def cluster(class_name: str) -> VksCluster:
    """The cluster with fixed and elastic, GPU and plain pools, on a class, with all variables."""
    return replace(
        research(),
        cluster_class=class_name,
        ntp=("10.20.0.11", "10.20.0.12"),
        trust_secret="acme-ml-dev-research-user-trusted-ca-secret",
        trusted_cas=("corp-root",),
        proxy_url="http://proxy.ams1.example:3128",
        no_proxy=("localhost", ".svc", "192.168.0.0/16"),
    )


def by_name(variables: list[dict[str, Any]]) -> dict[str, Any]:
    """Variables as their class's schema sees them."""
    return {variable["name"]: variable["value"] for variable in variables}


@pytest.mark.parametrize("class_name", CLASSES)
def test_variables_obey_the_table_of_their_class(class_name: str) -> None:
    """Names and shapes differ between v3.1.0 and the later ones; unknown names are refused."""
    view = tanzu.cluster_view(cluster(class_name))
    known = Catalog.builtin().cluster_class(class_name)
    jsonschema.validate(by_name(view["variables"]), dict(known.variables))
    jsonschema.validate(
        by_name(view["control_plane"]["variables"]["overrides"]), dict(known.overrides)
    )
    overrides = [by_name(pool["variables"]["overrides"]) for pool in view["pools"]]
    assert len(overrides) >= 3
    for each in overrides:
        jsonschema.validate(each, dict(known.overrides))


@pytest.mark.parametrize(
    ("class_name", "capacity", "labels"),
    [
        ("builtin-generic-v3.1.0", {"storage": "150Gi"}, "nodePoolLabels"),
        ("builtin-generic-v3.7.0", "150Gi", "node"),
    ],
)
def test_the_shapes_of_the_old_and_the_new_classes(
    class_name: str, capacity: object, labels: str
) -> None:
    """Capacity is an object in the old one and text in the new ones."""
    pools = tanzu.cluster_view(cluster(class_name))["pools"]
    gpu = next(pool for pool in pools if pool["name"] == "vision-hpo")
    overrides = by_name(gpu["variables"]["overrides"])
    volumes = overrides.get("volumes") or overrides["nodePoolVolumes"]
    assert volumes[0]["capacity"] == capacity
    assert labels in overrides


def test_elastic_pools_leave_their_replicas_to_the_autoscaler() -> None:
    """Stating both would undo its work; fixed pools state theirs."""
    pools = {p["name"]: p for p in tanzu.cluster_view(cluster(CLASSES[-1]))["pools"]}
    elastic, fixed = pools["vision-hpo"], pools["notebooks-research"]
    assert "replicas" not in elastic
    assert elastic["metadata"]["annotations"][MAX_NODES] == "10"
    assert fixed["replicas"] == 8
    assert MAX_NODES not in fixed["metadata"]["annotations"]


def test_a_mistake_in_git_deletes_no_cluster() -> None:
    """Argo CD and Flux are told so (F11)."""
    (first, *_) = [f for f in tanzu.files(desired()) if "kustomization" not in f.path]
    annotations = yaml.safe_load(first.text)["metadata"]["annotations"]
    assert annotations["argocd.argoproj.io/sync-options"] == "Prune=false,Delete=false"
    assert annotations["kustomize.toolkit.fluxcd.io/prune"] == "disabled"
    assert annotations["mlgen/stamp"].startswith("mlgen:acme-ml/")


def test_gpu_nodes_run_ubuntu() -> None:
    """The GPU Operator's drivers need it."""
    pools = tanzu.cluster_view(cluster(CLASSES[-1]))["pools"]
    images = {p["name"]: p["metadata"]["annotations"][tanzu.OS_IMAGE] for p in pools}
    assert images["vision-hpo"] == "os-name=ubuntu,os-version=24.04"
    assert images["system-research"] == "os-name=photon"
