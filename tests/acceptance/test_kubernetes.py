"""Every rendered Kubernetes object is taken by the API server's own validation, and builds."""

from __future__ import annotations

import json
import shutil
import subprocess
from collections import Counter
from pathlib import Path
from typing import Any

import pytest
import yaml

from tests.acceptance.shipped import OBJECTS
from tests.tools import build

pytestmark = pytest.mark.tools

CRDS = Path(__file__).resolve().parents[1] / "contracts" / "crds"
KUBERNETES = "1.30"
LIMIT_S = 120

every_environment = pytest.mark.parametrize("environment", OBJECTS)


def run(*command: str | Path) -> subprocess.CompletedProcess[str]:
    return subprocess.run(
        [str(part) for part in command],
        capture_output=True,
        text=True,
        timeout=LIMIT_S,
        check=False,
    )


def validated(*paths: Path) -> subprocess.CompletedProcess[str]:
    program = build.locate("kubectl-validate")
    return run(program, "--local-crds", CRDS, "--version", KUBERNETES, "--output", "json", *paths)


def statuses(done: subprocess.CompletedProcess[str]) -> list[str]:
    """The verdict on each object, in the tool's own words."""
    answer = json.loads(done.stdout)
    return [each["status"] for verdicts in answer.values() for each in verdicts]


def object_files(folder: Path) -> list[Path]:
    return [path for path in sorted(folder.glob("*.yaml")) if path.name != "kustomization.yaml"]


def built(folder: Path) -> list[Any]:
    done = run(build.locate("kustomize"), "build", folder)
    assert done.returncode == 0, done.stderr
    return list(yaml.safe_load_all(done.stdout))


@every_environment
def test_kustomize_builds_the_expected_objects(platform: Path, environment: str) -> None:
    kinds = Counter(each["kind"] for each in built(platform / environment / "tanzu"))
    assert kinds == OBJECTS[environment]


@every_environment
def test_every_object_is_valid(platform: Path, environment: str) -> None:
    files = object_files(platform / environment / "tanzu")
    done = validated(*files)
    assert done.returncode == 0, done.stdout + done.stderr
    assert statuses(done) == ["Success"] * sum(OBJECTS[environment].values())


@every_environment
def test_what_kustomize_builds_is_what_the_files_say(platform: Path, environment: str) -> None:
    folder = platform / environment / "tanzu"
    texts = [path.read_text("utf-8") for path in object_files(folder)]
    read = [each for text in texts for each in yaml.safe_load_all(text)]
    names = [each["metadata"]["name"] for each in built(folder)]
    assert sorted(names) == sorted(each["metadata"]["name"] for each in read)


def test_no_other_kubernetes_object_is_rendered(platform: Path) -> None:
    everywhere = {path.relative_to(platform).parts[:2] for path in platform.rglob("*.yaml")}
    assert everywhere == {(environment, "tanzu") for environment in OBJECTS}


def test_an_unknown_field_is_refused(platform: Path, tmp_path: Path) -> None:
    """Proves that the validation above looks at all."""
    target = tmp_path / "cluster.yaml"
    shutil.copy(object_files(platform / "prod" / "tanzu")[0], target)
    document = yaml.safe_load(target.read_text("utf-8"))
    document["spec"]["topologgy"] = {}
    target.write_text(yaml.safe_dump(document), "utf-8")
    done = validated(target)
    assert done.returncode != 0
    assert "topologgy" in done.stdout
