"""Variables of every shipped cluster obey the table of the class that the cluster itself names."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import jsonschema
import pytest
import yaml

from generator.catalog import Catalog
from tests.acceptance import shipped
from tests.acceptance.conftest import rendered
from tests.acceptance.test_kubernetes import object_files

pytestmark = pytest.mark.tools

EXPECTED = {
    "acme-ml": ("v1beta1", 3),
    "edge-one": ("v1beta1", 1),
    "cpu-amx": ("v1beta1", 2),
    "air-gapped": ("v1beta1", 1),
    "brownfield": ("v1beta1", 1),
    "thousand-gpus": ("v1beta1", 24),
    "vcf9": ("v1beta2", 2),
}
"""The API version that each blueprint's targets ask for, and its clusters."""


def class_of(topology: dict[str, Any]) -> tuple[str, str | None]:
    """Name and namespace of the class, in the shape of either version."""
    reference = topology.get("classRef", {})
    name = reference.get("name") or topology["class"]
    return name, reference.get("namespace") or topology.get("classNamespace")


def values(variables: list[dict[str, Any]]) -> dict[str, Any]:
    return {each["name"]: each["value"] for each in variables}


@pytest.mark.parametrize("name", EXPECTED)
def test_every_cluster_obeys_the_table_of_its_own_class(name: str, tmp_path: Path) -> None:
    """Cluster, control plane and pools; the class's namespace and control-plane sizes too."""
    version, count = EXPECTED[name]
    tree = rendered(shipped.ROOT / "blueprints" / f"{name}.yaml", tmp_path)
    files = [file for folder in sorted(tree.glob("*/tanzu")) for file in object_files(folder)]
    documents = [yaml.safe_load(file.read_text("utf-8")) for file in files]
    assert [each["apiVersion"] for each in documents] == [f"cluster.x-k8s.io/{version}"] * count
    for document in documents:
        topology = document["spec"]["topology"]
        class_name, namespace = class_of(topology)
        known = Catalog.builtin().cluster_class(class_name)
        jsonschema.validate(values(topology["variables"]), dict(known.variables))
        pools = topology["workers"]["machineDeployments"]
        for part in (topology["controlPlane"], *pools):
            jsonschema.validate(values(part["variables"]["overrides"]), dict(known.overrides))
        assert (namespace, len(pools) > 0) == (known.namespace, True)
        assert topology["controlPlane"]["replicas"] in known.control_plane_replicas
        assert {pool["class"] for pool in pools} <= set(known.worker_classes)
