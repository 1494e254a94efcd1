"""Another naming pattern renames what is there: nothing is destroyed and made again."""

from __future__ import annotations

import shutil
from collections.abc import Callable, Mapping
from pathlib import Path
from typing import Any

import pytest
import yaml

from tests.acceptance import vcenter
from tests.acceptance.conftest import rendered
from tests.acceptance.roots import Cli, _plan, changes
from tests.acceptance.test_adoption import UNTAUGHT, laid_out
from tests.acceptance.test_plain_vms import FOLDER, seed_template

pytestmark = pytest.mark.tools

ROOTS = ("10-foundation", "40-prod-vms")
NAMES = {"resource_pool": "{platform}-{env}-pool", "environment_folder": "{env}-work"}
RENAMED = {"vsphere_folder", "vsphere_resource_pool"}


def released(folder: Path, names: Mapping[str, str]) -> Path:
    """The fixture rendered over its last release, named by these patterns."""
    folder.mkdir(exist_ok=True)
    shutil.copy(FOLDER / "plain.yaml", folder)
    facts = yaml.safe_load((FOLDER / "plain.site.yaml").read_text("utf-8"))
    facts["naming"] = {"per_kind": dict(names)}
    (folder / "plain.site.yaml").write_text(yaml.safe_dump(facts), "utf-8")
    return rendered(folder / "plain.yaml", folder / "out") / "vc-rtm1"


def stamp(cli: Cli, foundation: Path, settings: Mapping[str, str]) -> None:
    """Makes the tags of the new names; the simulator cannot change a tag category."""
    (foundation / "simulator_override.tf").write_text(UNTAUGHT["10-foundation"], "utf-8")
    lines = (foundation / "tags.tf").read_text("utf-8").splitlines()
    labels = [line.split('"')[3] for line in lines if line.startswith('resource "vsphere_tag" ')]
    targets = [f"-target=vsphere_tag.{label}" for label in labels]
    command = ("apply", "-auto-approve", "-no-color", *targets)
    done = cli.run(foundation, *command, settings=settings)
    assert done, done.output


@pytest.fixture(scope="module", params=["terraform", "opentofu"])
def plan(
    request: pytest.FixtureRequest,
    command_line: Callable[[str], Cli],
    start_simulator: Callable[..., vcenter.Endpoint],
    tmp_path_factory: pytest.TempPathFactory,
) -> Mapping[str, Any]:
    """The plan of the second release of the VMs' root, over the state of the first."""
    endpoint = start_simulator(inventory=FOLDER / "plain.site.yaml")
    seed_template(endpoint)
    cli, scratch = command_line(request.param), tmp_path_factory.mktemp("moved")
    settings = endpoint.environment()
    tree = released(scratch / "documents", {})
    for root in ROOTS:
        folder = laid_out(tree, scratch, root)
        assert cli.run(folder, "init", settings=settings)
        done = cli.run(folder, "apply", "-auto-approve", "-no-color", settings=settings)
        assert done, done.output
    tree = released(scratch / "documents", NAMES)
    stamp(cli, laid_out(tree, scratch, "10-foundation"), settings)
    return _plan(cli, laid_out(tree, scratch, "40-prod-vms"), settings)


def test_the_objects_are_renamed_where_they_are(plan: Mapping[str, Any]) -> None:
    assert "error" not in plan, plan["error"]
    moved = [each for each in plan["resource_changes"] if each.get("previous_address")]
    assert {each["type"] for each in moved} >= RENAMED
    assert {tuple(each["change"]["actions"]) for each in moved if each["type"] in RENAMED} == {
        ("update",)
    }


def test_nothing_of_them_is_made_again_destroyed_or_forgotten(plan: Mapping[str, Any]) -> None:
    actions = {
        tuple(each["change"]["actions"]) for each in changes(plan) if each["type"] in RENAMED
    }
    assert actions == {("update",)}
