"""Each shipped blueprint renders clean, and the real tools take all that it renders.

The first example has tests of its own that count every object by hand; these hold the others to
the same life: init, validate, apply, an empty second plan, a refused and a lifted destroy.
"""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import pytest
import yaml

from tests.acceptance import shipped, vcenter
from tests.acceptance.conftest import rendered
from tests.acceptance.lifecycle import INVENTIONS
from tests.acceptance.roots import Cli, Life, changed_attributes, live
from tests.acceptance.test_kubernetes import built, object_files, statuses, validated

pytestmark = pytest.mark.tools

FOLDER = shipped.ROOT / "blueprints"

SITES = {
    "edge-one": {"vc-rtm1": "edge-one.site.yaml"},
    "cpu-amx": {"vc-bru1": "cpu-amx.site.yaml"},
    "air-gapped": {"vc-vault1": "air-gapped.site.yaml"},
    "vcf9": {"vc-fra1": "vcf9.site.yaml"},
    "brownfield": {"vc-lon1": "brownfield.site.yaml"},
    "thousand-gpus": {
        "vc-ams2": "thousand-ams2.site.yaml",
        "vc-fra2": "thousand-fra2.site.yaml",
    },
}
"""The blueprints, and the site behind each vCenter that they render for."""

CLUSTERS = {
    "edge-one": 1, "cpu-amx": 2, "air-gapped": 1, "vcf9": 2, "brownfield": 1, "thousand-gpus": 24,
}  # fmt: skip
"""VKS clusters, counted by hand: one for each namespace that carries work."""


@pytest.fixture(scope="module", params=SITES)
def name(request: pytest.FixtureRequest) -> str:
    chosen: str = request.param
    return chosen


@pytest.fixture(scope="module")
def tree(name: str, tmp_path_factory: pytest.TempPathFactory) -> Path:
    return rendered(FOLDER / f"{name}.yaml", tmp_path_factory.mktemp(name))


@pytest.fixture(scope="module")
def lives(
    name: str,
    tree: Path,
    command_line: Callable[[str], Cli],
    tmp_path_factory: pytest.TempPathFactory,
    start_simulator: Callable[..., vcenter.Endpoint],
) -> dict[str, Life]:
    """The life of the roots of each vCenter under Terraform."""
    seen = {}
    for reference, site in SITES[name].items():
        endpoint = start_simulator(inventory=FOLDER / site)
        vcenter.create_policies(endpoint, existing_policies(FOLDER / site))
        scratch = tmp_path_factory.mktemp(reference)
        seen[reference] = live(command_line("terraform"), tree / reference, scratch, endpoint)
    return seen


def existing_policies(site: Path) -> list[str]:
    """Policies that the site says are there: the simulator does not make them by itself."""
    objects = yaml.safe_load(site.read_text("utf-8")).get("objects", ())
    return [each["name"] for each in objects if each["kind"] == "storage-policy"]


def test_every_shipped_document_is_among_these() -> None:
    """One by one: the first example and its site are the other two."""
    stems = {f"{each}.yaml" for each in SITES} | {shipped.BLUEPRINT.name, shipped.INVENTORY.name}
    sites = {site for some in SITES.values() for site in some.values()}
    assert {path.name for path in FOLDER.iterdir()} == stems | sites


def test_it_renders_for_the_vcenters_of_its_sites(name: str, tree: Path) -> None:
    folders = {path.name for path in tree.iterdir() if path.name.startswith("vc-")}
    assert folders == set(SITES[name])


def test_a_second_render_is_current(name: str, tree: Path) -> None:
    rendered(FOLDER / f"{name}.yaml", tree.parent, "--check")


def test_every_file_is_formatted(tree: Path, command_line: Callable[[str], Cli]) -> None:
    done = command_line("terraform").run(tree, "fmt", "-check", "-diff", "-recursive")
    assert done, done.output


def test_every_root_is_valid(lives: dict[str, Life]) -> None:
    for life in lives.values():
        assert life.valid, "no root"
        assert all(life.valid.values()), [step.output for step in life.valid.values() if not step]


def test_every_root_is_applied(lives: dict[str, Life]) -> None:
    for life in lives.values():
        assert all(life.applied.values()), [s.output for s in life.applied.values() if not s]


def test_a_second_plan_is_empty_but_for_what_the_simulator_invents(lives: dict[str, Life]) -> None:
    known = {(each["resource"], each["attribute"]) for each in INVENTIONS}
    for life in lives.values():
        assert not any("error" in plan for plan in life.again.values())
        assert all(changed_attributes(plan) <= known for plan in life.again.values())


def test_destroy_is_refused_and_then_complete(lives: dict[str, Life]) -> None:
    for life in lives.values():
        refused = {root: step for root, step in life.refused.items() if life.protected[root]}
        assert refused
        assert not any(refused.values())
        assert life.after_refusal == life.between
        assert all(life.destroyed.values()), [s.output for s in life.destroyed.values() if not s]


def test_every_cluster_is_valid_and_builds(name: str, tree: Path) -> None:
    folders = sorted(tree.glob("*/tanzu"))
    files = [file for folder in folders for file in object_files(folder)]
    done = validated(*files)
    assert done.returncode == 0, done.stdout + done.stderr
    assert statuses(done) == ["Success"] * CLUSTERS[name]
    assert sum(len(built(folder)) for folder in folders) == CLUSTERS[name]
