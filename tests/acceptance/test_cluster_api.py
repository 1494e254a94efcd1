"""Clusters of both Cluster API versions pass the API server's validation, CEL rules included."""

from __future__ import annotations

import json
import subprocess
from collections import Counter
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest
import yaml

from generator.catalog import Catalog
from generator.platform.objects import DesiredState, VksCluster
from generator.render.tanzu import clusters as tanzu
from tests.example import desired
from tests.tools import build

pytestmark = pytest.mark.tools

CRDS = Path(__file__).resolve().parents[1] / "contracts" / "crds"
LIMIT_S = 120
CLASSES = Catalog.builtin().ids("cluster_classes")
EACH = 3
"""Clusters of the example."""

every_version = pytest.mark.parametrize("api_version", ["v1beta1", "v1beta2"])
Edit = Callable[[dict[str, Any]], object]


def variant(cluster: VksCluster, api_version: str, class_name: str) -> VksCluster:
    """A cluster with everything that a site may add, on a class and an API version."""
    return replace(
        cluster,
        api_version=api_version,
        cluster_class=class_name,
        class_namespace=Catalog.builtin().cluster_class(class_name).namespace or "",
        ntp=("10.20.0.11",),
        trust_secret=f"{cluster.name}-user-trusted-ca-secret",
        trusted_cas=("corp-root",),
        proxy_url="http://proxy.ams1.example:3128",
        no_proxy=("localhost", ".svc"),
    )


def written(folder: Path, api_version: str, class_name: str) -> list[Path]:
    """The files of all clusters, as the render target writes them."""
    state: DesiredState = desired()
    clusters = tuple(variant(each, api_version, class_name) for each in state.clusters)
    paths = []
    for file in tanzu.files(replace(state, clusters=clusters)):
        if "kustomization" not in file.path:
            path = folder / class_name / Path(file.path).name
            path.parent.mkdir(parents=True, exist_ok=True)
            path.write_text(file.text, "utf-8")
            paths.append(path)
    return paths


def validated(*paths: Path) -> subprocess.CompletedProcess[str]:
    program = str(build.locate("kubectl-validate"))
    options = ["--local-crds", str(CRDS), "--version", "1.30", "--output", "json"]
    return subprocess.run(
        [program, *options, *map(str, paths)],
        capture_output=True,
        text=True,
        timeout=LIMIT_S,
        check=False,
    )


@every_version
def test_every_cluster_on_every_class_is_valid(tmp_path: Path, api_version: str) -> None:
    """Three clusters on each of the eight classes."""
    files = [path for name in CLASSES for path in written(tmp_path, api_version, name)]
    kinds = Counter(
        (each["apiVersion"], each["kind"])
        for each in (yaml.safe_load(path.read_text("utf-8")) for path in files)
    )
    done = validated(*files)
    assert done.returncode == 0, done.stdout + done.stderr
    verdicts = [v["status"] for found in json.loads(done.stdout).values() for v in found]
    assert kinds == {(f"cluster.x-k8s.io/{api_version}", "Cluster"): EACH * len(CLASSES)}
    assert (len(CLASSES), verdicts) == (8, ["Success"] * 24)


def _topology(document: dict[str, Any]) -> dict[str, Any]:
    topology: dict[str, Any] = document["spec"]["topology"]
    return topology


WRONG: dict[str, tuple[str, Edit]] = {
    "the class of v1beta1": ("class", lambda d: _topology(d).update({"class": "c"})),
    "no class at all": ("classRef", lambda d: _topology(d).pop("classRef")),
    "an empty list of variables": ("variables", lambda d: _topology(d).update(variables=[])),
    "a duration for a number": (
        "nodeDrainTimeoutSeconds",
        lambda d: _topology(d)["controlPlane"]["deletion"].update(nodeDrainTimeoutSeconds="10m"),
    ),
    "a condition that the check makes itself": (
        "unhealthyMachineConditions",
        lambda d: _topology(d)["controlPlane"]["healthCheck"]["checks"].update(
            unhealthyMachineConditions=[{"type": "Ready", "status": "False", "timeoutSeconds": 1}]
        ),
    ),
    "a name that is no label": (
        "GPU_POOL",
        lambda d: _topology(d)["workers"]["machineDeployments"][0].update(name="GPU_POOL"),
    ),
}


@pytest.mark.parametrize("wrong", WRONG)
def test_what_v1beta2_forbids_is_refused(tmp_path: Path, wrong: str) -> None:
    """The fifth is a CEL rule; the complaint names the field."""
    field, edit = WRONG[wrong]
    target = written(tmp_path, "v1beta2", "builtin-generic-v3.7.0")[0]
    document = yaml.safe_load(target.read_text("utf-8"))
    edit(document)
    target.write_text(yaml.safe_dump(document), "utf-8")
    done = validated(target)
    assert done.returncode != 0
    assert field in done.stdout
